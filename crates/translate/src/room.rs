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
use wasmparser::Operator;

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
/// Operators for which the operand stack gets room at once, at least.
const BATCH: usize = 8;
/// Words for an operator and for the values it pushes.
const STEP: usize = WORDS + COPY * PUSHES;

/// Whether an operator opens a block, or makes labels or branches to them.
fn is_control(operator: &Operator<'_>) -> bool {
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
    /// Makes room for the next operator.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, operator: &Operator<'_>) -> Result<(), OutOfMemory> {
        // As many as a type says. Others take at most what they leave.
        let pushes = match operator {
            Operator::Else => self.module.most_params(),
            Operator::End | Operator::Call { .. } | Operator::CallIndirect { .. } => {
                self.module.most_results()
            }
            Operator::I64Add128
            | Operator::I64Sub128
            | Operator::I64MulWideS
            | Operator::I64MulWideU => 2,
            _ => 0,
        };
        if pushes > PUSHES || (is_control(operator) && !self.has_control_room()) {
            return self.reserve(pushes);
        }
        match self.room.checked_sub(1) {
            Some(room) => self.room = room,
            None => self.reserve(0)?,
        }
        Ok(())
    }

    /// Makes room for an operator that pushes `wide` values more than most, and finds out for how many there is room then.
    #[inline(never)]
    pub(crate) fn reserve(&mut self, wide: usize) -> Result<(), OutOfMemory> {
        let copies = COPY * (self.stack.len() + wide);
        if !self.has_room(wide, copies) {
            self.stack.try_reserve(BATCH * PUSHES + wide)?;
            self.asm.reserve(copies + STEP + self.exchange_words(), LABELS, LABELS)?;
            self.blocks.try_reserve(1)?;
            self.exits.try_reserve(usize::from(self.options.hot_locals))?;
            self.took_memory = true;
        }
        let [words, ..] = self.asm.room();
        let steps = ((words - copies - self.exchange_words()) / STEP)
            .min((self.stack.capacity() - self.stack.len() - wide) / PUSHES);
        self.room = steps - 1;
        Ok(())
    }

    fn has_room(&self, wide: usize, copies: usize) -> bool {
        let [words, ..] = self.asm.room();
        words >= copies + STEP + self.exchange_words()
            && self.stack.capacity() - self.stack.len() >= PUSHES + wide
            && self.has_control_room()
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
        self.took_memory |= !self.exits.is_empty();
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
        self.took_memory = true;
        self.stub_labels.try_resize(self.stub_labels.len().max(self.blocks.len()), None)
    }
}
