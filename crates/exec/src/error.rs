//! What can go wrong in this layer.
//!
//! Not errors of host functions: the facade keeps those. Invariant: a guest can cause every one of these, and none of
//! them leaves a store unusable.

use crate::FrameInfo;
use alloc::{boxed::Box, collections::TryReserveError, vec::Vec};
use core::fmt;
use wasmite_core::heap::{Boxed, boxed_str};
use wasmite_core::{ExternType, LimitError, OutOfMemory, Printable, Trap};
use wasmite_module::{Import, Module};

/// Why the engine did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// WebAssembly code trapped, or an active segment did not fit.
    #[error("{trap}")]
    Trap {
        /// Why.
        trap: Trap,
        /// The calls that were active, innermost first.
        frames: Vec<FrameInfo>,
    },
    /// The bytes are not a valid module.
    #[error(transparent)]
    Module(wasmite_module::Error),
    /// A function could not be translated; it may be invalid.
    #[error(transparent)]
    Translate(wasmite_translate::Error),
    /// An import was not given what it needs.
    #[error("{0}")]
    Link(Boxed<LinkError>),
    /// The number of imports given is not that of the module.
    #[error("the module has {expected} imports, {given} were given")]
    ImportCount {
        /// Imports of the module.
        expected: usize,
        /// Imports given.
        given: usize,
    },
    /// The program belongs to another engine than the store.
    #[error("the program was made by another engine than the store's")]
    ForeignEngine,
    /// An implementation limit was exceeded.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The limiter refused.
    #[error("growth denied by the limiter")]
    GrowthDenied,
    /// The limiter refused, and wants the call to end.
    #[error("the limiter failed")]
    LimiterFailed,
    /// A memory or table cannot grow beyond what its type allows.
    #[error("growth beyond the maximum")]
    MaximumExceeded,
    /// The system has no memory left.
    #[error("out of memory")]
    OutOfMemory,
    /// The global is a constant.
    #[error("the global is immutable")]
    ImmutableGlobal,
    /// A value is not one of the type that is needed, or there are too many or too few.
    #[error("type mismatch")]
    TypeMismatch,
}

impl Error {
    /// `import` of `module` was given something of type `found`, which does not fit. Itself an error if there is no memory
    /// for it.
    pub fn incompatible(
        module: &Module,
        import: &Import,
        found: ExternType,
    ) -> Result<Self, OutOfMemory> {
        let reason = LinkReason::Incompatible { expected: module.import_type(import)?, found };
        let (module, name) = (boxed_str(&import.module)?, boxed_str(&import.name)?);
        Ok(Self::Link(Boxed::new(LinkError { module, name, reason })?))
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Self::Trap { trap, frames: Vec::new() }
    }
}

impl From<wasmite_module::Error> for Error {
    fn from(error: wasmite_module::Error) -> Self {
        match error {
            wasmite_module::Error::OutOfMemory(_) => Self::OutOfMemory,
            error => Self::Module(error),
        }
    }
}

impl From<wasmite_translate::Error> for Error {
    fn from(error: wasmite_translate::Error) -> Self {
        match error {
            wasmite_translate::Error::OutOfMemory(_) => Self::OutOfMemory,
            error => Self::Translate(error),
        }
    }
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

/// An import that cannot be linked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct LinkError {
    /// The first of the import's two names.
    pub module: Box<str>,
    /// The second of the import's two names.
    pub name: Box<str>,
    /// Why.
    pub reason: LinkReason,
}

/// Why an import cannot be linked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkReason {
    /// Nothing has that name.
    Unknown,
    /// What has that name is of another type.
    Incompatible {
        /// The type the module asks for.
        expected: ExternType,
        /// The type of what was given; sizes are current ones.
        found: ExternType,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, name) = (Printable(&self.module), Printable(&self.name));
        match &self.reason {
            LinkReason::Unknown => write!(f, "unknown import `{module}` `{name}`"),
            LinkReason::Incompatible { expected, found } => {
                write!(f, "incompatible import type for `{module}` `{name}`: expected ")?;
                describe(f, expected)?;
                f.write_str(", found ")?;
                describe(f, found)
            }
        }
    }
}

fn describe(f: &mut fmt::Formatter<'_>, ty: &ExternType) -> fmt::Result {
    write!(f, "a {}", ty.kind())?;
    match ty {
        ExternType::Func(ty) => write!(f, " {ty}"),
        ExternType::Table(ty) => {
            write!(f, " of {}{}", ty.element(), Sizes(ty.is_64(), ty.minimum(), ty.maximum()))
        }
        ExternType::Memory(ty) => {
            let sizes = Sizes(ty.is_64(), ty.minimum(), ty.maximum());
            write!(f, " of pages of {} bytes{sizes}", ty.page_size())
        }
        ExternType::Global(ty) => {
            let mutability = if ty.mutable { "mutable" } else { "constant" };
            write!(f, " ({mutability} {})", ty.content)
        }
    }
}

/// Whether indices are 64-bit, minimum, maximum.
struct Sizes(bool, u64, Option<u64>);

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(is_64, min, max) = self;
        let bits = if *is_64 { 64 } else { 32 };
        write!(f, " ({bits}-bit, minimum {min}")?;
        match max {
            Some(max) => write!(f, ", maximum {max})"),
            None => f.write_str(")"),
        }
    }
}
