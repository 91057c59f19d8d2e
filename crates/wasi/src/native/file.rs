//! Open files of the operating system.

use super::{system, translate};
use crate::{
    Advice, Errno, File, FileStat, FileType, Interest, Readiness, Result, SetTime, SetTimes, Whence,
};
use cap_fs_ext::MetadataExt as _;
use cap_std::fs::Metadata;
use std::{
    fs::FileTimes,
    io::{Read, Seek, SeekFrom, Write},
    time::{Duration, SystemTime},
};

/// An open file. Its position is the system's.
pub(super) struct NativeFile {
    file: std::fs::File,
    filetype: FileType,
}

impl NativeFile {
    pub(super) fn new(file: std::fs::File, metadata: &Metadata) -> Self {
        Self { file, filetype: filetype(metadata.file_type()) }
    }
}

impl File for NativeFile {
    fn filetype(&self) -> FileType {
        self.filetype
    }

    fn stat(&self) -> Result<FileStat> {
        let metadata = Metadata::from_file(&self.file).map_err(translate)?;
        Ok(stat(&metadata))
    }

    fn seekable(&self) -> bool {
        matches!(self.filetype, FileType::RegularFile | FileType::BlockDevice)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.file.read(buffer).map_err(translate)
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        self.file.write(buffer).map_err(translate)
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        system::read_at(&mut self.file, buffer, offset)
    }

    fn write_at(&mut self, buffer: &[u8], offset: u64) -> Result<usize> {
        system::write_at(&mut self.file, buffer, offset)
    }

    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64> {
        let to = match whence {
            Whence::Set => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
            Whence::Cur => SeekFrom::Current(offset),
            Whence::End => SeekFrom::End(offset),
        };
        self.file.seek(to).map_err(translate)
    }

    fn set_size(&mut self, size: u64) -> Result<()> {
        self.file.set_len(size).map_err(translate)
    }

    fn allocate(&mut self, offset: u64, len: u64) -> Result<()> {
        system::allocate(&mut self.file, offset, len)
    }

    fn advise(&mut self, offset: u64, len: u64, advice: Advice) -> Result<()> {
        system::advise(&mut self.file, offset, len, advice)
    }

    fn sync(&mut self) -> Result<()> {
        self.file.sync_all().map_err(translate)
    }

    fn datasync(&mut self) -> Result<()> {
        self.file.sync_data().map_err(translate)
    }

    fn set_times(&mut self, times: SetTimes) -> Result<()> {
        let mut set = FileTimes::new();
        if let Some(time) = times.accessed {
            set = set.set_accessed(system_time(time)?);
        }
        if let Some(time) = times.modified {
            set = set.set_modified(system_time(time)?);
        }
        self.file.set_times(set).map_err(translate)
    }

    fn set_append(&mut self, append: bool) -> Result<()> {
        system::set_append(&mut self.file, append)
    }

    /// Only pipes and devices make one wait.
    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        if !self.seekable() {
            return system::wait(&self.file, interest, timeout);
        }
        if interest == Interest::Write {
            return Ok(Some(Readiness { bytes: 1, hangup: false }));
        }
        let position = self.file.stream_position().map_err(translate)?;
        let bytes = self.stat()?.size.saturating_sub(position);
        Ok(Some(Readiness { bytes, hangup: bytes == 0 }))
    }
}

fn system_time(time: SetTime) -> Result<SystemTime> {
    match time {
        SetTime::Now => Ok(SystemTime::now()),
        SetTime::At(at) => {
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(at)).ok_or(Errno::Overflow)
        }
    }
}

/// A file's type from what the system tells of it.
pub(super) fn filetype(found: cap_std::fs::FileType) -> FileType {
    use cap_fs_ext::FileTypeExt as _;
    if found.is_dir() {
        FileType::Directory
    } else if found.is_file() {
        FileType::RegularFile
    } else if found.is_symlink() {
        FileType::SymbolicLink
    } else if found.is_char_device() {
        FileType::CharacterDevice
    } else if found.is_block_device() {
        FileType::BlockDevice
    } else {
        FileType::Unknown
    }
}

/// Attributes from what the system tells of a file.
pub(super) fn stat(metadata: &Metadata) -> FileStat {
    let time = |time: std::io::Result<cap_std::time::SystemTime>| {
        time.map_or(0, |time| nanoseconds(time.into_std()))
    };
    FileStat {
        dev: metadata.dev(),
        ino: metadata.ino(),
        filetype: filetype(metadata.file_type()),
        nlink: metadata.nlink(),
        size: metadata.len(),
        atim: time(metadata.accessed()),
        mtim: time(metadata.modified()),
        ctim: system::changed(metadata),
    }
}

/// Nanoseconds since 1970; 0 for times before.
pub(super) fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
