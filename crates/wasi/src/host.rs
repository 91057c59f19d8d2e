//! What a host supplies: clocks, random bytes, a scheduler, files and directories.
//!
//! Interfaces only; `native` implements them with the operating system, firmware with what it has. Invariant: nothing
//! here knows of guests. Arguments have been checked when they arrive, but for what only the host can check.

use crate::{
    Advice, ClockId, Errno, FdFlags, FileStat, FileType, OFlags, Result, SetTimes, Whence,
};
use alloc::{boxed::Box, vec::Vec};
use core::any::Any;

/// Clocks. Times in nanoseconds.
pub trait Clocks: Send {
    /// The smallest difference that [`Clocks::now`] can tell.
    fn resolution(&self, clock: ClockId) -> Result<u64>;

    /// The time. It may be off by `precision`.
    fn now(&self, clock: ClockId, precision: u64) -> Result<u64>;
}

/// A source of random bytes that guests may use for secrets.
pub trait Random: Send {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()>;
}

/// Lets time pass.
pub trait Scheduler: Send {
    /// Waits for so many nanoseconds, or longer.
    fn sleep(&mut self, nanoseconds: u64);

    /// Lets others run.
    fn yield_now(&mut self);
}

/// What a guest waits for on a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Interest {
    /// That reading does not wait.
    Read,
    /// That writing does not wait.
    Write,
}

/// What a file that is ready says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Readiness {
    /// Bytes that can be read or written at once; at least 1 if the number is not known.
    pub bytes: u64,
    /// Whether the other side is gone.
    pub hangup: bool,
}

/// An open file, or anything else that bytes come from or go to: a pipe, a terminal, a serial line. Only what it can do
/// needs to be implemented; the rest fails as a pipe would.
pub trait File: Send {
    /// What it is.
    fn filetype(&self) -> FileType {
        FileType::Unknown
    }

    /// Attributes.
    fn stat(&self) -> Result<FileStat> {
        Ok(FileStat { filetype: self.filetype(), ..FileStat::default() })
    }

    /// Whether it has a position that can be set. What has none is read in one piece per call, lest a guest waits
    /// for more than it needs.
    fn seekable(&self) -> bool {
        false
    }

    /// Reads at the current position; 0 bytes only at the end or into an empty buffer.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let _ = buffer;
        Err(Errno::Badf)
    }

    /// Writes at the current position.
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let _ = buffer;
        Err(Errno::Badf)
    }

    /// Reads at `offset`; the current position stays.
    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        let _ = (buffer, offset);
        Err(Errno::Spipe)
    }

    /// Writes at `offset`; the current position stays.
    fn write_at(&mut self, buffer: &[u8], offset: u64) -> Result<usize> {
        let _ = (buffer, offset);
        Err(Errno::Spipe)
    }

    /// Sets the current position and returns it.
    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64> {
        let _ = (offset, whence);
        Err(Errno::Spipe)
    }

    /// Cuts or extends it with zeros.
    fn set_size(&mut self, size: u64) -> Result<()> {
        let _ = size;
        Err(Errno::Inval)
    }

    /// Reserves room, extending the file if need be.
    fn allocate(&mut self, offset: u64, len: u64) -> Result<()> {
        let _ = (offset, len);
        Err(Errno::NotSup)
    }

    /// Tells how it will be used.
    fn advise(&mut self, offset: u64, len: u64, advice: Advice) -> Result<()> {
        let _ = (offset, len, advice);
        Err(Errno::Spipe)
    }

    /// Stores data and attributes.
    fn sync(&mut self) -> Result<()> {
        Err(Errno::Inval)
    }

    /// Stores data.
    fn datasync(&mut self) -> Result<()> {
        self.sync()
    }

    /// Sets timestamps.
    fn set_times(&mut self, times: SetTimes) -> Result<()> {
        let _ = times;
        Err(Errno::NotSup)
    }

    /// Makes all writes go to the end, or not.
    fn set_append(&mut self, append: bool) -> Result<()> {
        if append { Err(Errno::NotSup) } else { Ok(()) }
    }

    /// Waits until it is ready, at most `timeout` nanoseconds; `None` of readiness if it is not ready then. What never
    /// makes its users wait is always ready.
    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        let _ = (interest, timeout);
        Ok(Some(Readiness { bytes: 1, hangup: false }))
    }
}

/// How to open a path.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct OpenOptions {
    /// Whether a symbolic link at the end of the path is followed.
    pub follow: bool,
    /// Whether it will be read.
    pub read: bool,
    /// Whether it will be written.
    pub write: bool,
    /// Whether to create or cut it.
    pub oflags: OFlags,
    /// Whether to append and to synchronize. `NONBLOCK` is no business of the host's.
    pub fdflags: FdFlags,
}

/// What was opened.
pub enum Opened {
    /// Not a directory.
    File(Box<dyn File>),
    /// A directory.
    Dir(Box<dyn Dir>),
}

/// A name in a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// The name, without path.
    pub name: Vec<u8>,
    /// The file's number.
    pub ino: u64,
    /// What it is.
    pub filetype: FileType,
}

/// A directory, and everything below it. Paths are relative and neither empty nor absolute, and hold no NUL; they may hold
/// `..` and name symbolic links. An implementation must not resolve them to anything that is not below the directory:
/// what leads out is [`Errno::Perm`].
pub trait Dir: Send {
    /// Attributes of the directory.
    fn stat(&self) -> Result<FileStat>;

    /// Opens what the path names.
    fn open(&self, path: &str, options: OpenOptions) -> Result<Opened>;

    /// Gives all entries but `.` and `..` to `visit`, until it fails.
    fn read_dir(&self, visit: &mut dyn FnMut(DirEntry) -> Result<()>) -> Result<()>;

    /// Attributes of what the path names.
    fn stat_at(&self, path: &str, follow: bool) -> Result<FileStat>;

    /// What a symbolic link points to.
    fn read_link(&self, path: &str) -> Result<Vec<u8>>;

    /// Sets the directory's timestamps.
    fn set_times(&self, times: SetTimes) -> Result<()> {
        let _ = times;
        Err(Errno::Rofs)
    }

    /// Sets timestamps of what the path names.
    fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> Result<()> {
        let _ = (path, follow, times);
        Err(Errno::Rofs)
    }

    /// Creates a directory.
    fn create_dir(&self, path: &str) -> Result<()> {
        let _ = path;
        Err(Errno::Rofs)
    }

    /// Removes an empty directory.
    fn remove_dir(&self, path: &str) -> Result<()> {
        let _ = path;
        Err(Errno::Rofs)
    }

    /// Removes a name that is not a directory's.
    fn unlink(&self, path: &str) -> Result<()> {
        let _ = path;
        Err(Errno::Rofs)
    }

    /// Renames across directories, which may be of different implementations: [`Errno::Xdev`].
    fn rename(&self, from: &str, target: &dyn Dir, to: &str) -> Result<()> {
        let _ = (from, target, to);
        Err(Errno::Rofs)
    }

    /// Makes a hard link, without following symbolic links.
    fn link(&self, from: &str, target: &dyn Dir, to: &str) -> Result<()> {
        let _ = (from, target, to);
        Err(Errno::Rofs)
    }

    /// Makes a symbolic link at `path`.
    fn symlink(&self, to: &str, path: &str) -> Result<()> {
        let _ = (to, path);
        Err(Errno::Rofs)
    }

    /// Stores the directory.
    fn sync(&self) -> Result<()> {
        Ok(())
    }

    /// For [`Dir::rename`] and [`Dir::link`], to find out whether the target is of the same kind.
    fn as_any(&self) -> &dyn Any;
}
