//! The symbolic operand stack: what each value is and where it can be read, without code for it yet.
//!
//! A value's home is the temporary slot of its height; a `Temp` is there (or in the accumulator), a `Local` or `Const` is
//! not. Invariant: `Local` and `Sum` entries are pending reads: whoever overwrites the local flushes them first (rule 4).

use crate::function::FuncTranslator;
use wasmite_core::heap::Grow;
use wasmite_isa::{Dst, Op, Position, Slot, Ty};
use wasmite_module::SMALL;

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

/// A value with its type, in two words: so it passes through registers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Entry {
    /// The local, the constant, or the position of the cell; of a sum the local in the upper half.
    bits: u64,
    /// Which of them, and the type: `KIND` and `TY`.
    tag: u8,
}

impl Entry {
    const TY: u8 = 3;
    const KIND: u8 = !Self::TY;
    const LOCAL: u8 = 0 << 2;
    const CONST: u8 = 1 << 2;
    const HOME: u8 = 2 << 2;
    const PRODUCED: u8 = 3 << 2;
    const LOCAL_SUM: u8 = 4 << 2;
    const CONST_SUM: u8 = 5 << 2;

    #[inline(always)]
    pub(crate) fn new(ty: Ty, value: Value) -> Self {
        let (kind, bits) = match value {
            Value::Local(local) => (Self::LOCAL, local.into()),
            Value::Const(bits) => (Self::CONST, bits),
            Value::Temp(None) => (Self::HOME, 0),
            Value::Temp(Some(Position(word))) => (Self::PRODUCED, word.into()),
            Value::Sum(local, Addend::Local(other)) => (Self::LOCAL_SUM, pack(local, other)),
            Value::Sum(local, Addend::Const(bits)) => (Self::CONST_SUM, pack(local, bits)),
        };
        Self { bits, tag: kind | ty as u8 }
    }

    #[inline(always)]
    pub(crate) fn ty(self) -> Ty {
        // Not looked up in a table: most who ask want to know what kind of type it is.
        const { assert!(Ty::I32 as u8 == 0 && Ty::I64 as u8 == 1 && Ty::F32 as u8 == 2) };
        match self.tag & Self::TY {
            0 => Ty::I32,
            1 => Ty::I64,
            2 => Ty::F32,
            _ => Ty::F64,
        }
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Value {
        match self.tag & Self::KIND {
            Self::LOCAL => Value::Local(self.bits as u32),
            Self::CONST => Value::Const(self.bits),
            Self::HOME => Value::Temp(None),
            Self::LOCAL_SUM if !SMALL => Value::Sum(self.upper(), Addend::Local(self.bits as u32)),
            Self::CONST_SUM if !SMALL => Value::Sum(self.upper(), Addend::Const(self.bits as u32)),
            _ => Value::Temp(Some(Position(self.bits as u32))),
        }
    }

    /// The constant that it is.
    #[inline(always)]
    pub(crate) fn constant(self) -> Option<u64> {
        (self.kind() == Self::CONST).then_some(self.bits)
    }

    /// Whether it is a pending read of `local` alone.
    #[inline(always)]
    pub(crate) fn is_read_of(self, local: u32) -> bool {
        self.kind() == Self::LOCAL && self.bits == local.into()
    }

    fn upper(self) -> u32 {
        (self.bits >> 32) as u32
    }

    fn kind(self) -> u8 {
        self.tag & Self::KIND
    }

    /// Adds a constant to it, if it is the sum of a local and another one: additions wrap, so it does not matter which come first.
    #[inline(always)]
    fn add(&mut self, value: u32) -> bool {
        let is_sum = !SMALL && self.kind() == Self::CONST_SUM;
        if is_sum {
            *self =
                Self { bits: pack(self.upper(), (self.bits as u32).wrapping_add(value)), ..*self };
        }
        is_sum
    }

    /// Whether it is a sum. Where code is to be small, nothing makes one.
    fn is_sum(self) -> bool {
        !SMALL && self.kind() >= Self::LOCAL_SUM
    }

    /// Whether it is a pending read of a local, alone or in a sum.
    fn is_pending(self) -> bool {
        self.kind() == Self::LOCAL || self.is_sum()
    }

    /// The locals of which it is a pending read.
    fn reads(self) -> [Option<u32>; 2] {
        match self.value() {
            Value::Local(local) | Value::Sum(local, Addend::Const(_)) => [Some(local), None],
            Value::Sum(local, Addend::Local(other)) => [Some(local), Some(other)],
            Value::Const(_) | Value::Temp(_) => [None; 2],
        }
    }

    /// The entry as one popped from `height`.
    #[inline(always)]
    pub(crate) fn at(self, height: usize) -> Popped {
        Popped { entry: self, height }
    }
}

fn pack(local: u32, other: u32) -> u64 {
    u64::from(local) << 32 | u64::from(other)
}

/// A popped entry with the height it was at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Popped {
    entry: Entry,
    pub(crate) height: usize,
}

