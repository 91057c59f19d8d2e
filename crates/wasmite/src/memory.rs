//! Linear memories as users see them.

use crate::{AsContext, AsContextMut, Error, StoreContext, StoreContextMut};
use wasmite_core::MemoryType;

/// A handle to a linear memory of a store.
///
/// # Panics
/// Every function panics if the memory belongs to another store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Memory {
    pub(crate) memory: wasmite_exec::Memory,
}

/// A host's access reached beyond the end of a memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("out of bounds memory access")]
pub struct MemoryAccessError;

impl Memory {
    /// A memory of its own, filled with zeros.
    ///
    /// # Errors
    /// If a limit, the resource limiter or the machine refuses its size.
    pub fn new(mut ctx: impl AsContextMut, ty: MemoryType) -> Result<Self, Error> {
        let store = ctx.as_context_mut().0;
        let memory = store.limited(|exec, limiter| exec.new_memory(ty, limiter))?;
        Ok(Self { memory })
    }

    /// A memory of its own in bytes of the host's, which it clears as it comes to use them. It cannot grow beyond them.
    ///
    /// Nothing is allocated for its contents, so that only limits on single memories count. Wasmi's; for memories that modules
    /// define see [`Store::lend_memory`](crate::Store::lend_memory).
    ///
    /// # Errors
    /// If there are fewer bytes than the type's minimum, or as [`Memory::new`].
    pub fn new_static(
        mut ctx: impl AsContextMut,
        ty: MemoryType,
        bytes: &'static mut [u8],
    ) -> Result<Self, Error> {
        let store = ctx.as_context_mut().0;
        let memory = store.limited(|exec, limiter| exec.new_static_memory(ty, bytes, limiter))?;
        Ok(Self { memory })
    }

    /// The type, with the current size as minimum.
    pub fn ty(&self, ctx: impl AsContext) -> MemoryType {
        ctx.as_context().0.exec.memory_type(self.memory)
    }

    /// The size in pages.
    pub fn size(&self, ctx: impl AsContext) -> u64 {
        ctx.as_context().0.exec.memory_pages(self.memory)
    }

    /// The size of a page in bytes.
    pub fn page_size(&self, ctx: impl AsContext) -> u64 {
        self.ty(ctx).page_size()
    }

    /// Log2 of the size of a page in bytes.
    pub fn page_size_log2(&self, ctx: impl AsContext) -> u8 {
        self.ty(ctx).page_size_log2()
    }

    /// The size in bytes: an `u64` as all sizes, where Wasmtime and Wasmi have an `usize` here.
    pub fn data_size(&self, ctx: impl AsContext) -> u64 {
        ctx.as_context().0.exec.memory_bytes(self.memory).len() as u64
    }

    /// Grows by `delta` pages of zeros and returns the size before, in pages.
    ///
    /// # Errors
    /// If the type's maximum, a limit, the resource limiter or the machine refuses. The memory is then unchanged.
    pub fn grow(&self, mut ctx: impl AsContextMut, delta: u64) -> Result<u64, Error> {
        let store = ctx.as_context_mut().0;
        store.limited(|exec, limiter| exec.memory_grow(self.memory, delta, limiter))
    }

    /// The bytes.
    pub fn data<'a, T: 'a>(&self, ctx: impl Into<StoreContext<'a, T>>) -> &'a [u8] {
        ctx.into().0.exec.memory_bytes(self.memory)
    }

    /// The bytes.
    pub fn data_mut<'a, T: 'a>(&self, ctx: impl Into<StoreContextMut<'a, T>>) -> &'a mut [u8] {
        ctx.into().0.exec.memory_bytes_mut(self.memory)
    }

    /// The bytes and the host's data at once.
    pub fn data_and_store_mut<'a, T: 'a>(
        &self,
        ctx: impl Into<StoreContextMut<'a, T>>,
    ) -> (&'a mut [u8], &'a mut T) {
        let store = ctx.into().0;
        (store.exec.memory_bytes_mut(self.memory), &mut store.data)
    }

    /// Copies bytes out, from `offset`.
    ///
    /// # Errors
    /// If the memory ends before the buffer is full; the buffer is then unchanged.
    pub fn read(
        &self,
        ctx: impl AsContext,
        offset: usize,
        buffer: &mut [u8],
    ) -> Result<(), MemoryAccessError> {
        let context = ctx.as_context();
        let bytes = context.0.exec.memory_bytes(self.memory);
        let source = bytes.get(offset..).and_then(|tail| tail.get(..buffer.len()));
        buffer.copy_from_slice(source.ok_or(MemoryAccessError)?);
        Ok(())
    }

    /// Copies bytes in, to `offset`.
    ///
    /// # Errors
    /// If the memory ends before all of the buffer is copied; the memory is then unchanged.
    pub fn write(
        &self,
        mut ctx: impl AsContextMut,
        offset: usize,
        buffer: &[u8],
    ) -> Result<(), MemoryAccessError> {
        let bytes = ctx.as_context_mut().0.exec.memory_bytes_mut(self.memory);
        let target = bytes.get_mut(offset..).and_then(|tail| tail.get_mut(..buffer.len()));
        target.ok_or(MemoryAccessError)?.copy_from_slice(buffer);
        Ok(())
    }
}
