//! What the functions do, by groups.
//!
//! Not the host's side: that is behind the traits of `host`. Invariant: a function that fails has written nothing to the
//! guest's memory but buffers it was to fill, and has opened and closed nothing.

mod clocks;
mod descriptor;
mod directory;
mod io;
mod path;
mod path_open;
mod poll;
mod process;
mod socket;
mod strings;
mod unstable;

use crate::{Errno, GuestMemory, Result, WasiCtx};
use alloc::{borrow::ToOwned, string::String};

/// A guest's call: its state, and its memory for as long as the call lasts.
pub(crate) struct Call<'a> {
    pub(crate) ctx: &'a mut WasiCtx,
    pub(crate) memory: &'a mut dyn GuestMemory,
}

impl Call<'_> {
    /// A string of the guest's that names something in a directory, or is a link's target.
    fn text(&self, at: u32, len: u32) -> Result<String> {
        if len > self.ctx.limits.path_bytes {
            return Err(Errno::NameTooLong);
        }
        let text = core::str::from_utf8(self.memory.slice(at, len)?).map_err(|_| Errno::Ilseq)?;
        match text {
            "" => Err(Errno::NoEnt),
            _ if text.contains('\0') => Err(Errno::Inval),
            _ => Ok(text.to_owned()),
        }
    }

    /// A path relative to a directory.
    fn path(&self, at: u32, len: u32) -> Result<String> {
        let path = self.text(at, len)?;
        if path.starts_with('/') { Err(Errno::Perm) } else { Ok(path) }
    }
}

/// Flags that guests pass in 32 bits and that have 16.
fn flags16<F: bitflags::Flags<Bits = u16>>(bits: u32) -> Result<F> {
    crate::types::flags(u16::try_from(bits).map_err(|_| Errno::Inval)?)
}
