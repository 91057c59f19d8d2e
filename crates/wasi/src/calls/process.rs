//! Ending, signals, random bytes, yielding.

use super::Call;
use crate::{Errno, Outcome, Result};

impl Call<'_> {
    pub(crate) fn proc_exit(&mut self, status: u32) -> Outcome {
        Outcome::Exit(status as i32)
    }

    /// There are no signals here; only wrong numbers are told from right ones.
    pub(crate) fn proc_raise(&mut self, signal: u32) -> Result<()> {
        const LAST: u32 = 30;
        if signal > LAST { Err(Errno::Inval) } else { Err(Errno::NotSup) }
    }

    pub(crate) fn random_get(&mut self, buffer: u32, len: u32) -> Result<()> {
        if len > self.ctx.limits.random_bytes {
            return Err(Errno::Inval);
        }
        self.ctx.random.fill(self.memory.slice_mut(buffer, len)?)
    }

    pub(crate) fn sched_yield(&mut self) -> Result<()> {
        self.ctx.scheduler.yield_now();
        Ok(())
    }
}
