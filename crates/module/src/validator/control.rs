//! Blocks, branches and calls.
//!
//! Invariants: there is a block for each that is open, the function first; a block's height is just above its floor.

use super::body::mismatch;
use super::operand::Type;
use super::{BodyValidator, index_type};
use crate::error::Fault;
use crate::operator::{BlockType, BrTable};
use core::slice;
use wasmite_core::{FuncIdx, FuncType, HeapType, ValType, heap::Grow};

/// An open block.
#[derive(Clone, Copy)]
pub(super) struct Block {
    kind: Kind,
    /// Whether what follows is never executed, up to the block's end.
    unreachable: bool,
    ty: BlockType,
    /// Operands below its own, floors included.
    height: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Block,
    Loop,
    If,
    Else,
}

impl<'m> BodyValidator<'m> {
    pub(super) fn open_function(&mut self) -> Result<(), Fault> {
        let ty = BlockType::FuncType(self.module.func_type_index(self.func).0);
        self.open_block(Kind::Block, ty)
    }

    fn open_block(&mut self, kind: Kind, ty: BlockType) -> Result<(), Fault> {
        self.push(Type::Floor)?;
        let height = self.operands.len() as u32;
        Ok(self.blocks.try_push(Block { kind, unreachable: false, ty, height })?)
    }

