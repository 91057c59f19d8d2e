//! Linear memories.
//!
//! Not page arithmetic, which is core's, nor where the bytes are. Invariant: the storage's length is the memory's size, a
//! whole number of pages within what the type allows; what it holds is what counts for limits.

use super::{span, storage::Storage};
use crate::limiter::{Growth, GrowthKind, Quota};
use crate::raw::{Region, View};
use crate::{Error, Limiter, Memory, Store, fuel::Fuel};
use wasmite_core::heap::{Boxed, Grow};
use wasmite_core::{Limits, MemoryType, Trap};

/// A linear memory.
pub(crate) struct MemoryEntity {
    /// The bytes in use (I4).
    view: View<u8>,
    ty: MemoryType,
    storage: Storage,
    /// The size in bytes up to which it may grow without asking anybody: what is held, as far as its type allows.
    free: u64,
    /// How often it has grown.
    growths: u64,
}

/// What a memory has used so far. Memories never shrink, so these are peaks too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryUsage {
    /// The type, with the current size as minimum.
    pub ty: MemoryType,
    /// The size in bytes.
    pub bytes: u64,
    /// Bytes held for it: its size, what it has got in advance to grow faster, or all that was lent to it.
    pub held: u64,
    /// How often it has grown by a page or more.
    pub growths: u64,
}

impl MemoryEntity {
    /// A memory of its minimum size, in `region` if there is one. If it cannot be made, `region` is given back.
    pub(crate) fn new(
        ty: MemoryType,
        region: &mut Option<Boxed<Region>>,
        quota: &mut Quota<'_, '_>,
    ) -> Result<Self, Error> {
        let storage = match region.take() {
            Some(mut region) => {
                // Nobody asks about bytes that are held already.
                region.limit(quota.limits.memory_bytes);
                Storage::Fixed(region)
            }
            None => Storage::new(&ty, quota.growth, quota.limits)?,
        };
        let mut memory = Self { view: View::EMPTY, ty, storage, free: 0, growths: 0 };
        match memory.grow_to(ty.minimum(), quota) {
            Ok(()) => Ok(memory),
            Err(error) => {
                *region = memory.into_lent();
                Err(error)
            }
        }
    }

    /// The bytes that were lent to the memory, for use by another one.
    pub(crate) fn into_lent(self) -> Option<Boxed<Region>> {
        match self.storage {
            Storage::Fixed(mut region) if region.is_lent() => {
                region.clear();
                Some(region)
            }
            Storage::Heap(_) | Storage::Fixed(_) => None,
        }
    }

    /// The type, with the current size as minimum.
    pub(crate) fn ty(&self) -> MemoryType {
        self.ty.with_minimum(self.pages())
    }

    /// The current size in pages.
    pub(crate) fn pages(&self) -> u64 {
        self.ty.page().pages_in(self.storage.len())
    }

