//! The symbolic operand stack: what each value is and where it can be read, without code for it yet.
//!
//! A value's home is the temporary slot of its height; a `Temp` is there (or in the accumulator), a `Local` or `Const` is
//! not. Invariant: `Local` entries are pending reads: whoever overwrites the local flushes them first (rule 4).

use crate::function::FuncTranslator;
use wasmite_core::heap::Grow;
use wasmite_isa::{Dst, Position, Slot, Ty};

/// How many entries are searched for pending reads of one local before all are flushed.
const SHALLOW: usize = 32;

/// A value on the operand stack.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Value {
    /// The value of a local, not read yet.
    Local(u32),
    /// A constant, as the slot that would hold it.
    Const(u64),
    /// In its home slot; with the position of the cell that put it there, if that cell's destination may still change.
    Temp(Option<Position>),
}

/// A value with its type, in two words: so it passes through registers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Entry {
    /// The local, the constant, or the position of the cell.
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

    #[inline(always)]
    pub(crate) fn new(ty: Ty, value: Value) -> Self {
        let (kind, bits) = match value {
            Value::Local(local) => (Self::LOCAL, local.into()),
            Value::Const(bits) => (Self::CONST, bits),
            Value::Temp(None) => (Self::HOME, 0),
            Value::Temp(Some(Position(word))) => (Self::PRODUCED, word.into()),
        };
        Self { bits, tag: kind | ty as u8 }
    }

    #[inline(always)]
    pub(crate) fn ty(self) -> Ty {
        Ty::ALL[usize::from(self.tag & Self::TY)]
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Value {
        match self.tag & Self::KIND {
            Self::LOCAL => Value::Local(self.bits as u32),
            Self::CONST => Value::Const(self.bits),
            Self::HOME => Value::Temp(None),
            _ => Value::Temp(Some(Position(self.bits as u32))),
        }
    }

    /// The entry as one popped from `height`.
    #[inline(always)]
    pub(crate) fn at(self, height: usize) -> Popped {
        Popped { entry: self, height }
    }
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

    /// The same with another value.
    #[inline(always)]
    pub(crate) fn with(self, value: Value) -> Self {
        Entry::new(self.ty(), value).at(self.height)
    }

    /// The cell that produced the value, if its destination may still change.
    #[inline(always)]
    pub(crate) fn producer(self) -> Option<Position> {
        match self.value() {
            Value::Temp(producer) => producer,
            _ => None,
        }
    }
}

impl FuncTranslator<'_> {
    pub(crate) fn push(&mut self, ty: Ty, value: Value) {
        if let Value::Local(local) = value {
            self.locals[local as usize].pending += 1;
        }
        self.stack.put(Entry::new(ty, value));
        self.max_height = self.max_height.max(self.stack.len());
    }

    /// Pushes a value that is in its home slot for good.
    pub(crate) fn push_home(&mut self, ty: Ty) {
        self.push(ty, Value::Temp(None));
    }

    pub(crate) fn pop(&mut self) -> Popped {
        let entry = self.pop_entry();
        entry.at(self.stack.len())
    }

    /// The topmost entry, popped: it was at the height that the stack has now.
    #[inline(always)]
    pub(crate) fn pop_entry(&mut self) -> Entry {
        let entry = self.stack.pop().expect("validated code never pops an empty stack");
        if let Value::Local(local) = entry.value() {
            self.locals[local as usize].pending -= 1;
        }
        self.flushed = self.flushed.min(self.stack.len());
        entry
    }

    /// The value below the topmost one, and that, popped: the first was at the height that the stack has now.
    #[inline(always)]
    pub(crate) fn pop_two(&mut self) -> (Entry, Entry) {
        let [.., a, b] = self.stack[..] else {
            panic!("validated code never pops an empty stack");
        };
        let height = self.stack.len() - 2;
        self.stack.truncate(height);
        for entry in [a, b] {
            if let Value::Local(local) = entry.value() {
                self.locals[local as usize].pending -= 1;
            }
        }
        self.flushed = self.flushed.min(height);
        (a, b)
    }

    /// Drops everything from `height` up.
    pub(crate) fn truncate(&mut self, height: usize) {
        while self.stack.len() > height {
            self.pop();
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
        let (ty, value) = (entry.ty(), entry.value());
        if !matches!(value, Value::Temp(_)) {
            let src = self.read(entry.at(height));
            let home = self.home(height);
            self.copy(ty, src, Dst::Slot(home));
            if let Value::Local(local) = value {
                self.locals[local as usize].pending -= 1;
            }
        }
        self.stack[height] = Entry::new(ty, Value::Temp(None));
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
            if let Value::Local(_) = self.stack[height].value() {
                self.materialize(height);
            }
        }
        self.flushed = self.stack.len();
    }

    /// Whether [`FuncTranslator::flush_locals`] would emit anything.
    pub(crate) fn has_pending_locals(&self) -> bool {
        self.stack[self.flushed..].iter().any(|entry| matches!(entry.value(), Value::Local(_)))
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
            if self.stack[height].value() == Value::Local(local) {
                self.materialize(height);
            }
        }
    }
}
