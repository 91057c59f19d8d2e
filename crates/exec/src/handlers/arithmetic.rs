//! Ops that compute one value from others: copies, unary and binary ops, comparisons, selects; and the wide ones, which
//! compute two.

use super::{Execute, Forms};
use crate::dispatch::vacate;
use crate::raw::{Destination, Flow, Operands, Regs, SlotForm, Source};
use core::marker::PhantomData;
use wasmite_isa::{Op, Scalar, ops, shape};

pub(super) struct Copy<O, X, D>(PhantomData<(O, X, D)>);

impl<O: ops::Copy, X: Source, D: Destination> Execute for Copy<O, X, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let a: O::T = cell.a(regs);
        cell.put::<D>(regs, a)
    }
}

pub(super) struct Unary<O, X, D>(PhantomData<(O, X, D)>);

impl<O: ops::Unary, X: Source, D: Destination> Execute for Unary<O, X, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        let a = cell.a(regs);
        if writes_part::<O>() && !reads_register::<O, X>() {
            vacate::<O::Out, D>();
        }
        // SAFETY: I8, the context is there.
        if let Some(d) = unsafe { (*regs.ctx).rounding }.round::<O>(a) {
            return cell.put::<D>(regs, d);
        }
        match O::eval(a) {
            Ok(d) => cell.put::<D>(regs, d),
            Err(trap) => regs.trap(trap),
        }
    }
}

/// Whether some machine's instruction for `O` leaves part of the register that it writes as it was.
const fn writes_part<O: ops::Unary>() -> bool {
    let reinterprets = matches!(O::OP, Op::F32ReinterpretI32 | Op::F64ReinterpretI64);
    let converts = O::In::TY as u8 != O::Out::TY as u8 && !reinterprets;
    let root = matches!(O::OP, Op::F32Sqrt | Op::F64Sqrt);
    !O::Out::TY.is_int() && (converts || root)
}

/// Whether an operand of `O` in form `X` is in one of the registers that a result of the same type can go to.
const fn reads_register<O: ops::Unary, X: Source>() -> bool {
    let slot = X::DIGIT == <SlotForm as Source>::DIGIT;
    !slot && O::In::TY as u8 == O::Out::TY as u8
}

pub(super) struct Binary<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: ops::Binary, X: Source, Y: Source, D: Destination> Execute for Binary<O, X, Y, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y)>::of_current() };
        match O::eval(cell.a(regs), cell.b(regs)) {
            Ok(d) => cell.put::<D>(regs, d),
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) struct Compare<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: ops::Compare, X: Source, Y: Source, D: Destination> Execute for Compare<O, X, Y, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y)>::of_current() };
        let verdict = O::eval(cell.a(regs), cell.b(regs));
        cell.put::<D>(regs, u32::from(verdict))
    }
}

pub(super) struct Select<O, X, Y, C, D>(PhantomData<(O, X, Y, C, D)>);

impl<O: ops::Select, X: Source, Y: Source, C: Source, D: Destination> Execute
    for Select<O, X, Y, C, D>
{
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y, C)>::of_current() };
        let condition: u32 = cell.c(regs);
        const SLOT: u8 = <SlotForm as Source>::DIGIT;
        if X::DIGIT == SLOT && Y::DIGIT == SLOT {
            // Both are read before the condition is known: of the slot that is selected, the value would be waited for.
            // SAFETY: I3, both slots are inside the frame.
            let (a, b) = unsafe {
                let (a, b) = (cell.slot(regs, shape::A), cell.slot(regs, shape::B));
                (a.read_volatile(), b.read_volatile())
            };
            let value = core::hint::select_unpredictable(condition != 0, a, b);
            return cell.put::<D>(regs, O::T::from_slot(value));
        }
        let (a, b): (O::T, O::T) = (cell.a(regs), cell.b(regs));
        // Both are read whatever the condition: compilers use `select` where a branch would be mispredicted.
        cell.put::<D>(regs, core::hint::select_unpredictable(condition != 0, a, b))
    }
}

pub(super) struct Wide<O>(PhantomData<O>);

impl<O: ops::Wide> Execute for Wide<O> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        let (from, to) = (cell.slot(regs, shape::A), cell.slot(regs, shape::D));
        // Forgotten by the translator: a native register for what follows.
        regs.values.acc = 0;
        let mut slots = [0; 4];
        for (i, slot) in slots.iter_mut().take(O::READS).enumerate() {
            // SAFETY: I3, the runs of slots that the op reads and writes are inside the frame.
            *slot = unsafe { from.add(i).read() };
        }
        O::eval(&mut slots);
        for (i, slot) in slots.into_iter().take(O::WRITES).enumerate() {
            // SAFETY: I3, as above.
            unsafe { to.add(i).write(slot) };
        }
        cell.next(regs)
    }
}

pub(super) const fn copy<O: ops::Copy>() -> Forms {
    forms!(Copy<O>: src dst)
}

pub(super) const fn unary<O: ops::Unary>() -> Forms {
    forms!(Unary<O>: src dst)
}

pub(super) const fn binary<O: ops::Binary>() -> Forms {
    forms!(Binary<O>: src src dst)
}

pub(super) const fn compare<O: ops::Compare>() -> Forms {
    forms!(Compare<O>: src src dst)
}

pub(super) const fn select<O: ops::Select>() -> Forms {
    forms!(Select<O>: src src src dst)
}

pub(super) const fn wide<O: ops::Wide>() -> Forms {
    const { &[crate::dispatch::handler::<Wide<O>>()] }
}
