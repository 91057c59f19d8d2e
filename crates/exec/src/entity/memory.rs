//! Linear memories.
//!
//! Not page arithmetic, which is core's. Invariant: the buffer's length is the memory's size, a whole number of pages
//! within what the type allows; whatever is new in it is zero; its capacity is what counts as held.

use super::span;
use crate::limiter::{Growth, GrowthKind, Quota};
use crate::raw::zeroed;
use crate::{Error, Limiter, Memory, Store, fuel::Fuel};
use alloc::vec::Vec;
use wasmite_core::{Limits, MemoryType, Trap, heap::Grow};

/// A linear memory.
pub(crate) struct MemoryEntity {
    ty: MemoryType,
    bytes: Vec<u8>,
}

impl MemoryEntity {
    /// A memory of its minimum size.
    pub(crate) fn new(ty: MemoryType, quota: &mut Quota<'_, '_>) -> Result<Self, Error> {
        let mut memory = Self { ty, bytes: Vec::new() };
        memory.grow_to(ty.minimum(), quota)?;
        Ok(memory)
    }

    /// The type, with the current size as minimum.
    pub(crate) fn ty(&self) -> MemoryType {
        self.ty.with_minimum(self.pages())
    }

    /// The current size in pages.
    pub(crate) fn pages(&self) -> u64 {
        self.ty.page().pages_in(self.bytes.len() as u64)
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The first byte, as a pointer that is good until the memory grows.
    #[inline]
    pub(crate) fn start(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    /// The bytes that growing by `delta` pages adds, if the type allows it.
    pub(crate) fn growth(&self, delta: u64) -> Option<u64> {
        self.ty.grown(self.pages(), delta)?;
        self.ty.page().bytes_of(delta)
    }

    /// Grows by `delta` pages and returns the size before. On failure nothing changes.
    pub(crate) fn grow(&mut self, delta: u64, quota: &mut Quota<'_, '_>) -> Result<u64, Error> {
        let old = self.pages();
        match self.ty.grown(old, delta) {
            Some(_) if delta == 0 => {}
            Some(pages) => self.grow_to(pages, quota)?,
            None => {
                quota.failed(GrowthKind::Memory);
                return Err(Error::MaximumExceeded);
            }
        }
        Ok(old)
    }

    fn grow_to(&mut self, pages: u64, quota: &mut Quota<'_, '_>) -> Result<(), Error> {
        let page = self.ty.page();
        let Some(desired) = page.bytes_of(pages) else {
            // 2^64 bytes are more than there can be.
            quota.failed(GrowthKind::Memory);
            return Err(Error::OutOfMemory);
        };
        let growth = Growth {
            kind: GrowthKind::Memory,
            current: self.bytes.len() as u64,
            desired,
            maximum: self.ty.maximum().and_then(|pages| page.bytes_of(pages)),
            held: self.bytes.capacity() as u64,
        };
        quota.grow(growth, |hold| {
            extend(&mut self.bytes, desired, hold)?;
            Ok(self.bytes.capacity() as u64)
        })
    }

    /// Copies `count` bytes of `source` from `from` on to `at`, or none if some are out of bounds.
    pub(crate) fn init(
        &mut self,
        at: u64,
        source: &[u8],
        from: u64,
        count: u64,
        fuel: &mut Fuel,
    ) -> Result<(), Trap> {
        let from = span(from, count, source.len()).ok_or(Trap::MemoryOutOfBounds)?;
        let to = span(at, count, self.bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
        fuel.charge_bytes(count)?;
        self.bytes[to].copy_from_slice(&source[from]);
        Ok(())
    }
}

/// Extends `bytes` with zeros to `len`, allocating `hold` if it can be had, else just that.
#[inline]
fn extend(bytes: &mut Vec<u8>, len: u64, hold: u64) -> Result<(), Error> {
    let len = usize::try_from(len).map_err(|_| Error::OutOfMemory)?;
    if len > bytes.capacity() {
        return reallocate(bytes, len, usize::try_from(hold).unwrap_or(len));
    }
    #[expect(clippy::disallowed_methods, reason = "there is room")]
    bytes.resize(len, 0);
    Ok(())
}

#[cold]
fn reallocate(bytes: &mut Vec<u8>, len: usize, hold: usize) -> Result<(), Error> {
    let old = bytes.len();
    if len - old > old {
        // More is new than old: copying costs less than touching all that is new.
        let mut extended = zeroed(hold).or_else(|| zeroed(len)).ok_or(Error::OutOfMemory)?;
        extended[..old].copy_from_slice(bytes);
        extended.truncate(len);
        *bytes = extended;
    } else {
        bytes.try_reserve_exact(hold - old).or_else(|_| bytes.try_reserve_exact(len - old))?;
        bytes.try_resize(len, 0)?;
    }
    Ok(())
}

impl Store {
    /// A new memory of its type's minimum size.
    pub fn new_memory(
        &mut self,
        ty: MemoryType,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Memory, Error> {
        let addr = self.add_memory(ty, limiter)?;
        Ok(Memory::new(self.id(), addr))
    }

    /// Makes a memory and returns its address.
    pub(crate) fn add_memory(
        &mut self,
        ty: MemoryType,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u32, Error> {
        if let Some(limiter) = limiter {
            let most = limiter.memories() as u64;
            Limits::check("memories of a store", self.memories.len() as u64 + 1, most)?;
        }
        super::room_for(1, &mut self.memories)?;
        let (memories, mut quota) = self.memories_and_quota(limiter);
        let memory = MemoryEntity::new(ty, &mut quota)?;
        memories.put(memory);
        self.moved();
        Ok(self.memories.len() as u32 - 1)
    }

    /// Grows the memory at `addr` by `delta` pages and returns its size before.
    pub(crate) fn grow_memory(
        &mut self,
        addr: u32,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        let (memories, mut quota) = self.memories_and_quota(limiter);
        let old = memories[addr as usize].grow(delta, &mut quota)?;
        self.moved();
        Ok(old)
    }

    /// The memory's type, with its current size as minimum.
    pub fn memory_type(&self, memory: Memory) -> MemoryType {
        self.memory(memory).ty()
    }

    /// The memory's size in pages of its type.
    pub fn memory_pages(&self, memory: Memory) -> u64 {
        self.memory(memory).pages()
    }

    /// The memory's contents.
    pub fn memory_bytes(&self, memory: Memory) -> &[u8] {
        self.memory(memory).bytes()
    }

    /// The memory's contents.
    pub fn memory_bytes_mut(&mut self, memory: Memory) -> &mut [u8] {
        let addr = memory.addr(self.id()) as usize;
        self.memories[addr].bytes_mut()
    }

    /// Grows the memory by `delta` pages and returns its size before, in pages. On failure nothing changes.
    pub fn memory_grow(
        &mut self,
        memory: Memory,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        self.grow_memory(memory.addr(self.id()), delta, limiter)
    }

    fn memory(&self, memory: Memory) -> &MemoryEntity {
        &self.memories[memory.addr(self.id()) as usize]
    }
}
