//! Where the bytes of a memory are.
//!
//! Not what a memory may have of them. Invariant: bytes that come in are zero; what fails changes nothing.

use crate::raw::{Region, zeroed};
use crate::{Error, config::MemoryGrowth};
use alloc::vec::Vec;
use wasmite_core::heap::{Boxed, Grow};
use wasmite_core::{Limits, MemoryType};

/// The bytes of a memory.
pub(crate) enum Storage {
    /// Allocated as they come in. The vector's capacity is what is held.
    Heap(Vec<u8>),
    /// At one place for good.
    Fixed(Boxed<Region>),
}

/// Address space at most for one memory with 64-bit addresses: a small part of what there is, so that many memories fit.
const MOST_RESERVED: u64 = 1 << 36;

impl Storage {
    /// No bytes yet, for a memory that grows as `growth` says.
    pub(crate) fn new(
        ty: &MemoryType,
        growth: MemoryGrowth,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let most = ty.max_bytes().min(limits.memory_bytes).min(MOST_RESERVED);
        if growth != MemoryGrowth::Reserved || most == 0 {
            return Ok(Self::Heap(Vec::new()));
        }
        let most = usize::try_from(most).map_err(|_| Error::OutOfMemory)?;
        let region = Region::reserved(most).ok_or(Error::OutOfMemory)?;
        Ok(Self::Fixed(Boxed::new(region)?))
    }

    /// Bytes in use.
    #[inline(always)]
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Heap(bytes) => bytes.len() as u64,
            Self::Fixed(region) => region.len() as u64,
        }
    }

    /// Bytes that are set aside for the memory, at least those in use. Address space alone does not count.
    #[inline]
    pub(crate) fn held(&self) -> u64 {
        match self {
            Self::Heap(bytes) => bytes.capacity() as u64,
            Self::Fixed(region) if region.is_lent() => region.capacity() as u64,
            Self::Fixed(region) => region.len() as u64,
        }
    }

    /// The bytes in use.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Fixed(region) => region.bytes(),
        }
    }

    /// The bytes in use.
    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Fixed(region) => region.bytes_mut(),
        }
    }

    /// The first byte, as a pointer that is good until bytes come in.
    #[inline(always)]
    pub(crate) fn start(&mut self) -> *mut u8 {
        match self {
            Self::Heap(bytes) => bytes.as_mut_ptr(),
            Self::Fixed(region) => region.start(),
        }
    }

    /// Has `len` bytes in use, not fewer than before; holds `hold` if that many can be had, else just those.
    pub(crate) fn extend(&mut self, len: u64, hold: u64) -> Result<(), Error> {
        let len = usize::try_from(len).map_err(|_| Error::OutOfMemory)?;
        match self {
            Self::Heap(bytes) if len > bytes.capacity() => {
                reallocate(bytes, len, usize::try_from(hold).unwrap_or(len))?;
            }
            Self::Fixed(region) if len > region.capacity() => return Err(Error::OutOfMemory),
            Self::Heap(_) | Self::Fixed(_) => self.extend_within(len),
        }
        Ok(())
    }

    /// Has `len` bytes in use, not fewer than before and no more than there is room for.
    #[inline]
    pub(crate) fn extend_within(&mut self, len: usize) {
        match self {
            #[expect(clippy::disallowed_methods, reason = "there is room")]
            Self::Heap(bytes) => bytes.resize(len, 0),
            Self::Fixed(region) => region.extend(len),
        }
    }
}

/// New bytes from which on the system's zeros, which cost nothing until they are touched, are worth a copy of the old ones.
const MANY: usize = 1 << 16;

#[cold]
fn reallocate(bytes: &mut Vec<u8>, len: usize, hold: usize) -> Result<(), Error> {
    let old = bytes.len();
    if old == 0 || (len - old > old && len - old >= MANY) {
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
