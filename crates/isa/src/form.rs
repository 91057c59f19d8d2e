//! Operand forms of a cell: for each combination that a shape has, how long the cell is, which of its fields are slots and
//! what the op must be like for it.
//!
//! Not where fields are ([`crate::shape`]'s). Invariant: tables are computed from shapes; what assembles, verifies and links
//! looks up here, so that nothing is worked out for each cell.

use crate::shape::{D, Field, Imm, Shape, SrcField};
use crate::{Dst, Op, Src};

/// A combination of operand forms in a shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    /// The 16-bit fields of word 1 that are slots of operands, a bit for each: there are many forms, and small machines.
    slots: u8,
    /// Words of the cell, branch table entries excluded.
    pub(crate) words: u8,
    /// What an op must have: bits of `NEEDS_`.
    needs: u8,
}

/// No op may have the form.
const NEVER: u8 = 1;
/// The op's operands may not be swapped.
const NEEDS_ORDER: u8 = 2;
/// Not of the op, but of who verifies: the cell has fields besides operands that are not just numbers.
const NEEDS_CARE: u8 = 4;

impl Form {
    const fn of(
        srcs: &[SrcField],
        has_dst: bool,
        words: usize,
        special: Special,
        digits: &[u8],
        dst: u8,
    ) -> Self {
        let mut slots = if has_dst && dst == 0 { bit(D) } else { 0 };
        let mut len = words;
        let mut i = 0;
        while i < srcs.len() {
            assert!(srcs[i].slot / 8 == 1, "slots and short immediates are in word 1");
            if let Imm::Narrow(byte) | Imm::Signed(byte) | Imm::Tiny(byte) = srcs[i].imm {
                assert!(byte / 8 == 1, "slots and short immediates are in word 1");
            }
            if digits[i] == 0 {
                slots |= bit(srcs[i].slot);
            }
            if digits[i] == Src::IMM && matches!(srcs[i].imm, Imm::Word) {
                len += 1;
            }
            i += 1;
        }
        let care = if matches!(special, Special::None) { 0 } else { NEEDS_CARE };
        Self { slots, words: len as u8, needs: needs(srcs, has_dst, digits) | care }
    }

    /// The forms of a shape, by number: `N` is [`count`] of them.
    pub(crate) const fn table<const N: usize>(
        srcs: &[SrcField],
        has_dst: bool,
        words: usize,
        special: Special,
    ) -> [Self; N] {
        let mut table = [Self { slots: 0, words: 0, needs: NEVER }; N];
        let mut form = 0;
        while form < N {
            let (digits, dst) = digits(form as u16, srcs.len(), has_dst);
            table[form] = Self::of(srcs, has_dst, words, special, &digits, dst);
            form += 1;
        }
        table
    }

    /// The 16-bit fields of word 1 that are slots of operands: all bits of each.
    #[inline]
    pub(crate) fn slots(self) -> u64 {
        const FIELDS: [u64; 16] = fields();
        FIELDS[usize::from(self.slots % 16)]
    }

    /// Whether each op whose shape has the form may have it, and has no fields to be looked at besides operands.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.needs == 0
    }

    /// Whether `op`, whose shape has the form, may have it.
    #[inline]
    pub(crate) fn suits(self, op: Op) -> bool {
        self.needs & !GRANTS[op as usize] & !NEEDS_CARE == 0
    }
}

/// The bit for the 16-bit field at `byte` of a cell, which is in word 1.
const fn bit(byte: usize) -> u8 {
    1 << (byte % 8 / 2)
}

/// By bits: all bits of the fields that they stand for.
const fn fields() -> [u64; 16] {
    let mut fields = [0; 16];
    let mut bits = 0;
    while bits < fields.len() {
        let mut field = 0;
        while field < 4 {
            if bits >> field & 1 == 1 {
                fields[bits] |= 0xffff << (field * 16);
            }
            field += 1;
        }
        bits += 1;
    }
    fields
}

