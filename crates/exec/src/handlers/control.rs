//! Branches, copies of runs of slots at branches, and what leaves for the run loop.
//!
//! Not calls.

use super::{Execute, Forms, Handlers};
use crate::dispatch::handler;
use crate::raw::{Exit, Flow, Ip, Operands, Regs, Source, copy_up, repeat};
use core::hint::cold_path;
use core::marker::PhantomData;
use core::sync::atomic::Ordering;
use wasmite_core::Trap;
use wasmite_isa::{ops, ops::Compare, shape};

/// A branch that repeats a loop; without hot locals, any branch. (Processors take few native branches at a time: here and
/// below, what is likely meets none before the one to the next handler.)
pub(super) struct Branch<O, X, Y>(PhantomData<(O, X, Y)>);

impl<O: ops::Branch, X: Source, Y: Source> Execute for Branch<O, X, Y> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y)>::of_current() };
        if O::Test::eval(cell.a(regs), cell.b(regs)) {
            let target = cell.u64(regs, shape::BRANCH_TARGET);
            // SAFETY: I8, the context is there.
            unsafe { repeat(regs, target) };
            Flow::Jump
        } else {
            cold_path();
            cell.next(regs)
        }
    }
}

/// A branch to what is ahead. (Not the type above with a constant for the direction: compilers take `cold_path` for granted only
/// directly behind the branch, not behind a condition on a constant.)
pub(super) struct BranchAhead<O, X, Y>(PhantomData<(O, X, Y)>);

impl<O: ops::Branch, X: Source, Y: Source> Execute for BranchAhead<O, X, Y> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y)>::of_current() };
        if O::Test::eval(cell.a(regs), cell.b(regs)) {
            cold_path();
            regs.ip = Ip::from_word(cell.u64(regs, shape::BRANCH_TARGET));
            Flow::Jump
        } else {
            cell.next(regs)
        }
    }
}

impl Execute for ops::Jump {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let target = cell.u64(regs, shape::JUMP_TARGET);
        // SAFETY: I8, the context is there.
        unsafe { repeat(regs, target) };
        Flow::Jump
    }
}

/// A jump to what is ahead.
pub(super) struct JumpAhead;

impl Execute for JumpAhead {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<ops::Jump, ()>::of_current() };
        regs.ip = Ip::from_word(cell.u64(regs, shape::JUMP_TARGET));
        Flow::Jump
    }
}

pub(super) struct BranchTable<O, X>(PhantomData<(O, X)>);

impl<O: ops::Row, X: Source> Execute for BranchTable<O, X> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let last = cell.u32(regs, shape::B);
        let index: u32 = cell.a(regs);
        let entry = index.min(last) as usize;
        let distance = cell.u32(regs, shape::TABLE_ENTRIES + 4 * entry) as i32;
        regs.ip = regs.ip.offset(distance as isize);
        Flow::Jump
    }
}

impl Execute for ops::CopySlots {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let (from, to) = (cell.slot(regs, shape::A), cell.slot(regs, shape::D));
        // Forgotten by the translator: a native register for what follows.
        regs.values.acc = 0;
        // SAFETY: I3, both runs are inside the frame.
        unsafe { copy_up(from, to, cell.u32(regs, shape::B) as usize) };
        cell.next(regs)
    }
}

impl Execute for ops::Unreachable {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        regs.trap(Trap::Unreachable)
    }
}

/// An op that the run loop does.
pub(super) struct Cold<O>(PhantomData<O>);

impl<O: ops::Cold> Execute for Cold<O> {
    #[inline(always)]
    unsafe fn execute(_: &mut Regs) -> Flow {
        Flow::Exit(Exit::Cold(O::OP).code())
    }
}

/// What a function called from the host returns to.
pub(crate) struct Finish;

impl Execute for Finish {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        regs.end(Exit::Finished)
    }
}

