//! The one error type of the facade.
//!
//! Not traps themselves ([`Trap`]) nor the layers' own errors: those are inside. Invariant: what a host function fails
//! with comes out of the outermost call as it went in, only with a backtrace attached.

use crate::WasmBacktrace;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::{any::Any, error, fmt};
use wasmite_core::heap::{self, Boxed};
use wasmite_core::{OutOfMemory, Trap};

/// `Result` with [`Error`] unless said otherwise.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Anything that went wrong. Displays as one line (errors in the text format add an excerpt); `{:#}` adds what caused
/// it, `{:?}` also the backtrace.
///
/// As Wasmtime's in what it can hold, but not a wrapper of any error: there is no blanket `From`, so that host errors
/// go in through [`Error::new`].
pub struct Error {
    /// `None` if there was no memory, not even for another error.
    inner: Option<Boxed<Inner>>,
}

struct Inner {
    cause: Cause,
    backtrace: Option<WasmBacktrace>,
}

/// The cause of an error without an [`Inner`].
static OUT_OF_MEMORY: Cause = Cause::Engine(wasmite_exec::Error::OutOfMemory);

enum Cause {
    /// From the engine: traps, invalid modules, links, limits.
    Engine(wasmite_exec::Error),
    /// From host code, or from parts of the facade that have their own error type.
    Host(Box<dyn HostError>),
    Message(String),
    Context {
        message: String,
        source: Error,
    },
}

