//! Bytes that never move: lent by the host for good, or address space that is reserved once.
//!
//! Not memories that are allocated as they grow: those are vectors. Invariant: I10; what is not yet in use of reserved
//! space is zero, and the system has not committed it.

use core::ptr::NonNull;

/// Reserved address space, which is given back when this is dropped.
#[cfg(reserves)]
type Mapping = memmap2::MmapRaw;
/// Reserved address space, which there is none of here.
#[cfg(not(reserves))]
type Mapping = core::convert::Infallible;

/// Bytes that never move, of which the first few are in use.
pub(crate) struct Region {
    start: NonNull<u8>,
    /// Bytes in use, at most `capacity`.
    len: usize,
    capacity: usize,
    /// What frees the bytes, unless they are lent.
    mapping: Option<Mapping>,
}

// SAFETY: I10, a region is the only way to its bytes, as if it owned them.
unsafe impl Send for Region {}
// SAFETY: I10, and a shared region is only read.
unsafe impl Sync for Region {}

impl Region {
    /// Whether address space can be reserved here: with std, on 64-bit Unix.
    pub(crate) const RESERVES: bool = cfg!(reserves);

    /// The host's bytes, none of them in use yet.
    pub(crate) fn lent(bytes: &'static mut [u8]) -> Self {
        let capacity = bytes.len();
        Self { start: NonNull::from(bytes).cast(), len: 0, capacity, mapping: None }
    }

    /// `capacity` bytes of address space, not 0; `None` if they cannot be had.
    #[cfg(reserves)]
    pub(crate) fn reserved(capacity: usize) -> Option<Self> {
        let map = memmap2::MmapOptions::new().len(capacity).no_reserve_swap().map_anon().ok()?;
        let mapping = Mapping::from(map);
        let start = NonNull::new(mapping.as_mut_ptr())?;
        Some(Self { start, len: 0, capacity, mapping: Some(mapping) })
    }

    /// `capacity` bytes of address space: none can be had here.
    #[cfg(not(reserves))]
    pub(crate) fn reserved(_: usize) -> Option<Self> {
        None
    }

    /// Whether the host has lent the bytes.
    pub(crate) fn is_lent(&self) -> bool {
        self.mapping.is_none()
    }

    /// Bytes that can be in use.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Bytes in use.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The first byte.
    #[inline]
    pub(crate) fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// The bytes in use.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: I10, there are so many bytes, and only `&mut self` lets anyone change them.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    /// The bytes in use.
    #[inline]
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: I10, there are so many bytes, and nobody else can reach them.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// Has `len` bytes in use, not fewer than before; those that come in are zero.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub(crate) fn extend(&mut self, len: usize) {
        assert!(len <= self.capacity, "a region has its capacity at most");
        let old = core::mem::replace(&mut self.len, len);
        if self.is_lent() {
            // What the host, or a guest before, has left there.
            self.bytes_mut()[old..].fill(0);
        }
    }

    /// Has no bytes in use. Of lent bytes only: reserved ones would not be zero when they come in again.
    pub(crate) fn clear(&mut self) {
        debug_assert!(self.is_lent());
        self.len = 0;
    }

    /// Uses at most `most` bytes from now on, at least those in use.
    pub(crate) fn limit(&mut self, most: u64) {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.capacity = self.capacity.min(most).max(self.len);
    }
}

#[cfg(test)]
mod tests {
    use super::Region;
    use alloc::{boxed::Box, vec};

    #[test]
    fn lent_bytes_are_cleared_when_they_come_in() {
        let mut region = Region::lent(Box::leak(vec![7; 10].into()));
        assert!(region.is_lent() && region.bytes().is_empty());
        region.extend(4);
        region.bytes_mut().fill(9);
        region.extend(6);
        assert_eq!(region.bytes(), [9, 9, 9, 9, 0, 0]);
        region.clear();
        region.extend(2);
        assert_eq!(region.bytes(), [0, 0]);
        region.limit(1);
        assert_eq!(region.capacity(), 2);
    }

    #[test]
    #[should_panic = "capacity"]
    fn there_are_no_bytes_beyond_the_capacity() {
        Region::lent(Box::leak(vec![7; 10].into())).extend(11);
    }

    #[cfg(reserves)]
    #[test]
    fn reserved_bytes_stay_where_they_are() {
        let mut region = Region::reserved(1 << 36).unwrap();
        let start = region.start();
        region.extend(1);
        region.bytes_mut()[0] = 1;
        region.extend(1 << 35);
        let bytes = region.bytes();
        assert_eq!((bytes[0], bytes[1], bytes[(1 << 35) - 1]), (1, 0, 0));
        assert_eq!(region.start(), start);
        assert!(Region::reserved(isize::MAX as usize).is_none());
    }
}
