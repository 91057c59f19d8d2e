//! Validation of function bodies (spec 3.0, appendix "Validation Algorithm"): what is known between operators.
//!
//! Not what single operators demand: see `plain` and its siblings. Invariants: after an error the validator is of no more use; whatever
//! it is given, it does not panic, and asks before it takes memory.

use super::control::Block;
use super::operand::Type;
use crate::error::Fault;
use crate::{Body, Error, Module, Operator, Visitor};
use alloc::vec::Vec;
use core::fmt;
use wasmite_core::{FuncIdx, OutOfMemory, ValType, heap::Grow};

/// Validates a body.
pub struct BodyValidator<'m> {
    pub(super) module: &'m Module,
    pub(super) func: FuncIdx,
    /// The type of addresses of memory 0, which has almost all accesses.
    pub(super) address: Option<Type>,
    pub(super) operands: Vec<Type>,
    pub(super) blocks: Vec<Block>,
    pub(super) locals: Vec<Type>,
}

/// Buffers that one [`BodyValidator`] hands to the next.
#[derive(Default)]
pub struct Allocations {
    operands: Vec<Type>,
    blocks: Vec<Block>,
    locals: Vec<Type>,
}

/// Locals that a function may have (the limit that engines agreed on), so that a few bytes cannot ask for much memory.
const MOST_LOCALS: usize = 50_000;

/// A validator for the body of a function.
pub(crate) fn body_validator(
    module: &Module,
    func: FuncIdx,
    allocations: Allocations,
) -> Result<Option<BodyValidator<'_>>, OutOfMemory> {
    let Allocations { mut operands, mut blocks, mut locals } = allocations;
    operands.clear();
    blocks.clear();
    locals.clear();
    let params = module.func_type(func).params();
    locals.try_reserve(params.len())?;
    params.iter().for_each(|param| locals.put((*param).into()));
    let address = module.memories().first().map(|memory| super::index_type(memory.is_64()));
    let mut this = BodyValidator { module, func, address, operands, blocks, locals };
    this.open_function().map_err(|_| OutOfMemory)?;
    Ok(Some(this))
}

impl BodyValidator<'_> {
    /// Validates the whole body.
    pub fn validate(&mut self, body: &Body<'_>) -> Result<(), Error> {
        let mut locals = body.locals()?;
        while let Some((count, ty, offset)) = locals.group()? {
            self.declare_locals(count, ty, offset)?;
        }
        let operators = locals.operators();
        Ok(operators.visit(Some(self), &mut Nobody)?)
    }

    /// Validates a group of `count` locals, declared at `offset`, which follows those before.
    pub fn declare_locals(&mut self, count: u32, ty: ValType, offset: usize) -> Result<(), Error> {
        let total = self.locals.len().saturating_add(count as usize);
        if total > MOST_LOCALS {
            return Err(Error::invalid("too many locals", offset));
        }
        Ok(self.locals.try_resize(total, ty.into())?)
    }

    /// Gives the buffers back.
    pub fn into_allocations(self) -> Allocations {
        let Self { operands, blocks, locals, .. } = self;
        Allocations { operands, blocks, locals }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, ty: Type) -> Result<(), Fault> {
        if self.operands.len() == self.operands.capacity() {
            self.grow()?;
        }
        self.operands.put(ty);
        Ok(())
    }

    /// Makes room for operands: out of line, so that what needs none is short.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Fault> {
        Ok(self.operands.try_reserve(1).map_err(OutOfMemory::from)?)
    }

    /// Takes an operand of type `expected`.
    #[inline(always)]
    pub(super) fn pop(&mut self, expected: Type, offset: usize) -> Result<(), Fault> {
        match self.operands.last() {
            Some(top) if *top == expected => {
                self.operands.pop();
                Ok(())
            }
            _ => self.pop_other(expected, offset),
        }
    }

    #[cold]
    fn pop_other(&mut self, expected: Type, offset: usize) -> Result<(), Fault> {
        match self.pop_any(expected, offset)? {
            found if found.is(expected) => Ok(()),
            found => Err(mismatch(format_args!("expected {expected}, found {found}"), offset)),
        }
    }

    /// Takes an operand of whatever type, where `expected` would be right.
    pub(super) fn pop_any(&mut self, expected: Type, offset: usize) -> Result<Type, Fault> {
        match self.operands.last() {
            Some(Type::Floor) | None if self.is_unreachable() => Ok(Type::Unknown),
            Some(Type::Floor) | None => Err(missing(expected, offset)),
            Some(top) => {
                let top = *top;
                self.operands.pop();
                Ok(top)
            }
        }
    }

    /// The error for what is not in the module.
    #[cold]
    pub(super) fn unknown(what: &str, index: u32, offset: usize) -> Fault {
        Fault::invalid(format_args!("unknown {what} {index}"), offset)
    }
}

#[cold]
pub(super) fn missing(expected: Type, offset: usize) -> Fault {
    mismatch(format_args!("expected {expected} but nothing on stack"), offset)
}

#[cold]
pub(super) fn mismatch(what: fmt::Arguments<'_>, offset: usize) -> Fault {
    Fault::invalid(format_args!("type mismatch: {what}"), offset)
}

/// Visits nothing: for those who only validate.
struct Nobody;

impl Visitor for Nobody {
    type Error = Fault;

    #[inline(always)]
    fn operator(&mut self, _: &Operator<'_>, _: usize) -> Result<(), Fault> {
        Ok(())
    }
}