/// An error in a box whose making may fail, as arrays of one are.
trait HostError: Send + Sync {
    fn error(&self) -> &(dyn error::Error + Send + Sync + 'static);

    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<E: error::Error + Send + Sync + 'static> HostError for [E; 1] {
    fn error(&self) -> &(dyn error::Error + Send + Sync + 'static) {
        let [error] = self;
        error
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// What kind of thing an [`Error`] is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// WebAssembly code trapped.
    Trap,
    /// The bytes are not a valid module, or use what is not supported yet.
    Module,
    /// Imports are missing or do not fit.
    Link,
    /// A limit of the configuration or the machine's memory was exceeded.
    Limit,
    /// A host function failed.
    Host,
    /// A function of this crate was used wrongly, e.g. with arguments of other types than declared.
    Usage,
}

impl Error {
    /// Wraps an error of the host's, to be found again with [`Error::downcast_ref`]. Wasmi's `new` takes a message: that
    /// is [`Error::msg`].
    pub fn new(error: impl error::Error + Send + Sync + 'static) -> Self {
        match Boxed::new(error) {
            Ok(error) => Self::from_cause(Cause::Host(error.into_box())),
            Err(OutOfMemory) => Self { inner: None },
        }
    }

    /// Same as [`Error::new`]: Wasmi's name.
    pub fn host(error: impl error::Error + Send + Sync + 'static) -> Self {
        Self::new(error)
    }

    /// The wish of a program to end, e.g. through WASI's `proc_exit`: not a failure, but it ends the running call as one
    /// does. Wasmi's; in Wasmtime an error of its own type.
    pub fn i32_exit(status: i32) -> Self {
        Self::new(Exit(status))
    }

    /// The status a program ended with, if this is not a failure but a program that [ended](Error::i32_exit). 0 says that
    /// all went well.
    pub fn i32_exit_status(&self) -> Option<i32> {
        self.downcast_ref().map(|Exit(status)| *status)
    }

    /// An error that consists of a message.
    pub fn msg(message: impl fmt::Display) -> Self {
        heap::text(message).map_or_else(Self::from, |text| Self::from_cause(Cause::Message(text)))
    }

    /// Puts `message` in front: it is what `Display` shows, and this error becomes its source. Backtrace, trap and
    /// host error stay reachable. Without memory for the message this does nothing.
    #[must_use]
    pub fn context(self, message: impl fmt::Display) -> Self {
        match heap::text(message) {
            Ok(message) => Self::from_cause(Cause::Context { message, source: self }),
            Err(OutOfMemory) => self,
        }
    }

    /// An error with the cause; one that says that there is no memory if there is none for it.
    fn from_cause(cause: Cause) -> Self {
        Self { inner: Boxed::new(Inner { cause, backtrace: None }).ok() }
    }

    fn cause(&self) -> &Cause {
        self.inner.as_ref().map_or(&OUT_OF_MEMORY, |inner| &inner.cause)
    }

    fn into_cause(self) -> Cause {
        let oom = Cause::Engine(wasmite_exec::Error::OutOfMemory);
        self.inner.map_or(oom, |inner| inner.into_inner().cause)
    }

    /// The error under all context.
    fn root(&self) -> &Self {
        let mut error = self;
        while let Cause::Context { source, .. } = error.cause() {
            error = source;
        }
        error
    }

    /// The error under all context, if it can have a backtrace.
    fn root_mut(&mut self) -> Option<&mut Inner> {
        let mut inner = self.inner.as_deref_mut()?;
        while let Cause::Context { ref mut source, .. } = inner.cause {
            inner = source.inner.as_deref_mut()?;
        }
        Some(inner)
    }

    /// What kind of error this is. Wasmi's kinds hold the errors themselves: see [`Error::downcast_ref`].
    pub fn kind(&self) -> ErrorKind {
        if self.as_trap().is_some() {
            return ErrorKind::Trap;
        }
        match self.root().cause() {
            Cause::Engine(error) => engine_kind(error),
            Cause::Host(error) => host_kind(error.error()),
            Cause::Message(_) | Cause::Context { .. } => ErrorKind::Host,
        }
    }

    /// The trap, if this is one: Wasmi's `as_trap_code`. Host functions may raise one too: `Err(Trap::Unreachable.into())`.
    pub fn as_trap(&self) -> Option<Trap> {
        match self.root().cause() {
            Cause::Engine(wasmite_exec::Error::Trap { trap, .. }) => Some(*trap),
            Cause::Host(error) => error.error().downcast_ref::<Trap>().copied(),
            _ => None,
        }
    }

    /// The error of type `E` that this was made from: a host function's, [`Trap`], or a layer's own error. Wasmtime also
    /// finds messages given as context and backtraces; Wasmi finds host errors only.
    pub fn downcast_ref<E: error::Error + 'static>(&self) -> Option<&E> {
        match self.root().cause() {
            Cause::Host(error) => error.error().downcast_ref(),
            Cause::Engine(error) => downcast_engine(error),
            Cause::Message(_) | Cause::Context { .. } => None,
        }
    }

    /// Whether [`Error::downcast_ref`] finds an `E`.
    pub fn is<E: error::Error + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// Takes out what [`Error::downcast_ref`] finds, or gives the error back; Wasmi's gives an `Option`.
    pub fn downcast<E: error::Error + 'static>(self) -> Result<E, Self> {
        if !self.is::<E>() {
            return Err(self);
        }
        let mut cause = self.into_cause();
        while let Cause::Context { source, .. } = cause {
            cause = source.into_cause();
        }
        let part = match cause {
            Cause::Host(error) => error.into_any(),
            Cause::Engine(error) => engine_part(error)?,
            cause => return Err(Self::from_cause(cause)),
        };
        // `is` has said that it is one.
        part.downcast::<[E; 1]>()
            .map(|error| (*error).into_iter().next())
            .ok()
            .flatten()
            .ok_or(Self { inner: None })
    }

    /// Where WebAssembly code was when it trapped or when its call to the host failed.
    pub fn backtrace(&self) -> Option<&WasmBacktrace> {
        self.root().inner.as_ref()?.backtrace.as_ref()
    }

    /// Adds the frames of one more activation that the error passes through, innermost first.
    pub(crate) fn add_frames(&mut self, frames: Vec<wasmite_exec::FrameInfo>) {
        if frames.is_empty() {
            return;
        }
        if let Some(root) = self.root_mut() {
            root.backtrace.get_or_insert_default().extend(frames);
        }
    }

    /// A function of this crate was used wrongly.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        heap::text(message).map_or_else(Self::from, |message| Self::new(Usage(message)))
    }
}

/// Misuse of the facade, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// A program ended.
#[derive(Debug, thiserror::Error)]
#[error("exited with status {0}")]
struct Exit(i32);