/// Number of operand form combinations, allowed or not.
pub(crate) const fn count(srcs: &[SrcField], has_dst: bool) -> usize {
    let srcs = (Src::FORMS as usize).pow(srcs.len() as u32);
    if has_dst { srcs * Dst::FORMS as usize } else { srcs }
}

/// Forms of `srcs` source operands, in order (unused ones 0), and of the destination.
pub(crate) const fn digits(form: u16, srcs: usize, has_dst: bool) -> ([u8; Shape::MAX_SRCS], u8) {
    let (mut rest, mut digits, mut dst) = (form, [0; Shape::MAX_SRCS], 0);
    if has_dst {
        dst = (rest % Dst::FORMS as u16) as u8;
        rest /= Dst::FORMS as u16;
    }
    let mut i = srcs;
    while i > 0 {
        i -= 1;
        digits[i] = (rest % Src::FORMS as u16) as u8;
        rest /= Src::FORMS as u16;
    }
    (digits, dst)
}

/// What the op must be like for its operands to have these forms together.
///
/// Two immediates are never needed: the translator folds them. Where two operands may be swapped, only ascending forms
/// are allowed: there is no second handler for the same thing. A constant that has no room as the second operand is the
/// first one if they may be swapped.
const fn needs(srcs: &[SrcField], has_dst: bool, digits: &[u8]) -> u8 {
    let mut needs = 0;
    let mut i = 0;
    while i < srcs.len() {
        needs |= match digits[i] {
            Src::ACC if !srcs[i].acc => NEVER,
            Src::IMM if matches!(srcs[i].imm, Imm::Never) => NEVER,
            _ => 0,
        };
        i += 1;
    }
    if srcs.len() == 2 && has_dst && digits[0] == Src::IMM && digits[1] == Src::IMM {
        needs |= NEVER;
    }
    if srcs.len() > 1 && digits[0] > digits[1] {
        let no_room = digits[0] == Src::IMM && matches!(srcs[1].imm, Imm::Signed(_));
        needs |= if no_room { 0 } else { NEEDS_ORDER };
    }
    needs
}

const fn grants(op: Op) -> u8 {
    if op.info().swaps { 0 } else { NEEDS_ORDER }
}

/// What each op has of what forms need.
static GRANTS: [u8; Op::ALL.len()] = {
    let mut table = [0; Op::ALL.len()];
    let mut i = 0;
    while i < table.len() {
        table[i] = grants(Op::ALL[i]);
        i += 1;
    }
    table
};

impl Op {
    /// Whether the source operands may have these forms together. A result may be anywhere.
    pub const fn allows(self, digits: &[u8]) -> bool {
        let shape = self.shape();
        needs(shape.srcs, shape.dst, digits) & !grants(self) == 0
    }
}

/// How the fields of a shape that are not operands are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Special {
    /// Not at all: they are numbers.
    None,
    /// One is a branch target, in this word; the others are numbers. (No shape has a target and slots.)
    Target(usize),
    /// One is where a callee's frame starts, so many bits up in word 1; the others are numbers.
    Callee(u32),
    /// Field by field.
    Each,
}

impl Special {
    pub(crate) const fn of(fields: &[Field]) -> Self {
        let mut special = Self::None;
        let mut i = 0;
        while i < fields.len() {
            special = match (fields[i], special) {
                (Field::U16(_) | Field::I16(_) | Field::Offset(_), _) => special,
                (Field::U32(_) | Field::U64(_), _) => special,
                (Field::Target(byte), Self::None) => Self::Target(byte / 8),
                (Field::Callee(byte), Self::None) => {
                    assert!(byte / 8 == 1, "callees' frames are in word 1");
                    Self::Callee(byte as u32 % 8 * 8)
                }
                (Field::Target(_) | Field::Callee(_), _)
                | (_, Self::Target(_) | Self::Callee(_)) => {
                    panic!("a branch target, or a callee's frame, stands alone among numbers")
                }
                (Field::Table(_) | Field::Slots(_) | Field::OptionalSlot(_), _) => Self::Each,
            };
            i += 1;
        }
        special
    }
}
