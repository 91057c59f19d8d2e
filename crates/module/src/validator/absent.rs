//! No validation: the types have no values.

use crate::module::Contents;
use crate::reader::Reader;
use crate::{Body, ConstOp, Error, ExternIdx, Fault, ImportType, Module, Operator, SegmentMode};
use core::convert::Infallible;
use core::marker::PhantomData;
use wasmite_core::{
    FuncIdx, FuncType, MemoryIdx, MemoryType, OutOfMemory, RefType, TableIdx, TableType, TypeIdx,
    ValType,
};

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

/// Would type a constant expression.
pub(crate) struct Typing<'c> {
    never: Infallible,
    contents: PhantomData<&'c Contents>,
}

impl SectionValidator {
    pub(crate) fn count(&self, _: &Contents, _: u8, _: u32, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn func_type(&self, _: &FuncType, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn import(&self, _: &Contents, _: &ImportType, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn function(&self, _: &Contents, _: TypeIdx, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn table(&self, _: &TableType, _: bool, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn memory(&self, _: &MemoryType, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn export(&self, _: &Contents, _: ExternIdx, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn exports(&self, _: &Contents, _: Reader<'_>) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn start(&self, _: &Contents, _: FuncIdx, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn listed(&self, _: &Contents, _: FuncIdx, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn element(
        &self,
        _: &Contents,
        _: RefType,
        _: &SegmentMode<TableIdx>,
        _: bool,
        _: usize,
    ) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn passive_data(&self, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn data_count(&self, _: usize) -> Result<(), Fault> {
        match *self {}
    }

    pub(crate) fn value<'c>(&self, _: &'c Contents, _: ValType) -> Typing<'c> {
        match *self {}
    }

    pub(crate) fn in_table<'c>(
        &self,
        _: &'c Contents,
        _: TableIdx,
        _: usize,
    ) -> Result<Typing<'c>, Fault> {
        match *self {}
    }

    pub(crate) fn in_memory<'c>(
        &self,
        _: &'c Contents,
        _: MemoryIdx,
        _: usize,
    ) -> Result<Typing<'c>, Fault> {
        match *self {}
    }
}

impl Typing<'_> {
    pub(crate) fn step(&mut self, _: Option<ConstOp>, _: usize) -> Result<(), Fault> {
        match self.never {}
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
