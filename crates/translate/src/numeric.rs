//! Constants, numeric ops, comparisons and `select`.

use crate::canonical::canonical;
use crate::function::FuncTranslator;
use crate::stack::{Popped, Value};
use wasmite_isa::{Dst, Op, Position, Src, Ty, shape};
use wasmite_module::SMALL;

impl FuncTranslator<'_> {
    pub(crate) fn constant(&mut self, ty: Ty, bits: u64) {
        self.push(ty, Value::Const(bits));
        if !self.options.fold_constants {
            self.materialize(self.stack.len() - 1);
        }
    }

    pub(crate) fn unary(&mut self, op: Op) {
        let popped = self.pop();
        let output = op.info().output;
        if let Value::Const(bits) = popped.value
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
        let Popped { value, .. } = self.pop();
        self.push(Ty::I64, value);
    }

    pub(crate) fn binary(&mut self, op: Op) {
        self.two_operands(op, op.info().commutes.then_some(op));
    }

    pub(crate) fn compare(&mut self, op: Op) {
        self.two_operands(op, op.swapped());
    }

    /// Emits an op on the two topmost values; `swapped` is the op that gives the same result with its operands swapped.
    fn two_operands(&mut self, mut op: Op, mut swapped: Option<Op>) {
        let mut b = self.pop();
        let a = self.pop();
        let output = op.info().output;
        let a = match (a.value, b.value) {
            (Value::Const(x), Value::Const(y)) => match op.eval_binary(x, y) {
                Some(Ok(folded)) => return self.constant(output, folded),
                // It traps when executed: keep the op, with one operand in a slot.
                _ => self.constant_in_home(a, x),
            },
            (_, Value::Const(y)) => {
                let (preferred, y) = canonical(op, y);
                if preferred != op {
                    (op, b.value) = (preferred, Value::Const(y));
                    swapped = if op.info().commutes { Some(op) } else { op.swapped() };
                }
                a
            }
            _ => a,
        };
        // Before the first operand is read: putting a constant into its home changes the accumulator.
        let b = if swapped.is_none() { self.with_room(op, 1, b) } else { b };
        let (mut x, mut y) = (self.consume(a), self.consume(b));
        let mirrored = self.mirrored;
        if let Some(swapped) = swapped
            && self.should_swap(op, x, y)
        {
            (op, x, y) = (swapped, y, x);
        }
        let start = self.emit_two(op, &[x, y], output);
        self.remember_last(op, x, y, start, mirrored);
    }

    /// As [`FuncTranslator::emit_result`]: these ops are frequent, and have few shapes.
    fn emit_two(&mut self, op: Op, srcs: &[Src; 2], ty: Ty) -> Position {
        match op.info().input {
            _ if SMALL => self.emit_result(op, srcs, ty, &[]),
            Ty::I32 | Ty::F32 => self.emit_shaped(shape::BINARY32, op, srcs, ty, &[]),
            Ty::I64 => self.emit_shaped(shape::BINARY64, op, srcs, ty, &[]),
            Ty::F64 => self.emit_shaped(shape::BINARY_F64, op, srcs, ty, &[]),
        }
    }

    /// Whether operands that may be swapped should be: forms ascend, unless a constant has no room as the second one.
    fn should_swap(&self, op: Op, x: Src, y: Src) -> bool {
        match (x, y) {
            (Src::Imm(bits), _) => op.fits(1, bits),
            (_, Src::Imm(bits)) => !op.fits(1, bits),
            _ => x.form() > y.form(),
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
            self.push(Ty::I32, top.value);
            return;
        }
        self.push(top.ty, top.value);
        self.push(top.ty, Value::Const(0));
        self.compare(eq);
    }

    pub(crate) fn select(&mut self) {
        let condition = self.pop();
        let b = self.pop();
        let a = self.pop();
        if let Value::Const(bits) = condition.value {
            return self.choose(if bits as u32 != 0 { a } else { b }, a.height);
        }
        // The condition may be in the accumulator, so no cell may come before the select: the other two are read from
        // slots, where temporaries are unless they are consumed.
        let (x, y) = (self.read_slot_or_imm(a), self.read_slot_or_imm(b));
        let c = self.consume(condition);
        let op = match a.ty {
            Ty::F32 => Op::SelectF32,
            Ty::F64 => Op::SelectF64,
            _ => Op::SelectInt,
        };
        self.emit_result(op, &[x, y, c], a.ty, &[]);
    }

    fn read_slot_or_imm(&mut self, popped: Popped) -> Src {
        match self.read(popped) {
            Src::Acc => Src::Slot(self.slot_of(popped)),
            other => other,
        }
    }

    /// Pushes `chosen`, which was popped from at or above `height`, as the value at `height`.
    fn choose(&mut self, chosen: Popped, height: usize) {
        if !matches!(chosen.value, Value::Temp(_)) || chosen.height == height {
            self.push(chosen.ty, chosen.value);
            return;
        }
        let src = self.consume(chosen);
        let home = self.home(height);
        self.copy(chosen.ty, src, Dst::Slot(home));
        self.push_home(chosen.ty);
    }
}
