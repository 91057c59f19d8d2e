//! How commands fail, and what the caller of the program sees of it.
//!
//! Invariant: every failure but a reader that went away says why, in one line plus a trap's backtrace.

use std::{
    fmt::Display,
    io::{self, Write},
    path::Path,
    process::ExitCode,
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
    /// Everything was said on stdout already.
    Reported,
    /// Output could not be written.
    Output(io::Error),
}

/// The exit code of a trap: what a shell reports of a program that aborts.
const TRAPPED: u8 = 134;

impl Failure {
    /// The file is at fault for `reason`.
    pub(crate) fn input(file: &Path, reason: impl Display) -> Self {
        Self::Input(one_line(&format!("{}: {reason}", file.display())))
    }

    /// An error of the engine while it handled the file.
    pub(crate) fn engine(file: &Path, error: &Error) -> Self {
        match error.as_trap() {
            Some(trap) => {
                let message = one_line(&format!("{}: trap: {trap}", file.display()));
                Self::Trap(message, error.backtrace().map(shown))
            }
            None => Self::input(file, format_args!("{error:#}")),
        }
    }

    /// Prints the failure and gives the program's exit code.
    pub(crate) fn report(self) -> ExitCode {
        let mut err = io::stderr().lock();
        // Nobody is left to tell if stderr cannot be written.
        let _ = match &self {
            Self::Input(message) => writeln!(err, "wasmite: error: {message}"),
            Self::Trap(message, None) => writeln!(err, "wasmite: error: {message}"),
            Self::Trap(message, Some(backtrace)) => {
                writeln!(err, "wasmite: error: {message}\n{backtrace}")
            }
            Self::Output(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                writeln!(err, "wasmite: error: cannot write output: {error}")
            }
            Self::Reported | Self::Output(_) => Ok(()),
        };
        match self {
            Self::Trap(..) => ExitCode::from(TRAPPED),
            // Whoever reads the output had enough of it, as in `wasmite disas FILE | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Input(_) | Self::Reported | Self::Output(_) => ExitCode::FAILURE,
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
