//! What is expected to come again: the code that was called last, and the loop that was repeated last.
//!
//! Not what decides where a guest goes on: that is what was found, which is always compared. The next cells come from a
//! branch's target, which is loaded from its cell, and from a callee, which is at the end of a chain of up to five loads; a
//! turn of a short loop would take as long as these. What is expected is known at once: where it equals what was found,
//! execution goes on with it, and only the comparison, which processors predict, waits. Invariant: I11.

use super::{Context, Ip, Regs};
use core::{hint::cold_path, ptr::with_exposed_provenance};

/// Whether anything is expected: small sets of handlers are for processors that execute in order.
const ENABLED: bool = cfg!(feature = "hot-locals");

/// The same as `found`, if that is in `last`. Read twice, once volatilely: a compiler would take equals for one another.
#[inline(always)]
fn again(last: &mut usize, found: usize) -> Option<usize> {
    // SAFETY: std's contract, it is a reference's.
    (*last == found).then(|| unsafe { (&raw const *last).read_volatile() })
}

/// The same as `code`, the first word of linked code, which is being called.
#[inline(always)]
pub(super) fn callee(ctx: &mut Context, code: *const u64) -> *const u64 {
    if !ENABLED {
        return code;
    }
    let found = code.expose_provenance();
    match again(&mut ctx.last_callee, found) {
        Some(same) => with_exposed_provenance(same),
        None => {
            cold_path();
            ctx.last_callee = found;
            code
        }
    }
}

/// Goes on at the cell that a target field points at: what repeating a loop does. (Where nothing is expected, any branch.)
///
/// # Safety
/// I8 for the context.
#[inline(always)]
pub(crate) unsafe fn repeat(regs: &mut Regs, target: u64) {
    let found = Ip::from_word(target);
    if !ENABLED {
        regs.ip = found;
        return;
    }
    // SAFETY: I8, promised by the caller.
    let last = unsafe { &mut (*regs.ctx).last_loop };
    regs.ip = match again(last, target as usize) {
        Some(same) => Ip::from_word(same as u64),
        None => {
            cold_path();
            *last = target as usize;
            found
        }
    };
}
