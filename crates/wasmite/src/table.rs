//! Tables as users see them.

use crate::{AsContext, AsContextMut, Error, Ref, store::StoreInner};
use wasmite_core::TableType;

/// A handle to a table of a store. Indices and sizes are in elements.
///
/// # Panics
/// Every function panics if the table, or a reference given to it, belongs to another store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Table {
    pub(crate) table: wasmite_exec::Table,
}

impl Table {
    /// A table of its own, with `init` in all elements.
    ///
    /// # Errors
    /// If `init` is of another type, or a limit, the resource limiter or the machine refuses its size.
    pub fn new(mut ctx: impl AsContextMut, ty: TableType, init: Ref) -> Result<Self, Error> {
        let store = ctx.as_context_mut().0;
        let init = element(store, ty, init)?;
        let table = store.limited(|exec, limiter| exec.new_table(ty, init, limiter))?;
        Ok(Self { table })
    }

    /// The type, with the current size as minimum.
    pub fn ty(&self, ctx: impl AsContext) -> TableType {
        ctx.as_context().0.exec.table_type(self.table)
    }

    /// The size.
    pub fn size(&self, ctx: impl AsContext) -> u64 {
        ctx.as_context().0.exec.table_size(self.table)
    }

    /// The element at `index`; `None` beyond the end.
    pub fn get(&self, ctx: impl AsContext, index: u64) -> Option<Ref> {
        let exec = &ctx.as_context().0.exec;
        let slot = exec.table_get(self.table, index)?;
        Some(Ref::from_slot(slot, &exec.table_type(self.table).element(), exec))
    }

    /// Replaces the element at `index`.
    ///
    /// # Errors
    /// If `index` is beyond the end or `value` is of another type.
    pub fn set(&self, mut ctx: impl AsContextMut, index: u64, value: Ref) -> Result<(), Error> {
        let store = ctx.as_context_mut().0;
        let slot = element(store, store.exec.table_type(self.table), value)?;
        Ok(store.exec.table_set(self.table, index, slot)?)
    }

    /// Grows by `delta` elements that hold `init` and returns the size before.
    ///
    /// # Errors
    /// If `init` is of another type, or the type's maximum, a limit, the resource limiter or the machine refuses. The
    /// table is then unchanged.
    pub fn grow(&self, mut ctx: impl AsContextMut, delta: u64, init: Ref) -> Result<u64, Error> {
        let store = ctx.as_context_mut().0;
        let init = element(store, store.exec.table_type(self.table), init)?;
        store.limited(|exec, limiter| exec.table_grow(self.table, delta, init, limiter))
    }

    /// Sets `len` elements from `index` to `value`.
    ///
    /// # Errors
    /// If the range reaches beyond the end (the table is then unchanged) or `value` is of another type.
    pub fn fill(
        &self,
        mut ctx: impl AsContextMut,
        index: u64,
        value: Ref,
        len: u64,
    ) -> Result<(), Error> {
        let store = ctx.as_context_mut().0;
        let slot = element(store, store.exec.table_type(self.table), value)?;
        Ok(store.exec.table_fill(self.table, index, slot, len)?)
    }

    /// Copies `len` elements between tables, or within one, as if through a buffer.
    ///
    /// # Errors
    /// If a range reaches beyond the end of its table (nothing is then copied) or the element types differ.
    pub fn copy(
        mut ctx: impl AsContextMut,
        dst: &Self,
        dst_index: u64,
        src: &Self,
        src_index: u64,
        len: u64,
    ) -> Result<(), Error> {
        let exec = &mut ctx.as_context_mut().0.exec;
        let (to, from) =
            (exec.table_type(dst.table).element(), exec.table_type(src.table).element());
        if to != from {
            return Err(Error::usage(format_args!("cannot copy elements of type {from} to {to}")));
        }
        Ok(exec.table_copy(dst.table, dst_index, src.table, src_index, len)?)
    }
}

/// The slot for an element of a table of type `ty`.
fn element<T>(store: &StoreInner<T>, ty: TableType, value: Ref) -> Result<u64, Error> {
    if !value.matches_ty(&ty.element()) {
        let (found, expected) = (value.ty(), ty.element());
        return Err(Error::usage(format_args!(
            "table element: expected {expected}, found {found}"
        )));
    }
    Ok(value.to_slot(&store.exec))
}
