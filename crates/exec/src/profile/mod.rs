//! The profile: which functions, ops and call stacks took the dispatches of a store. Feature `profile` only.
//!
//! Not time: a dispatch is one executed cell, whatever it costs. Invariant: every executed cell is counted once, in all of
//! a profile's tables; a cell that is executed again (its callee had to be translated, the value stack had to grow) counts
//! when it succeeds.

mod recorder;
mod table;

pub(crate) use recorder::Recorder;
pub use table::{Count, Profile};

use crate::Store;

impl Store {
    /// What has been executed in this store so far (feature `profile`).
    ///
    /// Counting makes execution ten times slower or more and takes memory for every distinct call stack and every distinct
    /// sequence of three cells; nothing limits it. For development, not for untrusted modules.
    pub fn profile(&self) -> Profile {
        Profile::new(self.machine.recorder())
    }
}
