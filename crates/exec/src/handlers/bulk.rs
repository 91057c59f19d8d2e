//! Memories and tables as wholes: their sizes, elements and fills of tables; references to functions.
//!
//! Not fills and copies of memory ([`super::transfer`]), nor growth and what else the run loop does. Invariant: all of an op is in
//! bounds or nothing is changed.

use super::{Execute, Forms, Handlers};
use crate::dispatch::handler;
use crate::entity::{func_slot, span};
use crate::raw::{Destination, Flow, OperandForms, Operands, Regs, Source, View};
use core::marker::PhantomData;
use wasmite_core::Trap;
use wasmite_isa::{ops, ops::Row, shape};

/// The memory that the field at `byte` names.
#[inline(always)]
pub(super) fn memory<'a, O: Row, F: OperandForms>(
    cell: &Operands<O, F>,
    regs: &'a Regs,
    byte: usize,
) -> &'a View<u8> {
    // SAFETY: I8, the context is there; I9, the module has such a memory.
    unsafe { (&*regs.ctx).memory(cell.u32(regs, byte)) }
}

/// The table that the field at `byte` names.
#[inline(always)]
fn table<'a, O: Row, F: OperandForms>(
    cell: &Operands<O, F>,
    regs: &'a Regs,
    byte: usize,
) -> &'a View<u64> {
    // SAFETY: I8, the context is there; I9, the module has such a table.
    unsafe { (&*regs.ctx).table(cell.u32(regs, byte)) }
}

/// The value of the slot that the field at `byte` names.
#[inline(always)]
pub(super) fn operand<O: Row>(cell: &Operands<O, ()>, regs: &Regs, byte: usize) -> u64 {
    // SAFETY: I3, the slot is inside the frame.
    unsafe { cell.slot(regs, byte).read() }
}

/// The same, read where it is used, and each time: so it does not take a native register before or after.
#[inline(always)]
pub(super) fn operand_again<O: Row>(cell: &Operands<O, ()>, regs: &Regs, byte: usize) -> u64 {
    // SAFETY: I3, the slot is inside the frame.
    unsafe { cell.slot(regs, byte).read_volatile() }
}

pub(super) struct MemorySize<O, D>(PhantomData<(O, D)>);

impl<O: Row, D: Destination> Execute for MemorySize<O, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        let pages = memory(&cell, regs, shape::B).len >> (cell.u32(regs, shape::EXTRA) & 63);
        cell.put::<D>(regs, pages)
    }
}

pub(super) struct TableSize<O, D>(PhantomData<(O, D)>);

impl<O: Row, D: Destination> Execute for TableSize<O, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        let size = table(&cell, regs, shape::B).len;
        cell.put::<D>(regs, size)
    }
}

pub(super) struct TableGet<O, X, D>(PhantomData<(O, X, D)>);

impl<O: Row, X: Source, D: Destination> Execute for TableGet<O, X, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let (View { base, len }, at) = (table(&cell, regs, shape::B), cell.a::<u64>(regs));
        if at >= *len {
            return regs.trap(Trap::TableOutOfBounds);
        }
        // SAFETY: I4, the table is that long.
        let element = unsafe { base.add(at as usize).read() };
        cell.put::<D>(regs, element)
    }
}

pub(super) struct TableSet<O, X, V>(PhantomData<(O, X, V)>);

impl<O: Row, X: Source, V: Source> Execute for TableSet<O, X, V> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, V)>::of_current() };
        let (View { base, len }, at) = (table(&cell, regs, shape::B), cell.a::<u64>(regs));
        if at >= *len {
            return regs.trap(Trap::TableOutOfBounds);
        }
        // SAFETY: I4, the table is that long.
        unsafe { base.add(at as usize).write(cell.b(regs)) };
        cell.next(regs)
    }
}

impl Execute for ops::TableFill {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        // No cell behind this one reads them: native registers for what follows.
        regs.values.set_accs(0);
        let table = table(&cell, regs, shape::EXTRA);
        let at = || operand_again(&cell, regs, shape::A);
        let count = || operand_again(&cell, regs, shape::B);
        if span(at(), count(), table.len as usize).is_none() {
            return regs.trap(Trap::TableOutOfBounds);
        }
        // SAFETY: I8, the context is there.
        if let Err(trap) = unsafe { (*regs.ctx).fuel.charge_elements(count()) } {
            return regs.trap(trap);
        }
        let mut to = table.base.wrapping_add(at() as usize);
        let end = to.wrapping_add(count() as usize);
        let value = operand(&cell, regs, shape::D);
        while to < end {
            // Volatile, so that it stays a loop.
            // SAFETY: I4, the table is that long.
            unsafe { to.write_volatile(value) };
            to = to.wrapping_add(1);
        }
        cell.next(regs)
    }
}

pub(super) struct RefFunc<O, D>(PhantomData<(O, D)>);

impl<O: Row, D: Destination> Execute for RefFunc<O, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        // SAFETY: I8, the context is there; I4, it has an instance.
        let address = unsafe { (&*regs.ctx).referable_func(cell.u32(regs, shape::B)) };
        cell.put::<D>(regs, func_slot(address))
    }
}

impl Handlers for ops::TableFill {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::RefFunc {
    const FORMS: Forms = ref_func::<Self>();
}

impl Handlers for ops::MemorySize {
    const FORMS: Forms = memory_size::<Self>();
}

impl Handlers for ops::TableSize {
    const FORMS: Forms = table_size::<Self>();
}

impl Handlers for ops::TableGet {
    const FORMS: Forms = table_get::<Self>();
}

impl Handlers for ops::TableSet {
    const FORMS: Forms = table_set::<Self>();
}

const fn memory_size<O: Row>() -> Forms {
    forms!(MemorySize<O>: dst)
}

const fn table_size<O: Row>() -> Forms {
    forms!(TableSize<O>: dst)
}

const fn ref_func<O: Row>() -> Forms {
    forms!(RefFunc<O>: dst)
}

const fn table_get<O: Row>() -> Forms {
    forms!(TableGet<O>: src dst)
}

const fn table_set<O: Row>() -> Forms {
    forms!(TableSet<O>: src src)
}
