//! Operand forms as types: a handler is generic over where its operands live.
//!
//! Not where in the cell a form keeps its slot or constant: [`super::cell`] works that out from the op's shape.

use super::Regs;
use wasmite_isa::{Dst, Scalar, Slot, Src};

/// The operand is in a slot of the frame.
pub(crate) struct SlotForm;
/// The operand is in the accumulator of its class.
pub(crate) struct AccForm;
/// The operand is the hot local of its class.
pub(crate) struct HotForm;
/// The operand is the second hot local of its class.
pub(crate) struct WarmForm;
/// The operand is a constant in the cell.
pub(crate) struct ImmForm;

/// Where a cell keeps a source operand.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Byte position of the slot.
    pub(super) slot: usize,
    /// The constant.
    pub(super) imm: ImmPlace,
}

/// Where a cell keeps a constant operand.
#[derive(Clone, Copy)]
pub(super) enum ImmPlace {
    /// Nowhere: it is zero, the rest is in another field.
    Zero,
    /// 32 bits at a byte position.
    Narrow(usize),
    /// 32 bits at a byte position, whose sign is extended.
    Signed(usize),
    /// 16 bits at a byte position, whose sign is extended.
    Tiny(usize),
    /// 64 bits at a byte position.
    Word(usize),
}

/// A form of source operands.
pub(crate) trait Source: 'static {
    /// The form's digit in an opcode.
    const DIGIT: u8;
    /// Reads the operand that the current cell keeps at `place`.
    ///
    /// # Safety
    /// I2 and I3; `place` is of the current cell's shape.
    unsafe fn read<T: Scalar>(regs: &Regs, place: Place) -> T;
}

impl Source for SlotForm {
    const DIGIT: u8 = Src::Slot(Slot(0)).form();
    #[inline(always)]
    unsafe fn read<T: Scalar>(regs: &Regs, place: Place) -> T {
        // SAFETY: I1 and I3, a slot named by a cell is inside the frame.
        T::from_slot(unsafe { regs.fp.add(regs.ip.u16(place.slot).into()).read() })
    }
}

impl Source for AccForm {
    const DIGIT: u8 = Src::Acc.form();
    #[inline(always)]
    unsafe fn read<T: Scalar>(regs: &Regs, _: Place) -> T {
        regs.acc()
    }
}

impl Source for HotForm {
    const DIGIT: u8 = Src::Hot.form();
    #[inline(always)]
    unsafe fn read<T: Scalar>(regs: &Regs, _: Place) -> T {
        regs.hot()
    }
}

impl Source for WarmForm {
    const DIGIT: u8 = Src::Warm.form();
    #[inline(always)]
    unsafe fn read<T: Scalar>(regs: &Regs, _: Place) -> T {
        regs.warm()
    }
}

impl Source for ImmForm {
    const DIGIT: u8 = Src::Imm(0).form();
    #[inline(always)]
    unsafe fn read<T: Scalar>(regs: &Regs, place: Place) -> T {
        // SAFETY: I2, the place is of this cell's shape.
        T::from_slot(unsafe {
            match place.imm {
                ImmPlace::Zero => 0,
                ImmPlace::Narrow(byte) => regs.ip.u32(byte).into(),
                ImmPlace::Signed(byte) => regs.ip.u32(byte) as i32 as u64,
                ImmPlace::Tiny(byte) => regs.ip.u16(byte) as i16 as u64,
                ImmPlace::Word(byte) => regs.ip.u64(byte),
            }
        })
    }
}

/// A form of destination operands.
pub(crate) trait Destination: 'static {
    /// The form's digit in an opcode.
    const DIGIT: u8;
    /// Writes the result of the current cell.
    ///
    /// # Safety
    /// I2 and I3; the cell's shape has a destination.
    unsafe fn write<T: Scalar>(regs: &mut Regs, value: T);
}

impl Destination for SlotForm {
    const DIGIT: u8 = Dst::Slot(Slot(0)).form();
    #[inline(always)]
    unsafe fn write<T: Scalar>(regs: &mut Regs, value: T) {
        // SAFETY: I1 and I3, a slot named by a cell is inside the frame.
        unsafe { regs.fp.add(regs.ip.u16(wasmite_isa::shape::D).into()).write(value.to_slot()) };
        regs.set_acc(value);
    }
}

impl Destination for AccForm {
    const DIGIT: u8 = Dst::Acc.form();
    #[inline(always)]
    unsafe fn write<T: Scalar>(regs: &mut Regs, value: T) {
        regs.set_acc(value);
    }
}

impl Destination for WarmForm {
    const DIGIT: u8 = Dst::Warm.form();
    #[inline(always)]
    unsafe fn write<T: Scalar>(regs: &mut Regs, value: T) {
        regs.set_warm(value);
    }
}

impl Destination for HotForm {
    const DIGIT: u8 = Dst::Hot.form();
    #[inline(always)]
    unsafe fn write<T: Scalar>(regs: &mut Regs, value: T) {
        regs.set_hot(value);
    }
}
