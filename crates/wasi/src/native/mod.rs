//! The host's side with an operating system: files below directories that were opened before, clocks, random bytes.
//!
//! Not semantics of WASI: that is `calls`. Invariant: files are reached through `cap-std` only, relative to a directory
//! that the embedder opened, and every path is resolved by it.

mod builder;
mod clocks;
mod dir;
mod error;
mod file;
mod stdio;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "portable.rs")]
mod system;

pub(crate) use clocks::{SystemClocks, ThreadScheduler};
use error::translate;
pub use stdio::{Stderr, Stdin, Stdout};

use crate::{Errno, Random, Result};

/// Random bytes of the operating system.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|_| Errno::Io)
    }
}
