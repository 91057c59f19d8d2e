//! The operands of a cell, typed: an op and its operand forms decide at compile time where each one is.
//!
//! Invariant: positions and sizes come from the op's shape, nothing is counted here.

use super::operand::{ImmPlace, Place};
use super::{Destination, Flow, ImmForm, Ip, Regs, Source};
use core::marker::PhantomData;
use wasmite_isa::{Op, Scalar, ops::Row, shape::Imm};

/// The forms of an op's source operands, in order.
pub(crate) trait OperandForms {
    type A: Source;
    type B: Source;
    type C: Source;
    /// The digits of an opcode.
    const DIGITS: [u8; 3];
}

/// The form of an operand that is not there.
pub(crate) struct Absent;

impl Source for Absent {
    const DIGIT: u8 = 0;
    #[inline(always)]
    unsafe fn read<T: Scalar>(_: &Regs, _: Place) -> T {
        T::from_slot(0)
    }
}

impl OperandForms for () {
    type A = Absent;
    type B = Absent;
    type C = Absent;
    const DIGITS: [u8; 3] = [0; 3];
}

impl<A: Source> OperandForms for (A,) {
    type A = A;
    type B = Absent;
    type C = Absent;
    const DIGITS: [u8; 3] = [A::DIGIT, 0, 0];
}

impl<A: Source, B: Source> OperandForms for (A, B) {
    type A = A;
    type B = B;
    type C = Absent;
    const DIGITS: [u8; 3] = [A::DIGIT, B::DIGIT, 0];
}

impl<A: Source, B: Source, C: Source> OperandForms for (A, B, C) {
    type A = A;
    type B = B;
    type C = C;
    const DIGITS: [u8; 3] = [A::DIGIT, B::DIGIT, C::DIGIT];
}

/// The operands of the current cell, known to be of op `O` with source forms `F`.
pub(crate) struct Operands<O, F>(PhantomData<(O, F)>);

impl<O: Row, F: OperandForms> Operands<O, F> {
    const WORDS: usize = words(O::OP, F::DIGITS);

    /// Takes the current cell to be of op `O` with forms `F`.
    ///
    /// # Safety
    /// It is, and I2 and I3 hold as long as the instruction and frame pointers are what they are now. (Methods rely on it.)
    #[inline(always)]
    pub(crate) const unsafe fn of_current() -> Self {
        Self(PhantomData)
    }

    /// The first source operand.
    #[inline(always)]
    pub(crate) fn a<T: Scalar>(&self, regs: &Regs) -> T {
        // SAFETY: promised to `of_current`.
        unsafe { F::A::read(regs, const { place(O::OP, F::DIGITS, 0) }) }
    }

    /// The first source operand, an `i32`, zero-extended.
    #[inline(always)]
    pub(crate) fn address(&self, regs: &Regs) -> u64 {
        // It is so wherever it may be: machines of 64 bits need not do it again.
        if cfg!(target_pointer_width = "64") { self.a(regs) } else { self.a::<u32>(regs).into() }
    }

    /// The second source operand.
    #[inline(always)]
    pub(crate) fn b<T: Scalar>(&self, regs: &Regs) -> T {
        // SAFETY: promised to `of_current`.
        unsafe { F::B::read(regs, const { place(O::OP, F::DIGITS, 1) }) }
    }

    /// The third source operand.
    #[inline(always)]
    pub(crate) fn c<T: Scalar>(&self, regs: &Regs) -> T {
        // SAFETY: promised to `of_current`.
        unsafe { F::C::read(regs, const { place(O::OP, F::DIGITS, 2) }) }
    }

    /// The 16-bit field at `byte`.
    #[inline(always)]
    pub(crate) fn u16(&self, regs: &Regs, byte: usize) -> u16 {
        // SAFETY: promised to `of_current`; callers name a field of the op's shape.
        unsafe { regs.ip.u16(byte) }
    }

