//! The verifier: checks that every cell of finished code is what the engine's `unsafe` relies on (invariant I1).
//!
//! It trusts nothing that the translator did. It does not check types, where a mistake gives a wrong value, nor indices of
//! functions, globals, memories and tables, which are the translator's word (the engine says which it relies on).

use crate::shape::{Field, TABLE_ENTRIES, cell_words};
use crate::{Frame, Op, Opcode};
use alloc::{vec, vec::Vec};

/// A cell that breaks the rules: a bug in the translator, never the guest's fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("malformed code at word {word}: {what}")]
pub struct VerifyError {
    /// Index of the cell's first word.
    pub word: u32,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Checks all cells: known opcodes with allowed forms, slots inside `frame`, targets that are starts of cells, and an end
/// that execution cannot run over.
pub(crate) fn verify(words: &[u64], frame: Frame) -> Result<(), VerifyError> {
    let starts = cell_starts(words)?;
    let mut last = None;
    let mut at = 0;
    while at < words.len() {
        let opcode = decode(words, at)?;
        let len = cell_words(opcode, words[at + 1]);
        let cell = Cell { words: &words[at..at + len], at, opcode, frame, starts: &starts };
        cell.check().map_err(|what| VerifyError { word: at as u32, what })?;
        last = Some(opcode.op);
        at += len;
    }
    let error = |what| VerifyError { word: words.len() as u32, what };
    if !last.is_some_and(never_falls_through) {
        return Err(error("code runs over its end"));
    }
    let least = frame.first_temporary();
    let zeroed = frame.zeroed <= frame.zeroed_end && frame.zeroed_end <= frame.slots;
    if usize::from(frame.slots) < least || frame.slots < frame.results || !zeroed {
        return Err(error("frame"));
    }
    Ok(())
}

fn decode(words: &[u64], at: usize) -> Result<Opcode, VerifyError> {
    let error = |what| VerifyError { word: at as u32, what };
    let opcode = Opcode::from_word(words[at]).ok_or(error("opcode"))?;
    let operands = *words.get(at + 1).ok_or(error("truncated cell"))?;
    if words.len() - at < cell_words(opcode, operands) {
        return Err(error("truncated cell"));
    }
    Ok(opcode)
}

/// A bit per word: whether a cell starts there.
fn cell_starts(words: &[u64]) -> Result<Vec<u64>, VerifyError> {
    let mut starts = vec![0u64; words.len().div_ceil(64)];
    let mut at = 0;
    while at < words.len() {
        let opcode = decode(words, at)?;
        starts[at / 64] |= 1 << (at % 64);
        at += cell_words(opcode, words[at + 1]);
    }
    Ok(starts)
}

/// Whether nothing after a cell of `op` is reached by falling into it.
fn never_falls_through(op: Op) -> bool {
    matches!(op, Op::Unreachable | Op::Jump | Op::BranchTable) || ends_frame(op)
}

/// Whether `op` ends the current frame: a return, or a call in its place.
fn ends_frame(op: Op) -> bool {
    use Op::*;
    let returns = matches!(op, Return | ReturnMany | ReturnInt | ReturnF32 | ReturnF64);
    returns || matches!(op, TailCall | TailCallImport | TailCallIndirect)
}

struct Cell<'a> {
    words: &'a [u64],
    at: usize,
    opcode: Opcode,
    frame: Frame,
    starts: &'a [u64],
}

impl Cell<'_> {
    fn check(&self) -> Result<(), &'static str> {
        let shape = self.opcode.op.shape();
        let (digits, dst) = self.opcode.digits();
        if !self.opcode.op.allows(&digits, dst) {
            return Err("operand forms");
        }
        for (src, digit) in shape.srcs.iter().zip(digits) {
            if digit == 0 {
                self.slots(src.slot, 1)?;
            }
        }
        if shape.dst && dst == 0 {
            self.slots(crate::shape::D, 1)?;
        }
        shape.fields.iter().try_for_each(|field| self.field(*field))
    }

    fn field(&self, field: Field) -> Result<(), &'static str> {
        match field {
            Field::Slots(byte) => self.slots(byte, self.run_at(byte)),
            Field::Target(byte) => self.target(self.words[byte / 8]),
            Field::Table(byte) => {
                let last = self.u32(byte) as usize;
                (0..=last).try_for_each(|entry| {
                    let distance = self.u32(TABLE_ENTRIES + 4 * entry) as i32;
                    let target = self.at as i64 + i64::from(distance) / 8;
                    if distance % 8 != 0 {
                        return Err("branch target");
                    }
                    self.target(u64::try_from(target).map_err(|_| "branch target")?)
                })
            }
            Field::U16(_) | Field::Offset(_) | Field::U32(_) | Field::U64(_) => Ok(()),
        }
    }

    /// Slots that the op touches from the slot field at `byte` on. Calls touch their callee's frame, which is checked when
    /// the callee is entered: here only its start counts, which may be one past the last slot.
    fn run_at(&self, byte: usize) -> usize {
        use crate::shape::{A, B};
        let first = byte == A;
        if let Some((reads, writes)) = self.opcode.op.slot_runs() {
            return if first { reads } else { writes };
        }
        match self.opcode.op {
            Op::Call | Op::CallImport | Op::CallIndirect if first => 0,
            Op::CopySlots => self.u32(B) as usize,
            Op::ReturnMany | Op::TailCall | Op::TailCallImport if first => self.u32(B) as usize,
            Op::TailCallIndirect if first => (self.words[1] >> 48) as usize,
            _ => 1,
        }
    }

    /// Checks that a run of slots is inside the frame.
    fn slots(&self, byte: usize, count: usize) -> Result<(), &'static str> {
        let end = usize::from(self.u16(byte)) + count;
        if end <= usize::from(self.frame.slots) { Ok(()) } else { Err("slot outside the frame") }
    }

    fn target(&self, word: u64) -> Result<(), &'static str> {
        let bit = |word: usize| {
            self.starts.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
        };
        match usize::try_from(word) {
            Ok(word) if bit(word) => Ok(()),
            _ => Err("branch target"),
        }
    }

    fn u16(&self, byte: usize) -> u16 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u16
    }

    fn u32(&self, byte: usize) -> u32 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u32
    }
}
