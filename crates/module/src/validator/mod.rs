//! Validation by wasmparser, or none: two siblings with the same interface, of which the feature `validate` chooses one.
//!
//! Not parsing. Invariant: without the feature no validator exists, so that what is done with one is not compiled.

#[cfg(not(feature = "validate"))]
mod absent;
#[cfg(feature = "validate")]
mod heap;
#[cfg(all(test, feature = "validate"))]
mod margin;
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

/// Bytes for an error of the parser's or validator's, which take them without asking: a box, and a text that grows as it
/// is written.
pub const ERROR: usize = 512;

/// What a module has before a section.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "validate"), expect(dead_code, reason = "nobody validates"))]
pub(crate) struct Before {
    pub(crate) types: usize,
    pub(crate) imports: usize,
}

/// A function whose body is to be validated.
#[cfg_attr(not(feature = "validate"), expect(dead_code, reason = "nobody validates"))]
pub(crate) struct Function<'a> {
    pub(crate) body: &'a wasmparser::FunctionBody<'a>,
    pub(crate) index: u32,
    pub(crate) ty: u32,
    pub(crate) params: usize,
    /// The parameters or results that a type of the module has at most.
    pub(crate) widest: usize,
    pub(crate) features: wasmparser::WasmFeatures,
}
