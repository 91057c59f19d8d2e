//! Loads, stores, loops of them, and globals.
//!
//! Not bulk operations. Memory 0 with 32-bit addresses has ops of its own; everything else takes the general ones.

use crate::Error;
use crate::element_loop;
use crate::function::FuncTranslator;
use crate::fuse::Last;
use crate::stack::{Addend, Popped, Value};
use wasmite_core::GlobalIdx;
use wasmite_isa::{Op, Src, Ty};
use wasmite_module::{BlockType, MemArg};

impl FuncTranslator<'_> {
    pub(crate) fn load(&mut self, op: Op, access: MemArg) {
        let address = self.pop_pending();
        let ty = op.info().output;
        let Some(offset) = self.fast_offset(access) else {
            return self.load_general(op, access, address);
        };
        if let Some((a, b, indexed)) = self.pending_address(op, address, offset) {
            self.emit_result(indexed, &[a, b], ty, &[offset.into()]);
            return;
        }
        let address = self.computed(address);
        if let Some((last, indexed)) = self.fusable_address(op, address, offset) {
            self.take_back(last);
            self.emit_result(indexed, &[last.a, last.b], ty, &[offset.into()]);
            return;
        }
        let (a, offset) = self.address(address, offset);
        self.emit_result(op, &[a], ty, &[offset.into()]);
    }

    pub(crate) fn store(&mut self, op: Op, access: MemArg) {
        let value = self.pop();
        let address = self.pop_pending();
        let Some(offset) = self.fast_offset(access) else {
            return self.store_general(op, access, address, value);
        };
        // Before the address is read: putting a constant into its home changes the accumulator.
        let value = self.with_room(op, 1, value);
        if let Some((a, b, indexed)) = self.pending_address(op, address, offset) {
            let v = self.consume(value);
            self.asm.emit(indexed, &[a, b, v], None, &[offset.into()]);
            return;
        }
        let address = self.computed(address);
        if let Some((last, indexed)) = self.fusable_address(op, address, offset) {
            self.take_back(last);
            let v = self.consume(value);
            self.asm.emit(indexed, &[last.a, last.b, v], None, &[offset.into()]);
            return;
        }
        let (a, offset) = self.address(address, offset);
        let v = self.consume(value);
        self.asm.emit(op, &[a, v], None, &[offset.into()]);
    }

    /// The offset, if the access is to memory 0 with 32-bit addresses.
    fn fast_offset(&self, access: MemArg) -> Option<u32> {
        let memory = self.module.memories()[access.memory as usize];
        let fast = access.memory == 0 && !memory.is_64();
        if fast { u32::try_from(access.offset).ok() } else { None }
    }

    /// The operands of the sum that `address` is, with the form of `op` that adds them itself.
    fn pending_address(&mut self, op: Op, address: Popped, offset: u32) -> Option<(Src, Src, Op)> {
        let Value::Sum(local, addend) = address.value() else { return None };
        // A constant takes the place of the offset.
        let room = if matches!(addend, Addend::Const(_)) { 0 } else { u16::MAX.into() };
        if offset > room {
            return None;
        }
        let indexed = op.indexed()?;
        let (a, b) = self.addends(local, addend, address.height);
        Some((a, b, indexed))
    }

    /// The addition that produced `address` and was emitted last, with the form of `op` that does it itself.
    fn fusable_address(&self, op: Op, address: Popped, offset: u32) -> Option<(Last, Op)> {
        let last = self.last_for(address)?;
        // A constant takes the place of the offset.
        let room = if matches!(last.b, Src::Imm(_)) { 0 } else { u16::MAX.into() };
        let fits = self.options.fuse_addresses && last.op == Op::I32Add && offset <= room;
        if fits { Some((last, op.indexed()?)) } else { None }
    }

    /// The address operand and the offset; a constant address becomes part of the offset where it fits.
    fn address(&mut self, address: Popped, offset: u32) -> (Src, u32) {
        if let Value::Const(bits) = address.value()
            && let Some(sum) = (bits as u32).checked_add(offset)
        {
            return (Src::Imm(0), sum);
        }
        let address = match address.value() {
            Value::Const(_) => self.in_home(address),
            _ => address,
        };
        (self.consume_here(address), offset)
    }

    fn load_general(&mut self, op: Op, access: MemArg, address: Popped) {
        let Some(general) = op.general() else { return };
        let address = self.computed(address);
        let a = self.slot_of(address);
        let home = self.home(self.stack.len());
        let fields = [a.0.into(), home.0.into(), access.memory.into(), access.offset];
        self.asm.emit(general, &[], None, &fields);
        let ty = op.info().output;
        self.mirror(ty.class(), home);
        self.push_home(ty);
    }

    fn store_general(&mut self, op: Op, access: MemArg, address: Popped, value: Popped) {
        let Some(general) = op.general() else { return };
        let address = self.computed(address);
        let a = self.slot_of(address);
        let v = self.slot_of(value);
        self.asm.emit(
            general,
            &[],
            None,
            &[a.0.into(), v.0.into(), access.memory.into(), access.offset],
        );
    }

    /// Emits the cell that runs iterations of the loop of type `ty` that begins here, if it is one that can be.
    pub(crate) fn run_element_loop(&mut self, ty: BlockType) -> Result<(), Error> {
        let fast = self.module.memories().first().is_some_and(|memory| !memory.is_64());
        // Fuel is charged cell by cell: what a loop's regions cost is known only at its end.
        let wanted = self.options.native_loops && !self.options.fuel && !wasmite_module::SMALL;
        if !wanted || !fast || ty != BlockType::Empty {
            return Ok(());
        }
        // The opcode and the empty type are a byte each.
        let inside = self.module.body(self.func).operators_from(self.offset + 2);
        if let Some(operators) = inside
            && let Some(found) = element_loop::find(operators, &self.locals)?
        {
            let registers = self.integer_registers();
            self.asm.element_loop(&found, registers);
        }
        Ok(())
    }

    pub(crate) fn global_get(&mut self, index: u32) {
        let ty = self.scalar(self.module.globals()[index as usize].ty.content);
        let (op, index) = self.global_op(
            index,
            ty,
            [
                [Op::GlobalGetInt, Op::GlobalGetF32, Op::GlobalGetF64],
                [Op::ImportedGlobalGetInt, Op::ImportedGlobalGetF32, Op::ImportedGlobalGetF64],
            ],
        );
        self.emit_result(op, &[], ty, &[index.into()]);
    }

    pub(crate) fn global_set(&mut self, index: u32) {
        let value = self.pop();
        let (op, index) = self.global_op(
            index,
            value.ty(),
            [
                [Op::GlobalSetInt, Op::GlobalSetF32, Op::GlobalSetF64],
                [Op::ImportedGlobalSetInt, Op::ImportedGlobalSetF32, Op::ImportedGlobalSetF64],
            ],
        );
        let a = self.consume(value);
        self.asm.emit(op, &[a], None, &[index.into()]);
    }

    /// The op for a global and its index among the defined or the imported ones; `ops` are `[defined, imported]` by class.
    fn global_op(&self, index: u32, ty: Ty, ops: [[Op; 3]; 2]) -> (Op, u32) {
        let imported = self.module.imported_global_count();
        let [defined_ops, imported_ops] = ops;
        match GlobalIdx(index).0.checked_sub(imported) {
            Some(defined) => (defined_ops[ty.class() as usize], defined),
            None => (imported_ops[ty.class() as usize], index),
        }
    }
}
