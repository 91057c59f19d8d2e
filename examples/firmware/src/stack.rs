//! How much native stack a call takes: the stack below is painted before, and looked at after.
//!
//! Invariant: only memory below the stack pointer is painted, where nothing lives.

use core::ptr;
use cortex_m::register::msp;

/// A word that is unlikely to be on the stack by chance.
const PAINT: u32 = 0x5ca1_ab1e;
/// Bytes that are painted: more is not told apart.
const REACH: u32 = 64 << 10;
/// Bytes that painting itself may need.
const OWN: u32 = 64;

/// Calls `f` and returns what it returns, and the bytes of native stack that it took, in steps of a word.
#[inline(never)]
pub(crate) fn measured<R>(f: impl FnOnce() -> R) -> (R, usize) {
    let top = msp::read();
    let words = || (top - REACH..top - OWN).step_by(4).map(|at| at as usize as *mut u32);
    for word in words() {
        // SAFETY: RAM below the stack pointer, which nothing uses while nothing is called.
        unsafe { ptr::write_volatile(word, PAINT) };
    }
    let result = f();
    // SAFETY: as above.
    let touched = words().find(|word| unsafe { ptr::read_volatile(*word) } != PAINT);
    (result, top as usize - touched.map_or(top - OWN, |word| word as u32) as usize)
}
