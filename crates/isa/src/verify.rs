//! The verifier: checks that every cell of finished code is what the engine's `unsafe` relies on (invariant I1).
//!
//! It trusts nothing that the translator did. It does not check types, where a mistake gives a wrong value, nor indices of
//! functions, globals, memories and tables, which are the translator's word (the engine says which it relies on).

use crate::form::{Form, Special};
use crate::shape::{Field, TABLE_ENTRIES, cell_words};
use crate::{Frame, Op, Opcode};
use alloc::vec::Vec;
use core::hint::black_box;
use wasmite_core::{OutOfMemory, heap::Grow};

/// A cell that breaks the rules: a bug in the translator, never the guest's fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("malformed code at word {word}: {what}")]
pub struct VerifyError {
    /// Index of the cell's first word.
    pub word: u32,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Why there is no verified code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// The code breaks the rules.
    #[error(transparent)]
    Malformed(#[from] VerifyError),
    /// There is no memory for it, or for verifying it.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// What is wrong with a cell, which is not named yet.
enum Fault {
    Rule(&'static str),
    OutOfMemory,
}

impl From<&'static str> for Fault {
    fn from(rule: &'static str) -> Self {
        Self::Rule(rule)
    }
}

impl From<OutOfMemory> for Fault {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl Fault {
    fn at(self, word: usize) -> Error {
        match self {
            Self::Rule(what) => VerifyError { word: word as u32, what }.into(),
            Self::OutOfMemory => OutOfMemory.into(),
        }
    }
}

/// A branch target, in a word of its own or in a branch table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The branching cell.
    cell: u32,
    /// The word that is the target, or [`Target::IN_TABLE`].
    pub(crate) word: u32,
    pub(crate) to: u64,
}

impl Target {
    /// Stands for no word.
    pub(crate) const IN_TABLE: u32 = u32::MAX;
}

/// What verifying remembers of the cells it has seen; its buffers are reused.
#[derive(Debug, Default)]
pub(crate) struct Verifier {
    /// A bit per word: whether a cell starts there.
    pub(crate) starts: Vec<u64>,
    pub(crate) targets: Vec<Target>,
}

impl Verifier {
    /// Checks all cells: known opcodes with allowed forms, slots inside `frame`, targets that are starts of cells, and an
    /// end that execution cannot run over. Each cell is given to `link` when it has been checked, but for its targets: with
    /// all words, where it starts, and its opcode, [`Opcode::ahead`] if it has a target there. Words before the cell's end may
    /// be changed, not looked at again.
    #[inline(always)]
    pub(crate) fn verify(
        &mut self,
        words: &mut [u64],
        frame: Frame,
        mut link: impl FnMut(&mut [u64], usize, Opcode),
    ) -> Result<(), Error> {
        self.starts.clear();
        self.starts.try_reserve(words.len() / 64 + 1).map_err(OutOfMemory::from)?;
        self.targets.clear();
        let slots = Slots::below(frame.slots);
        let (mut at, mut last, mut starts) = (0, None, 0);
        while at < words.len() {
            let rest = &words[at..];
            let error = |rule| Err(Fault::Rule(rule).at(at));
            let (mut opcode, form) = match checked(rest, slots) {
                Ok(cell) => cell,
                Err(rule) => return error(rule),
            };
            let mut len = usize::from(form.words);
            if !form.is_plain() {
                if !form.suits(opcode.op) {
                    return error("operand forms");
                }
                match opcode.op.shape().special {
                    Special::None => {}
                    Special::Target(word) => {
                        let (cell, to) = (at as u32, rest[word]);
                        if to > at as u64 {
                            opcode = opcode.ahead();
                        }
                        self.targets.try_push(Target { cell, word: cell + word as u32, to })?;
                    }
                    Special::Callee(shift) if (rest[1] >> shift) as u16 <= frame.slots => {}
                    Special::Callee(_) => return error(OUTSIDE),
                    Special::Each => match self.each_field(rest, at, opcode, frame) {
                        Ok(all) => len = all,
                        Err(fault) => return Err(fault.at(at)),
                    },
                }
            }
            starts |= 1 << (at % 64);
            link(words, at, opcode);
            last = Some(opcode.op);
            let block = at / 64;
            // A branch, which the processor predicts: it need not wait for the length, at the end of a chain of loads, to look at
            // the next cell.
            at += if len == USUAL_WORDS { USUAL_WORDS } else { black_box(len) };
            for _ in block..at / 64 {
                self.starts.put(starts);
                starts = 0;
            }
        }
        self.starts.put(starts);
        self.check_end(words.len(), last, frame)
    }

    /// Checks what concerns all cells: the last one's op, the frame and the targets.
    #[inline(never)]
    fn check_end(&self, len: usize, last: Option<Op>, frame: Frame) -> Result<(), Error> {
        let error = |rule| Fault::Rule(rule).at(len);
        if !last.is_some_and(never_falls_through) {
            return Err(error("code runs over its end"));
        }
        let least = frame.first_temporary();
        let zeroed = frame.zeroed <= frame.zeroed_end && frame.zeroed_end <= frame.slots;
        if usize::from(frame.slots) < least || frame.slots < frame.results || !zeroed {
            return Err(error("frame"));
        }
        Ok(self.check_targets()?)
    }

    /// Checks the fields of the cell at the start of `words` one by one; returns its length.
    #[inline(never)]
    fn each_field(
        &mut self,
        words: &[u64],
        at: usize,
        opcode: Opcode,
        frame: Frame,
    ) -> Result<usize, Fault> {
        let len = cell_words(opcode, words[1]);
        let words = words.get(..len).ok_or(TRUNCATED)?;
        let cell = Cell { words, at, op: opcode.op, frame };
        let mut fields = opcode.op.shape().fields.iter();
        fields.try_for_each(|field| cell.field(*field, &mut self.targets))?;
        Ok(len)
    }

    /// Whether a cell starts at `word`.
    pub(crate) fn has_cell_at(&self, word: usize) -> bool {
        self.starts.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
    }

    fn check_targets(&self) -> Result<(), VerifyError> {
        let starts = |word| self.has_cell_at(word);
        let wrong = |target: &&Target| !usize::try_from(target.to).is_ok_and(starts);
        match self.targets.iter().find(wrong) {
            Some(target) => Err(VerifyError { word: target.cell, what: "branch target" }),
            None => Ok(()),
        }
    }
}

/// Words of most cells.
const USUAL_WORDS: usize = 2;

const OUTSIDE: &str = "slot outside the frame";
const TRUNCATED: &str = "truncated cell";

/// Checks the cell at the start of `words` but for fields that are not operands, and for what its form needs; returns its opcode
/// and its form.
#[inline(always)]
fn checked(words: &[u64], slots: Slots) -> Result<(Opcode, Form), &'static str> {
    let Some([word, operands]) = words.first_chunk() else { return Err(TRUNCATED) };
    let Some(op) = Op::ALL.get((*word & 0xffff) as usize).copied() else { return Err("opcode") };
    let number = *word >> 16;
    let forms = op.shape().forms;
    if number >= forms.len() as u64 {
        return Err("opcode");
    }
    let form = forms[number as usize];
    if !slots.allow(*operands, form.slots()) {
        return Err(OUTSIDE);
    }
    if usize::from(form.words) > words.len() {
        return Err(TRUNCATED);
    }
    Ok((Opcode { op, form: number as u16 }, form))
}

/// Which slots operands may be: those below an end.
#[derive(Clone, Copy)]
struct Slots {
    end: u16,
    /// What makes a slot from the end on reach its lane's topmost bit. If the end is out of the ordinary, what makes each do so.
    to_top: u64,
}

impl Slots {
    const LANES: u64 = 0x0001_0001_0001_0001;
    const TOP: u64 = 0x8000 * Self::LANES;

