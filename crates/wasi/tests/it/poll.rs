//! Waiting: which events are told, and when.

use crate::{BUFFER, Dir, Guest, OUT, READ};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use wasmite_wasi::{Errno, File, Interest, MemoryInputPipe, Readiness, Result, WasiCtxBuilder};

/// A subscription: userdata, and what to wait for.
enum Wait {
    Clock(u64),
    Read(u32),
    Write(u32),
}

const EVENTS: u32 = 8192;

/// Polls and gives of each event: userdata, errno, type, bytes, flags.
fn poll(guest: &mut Guest, waits: &[Wait]) -> Vec<(u64, u16, u8, u64, u16)> {
    for (index, wait) in waits.iter().enumerate() {
        let at = BUFFER + index as u32 * 48;
        guest.put(at, &[0; 48]);
        guest.put(at, &(100 + index as u64).to_le_bytes());
        match wait {
            Wait::Clock(timeout) => {
                guest.put(at + 16, &1_u32.to_le_bytes());
                guest.put(at + 24, &timeout.to_le_bytes());
            }
            Wait::Read(fd) | Wait::Write(fd) => {
                guest.put(at + 8, &[if matches!(wait, Wait::Read(_)) { 1 } else { 2 }]);
                guest.put(at + 16, &fd.to_le_bytes());
            }
        }
    }
    guest.ok("poll_oneoff", &[BUFFER.into(), EVENTS.into(), waits.len() as u64, OUT.into()]);
    let event = |index| {
        let at = EVENTS + index * 32;
        let u16_at = |at| u16::from_le_bytes(guest.bytes(at));
        (
            guest.u64(at),
            u16_at(at + 8),
            guest.memory[at as usize + 10],
            guest.u64(at + 16),
            u16_at(at + 24),
        )
    };
    (0..guest.u32(OUT)).map(event).collect()
}

/// Becomes ready after it has been waited for so many times.
struct Slow(Arc<AtomicU32>);

impl File for Slow {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn wait(&mut self, _: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        if timeout == Some(0) {
            let ready = self.0.load(Ordering::Relaxed) == 0;
            return Ok(ready.then_some(Readiness { bytes: 5, hangup: false }));
        }
        self.0.fetch_sub(1, Ordering::Relaxed);
        Ok(None)
    }
}

fn slow(times: u32) -> (Guest, Arc<AtomicU32>) {
    let left = Arc::new(AtomicU32::new(times));
    let mut builder = WasiCtxBuilder::new();
    builder.stdin(Slow(left.clone()));
    (Guest::new(builder), left)
}

#[test]
fn all_that_is_ready_is_told_in_order() {
    let dir = Dir::new("poll_ready");
    dir.file("file", "0123456789");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", READ) as u32;
    let waits = [
        Wait::Clock(1 << 60),
        Wait::Read(fd),
        Wait::Write(1),
        Wait::Clock(0),
        Wait::Read(99),
        Wait::Write(fd),
    ];
    let badf = Errno::Badf.code();
    // The file has not the right to be waited for.
    let right = Errno::NotCapable.code();
    assert_eq!(
        poll(&mut guest, &waits),
        [
            (101, right, 1, 0, 0),
            (102, 0, 2, 1, 0),
            (103, 0, 0, 0, 0),
            (104, badf, 1, 0, 0),
            (105, badf, 2, 0, 0)
        ]
    );
    let fd = guest.open("file", crate::WRITE) as u32;
    assert_eq!(poll(&mut guest, &[Wait::Read(fd)]), [(100, 0, 1, 10, 0)]);
    guest.ok("fd_seek", &[fd.into(), 0, 2, OUT.into()]);
    assert_eq!(poll(&mut guest, &[Wait::Read(fd)]), [(100, 0, 1, 0, 1)]);
}

#[test]
fn the_first_of_time_and_input_wins() {
    let (mut guest, left) = slow(3);
    assert_eq!(poll(&mut guest, &[Wait::Read(0)]), [(100, 0, 1, 5, 0)]);
    assert_eq!(left.load(Ordering::Relaxed), 0);

    let (mut guest, left) = slow(2);
    assert_eq!(poll(&mut guest, &[Wait::Clock(1000), Wait::Read(0)]), [(100, 0, 0, 0, 0)]);
    assert_eq!(left.load(Ordering::Relaxed), 1);

    // Two things that are not ready are looked at in turn.
    let (mut guest, _) = slow(2);
    let events = poll(&mut guest, &[Wait::Read(0), Wait::Read(0), Wait::Clock(3_000_000_000)]);
    assert_eq!(events, [(100, 0, 1, 5, 0), (101, 0, 1, 5, 0)]);
}

/// Becomes ready while it is waited for.
struct Early(bool);

impl File for Early {
    fn wait(&mut self, _: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        self.0 |= timeout != Some(0);
        Ok(self.0.then_some(Readiness { bytes: 5, hangup: false }))
    }
}

#[test]
fn clocks_that_are_not_due_are_not_told_of() {
    for waits in [&[Wait::Clock(1 << 60), Wait::Read(0)][..], &[Wait::Clock(1), Wait::Read(0)]] {
        let mut builder = WasiCtxBuilder::new();
        builder.stdin(Early(false));
        assert_eq!(poll(&mut Guest::new(builder), waits), [(101, 0, 1, 5, 0)]);
    }
}

#[test]
fn those_who_do_not_want_to_wait_are_told() {
    let (mut guest, left) = slow(1);
    guest.ok("fd_fdstat_set_flags", &[0, 4]);
    let [iovecs, count] = guest.buffer(BUFFER, 1);
    guest.fails("fd_read", &[0, iovecs, count, OUT.into()], Errno::Again);
    left.store(0, Ordering::Relaxed);
    guest.ok("fd_read", &[0, iovecs, count, OUT.into()]);
}

#[test]
fn a_pipe_in_memory_ends() {
    let mut builder = WasiCtxBuilder::new();
    builder.stdin(MemoryInputPipe::new(*b"abc"));
    let mut guest = Guest::new(builder);
    assert_eq!(poll(&mut guest, &[Wait::Read(0)]), [(100, 0, 1, 3, 0)]);
    assert_eq!(guest.read(0), "abc");
    assert_eq!(poll(&mut guest, &[Wait::Read(0)]), [(100, 0, 1, 0, 1)]);
}

#[test]
fn wrong_subscriptions_are_refused() {
    let mut guest = Guest::new(WasiCtxBuilder::new());
    let args = [BUFFER.into(), EVENTS.into(), 1, OUT.into()];
    for (at, byte) in [(8, 3), (16, 9), (40, 2)] {
        guest.put(BUFFER, &[0; 48]);
        guest.put(BUFFER + at, &[byte]);
        guest.fails("poll_oneoff", &args, Errno::Inval);
    }
    guest.put(BUFFER, &[0; 48]);
    guest.fails("poll_oneoff", &[(1 << 16) - 47, EVENTS.into(), 1, OUT.into()], Errno::Fault);
    guest.fails("poll_oneoff", &[BUFFER.into(), (1 << 16) - 31, 1, OUT.into()], Errno::Fault);
}
