//! What time it is.

use super::Call;
use crate::{ClockId, Result};

impl Call<'_> {
    pub(crate) fn clock_res_get(&mut self, clock: u32, resolution: u32) -> Result<()> {
        let found = self.ctx.clocks.resolution(ClockId::from_guest(clock)?)?;
        self.memory.write_u64(resolution, found)
    }

    pub(crate) fn clock_time_get(&mut self, clock: u32, precision: u64, time: u32) -> Result<()> {
        let now = self.ctx.clocks.now(ClockId::from_guest(clock)?, precision)?;
        self.memory.write_u64(time, now)
    }
}
