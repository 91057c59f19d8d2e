//! What the standard library can do on every system.
//!
//! Sibling of `unix`, with the same interface.

use super::translate;
use crate::{Advice, ClockId, Errno, Interest, Readiness, Result};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    time::Duration,
};

/// As fine as the standard library's clocks can be.
pub(super) fn clock_resolution(clock: ClockId) -> Result<u64> {
    match clock {
        ClockId::Realtime | ClockId::Monotonic => Ok(100),
        ClockId::ProcessCpuTime | ClockId::ThreadCpuTime => Err(Errno::NotSup),
    }
}

pub(super) fn cpu_time(_: ClockId) -> Result<Duration> {
    Err(Errno::NotSup)
}

pub(super) fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> Result<usize> {
    at(file, offset, |file| file.read(buffer))
}

pub(super) fn write_at(file: &mut File, buffer: &[u8], offset: u64) -> Result<usize> {
    at(file, offset, |file| file.write(buffer))
}

/// Does something elsewhere and comes back.
fn at<R>(
    file: &mut File,
    offset: u64,
    act: impl FnOnce(&mut File) -> std::io::Result<R>,
) -> Result<R> {
    let mut act = || {
        let before = file.stream_position()?;
        file.seek(SeekFrom::Start(offset))?;
        let result = act(file);
        file.seek(SeekFrom::Start(before))?;
        result
    };
    act().map_err(translate)
}

pub(super) fn set_append(_: &mut File, append: bool) -> Result<()> {
    if append { Err(Errno::NotSup) } else { Ok(()) }
}

pub(super) fn allocate(_: &mut File, _: u64, _: u64) -> Result<()> {
    Err(Errno::NotSup)
}

pub(super) fn advise(_: &mut File, _: u64, _: u64, _: Advice) -> Result<()> {
    // A hint may be ignored.
    Ok(())
}

pub(super) fn read_stdin(buffer: &mut [u8]) -> Result<usize> {
    std::io::stdin().lock().read(buffer).map_err(translate)
}

pub(super) fn write_stream(mut stream: impl Write, buffer: &[u8]) -> Result<usize> {
    stream.write_all(buffer).and_then(|()| stream.flush()).map_err(translate)?;
    Ok(buffer.len())
}

/// The system does not tell when attributes changed.
pub(super) fn changed(metadata: &cap_std::fs::Metadata) -> u64 {
    metadata.modified().map_or(0, |time| super::file::nanoseconds(time.into_std()))
}

/// Nothing is known of streams: reading one may have to wait.
pub(super) fn wait<S>(_: S, _: Interest, _: Option<u64>) -> Result<Option<Readiness>> {
    Ok(Some(Readiness { bytes: 1, hangup: false }))
}

pub(super) fn errno(_: i32) -> Option<Errno> {
    None
}
