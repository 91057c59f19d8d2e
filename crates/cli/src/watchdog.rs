//! Ends a program that takes too long.
//!
//! It counts up the engine's epoch: a running guest traps at its next call or turn of a loop, which shows where it was. A
//! guest that waits in a host function does not notice, so the process ends. Invariant: either the program's end is told
//! or that it took too long, never both; once dropped, it does nothing any more.

use crate::{failure::Failure, waiting::Waiting};
use std::{
    path::Path,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};
use wasmite::Engine;

/// How long a guest must have been waiting to be ended.
const ROUND: Duration = Duration::from_millis(100);

/// After so many rounds a guest is ended though it is not known to wait: it may be opening a pipe that has no other end.
const ROUNDS: u32 = 100;

/// Waits for the end of the time, or of the program.
pub(crate) struct Watchdog {
    program: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Watches over what `engine`, which must interrupt by epochs, is about to run.
    pub(crate) fn new(engine: &Engine, file: &Path, timeout: Duration, guest: Waiting) -> Self {
        let (program, ended) = channel::<()>();
        let engine = engine.clone();
        let failure = Failure::timeout(file, timeout, None);
        let thread = thread::spawn(move || {
            let over = |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if !over(timeout) {
                return;
            }
            engine.increment_epoch();
            for _ in 0..ROUNDS {
                let before = guest.count();
                if !over(ROUND) {
                    return;
                }
                if before % 2 == 1 && guest.count() == before {
                    break;
                }
            }
            std::process::exit(failure.report().into());
        });
        Self { program: Some(program), thread: Some(thread) }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.program = None;
        // It has ended already, or is about to, or ends the process.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
