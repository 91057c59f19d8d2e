//! Ends the process when a program takes too long.
//!
//! It interrupts everything, also a guest that waits for input, but the program's calls are not shown. Invariant: once
//! dropped, it does nothing any more.

use crate::failure::Failure;
use std::{
    path::Path,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

/// Waits for the end of the time, or of the program.
pub(crate) struct Watchdog {
    /// Dropped with the watchdog: that tells the thread.
    _program: Sender<()>,
}

impl Watchdog {
    pub(crate) fn new(file: &Path, timeout: Duration) -> Self {
        let (program, ended) = channel();
        let message = format!("timed out after {}", humantime::format_duration(timeout));
        let failure = Failure::timeout(file, &message);
        thread::spawn(move || {
            if ended.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout) {
                std::process::exit(failure.report().into());
            }
        });
        Self { _program: program }
    }
}
