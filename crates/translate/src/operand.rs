//! Where operands are read and results go: slots, constants, and what the accumulators mirror (rules 1 and 2).

use crate::function::FuncTranslator;
use crate::stack::{Popped, Value};
use wasmite_isa::{Class, Dst, Op, Position, Slot, Src, Ty, shape::Shape};
use wasmite_module::SMALL;

/// The slot that each class's accumulator mirrors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mirrored([u32; Class::COUNT]);

impl Mirrored {
    /// Stands for no slot.
    const NONE: u32 = u32::MAX;
    /// Nothing is known of the accumulators.
    pub(crate) const NOTHING: Self = Self([Self::NONE; Class::COUNT]);

    /// Whether the accumulator of `class` mirrors `slot`.
    #[inline(always)]
    pub(crate) fn holds(self, class: Class, slot: Slot) -> bool {
        self.0[class as usize] == slot.0.into()
    }

    /// What mirrored `from`, if anything does, mirrors `to` instead, whose former value nothing mirrors any more.
    #[inline(always)]
    pub(crate) fn rename(&mut self, from: Slot, to: Slot) {
        let to = u32::from(to.0);
        for mirrored in &mut self.0 {
            if *mirrored == from.0.into() {
                *mirrored = to;
            } else if *mirrored == to {
                *mirrored = Self::NONE;
            }
        }
    }

    /// No accumulator mirrors `slot` any more.
    #[inline(always)]
    fn forget(&mut self, slot: Slot) {
        for mirrored in &mut self.0 {
            if *mirrored == slot.0.into() {
                *mirrored = Self::NONE;
            }
        }
    }
}

impl FuncTranslator<'_> {
    /// Where `popped` can be read now; marks a local as touched.
    pub(crate) fn read(&mut self, popped: Popped) -> Src {
        self.read_here(popped)
    }

    #[inline(always)]
    fn read_here(&mut self, popped: Popped) -> Src {
        if let Some(bits) = popped.constant() {
            return Src::Imm(bits);
        }
        let slot = if let Some(local) = popped.local() {
            self.touch(local);
            // A read of a local has its class.
            if self.options.hot_locals
                && let Some((src, _)) = self.hot.register(local, popped.ty().class())
            {
                return src;
            }
            self.local_slot(local)
        } else {
            // Whoever popped a sum has computed it.
            self.home(popped.height)
        };
        if self.options.accumulator && self.mirrored.holds(popped.ty().class(), slot) {
            Src::Acc
        } else {
            Src::Slot(slot)
        }
    }

    /// Reads `popped` for the last time: a temporary read from the accumulator needs no slot (rule 2).
    pub(crate) fn consume(&mut self, popped: Popped) -> Src {
        let src = self.read_here(popped);
        self.drop_store(popped, src);
        src
    }

    /// The same for frequent operators: neither `popped` nor what comes of it has to be in memory.
    #[inline(always)]
    pub(crate) fn consume_here(&mut self, popped: Popped) -> Src {
        if SMALL {
            return self.consume(popped);
        }
        let src = self.read_here(popped);
        if let (Src::Slot(_), Some(producer), true) =
            (src, popped.producer(), self.options.hot_locals)
            && let Some(borrowed) = self.borrow_register(popped, producer)
        {
            return borrowed;
        }
        self.drop_store(popped, src);
        src
    }

    /// Drops the store of a temporary that is consumed from the accumulator.
    #[inline(always)]
    pub(crate) fn drop_store(&mut self, popped: Popped, src: Src) {
        if let (Src::Acc, Some(producer), true) = (src, popped.producer(), self.options.dead_stores)
        {
            self.asm.set_dst(producer, Dst::Acc);
        }
    }

    /// The slot `popped` is in; a constant or hot local is put into its home.
    pub(crate) fn slot_of(&mut self, popped: Popped) -> Slot {
        let home = self.home(popped.height);
        match popped.value() {
            Value::Local(local) if !self.is_hot(local) => {
                self.touch(local);
                self.local_slot(local)
            }
            Value::Local(_) | Value::Const(_) => {
                let src = self.read(popped);
                self.copy(popped.ty(), src, Dst::Slot(home));
                home
            }
            Value::Temp(_) | Value::Sum(..) => home,
        }
    }

    /// `popped`, put into its home if it is a constant.
    pub(crate) fn in_home(&mut self, popped: Popped) -> Popped {
        self.slot_of(popped);
        popped.with(Value::Temp(None))
    }

    /// `popped`, to be operand number `index` of `op`: a constant that has no room there is put into its home.
    #[inline(always)]
    pub(crate) fn with_room(&mut self, op: Op, index: usize, popped: Popped) -> Popped {
        match popped.constant() {
            Some(bits) if !op.fits(index, bits) => self.constant_in_home(popped, bits),
            _ => popped,
        }
    }

    /// `popped`, which is the constant `bits`, put into its home. (Operands are not passed on as such: they would have to be
    /// in memory.)
    pub(crate) fn constant_in_home(&mut self, popped: Popped, bits: u64) -> Popped {
        let producer = self.put_constant(popped.ty(), bits, popped.height);
        popped.with(Value::Temp(Some(producer)))
    }

    #[inline(never)]
    fn put_constant(&mut self, ty: Ty, bits: u64, height: usize) -> Position {
        let home = self.home(height);
        self.copy(ty, Src::Imm(bits), Dst::Slot(home))
    }

    /// As [`FuncTranslator::consume`], for operand number `index` of `op`.
    pub(crate) fn operand(&mut self, op: Op, index: usize, popped: Popped) -> Src {
        let popped = self.with_room(op, index, popped);
        self.consume(popped)
    }

    /// Copies `src` to `dst`.
    pub(crate) fn copy(&mut self, ty: Ty, src: Src, dst: Dst) -> Position {
        let op = match (ty, src) {
            (Ty::F32, _) => Op::CopyF32,
            (Ty::F64, _) => Op::CopyF64,
            // 64 bits are copied whatever the type; only an immediate's width matters.
            (_, Src::Imm(bits)) if bits <= u32::MAX.into() => Op::Copy32,
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
        self.mirrored.forget(slot);
        self.mirrored.0[class as usize] = slot.0.into();
    }

    /// `slot` was written without an accumulator.
    pub(crate) fn unmirror(&mut self, slot: Slot) {
        self.mirrored.forget(slot);
    }

    /// Nothing is known of the accumulators (rule 1).
    pub(crate) fn forget_accumulators(&mut self) {
        self.mirrored = Mirrored::NOTHING;
        if !SMALL {
            self.return_registers();
        }
    }

    /// Emits an op whose result becomes the top of the stack, in its home slot unless changed later.
    pub(crate) fn emit_result<const SRCS: usize, const FIELDS: usize>(
        &mut self,
        op: Op,
        srcs: &[Src; SRCS],
        ty: Ty,
        fields: &[u64; FIELDS],
    ) -> Position {
        self.emit_shaped(op.shape(), op, srcs, ty, fields)
    }

    /// The same, for an op of which the shape is known.
    #[inline(always)]
    pub(crate) fn emit_shaped<const SRCS: usize, const FIELDS: usize>(
        &mut self,
        shape: &Shape,
        op: Op,
        srcs: &[Src; SRCS],
        ty: Ty,
        fields: &[u64; FIELDS],
    ) -> Position {
        let home = self.home(self.stack.len());
        let at = self.asm.emit_shaped(shape, op, srcs, Some(Dst::Slot(home)), fields);
        self.mirror(ty.class(), home);
        self.push(ty, Value::Temp(Some(at)));
        at
    }
}
