//! Clocks, random bytes and sleep that the embedder supplies.

use crate::{BUFFER, Guest, OUT};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use wasmite_wasi::{ClockId, Clocks, Errno, Random, Result, Scheduler, WasiCtxBuilder};

/// Time passes only when the guest sleeps.
#[derive(Clone, Default)]
struct Fake(Arc<AtomicU64>);

impl Clocks for Fake {
    fn resolution(&self, _: ClockId) -> Result<u64> {
        Ok(7)
    }

    fn now(&self, clock: ClockId, precision: u64) -> Result<u64> {
        match clock {
            ClockId::Realtime => Ok(1000 + precision),
            ClockId::Monotonic => Ok(self.0.load(Ordering::Relaxed)),
            _ => Err(Errno::NotSup),
        }
    }
}

impl Scheduler for Fake {
    fn sleep(&mut self, nanoseconds: u64) {
        self.0.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    fn yield_now(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Random for Fake {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(42);
        Ok(())
    }
}

#[test]
fn a_host_may_have_its_own() {
    let fake = Fake::default();
    let mut builder = WasiCtxBuilder::new();
    builder.clocks(fake.clone()).scheduler(fake.clone()).random(fake);
    let mut guest = Guest::new(builder);
    let out = OUT.into();
    guest.ok("clock_res_get", &[0, out]);
    assert_eq!(guest.u64(OUT), 7);
    guest.ok("clock_time_get", &[0, 5, out]);
    assert_eq!(guest.u64(OUT), 1005);
    guest.fails("clock_time_get", &[2, 0, out], Errno::NotSup);
    guest.ok("sched_yield", &[]);
    guest.ok("clock_time_get", &[1, 0, out]);
    assert_eq!(guest.u64(OUT), 1);
    guest.ok("random_get", &[BUFFER.into(), 3]);
    assert_eq!(guest.bytes(BUFFER), [42, 42, 42, 0]);
    // A relative timeout, then one that lies at 100.
    for (timeout, flags, now) in [(50, 0_u16, 51), (100, 1, 100), (10, 1, 100)] {
        guest.put(BUFFER, &[0; 48]);
        guest.put(BUFFER + 16, &1_u32.to_le_bytes());
        guest.put(BUFFER + 24, &u64::to_le_bytes(timeout));
        guest.put(BUFFER + 40, &flags.to_le_bytes());
        guest.ok("poll_oneoff", &[BUFFER.into(), u64::from(BUFFER) + 100, 1, out]);
        guest.ok("clock_time_get", &[1, 0, out]);
        assert_eq!(guest.u64(OUT), now);
    }
}

#[test]
fn the_systems_clocks_go_forward() {
    let mut guest = Guest::new(WasiCtxBuilder::new());
    for clock in 0..4 {
        guest.ok("clock_res_get", &[clock, OUT.into()]);
        assert!(guest.u64(OUT) > 0);
        guest.ok("clock_time_get", &[clock, 0, OUT.into()]);
        let before = guest.u64(OUT);
        guest.ok("clock_time_get", &[clock, 0, OUT.into()]);
        assert!(guest.u64(OUT) >= before);
    }
}
