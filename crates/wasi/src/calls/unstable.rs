//! `wasi_unstable` where it differs from preview 1: constants of `whence`, a 32-bit count of links, longer
//! subscriptions.

use super::{Call, poll::Layout};
use crate::{Errno, FileStat, Result, Whence, types::Record};

impl Call<'_> {
    pub(crate) fn unstable_fd_seek(
        &mut self,
        fd: u32,
        offset: i64,
        whence: u32,
        position: u32,
    ) -> Result<()> {
        let whence = match whence {
            0 => Whence::Cur,
            1 => Whence::End,
            2 => Whence::Set,
            _ => return Err(Errno::Inval),
        };
        self.seek(fd, offset, whence, position)
    }

    pub(crate) fn unstable_fd_filestat_get(&mut self, fd: u32, stat: u32) -> Result<()> {
        let found = self.stat(fd)?;
        self.memory.write(stat, &to_bytes(found))
    }

    pub(crate) fn unstable_path_filestat_get(
        &mut self,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        stat: u32,
    ) -> Result<()> {
        let found = self.stat_at(fd, lookup, path, len)?;
        self.memory.write(stat, &to_bytes(found))
    }

    pub(crate) fn unstable_poll_oneoff(
        &mut self,
        subscriptions: u32,
        events: u32,
        count: u32,
        ready: u32,
    ) -> Result<()> {
        self.poll(Layout::UNSTABLE, subscriptions, events, count, ready)
    }
}

fn to_bytes(stat: FileStat) -> [u8; 56] {
    let mut record = Record::default();
    record.put(0, stat.dev.to_le_bytes());
    record.put(8, stat.ino.to_le_bytes());
    record.put(16, [stat.filetype as u8]);
    record.put(20, u32::try_from(stat.nlink).unwrap_or(u32::MAX).to_le_bytes());
    record.put(24, stat.size.to_le_bytes());
    record.put(32, stat.atim.to_le_bytes());
    record.put(40, stat.mtim.to_le_bytes());
    record.put(48, stat.ctim.to_le_bytes());
    record.0
}