    pub(super) fn is_unreachable(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.unreachable)
    }

    fn func_type(&self, index: u32, offset: usize) -> Result<&'m FuncType, Fault> {
        let ty = self.module.types().get(index as usize);
        ty.ok_or_else(|| Self::unknown("type", index, offset))
    }

    fn params(&self, ty: BlockType) -> &'m [ValType] {
        match ty {
            BlockType::FuncType(index) => {
                self.module.types().get(index as usize).map_or(&[], FuncType::params)
            }
            BlockType::Empty | BlockType::Type(_) => &[],
        }
    }

    fn results<'t>(&self, ty: &'t BlockType) -> &'t [ValType]
    where
        'm: 't,
    {
        match ty {
            BlockType::Empty => &[],
            BlockType::Type(ty) => slice::from_ref(ty),
            BlockType::FuncType(index) => {
                self.module.types().get(*index as usize).map_or(&[], FuncType::results)
            }
        }
    }

    /// The types of operands that a branch to `block` carries.
    fn label<'t>(&self, block: &'t Block) -> &'t [ValType]
    where
        'm: 't,
    {
        match block.kind {
            Kind::Loop => self.params(block.ty),
            _ => self.results(&block.ty),
        }
    }

    fn target(&self, depth: u32, offset: usize) -> Result<Block, Fault> {
        let block = self.blocks.iter().nth_back(depth as usize);
        block.copied().ok_or_else(|| Self::unknown("label", depth, offset))
    }

    /// Pushes the results of a block.
    #[inline(always)]
    fn push_results(&mut self, ty: BlockType) -> Result<(), Fault> {
        match ty {
            BlockType::Empty => Ok(()),
            BlockType::Type(ty) => self.push(ty.into()),
            BlockType::FuncType(_) => self.push_all(self.results(&ty)),
        }
    }

    /// Takes what a branch to `block` carries.
    #[inline(always)]
    fn pop_label(&mut self, block: &Block, offset: usize) -> Result<(), Fault> {
        match block.kind {
            Kind::Loop => self.pop_all(self.params(block.ty), offset),
            _ => self.pop_results(block.ty, offset),
        }
    }

    /// Takes the results of a block.
    #[inline(always)]
    fn pop_results(&mut self, ty: BlockType, offset: usize) -> Result<(), Fault> {
        match ty {
            BlockType::Empty => Ok(()),
            BlockType::Type(ty) => self.pop(ty.into(), offset),
            BlockType::FuncType(_) => self.pop_all(self.results(&ty), offset),
        }
    }

    fn push_all(&mut self, types: &[ValType]) -> Result<(), Fault> {
        types.iter().try_for_each(|ty| self.push((*ty).into()))
    }

    #[inline(always)]
    fn pop_all(&mut self, types: &[ValType], offset: usize) -> Result<(), Fault> {
        types.iter().rev().try_for_each(|ty| self.pop((*ty).into(), offset))
    }

    #[inline(always)]
    pub(super) fn open(&mut self, kind: Kind, ty: BlockType, offset: usize) -> Result<(), Fault> {
        if kind == Kind::If {
            self.pop(Type::I32, offset)?;
        }
        match ty {
            BlockType::FuncType(index) => self.open_with_params(kind, index, offset),
            _ => self.open_block(kind, ty),
        }
    }

    fn open_with_params(&mut self, kind: Kind, index: u32, offset: usize) -> Result<(), Fault> {
        let params = self.func_type(index, offset)?.params();
        self.pop_all(params, offset)?;
        self.open_block(kind, BlockType::FuncType(index))?;
        self.push_all(params)
    }

    pub(super) fn else_(&mut self, offset: usize) -> Result<(), Fault> {
        let block = self.close(offset)?;
        if block.kind != Kind::If {
            return Err(Fault::invalid("else without if", offset));
        }
        self.open_block(Kind::Else, block.ty)?;
        self.push_all(self.params(block.ty))
    }

    #[inline(always)]
    pub(super) fn end(&mut self, offset: usize) -> Result<(), Fault> {
        let Block { kind, ty, .. } = self.close(offset)?;
        // Without an else the operands pass through.
        if kind == Kind::If && ty != BlockType::Empty && self.params(ty) != self.results(&ty) {
            return Err(mismatch(format_args!("if without else changes types"), offset));
        }
        self.push_results(ty)
    }

    /// Closes the innermost block, whose results must be there and nothing else.
    #[inline(always)]
    fn close(&mut self, offset: usize) -> Result<Block, Fault> {
        let block = self.target(0, offset)?;
        self.pop_results(block.ty, offset)?;
        if self.operands.last() != Some(&Type::Floor) {
            return Err(mismatch(
                format_args!("values remaining on stack at end of block"),
                offset,
            ));
        }
        self.operands.pop();
        self.blocks.pop();
        Ok(block)
    }

    /// What follows is never executed.
    #[inline(always)]
    pub(super) fn leave(&mut self) {
        if let Some(block) = self.blocks.last_mut() {
            block.unreachable = true;
            self.operands.truncate(block.height as usize);
        }
    }

    pub(super) fn br(&mut self, depth: u32, offset: usize) -> Result<(), Fault> {
        let target = self.target(depth, offset)?;
        self.pop_label(&target, offset)?;
        self.leave();
        Ok(())
    }

    #[inline(always)]
    pub(super) fn br_if(&mut self, depth: u32, offset: usize) -> Result<(), Fault> {
        self.pop(Type::I32, offset)?;
        let target = self.target(depth, offset)?;
        self.pop_all(self.label(&target), offset)?;
        self.push_all(self.label(&target))
    }

    pub(super) fn br_table(&mut self, table: &BrTable<'_>, offset: usize) -> Result<(), Fault> {
        self.pop(Type::I32, offset)?;
        let default = self.target(table.default(), offset)?;
        let arity = self.label(&default).len();
        for depth in table.targets() {
            let target = self.target(depth, offset)?;
            let types = self.label(&target);
            if types.len() != arity {
                let what = format_args!("labels with different numbers of operands");
                return Err(mismatch(what, offset));
            }
            self.check_top(types, offset)?;
        }
        self.check_top(self.label(&default), offset)?;
        self.leave();
        Ok(())
    }

    /// Checks that operands of these types are on top, and leaves them there.
    fn check_top(&self, types: &[ValType], offset: usize) -> Result<(), Fault> {
        let mut operands = self.operands.iter().rev();
        for ty in types.iter().rev() {
            let expected = Type::from(*ty);
            match operands.next() {
                Some(Type::Floor) | None if self.is_unreachable() => break,
                Some(found) if found.is(expected) => {}
                found => {
                    let found = *found.unwrap_or(&Type::Floor);
                    return Err(mismatch(
                        format_args!("expected {expected}, found {found}"),
                        offset,
                    ));
                }
            }
        }
        Ok(())
    }

    pub(super) fn return_(&mut self, offset: usize) -> Result<(), Fault> {
        let results = self.module.func_type(self.func).results();
        self.pop_all(results, offset)?;
        self.leave();
        Ok(())
    }

    /// The type of a function that is called by its index.
    #[inline(always)]
    pub(super) fn callee(&self, func: u32, offset: usize) -> Result<&'m FuncType, Fault> {
        match func < self.module.func_count() {
            true => Ok(self.module.func_type(FuncIdx(func))),
            false => Err(Self::unknown("function", func, offset)),
        }
    }

    #[inline(always)]
    pub(super) fn call(&mut self, ty: &FuncType, offset: usize) -> Result<(), Fault> {
        self.pop_all(ty.params(), offset)?;
        self.push_all(ty.results())
    }

    /// Takes the element's index; gives the function's type.
    pub(super) fn callee_in_table(
        &mut self,
        ty: u32,
        table: u32,
        offset: usize,
    ) -> Result<&'m FuncType, Fault> {
        let table = self.table(table, offset)?;
        if table.element().heap != HeapType::Func {
            return Err(mismatch(
                format_args!("a table of {} has no functions", table.element()),
                offset,
            ));
        }
        self.pop(index_type(table.is_64()), offset)?;
        self.func_type(ty, offset)
    }

    pub(super) fn tail_call(&mut self, ty: &FuncType, offset: usize) -> Result<(), Fault> {
        // Types of functions have no subtypes yet.
        if ty.results() != self.module.func_type(self.func).results() {
            let what = format_args!("a tail call to a function with other results");
            return Err(mismatch(what, offset));
        }
        self.pop_all(ty.params(), offset)?;
        self.leave();
        Ok(())
    }
}
