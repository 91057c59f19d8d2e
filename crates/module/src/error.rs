//! Why bytes are not a module.
//!
//! Not traps, link errors or limits of a running guest. Invariant: texts are wasmparser's where it has one, because they are
//! known and the official test suite's are compared with them; names that they quote can be printed.

use alloc::string::{String, ToString};
use core::fmt;
use wasmite_core::{LimitError, Limits, OutOfMemory, Proposal, heap};

/// Why bytes are not a valid module. Offsets are in bytes from the start of the module.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// No bytes at all.
    #[error("not a WebAssembly module: empty (unexpected end of input)")]
    Empty,
    /// The bytes do not start with `\0asm`: text or another file format.
    #[error("not a WebAssembly module: magic header not detected")]
    NotWasm,
    /// A component (component model), which is made of modules.
    #[error("a WebAssembly component, not a module (unknown binary version {version:#x})")]
    Component {
        /// The component's binary version.
        version: u16,
    },
    /// Malformed or invalid.
    #[error("{message} (at offset {offset:#x})")]
    Invalid {
        /// Where.
        offset: usize,
        /// What is wrong, in the validator's words.
        message: String,
    },
    /// Valid only with a proposal that is switched off.
    #[error("{message}: the {} proposal is disabled (at offset {offset:#x})", .proposal.name())]
    Disabled {
        /// Where.
        offset: usize,
        /// What is wrong, in the validator's words.
        message: String,
        /// The proposal that would have to be enabled.
        proposal: Proposal,
    },
    /// WebAssembly that Wasmite does not execute yet.
    #[error("{what} (at offset {offset:#x})")]
    Unsupported {
        /// Where.
        offset: usize,
        /// A sentence that names it and says that it is not supported yet.
        what: String,
    },
    /// An implementation limit was exceeded.
    #[error("{error} (at offset {offset:#x})")]
    Limit {
        /// Where.
        offset: usize,
        /// Which limit.
        error: LimitError,
    },
    /// There is no memory for the module, or for saying what is wrong with it.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

impl Error {
    /// Where the input is at fault, if it is at one place.
    pub fn offset(&self) -> Option<usize> {
        match self {
            Self::Empty | Self::NotWasm | Self::Component { .. } | Self::OutOfMemory(_) => None,
            Self::Invalid { offset, .. }
            | Self::Disabled { offset, .. }
            | Self::Unsupported { offset, .. }
            | Self::Limit { offset, .. } => Some(*offset),
        }
    }

    /// The reason without the offset. Starts with the validator's words if the validator found it. Aborts if there is no
    /// memory for it, unlike displaying the error.
    #[expect(clippy::disallowed_methods, reason = "for tools that compare messages")]
    pub fn message(&self) -> String {
        match self {
            Self::Invalid { message, .. } | Self::Disabled { message, .. } => message.clone(),
            Self::Unsupported { what, .. } => what.clone(),
            Self::Limit { error, .. } => error.to_string(),
            Self::OutOfMemory(error) => error.to_string(),
            Self::Empty => "unexpected end".into(),
            Self::NotWasm => "magic header not detected".into(),
            Self::Component { .. } => "unknown binary version".into(),
        }
    }

    /// The error for `what` at `offset` if `count` exceeds `max`.
    pub(crate) fn limit(
        what: &'static str,
        count: u64,
        max: u64,
        offset: usize,
    ) -> Result<(), Self> {
        Limits::check(what, count, max).map_err(|error| Self::Limit { offset, error })
    }

    /// Malformed or invalid, by `message`.
    #[cold]
    pub(crate) fn invalid(message: impl fmt::Display, offset: usize) -> Self {
        heap::text(message).map_or_else(Self::from, |message| Self::Invalid { offset, message })
    }

    /// `message` says what is wrong as long as a proposal is off.
    fn of_proposal(message: &str, proposal: Proposal, offset: usize) -> Self {
        if !proposal.is_supported() {
            let name = proposal.name();
            let what =
                heap::text(format_args!("{message}: the {name} proposal is not supported yet"));
            return what.map_or_else(Self::from, |what| Self::Unsupported { offset, what });
        }
        let message = heap::text(message);
        message.map_or_else(Self::from, |message| Self::Disabled { offset, message, proposal })
    }
}

/// An [`Error`] that takes one word, so that functions for single operators can return it in registers.
#[derive(Debug)]
pub struct Fault(
    /// None if there is no memory.
    Option<heap::Boxed<Error>>,
);

impl Fault {
    /// As [`Error::invalid`].
    #[cold]
    pub(crate) fn invalid(message: impl fmt::Display, offset: usize) -> Self {
        Self::from(Error::invalid(message, offset))
    }

    /// An instruction of a proposal that is off.
    #[cold]
    pub(crate) fn lacks(proposal: Proposal, offset: usize) -> Self {
        Self::of_proposal("unexpected instruction or type", proposal, offset)
    }

    /// `message` says what is wrong as long as a proposal is off.
    #[cold]
    pub(crate) fn of_proposal(message: &str, proposal: Proposal, offset: usize) -> Self {
        Self::from(Error::of_proposal(message, proposal, offset))
    }
}

impl From<Error> for Fault {
    #[cold]
    fn from(error: Error) -> Self {
        Self(heap::Boxed::new(error).ok())
    }
}

impl From<OutOfMemory> for Fault {
    fn from(_: OutOfMemory) -> Self {
        Self(None)
    }
}

impl From<Fault> for Error {
    fn from(Fault(error): Fault) -> Self {
        error.map_or(Self::OutOfMemory(OutOfMemory), heap::Boxed::into_inner)
    }
}
