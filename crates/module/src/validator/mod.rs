//! Validation, or none: two siblings with the same interface, of which the feature `validate` chooses one. wasmparser validates
//! sections; bodies are validated here.
//!
//! Not parsing. Invariant: without the feature no validator exists, so that what is done with one is not compiled.

#[cfg(not(feature = "validate"))]
mod absent;
#[cfg(feature = "validate")]
mod body;
#[cfg(feature = "validate")]
mod control;
#[cfg(feature = "validate")]
mod entity;
#[cfg(feature = "validate")]
mod heap;
#[cfg(all(test, feature = "validate"))]
mod margin;
#[cfg(feature = "validate")]
mod operand;
#[cfg(feature = "validate")]
mod plain;
#[cfg(feature = "validate")]
mod section;

#[cfg(not(feature = "validate"))]
pub use absent::{Allocations, BodyValidator};
#[cfg(not(feature = "validate"))]
pub(crate) use absent::{SectionValidator, body_validator};
#[cfg(feature = "validate")]
pub(crate) use body::body_validator;
#[cfg(feature = "validate")]
pub use body::{Allocations, BodyValidator};
#[cfg(feature = "validate")]
pub(crate) use section::SectionValidator;

/// Bytes for an error of the parser's or validator's, which take them without asking: a box, and a text that grows as it
/// is written.
#[cfg(feature = "validate")]
const ERROR: usize = 512;

/// What a module has before a section.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "validate"), expect(dead_code, reason = "nobody validates"))]
pub(crate) struct Before {
    pub(crate) types: usize,
    pub(crate) imports: usize,
}

/// The type of indices of a memory or table.
#[cfg(feature = "validate")]
fn index_type(is_64: bool) -> operand::Type {
    if is_64 { operand::Type::I64 } else { operand::Type::I32 }
}
