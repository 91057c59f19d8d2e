//! Calls and returns, also those that change the instance; the run loop calls the host.
//!
//! Invariant: a call's checks come before its first change.

use super::{Execute, Forms, Handlers};
use crate::dispatch::{handler, rest};
use crate::entity::FuncEntity;
use crate::program::Entry;
use crate::raw::{AccForm, Flow, OperandForms, Operands, Regs, Source, View};
use crate::raw::{
    call, call_across, copy_up, leave_frame, return_across, tail_call, tail_call_func,
};
use crate::types::TypeId;
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
        // SAFETY: I2, linking put the entry there; this is a call.
        unsafe { call::<1>(regs, |regs| entry_at(cell.u64_again(regs, shape::EXTRA))) }
    }
}

/// The function that the current cell imports.
#[inline(always)]
fn import<O: Row>(cell: &Operands<O, ()>, regs: &mut Regs) -> *const FuncEntity {
    // SAFETY: I8, the context is there; I9, the module imports such a function; I4, there is one at that address.
    unsafe {
        let context = &mut *regs.ctx;
        context.callee = context.imported_func(cell.u32(regs, shape::EXTRA));
        context.funcs.add(context.callee as usize)
    }
}

/// Calls `func`, which is [`Context::callee`](crate::raw::Context), as the current cell says.
///
/// # Safety
/// I4 for the function.
#[inline(always)]
unsafe fn call_func(regs: &mut Regs, func: *const FuncEntity) -> Flow {
    // SAFETY: I4, promised by the caller; I8 for the context; I2, a function of an instance has an entry; this is a call.
    unsafe {
        if (*func).instance == (*regs.ctx).instance() {
            let entry = (*func).entry;
            call::<1>(regs, |_| entry)
        } else {
            Flow::Rest(rest::<Across>())
        }
    }
}

impl Execute for ops::CallImport {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller; I4 for the function.
        unsafe {
            let func = import(&Operands::<Self, ()>::of_current(), regs);
            // Most imports are the host's: the shortest way for them.
            if (*func).is_host() {
                return Flow::Host;
            }
            // Calls lose it, and this cell does not read it: a native register for what follows.
            regs.values.acc = 0;
            call_func(regs, func)
        }
    }
}

/// A call of [`Context::callee`](crate::raw::Context), mostly of another instance or the host: the second half of what other
/// handlers began.
struct Across;

impl Execute for Across {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I2, the current cell is a call; I4, another handler has found its function.
        unsafe { call_across(regs) }
    }
}

/// What a function called from another instance returns to.
pub(crate) struct ReturnForeign;

impl Execute for ReturnForeign {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I2, only borders have this as where to go on.
        unsafe { return_across(regs) }
    }
}

/// The function at `index` of the table that an indirect call in the current cell names, if it is one of the type named. It
/// becomes [`Context::callee`](crate::raw::Context).
#[inline(always)]
fn resolve<O: Row, F: OperandForms>(
    cell: &Operands<O, F>,
    regs: &Regs,
    index: u64,
) -> Result<*const FuncEntity, Trap> {
    // SAFETY: I8, the context is there.
    let context = unsafe { &mut *regs.ctx };
    // SAFETY: I9, the module has such a table.
    let View { base, len } = unsafe { context.table(cell.u32(regs, shape::TABLE)) };
    if index >= *len {
        return Err(Trap::UndefinedElement);
    }
    // SAFETY: I4, the table is that long.
    let reference = unsafe { base.add(index as usize).read() };
    // SAFETY: I4, nothing has been added.
    let Some(func) = (unsafe { context.func(reference) }) else {
        return Err(Trap::UninitializedElement);
    };
    let func = core::ptr::from_ref(func);
    // Written early, it does not take a native register until it is needed.
    context.callee = (reference - 1) as u32;
    // SAFETY: I4, just found.
    if unsafe { (*func).ty.0 } != cell.u32(regs, shape::EXTRA) & !TypeId::ELSEWHERE {
        return Err(Trap::IndirectCallTypeMismatch);
    }
    Ok(func)
}

pub(super) struct CallIndirect<O, X>(PhantomData<(O, X)>);

impl<O: Row, X: Source> Execute for CallIndirect<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let index = cell.a(regs);
        if X::DIGIT != AccForm::DIGIT {
            // As in calls of imports.
            regs.values.acc = 0;
        }
        // SAFETY: I8, the context is there.
        let context = unsafe { &*regs.ctx };
        let Some(func) = context.own_func(index, cell.u32(regs, shape::EXTRA)) else {
            return Flow::Rest(rest::<Indirect<O, X>>());
        };
        // SAFETY: I2, a function of an instance has an entry; this is a call. Volatile, so that it is read before what else a call
        // needs in native registers.
        unsafe {
            let entry = (&raw const func.entry).read_volatile();
            call::<1>(regs, |_| entry)
        }
    }
}

/// An indirect call that is not of the usual kind: through another table than the first, of a function of another instance or
/// the host, or of none that can be called.
struct Indirect<O, X>(PhantomData<(O, X)>);

impl<O: Row, X: Source> Execute for Indirect<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        match resolve(&cell, regs, cell.a(regs)) {
            Ok(_) => Flow::Rest(rest::<Across>()),
            Err(trap) => regs.trap(trap),
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
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller; I4 for the function; I1 for the arguments.
        unsafe {
            let cell = Operands::<Self, ()>::of_current();
            let func = import(&cell, regs);
            let (from, count) = (cell.slot(regs, shape::A), cell.u32(regs, shape::B));
            tail_call_func(regs, func, from, count as usize)
        }
    }
}

impl Execute for ops::TailCallIndirect {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        // SAFETY: I3 for the slot.
        let index = unsafe { cell.slot(regs, shape::B).read() };
        let func = match resolve(&cell, regs, index) {
            Ok(func) => func,
            Err(trap) => return regs.trap(trap),
        };
        let (from, count) = (cell.slot(regs, shape::A), cell.u16(regs, shape::C));
        // SAFETY: I4, it was just found; I1 for the arguments.
        unsafe { tail_call_func(regs, func, from, count.into()) }
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
