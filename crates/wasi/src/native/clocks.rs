//! The operating system's clocks, and its sleep.

use super::system;
use crate::{ClockId, Clocks, Errno, Result, Scheduler};
use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

/// Time of day; monotonic time since the clocks were made, so that guests do not learn how long the host runs; CPU time
/// where the system tells it.
pub(crate) struct SystemClocks {
    start: Instant,
}

impl SystemClocks {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clocks for SystemClocks {
    fn resolution(&self, clock: ClockId) -> Result<u64> {
        system::clock_resolution(clock)
    }

    fn now(&self, clock: ClockId, _: u64) -> Result<u64> {
        let since = match clock {
            ClockId::Realtime => SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_err(|_| Errno::Inval)?,
            ClockId::Monotonic => self.start.elapsed(),
            ClockId::ProcessCpuTime | ClockId::ThreadCpuTime => system::cpu_time(clock)?,
        };
        u64::try_from(since.as_nanos()).map_err(|_| Errno::Overflow)
    }
}

/// Sleeps the thread that runs the guest.
pub(crate) struct ThreadScheduler;

impl Scheduler for ThreadScheduler {
    fn sleep(&mut self, nanoseconds: u64) {
        thread::sleep(Duration::from_nanos(nanoseconds));
    }

    fn yield_now(&mut self) {
        thread::yield_now();
    }
}
