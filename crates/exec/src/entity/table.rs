//! Tables.
//!
//! Not indirect calls. Invariant: there are as many elements as the table's size, within what the type allows, and each
//! is a reference of the element type.

use super::span;
use crate::limiter::{Growth, GrowthKind, Quota};
use crate::raw::View;
use crate::{Error, Limiter, Store, Table, fuel::Fuel};
use alloc::vec::Vec;
use wasmite_core::{Limits, TableType, Trap, ValType, heap::Grow};

/// A table: its elements are slot values.
pub(crate) struct TableEntity {
    /// The elements (I4).
    view: View<u64>,
    ty: TableType,
    elems: Vec<u64>,
}

impl TableEntity {
    /// A table of its minimum size, filled with `init`.
    pub(crate) fn new(ty: TableType, init: u64, quota: &mut Quota<'_, '_>) -> Result<Self, Error> {
        let mut table = Self { view: View::EMPTY, ty, elems: Vec::new() };
        table.grow_to(ty.minimum(), init, quota)?;
        Ok(table)
    }

    /// The type, with the current size as minimum.
    pub(crate) fn ty(&self) -> TableType {
        self.ty.with_minimum(self.size())
    }

    /// The current size in elements.
    pub(crate) fn size(&self) -> u64 {
        self.elems.len() as u64
    }

    #[inline]
    pub(crate) fn elems(&self) -> &[u64] {
        &self.elems
    }

    #[inline]
    pub(crate) fn elems_mut(&mut self) -> &mut [u64] {
        &mut self.elems
    }

    /// The elements, as a pointer that is good until the table grows.
    #[inline(always)]
    pub(crate) fn view(&self) -> &View<u64> {
        &self.view
    }

    /// Adds elements up to `size`, which are `init`.
    fn extend(&mut self, size: usize, init: u64) -> Result<(), Error> {
        self.elems.try_resize(size, init)?;
        self.view = View { base: self.elems.as_mut_ptr(), len: self.size() };
        Ok(())
    }

    /// The element at `at`.
    pub(crate) fn get(&self, at: u64) -> Option<u64> {
        self.elems.get(usize::try_from(at).ok()?).copied()
    }

    /// The most elements that the type allows.
    fn most(&self) -> u64 {
        self.ty.maximum().unwrap_or(u64::MAX).min(self.ty.index_type().max_index())
    }

    /// The size after growing by `delta` elements, if the type allows it.
    pub(crate) fn grown(&self, delta: u64) -> Option<u64> {
        self.size().checked_add(delta).filter(|size| *size <= self.most())
    }

    /// Grows by `delta` elements of `init` within what is held, which was granted and is counted, and returns the size before.
    #[inline]
    fn grow_within(&mut self, delta: u64, init: u64) -> Option<u64> {
        let old = self.size();
        let size = self.grown(delta)?;
        if size > self.elems.capacity() as u64 {
            return None;
        }
        self.extend(size as usize, init).ok()?;
        Some(old)
    }

    /// Grows by `delta` elements of `init` and returns the size before. On failure nothing changes.
    pub(crate) fn grow(
        &mut self,
        delta: u64,
        init: u64,
        quota: &mut Quota<'_, '_>,
    ) -> Result<u64, Error> {
        let old = self.size();
        match self.grown(delta) {
            Some(_) if delta == 0 => {}
            Some(size) => self.grow_to(size, init, quota)?,
            None => {
                return Err(quota.failed(GrowthKind::Table, Error::MaximumExceeded));
            }
        }
        Ok(old)
    }

    fn grow_to(&mut self, size: u64, init: u64, quota: &mut Quota<'_, '_>) -> Result<(), Error> {
        let growth = Growth {
            kind: GrowthKind::Table,
            current: self.size(),
            desired: size,
            maximum: self.ty.maximum(),
            most: self.most(),
            step: 1,
            held: self.elems.capacity() as u64,
        };
        quota.grow(growth, |hold| {
            let size = usize::try_from(size).map_err(|_| Error::OutOfMemory)?;
            let (elems, hold) = (&mut self.elems, usize::try_from(hold).unwrap_or(size));
            let old = elems.len();
            elems.try_reserve_exact(hold - old).or_else(|_| elems.try_reserve_exact(size - old))?;
            self.extend(size, init)?;
            Ok(self.elems.capacity() as u64)
        })
    }

    /// Sets `count` elements from `at` to `value`, or none if some are out of bounds.
    pub(crate) fn fill(
        &mut self,
        at: u64,
        value: u64,
        count: u64,
        fuel: &mut Fuel,
    ) -> Result<(), Trap> {
        let span = span(at, count, self.elems.len()).ok_or(Trap::TableOutOfBounds)?;
        fuel.charge_elements(count)?;
        self.elems[span].fill(value);
        Ok(())
    }

    /// Copies `count` elements within the table, or none if some are out of bounds.
    fn copy_within(&mut self, at: u64, from: u64, count: u64, fuel: &mut Fuel) -> Result<(), Trap> {
        let to = span(at, count, self.elems.len()).ok_or(Trap::TableOutOfBounds)?;
        let from = span(from, count, self.elems.len()).ok_or(Trap::TableOutOfBounds)?;
        fuel.charge_elements(count)?;
        self.elems.copy_within(from, to.start);
        Ok(())
    }

