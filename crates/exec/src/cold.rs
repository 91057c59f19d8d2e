//! Ops that the run loop does: growth, copies of tables and to them, what drops segments.
//!
//! Not what they do to entities: methods of those do it. Invariant: an op happens as a whole or not at all.

use crate::entity::copy_elements;
use crate::{Error, Limiter, Store};
use wasmite_core::{DataIdx, ElemIdx, IndexType, Trap};
use wasmite_isa::{Op, shape};

/// The operands of a cold op.
struct Cell {
    instance: u32,
    /// What it reads, in stack order; it does not look at more than it needs.
    slots: [u64; 3],
    /// Its indices.
    x: u32,
    y: u32,
}

impl Store {
    /// Does the cold op at which handlers stopped, and moves on to the next cell.
    #[inline(never)]
    pub(crate) fn cold(
        &mut self,
        op: Op,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<(), Error> {
        let first = self.machine.now.fp + usize::from(self.machine.cell_u16(shape::A));
        let slots = [0, 1, 2].map(|at| self.machine.stack.slots().get(first + at).copied());
        let slots = slots.map(Option::unwrap_or_default);
        let (x, y) = (self.machine.cell_u32(shape::B), self.machine.cell_u32(shape::EXTRA));
        let cell = Cell { instance: self.machine.now.instance, slots, x, y };
        let result = self.perform(op, &cell, limiter)?;
        self.move_on(result);
        Ok(())
    }

    /// Writes the result of a cold op, if it has one, and goes on with the next cell.
    #[inline]
    fn move_on(&mut self, result: Option<u64>) {
        if let Some(result) = result {
            let to = self.machine.now.fp + usize::from(self.machine.cell_u16(shape::D));
            self.machine.stack.slots_mut()[to] = result;
            self.machine.values_mut().acc = result;
        }
        self.machine.skip(shape::COLD.words);
    }

    /// Does a cold op and gives its result.
    fn perform(
        &mut self,
        op: Op,
        cell: &Cell,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Option<u64>, Error> {
        let Cell { instance, slots: [a, b, c], x, y } = *cell;
        let entity = &self.instances[instance as usize];
        let table = |index: u32| entity.tables[index as usize];
        match op {
            Op::DataDrop => self.drop_data(instance, DataIdx(x)),
            Op::TableGrow => return self.cold_table_grow(table(x), a, b, limiter).map(Some),
            Op::TableCopy => {
                let fuel = self.machine.fuel_mut();
                copy_elements(&mut self.tables, [table(x), table(y)], [a, b], c, fuel)?;
            }
            Op::TableInit => self.init_table(instance, table(x), ElemIdx(y), a, b, c)?,
            Op::ElemDrop => self.drop_elem(instance, ElemIdx(x)),
            // No other op has a handler that gets here.
            _ => return Err(Trap::Unreachable.into()),
        }
        Ok(None)
    }

    /// Does the growth of a memory at which handlers stopped, and moves on to the next cell. Apart from other cold ops
    /// because some guests do it often.
    #[inline(never)]
    pub(crate) fn cold_memory_grow(
        &mut self,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<(), Error> {
        let machine = &self.machine;
        let now = &machine.now;
        let addr =
            self.instances[now.instance as usize].memories[machine.cell_u32(shape::B) as usize];
        let delta = machine.stack.slots()[now.fp + usize::from(machine.cell_u16(shape::A))];
        if self.metered() {
            let bytes = self.memories[addr as usize].growth(delta).unwrap_or(0);
            self.machine.fuel_mut().charge_bytes(bytes)?;
        }
        let old = match self.grow_memory(addr, delta, limiter) {
            Ok(old) => {
                self.reload_memory(addr);
                old
            }
            Err(error) => failure(error, self.memories[addr as usize].ty().index_type())?,
        };
        self.move_on(Some(old));
        Ok(())
    }

    /// Whether guests pay for what they do. It matters where knowing the price costs something.
    fn metered(&self) -> bool {
        self.engine().config().translation.fuel
    }

    fn cold_table_grow(
        &mut self,
        addr: u32,
        init: u64,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        if self.metered() && self.tables[addr as usize].grown(delta).is_some() {
            self.machine.fuel_mut().charge_elements(delta)?;
        }
        let grown = self.grow_table(addr, delta, init, limiter);
        grown.or_else(|error| failure(error, self.tables[addr as usize].ty().index_type()))
    }
}

/// What a guest sees of growth that failed: -1, unless the limiter wants its call to end.
#[cold]
fn failure(error: Error, index: IndexType) -> Result<u64, Error> {
    match error {
        Error::LimiterFailed => Err(error),
        _ => Ok(index.max_index()),
    }
}
