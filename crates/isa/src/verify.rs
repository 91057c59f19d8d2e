//! The verifier: checks that every cell of finished code is what the engine's `unsafe` relies on (invariant I1).
//!
//! It trusts nothing that the translator did. It does not check types, where a mistake gives a wrong value, nor indices of
//! functions, globals, memories and tables, which are the translator's word (the engine says which it relies on).

use crate::form::Special;
use crate::shape::{Field, TABLE_ENTRIES, cell_words};
use crate::{Frame, Op, Opcode};
use alloc::vec::Vec;
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
    to: u64,
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
    /// end that execution cannot run over.
    pub(crate) fn verify(&mut self, words: &[u64], frame: Frame) -> Result<(), Error> {
        self.starts.clear();
        self.starts.try_resize(words.len().div_ceil(64), 0)?;
        self.targets.clear();
        let mut slots = Slots::below(frame.slots);
        let mut last = None;
        let mut at = 0;
        while at < words.len() {
            let cell = self.cell(&words[at..], at, frame, &mut slots);
            let (op, len) = cell.map_err(|fault| fault.at(at))?;
            self.starts[at / 64] |= 1 << (at % 64);
            last = Some(op);
            at += len;
        }
        let error = |rule| Fault::Rule(rule).at(words.len());
        if !last.is_some_and(never_falls_through) {
            return Err(error("code runs over its end"));
        }
        let least = frame.first_temporary();
        let zeroed = frame.zeroed <= frame.zeroed_end && frame.zeroed_end <= frame.slots;
        if usize::from(frame.slots) < least || frame.slots < frame.results || !zeroed {
            return Err(error("frame"));
        }
        if slots.were_in_empty_frame() {
            return Err(error(OUTSIDE));
        }
        Ok(self.check_targets()?)
    }

    /// Checks the cell at the start of `words` but for its targets, which are remembered; returns its op and its length.
    #[inline(always)]
    fn cell(
        &mut self,
        words: &[u64],
        at: usize,
        frame: Frame,
        slots: &mut Slots,
    ) -> Result<(Op, usize), Fault> {
        let Some([opcode, operands]) = words.first_chunk() else { return Err(TRUNCATED.into()) };
        let op = *Op::ALL.get((*opcode & 0xffff) as usize).ok_or("opcode")?;
        let shape = op.shape();
        let form = usize::try_from(*opcode >> 16).ok();
        let form = form.and_then(|form| shape.forms.get(form)).ok_or("opcode")?;
        if !form.suits(op) {
            return Err("operand forms".into());
        }
        if !slots.allow(*operands, form.slots()) {
            return Err(OUTSIDE.into());
        }
        let len = usize::from(form.words);
        match shape.special {
            Special::None if len <= words.len() => Ok((op, len)),
            Special::Target(word) if len <= words.len() => {
                let target = Target { cell: at as u32, word: (at + word) as u32, to: words[word] };
                self.targets.try_push(target)?;
                Ok((op, len))
            }
            Special::None | Special::Target(_) => Err(TRUNCATED.into()),
            Special::Each => self.each_field(words, at, Opcode::of_word(*opcode), frame),
        }
    }

    /// Checks the fields of the cell at the start of `words` one by one.
    #[inline(never)]
    fn each_field(
        &mut self,
        words: &[u64],
        at: usize,
        opcode: Opcode,
        frame: Frame,
    ) -> Result<(Op, usize), Fault> {
        let len = cell_words(opcode, words[1]);
        let words = words.get(..len).ok_or(TRUNCATED)?;
        let cell = Cell { words, at, op: opcode.op, frame };
        let mut fields = opcode.op.shape().fields.iter();
        fields.try_for_each(|field| cell.field(*field, &mut self.targets))?;
        Ok((opcode.op, len))
    }

    fn check_targets(&self) -> Result<(), VerifyError> {
        let bit = |word: usize| {
            self.starts.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
        };
        let wrong = |target: &&Target| !usize::try_from(target.to).is_ok_and(bit);
        match self.targets.iter().find(wrong) {
            Some(target) => Err(VerifyError { word: target.cell, what: "branch target" }),
            None => Ok(()),
        }
    }
}

const OUTSIDE: &str = "slot outside the frame";
const TRUNCATED: &str = "truncated cell";

/// Which slots operands may be: those below an end.
struct Slots {
    /// The end in each half, but at least 1.
    ends: u64,
    /// All lanes that were selected, if the end is 0.
    lanes: u64,
    empty: bool,
}

impl Slots {
    fn below(end: u16) -> Self {
        let ends = u64::from(end.max(1)) * 0x0000_0001_0000_0001;
        Self { ends, lanes: 0, empty: end == 0 }
    }

    /// Whether slots were allowed though there are none.
    fn were_in_empty_frame(&self) -> bool {
        self.empty && self.lanes != 0
    }

    /// Whether those of the four 16-bit lanes of `operands` that `lanes` selects are slots below the end. If that is 0, as if it
    /// were 1: see [`Slots::were_in_empty_frame`].
    #[inline(always)]
    fn allow(&mut self, operands: u64, lanes: u64) -> bool {
        const LOW: u64 = 0x0000_ffff_0000_ffff;
        const BORROW: u64 = 0x8000_0000_8000_0000;
        self.lanes |= lanes;
        // Slot 0 stands in for what is not selected.
        let slots = operands & lanes;
        // Two lanes at a time, each in 32 bits: the difference borrows if the slot is below the end.
        let difference = |slots: u64| ((slots & LOW) | BORROW) - self.ends;
        let differences = difference(slots) | difference(slots >> 16);
        differences & BORROW == 0
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

    /// Slots that the op touches from the slot field at `byte` on. Calls touch their callee's frame, which is checked when
    /// the callee is entered: here only its start counts, which may be one past the last slot.
    fn run_at(&self, byte: usize) -> usize {
        use crate::shape::{A, B};
        let first = byte == A;
        if let Some((reads, writes)) = self.op.slot_runs() {
            return if first { reads } else { writes };
        }
        match self.op {
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
                let mut slots = Slots::below(end);
                let allowed = slots.allow(operands, mask) && !slots.were_in_empty_frame();
                assert_eq!(allowed, !outside, "{operands:x} {mask:x} {end}");
            }
        }
    }
}
