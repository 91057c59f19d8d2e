//! Directories of the operating system, as capabilities.
//!
//! Invariant: no path is given to the system but through `cap-std`, which resolves it step by step below the directory.

use super::{
    file::{NativeFile, filetype, stat},
    translate,
};
use crate::{
    Dir, DirEntry, Errno, FdFlags, File, FileStat, OFlags, OpenOptions, Opened, Result, SetTime,
    SetTimes,
};
use alloc::{boxed::Box, vec::Vec};
use cap_fs_ext::{
    DirExt, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt, OpenOptionsMaybeDirExt,
    OpenOptionsSyncExt, SystemTimeSpec,
};
use cap_std::{
    ambient_authority,
    fs::Metadata,
    time::{Duration, SystemClock, SystemTime},
};
use core::any::Any;
use std::{ffi::OsString, io, path::Path};

/// A directory and what is below it.
pub(super) struct NativeDir(cap_std::fs::Dir);

impl NativeDir {
    /// Opens a directory by the embedder's authority, not a guest's.
    pub(super) fn open_ambient(path: &Path) -> io::Result<Self> {
        cap_std::fs::Dir::open_ambient_dir(path, ambient_authority()).map(Self)
    }

    fn open_dir(&self, path: &str, options: OpenOptions) -> Result<Opened> {
        let opened =
            if options.follow { self.0.open_dir(path) } else { self.0.open_dir_nofollow(path) };
        let dir = opened.map_err(translate)?;
        if options.write { Err(Errno::IsDir) } else { Ok(Opened::Dir(Box::new(Self(dir)))) }
    }
}

impl Dir for NativeDir {
    fn stat(&self) -> Result<FileStat> {
        Ok(stat(&self.0.dir_metadata().map_err(translate)?))
    }

    fn open(&self, path: &str, options: OpenOptions) -> Result<Opened> {
        if options.oflags.contains(OFlags::DIRECTORY) {
            return self.open_dir(path, options);
        }
        let file = self.0.open_with(path, &native_options(options)).map_err(translate)?.into_std();
        let metadata = Metadata::from_file(&file).map_err(translate)?;
        if metadata.is_dir() {
            return Ok(Opened::Dir(Box::new(Self(cap_std::fs::Dir::from_std_file(file)))));
        }
        let mut file = NativeFile::new(file, &metadata);
        // Not when opening: the standard library refuses to cut a file that it opens for appending.
        if options.fdflags.contains(FdFlags::APPEND) {
            file.set_append(true)?;
        }
        Ok(Opened::File(Box::new(file)))
    }

    fn read_dir(&self, visit: &mut dyn FnMut(DirEntry) -> Result<()>) -> Result<()> {
        for entry in self.0.entries().map_err(translate)? {
            let entry = entry.map_err(translate)?;
            let metadata = match entry.metadata() {
                // Removed since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata.map_err(translate)?,
            };
            let name = name(entry.file_name());
            visit(DirEntry {
                name,
                ino: metadata.ino(),
                filetype: filetype(metadata.file_type()),
            })?;
        }
        Ok(())
    }

    fn stat_at(&self, path: &str, follow: bool) -> Result<FileStat> {
        let found = if follow { self.0.metadata(path) } else { self.0.symlink_metadata(path) };
        Ok(stat(&found.map_err(translate)?))
    }

    fn read_link(&self, path: &str) -> Result<Vec<u8>> {
        Ok(name(self.0.read_link(path).map_err(translate)?.into_os_string()))
    }

    fn set_times(&self, times: SetTimes) -> Result<()> {
        self.set_times_at(".", true, times)
    }

    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> Result<()> {
        let spec = |time: Option<SetTime>| time.map(time_spec).transpose();
        let (accessed, modified) = (spec(times.accessed)?, spec(times.modified)?);
        let set = if follow {
            DirExt::set_times(&self.0, path, accessed, modified)
        } else {
            self.0.set_symlink_times(path, accessed, modified)
        };
        set.map_err(translate)
    }

    fn create_dir(&self, path: &str) -> Result<()> {
        self.0.create_dir(path).map_err(translate)
    }

    fn remove_dir(&self, path: &str) -> Result<()> {
        // What removes names does not look through slashes at the end, which only say that it is a directory.
        self.0.remove_dir(path.trim_end_matches('/')).map_err(translate)
    }

    fn unlink(&self, path: &str) -> Result<()> {
        self.0.remove_file_or_symlink(path).map_err(translate)
    }

    fn rename(&self, from: &str, target: &dyn Dir, to: &str) -> Result<()> {
        self.0.rename(from, &native(target)?.0, to).map_err(translate)
    }

    fn link(&self, from: &str, target: &dyn Dir, to: &str) -> Result<()> {
        self.0.hard_link(from, &native(target)?.0, to).map_err(translate)
    }

    fn symlink(&self, to: &str, path: &str) -> Result<()> {
        DirExt::symlink(&self.0, to, path).map_err(translate)
    }

    fn sync(&self) -> Result<()> {
        // Directories are opened for looking up names; storing them wants one that is opened for reading.
        let mut options = cap_std::fs::OpenOptions::new();
        options.read(true).maybe_dir(true);
        self.0.open_with(".", &options).and_then(|dir| dir.sync_all()).map_err(translate)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The other directory of a call that takes two.
fn native(dir: &dyn Dir) -> Result<&NativeDir> {
    dir.as_any().downcast_ref().ok_or(Errno::Xdev)
}

fn native_options(options: OpenOptions) -> cap_std::fs::OpenOptions {
    let OpenOptions { follow, read, write, oflags, fdflags } = options;
    // Creating and cutting need a file that is open for writing; the descriptor's rights say what the guest may do.
    let changes = oflags.intersects(OFlags::CREAT | OFlags::TRUNC);
    let mut native = cap_std::fs::OpenOptions::new();
    native
        .read(read || !write)
        .write(write || changes)
        .create(oflags.contains(OFlags::CREAT))
        .create_new(oflags.contains(OFlags::CREAT | OFlags::EXCL))
        .truncate(oflags.contains(OFlags::TRUNC))
        .maybe_dir(true)
        .follow(if follow { FollowSymlinks::Yes } else { FollowSymlinks::No })
        .sync(fdflags.contains(FdFlags::SYNC))
        .dsync(fdflags.contains(FdFlags::DSYNC))
        .rsync(fdflags.contains(FdFlags::RSYNC));
    native
}

fn time_spec(time: SetTime) -> Result<SystemTimeSpec> {
    Ok(match time {
        SetTime::Now => SystemTimeSpec::SymbolicNow,
        SetTime::At(at) => {
            let time = SystemClock::UNIX_EPOCH.checked_add(Duration::from_nanos(at));
            let time: SystemTime = time.ok_or(Errno::Overflow)?;
            SystemTimeSpec::Absolute(time)
        }
    })
}

/// The bytes of a name: what the system has on Unix, elsewhere as text.
fn name(name: OsString) -> Vec<u8> {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::into_vec(name);
    #[cfg(not(unix))]
    return name.to_string_lossy().into_owned().into_bytes();
}
