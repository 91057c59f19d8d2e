//! Validation, or none: two siblings with the same interface, of which the feature `validate` chooses one. Sections are validated
//! while they are parsed, bodies then or later.
//!
//! Not parsing. Invariant: without the feature no validator exists, so that what is done with one is not compiled.

#[cfg(not(feature = "validate"))]
mod absent;
#[cfg(feature = "validate")]
mod body;
#[cfg(feature = "validate")]
mod constant;
#[cfg(feature = "validate")]
mod control;
#[cfg(feature = "validate")]
mod entity;
#[cfg(feature = "validate")]
mod operand;
#[cfg(feature = "validate")]
mod plain;
#[cfg(feature = "validate")]
mod section;

#[cfg(not(feature = "validate"))]
pub use absent::{Allocations, BodyValidator};
#[cfg(not(feature = "validate"))]
pub(crate) use absent::{SectionValidator, Typing, body_validator};
#[cfg(feature = "validate")]
pub(crate) use body::body_validator;
#[cfg(feature = "validate")]
pub use body::{Allocations, BodyValidator};
#[cfg(feature = "validate")]
pub(crate) use constant::Typing;
#[cfg(feature = "validate")]
pub(crate) use section::SectionValidator;

/// The type of indices of a memory or table.
#[cfg(feature = "validate")]
fn index_type(is_64: bool) -> operand::Type {
    if is_64 { operand::Type::I64 } else { operand::Type::I32 }
}
