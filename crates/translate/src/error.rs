//! Why a function body could not be translated.

use alloc::string::String;
use wasmite_core::{LimitError, OutOfMemory, heap::Boxed};

/// A body that is not valid, too large, or uses what is not supported yet. Offsets are in bytes from the module's start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The body is malformed or invalid.
    #[error("{message} (at offset {offset:#x})")]
    Invalid {
        /// Where.
        offset: usize,
        /// The validator's message.
        message: String,
    },
    /// The body exceeds a limit.
    #[error("{limit} (at offset {offset:#x})")]
    Limit {
        /// Where.
        offset: usize,
        /// Which limit.
        limit: LimitError,
    },
    /// The body uses a proposal that is switched off or not supported yet.
    #[error(transparent)]
    Proposal(wasmite_module::Error),
    /// The translator made a mistake; please report it.
    #[error("internal error in translation of the function at offset {offset:#x}: {error}")]
    Internal {
        /// Where the function's body starts.
        offset: usize,
        /// What the verifier found.
        error: wasmite_isa::VerifyError,
    },
    /// There is no memory for the translation, or for saying what is wrong with the body.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

impl From<wasmite_module::Fault> for Error {
    fn from(fault: wasmite_module::Fault) -> Self {
        wasmite_module::Error::from(fault).into()
    }
}

impl From<wasmite_module::Error> for Error {
    fn from(error: wasmite_module::Error) -> Self {
        match error {
            wasmite_module::Error::Invalid { offset, message } => Self::Invalid { offset, message },
            wasmite_module::Error::OutOfMemory(error) => error.into(),
            other => Self::Proposal(other),
        }
    }
}

/// An [`Error`] that takes one word, so that what translates single operators can return it in registers.
#[derive(Debug)]
pub(crate) struct Fault(
    /// None if there is no memory.
    Option<Boxed<Error>>,
);

impl From<Error> for Fault {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        Self(Boxed::new(error).ok())
    }
}

impl From<wasmite_module::Fault> for Fault {
    #[cold]
    #[inline(never)]
    fn from(fault: wasmite_module::Fault) -> Self {
        Error::from(fault).into()
    }
}

impl From<OutOfMemory> for Fault {
    fn from(_: OutOfMemory) -> Self {
        Self(None)
    }
}

impl From<Fault> for Error {
    fn from(Fault(error): Fault) -> Self {
        error.map_or(Self::OutOfMemory(OutOfMemory), Boxed::into_inner)
    }
}
