//! Listing directories.
//!
//! Invariant: a listing that is read from cookie 0 to its end shows every name that was there all the time exactly once,
//! whatever was created or removed meanwhile.

use super::Call;
use crate::{
    DirEntry, Errno, FileType, GuestMemory, Result, Rights,
    descriptors::{Descriptor, listed_bytes},
    types::Record,
};
use alloc::vec::Vec;

/// Bytes of a record before the name.
const HEADER: usize = 24;

impl Call<'_> {
    /// Fills the buffer with entries, the last of them cut if need be: a buffer that is not full says that this was all.
    pub(crate) fn fd_readdir(
        &mut self,
        fd: u32,
        buffer: u32,
        len: u32,
        cookie: u64,
        used: u32,
    ) -> Result<()> {
        self.memory.slice(buffer, len)?;
        let descriptor = self.ctx.descriptors.get(fd)?;
        descriptor.as_dir(Rights::FD_READDIR)?;
        if cookie == 0 || descriptor.listing.is_empty() {
            let listing = self.list(fd)?;
            self.ctx.descriptors.get_mut(fd)?.listing = listing;
        }
        let listing = &self.ctx.descriptors.get(fd)?.listing;
        let start = usize::try_from(cookie).unwrap_or(usize::MAX).min(listing.len());
        let written = write_entries(self.memory, &listing[start..], cookie, buffer, len)?;
        self.memory.write_u32(used, written)
    }

    /// Everything in the directory now, as far as limits allow.
    fn list(&mut self, fd: u32) -> Result<Vec<DirEntry>> {
        let limit = self.ctx.limits.listing_bytes;
        self.ctx.descriptors.get_mut(fd)?.listing = Vec::new();
        let mut held = self.ctx.descriptors.listing_bytes();
        let descriptor: &Descriptor = self.ctx.descriptors.get(fd)?;
        let dir = descriptor.as_dir(Rights::FD_READDIR)?;
        let mut listing = Vec::new();
        let mut add = |entry: DirEntry| {
            held += listed_bytes(&entry);
            if held > limit {
                return Err(Errno::NoMem);
            }
            listing.try_reserve(1).map_err(|_| Errno::NoMem)?;
            listing.push(entry);
            Ok(())
        };
        let ino = dir.stat()?.ino;
        // The parent's own number is none of the guest's business if it cannot go there.
        for name in [&b"."[..], b".."] {
            add(DirEntry { name: name.into(), ino, filetype: FileType::Directory })?;
        }
        dir.read_dir(&mut add)?;
        Ok(listing)
    }
}

/// Writes entries until the buffer is full and says how much of it was used.
fn write_entries(
    memory: &mut dyn GuestMemory,
    entries: &[DirEntry],
    cookie: u64,
    buffer: u32,
    len: u32,
) -> Result<u32> {
    let mut rest = memory.slice_mut(buffer, len)?;
    for (entry, number) in entries.iter().zip(cookie..) {
        let name_len = u32::try_from(entry.name.len()).map_err(|_| Errno::Overflow)?;
        let mut record = Record::<HEADER>::default();
        record.put(0, number.saturating_add(1).to_le_bytes());
        record.put(8, entry.ino.to_le_bytes());
        record.put(16, name_len.to_le_bytes());
        record.put(20, [entry.filetype as u8]);
        for part in [&record.0[..], &entry.name] {
            let (target, behind) = rest.split_at_mut(part.len().min(rest.len()));
            target.copy_from_slice(&part[..target.len()]);
            rest = behind;
        }
        if rest.is_empty() {
            break;
        }
    }
    // No longer than the buffer.
    Ok(len - rest.len() as u32)
}
