//! No validation: the types have no values.

use super::{Before, Function};
use crate::Error;
use wasmite_core::OutOfMemory;
use wasmparser::{FunctionBody, Operator, Payload};

/// Would validate sections.
pub(crate) enum SectionValidator {}

/// Would be what validating bodies needs of everything else.
#[derive(Clone)]
pub(crate) enum Resources {}

/// Would validate a body. There is none without the feature `validate`.
pub enum BodyValidator {}

/// Would be buffers that one [`BodyValidator`] hands to the next.
#[derive(Default)]
pub struct Allocations(());

impl SectionValidator {
    pub(crate) fn section(&mut self, _: &Payload<'_>, _: Before) -> Result<(), Error> {
        match *self {}
    }

    pub(crate) fn body(&mut self, _: &FunctionBody<'_>) -> Result<Resources, Error> {
        match *self {}
    }
}

impl BodyValidator {
    /// Would validate the locals.
    pub fn read_locals(&mut self, _: &FunctionBody<'_>) -> Result<(), Error> {
        match *self {}
    }

    /// Would note that others took memory.
    pub fn memory_was_taken(&mut self) -> Result<(), OutOfMemory> {
        match *self {}
    }

    /// Would validate an operator that is known at compile time.
    #[doc(hidden)]
    pub fn visit(&mut self) -> Result<(), Error> {
        match *self {}
    }

    /// Would validate the operator at an offset.
    pub fn op(&mut self, _: u64, _: &Operator<'_>) -> Result<(), Error> {
        match *self {}
    }

    /// Would validate the whole body.
    pub fn validate(&mut self, _: &FunctionBody<'_>) -> Result<(), Error> {
        match *self {}
    }

    /// Would give the buffers back.
    pub fn into_allocations(self) -> Allocations {
        match self {}
    }
}

pub(crate) fn body_validator(
    resources: Resources,
    _: &Function<'_>,
    _: Allocations,
) -> Result<BodyValidator, OutOfMemory> {
    match resources {}
}

/// Would validate the operator that `$visit` is wasmparser's word for.
#[doc(hidden)]
#[macro_export]
macro_rules! validate_operator {
    ($validator:expr, $offset:expr, $visit:ident($($arg:expr),*)) => {
        $validator.visit()
    };
}
