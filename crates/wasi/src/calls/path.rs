//! Paths: attributes, links, renaming, creating and removing.

use super::Call;
use crate::{Errno, FileStat, LookupFlags, Result, Rights, SetTimes, types::flags};

impl Call<'_> {
    pub(crate) fn path_create_directory(&mut self, fd: u32, path: u32, len: u32) -> Result<()> {
        let path = self.path(path, len)?;
        self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_CREATE_DIRECTORY)?.create_dir(&path)
    }

    pub(crate) fn path_filestat_get(
        &mut self,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        stat: u32,
    ) -> Result<()> {
        let found = self.stat_at(fd, lookup, path, len)?;
        self.memory.write(stat, &found.to_bytes())
    }

    pub(super) fn stat_at(&self, fd: u32, lookup: u32, path: u32, len: u32) -> Result<FileStat> {
        let follow = follow(lookup)?;
        let path = self.path(path, len)?;
        self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_FILESTAT_GET)?.stat_at(&path, follow)
    }

    #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
    pub(crate) fn path_filestat_set_times(
        &mut self,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        atim: u64,
        mtim: u64,
        fst_flags: u32,
    ) -> Result<()> {
        let follow = follow(lookup)?;
        let times = SetTimes::from_guest(atim, mtim, fst_flags)?;
        let path = self.path(path, len)?;
        let dir = self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_FILESTAT_SET_TIMES)?;
        dir.set_times_at(&path, follow, times)
    }

    /// Hard links to what symbolic links point to are not made.
    #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
    pub(crate) fn path_link(
        &mut self,
        old_fd: u32,
        lookup: u32,
        old: u32,
        old_len: u32,
        new_fd: u32,
        new: u32,
        new_len: u32,
    ) -> Result<()> {
        if follow(lookup)? {
            return Err(Errno::Inval);
        }
        let (old, new) = (self.path(old, old_len)?, self.path(new, new_len)?);
        self.check_same_permissions(old_fd, new_fd)?;
        let source = self.ctx.descriptors.get(old_fd)?.as_dir(Rights::PATH_LINK_SOURCE)?;
        let target = self.ctx.descriptors.get(new_fd)?.as_dir(Rights::PATH_LINK_TARGET)?;
        source.link(&old, target, &new)
    }

    pub(crate) fn path_readlink(
        &mut self,
        fd: u32,
        path: u32,
        len: u32,
        buffer: u32,
        buffer_len: u32,
        used: u32,
    ) -> Result<()> {
        let path = self.path(path, len)?;
        let target =
            self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_READLINK)?.read_link(&path)?;
        let buffer = self.memory.slice_mut(buffer, buffer_len)?;
        let count = target.len().min(buffer.len());
        buffer[..count].copy_from_slice(&target[..count]);
        // No longer than the buffer.
        self.memory.write_u32(used, count as u32)
    }

    pub(crate) fn path_remove_directory(&mut self, fd: u32, path: u32, len: u32) -> Result<()> {
        let path = self.path(path, len)?;
        self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_REMOVE_DIRECTORY)?.remove_dir(&path)
    }

    pub(crate) fn path_rename(
        &mut self,
        old_fd: u32,
        old: u32,
        old_len: u32,
        new_fd: u32,
        new: u32,
        new_len: u32,
    ) -> Result<()> {
        let (old, new) = (self.path(old, old_len)?, self.path(new, new_len)?);
        self.check_same_permissions(old_fd, new_fd)?;
        let source = self.ctx.descriptors.get(old_fd)?.as_dir(Rights::PATH_RENAME_SOURCE)?;
        let target = self.ctx.descriptors.get(new_fd)?.as_dir(Rights::PATH_RENAME_TARGET)?;
        source.rename(&old, target, &new)
    }

    /// A link may not name an absolute path, which no guest could follow. What else it names is checked when it is
    /// followed.
    pub(crate) fn path_symlink(
        &mut self,
        to: u32,
        to_len: u32,
        fd: u32,
        path: u32,
        len: u32,
    ) -> Result<()> {
        let (to, path) = (self.path(to, to_len)?, self.path(path, len)?);
        self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_SYMLINK)?.symlink(&to, &path)
    }

    pub(crate) fn path_unlink_file(&mut self, fd: u32, path: u32, len: u32) -> Result<()> {
        let path = self.path(path, len)?;
        self.ctx.descriptors.get(fd)?.as_dir(Rights::PATH_UNLINK_FILE)?.unlink(&path)
    }

    /// A file must not get into a pre-opened directory whose permissions allow more than those of the one it is in.
    fn check_same_permissions(&self, old_fd: u32, new_fd: u32) -> Result<()> {
        let (old, new) = (self.ctx.descriptors.get(old_fd)?, self.ctx.descriptors.get(new_fd)?);
        if new.denied.contains(old.denied) { Ok(()) } else { Err(Errno::Perm) }
    }
}

/// Whether a symbolic link at the end of a path is followed.
pub(super) fn follow(lookup: u32) -> Result<bool> {
    Ok(flags::<LookupFlags>(lookup)?.contains(LookupFlags::SYMLINK_FOLLOW))
}