impl Popped {
    #[inline(always)]
    pub(crate) fn ty(self) -> Ty {
        self.entry.ty()
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Value {
        self.entry.value()
    }

    /// The constant that it is.
    #[inline(always)]
    pub(crate) fn constant(self) -> Option<u64> {
        self.entry.constant()
    }

    /// The local of which it is a pending read.
    #[inline(always)]
    pub(crate) fn local(self) -> Option<u32> {
        (self.entry.kind() == Entry::LOCAL).then_some(self.entry.bits as u32)
    }

    /// The same with another value.
    #[inline(always)]
    pub(crate) fn with(self, value: Value) -> Self {
        Entry::new(self.ty(), value).at(self.height)
    }

    /// The cell that produced the value, if its destination may still change.
    #[inline(always)]
    pub(crate) fn producer(self) -> Option<Position> {
        let Entry { bits, .. } = self.entry;
        (self.entry.kind() == Entry::PRODUCED).then_some(Position(bits as u32))
    }
}

impl FuncTranslator<'_> {
    pub(crate) fn push(&mut self, ty: Ty, value: Value) {
        self.push_here(ty, value);
    }

    /// The same for frequent operators.
    #[inline(always)]
    pub(crate) fn push_here(&mut self, ty: Ty, value: Value) {
        if let Value::Local(local) = value {
            self.locals[local as usize].pending += 1;
        }
        self.stack.put(Entry::new(ty, value));
    }

    /// Notes how high the stack is, before it becomes lower.
    #[inline(always)]
    pub(crate) fn note_height(&mut self) {
        self.max_height = self.max_height.max(self.stack.len());
    }

    /// Pushes the sum of a local and `addend`.
    pub(crate) fn push_sum(&mut self, local: u32, addend: Addend) {
        let sum = Entry::new(Ty::I32, Value::Sum(local, addend));
        for local in sum.reads().into_iter().flatten() {
            self.locals[local as usize].pending += 1;
        }
        self.stack.put(sum);
        self.sums += 1;
    }

    /// Adds `value` to the topmost value as `op` does, if that is a sum of a local and a constant and `op` adds or subtracts.
    #[inline(always)]
    pub(crate) fn add_to_sum(&mut self, op: Op, value: u32) -> bool {
        let value = match op {
            Op::I32Add => value,
            Op::I32Sub => value.wrapping_neg(),
            _ => return false,
        };
        self.stack.last_mut().is_some_and(|top| top.add(value))
    }

    /// The same if the topmost value is a constant, and the sum is below it.
    #[inline(never)]
    pub(crate) fn add_constant_to_sum(&mut self, op: Op) -> bool {
        let Some(value) = self.stack.last().and_then(|top| top.constant()) else { return false };
        let constant = self.pop_entry();
        let added = self.add_to_sum(op, value as u32);
        if !added {
            self.stack.put(constant);
        }
        added
    }

    /// Pushes a value that is in its home slot for good.
    pub(crate) fn push_home(&mut self, ty: Ty) {
        self.push(ty, Value::Temp(None));
    }

    /// The topmost value, popped. A sum is computed now.
    pub(crate) fn pop(&mut self) -> Popped {
        let entry = self.pop_entry();
        entry.at(self.stack.len())
    }

    /// The topmost entry, popped: it was at the height that the stack has now. A sum is computed now.
    #[inline(always)]
    pub(crate) fn pop_entry(&mut self) -> Entry {
        let Popped { entry, height } = self.pop_pending();
        if entry.is_sum() { self.computed(entry.at(height)).entry } else { entry }
    }

