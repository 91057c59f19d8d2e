//! Calls and returns within an instance; the other calls leave for the run loop.
//!
//! Invariant: a call's checks come before its first change.

use super::{Execute, Forms, Handlers};
use crate::dispatch::handler;
use crate::program::Entry;
use crate::raw::{Exit, ExitCode, Flow, OperandForms, Operands, Regs, Source};
use crate::raw::{call, copy_up, leave_frame, tail_call};
use core::marker::PhantomData;
use wasmite_core::Trap;
use wasmite_isa::{Scalar, ops, ops::Row, shape};

/// The entry in a word of a linked cell.
#[inline(always)]
fn entry_at(word: u64) -> *const Entry {
    core::ptr::with_exposed_provenance(word as usize)
}

impl Execute for ops::Call {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let entry = entry_at(cell.u64(regs, shape::EXTRA));
        // SAFETY: I2, linking put the entry there; this is a call.
        unsafe { call(regs, entry) }
    }
}

impl Execute for ops::CallImport {
    #[inline(always)]
    unsafe fn execute(_: &mut Regs) -> Flow {
        Flow::Exit(Exit::CallImport.code())
    }
}

/// The entry of the function at `index` of the table that an indirect call in the current cell names; an exit if that is
/// not a function of this instance and of the type named.
#[inline(always)]
fn resolve<O: Row, F: OperandForms>(
    cell: &Operands<O, F>,
    regs: &Regs,
    index: u64,
    foreign: ExitCode,
) -> Result<*const Entry, ExitCode> {
    // SAFETY: I8, the context is there.
    let context = unsafe { &mut *regs.ctx };
    let table = match cell.u32(regs, shape::TABLE) as usize {
        0 => &context.table,
        // SAFETY: I4, there are that many tables.
        table if table < context.table_count => unsafe { &*context.tables.add(table) },
        _ => return Err(Exit::Trap(Trap::UndefinedElement).code()),
    };
    if index >= table.len {
        return Err(Exit::Trap(Trap::UndefinedElement).code());
    }
    // SAFETY: I4, the table is that long.
    let reference = unsafe { table.base.add(index as usize).read() };
    // Null becomes the highest address of all, which is that of no function.
    let address = reference.wrapping_sub(1);
    if address >= context.func_count {
        return Err(Exit::Trap(Trap::UninitializedElement).code());
    }
    // Only an exit needs it: written early, it does not take a native register until then.
    context.callee = address as u32;
    // SAFETY: I4, there are that many functions.
    let func = unsafe { &*context.funcs.add(address as usize) };
    if func.ty.0 != cell.u32(regs, shape::EXTRA) {
        return Err(Exit::Trap(Trap::IndirectCallTypeMismatch).code());
    }
    if func.instance == context.instance { Ok(func.entry) } else { Err(foreign) }
}

pub(super) struct CallIndirect<O, X>(PhantomData<(O, X)>);

impl<O: Row, X: Source> Execute for CallIndirect<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        match resolve(&cell, regs, cell.a(regs), Exit::CallForeign.code()) {
            // SAFETY: I2, a function of an instance has an entry; this is a call.
            Ok(entry) => unsafe { call(regs, entry) },
            Err(exit) => Flow::Exit(exit),
        }
    }
}

impl Execute for ops::TailCall {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let entry = entry_at(cell.u64(regs, shape::EXTRA));
        let (from, count) = (cell.slot(regs, shape::A), cell.u32(regs, shape::B));
        // SAFETY: I2, linking put the entry there; I1 for the arguments.
        unsafe { tail_call(regs, entry, from, count as usize) }
    }
}

impl Execute for ops::TailCallImport {
    #[inline(always)]
    unsafe fn execute(_: &mut Regs) -> Flow {
        Flow::Exit(Exit::TailCallImport.code())
    }
}

impl Execute for ops::TailCallIndirect {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        // SAFETY: I3 for the slot.
        let index = unsafe { cell.slot(regs, shape::B).read() };
        let entry = match resolve(&cell, regs, index, Exit::TailCallForeign.code()) {
            Ok(entry) => entry,
            Err(exit) => return Flow::Exit(exit),
        };
        let (from, count) = (cell.slot(regs, shape::A), cell.u16(regs, shape::C));
        // SAFETY: I2, a function of an instance has an entry; I1 for the arguments.
        unsafe { tail_call(regs, entry, from, count.into()) }
    }
}

impl Execute for ops::Return {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I2, promised by the caller.
        unsafe { leave_frame(regs) }
    }
}

pub(super) struct ReturnOne<O, X>(PhantomData<(O, X)>);

impl<O: ops::ReturnOne, X: Source> Execute for ReturnOne<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1 and I2, promised by the caller; I3, results are inside the frame.
        unsafe {
            let cell = Operands::<O, (X,)>::of_current();
            let value: O::T = cell.a(regs);
            regs.fp.write(value.to_slot());
            regs.set_acc(value);
            leave_frame(regs)
        }
    }
}

impl Execute for ops::ReturnMany {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1 and I2, promised by the caller; I3, results are inside the frame, at or after its start.
        unsafe {
            let cell = Operands::<Self, ()>::of_current();
            let count = cell.u32(regs, shape::B) as usize;
            copy_up(cell.slot(regs, shape::A), regs.fp, count);
            leave_frame(regs)
        }
    }
}

macro_rules! single_form {
    ($($name:ident)*) => { $(
        impl Handlers for ops::$name {
            const FORMS: Forms = &[handler::<Self>()];
        }
    )* };
}

single_form! { Call CallImport TailCall TailCallImport TailCallIndirect Return ReturnMany }

impl Handlers for ops::CallIndirect {
    const FORMS: Forms = call_indirect::<Self>();
}

const fn call_indirect<O: Row>() -> Forms {
    forms!(CallIndirect<O>: src)
}

pub(super) const fn return_one<O: ops::ReturnOne>() -> Forms {
    forms!(ReturnOne<O>: src)
}
