//! Descriptors as such: their state, their attributes, closing and renumbering.

use super::{Call, flags16};
use crate::{
    Advice, Errno, FdFlags, FileStat, FileType, Result, Rights, SetTimes,
    descriptors::{Descriptor, Object},
    types::{Record, flags},
};

impl Call<'_> {
    pub(crate) fn fd_advise(&mut self, fd: u32, offset: u64, len: u64, advice: u32) -> Result<()> {
        let advice = Advice::from_guest(advice)?;
        let file = self.ctx.descriptors.get_mut(fd)?.as_file(Rights::FD_ADVISE)?;
        offset.checked_add(len).ok_or(Errno::Inval)?;
        file.advise(offset, len, advice)
    }

    pub(crate) fn fd_allocate(&mut self, fd: u32, offset: u64, len: u64) -> Result<()> {
        let file = self.ctx.descriptors.get_mut(fd)?.as_file(Rights::FD_ALLOCATE)?;
        offset.checked_add(len).ok_or(Errno::Fbig)?;
        if len == 0 {
            return Err(Errno::Inval);
        }
        file.allocate(offset, len)
    }

    pub(crate) fn fd_close(&mut self, fd: u32) -> Result<()> {
        self.ctx.descriptors.remove(fd).map(drop)
    }

    pub(crate) fn fd_datasync(&mut self, fd: u32) -> Result<()> {
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        descriptor.require(Rights::FD_DATASYNC)?;
        match &mut descriptor.object {
            Object::File(file) => file.datasync(),
            Object::Dir(dir) => dir.sync(),
        }
    }

    pub(crate) fn fd_sync(&mut self, fd: u32) -> Result<()> {
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        descriptor.require(Rights::FD_SYNC)?;
        match &mut descriptor.object {
            Object::File(file) => file.sync(),
            Object::Dir(dir) => dir.sync(),
        }
    }

    pub(crate) fn fd_fdstat_get(&mut self, fd: u32, stat: u32) -> Result<()> {
        let descriptor = self.ctx.descriptors.get(fd)?;
        let filetype = match &descriptor.object {
            Object::File(file) => file.filetype(),
            Object::Dir(_) => FileType::Directory,
        };
        let mut record = Record::<24>::default();
        record.put(0, [filetype as u8]);
        record.put(2, descriptor.fdflags.bits().to_le_bytes());
        record.put(8, descriptor.rights.bits().to_le_bytes());
        record.put(16, descriptor.inheriting.bits().to_le_bytes());
        self.memory.write(stat, &record.0)
    }

    /// Appending and waiting can be changed; synchronization is decided when a file is opened.
    pub(crate) fn fd_fdstat_set_flags(&mut self, fd: u32, fdflags: u32) -> Result<()> {
        let wanted: FdFlags = flags16(fdflags)?;
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        let before = descriptor.fdflags;
        let changed = wanted.symmetric_difference(before);
        let file = descriptor.as_file(Rights::FD_FDSTAT_SET_FLAGS)?;
        if changed.intersects(FdFlags::DSYNC | FdFlags::RSYNC | FdFlags::SYNC) {
            return Err(Errno::Inval);
        }
        if changed.contains(FdFlags::APPEND) {
            file.set_append(wanted.contains(FdFlags::APPEND))?;
        }
        descriptor.fdflags = wanted;
        Ok(())
    }

    pub(crate) fn fd_fdstat_set_rights(
        &mut self,
        fd: u32,
        rights: u64,
        inheriting: u64,
    ) -> Result<()> {
        let (rights, inheriting): (Rights, Rights) = (flags(rights)?, flags(inheriting)?);
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        if !descriptor.rights.contains(rights) || !descriptor.inheriting.contains(inheriting) {
            return Err(Errno::NotCapable);
        }
        (descriptor.rights, descriptor.inheriting) = (rights, inheriting);
        Ok(())
    }

    pub(crate) fn fd_filestat_get(&mut self, fd: u32, stat: u32) -> Result<()> {
        let found = self.stat(fd)?;
        self.memory.write(stat, &found.to_bytes())
    }

    pub(super) fn stat(&self, fd: u32) -> Result<FileStat> {
        let descriptor = self.ctx.descriptors.get(fd)?;
        descriptor.require(Rights::FD_FILESTAT_GET)?;
        match &descriptor.object {
            Object::File(file) => file.stat(),
            Object::Dir(dir) => dir.stat(),
        }
    }

    pub(crate) fn fd_filestat_set_size(&mut self, fd: u32, size: u64) -> Result<()> {
        let file = self.ctx.descriptors.get_mut(fd)?.as_file(Rights::FD_FILESTAT_SET_SIZE)?;
        file.set_size(size)
    }

    pub(crate) fn fd_filestat_set_times(
        &mut self,
        fd: u32,
        atim: u64,
        mtim: u64,
        fst_flags: u32,
    ) -> Result<()> {
        let times = SetTimes::from_guest(atim, mtim, fst_flags)?;
        let descriptor = self.ctx.descriptors.get_mut(fd)?;
        descriptor.require(Rights::FD_FILESTAT_SET_TIMES)?;
        match &mut descriptor.object {
            Object::File(file) => file.set_times(times),
            Object::Dir(dir) => dir.set_times(times),
        }
    }

    pub(crate) fn fd_prestat_get(&mut self, fd: u32, prestat: u32) -> Result<()> {
        /// The kind of pre-opened thing that directories are, the only one.
        const DIRECTORY: u8 = 0;
        let name = preopen_name(self.ctx.descriptors.get(fd)?)?;
        let len = u32::try_from(name.len()).map_err(|_| Errno::Overflow)?;
        let mut record = Record::<8>::default();
        record.put(0, [DIRECTORY]);
        record.put(4, len.to_le_bytes());
        self.memory.write(prestat, &record.0)
    }

    pub(crate) fn fd_prestat_dir_name(&mut self, fd: u32, path: u32, len: u32) -> Result<()> {
        let name = preopen_name(self.ctx.descriptors.get(fd)?)?;
        if name.len() > len as usize {
            return Err(Errno::NameTooLong);
        }
        self.memory.write(path, name.as_bytes())
    }

    pub(crate) fn fd_renumber(&mut self, from: u32, to: u32) -> Result<()> {
        self.ctx.descriptors.renumber(from, to)
    }
}

fn preopen_name(descriptor: &Descriptor) -> Result<&str> {
    descriptor.preopen.as_deref().ok_or(Errno::Badf)
}