impl Execute for ops::Fuel {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller; I8 for the context.
        let (cell, context) = unsafe { (Operands::<Self, ()>::of_current(), &mut *regs.ctx) };
        if context.fuel.take(cell.u32(regs, shape::B)) {
            cell.next(regs)
        } else {
            regs.fail(Exit::OutOfFuel)
        }
    }
}

impl Execute for ops::Poll {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller; I8 for the context, which has the address of its engine's counter.
        let (cell, context, interruptions) = unsafe {
            let context = &*regs.ctx;
            (Operands::<Self, ()>::of_current(), context, &*context.interruptions)
        };
        if interruptions.load(Ordering::Relaxed) < context.deadline {
            cell.next(regs)
        } else {
            regs.trap(Trap::Interrupt)
        }
    }
}

/// Goes on after the current cell, which is `O`'s, unless as many of its kind have been passed as it takes for an `exit`.
///
/// # Safety
/// I1 for the cell.
#[cfg(feature = "hot-locals")]
#[inline(always)]
unsafe fn heat<O: ops::Row>(regs: &mut Regs, exit: Exit) -> Flow {
    // SAFETY: I1, promised by the caller; I8 for the context.
    let (cell, context) = unsafe { (Operands::<O, ()>::of_current(), &mut *regs.ctx) };
    match context.heat.checked_sub(1) {
        Some(heat) => {
            context.heat = heat;
            cell.next(regs)
        }
        None => Flow::Exit(exit.code()),
    }
}

#[cfg(feature = "hot-locals")]
impl Execute for ops::HeatEntry {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        unsafe { heat::<Self>(regs, Exit::HeatEntry) }
    }
}

#[cfg(feature = "hot-locals")]
impl Execute for ops::HeatLoop {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        unsafe { heat::<Self>(regs, Exit::HeatLoop) }
    }
}

impl Handlers for ops::HeatEntry {
    #[cfg(feature = "hot-locals")]
    const FORMS: Forms = &[handler::<Self>()];
    // Where there is one tier only, no code has such cells.
    #[cfg(not(feature = "hot-locals"))]
    const FORMS: Forms = &[handler::<super::Invalid>()];
}

impl Handlers for ops::HeatLoop {
    #[cfg(feature = "hot-locals")]
    const FORMS: Forms = &[handler::<Self>()];
    #[cfg(not(feature = "hot-locals"))]
    const FORMS: Forms = &[handler::<super::Invalid>()];
}

impl Handlers for ops::Fuel {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::Poll {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::Jump {
    #[cfg(not(feature = "hot-locals"))]
    const FORMS: Forms = &[handler::<Self>()];
    #[cfg(feature = "hot-locals")]
    const FORMS: Forms = &[handler::<Self>(), handler::<JumpAhead>()];
}

impl Handlers for ops::CopySlots {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::Unreachable {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::BranchTable {
    const FORMS: Forms = branch_table::<Self>();
}

const fn branch_table<O: ops::Row>() -> Forms {
    forms!(BranchTable<O>: src)
}

#[cfg(not(feature = "hot-locals"))]
pub(super) const fn branch<O: ops::Branch>() -> Forms {
    forms!(Branch<O>: src src)
}

/// Those of branches that repeat loops, then those of branches to what is ahead.
#[cfg(feature = "hot-locals")]
pub(super) const fn branch<O: ops::Branch>() -> Forms {
    const {
        let (repeat, ahead) = (forms!(Branch<O>: src src), forms!(BranchAhead<O>: src src));
        let mut both = [handler::<super::Invalid>(); 2 * shape::BRANCH32.forms() as usize];
        let mut i = 0;
        while i < repeat.len() {
            both[i] = repeat[i];
            both[i + repeat.len()] = ahead[i];
            i += 1;
        }
        &{ both }
    }
}

pub(super) const fn cold<O: ops::Cold>() -> Forms {
    const { &[handler::<Cold<O>>()] }
}
