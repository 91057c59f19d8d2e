//! Dispatch: how one handler follows another. Two siblings with the same interface, of which one is compiled in.
//!
//! Not what handlers do. Invariant: both give the same results; the choice is `build.rs`'s, except that debug assertions
//! and miri always take the loop: checks inside a handler would give it a native frame.

#[cfg(all(tail_dispatch, not(debug_assertions), not(miri)))]
mod tail;
#[cfg(all(tail_dispatch, not(debug_assertions), not(miri)))]
pub(crate) use tail::{Handler, handler, rest, start};

#[cfg(not(all(tail_dispatch, not(debug_assertions), not(miri))))]
mod portable;
#[cfg(not(all(tail_dispatch, not(debug_assertions), not(miri))))]
pub(crate) use portable::{Handler, handler, rest, start};

mod native;
pub(crate) use native::{Rounding, vacate};

use crate::raw::{Ip, Regs};
use core::mem::transmute;

/// The op word that makes `handler` execute a cell.
pub(crate) fn word(handler: Handler) -> u64 {
    (handler as *const ()).expose_provenance() as u64
}

/// The handler of the cell at `ip`.
///
/// # Safety
/// I2.
#[inline(always)]
unsafe fn handler_at(ip: Ip) -> Handler {
    // SAFETY: I2, the op word of a linked cell.
    let word = unsafe { ip.u64(0) };
    let address = core::ptr::with_exposed_provenance::<()>(word as usize);
    // SAFETY: I2, the op word of a linked cell is what `word` made of a handler.
    unsafe { transmute::<*const (), Handler>(address) }
}

/// Leaves the registers for the run loop.
///
/// # Safety
/// I8 for the context.
#[inline(always)]
unsafe fn save(regs: Regs) {
    // SAFETY: I8, promised by the caller.
    let ctx = unsafe { &mut *regs.ctx };
    ctx.ip = regs.ip;
    ctx.fp = regs.fp;
    ctx.values = regs.values;
}
