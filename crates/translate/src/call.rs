//! Calls, tail calls and returns.
//!
//! Arguments are put into their home slots, which is where the callee's frame starts (see `wasmite_isa`'s frames).

use crate::function::FuncTranslator;
use crate::stack::SHALLOW;
use wasmite_core::{FuncIdx, TypeIdx, ValType};
use wasmite_isa::{Op, Src, Ty};

impl FuncTranslator<'_> {
    pub(crate) fn call(&mut self, func: u32) {
        let module = self.module;
        let ty = module.func_type(FuncIdx(func));
        self.compute_sums(SHALLOW);
        let base = self.materialize_top(ty.params().len());
        self.truncate(base);
        let frame = self.home(base).0.into();
        let op = if func < module.imported_func_count() { Op::CallImport } else { Op::Call };
        self.asm.emit(op, &[], None, &[frame, func.into()]);
        self.call_results(base, ty.results());
    }

    pub(crate) fn call_indirect(&mut self, type_index: u32, table: u32) {
        let module = self.module;
        let ty = &module.types()[TypeIdx(type_index).index()];
        self.compute_sums(SHALLOW);
        let index = self.pop();
        let base = self.stack.len() - ty.params().len();
        // Putting arguments into their slots may change the accumulator: then the index is read from its slot, which lies
        // above the arguments.
        let moves = (base..self.stack.len()).any(|height| !self.is_home(height));
        let index = match self.read(index) {
            src @ (Src::Hot | Src::Warm) => src,
            _ if moves => Src::Slot(self.slot_of(index)),
            _ => self.operand(Op::CallIndirect, 0, index),
        };
        self.materialize_top(ty.params().len());
        self.truncate(base);
        let fields = [self.home(base).0.into(), type_index.into(), table.into()];
        self.asm.emit(Op::CallIndirect, &[index], None, &fields);
        self.call_results(base, ty.results());
    }

    fn call_results(&mut self, base: usize, results: &[ValType]) {
        self.forget_accumulators();
        for ty in results {
            let ty = self.scalar(*ty);
            self.push_home(ty);
        }
        if let [result] = results {
            let class = self.scalar(*result).class();
            let home = self.home(base);
            self.mirror(class, home);
        }
    }

    pub(crate) fn tail_call(&mut self, func: u32) {
        let module = self.module;
        let params = module.func_type(FuncIdx(func)).params().len();
        let base = self.materialize_top(params);
        let args = self.home(base).0.into();
        let op =
            if func < module.imported_func_count() { Op::TailCallImport } else { Op::TailCall };
        self.asm.emit(op, &[], None, &[args, params as u64, func.into()]);
        self.leave_for(0);
        self.leave();
    }

    pub(crate) fn tail_call_indirect(&mut self, type_index: u32, table: u32) {
        let params = self.module.types()[type_index as usize].params().len();
        let index = self.pop();
        let index = self.slot_of(index);
        let base = self.materialize_top(params);
        let args = self.home(base).0.into();
        let fields = [args, index.0.into(), params as u64, type_index.into(), table.into()];
        self.asm.emit(Op::TailCallIndirect, &[], None, &fields);
        self.leave_for(0);
        self.leave();
    }

    /// Returns the topmost values.
    pub(crate) fn ret(&mut self) {
        let count = self.results.len();
        match count {
            0 => {
                self.asm.emit(Op::Return, &[], None, &[]);
            }
            1 => {
                let value = self.pop();
                let op = match value.ty() {
                    Ty::F32 => Op::ReturnF32,
                    Ty::F64 => Op::ReturnF64,
                    _ => Op::ReturnInt,
                };
                let a = self.operand(op, 0, value);
                self.asm.emit(op, &[a], None, &[]);
            }
            _ => {
                let base = self.materialize_top(count);
                let first = self.home(base).0.into();
                self.asm.emit(Op::ReturnMany, &[], None, &[first, count as u64]);
            }
        }
        self.leave_for(0);
        self.leave();
    }
}
