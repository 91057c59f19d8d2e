//! Taking back the cell emitted last, so that it becomes part of the next one (rule 5).
//!
//! Not the fused ops themselves: those are emitted where their second half is translated.

use crate::function::FuncTranslator;
use crate::stack::Popped;
use wasmite_isa::{Op, Position, Src};

/// The cell emitted last, if it can be part of a fused one: a comparison or addition with its operands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) op: Op,
    pub(crate) a: Src,
    pub(crate) b: Src,
    start: Position,
    end: Position,
}

/// Whether a cell of `op` may become part of the next one: nothing is remembered of others.
#[inline(always)]
pub(crate) fn may_fuse(op: Op) -> bool {
    op == Op::I32Add || is_comparison(op)
}

/// Whether `op`, a binary op or a comparison, is a comparison.
#[inline(always)]
pub(crate) fn is_comparison(op: Op) -> bool {
    op.info().swaps && !op.info().commutes
}

impl FuncTranslator<'_> {
    /// Remembers the cell at `start`, which ends here. [`FuncTranslator::mirrored_before`] has been set before it.
    pub(crate) fn remember_last(&mut self, op: Op, a: Src, b: Src, start: Position) {
        self.last = Some(Last { op, a, b, start, end: self.asm.position() });
    }

    /// The cell emitted last, if it produced `popped`.
    pub(crate) fn last_for(&self, popped: Popped) -> Option<Last> {
        let last = self.last?;
        let is_last = popped.producer() == Some(last.start) && last.end == self.asm.position();
        is_last.then_some(last)
    }

    /// Removes `last`, restoring what the accumulators mirrored before it.
    pub(crate) fn take_back(&mut self, last: Last) {
        self.asm.truncate(last.start);
        self.mirrored = self.mirrored_before;
        self.last = None;
    }
}
