//! Opening paths.
//!
//! Invariant: what is opened has no right that the directory does not pass on, and inherits what its permissions deny.

use super::{Call, flags16, path::follow};
use crate::{
    Errno, FdFlags, OFlags, OpenOptions, Opened, Result, Rights,
    descriptors::{Descriptor, Object},
    types::flags,
};

impl Call<'_> {
    #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
    pub(crate) fn path_open(
        &mut self,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        oflags: u32,
        rights: u64,
        inheriting: u64,
        fdflags: u32,
        opened: u32,
    ) -> Result<()> {
        let rights: Rights = flags(rights)?;
        let options = OpenOptions {
            follow: follow(lookup)?,
            read: rights.contains(Rights::FD_READ),
            write: rights.contains(Rights::FD_WRITE),
            oflags: flags16(oflags)?,
            fdflags: flags16(fdflags)?,
        };
        let path = self.path(path, len)?;
        // Before anything is opened: the result must have a place.
        self.memory.slice(opened, 4)?;
        self.ctx.descriptors.check_room(self.ctx.limits.descriptors)?;
        let parent = self.ctx.descriptors.get(fd)?;
        check(parent, rights, options)?;
        let descriptor = match parent.as_dir(Rights::PATH_OPEN)?.open(&path, options)? {
            Opened::File(file) => {
                let rights = inherited(parent, rights & Rights::FILE)?;
                Descriptor::new(Object::File(file), rights, Rights::empty(), parent.denied)
            }
            Opened::Dir(dir) => {
                let rights = inherited(parent, rights & Rights::DIRECTORY)?;
                // Others apply to nothing that can be opened through a directory.
                let applying = flags::<Rights>(inheriting)? & (Rights::DIRECTORY | Rights::FILE);
                let inheriting = inherited(parent, applying)?;
                Descriptor::new(Object::Dir(dir), rights, inheriting, parent.denied)
            }
        };
        let descriptor = Descriptor { fdflags: options.fdflags, ..descriptor };
        let number = self.ctx.descriptors.insert(descriptor)?;
        self.memory.write_u32(opened, number)
    }
}

/// Whether the directory allows to open something so. All that can be known before is checked before, since opening may
/// create or cut a file.
fn check(parent: &Descriptor, rights: Rights, options: OpenOptions) -> Result<()> {
    let OpenOptions { oflags, fdflags, .. } = options;
    parent.as_dir(Rights::PATH_OPEN)?;
    if oflags.contains(OFlags::DIRECTORY)
        && oflags.intersects(OFlags::CREAT | OFlags::EXCL | OFlags::TRUNC)
    {
        return Err(Errno::Inval);
    }
    let mut own = Rights::PATH_OPEN;
    own.set(Rights::PATH_CREATE_FILE, oflags.contains(OFlags::CREAT));
    own.set(Rights::PATH_FILESTAT_SET_SIZE, oflags.contains(OFlags::TRUNC));
    parent.require(own)?;
    let mut passed = rights & (Rights::FD_READ | Rights::FD_WRITE);
    if fdflags.intersects(FdFlags::DSYNC) {
        passed |= Rights::FD_DATASYNC;
    }
    if fdflags.intersects(FdFlags::SYNC | FdFlags::RSYNC) {
        passed |= Rights::FD_SYNC;
    }
    if oflags.intersects(OFlags::CREAT | OFlags::TRUNC) {
        passed |= rights & Rights::FILE;
    }
    inherited(parent, passed)?;
    // Only what is about to be used: a right that permissions deny fails when it is used, as in Wasmtime.
    if parent.denied.intersects(rights & (Rights::FD_READ | Rights::FD_WRITE))
        && !oflags.contains(OFlags::DIRECTORY)
    {
        return Err(Errno::Perm);
    }
    Ok(())
}

/// The rights, if the directory passes all of them on.
fn inherited(parent: &Descriptor, rights: Rights) -> Result<Rights> {
    if parent.inheriting.contains(rights) { Ok(rights) } else { Err(Errno::NotCapable) }
}
