//! Constants, numeric ops, comparisons and `select`.

use crate::canonical::canonical;
use crate::function::FuncTranslator;
use crate::fuse::{is_comparison, may_fuse};
use crate::stack::{Addend, Entry, Popped, Value};
use wasmite_isa::{Class, Dst, Op, OpInfo, Position, Slot, Src, Ty};
use wasmite_module::SMALL;

impl FuncTranslator<'_> {
    #[inline(always)]
    pub(crate) fn constant(&mut self, ty: Ty, bits: u64) {
        if SMALL { self.constant_apart(ty, bits) } else { self.constant_here(ty, bits) }
    }

    #[inline(never)]
    fn constant_apart(&mut self, ty: Ty, bits: u64) {
        self.constant_here(ty, bits);
    }

    #[inline(always)]
    fn constant_here(&mut self, ty: Ty, bits: u64) {
        self.push_here(ty, Value::Const(bits));
        if !self.options.fold_constants {
            self.materialize(self.stack.len() - 1);
        }
    }

    pub(crate) fn unary(&mut self, op: Op) {
        let popped = self.pop();
        let output = op.info().output;
        if let Value::Const(bits) = popped.value()
            && let Some(Ok(folded)) = op.eval_unary(bits)
        {
            self.constant(output, folded);
            return;
        }
        let a = self.operand(op, 0, popped);
        self.emit_result(op, &[a], output, &[]);
    }

    /// `i64.extend_i32_u`: an `i32` is extended wherever it is (rule 11).
    pub(crate) fn extend_unsigned(&mut self) {
        if !self.options.skip_extensions {
            return self.unary(Op::I64ExtendI32U);
        }
        let value = self.pop().value();
        self.push(Ty::I64, value);
    }

    /// Translates a binary op or a comparison.
    pub(crate) fn binary(&mut self, op: Op) {
        if !SMALL && self.sums > 0 && self.add_constant_to_sum(op) {
            return;
        }
        let (a, b) = self.pop_two();
        self.compute(op, a, b);
    }

    /// As [`FuncTranslator::binary`], with a constant `i32` as the second operand, which is not on the stack.
    pub(crate) fn binary_on_constant(&mut self, op: Op, value: u32) {
        // As high as it is with the constant.
        self.max_height = self.max_height.max(self.stack.len() + 1);
        if self.add_to_sum(op, value) {
            return;
        }
        let a = self.pop_entry();
        self.compute(op, a, Entry::new(Ty::I32, Value::Const(value.into())));
    }

    /// Computes with two operands that have been popped.
    #[inline(always)]
    fn compute(&mut self, op: Op, a: Entry, b: Entry) {
        if !SMALL && self.sums > 0 && is_comparison(op) {
            // The verdict is likely to be a select's: it would lose the accumulator to sums of which one is selected.
            self.compute_sums(2);
        }
        if op == Op::I32Add
            && let Some((local, addend)) = self.sum(a, b)
        {
            return self.push_sum(local, addend);
        }
        match (a.constant(), b.constant()) {
            (Some(x), Some(y)) => self.two_constants(op, a, x, b, y),
            (None, Some(y)) => self.with_constant(op, a, b, y),
            _ => self.two_operands(op, a, b),
        }
    }

    /// The sum of two operands, the first a local, if it need not be computed now: it may become an address.
    #[inline(always)]
    fn sum(&self, a: Entry, b: Entry) -> Option<(u32, Addend)> {
        if SMALL || !self.options.fuse_addresses {
            return None;
        }
        let Value::Local(local) = a.value() else { return None };
        match b.value() {
            Value::Const(bits) => Some((local, Addend::Const(bits as u32))),
            Value::Local(other) => Some((local, Addend::Local(other))),
            _ => None,
        }
    }

    /// The operands of a sum that was at `height`, in the order in which their forms are allowed.
    pub(crate) fn addends(&mut self, local: u32, addend: Addend, height: usize) -> (Src, Src) {
        let read = |this: &mut Self, value| this.read(Entry::new(Ty::I32, value).at(height));
        let a = read(self, Value::Local(local));
        let b = match addend {
            Addend::Local(other) => read(self, Value::Local(other)),
            Addend::Const(bits) => Src::Imm(bits.into()),
        };
        if should_swap(Op::I32Add, a, b) { (b, a) } else { (a, b) }
    }

    /// Computes a sum that was at `height`, into `slot`.
    #[inline(never)]
    pub(crate) fn add(
        &mut self,
        local: u32,
        addend: Addend,
        height: usize,
        slot: Slot,
    ) -> Position {
        self.mirrored_before = self.mirrored;
        let (a, b) = self.addends(local, addend, height);
        let at = self.asm.emit_binary(Op::I32Add, a, b, slot);
        self.mirror(Class::Int, slot);
        self.remember_last(Op::I32Add, a, b, at);
        at
    }

    #[cold]
    #[inline(never)]
    fn two_constants(&mut self, op: Op, a: Entry, x: u64, b: Entry, y: u64) {
        match op.eval_binary(x, y) {
            Some(Ok(folded)) => self.constant(op.info().output, folded),
            // It traps when executed: keep the op, with one operand in a slot.
            _ => {
                let (ty, height) = (a.ty(), self.stack.len());
                self.constant_in_home(a.at(height), x);
                self.two_operands(op, Entry::new(ty, Value::Temp(None)), b);
            }
        }
    }

    /// Emits an op of which only the second operand, `b`, is a constant, `y`. Where it has room, operands are in order.
    #[inline(always)]
    fn with_constant(&mut self, op: Op, a: Entry, b: Entry, y: u64) {
        let (op, y) = canonical(op, y);
        if SMALL || !has_room(op, y) {
            return self.two_operands(op, a, Entry::new(b.ty(), Value::Const(y)));
        }
        let x = self.consume_here(a.at(self.stack.len()));
        self.emit_two(op, x, Src::Imm(y));
    }

    /// Emits an op on two operands, with or without another order.
    #[inline(never)]
    fn two_operands(&mut self, op: Op, a: Entry, b: Entry) {
        let height = self.stack.len();
        let (a, b) = (a.at(height), b.at(height + 1));
        // The op that gives the same result with its operands swapped.
        let swapped = match op.info() {
            OpInfo { commutes: true, .. } => Some(op),
            OpInfo { swaps: true, .. } => op.swapped(),
            _ => None,
        };
        // Before the first operand is read: putting a constant into its home changes the accumulator.
        let b = if swapped.is_none() { self.with_room(op, 1, b) } else { b };
        let (x, y) = (self.consume_here(a), self.consume_here(b));
        match swapped {
            Some(swapped) if should_swap(op, x, y) => self.emit_two(swapped, y, x),
            _ => self.emit_two(op, x, y),
        }
    }

    /// As [`FuncTranslator::emit_result`]: these ops are frequent, and most have one layout.
    #[inline(always)]
    fn emit_two(&mut self, op: Op, a: Src, b: Src) {
        let OpInfo { input, output, .. } = *op.info();
        let fusible = may_fuse(op);
        if fusible {
            self.mirrored_before = self.mirrored;
        }
        let start = if SMALL || input == Ty::F64 {
            self.emit_result(op, &[a, b], output, &[])
        } else {
            let home = self.home(self.stack.len());
            let at = self.asm.emit_binary(op, a, b, home);
            self.mirror(output.class(), home);
            self.push_here(output, Value::Temp(Some(at)));
            at
        };
        if fusible {
            self.remember_last(op, a, b, start);
        }
    }

    /// `i32.eqz` and `i64.eqz`: negates a comparison, else compares with 0.
    pub(crate) fn eqz(&mut self, eq: Op) {
        let top = self.pop();
        if let Some(mut last) = self.last_for(top)
            && let Some(negated) = last.op.negated()
            && self.options.fuse_branches
            && let Some(start) = top.producer()
        {
            self.asm.set_op(start, negated);
            last.op = negated;
            self.last = Some(last);
            self.push(Ty::I32, top.value());
            return;
        }
        self.push(top.ty(), top.value());
        self.push(top.ty(), Value::Const(0));
        self.binary(eq);
    }

    pub(crate) fn select(&mut self) {
        let condition = self.pop();
        let (mut b, mut a) = (self.pop(), self.pop());
        if let Value::Const(bits) = condition.value() {
            return self.choose(if bits as u32 != 0 { a } else { b }, a.height);
        }
        let tested = self.take_back_test(condition);
        if let Some((_, Op::I32Eq)) = tested {
            (a, b) = (b, a);
        }
        // The condition may be in the accumulator, so no cell may come before the select: the other two are read from
        // slots, where temporaries are unless they are consumed.
        let (x, y) = (self.read_slot_or_imm(a), self.read_slot_or_imm(b));
        let c = tested.map_or_else(|| self.consume(condition), |(operand, _)| operand);
        let op = match a.ty() {
            Ty::F32 => Op::SelectF32,
            Ty::F64 => Op::SelectF64,
            _ => Op::SelectInt,
        };
        self.emit_result(op, &[x, y, c], a.ty(), &[]);
    }

    /// If `condition` was computed just now and tells whether a 32-bit value is zero or is not: takes that back, for the value
    /// and the comparison.
    fn take_back_test(&mut self, condition: Popped) -> Option<(Src, Op)> {
        let last = self.last_for(condition)?;
        let tests = self.options.fuse_branches
            && matches!(last.op, Op::I32Eq | Op::I32Ne)
            && last.b == Src::Imm(0)
            && !matches!(last.a, Src::Imm(_));
        tests.then(|| {
            self.take_back(last);
            (last.a, last.op)
        })
    }

    fn read_slot_or_imm(&mut self, popped: Popped) -> Src {
        match self.read(popped) {
            Src::Acc => Src::Slot(self.slot_of(popped)),
            other => other,
        }
    }

    /// Pushes `chosen`, which was popped from at or above `height`, as the value at `height`.
    fn choose(&mut self, chosen: Popped, height: usize) {
        if !matches!(chosen.value(), Value::Temp(_)) || chosen.height == height {
            self.push(chosen.ty(), chosen.value());
            return;
        }
        let src = self.consume(chosen);
        let home = self.home(height);
        self.copy(chosen.ty(), src, Dst::Slot(home));
        self.push_home(chosen.ty());
    }
}

/// Whether the constant `bits` has room as the second operand of a binary op: those of 31 bits have in all, and all in those
/// on 32 bits.
#[inline(always)]
fn has_room(op: Op, bits: u64) -> bool {
    bits <= i32::MAX as u64 || !op.info().input.is_wide() || op.fits(1, bits)
}

/// Whether operands that may be swapped should be: forms ascend, unless a constant has no room as the second one.
fn should_swap(op: Op, x: Src, y: Src) -> bool {
    match (x, y) {
        (Src::Imm(bits), _) => has_room(op, bits),
        (_, Src::Imm(bits)) => !has_room(op, bits),
        _ => x.form() > y.form(),
    }
}
