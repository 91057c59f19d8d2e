//! The types of preview 1 that functions pass: flags, enumerations, and records as bytes in a guest's memory.
//!
//! Plain data. Invariant: numbers, sizes and offsets are those of the `witx` definition of `wasi_snapshot_preview1`.

use crate::{Errno, Result};
use bitflags::bitflags;

bitflags! {
    /// How a descriptor reads and writes: `fdflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub struct FdFlags: u16 {
        /// Writes go to the end.
        const APPEND = 1 << 0;
        /// Writes wait until data is stored.
        const DSYNC = 1 << 1;
        /// Fail with [`Errno::Again`] instead of waiting.
        const NONBLOCK = 1 << 2;
        /// Reads wait for pending writes.
        const RSYNC = 1 << 3;
        /// Writes wait until data and metadata are stored.
        const SYNC = 1 << 4;
    }

    /// What opening a path may do: `oflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub struct OFlags: u16 {
        /// Create the file if it does not exist.
        const CREAT = 1 << 0;
        /// Fail if it is not a directory.
        const DIRECTORY = 1 << 1;
        /// Fail if it exists.
        const EXCL = 1 << 2;
        /// Cut it to length 0.
        const TRUNC = 1 << 3;
    }

    /// How paths are resolved: `lookupflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub struct LookupFlags: u32 {
        /// If the path ends in a symbolic link, follow it.
        const SYMLINK_FOLLOW = 1 << 0;
    }

    /// Which timestamps to set: `fstflags`.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub struct FstFlags: u16 {
        /// Time of last access, to the given time.
        const ATIM = 1 << 0;
        /// Time of last access, to now.
        const ATIM_NOW = 1 << 1;
        /// Time of last modification, to the given time.
        const MTIM = 1 << 2;
        /// Time of last modification, to now.
        const MTIM_NOW = 1 << 3;
    }
}

/// Flags from a guest: unknown bits are an error.
pub(crate) fn flags<F: bitflags::Flags>(bits: F::Bits) -> Result<F> {
    F::from_bits(bits).ok_or(Errno::Inval)
}

/// What a file is: `filetype`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[repr(u8)]
pub enum FileType {
    /// Something else, e.g. a pipe.
    #[default]
    Unknown = 0,
    /// A block device.
    BlockDevice = 1,
    /// A character device; guests take one without the right to seek for a terminal.
    CharacterDevice = 2,
    /// A directory.
    Directory = 3,
    /// A regular file.
    RegularFile = 4,
    /// A datagram socket.
    SocketDgram = 5,
    /// A stream socket.
    SocketStream = 6,
    /// A symbolic link.
    SymbolicLink = 7,
}

/// A clock: `clockid`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClockId {
    /// Time of day, since 1970.
    Realtime,
    /// Never set back; since a moment of the host's choice.
    Monotonic,
    /// CPU time of the process.
    ProcessCpuTime,
    /// CPU time of the thread.
    ThreadCpuTime,
}

impl ClockId {
    pub(crate) fn from_guest(id: u32) -> Result<Self> {
        Ok(match id {
            0 => Self::Realtime,
            1 => Self::Monotonic,
            2 => Self::ProcessCpuTime,
            3 => Self::ThreadCpuTime,
            _ => return Err(Errno::Inval),
        })
    }
}

/// From where [`File::seek`](crate::File::seek) counts: `whence`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Whence {
    /// From the beginning.
    Set,
    /// From the current position.
    Cur,
    /// From the end.
    End,
}

/// How a file will be used: `advice`. Only a hint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Advice {
    Normal,
    Sequential,
    Random,
    WillNeed,
    DontNeed,
    NoReuse,
}

impl Advice {
    pub(crate) fn from_guest(advice: u32) -> Result<Self> {
        Ok(match advice {
            0 => Self::Normal,
            1 => Self::Sequential,
            2 => Self::Random,
            3 => Self::WillNeed,
            4 => Self::DontNeed,
            5 => Self::NoReuse,
            _ => return Err(Errno::Inval),
        })
    }
}

/// Attributes of a file: `filestat`. Times in nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FileStat {
    /// The device that holds it.
    pub dev: u64,
    /// Its number there.
    pub ino: u64,
    /// What it is.
    pub filetype: FileType,
    /// Hard links to it.
    pub nlink: u64,
    /// Bytes.
    pub size: u64,
    /// Last access.
    pub atim: u64,
    /// Last change of the data.
    pub mtim: u64,
    /// Last change of the attributes.
    pub ctim: u64,
}

impl FileStat {
    pub(crate) fn to_bytes(self) -> [u8; 64] {
        let mut record = Record::default();
        record.put(0, self.dev.to_le_bytes());
        record.put(8, self.ino.to_le_bytes());
        record.put(16, [self.filetype as u8]);
        record.put(24, self.nlink.to_le_bytes());
        record.put(32, self.size.to_le_bytes());
        record.put(40, self.atim.to_le_bytes());
        record.put(48, self.mtim.to_le_bytes());
        record.put(56, self.ctim.to_le_bytes());
        record.0
    }
}

/// A record of `N` bytes under construction; what is not put is zero.
pub(crate) struct Record<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Default for Record<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Record<N> {
    /// Sets a field. Its place is a constant of the record's layout.
    pub(crate) fn put<const M: usize>(&mut self, at: usize, field: [u8; M]) {
        self.0[at..at + M].copy_from_slice(&field);
    }
}

/// A time to set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetTime {
    /// The current time.
    Now,
    /// Nanoseconds since 1970.
    At(u64),
}

/// Timestamps to set; `None` leaves one as it is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SetTimes {
    /// Last access.
    pub accessed: Option<SetTime>,
    /// Last change of the data.
    pub modified: Option<SetTime>,
}

impl SetTimes {
    pub(crate) fn from_guest(atim: u64, mtim: u64, fst_flags: u32) -> Result<Self> {
        let bits = u16::try_from(fst_flags).map_err(|_| Errno::Inval)?;
        let set: FstFlags = flags(bits)?;
        let time = |given: FstFlags, now: FstFlags, at: u64| match (
            set.contains(given),
            set.contains(now),
        ) {
            (true, true) => Err(Errno::Inval),
            (true, false) => Ok(Some(SetTime::At(at))),
            (false, true) => Ok(Some(SetTime::Now)),
            (false, false) => Ok(None),
        };
        Ok(Self {
            accessed: time(FstFlags::ATIM, FstFlags::ATIM_NOW, atim)?,
            modified: time(FstFlags::MTIM, FstFlags::MTIM_NOW, mtim)?,
        })
    }
}
