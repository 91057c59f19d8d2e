//! Ops on runs of slots: bulk memory and table operations, references, wide arithmetic.

use crate::function::FuncTranslator;
use wasmite_core::IndexType;
use wasmite_isa::{Op, Ty};

/// The scalar type of an index.
pub(crate) fn index_ty(index: IndexType) -> Ty {
    match index {
        IndexType::I32 => Ty::I32,
        IndexType::I64 => Ty::I64,
    }
}

impl FuncTranslator<'_> {
    /// Emits an op that the run loop does, with its two indices; the result, if any, is of type `output`.
    pub(crate) fn cold(&mut self, op: Op, x: u32, y: u32, output: Option<Ty>) {
        let (reads, _) = op.slot_runs().unwrap_or_default();
        let base = self.materialize_top(reads);
        self.truncate(base);
        let home = self.home(base);
        self.asm.emit(op, &[], None, &[home.0.into(), home.0.into(), x.into(), y.into()]);
        // A run loop that came back has the result in the integer accumulator and nothing of the others.
        self.forget_accumulators();
        if let Some(ty) = output {
            self.push_home(ty);
            self.mirror(ty.class(), home);
        }
    }

    /// Emits a fill or copy of three operands, whose slots become the first of `fields`; the indices it is about are there.
    pub(crate) fn bulk<const FIELDS: usize>(&mut self, op: Op, mut fields: [u64; FIELDS]) {
        let operands = [self.pop(), self.pop(), self.pop()].map(|popped| self.slot_of(popped));
        for (field, slot) in fields.iter_mut().zip(operands.iter().rev()) {
            *field = slot.0.into();
        }
        self.asm.emit(op, &[], None, &fields);
        // What the handler calls need not keep them.
        self.forget_accumulators();
    }

    pub(crate) fn memory_size(&mut self, memory: u32) {
        let log2 = self.module.memories()[memory as usize].page().log2();
        let fields = [memory.into(), log2.into()];
        self.emit_result(Op::MemorySize, &[], self.memory_ty(memory), &fields);
    }

    pub(crate) fn table_get(&mut self, table: u32) {
        let index = self.pop();
        let a = self.operand(Op::TableGet, 0, index);
        self.emit_result(Op::TableGet, &[a], Ty::I64, &[table.into()]);
    }

    pub(crate) fn table_set(&mut self, table: u32) {
        let value = self.pop();
        let index = self.pop();
        // Null always has room. The index comes first: putting a constant into its home changes the accumulator.
        let a = self.operand(Op::TableSet, 0, index);
        let v = self.consume(value);
        self.asm.emit(Op::TableSet, &[a, v], None, &[table.into()]);
    }

    pub(crate) fn memory_ty(&self, memory: u32) -> Ty {
        index_ty(self.module.memories()[memory as usize].index_type())
    }

    pub(crate) fn table_ty(&self, table: u32) -> Ty {
        index_ty(self.module.tables()[table as usize].ty.index_type())
    }

    /// Emits a wide-arithmetic op: operands and two results in consecutive slots.
    pub(crate) fn wide(&mut self, op: Op) {
        let (reads, writes) = op.slot_runs().unwrap_or_default();
        let base = self.materialize_top(reads);
        self.truncate(base);
        let home = self.home(base);
        self.asm.emit(op, &[], None, &[home.0.into(), home.0.into()]);
        // The handler needs their native registers.
        self.forget_accumulators();
        (0..writes).for_each(|_| self.push_home(Ty::I64));
    }
}
