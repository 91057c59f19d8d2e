//! The disassembler: prints relocatable code, one cell a line.
//!
//! Not the assembler's input: there is no parser for it.

use crate::shape::{D, Field, Imm, TABLE_ENTRIES, cell_words};
use crate::{Code, Dst, Opcode, Scalar, Src, Ty};
use core::fmt;

/// One cell, ready to print: `name sources, fields -> destination`.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    words: &'a [u64],
    /// Index of the cell's first word in its code.
    pub word: u32,
    opcode: Opcode,
}

impl Code {
    /// The cells, in order.
    pub fn listing(&self) -> impl Iterator<Item = Listing<'_>> {
        let mut at = 0;
        core::iter::from_fn(move || {
            let opcode = Opcode::from_word(*self.words.get(at)?)?;
            let len = cell_words(opcode, *self.words.get(at + 1)?);
            let words = self.words.get(at..at + len)?;
            let word = at as u32;
            at += len;
            Some(Listing { words, word, opcode })
        })
    }
}

impl Listing<'_> {
    /// The cell's opcode.
    pub fn opcode(&self) -> Opcode {
        self.opcode
    }

    fn u16(&self, byte: usize) -> u16 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u16
    }

    fn u32(&self, byte: usize) -> u32 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u32
    }

    fn imm(&self, f: &mut fmt::Formatter<'_>, value: u64) -> fmt::Result {
        match self.opcode.op.info().input {
            Ty::I32 => write!(f, "{}", value as u32 as i32),
            Ty::I64 => write!(f, "{}", value as i64),
            Ty::F32 => write!(f, "{:?}", f32::from_slot(value)),
            Ty::F64 => write!(f, "{:?}", f64::from_slot(value)),
        }
    }

    fn field(&self, f: &mut fmt::Formatter<'_>, field: Field) -> fmt::Result {
        match field {
            Field::Slots(byte) | Field::Callee(byte) => write!(f, "s{}..", self.u16(byte)),
            Field::OptionalSlot(byte) if self.u16(byte) == Field::NO_SLOT => f.write_str("-"),
            Field::OptionalSlot(byte) => write!(f, "s{}", self.u16(byte)),
            Field::U16(byte) => write!(f, "{}", self.u16(byte)),
            Field::I16(byte) => write!(f, "{}", self.u16(byte) as i16),
            Field::Offset(byte) => {
                let implied = self.opcode.digits().0[1] == Src::IMM;
                write!(f, "{}", if implied { 0 } else { self.u16(byte) })
            }
            Field::U32(byte) => write!(f, "{}", self.u32(byte)),
            Field::U64(byte) => write!(f, "{}", self.words[byte / 8]),
            Field::Target(byte) => write!(f, "@{}", self.words[byte / 8]),
            Field::Table(byte) => {
                f.write_str("[")?;
                for entry in 0..=self.u32(byte) as usize {
                    let distance = self.u32(TABLE_ENTRIES + 4 * entry) as i32;
                    let comma = if entry > 0 { " " } else { "" };
                    write!(f, "{comma}@{}", i64::from(self.word) + i64::from(distance) / 8)?;
                }
                f.write_str("]")
            }
        }
    }
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = self.opcode.op.shape();
        let (digits, dst) = self.opcode.digits();
        f.write_str(self.opcode.op.name())?;
        let mut separator = " ";
        let mut next_imm = shape.words;
        for (src, digit) in shape.srcs.iter().zip(digits) {
            if digit == Src::IMM && src.imm == Imm::Folded {
                continue;
            }
            f.write_str(separator)?;
            separator = ", ";
            match (digit, src.imm) {
                (0, _) => write!(f, "s{}", self.u16(src.slot))?,
                (Src::ACC, _) => f.write_str("acc")?,
                (Src::HOT, _) => f.write_str("hot")?,
                (Src::WARM, _) => f.write_str("warm")?,
                (_, Imm::Narrow(byte)) => self.imm(f, u64::from(self.u32(byte)))?,
                (_, Imm::Signed(byte)) => self.imm(f, self.u32(byte) as i32 as u64)?,
                (_, Imm::Tiny(byte)) => self.imm(f, self.u16(byte) as i16 as u64)?,
                _ => {
                    self.imm(f, self.words[next_imm])?;
                    next_imm += 1;
                }
            }
        }
        for field in shape.fields {
            f.write_str(separator)?;
            separator = ", ";
            self.field(f, *field)?;
        }
        match (shape.dst, dst) {
            (false, _) => Ok(()),
            (true, 0) => write!(f, " -> s{}", self.u16(D)),
            (true, Dst::ACC) => f.write_str(" -> acc"),
            (true, Dst::WARM) => f.write_str(" -> warm"),
            (true, _) => f.write_str(" -> hot"),
        }
    }
}