    fn below(end: u16) -> Self {
        let ordinary = (1..=0x8000).contains(&end);
        let to_top = if ordinary { 0x8000 - u64::from(end) } else { 0x8000 };
        Self { end, to_top: to_top * Self::LANES }
    }

    /// Whether those of the four 16-bit lanes of `operands` that `lanes` selects are slots below the end.
    #[inline(always)]
    fn allow(self, operands: u64, lanes: u64) -> bool {
        // Slot 0 stands in for what is not selected.
        let slots = operands & lanes;
        let tops = ((slots & !Self::TOP) + self.to_top) | slots;
        tops & Self::TOP == 0 || self.allow_one_by_one(operands, lanes)
    }

    /// The same in an empty frame, or one of more slots than are checked at once. And for slots that are not allowed.
    #[cold]
    #[inline(never)]
    fn allow_one_by_one(self, operands: u64, lanes: u64) -> bool {
        let lane = |word: u64, lane: u32| (word >> (lane * 16)) as u16;
        (0..4).all(|at| lane(lanes, at) == 0 || lane(operands, at) < self.end)
    }
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

/// A cell whose fields have to be looked at one by one.
struct Cell<'a> {
    words: &'a [u64],
    at: usize,
    op: Op,
    frame: Frame,
}

impl Cell<'_> {
    /// Checks a field; targets are remembered.
    fn field(&self, field: Field, targets: &mut Vec<Target>) -> Result<(), Fault> {
        match field {
            Field::Slots(byte) => self.slots(byte, self.run_at(byte))?,
            Field::OptionalSlot(byte) if self.u16(byte) == Field::NO_SLOT => {}
            Field::OptionalSlot(byte) => self.slots(byte, 1)?,
            Field::Callee(byte) => self.slots(byte, 0)?,
            Field::Target(byte) => {
                let (cell, word) = (self.at as u32, (self.at + byte / 8) as u32);
                targets.try_push(Target { cell, word, to: self.words[byte / 8] })?;
            }
            Field::Table(byte) => {
                for entry in 0..=self.u32(byte) as usize {
                    let distance = self.u32(TABLE_ENTRIES + 4 * entry) as i32;
                    let target = self.at as i64 + i64::from(distance) / 8;
                    if distance % 8 != 0 || target < 0 {
                        return Err("branch target".into());
                    }
                    let (cell, word) = (self.at as u32, Target::IN_TABLE);
                    targets.try_push(Target { cell, word, to: target as u64 })?;
                }
            }
            Field::U16(_) | Field::I16(_) | Field::Offset(_) | Field::U32(_) | Field::U64(_) => {}
        }
        Ok(())
    }

