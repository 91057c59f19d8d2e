//! Types of constant expressions (spec 3.0, "Constant Expressions"), operator by operator while they are read.
//!
//! Not evaluation, nor whether there are references: an expression that leaves one stands where there may be one. Invariant: a
//! global that an expression reads is imported and does not change.

use super::body::{mismatch, missing};
use super::operand::Type;
use crate::ConstOp;
use crate::error::Fault;
use crate::module::Contents;
use alloc::vec::Vec;
use wasmite_core::{ExternKind, Features, GlobalIdx, Proposal, RefType, heap::Grow};

/// What is known of an expression so far.
pub(crate) struct Typing<'c> {
    contents: &'c Contents,
    features: Features,
    expected: Type,
    /// The operand on top: most expressions have no other, and take nothing from the heap.
    top: Option<Type>,
    below: Vec<Type>,
}

/// Why an operator is refused that is no constant, or not yet.
const NOT_CONSTANT: &str = "constant expression required: non-constant operator";

impl<'c> Typing<'c> {
    pub(super) fn new(contents: &'c Contents, features: Features, expected: Type) -> Self {
        Self { contents, features, expected, top: None, below: Vec::new() }
    }

    /// Types the next operator; none is the end.
    pub(crate) fn step(&mut self, op: Option<ConstOp>, offset: usize) -> Result<(), Fault> {
        let Some(op) = op else { return self.end(offset) };
        let ty = match op {
            ConstOp::I32Const(_) => Type::I32,
            ConstOp::I64Const(_) => Type::I64,
            ConstOp::F32Const(_) => Type::F32,
            ConstOp::F64Const(_) => Type::F64,
            ConstOp::GlobalGet(index) => self.global(index, offset)?,
            ConstOp::RefNull(heap) => RefType { nullable: true, heap }.into(),
            ConstOp::RefFunc(func) if func.index() >= self.contents.func_types.len() => {
                let index = func.0;
                let what = format_args!("unknown function {index}: function index out of bounds");
                return Err(Fault::invalid(what, offset));
            }
            ConstOp::RefFunc(_) => Type::Func,
            ConstOp::I32Add | ConstOp::I32Sub | ConstOp::I32Mul => {
                self.compute(Type::I32, offset)?
            }
            ConstOp::I64Add | ConstOp::I64Sub | ConstOp::I64Mul => {
                self.compute(Type::I64, offset)?
            }
        };
        if let Some(below) = self.top.replace(ty) {
            self.below.try_push(below)?;
        }
        Ok(())
    }

    fn end(&mut self, offset: usize) -> Result<(), Fault> {
        self.take(self.expected, offset)?;
        match self.top {
            None => Ok(()),
            Some(_) => {
                Err(mismatch(format_args!("values remaining on stack at end of block"), offset))
            }
        }
    }

    fn take(&mut self, expected: Type, offset: usize) -> Result<(), Fault> {
        let found = self.top.ok_or_else(|| missing(expected, offset))?;
        self.top = self.below.pop();
        match found.is(expected) {
            true => Ok(()),
            false => Err(mismatch(format_args!("expected {expected}, found {found}"), offset)),
        }
    }

    /// Arithmetic of two operands, which leaves one of their type.
    fn compute(&mut self, ty: Type, offset: usize) -> Result<Type, Fault> {
        if !self.features.contains(Proposal::ExtendedConst) {
            return Err(Fault::of_proposal(NOT_CONSTANT, Proposal::ExtendedConst, offset));
        }
        self.take(ty, offset)?;
        self.take(ty, offset)?;
        Ok(ty)
    }

    /// Of defined globals none can be read before there is a collector (gc proposal).
    fn global(&self, GlobalIdx(index): GlobalIdx, offset: usize) -> Result<Type, Fault> {
        const DEFINED: &str = "constant expression required: global.get of locally defined global";
        const MUTABLE: &str = "constant expression required: global.get of mutable global";
        let Some(global) = self.contents.globals.get(index as usize) else {
            let what = format_args!("unknown global {index}: global index out of bounds");
            return Err(Fault::invalid(what, offset));
        };
        if index >= self.contents.imported(ExternKind::Global) {
            return Err(Fault::of_proposal(DEFINED, Proposal::Gc, offset));
        }
        match global.ty.mutable {
            true => Err(Fault::invalid(MUTABLE, offset)),
            false => Ok(global.ty.content.into()),
        }
    }
}