    /// What it has used so far.
    fn usage(&self) -> MemoryUsage {
        let (bytes, held) = (self.storage.len(), self.storage.held());
        MemoryUsage { ty: self.ty(), bytes, held, growths: self.growths }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.storage.bytes()
    }

    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.storage.bytes_mut()
    }

    /// The bytes in use, as a pointer that is good until the memory grows.
    #[inline(always)]
    pub(crate) fn view(&self) -> &View<u8> {
        &self.view
    }

    /// Has `len` bytes in use, and holds `hold` if that many can be had.
    fn extend(&mut self, len: u64, hold: u64) -> Result<(), Error> {
        self.storage.extend(len, hold)?;
        self.view = View { base: self.storage.start(), len };
        self.free = self.storage.held().min(self.ty.max_bytes());
        Ok(())
    }

    /// The bytes that growing by `delta` pages adds, if the type allows it.
    pub(crate) fn growth(&self, delta: u64) -> Option<u64> {
        self.ty.grown(self.pages(), delta)?;
        self.ty.page().bytes_of(delta)
    }

    /// Grows by `delta` pages within what is held, which was granted and is counted, and returns the size before.
    #[inline]
    fn grow_within(&mut self, delta: u64) -> Option<u64> {
        let (page, old) = (self.ty.page(), self.view.len);
        let len = old.checked_add(page.bytes_of(delta)?)?;
        if len > self.free {
            return None;
        }
        self.storage.extend_within(len as usize);
        self.view.len = len;
        self.growths += u64::from(delta > 0);
        Some(page.pages_in(old))
    }

    /// Grows by `delta` pages and returns the size before. On failure nothing changes.
    fn grow(&mut self, delta: u64, quota: &mut Quota<'_, '_>) -> Result<u64, Error> {
        let old = self.pages();
        match self.ty.grown(old, delta) {
            Some(_) if delta == 0 => {}
            Some(pages) => {
                self.grow_to(pages, quota)?;
                self.growths += 1;
            }
            None => return Err(quota.failed(GrowthKind::Memory, Error::MaximumExceeded)),
        }
        Ok(old)
    }

    fn grow_to(&mut self, pages: u64, quota: &mut Quota<'_, '_>) -> Result<(), Error> {
        let page = self.ty.page();
        let Some(desired) = page.bytes_of(pages) else {
            // 2^64 bytes are more than there can be.
            return Err(quota.failed(GrowthKind::Memory, Error::OutOfMemory));
        };
        let growth = Growth {
            kind: GrowthKind::Memory,
            current: self.storage.len(),
            desired,
            maximum: self.ty.maximum().and_then(|pages| page.bytes_of(pages)),
            most: self.ty.max_bytes(),
            step: page.bytes(),
            held: self.storage.held(),
        };
        quota.grow(growth, |hold| {
            self.extend(desired, hold)?;
            Ok(self.storage.held())
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
        let bytes = self.bytes_mut();
        let from = span(from, count, source.len()).ok_or(Trap::MemoryOutOfBounds)?;
        let to = span(at, count, bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
        fuel.charge_bytes(count)?;
        bytes[to].copy_from_slice(&source[from]);
        Ok(())
    }
}

impl Store {
    /// A new memory of its type's minimum size.
    pub fn new_memory(
        &mut self,
        ty: MemoryType,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Memory, Error> {
        let addr = self.add_memory(ty, &mut None, limiter)?;
        Ok(Memory::new(self.id(), addr))
    }

    /// A new memory of its type's minimum size in `bytes`, which it never outgrows. Nothing is allocated for its contents,
    /// so that it does not count for what the store holds.
    pub fn new_static_memory(
        &mut self,
        ty: MemoryType,
        bytes: &'static mut [u8],
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Memory, Error> {
        let region = Boxed::new(Region::lent(bytes))?;
        let addr = self.add_memory(ty, &mut Some(region), limiter)?;
        Ok(Memory::new(self.id(), addr))
    }

    /// Lends bytes to the next memory that an instance defines, after those to which bytes were lent before. It never
    /// outgrows them, and they do not count for what the store holds.
    pub fn lend_memory(&mut self, bytes: &'static mut [u8]) -> Result<(), Error> {
        Ok(self.lent.add(bytes)?)
    }

    /// Makes a memory that an instance defines, in bytes that were lent if there are any, and returns its address.
    pub(crate) fn add_defined_memory(
        &mut self,
        ty: MemoryType,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u32, Error> {
        let mut region = self.lent.take();
        let added = self.add_memory(ty, &mut region, limiter);
        if let Some(region) = region {
            self.lent.give_back(region);
        }
        added
    }

    /// Makes a memory, in `region` if there is one, and returns its address. If it cannot be made, `region` is given back.
    fn add_memory(
        &mut self,
        ty: MemoryType,
        region: &mut Option<Boxed<Region>>,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u32, Error> {
        if let Some(limiter) = limiter {
            let most = limiter.memories() as u64;
            Limits::check("memories of a store", self.memories.len() as u64 + 1, most)?;
        }
        super::room_for(1, &mut self.memories)?;
        let (memories, mut quota) = self.memories_and_quota(limiter);
        let memory = MemoryEntity::new(ty, region, &mut quota)?;
        memories.put(memory);
        self.moved();
        Ok(self.memories.len() as u32 - 1)
    }

    /// Removes the memories from `count` on, which nothing may refer to. What was lent to them is for the next ones.
    pub(crate) fn truncate_memories(&mut self, count: usize) {
        while self.memories.len() > count
            && let Some(memory) = self.memories.pop()
        {
            if let Some(region) = memory.into_lent() {
                self.lent.give_back(region);
            }
        }
    }

    /// Grows the memory at `addr` by `delta` pages and returns its size before.
    #[inline]
    pub(crate) fn grow_memory(
        &mut self,
        addr: u32,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        // Often nobody need be asked: some guests grow a byte at a time.
        let old = match limiter {
            None => self.memories[addr as usize].grow_within(delta),
            Some(_) => None,
        };
        let old = match old {
            Some(old) => old,
            None => self.grow_memory_asking(addr, delta, limiter)?,
        };
        self.moved();
        Ok(old)
    }

    #[inline(never)]
    fn grow_memory_asking(
        &mut self,
        addr: u32,
        delta: u64,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<u64, Error> {
        let (memories, mut quota) = self.memories_and_quota(limiter);
        memories[addr as usize].grow(delta, &mut quota)
    }

    /// The memory's type, with its current size as minimum.
    pub fn memory_type(&self, memory: Memory) -> MemoryType {
        self.memory(memory).ty()
    }

    /// The memory's size in pages of its type.
    pub fn memory_pages(&self, memory: Memory) -> u64 {
        self.memory(memory).pages()
    }

    /// What each memory of the store has used so far, in order of creation.
    pub fn memory_usage(&self) -> impl ExactSizeIterator<Item = MemoryUsage> {
        self.memories.iter().map(MemoryEntity::usage)
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
