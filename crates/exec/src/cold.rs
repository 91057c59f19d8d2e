//! Ops that the run loop does: memory and table sizes, growth, bulk operations, references to functions.
//!
//! Not what they do to entities: methods of those do it. Invariant: an op happens as a whole or not at all.

use crate::{Error, Limiter, Store};
use wasmite_core::{DataIdx, ElemIdx, FuncIdx, IndexType, Trap};
use wasmite_isa::{Op, shape};

/// The operands of a cold op.
struct Cell {
    instance: u32,
    /// What it reads, in stack order; unused ones 0.
    slots: [u64; 3],
    /// Its indices.
    x: u32,
    y: u32,
}

impl Store {
    /// Does the cold op at which handlers stopped, and moves on to the next cell.
    pub(crate) fn cold(
        &mut self,
        op: Op,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<(), Error> {
        let (reads, writes) = op.slot_runs().unwrap_or((0, 0));
        let (fp, first) = (self.machine.now.fp, usize::from(self.machine.now.u16(shape::A)));
        let mut slots = [0; 3];
        slots[..reads].copy_from_slice(&self.machine.stack.slots()[fp + first..][..reads]);
        let (x, y) = (self.machine.now.u32(shape::B), self.machine.now.u32(shape::EXTRA));
        let result =
            self.perform(op, &Cell { instance: self.machine.now.instance, slots, x, y }, limiter)?;
        if writes == 1 {
            let to = fp + usize::from(self.machine.now.u16(shape::D));
            self.machine.stack.slots_mut()[to] = result;
            self.machine.now.values.acc = result;
        }
        self.machine.now.ip = self.machine.now.ip.after(shape::COLD.words);
        Ok(())
    }

    /// Does a cold op; what has no result gives 0.
    fn perform(
        &mut self,
        op: Op,
        cell: &Cell,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        let Cell { instance, slots: [a, b, c], x, y } = *cell;
        let entity = &self.instances[instance as usize];
        let memory = |index: u32| entity.memories[index as usize];
        let table = |index: u32| entity.tables[index as usize];
        match op {
            Op::MemorySize => return Ok(self.memories[memory(x) as usize].pages()),
            Op::MemoryGrow => return Ok(self.cold_memory_grow(memory(x), a, limiter)),
            Op::MemoryFill => self.memories[memory(x) as usize].fill(a, b as u8, c)?,
            Op::MemoryCopy => self.copy_memory(memory(x), memory(y), a, b, c)?,
            Op::MemoryInit => self.init_memory(instance, memory(x), DataIdx(y), a, b, c)?,
            Op::DataDrop => self.drop_data(instance, DataIdx(x)),
            Op::TableGet => {
                let element = self.tables[table(x) as usize].get(a);
                return Ok(element.ok_or(Trap::TableOutOfBounds)?);
            }
            Op::TableSet => self.tables[table(x) as usize].set(a, b)?,
            Op::TableSize => return Ok(self.tables[table(x) as usize].size()),
            Op::TableGrow => return Ok(self.cold_table_grow(table(x), a, b, limiter)),
            Op::TableFill => self.tables[table(x) as usize].fill(a, b, c)?,
            Op::TableCopy => self.copy_table(table(x), table(y), a, b, c)?,
            Op::TableInit => self.init_table(instance, table(x), ElemIdx(y), a, b, c)?,
            Op::ElemDrop => self.drop_elem(instance, ElemIdx(x)),
            Op::RefFunc => return Ok(entity.func_ref(FuncIdx(x))),
            // No other op has a handler that gets here.
            _ => return Err(Trap::Unreachable.into()),
        }
        Ok(0)
    }

    fn cold_memory_grow(
        &mut self,
        addr: u32,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> u64 {
        let index = self.memories[addr as usize].ty().index_type();
        self.grow_memory(addr, delta, limiter).unwrap_or(failure(index))
    }

    fn cold_table_grow(
        &mut self,
        addr: u32,
        init: u64,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> u64 {
        let index = self.tables[addr as usize].ty().index_type();
        self.grow_table(addr, delta, init, limiter).unwrap_or(failure(index))
    }
}

/// What growth gives that was not possible: -1.
fn failure(index: IndexType) -> u64 {
    index.max_index()
}