    /// Slots that the op touches from the slot field at `byte` on.
    fn run_at(&self, byte: usize) -> usize {
        use crate::shape::{A, B};
        let first = byte == A;
        if let Some((reads, writes)) = self.op.slot_runs() {
            return if first { reads } else { writes };
        }
        match self.op {
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

    fn u16(&self, byte: usize) -> u16 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u16
    }

    fn u32(&self, byte: usize) -> u32 {
        (self.words[byte / 8] >> (byte % 8 * 8)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;

    #[test]
    fn four_slots_at_once_are_as_good_as_one_by_one() {
        let some = [0, 1, 2, 0x7fff, 0x8000, 0xfffe, 0xffff];
        for lanes in 0..16u32 {
            let chosen = |lane: u32| lanes >> lane & 1 == 1;
            let mask = (0..4).filter(|lane| chosen(*lane)).map(|lane| 0xffff << (lane * 16)).sum();
            for case in 0..some.len().pow(5) {
                let pick = |place: u32| some[case / some.len().pow(place) % some.len()];
                let end = pick(4) as u16;
                let operands: u64 = (0..4).map(|lane| pick(lane) << (lane * 16)).sum();
                let outside = (0..4).any(|lane| chosen(lane) && pick(lane) >= u64::from(end));
                let allowed = Slots::below(end).allow(operands, mask);
                assert_eq!(allowed, !outside, "{operands:x} {mask:x} {end}");
            }
        }
    }
}
