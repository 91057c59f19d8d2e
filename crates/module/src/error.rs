//! Why bytes are not a module.
//!
//! Not traps, link errors or limits of a running guest. Invariant: the validator's own text stays verbatim at the
//! start of [`Error::message`] (names that it quotes aside), because the official test suite compares it.

use crate::features::proposal_of;
use alloc::{
    format,
    string::{String, ToString},
};
use wasmite_core::{LimitError, Printable, Proposal};

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
}

impl Error {
    /// Where the input is at fault, if it is at one place.
    pub fn offset(&self) -> Option<usize> {
        match self {
            Self::Empty | Self::NotWasm | Self::Component { .. } => None,
            Self::Invalid { offset, .. }
            | Self::Disabled { offset, .. }
            | Self::Unsupported { offset, .. }
            | Self::Limit { offset, .. } => Some(*offset),
        }
    }

    /// The reason without the offset. Starts with the validator's words if the validator found it.
    pub fn message(&self) -> String {
        match self {
            Self::Invalid { message, .. } | Self::Disabled { message, .. } => message.clone(),
            Self::Unsupported { what, .. } => what.clone(),
            Self::Limit { error, .. } => error.to_string(),
            Self::Empty => "unexpected end".into(),
            Self::NotWasm => "magic header not detected".into(),
            Self::Component { .. } => "unknown binary version".into(),
        }
    }

    /// Attaches an offset to a limit that was exceeded.
    pub(crate) fn limit(result: Result<(), LimitError>, offset: u64) -> Result<(), Self> {
        result.map_err(|error| Self::Limit { offset: in_memory(offset), error })
    }

    /// `what` is a sentence that names something not supported yet.
    pub(crate) fn unsupported(what: impl core::fmt::Display, offset: u64) -> Self {
        Self::Unsupported { offset: in_memory(offset), what: what.to_string() }
    }

    /// Invalid for a reason that is not the validator's.
    pub(crate) fn invalid(message: impl core::fmt::Display, offset: u64) -> Self {
        Self::Invalid { offset: in_memory(offset), message: message.to_string() }
    }
}

impl From<wasmparser::Error> for Error {
    fn from(error: wasmparser::Error) -> Self {
        let offset = in_memory(error.offset());
        // It may quote names.
        let message = Printable(error.message()).to_string();
        // The parser is built without vectors, so that it does not know their opcodes.
        let vector = message.starts_with("unexpected SIMD opcode").then_some(Proposal::Simd);
        match error.missing_wasm_feature().and_then(proposal_of).or(vector) {
            None => Self::Invalid { offset, message },
            Some(proposal) if proposal.is_supported() => {
                Self::Disabled { offset, message, proposal }
            }
            Some(proposal) => {
                let name = proposal.name();
                let what = format!("{message}: the {name} proposal is not supported yet");
                Self::Unsupported { offset, what }
            }
        }
    }
}

/// An offset into bytes that are in memory, which is why it always fits.
pub(crate) fn in_memory(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
