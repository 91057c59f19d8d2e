//! Arguments and environment.
//!
//! Invariant: the sizes that are told first are those of what is written then.

use super::Call;
use crate::{Errno, GuestMemory, Result, memory::element};
use alloc::string::String;

impl Call<'_> {
    pub(crate) fn args_get(&mut self, argv: u32, strings: u32) -> Result<()> {
        write_strings(self.memory, &self.ctx.args, argv, strings)
    }

    pub(crate) fn args_sizes_get(&mut self, count: u32, bytes: u32) -> Result<()> {
        write_sizes(self.memory, &self.ctx.args, count, bytes)
    }

    pub(crate) fn environ_get(&mut self, environ: u32, strings: u32) -> Result<()> {
        write_strings(self.memory, &self.ctx.env, environ, strings)
    }

    pub(crate) fn environ_sizes_get(&mut self, count: u32, bytes: u32) -> Result<()> {
        write_sizes(self.memory, &self.ctx.env, count, bytes)
    }
}

/// Writes the strings one after another, each with a NUL behind it, and their addresses into the array `pointers`.
fn write_strings(
    memory: &mut dyn GuestMemory,
    all: &[String],
    pointers: u32,
    strings: u32,
) -> Result<()> {
    let mut at = strings;
    for (index, string) in (0..).zip(all) {
        let len = u32::try_from(string.len()).map_err(|_| Errno::Overflow)?;
        let nul = at.checked_add(len).ok_or(Errno::Fault)?;
        memory.write_u32(element(pointers, index, 4)?, at)?;
        memory.write(at, string.as_bytes())?;
        memory.write(nul, &[0])?;
        at = nul.checked_add(1).ok_or(Errno::Fault)?;
    }
    Ok(())
}

fn write_sizes(memory: &mut dyn GuestMemory, all: &[String], count: u32, bytes: u32) -> Result<()> {
    let total: usize = all.iter().map(|string| string.len() + 1).sum();
    let total = u32::try_from(total).map_err(|_| Errno::Overflow)?;
    let number = u32::try_from(all.len()).map_err(|_| Errno::Overflow)?;
    memory.write_u32(count, number)?;
    memory.write_u32(bytes, total)
}