fn engine_kind(error: &wasmite_exec::Error) -> ErrorKind {
    use wasmite_exec::Error;
    match error {
        Error::Trap { .. } => ErrorKind::Trap,
        Error::Module(_) | Error::Translate(_) => ErrorKind::Module,
        Error::Link(_) | Error::ImportCount { .. } => ErrorKind::Link,
        Error::Limit(_)
        | Error::GrowthDenied
        | Error::LimiterFailed
        | Error::MaximumExceeded
        | Error::OutOfMemory => ErrorKind::Limit,
        Error::ForeignEngine | Error::ImmutableGlobal | Error::TypeMismatch => ErrorKind::Usage,
    }
}

/// Errors of the facade's own that travel as host errors.
fn host_kind(error: &(dyn error::Error + Send + Sync + 'static)) -> ErrorKind {
    #[cfg(feature = "wat")]
    if error.is::<wat::Error>() {
        return ErrorKind::Module;
    }
    if error.is::<wasmite_core::FeatureError>() {
        ErrorKind::Module
    } else if error.is::<crate::UnknownImportError>() || error.is::<crate::linker::DefinedTwice>() {
        ErrorKind::Link
    } else if error.is::<Usage>() {
        ErrorKind::Usage
    } else {
        ErrorKind::Host
    }
}

/// The part of an engine's error that is an `E`.
fn downcast_engine<E: error::Error + 'static>(error: &wasmite_exec::Error) -> Option<&E> {
    use wasmite_exec::Error;
    let part: &(dyn error::Error + 'static) = match error {
        Error::Trap { trap, .. } => trap,
        Error::Module(error) => error,
        Error::Translate(error) => error,
        Error::Link(error) => &**error,
        Error::Limit(error) => error,
        whole => whole,
    };
    part.downcast_ref()
}

/// What [`downcast_engine`] looks at, taken out.
fn engine_part(error: wasmite_exec::Error) -> Result<Box<dyn Any>, OutOfMemory> {
    use wasmite_exec::Error;
    Ok(match error {
        Error::Trap { trap, .. } => Boxed::new(trap)?.into_box(),
        Error::Module(error) => Boxed::new(error)?.into_box(),
        Error::Translate(error) => Boxed::new(error)?.into_box(),
        Error::Link(error) => error.into_box(),
        Error::Limit(error) => Boxed::new(error)?.into_box(),
        whole => Boxed::new(whole)?.into_box(),
    })
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self { inner: None }
    }
}

impl From<wasmite_exec::Error> for Error {
    fn from(mut error: wasmite_exec::Error) -> Self {
        let frames = match &mut error {
            wasmite_exec::Error::Trap { frames, .. } => core::mem::take(frames),
            _ => Default::default(),
        };
        let mut error = Self::from_cause(Cause::Engine(error));
        error.add_frames(frames);
        error
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        wasmite_exec::Error::from(trap).into()
    }
}

macro_rules! wrapped {
    ($($error:ty)*) => { $(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::new(error)
            }
        }
    )* };
}

wrapped! {
    wasmite_core::FeatureError
    wasmite_core::MemoryTypeError
    crate::MemoryAccessError
    crate::UnknownImportError
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self.cause() {
            Cause::Engine(error) => error.source(),
            Cause::Host(error) => error.error().source(),
            Cause::Message(_) => None,
            Cause::Context { source, .. } => Some(source),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Cause::Engine(error) => write!(f, "{error}")?,
            Cause::Host(error) => write!(f, "{}", error.error())?,
            Cause::Message(message) | Cause::Context { message, .. } => f.write_str(message)?,
        }
        if f.alternate() {
            for cause in causes(self) {
                write!(f, ": {cause}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        for cause in causes(self) {
            write!(f, "\ncaused by: {cause}")?;
        }
        match self.backtrace() {
            Some(backtrace) => write!(f, "\nwasm backtrace:\n{backtrace}"),
            None => Ok(()),
        }
    }
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn error::Error + 'static)> {
    core::iter::successors(error::Error::source(error), |cause| cause.source())
}
