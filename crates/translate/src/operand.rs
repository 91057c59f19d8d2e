//! Where operands are read and results go: slots, constants, and what the accumulators mirror (rules 1 and 2).

use crate::function::FuncTranslator;
use crate::stack::{Popped, Value};
use wasmite_isa::{Class, Dst, Op, Position, Slot, Src, Ty};

impl FuncTranslator<'_> {
    /// Where `popped` can be read now; marks a local as touched.
    pub(crate) fn read(&mut self, popped: Popped) -> Src {
        let slot = match popped.value {
            Value::Const(bits) => return Src::Imm(bits),
            Value::Local(local) => {
                self.touch(local);
                if self.is_hot(local) {
                    return Src::Hot;
                }
                self.local_slot(local)
            }
            Value::Temp(_) => self.home(popped.height),
        };
        if self.options.accumulator && self.mirrored[popped.ty.class() as usize] == Some(slot) {
            Src::Acc
        } else {
            Src::Slot(slot)
        }
    }

    /// Reads `popped` for the last time: a temporary read from the accumulator needs no slot (rule 2).
    pub(crate) fn consume(&mut self, popped: Popped) -> Src {
        let src = self.read(popped);
        self.drop_store(popped, src);
        src
    }

    /// Drops the store of a temporary that is consumed from the accumulator.
    pub(crate) fn drop_store(&mut self, popped: Popped, src: Src) {
        if let (Src::Acc, Some(producer), true) = (src, popped.producer(), self.options.dead_stores)
        {
            self.asm.set_dst(producer, Dst::Acc);
        }
    }

    /// The slot `popped` is in; a constant or hot local is put into its home.
    pub(crate) fn slot_of(&mut self, popped: Popped) -> Slot {
        let home = self.home(popped.height);
        match popped.value {
            Value::Local(local) if !self.is_hot(local) => {
                self.touch(local);
                self.local_slot(local)
            }
            Value::Local(_) | Value::Const(_) => {
                let src = self.read(popped);
                self.copy(popped.ty, src, Dst::Slot(home));
                home
            }
            Value::Temp(_) => home,
        }
    }

    /// As [`FuncTranslator::consume`], for operands that have no immediate form.
    pub(crate) fn consume_no_imm(&mut self, popped: Popped) -> Src {
        match popped.value {
            Value::Const(_) => {
                self.slot_of(popped);
                self.read(Popped { value: Value::Temp(None), ..popped })
            }
            _ => self.consume(popped),
        }
    }

    /// Copies `src` to `dst`.
    pub(crate) fn copy(&mut self, ty: Ty, src: Src, dst: Dst) -> Position {
        let op = match (ty, src) {
            (Ty::F32, _) => Op::CopyF32,
            (Ty::F64, _) => Op::CopyF64,
            // 64 bits are copied whatever the type; only an immediate's width matters.
            (Ty::I32, Src::Imm(_)) => Op::Copy32,
            _ => Op::Copy64,
        };
        let at = self.asm.emit(op, &[src], Some(dst), &[]);
        if let Dst::Slot(slot) = dst {
            self.mirror(ty.class(), slot);
        }
        at
    }

    /// The accumulator of `class` now mirrors `slot`, whose former value no accumulator holds any more.
    pub(crate) fn mirror(&mut self, class: Class, slot: Slot) {
        self.unmirror(slot);
        self.mirrored[class as usize] = Some(slot);
    }

    /// `slot` was written without an accumulator.
    pub(crate) fn unmirror(&mut self, slot: Slot) {
        for mirrored in &mut self.mirrored {
            if *mirrored == Some(slot) {
                *mirrored = None;
            }
        }
    }

    /// Nothing is known of the accumulators (rule 1).
    pub(crate) fn forget_accumulators(&mut self) {
        self.mirrored = [None; Class::COUNT];
    }

    /// Emits an op whose result becomes the top of the stack, in its home slot unless changed later.
    pub(crate) fn emit_result(&mut self, op: Op, srcs: &[Src], ty: Ty, fields: &[u64]) -> Position {
        let home = self.home(self.stack.len());
        let at = self.asm.emit(op, srcs, Some(Dst::Slot(home)), fields);
        self.mirror(ty.class(), home);
        self.push(ty, Value::Temp(Some(at)));
        at
    }
}
