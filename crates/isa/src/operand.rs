//! Operands: where an op reads and writes, and the opcode that says so.
//!
//! Not the bytes of a cell: those are [`crate::shape`]'s.

use crate::{Op, shape::Shape};
use core::fmt;

/// A 64-bit cell of a frame, counted from the frame's start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

/// Where a source operand is read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Src {
    /// A slot of the frame.
    Slot(Slot),
    /// The accumulator of the operand's class.
    Acc,
    /// The hot local of the operand's class, which lives in a register.
    Hot,
    /// The second hot local of the operand's class.
    Warm,
    /// A constant in the cell, as the slot that would hold it.
    Imm(u64),
}

impl Src {
    /// Digit of the accumulator form.
    pub(crate) const ACC: u8 = Self::Acc.form();
    /// Digit of the hot local's form.
    pub(crate) const HOT: u8 = Self::Hot.form();
    /// Digit of the second hot local's form.
    pub(crate) const WARM: u8 = Self::Warm.form();
    /// Digit of the immediate form.
    pub(crate) const IMM: u8 = Self::Imm(0).form();
    /// Number of source forms.
    pub const FORMS: u8 = 5;

    /// The form's digit in an opcode.
    #[inline]
    pub const fn form(self) -> u8 {
        match self {
            Self::Slot(_) => 0,
            Self::Acc => 1,
            Self::Hot => 2,
            Self::Warm => 3,
            Self::Imm(_) => 4,
        }
    }
}

/// Where a result goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dst {
    /// A slot of the frame, and the accumulator of its class.
    Slot(Slot),
    /// The accumulator only.
    Acc,
    /// The hot local of its class only.
    Hot,
    /// The second hot local of its class only.
    Warm,
}

impl Dst {
    /// Digit of the accumulator form.
    pub(crate) const ACC: u8 = Self::Acc.form();
    /// Digit of the second hot local's form.
    pub(crate) const WARM: u8 = Self::Warm.form();
    /// Number of destination forms.
    pub const FORMS: u8 = 4;

    /// The form's digit in an opcode.
    #[inline]
    pub const fn form(self) -> u8 {
        match self {
            Self::Slot(_) => 0,
            Self::Acc => 1,
            Self::Hot => 2,
            Self::Warm => 3,
        }
    }
}

/// An op with the forms of its operands: what the first word of a relocatable cell holds.
///
/// `form` is a number in mixed radix: source operands in order ([`Src::FORMS`] each), the destination last
/// ([`Dst::FORMS`]). The engine has one handler per opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opcode {
    /// The row of the table.
    pub op: Op,
    /// The operand forms.
    pub form: u16,
}

impl Opcode {
    /// The first word of a relocatable cell.
    #[inline]
    pub const fn word(self) -> u64 {
        self.op as u64 | (self.form as u64) << 16
    }

    /// The opcode with these forms: the source operands' digits, then the destination's if there is one.
    pub const fn of_digits(op: Op, digits: &[u8]) -> Self {
        let sources = op.shape().srcs.len();
        let mut form = 0;
        let mut i = 0;
        while i < digits.len() {
            let forms = if i < sources { Src::FORMS } else { Dst::FORMS };
            form = form * forms as u16 + digits[i] as u16;
            i += 1;
        }
        Self { op, form }
    }

    /// The opcode in the first word of a relocatable cell, if there is one.
    #[inline]
    pub fn from_word(word: u64) -> Option<Self> {
        let op = *Op::ALL.get((word & 0xffff) as usize)?;
        let form = u16::try_from(word >> 16).ok()?;
        (form < op.shape().forms()).then_some(Self { op, form })
    }

    /// The opcode in the first word of a cell that has one.
    ///
    /// # Panics
    /// If the word names no op.
    #[inline]
    pub fn of_word(word: u64) -> Self {
        Self { op: Op::ALL[(word & 0xffff) as usize], form: (word >> 16) as u16 }
    }

    /// What linking knows the opcode, of an op with a target, by in a cell whose target is ahead of it: a number beyond the forms
    /// that cells have.
    #[inline]
    pub const fn ahead(self) -> Self {
        debug_assert!(self.op.shape().has_target());
        Self { op: self.op, form: self.form + self.op.shape().forms() }
    }

    /// Forms of the source operands, in order (unused ones 0), and of the destination; those of [`Opcode::ahead`] are the same.
    #[inline]
    pub fn digits(self) -> ([u8; Shape::MAX_SRCS], u8) {
        let shape = self.op.shape();
        crate::form::digits(self.form, shape.srcs.len(), shape.dst)
    }
}
