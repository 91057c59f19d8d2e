//! The host's streams and its sleep, which tell when they keep a guest waiting.
//!
//! Not the waiting, which `wasmite-wasi` and the system do. Invariant: the count is odd while a guest waits, even while it
//! runs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};
use wasmite_wasi::{File, FileType, Interest, Readiness, Result, Scheduler};

/// Counts beginnings and ends of waiting. Clones share the count.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<AtomicU64>);

impl Waiting {
    /// What to compare with later: if it is odd and still the same, the guest has been waiting all the time.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A stream that tells when a guest waits for it.
    pub(crate) fn watch<F: File>(&self, stream: F) -> Watched<F> {
        Watched { stream, waiting: self.clone() }
    }

    fn during<R>(&self, wait: impl FnOnce() -> R) -> R {
        self.0.fetch_add(1, Ordering::Relaxed);
        let result = wait();
        self.0.fetch_add(1, Ordering::Relaxed);
        result
    }
}

impl Scheduler for Waiting {
    fn sleep(&mut self, nanoseconds: u64) {
        self.during(|| thread::sleep(Duration::from_nanos(nanoseconds)));
    }

    fn yield_now(&mut self) {
        thread::yield_now();
    }
}

/// One of the standard streams, with which more cannot be done.
pub(crate) struct Watched<F> {
    stream: F,
    waiting: Waiting,
}

impl<F: File> File for Watched<F> {
    fn filetype(&self) -> FileType {
        self.stream.filetype()
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.waiting.during(|| self.stream.read(buffer))
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        self.waiting.during(|| self.stream.write(buffer))
    }

    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        self.waiting.during(|| self.stream.wait(interest, timeout))
    }
}
