//! What Unix can do beyond the standard library.
//!
//! Sibling of `portable`, with the same interface.

use super::translate;
use crate::{Advice, ClockId, Errno, Interest, Readiness, Result};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FallocateFlags, OFlags, fallocate, fcntl_getfl, fcntl_setfl},
    io::{self, ioctl_fionread},
    time::{clock_getres, clock_gettime},
};
use std::{
    fs::File,
    os::{fd::AsFd, unix::fs::FileExt},
    time::{Duration, Instant},
};

fn clock(clock: ClockId) -> rustix::time::ClockId {
    match clock {
        ClockId::Realtime => rustix::time::ClockId::Realtime,
        ClockId::Monotonic => rustix::time::ClockId::Monotonic,
        ClockId::ProcessCpuTime => rustix::time::ClockId::ProcessCPUTime,
        ClockId::ThreadCpuTime => rustix::time::ClockId::ThreadCPUTime,
    }
}

fn duration(time: Timespec) -> Result<Duration> {
    Duration::try_from(time).map_err(|_| Errno::Overflow)
}

pub(super) fn clock_resolution(id: ClockId) -> Result<u64> {
    let resolution = duration(clock_getres(clock(id)))?;
    u64::try_from(resolution.as_nanos()).map_err(|_| Errno::Overflow)
}

pub(super) fn cpu_time(id: ClockId) -> Result<Duration> {
    duration(clock_gettime(clock(id)))
}

pub(super) fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> Result<usize> {
    FileExt::read_at(file, buffer, offset).map_err(translate)
}

pub(super) fn write_at(file: &mut File, buffer: &[u8], offset: u64) -> Result<usize> {
    FileExt::write_at(file, buffer, offset).map_err(translate)
}

pub(super) fn set_append(file: &mut File, append: bool) -> Result<()> {
    let set = || {
        let mut flags = fcntl_getfl(&*file)?;
        flags.set(OFlags::APPEND, append);
        fcntl_setfl(&*file, flags)
    };
    set().map_err(|error| translate(error.into()))
}

pub(super) fn allocate(file: &mut File, offset: u64, len: u64) -> Result<()> {
    fallocate(&*file, FallocateFlags::empty(), offset, len).map_err(|error| translate(error.into()))
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) fn advise(file: &mut File, offset: u64, len: u64, advice: Advice) -> Result<()> {
    use rustix::fs;
    let hint = match advice {
        Advice::Normal => fs::Advice::Normal,
        Advice::Sequential => fs::Advice::Sequential,
        Advice::Random => fs::Advice::Random,
        Advice::WillNeed => fs::Advice::WillNeed,
        Advice::DontNeed => fs::Advice::DontNeed,
        Advice::NoReuse => fs::Advice::NoReuse,
    };
    let len = std::num::NonZeroU64::new(len);
    fs::fadvise(&*file, offset, len, hint).map_err(|error| translate(error.into()))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) fn advise(_: &mut File, _: u64, _: u64, _: Advice) -> Result<()> {
    // A hint may be ignored.
    Ok(())
}

/// Reads standard input past the standard library's buffer, of which waiting would know nothing.
pub(super) fn read_stdin(buffer: &mut [u8]) -> Result<usize> {
    retry(|| io::read(std::io::stdin(), &mut *buffer))
}

pub(super) fn write_stream(stream: impl AsFd, buffer: &[u8]) -> Result<usize> {
    retry(|| io::write(&stream, buffer))
}

/// Signals are the host's business.
fn retry(mut act: impl FnMut() -> io::Result<usize>) -> Result<usize> {
    loop {
        match act() {
            Err(io::Errno::INTR) => {}
            result => return result.map_err(|error| translate(error.into())),
        }
    }
}

/// When attributes last changed.
pub(super) fn changed(metadata: &cap_std::fs::Metadata) -> u64 {
    use cap_std::fs::MetadataExt as _;
    let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
    let seconds = u64::try_from(seconds).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(nanoseconds).unwrap_or(0))
}

/// Waits for a stream of the host's.
pub(super) fn wait(
    stream: impl AsFd,
    interest: Interest,
    timeout: Option<u64>,
) -> Result<Option<Readiness>> {
    let flags = match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    };
    let end = timeout.map(Duration::from_nanos).and_then(|time| Instant::now().checked_add(time));
    let mut fds = [PollFd::new(&stream, flags)];
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            // Signals are the host's business, and end no wait before its time.
            Err(io::Errno::INTR) => {}
            Err(error) => return Err(translate(error.into())),
        }
    }
    let found = fds[0].revents();
    let hangup = found.contains(PollFlags::HUP);
    let bytes = match interest {
        Interest::Read => ioctl_fionread(&stream).unwrap_or(1),
        Interest::Write => 1,
    };
    Ok(Some(Readiness { bytes, hangup }))
}

/// The errno for a number of the system's.
pub(super) fn errno(number: i32) -> Option<Errno> {
    TABLE.iter().find(|(os, _)| os.raw_os_error() == number).map(|(_, errno)| *errno)
}

/// The system's own numbers.
type Os = io::Errno;

/// Those that calls of this crate can meet.
const TABLE: &[(Os, Errno)] = &[
    (Os::TOOBIG, Errno::TooBig),
    (Os::ACCESS, Errno::Acces),
    (Os::AGAIN, Errno::Again),
    (Os::BADF, Errno::Badf),
    (Os::BUSY, Errno::Busy),
    (Os::DEADLK, Errno::Deadlk),
    (Os::DQUOT, Errno::Dquot),
    (Os::EXIST, Errno::Exist),
    (Os::FAULT, Errno::Fault),
    (Os::FBIG, Errno::Fbig),
    (Os::ILSEQ, Errno::Ilseq),
    (Os::INTR, Errno::Intr),
    (Os::INVAL, Errno::Inval),
    (Os::IO, Errno::Io),
    (Os::ISDIR, Errno::IsDir),
    (Os::LOOP, Errno::Loop),
    (Os::MFILE, Errno::Mfile),
    (Os::MLINK, Errno::Mlink),
    (Os::NAMETOOLONG, Errno::NameTooLong),
    (Os::NFILE, Errno::Nfile),
    (Os::NODEV, Errno::NoDev),
    (Os::NOENT, Errno::NoEnt),
    (Os::NOLCK, Errno::NoLck),
    (Os::NOMEM, Errno::NoMem),
    (Os::NOSPC, Errno::NoSpc),
    (Os::NOSYS, Errno::NoSys),
    (Os::NOTDIR, Errno::NotDir),
    (Os::NOTEMPTY, Errno::NotEmpty),
    (Os::NOTSUP, Errno::NotSup),
    (Os::NOTTY, Errno::NotTty),
    (Os::NXIO, Errno::Nxio),
    (Os::OPNOTSUPP, Errno::NotSup),
    (Os::OVERFLOW, Errno::Overflow),
    (Os::PERM, Errno::Perm),
    (Os::PIPE, Errno::Pipe),
    (Os::ROFS, Errno::Rofs),
    (Os::SPIPE, Errno::Spipe),
    (Os::STALE, Errno::Stale),
    (Os::TIMEDOUT, Errno::TimedOut),
    (Os::TXTBSY, Errno::TxtBsy),
    (Os::XDEV, Errno::Xdev),
];