    /// Copies `count` elements of `source` from `from` on to `at`, or none if some are out of bounds.
    fn copy_from(
        &mut self,
        at: u64,
        source: &[u64],
        from: u64,
        count: u64,
        fuel: &mut Fuel,
    ) -> Result<(), Trap> {
        let from = span(from, count, source.len()).ok_or(Trap::TableOutOfBounds)?;
        let to = span(at, count, self.elems.len()).ok_or(Trap::TableOutOfBounds)?;
        fuel.charge_elements(count)?;
        self.elems[to].copy_from_slice(&source[from]);
        Ok(())
    }
}

/// Copies `count` elements from `from` in the one table, of which the address comes second, to `at` in the other, or none if
/// some are out of bounds.
pub(crate) fn copy_elements(
    tables: &mut [TableEntity],
    [table, source]: [u32; 2],
    [at, from]: [u64; 2],
    count: u64,
    fuel: &mut Fuel,
) -> Result<(), Trap> {
    match tables.get_disjoint_mut([table as usize, source as usize]) {
        Ok([table, source]) => table.copy_from(at, source.elems(), from, count, fuel),
        Err(_) => tables[table as usize].copy_within(at, from, count, fuel),
    }
}

impl Store {
    /// A new table of its type's minimum size, filled with the reference `init`.
    pub fn new_table(
        &mut self,
        ty: TableType,
        init: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Table, Error> {
        self.check_value(ValType::Ref(ty.element()), init)?;
        let addr = self.add_table(ty, init, limiter)?;
        Ok(Table::new(self.id(), addr))
    }

    /// Makes a table and returns its address.
    pub(crate) fn add_table(
        &mut self,
        ty: TableType,
        init: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u32, Error> {
        if let Some(limiter) = limiter {
            let most = limiter.tables() as u64;
            Limits::check("tables of a store", self.tables.len() as u64 + 1, most)?;
        }
        super::room_for(1, &mut self.tables)?;
        let (tables, mut quota) = self.tables_and_quota(limiter);
        let table = TableEntity::new(ty, init, &mut quota)?;
        tables.put(table);
        self.moved();
        Ok(self.tables.len() as u32 - 1)
    }

    /// Grows the table at `addr` by `delta` elements of `init` and returns its size before.
    pub(crate) fn grow_table(
        &mut self,
        addr: u32,
        delta: u64,
        init: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        let old = match limiter {
            None => self.tables[addr as usize].grow_within(delta, init),
            Some(_) => None,
        };
        let old = match old {
            Some(old) => old,
            None => {
                let (tables, mut quota) = self.tables_and_quota(limiter);
                tables[addr as usize].grow(delta, init, &mut quota)?
            }
        };
        self.moved();
        Ok(old)
    }

    /// The table's type, with its current size as minimum.
    pub fn table_type(&self, table: Table) -> TableType {
        self.table(table).ty()
    }

    /// The table's size in elements.
    pub fn table_size(&self, table: Table) -> u64 {
        self.table(table).size()
    }

    /// The element at `at`, `None` out of bounds.
    pub fn table_get(&self, table: Table, at: u64) -> Option<u64> {
        self.table(table).get(at)
    }

    /// Sets the element at `at`.
    pub fn table_set(&mut self, table: Table, at: u64, value: u64) -> Result<(), Error> {
        self.table_fill(table, at, value, 1)
    }

    /// Grows the table by `delta` elements of `init` and returns its size before. On failure nothing changes.
    pub fn table_grow(
        &mut self,
        table: Table,
        delta: u64,
        init: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        self.check_value(ValType::Ref(self.table(table).ty.element()), init)?;
        self.grow_table(table.addr(self.id()), delta, init, limiter)
    }

    /// Sets `count` elements from `at` to `value`, or none if some are out of bounds.
    pub fn table_fill(
        &mut self,
        table: Table,
        at: u64,
        value: u64,
        count: u64,
    ) -> Result<(), Error> {
        self.check_value(ValType::Ref(self.table(table).ty.element()), value)?;
        let addr = table.addr(self.id()) as usize;
        Ok(self.tables[addr].fill(at, value, count, &mut Fuel::unlimited())?)
    }

    /// Copies `count` elements of `source` from `from` on to `table` at `at`, or none if some are out of bounds. The
    /// element types must be the same.
    pub fn table_copy(
        &mut self,
        table: Table,
        at: u64,
        source: Table,
        from: u64,
        count: u64,
    ) -> Result<(), Error> {
        if self.table(table).ty.element() != self.table(source).ty.element() {
            return Err(Error::TypeMismatch);
        }
        let (to, source) = (table.addr(self.id()), source.addr(self.id()));
        Ok(copy_elements(
            &mut self.tables,
            [to, source],
            [at, from],
            count,
            &mut Fuel::unlimited(),
        )?)
    }

    fn table(&self, table: Table) -> &TableEntity {
        &self.tables[table.addr(self.id()) as usize]
    }
}
