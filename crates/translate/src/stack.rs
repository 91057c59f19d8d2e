//! The symbolic operand stack: what each value is and where it can be read, without code for it yet.
//!
//! A value's home is the temporary slot of its height; a `Temp` is there (or in the accumulator), a `Local` or `Const` is
//! not. Invariant: `Local` and `Sum` entries are pending reads: whoever overwrites the local flushes them first (rule 4).

use crate::function::FuncTranslator;
use wasmite_core::heap::Grow;
use wasmite_isa::{Dst, Position, Slot, Ty};

/// How many entries are searched for pending reads of one local before all are flushed.
pub(crate) const SHALLOW: usize = 32;

/// A value on the operand stack.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Value {
    /// The value of a local, not read yet.
    Local(u32),
    /// A constant, as the slot that would hold it.
    Const(u64),
    /// The sum of a local and something else, not computed yet: loads and stores may do that themselves.
    Sum(u32, Addend),
    /// In its home slot; with the position of the cell that put it there, if that cell's destination may still change.
    Temp(Option<Position>),
}

/// What a sum adds to a local, both `i32`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Addend {
    Local(u32),
    Const(u32),
}

impl Value {
    /// The locals of which this is a pending read.
    #[inline(always)]
    fn pending(self) -> [Option<u32>; 2] {
        match self {
            Self::Local(local) | Self::Sum(local, Addend::Const(_)) => [Some(local), None],
            Self::Sum(local, Addend::Local(other)) => [Some(local), Some(other)],
            Self::Const(_) | Self::Temp(_) => [None; 2],
        }
    }

    fn is_pending(self) -> bool {
        matches!(self, Self::Local(_) | Self::Sum(..))
    }
}

/// A value with its type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Entry {
    pub(crate) ty: Ty,
    pub(crate) value: Value,
}

/// A popped entry with the height it was at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Popped {
    pub(crate) ty: Ty,
    pub(crate) value: Value,
    pub(crate) height: usize,
}

impl Popped {
    /// The cell that produced the value, if its destination may still change.
    pub(crate) fn producer(&self) -> Option<Position> {
        match self.value {
            Value::Temp(producer) => producer,
            _ => None,
        }
    }
}

impl FuncTranslator<'_> {
    pub(crate) fn push(&mut self, ty: Ty, value: Value) {
        for local in value.pending().into_iter().flatten() {
            self.locals[local as usize].pending += 1;
        }
        self.stack.put(Entry { ty, value });
        self.max_height = self.max_height.max(self.stack.len());
    }

    /// Pushes a value that is in its home slot for good.
    pub(crate) fn push_home(&mut self, ty: Ty) {
        self.push(ty, Value::Temp(None));
    }

    /// The topmost value, popped. A sum is computed now.
    pub(crate) fn pop(&mut self) -> Popped {
        let popped = self.pop_pending();
        self.computed(popped)
    }

    /// The topmost value, popped. A sum stays one: whoever pops it computes it, if need be, before reading other operands.
    pub(crate) fn pop_pending(&mut self) -> Popped {
        let Entry { ty, value } =
            self.stack.pop().expect("validated code never pops an empty stack");
        self.settle_reads(value);
        let height = self.stack.len();
        self.flushed = self.flushed.min(height);
        Popped { ty, value, height }
    }

    /// `value` is no longer a pending read.
    #[inline(always)]
    fn settle_reads(&mut self, value: Value) {
        for local in value.pending().into_iter().flatten() {
            self.locals[local as usize].pending -= 1;
        }
    }

    /// `popped`; a sum is computed, into its home.
    #[inline(always)]
    pub(crate) fn computed(&mut self, popped: Popped) -> Popped {
        match popped.value {
            Value::Sum(local, addend) => {
                let home = self.home(popped.height);
                let producer = self.add(local, addend, popped.height, home);
                Popped { value: Value::Temp(Some(producer)), ..popped }
            }
            _ => popped,
        }
    }

    /// The value below the topmost one, and that, popped. Sums are computed now.
    #[inline(always)]
    pub(crate) fn pop_two(&mut self) -> (Popped, Popped) {
        let [.., a, b] = self.stack[..] else {
            panic!("validated code never pops an empty stack");
        };
        let height = self.stack.len() - 2;
        self.stack.truncate(height);
        self.settle_reads(a.value);
        self.settle_reads(b.value);
        self.flushed = self.flushed.min(height);
        let popped = |Entry { ty, value }, height| Popped { ty, value, height };
        (self.computed(popped(a, height)), self.computed(popped(b, height + 1)))
    }

    /// Drops everything from `height` up.
    pub(crate) fn truncate(&mut self, height: usize) {
        while self.stack.len() > height {
            self.pop_pending();
        }
    }

    /// The home slot of the value at `height`.
    pub(crate) fn home(&mut self, height: usize) -> Slot {
        let slot = self.temporaries + height;
        u16::try_from(slot).map_or_else(
            |_| {
                // Reported when the function is finished: no slot is ever wrapped.
                self.frame_overflow = true;
                Slot(u16::MAX)
            },
            Slot,
        )
    }

    /// Puts the value at `height` into its home slot for good.
    pub(crate) fn materialize(&mut self, height: usize) {
        let Entry { ty, value } = self.stack[height];
        if !matches!(value, Value::Temp(_)) {
            let home = self.home(height);
            self.put_into(Popped { ty, value, height }, home);
            self.settle_reads(value);
        }
        self.stack[height].value = Value::Temp(None);
    }

    /// Computes sums among the topmost `count` values, where waiting longer would cost more than it may gain.
    pub(crate) fn compute_sums(&mut self, count: usize) {
        let top = self.stack.len();
        for height in top.saturating_sub(count).max(self.flushed)..top {
            if matches!(self.stack[height].value, Value::Sum(..)) {
                self.materialize(height);
            }
        }
    }

    /// Puts a value that is not in its home into `slot`.
    pub(crate) fn put_into(&mut self, popped: Popped, slot: Slot) {
        if let Value::Sum(local, addend) = popped.value {
            self.add(local, addend, popped.height, slot);
        } else {
            let src = self.read(popped);
            self.copy(popped.ty, src, Dst::Slot(slot));
        }
    }

    /// Puts the topmost `count` values into their home slots for good; returns the height of the lowest.
    pub(crate) fn materialize_top(&mut self, count: usize) -> usize {
        let base = self.stack.len() - count;
        (base..self.stack.len()).for_each(|height| self.materialize(height));
        base
    }

    /// Flushes every pending read of a local (rule 4). Values below `self.flushed` have none.
    pub(crate) fn flush_locals(&mut self) {
        for height in self.flushed..self.stack.len() {
            if self.stack[height].value.is_pending() {
                self.materialize(height);
            }
        }
        self.flushed = self.stack.len();
    }

    /// Whether [`FuncTranslator::flush_locals`] would emit anything.
    pub(crate) fn has_pending_locals(&self) -> bool {
        self.stack[self.flushed..].iter().any(|entry| entry.value.is_pending())
    }

    /// Flushes the pending reads of one local (rule 4). If they lie deep, all pending reads are flushed, so that no entry
    /// is looked at again and again.
    pub(crate) fn flush_local(&mut self, local: u32) {
        if self.locals[local as usize].pending == 0 {
            return;
        }
        let top = self.stack.len();
        for height in (self.flushed..top).rev() {
            if self.locals[local as usize].pending == 0 {
                return;
            }
            if top - height > SHALLOW {
                return self.flush_locals();
            }
            if self.stack[height].value.pending().contains(&Some(local)) {
                self.materialize(height);
            }
        }
    }
}
