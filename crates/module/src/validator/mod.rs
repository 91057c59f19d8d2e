//! Validation by wasmparser, or none: two siblings with the same interface, of which the feature `validate` chooses one.
//!
//! Not parsing. Invariant: without the feature no validator exists, so that what is done with one is not compiled.

#[cfg(not(feature = "validate"))]
mod absent;
#[cfg(feature = "validate")]
mod present;

#[cfg(not(feature = "validate"))]
pub use absent::{Allocations, BodyValidator};
#[cfg(not(feature = "validate"))]
pub(crate) use absent::{Resources, SectionValidator, body_validator};
#[cfg(feature = "validate")]
pub use present::{Allocations, BodyValidator};
#[cfg(feature = "validate")]
pub(crate) use present::{Resources, SectionValidator, body_validator};
