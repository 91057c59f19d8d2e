//! What needs no files: streams, clocks, random bytes, waiting.

use super::{Scratch, fails};
use crate::{BUFFER, OUT};
use wasmite_wasi::Errno;

#[test]
fn big_random_buf() {
    let mut s = Scratch::new("big_random_buf");
    s.call("random_get", &[BUFFER.into(), 1024]).unwrap();
    assert!(s.guest.bytes::<1024>(BUFFER).iter().any(|byte| *byte != 0));
    // Nothing at all, and nowhere near the end.
    s.call("random_get", &[BUFFER.into(), 0]).unwrap();
}

#[test]
fn clock_time_get() {
    let mut s = Scratch::new("clock_time_get");
    let mut now = |precision| {
        s.call("clock_time_get", &[1, precision, OUT.into()]).unwrap();
        s.guest.u64(OUT)
    };
    // Precision is a hint, and time does not go back.
    let (first, second, third) = (now(0), now(1_000_000), now(u64::MAX));
    assert!(first <= second && second <= third);
    for clock in [0, 1] {
        s.call("clock_res_get", &[clock, OUT.into()]).unwrap();
        assert!(s.guest.u64(OUT) > 0);
    }
}

#[test]
fn sched_yield() {
    let mut s = Scratch::new("sched_yield");
    s.call("sched_yield", &[]).unwrap();
}

#[test]
fn poll_oneoff_stdio() {
    const CLOCK: u8 = 0;
    let mut s = Scratch::new("poll_oneoff_stdio");
    // Standard input, output and error, and a clock that is not due for long: all streams are told of, the clock is not.
    s.guest.put(BUFFER, &[0; 192]);
    for (index, (kind, fd)) in [(1, 0), (2, 1), (2, 2), (CLOCK, 1)].into_iter().enumerate() {
        let at = BUFFER + index as u32 * 48;
        s.guest.put(at, &(index as u64 + 77).to_le_bytes());
        s.guest.put(at + 8, &[kind]);
        s.guest.put(at + 16, &u32::to_le_bytes(fd));
        s.guest.put(at + 24, &u64::to_le_bytes(1 << 60));
    }
    s.call("poll_oneoff", &[BUFFER.into(), 8192, 4, OUT.into()]).unwrap();
    assert_eq!(s.guest.u32(OUT), 3);
    for (index, kind) in [(0, 1), (1, 2), (2, 2)] {
        let at = 8192 + index * 32;
        assert_eq!(s.guest.u64(at), u64::from(index) + 77);
        assert_eq!(s.guest.bytes(at + 8), [0, 0, kind]);
    }
}

/// Tests of the suite in C and AssemblyScript.
#[test]
fn what_is_no_stream_or_socket() {
    let mut s = Scratch::new("no_stream");
    let [iovecs, count] = s.guest.buffer(BUFFER, 1);
    fails(s.call("fd_write", &[99, iovecs, count, OUT.into()]), Errno::Badf);
    fails(s.call("sock_shutdown", &[99, 1]), Errno::Badf);
    for fd in [0, s.fd] {
        fails(s.call("sock_shutdown", &[fd, 1]), Errno::NotSock);
    }
}
