//! Locals: reads stay pending, writes fold into the producer of their value (rule 3).

use crate::function::FuncTranslator;
use crate::stack::{Popped, Value};
use wasmite_isa::{Dst, Position, Slot, Ty};

/// What is known of a local, parameters included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub(crate) ty: Ty,
    /// Entries of the operand stack that are reads of it.
    pub(crate) pending: u32,
    /// Where the next cell was to start when it was last read or written by a cell.
    pub(crate) touched: Position,
}

impl FuncTranslator<'_> {
    pub(crate) fn local_slot(&self, local: u32) -> Slot {
        // Checked when the function began: all locals fit into a frame.
        Slot(self.frame.local(local as u16))
    }

    /// Remembers that the next cell reads or writes `local`.
    pub(crate) fn touch(&mut self, local: u32) {
        self.locals[local as usize].touched = self.asm.position();
    }

    pub(crate) fn local_get(&mut self, local: u32) {
        self.push(self.locals[local as usize].ty, Value::Local(local));
    }

    pub(crate) fn local_set(&mut self, local: u32) {
        let value = self.pop();
        self.assign(local, value);
    }

    pub(crate) fn local_tee(&mut self, local: u32) {
        let popped = self.pop();
        self.assign(local, popped);
        let value = match popped.value {
            Value::Const(bits) => Value::Const(bits),
            _ => Value::Local(local),
        };
        self.push(popped.ty, value);
    }

    fn assign(&mut self, local: u32, popped: Popped) {
        if popped.value == Value::Local(local) {
            return;
        }
        self.flush_local(local);
        let slot = self.local_slot(local);
        if !self.fold_into_producer(local, slot, popped) {
            let src = self.consume(popped);
            self.copy(popped.ty, src, slot);
            self.touch(local);
        }
    }

    /// Makes the producer of `popped` write `slot` instead of a temporary, if rule 3 allows it.
    fn fold_into_producer(&mut self, local: u32, slot: Slot, popped: Popped) -> bool {
        let Some(producer) = popped.producer() else { return false };
        let touched = self.locals[local as usize].touched;
        if !self.options.fold_locals || producer < self.barrier || touched > producer {
            return false;
        }
        self.asm.set_dst(producer, Dst::Slot(slot));
        let home = self.home(popped.height);
        let class = popped.ty.class();
        let held = self.mirrored[class as usize] == Some(home);
        self.unmirror(slot);
        self.unmirror(home);
        if held {
            self.mirror(class, slot);
        }
        self.touch(local);
        true
    }
}
