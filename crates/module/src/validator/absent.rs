//! No validation: the types have no values.

use super::Before;
use crate::{Body, Error, Fault, Module, Operator};
use core::convert::Infallible;
use core::marker::PhantomData;
use wasmite_core::{FuncIdx, OutOfMemory, ValType};
use wasmparser::Payload;

/// Would validate sections.
pub(crate) enum SectionValidator {}

/// Would validate a body. There is none without the feature `validate`.
pub struct BodyValidator<'m> {
    never: Infallible,
    module: PhantomData<&'m Module>,
}

/// Would be buffers that one [`BodyValidator`] hands to the next.
#[derive(Default)]
pub struct Allocations(());

impl SectionValidator {
    pub(crate) fn section(&mut self, _: &Payload<'_>, _: Before) -> Result<(), Error> {
        match *self {}
    }
}

impl BodyValidator<'_> {
    /// Would validate a group of locals.
    pub fn declare_locals(&mut self, _: u32, _: ValType, _: usize) -> Result<(), Error> {
        match self.never {}
    }

    /// Would validate the operator at an offset.
    pub fn operator(&mut self, _: &Operator<'_>, _: usize) -> Result<(), Fault> {
        match self.never {}
    }

    /// Would validate an `i32.const` and the operator at an offset after it.
    pub(crate) fn operator_on_constant(&mut self, _: usize) -> Result<(), Fault> {
        match self.never {}
    }

    pub(crate) fn step(&mut self, _: &Operator<'_>, _: usize) -> Result<(), Fault> {
        match self.never {}
    }

    /// Would validate the whole body.
    pub fn validate(&mut self, _: &Body<'_>) -> Result<(), Error> {
        match self.never {}
    }

    /// Would give the buffers back.
    pub fn into_allocations(self) -> Allocations {
        match self.never {}
    }
}

/// There is none: without validation, everything is promised to be valid.
pub(crate) fn body_validator(
    _: &Module,
    _: FuncIdx,
    _: Allocations,
) -> Result<Option<BodyValidator<'_>>, OutOfMemory> {
    Ok(None)
}