    /// The same of what is about to be assigned to `local`. What else is a pending read of that is flushed before a sum is computed, not
    /// after: then the sum can be computed into the local.
    #[inline(always)]
    pub(crate) fn pop_for(&mut self, local: u32) -> Entry {
        let Popped { entry, height } = self.pop_pending();
        if entry.is_sum() {
            self.flush_local(local);
            self.computed(entry.at(height)).entry
        } else {
            entry
        }
    }

    /// The topmost value, popped. A sum stays one: whoever pops it computes it, if need be, before reading other operands.
    #[inline(always)]
    pub(crate) fn pop_pending(&mut self) -> Popped {
        self.note_height();
        let entry = self.stack.pop().expect("validated code never pops an empty stack");
        self.settle_reads(entry);
        self.flushed = self.flushed.min(self.stack.len());
        entry.at(self.stack.len())
    }

    /// `entry` is no longer a pending read.
    #[inline(always)]
    fn settle_reads(&mut self, entry: Entry) {
        if entry.kind() == Entry::LOCAL {
            self.locals[entry.bits as u32 as usize].pending -= 1;
        } else if entry.is_sum() {
            self.sums -= 1;
            for local in entry.reads().into_iter().flatten() {
                self.locals[local as usize].pending -= 1;
            }
        }
    }

    /// `popped`; a sum is computed, into its home.
    #[inline(never)]
    pub(crate) fn computed(&mut self, popped: Popped) -> Popped {
        match popped.value() {
            Value::Sum(local, addend) => {
                let home = self.home(popped.height);
                let producer = self.add(local, addend, popped.height, home);
                popped.with(Value::Temp(Some(producer)))
            }
            _ => popped,
        }
    }

    /// The value below the topmost one, and that, popped: the first was at the height that the stack has now. Sums are computed
    /// now.
    #[inline(always)]
    pub(crate) fn pop_two(&mut self) -> (Entry, Entry) {
        let [.., a, b] = self.stack[..] else {
            panic!("validated code never pops an empty stack");
        };
        self.note_height();
        let height = self.stack.len() - 2;
        self.stack.truncate(height);
        self.flushed = self.flushed.min(height);
        if a.is_sum() || b.is_sum() {
            return self.two_computed(a, b);
        }
        self.settle_reads(a);
        self.settle_reads(b);
        (a, b)
    }

    /// The same for two that have just been popped, of which one is a sum at least.
    #[inline(never)]
    fn two_computed(&mut self, a: Entry, b: Entry) -> (Entry, Entry) {
        self.settle_reads(a);
        self.settle_reads(b);
        let height = self.stack.len();
        (self.computed(a.at(height)).entry, self.computed(b.at(height + 1)).entry)
    }

    /// Drops everything from `height` up.
    #[inline(always)]
    pub(crate) fn truncate(&mut self, height: usize) {
        if self.stack.len() > height {
            self.drop_from(height);
        }
    }

    #[inline(never)]
    fn drop_from(&mut self, height: usize) {
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
        let entry = self.stack[height];
        if !matches!(entry.value(), Value::Temp(_)) {
            let home = self.home(height);
            self.put_into(entry.at(height), home);
            self.settle_reads(entry);
        }
        self.stack[height] = Entry::new(entry.ty(), Value::Temp(None));
    }

    /// Computes sums among the topmost `count` values, where waiting longer would cost more than it may gain.
    pub(crate) fn compute_sums(&mut self, count: usize) {
        if SMALL {
            return;
        }
        let top = self.stack.len();
        for height in top.saturating_sub(count).max(self.flushed)..top {
            if self.stack[height].is_sum() {
                self.materialize(height);
            }
        }
    }

    /// Puts a value that is not in its home into `slot`.
    pub(crate) fn put_into(&mut self, popped: Popped, slot: Slot) {
        if let Value::Sum(local, addend) = popped.value() {
            self.add(local, addend, popped.height, slot);
        } else {
            let src = self.read(popped);
            self.copy(popped.ty(), src, Dst::Slot(slot));
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
            if self.stack[height].is_pending() {
                self.materialize(height);
            }
        }
        self.flushed = self.stack.len();
    }

    /// Whether [`FuncTranslator::flush_locals`] would emit anything.
    pub(crate) fn has_pending_locals(&self) -> bool {
        self.stack[self.flushed..].iter().any(|entry| entry.is_pending())
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
            if self.stack[height].reads().contains(&Some(local)) {
                self.materialize(height);
            }
        }
    }
}
