//! Calls and returns within an instance; the other calls leave for the run loop.
//!
//! Invariant: a call's checks come before its first change.

use super::{Execute, Forms, Handlers};
use crate::dispatch::handler;
use crate::entity::FuncEntity;
use crate::program::Entry;
use crate::raw::{Context, Exit, Flow, Operands, Regs, Source};
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
        let (distance, after) = (cell.u16(regs, shape::A), cell.after(regs));
        // SAFETY: I2, linking put the entry there and a cell follows a call; I3, the frame starts in this one.
        unsafe { call(regs, entry, distance, after) }
    }
}

impl Execute for ops::CallImport {
    #[inline(always)]
    unsafe fn execute(_: &mut Regs) -> Flow {
        Flow::Exit(Exit::CallImport)
    }
}

/// What an indirect call is about.
struct Indirect {
    table: u32,
    index: u64,
    ty: u32,
}

/// The address and entity of the function that an indirect call calls.
#[inline(always)]
fn resolve(
    context: &Context,
    Indirect { table, index, ty }: Indirect,
) -> Result<(u64, &FuncEntity), Trap> {
    let table = match table as usize {
        0 => &context.table,
        // SAFETY: I4, there are that many tables.
        table if table < context.table_count => unsafe { &*context.tables.add(table) },
        _ => return Err(Trap::UndefinedElement),
    };
    if index >= table.len {
        return Err(Trap::UndefinedElement);
    }
    // SAFETY: I4, the table is that long.
    let reference = unsafe { table.base.add(index as usize).read() };
    // Null becomes the highest address of all, which is that of no function.
    let address = reference.wrapping_sub(1);
    if address >= context.func_count {
        return Err(Trap::UninitializedElement);
    }
    // SAFETY: I4, there are that many functions.
    let func = unsafe { &*context.funcs.add(address as usize) };
    if func.ty.0 == ty { Ok((address, func)) } else { Err(Trap::IndirectCallTypeMismatch) }
}

pub(super) struct CallIndirect<O, X>(PhantomData<(O, X)>);

impl<O: Row, X: Source> Execute for CallIndirect<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let (table, ty) = (cell.u32(regs, shape::TABLE), cell.u32(regs, shape::EXTRA));
        let wanted = Indirect { table, index: cell.a(regs), ty };
        // SAFETY: I8, the context is there.
        let context = unsafe { &mut *regs.ctx };
        let (entry, foreign, address) = match resolve(context, wanted) {
            Ok((address, func)) => (func.entry, func.instance != context.instance, address),
            Err(trap) => return trap.into(),
        };
        if foreign {
            context.callee = address as u32;
            return Flow::Exit(Exit::CallForeign);
        }
        let (distance, after) = (cell.u16(regs, shape::A), cell.after(regs));
        // SAFETY: I2, a function of an instance has an entry and a cell follows a call; I3, the frame starts in this one.
        unsafe { call(regs, entry, distance, after) }
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
        Flow::Exit(Exit::TailCallImport)
    }
}

impl Execute for ops::TailCallIndirect {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let (table, ty) = (cell.u32(regs, shape::TABLE), cell.u32(regs, shape::EXTRA));
        // SAFETY: I3 for the slot, I8 for the context.
        let (index, context) = unsafe { (cell.slot(regs, shape::B).read(), &mut *regs.ctx) };
        let (entry, foreign, address) = match resolve(context, Indirect { table, index, ty }) {
            Ok((address, func)) => (func.entry, func.instance != context.instance, address),
            Err(trap) => return trap.into(),
        };
        if foreign {
            context.callee = address as u32;
            return Flow::Exit(Exit::TailCallForeign);
        }
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
