//! Reading, writing and seeking.
//!
//! Invariant: bytes go between the host and the guest's memory without a buffer in between, so no length that a guest
//! names is ever allocated.

use super::Call;
use crate::{Errno, FdFlags, File, GuestMemory, Interest, Result, Rights, Whence, memory::element};

/// Where in a file to read or write.
#[derive(Clone, Copy)]
enum Place {
    /// At the current position, which moves on.
    Current,
    /// Here; the current position stays.
    At(u64),
}

/// An array of buffers in the guest's memory.
#[derive(Clone, Copy)]
struct Buffers {
    at: u32,
    count: u32,
}

impl Buffers {
    /// Address and length of one.
    fn get(self, memory: &dyn GuestMemory, index: u32) -> Result<(u32, u32)> {
        let at = element(self.at, index, 8)?;
        Ok((memory.read_u32(at)?, memory.read_u32(element(at, 1, 4)?)?))
    }
}

impl Call<'_> {
    pub(crate) fn fd_read(&mut self, fd: u32, iovecs: u32, count: u32, read: u32) -> Result<()> {
        let total = self.read_buffers(fd, Buffers { at: iovecs, count }, Place::Current)?;
        self.memory.write_u32(read, total)
    }

    pub(crate) fn fd_pread(
        &mut self,
        fd: u32,
        iovecs: u32,
        count: u32,
        offset: u64,
        read: u32,
    ) -> Result<()> {
        let total = self.read_buffers(fd, Buffers { at: iovecs, count }, Place::At(offset))?;
        self.memory.write_u32(read, total)
    }

    pub(crate) fn fd_write(
        &mut self,
        fd: u32,
        iovecs: u32,
        count: u32,
        written: u32,
    ) -> Result<()> {
        let total = self.write_buffers(fd, Buffers { at: iovecs, count }, Place::Current)?;
        self.memory.write_u32(written, total)
    }

    pub(crate) fn fd_pwrite(
        &mut self,
        fd: u32,
        iovecs: u32,
        count: u32,
        offset: u64,
        written: u32,
    ) -> Result<()> {
        let total = self.write_buffers(fd, Buffers { at: iovecs, count }, Place::At(offset))?;
        self.memory.write_u32(written, total)
    }

    pub(crate) fn fd_seek(
        &mut self,
        fd: u32,
        offset: i64,
        whence: u32,
        position: u32,
    ) -> Result<()> {
        let whence = match whence {
            0 => Whence::Set,
            1 => Whence::Cur,
            2 => Whence::End,
            _ => return Err(Errno::Inval),
        };
        self.seek(fd, offset, whence, position)
    }

    pub(super) fn seek(
        &mut self,
        fd: u32,
        offset: i64,
        whence: Whence,
        position: u32,
    ) -> Result<()> {
        // Asking where one is takes less than going elsewhere.
        let telling = offset == 0 && whence == Whence::Cur;
        let right = if telling { Rights::FD_TELL } else { Rights::FD_SEEK | Rights::FD_TELL };
        let at = self.seekable(fd, right)?.seek(offset, whence)?;
        self.memory.write_u64(position, at)
    }

    pub(crate) fn fd_tell(&mut self, fd: u32, position: u32) -> Result<()> {
        self.seek(fd, 0, Whence::Cur, position)
    }

    /// A file with a position, if it may be used so.
    fn seekable(&mut self, fd: u32, right: Rights) -> Result<&mut dyn File> {
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        if !descriptor.as_file(Rights::empty())?.seekable() {
            return Err(Errno::Spipe);
        }
        descriptor.as_file(right)
    }

    /// The file to read or write, once that has to wait for nothing but what the guest is willing to wait for.
    fn transfer(
        &mut self,
        fd: u32,
        right: Rights,
        interest: Interest,
        place: Place,
    ) -> Result<&mut dyn File> {
        if let Place::At(_) = place {
            return self.seekable(fd, right | Rights::FD_SEEK);
        }
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        let patient = !descriptor.fdflags.contains(FdFlags::NONBLOCK);
        let file = descriptor.as_file(right)?;
        if patient || file.wait(interest, Some(0))?.is_some() {
            Ok(file)
        } else {
            Err(Errno::Again)
        }
    }

    fn read_buffers(&mut self, fd: u32, buffers: Buffers, place: Place) -> Result<u32> {
        self.check_count(buffers)?;
        self.transfer(fd, Rights::FD_READ, Interest::Read, place)?;
        let file = self.ctx.descriptors.get_mut(fd)?.as_file(Rights::FD_READ)?;
        let mut total = 0;
        for index in 0..buffers.count {
            let (at, len) = buffers.get(self.memory, index)?;
            // What the guest is told in 32 bits must not be more than that.
            let len = len.min(u32::MAX - total);
            let buffer = self.memory.slice_mut(at, len)?;
            let read = match place {
                Place::Current => file.read(buffer),
                Place::At(offset) => file.read_at(buffer, after(offset, total)?),
            };
            let read = match read {
                Ok(read) => read.min(len as usize) as u32,
                Err(error) if total == 0 => return Err(error),
                Err(_) => break,
            };
            total += read;
            if read < len || (read > 0 && !file.seekable()) {
                break;
            }
        }
        Ok(total)
    }

    fn write_buffers(&mut self, fd: u32, buffers: Buffers, place: Place) -> Result<u32> {
        self.check_count(buffers)?;
        self.transfer(fd, Rights::FD_WRITE, Interest::Write, place)?;
        let file = self.ctx.descriptors.get_mut(fd)?.as_file(Rights::FD_WRITE)?;
        let mut total = 0;
        for index in 0..buffers.count {
            let (at, len) = buffers.get(self.memory, index)?;
            let len = len.min(u32::MAX - total);
            let buffer = self.memory.slice(at, len)?;
            let written = match place {
                _ if len == 0 => Ok(0),
                Place::Current => file.write(buffer),
                Place::At(offset) => file.write_at(buffer, after(offset, total)?),
            };
            let written = match written {
                Ok(written) => written.min(len as usize) as u32,
                Err(error) if total == 0 => return Err(error),
                Err(_) => break,
            };
            total += written;
            if written < len {
                break;
            }
        }
        Ok(total)
    }

    fn check_count(&self, buffers: Buffers) -> Result<()> {
        if buffers.count > self.ctx.limits.iovecs { Err(Errno::Inval) } else { Ok(()) }
    }
}

/// The place in a file that is `total` bytes after `offset`.
fn after(offset: u64, total: u32) -> Result<u64> {
    offset.checked_add(total.into()).ok_or(Errno::Overflow)
}
