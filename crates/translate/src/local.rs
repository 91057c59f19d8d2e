//! Locals: reads stay pending, writes fold into the producer of their value (rule 3).

use crate::function::FuncTranslator;
use crate::stack::{Entry, Popped, Value};
use crate::weigh::Uses;
use wasmite_core::heap::Grow;
use wasmite_isa::{Dst, Frame, Position, Slot, Ty};

/// What is known of a local, parameters included. Its size is a power of two: locals are looked up all the time.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Local {
    pub(crate) ty: Ty,
    /// Entries of the operand stack that are reads of it.
    pub(crate) pending: u32,
    /// Where the next cell was to start when it was last read or written by a cell.
    pub(crate) touched: Position,
    /// How it is used, if that has been weighed.
    pub(crate) uses: Uses,
    /// Whether it has a value of its own here, whatever way led here: else it is still zero, perhaps.
    pub(crate) assigned: bool,
}

impl Local {
    /// A local that nothing has been said of. Parameters are assigned.
    #[inline]
    pub(crate) fn new(ty: Ty, assigned: bool) -> Self {
        Self { ty, pending: 0, touched: Position(0), uses: Uses::default(), assigned }
    }
}

impl FuncTranslator<'_> {
    pub(crate) fn local_slot(&self, local: u32) -> Slot {
        // Checked when the function began: all locals fit into a frame.
        Slot(local as u16)
    }

    /// Remembers that the next cell reads or writes `local`.
    pub(crate) fn touch(&mut self, local: u32) {
        self.locals[local as usize].touched = self.asm.position();
    }

    /// Notes that `local`, which had none, has a value from here to the end of the current block (rule 8).
    fn mark_assigned(&mut self, local: u32) {
        self.locals[local as usize].assigned = true;
        self.assigned.put(local);
    }

    /// Forgets all but the first `count` notes of [`FuncTranslator::mark_assigned`]: there are ways here that assign nothing
    /// since then.
    pub(crate) fn forget_assigned(&mut self, count: usize) {
        for local in self.assigned.drain(count..) {
            self.locals[local as usize].assigned = false;
        }
    }

    /// Makes sure that `local`, which has no other value here, is zeroed at entry (rule 8).
    #[inline(never)]
    fn need_zero(&mut self, local: u32) {
        self.need_register_zero(local);
        if !self.is_hot(local) {
            self.need_slot(local);
        }
    }

    /// Makes sure that the slot of `local` is zeroed at entry if the local has no other value here, whatever register has it.
    pub(crate) fn need_slot(&mut self, local: u32) {
        if !self.locals[local as usize].assigned {
            let slot = self.local_slot(local).0;
            let Frame { zeroed, zeroed_end, .. } = &mut self.frame;
            let none = zeroed == zeroed_end;
            *zeroed = if none { slot } else { slot.min(*zeroed) };
            *zeroed_end = if none { slot + 1 } else { (slot + 1).max(*zeroed_end) };
        }
    }

    #[inline(always)]
    pub(crate) fn local_get(&mut self, local: u32) {
        let Local { ty, assigned, .. } = self.locals[local as usize];
        self.push_here(ty, Value::Local(local));
        if !assigned {
            self.need_zero(local);
        }
    }

    pub(crate) fn local_set(&mut self, local: u32) {
        let value = self.pop_for(local);
        self.assign(local, value);
    }

    pub(crate) fn local_tee(&mut self, local: u32) {
        let popped = self.pop_for(local);
        self.assign(local, popped);
        let value = match popped.value() {
            Value::Const(bits) => Value::Const(bits),
            _ => Value::Local(local),
        };
        self.push(popped.ty(), value);
    }

    /// Assigns what has just been popped.
    fn assign(&mut self, local: u32, entry: Entry) {
        if entry.is_read_of(local) {
            return;
        }
        let popped = entry.at(self.stack.len());
        let Local { ty, pending, assigned, .. } = self.locals[local as usize];
        if !assigned {
            self.mark_assigned(local);
        }
        if pending > 0 {
            self.flush_local(local);
        }
        let dst = match self.options.hot_locals.then(|| self.hot.register(local, ty.class())) {
            Some(Some((_, dst))) => dst,
            _ => Dst::Slot(self.local_slot(local)),
        };
        if !self.fold_into_producer(local, dst, popped) {
            let src = self.consume(popped);
            self.copy(popped.ty(), src, dst);
            self.touch(local);
        }
    }

    /// Makes the producer of `popped` write `dst` instead of a temporary, if rule 3 allows it.
    fn fold_into_producer(&mut self, local: u32, dst: Dst, popped: Popped) -> bool {
        let Some(producer) = popped.producer() else { return false };
        let touched = self.locals[local as usize].touched;
        if !self.options.fold_locals || producer < self.barrier || touched > producer {
            return false;
        }
        self.asm.set_dst(producer, dst);
        let home = self.home(popped.height);
        match dst {
            Dst::Slot(slot) => self.mirrored.rename(home, slot),
            _ => self.unmirror(home),
        }
        self.touch(local);
        true
    }
}
