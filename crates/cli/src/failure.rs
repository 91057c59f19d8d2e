//! How commands fail, and what the caller of the program sees of it.
//!
//! Invariant: every failure but a reader that went away says why, in one line plus a trap's backtrace.

use std::{
    fmt::Display,
    io::{self, Write},
    path::Path,
    time::Duration,
};
use wasmite::{Error, WasmBacktrace};
use wasmite_wast::one_line;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is at fault, or the way it is to be used.
    Input(String),
    /// WebAssembly trapped: the message, and the backtrace in lines.
    Trap(String, Option<String>),
    /// The time was over: as a trap.
    Timeout(String, Option<String>),
    /// No failure: a program ended, with this exit code.
    Exit(u8),
    /// Everything was said on stdout already.
    Reported,
    /// Output could not be written.
    Output(io::Error),
}

/// The exit code of a trap: what a shell reports of a program that aborts.
const TRAPPED: u8 = 134;

/// The exit code of a timeout: that of `timeout`.
const TIMED_OUT: u8 = 124;

const SUCCESS: u8 = 0;

const FAILED: u8 = 1;

impl Failure {
    /// The file is at fault for `reason`.
    pub(crate) fn input(file: &Path, reason: impl Display) -> Self {
        Self::Input(one_line(&format!("{}: {reason}", file.display())))
    }

    /// An error of the engine while it handled the file.
    pub(crate) fn engine(file: &Path, error: &Error) -> Self {
        // As everywhere, the caller sees the lower eight bits.
        if let Some(status) = error.i32_exit_status() {
            return Self::Exit(status as u8);
        }
        match error.as_trap() {
            Some(trap) => {
                let message = one_line(&format!("{}: trap: {trap}", file.display()));
                Self::Trap(message, error.backtrace().map(shown))
            }
            None => Self::input(file, format_args!("{error:#}")),
        }
    }

    /// A program took longer than `timeout`: it was interrupted, or else (without a trap) it was waiting for its host.
    pub(crate) fn timeout(file: &Path, timeout: Duration, trap: Option<&Error>) -> Self {
        let (file, timeout) = (file.display(), humantime::format_duration(timeout));
        let message = match trap {
            Some(trap) => format!("{file}: trap: {trap} (timed out after {timeout})"),
            None => format!("{file}: timed out after {timeout}, in a host function"),
        };
        Self::Timeout(one_line(&message), trap.and_then(Error::backtrace).map(shown))
    }

    /// Prints the failure and gives the program's exit code.
    pub(crate) fn report(self) -> u8 {
        /// Bold red, on terminals that show it; elsewhere the stream takes it out.
        const ERROR: &str = "wasmite: \x1b[1;31merror:\x1b[0m";
        let mut err = anstream::stderr().lock();
        // Nobody is left to tell if stderr cannot be written.
        let _ = match &self {
            Self::Input(message) | Self::Timeout(message, None) | Self::Trap(message, None) => {
                writeln!(err, "{ERROR} {message}")
            }
            Self::Timeout(message, Some(backtrace)) | Self::Trap(message, Some(backtrace)) => {
                writeln!(err, "{ERROR} {message}\n{backtrace}")
            }
            Self::Output(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                writeln!(err, "{ERROR} cannot write output: {error}")
            }
            Self::Exit(_) | Self::Reported | Self::Output(_) => Ok(()),
        };
        match self {
            Self::Trap(..) => TRAPPED,
            Self::Timeout(..) => TIMED_OUT,
            Self::Exit(status) => status,
            // Whoever reads the output had enough of it, as in `wasmite disas FILE | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => SUCCESS,
            Self::Input(_) | Self::Reported | Self::Output(_) => FAILED,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// One line per frame, whatever is in the names.
fn shown(backtrace: &WasmBacktrace) -> String {
    let frames = backtrace.frames().iter().enumerate();
    let lines = frames.map(|(at, frame)| one_line(&format!("{at:>3}: {frame}")));
    lines.collect::<Vec<_>>().join("\n")
}
