//! A guest's memory, and checked access to it.
//!
//! Invariant: whatever address and length a guest passes, access is inside its memory or fails with `fault`.

use crate::{Errno, Result};
use alloc::vec::Vec;

/// Memory that guest pointers point into: what an engine has to give for the time of a call. Pointers are 32 bits wide
/// and need no alignment; the memory may have any length.
pub trait GuestMemory {
    /// All of it.
    fn bytes(&self) -> &[u8];

    /// All of it.
    fn bytes_mut(&mut self) -> &mut [u8];
}

impl GuestMemory for &mut [u8] {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl GuestMemory for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl dyn GuestMemory + '_ {
    pub(crate) fn slice(&self, at: u32, len: u32) -> Result<&[u8]> {
        let tail = self.bytes().get(at as usize..).ok_or(Errno::Fault)?;
        tail.get(..len as usize).ok_or(Errno::Fault)
    }

    pub(crate) fn slice_mut(&mut self, at: u32, len: u32) -> Result<&mut [u8]> {
        let tail = self.bytes_mut().get_mut(at as usize..).ok_or(Errno::Fault)?;
        tail.get_mut(..len as usize).ok_or(Errno::Fault)
    }

    pub(crate) fn read<const N: usize>(&self, at: u32) -> Result<[u8; N]> {
        let bytes = self.bytes().get(at as usize..).and_then(|tail| tail.first_chunk());
        bytes.copied().ok_or(Errno::Fault)
    }

    pub(crate) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<()> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.slice_mut(at, len)?.copy_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn read_u32(&self, at: u32) -> Result<u32> {
        Ok(u32::from_le_bytes(self.read(at)?))
    }

    pub(crate) fn write_u32(&mut self, at: u32, value: u32) -> Result<()> {
        self.write(at, &value.to_le_bytes())
    }

    pub(crate) fn write_u64(&mut self, at: u32, value: u64) -> Result<()> {
        self.write(at, &value.to_le_bytes())
    }
}

/// The address of element `index` of an array of elements of `size` bytes.
pub(crate) fn element(base: u32, index: u32, size: u32) -> Result<u32> {
    let offset = index.checked_mul(size).ok_or(Errno::Fault)?;
    base.checked_add(offset).ok_or(Errno::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn access_ends_where_memory_ends() {
        let mut bytes = vec![0; 5];
        let memory: &mut dyn GuestMemory = &mut bytes;
        assert_eq!(memory.write_u32(1, 7), Ok(()));
        assert_eq!(memory.read_u32(1), Ok(7));
        assert_eq!(memory.slice(5, 0), Ok(&[][..]));
        for at in [2, 5, 6, u32::MAX] {
            assert_eq!(memory.read_u32(at), Err(Errno::Fault));
            assert_eq!(memory.write_u32(at, 1), Err(Errno::Fault));
        }
        assert_eq!(memory.slice(6, 0), Err(Errno::Fault));
        assert_eq!(memory.slice_mut(4, u32::MAX), Err(Errno::Fault));
        assert_eq!(bytes, [0, 7, 0, 0, 0]);
        assert_eq!(element(u32::MAX, 1, 1), Err(Errno::Fault));
        assert_eq!(element(0, u32::MAX, 2), Err(Errno::Fault));
        assert_eq!(element(8, 2, 4), Ok(16));
    }
}
