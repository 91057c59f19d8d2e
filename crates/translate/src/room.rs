//! Room for what translating an operator appends, made before it is translated: so that nothing in between can fail for
//! want of memory, and appending costs no more than that.
//!
//! Not limits. Invariant: the buffers have room for whatever one operator appends, and for a copy of each value that is on
//! the operand stack: values can be brought to their homes at any time, each once.

use crate::control::SINGLE_COPIES;
use crate::function::FuncTranslator;
use crate::hot::REGISTERS;
use crate::rotate::MOST_WORDS;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmite_module::{Operator, SMALL};

/// Whether machines may be small: those have no bytes to spare for operators that may never come.
pub(crate) const LEAN: bool = SMALL || !cfg!(feature = "std");

/// Words of a copy: at most an immediate of 64 bits.
const COPY: usize = 3;
/// Words that an operator appends besides copies of values that are on the stack: the longest is a conditional branch that
/// carries values, with a charge of fuel, or with a loop's test.
const WORDS: usize = 12 + COPY * (SINGLE_COPIES + 3) + MOST_WORDS as usize;
/// Words for changing what registers have, both ways.
const EXCHANGE: usize = 2 * REGISTERS * COPY;
/// Words of a jump.
const JUMP: usize = 2;
/// Values it pushes, unless its type says otherwise.
const PUSHES: usize = 1;
/// Labels it makes, and branches to labels.
const LABELS: usize = 3;
/// Bytes of operators for which room is made at once, at least: for words, for values, and for labels, branches and blocks.
const BATCH: [usize; 3] = if LEAN { [1, 8, 1] } else { [64; 3] };
/// Words for an operator and for the values it pushes. Where bytes are dear, only the operators that need labels ask for
/// room to change registers.
const STEP: usize = WORDS + COPY * PUSHES + if LEAN { 0 } else { EXCHANGE };

/// Whether an operator opens a block, or makes labels or branches to them.
pub(crate) fn is_control(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
    )
}

impl FuncTranslator<'_> {
    /// Whether room has to be made for the next operator even where others have it.
    #[inline(always)]
    pub(crate) fn wants_room(&self, operator: &Operator<'_>) -> bool {
        let wants_labels = LEAN && is_control(operator) && !self.has_control_room();
        self.pushes(operator) > PUSHES || wants_labels
    }

    /// How many values the next operator pushes at most, as far as a type says so. Others take at most what they leave.
    #[inline(always)]
    fn pushes(&self, operator: &Operator<'_>) -> usize {
        match operator {
            Operator::Else => self.blocks.last().map_or(0, |block| block.param_count(self.module)),
            Operator::End | Operator::Call { .. } | Operator::CallIndirect { .. } => {
                self.module.most_results()
            }
            Operator::I64Add128
            | Operator::I64Sub128
            | Operator::I64MulWideS
            | Operator::I64MulWideU => 2,
            _ => 0,
        }
    }

    /// Makes room for the next operator, which is at `offset`.
    pub(crate) fn make_room(
        &mut self,
        operator: &Operator<'_>,
        offset: usize,
    ) -> Result<(), OutOfMemory> {
        // Where code is to be small, that is asked in one place.
        if SMALL || offset >= self.roomy_until || self.wants_room(operator) {
            return self.reserve(offset, self.pushes(operator));
        }
        Ok(())
    }

    /// Makes sure that room is made before the next operator.
    pub(crate) fn forget_room(&mut self) {
        (self.roomy_until, self.calm_until) = (0, 0);
    }

    /// Makes room for the operator at `offset`, which pushes `wide` values more than most, and finds out for how many there is
    /// room then.
    #[inline(never)]
    pub(crate) fn reserve(&mut self, offset: usize, wide: usize) -> Result<(), OutOfMemory> {
        let copies = COPY * (self.stack.len() + wide);
        let mut steps = self.steps(wide, copies);
        if steps == 0 {
            let [bytes, values, labels] = BATCH;
            self.stack.try_reserve(values * PUSHES + wide)?;
            let words = copies + bytes * STEP + self.exchange_words();
            self.asm.reserve(words, labels * LABELS, labels * LABELS)?;
            self.blocks.try_reserve(labels)?;
            self.exits.try_reserve(if self.options.hot_locals { labels } else { 0 })?;
            steps = self.steps(wide, copies);
        }
        // Each takes a byte at least.
        self.roomy_until = offset + steps;
        Ok(())
    }

    /// For how many operators there is room, if one of them pushes `wide` values more than most and `copies` words are kept for
    /// copies.
    fn steps(&self, wide: usize, copies: usize) -> usize {
        let [words, labels, branches] = self.asm.room();
        let values = self.stack.capacity() - self.stack.len();
        let plain = (words.saturating_sub(copies + self.exchange_words()) / STEP)
            .min(values.saturating_sub(wide) / PUSHES);
        if LEAN {
            return if self.has_control_room() { plain } else { 0 };
        }
        let exits = match self.options.hot_locals {
            true => self.exits.capacity() - self.exits.len(),
            false => usize::MAX,
        };
        let blocks = self.blocks.capacity() - self.blocks.len();
        plain.min(labels.min(branches) / LABELS).min(blocks).min(exits)
    }

    /// Words for changing what registers have; none where they have no locals.
    #[inline(always)]
    fn exchange_words(&self) -> usize {
        if self.options.hot_locals { EXCHANGE } else { 0 }
    }

    /// Whether there is room for a block, labels and branches, and for changing registers.
    #[inline(always)]
    fn has_control_room(&self) -> bool {
        let [words, labels, branches] = self.asm.room();
        words >= COPY * self.stack.len() + STEP + self.exchange_words()
            && labels >= LABELS
            && branches >= LABELS
            && self.blocks.len() < self.blocks.capacity()
            && (self.exits.len() < self.exits.capacity() || !self.options.hot_locals)
    }

    /// Makes room for the copies of ways out of loops.
    pub(crate) fn make_exit_room(&mut self) -> Result<(), OutOfMemory> {
        self.asm.reserve(self.exits.len() * (EXCHANGE + JUMP), 0, self.exits.len())
    }

    /// Makes room for a branch table of `entries` entries, whose branches carry `arity` values.
    pub(crate) fn make_table_room(
        &mut self,
        entries: usize,
        arity: usize,
    ) -> Result<(), OutOfMemory> {
        let stubs = entries.min(self.blocks.len());
        let stub = WORDS + self.exchange_words() + COPY * arity.min(SINGLE_COPIES);
        let words = entries.div_ceil(2) + stubs * stub + COPY * self.stack.len();
        self.asm.reserve(words + STEP, stubs, entries + stubs)?;
        self.stubs.try_reserve(stubs)?;
        // All are none between branch tables.
        let missing = self.blocks.len().saturating_sub(self.stub_labels.len());
        self.stub_labels.try_resize(self.stub_labels.len() + missing, None)?;
        // What was made for more operators is counted without this.
        self.forget_room();
        Ok(())
    }
}