    /// The word at `byte`, read where this is called and nowhere else: it does not stay in a native register.
    #[inline(always)]
    pub(crate) fn u64_again(&self, regs: &Regs, byte: usize) -> u64 {
        // SAFETY: promised to `of_current`; callers name a field of the op's shape.
        unsafe { regs.ip.u64_again(byte) }
    }

    /// The field [`shape::Field::Offset`] at `byte`.
    #[inline(always)]
    pub(crate) fn offset(&self, regs: &Regs, byte: usize) -> u32 {
        if F::B::DIGIT == ImmForm::DIGIT { 0 } else { self.u16(regs, byte).into() }
    }

    /// The 32-bit field at `byte`.
    #[inline(always)]
    pub(crate) fn u32(&self, regs: &Regs, byte: usize) -> u32 {
        // SAFETY: promised to `of_current`; callers name a field of the op's shape.
        unsafe { regs.ip.u32(byte) }
    }

    /// The 64-bit field at `byte`.
    #[inline(always)]
    pub(crate) fn u64(&self, regs: &Regs, byte: usize) -> u64 {
        // SAFETY: promised to `of_current`; callers name a field of the op's shape.
        unsafe { regs.ip.u64(byte) }
    }

    /// The slot (the first of a run) that the field at `byte` names. Calls may name one just after the frame.
    #[inline(always)]
    pub(crate) fn slot(&self, regs: &Regs, byte: usize) -> *mut u64 {
        // SAFETY: promised to `of_current`; I1 and I3, the slot is inside the frame or just after it.
        unsafe { regs.fp.add(self.u16(regs, byte).into()) }
    }

    /// Writes the result and goes on with the next cell.
    #[inline(always)]
    pub(crate) fn put<D: Destination>(&self, regs: &mut Regs, value: impl Scalar) -> Flow {
        // SAFETY: promised to `of_current`.
        unsafe { D::write(regs, value) };
        self.next(regs)
    }

    /// The next cell.
    #[inline(always)]
    pub(crate) fn after(&self, regs: &Regs) -> Ip {
        regs.ip.after(Self::WORDS)
    }

    /// Goes on with the next cell.
    #[inline(always)]
    pub(crate) fn next(&self, regs: &mut Regs) -> Flow {
        regs.ip = self.after(regs);
        Flow::Next
    }
}

/// Words of a cell, branch table entries excluded.
const fn words(op: Op, digits: [u8; 3]) -> usize {
    let shape = op.shape();
    shape.words + shape.imm_words(&digits, shape.srcs.len())
}

/// Where a cell keeps its source operand number `index`.
const fn place(op: Op, digits: [u8; 3], index: usize) -> Place {
    let shape = op.shape();
    let src = shape.srcs[index];
    let imm = match src.imm {
        Imm::Never | Imm::Folded => ImmPlace::Zero,
        Imm::Narrow(byte) => ImmPlace::Narrow(byte),
        Imm::Signed(byte) => ImmPlace::Signed(byte),
        Imm::Tiny(byte) => ImmPlace::Tiny(byte),
        Imm::Word => {
            ImmPlace::Word((shape.words + shape.imm_words(&digits, index)) * super::ip::WORD)
        }
    };
    Place { slot: src.slot, imm }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmite_isa::{Opcode, shape};

    fn allowed(opcode: Opcode) -> bool {
        let (digits, _) = opcode.digits();
        opcode.op.allows(&digits)
    }

    #[test]
    fn cells_have_the_words_that_the_instruction_set_says() {
        for op in Op::ALL {
            for form in 0..op.shape().forms() {
                let opcode = Opcode { op: *op, form };
                if *op != Op::BranchTable && allowed(opcode) {
                    let expected = shape::cell_words(opcode, 0);
                    assert_eq!(words(*op, opcode.digits().0), expected, "{opcode:?}");
                }
            }
        }
    }
}
