//! The instruction pointer: where a cell is, and the fields of a cell as bytes.
//!
//! Not the layout of cells: positions are `wasmite_isa::shape`'s. Words are stored natively, fields are counted from a
//! word's least significant byte: the two orders meet here and nowhere else.

use crate::dispatch::Handler;
use crate::handlers::{Finish, ReturnForeign};
use core::fmt;
use wasmite_isa::shape;

/// Bytes of a word of code.
pub(super) const WORD: usize = 8;

/// A pointer to the op word of a cell (I2).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Ip(*const u64);

// SAFETY: what it points at never changes (I2), and only the thread that runs the store follows it (I8).
unsafe impl Send for Ip {}
// SAFETY: I2 and I8, as above.
unsafe impl Sync for Ip {}

impl Ip {
    /// The first cell of linked code.
    #[inline(always)]
    pub(super) fn new(code: *const u64) -> Self {
        Self(code)
    }

    /// The cell that a target field points at.
    #[inline(always)]
    pub(crate) fn from_word(word: u64) -> Self {
        Self(core::ptr::with_exposed_provenance(word as usize))
    }

    /// The cell's address, for comparing only.
    pub(crate) fn address(self) -> usize {
        self.0.addr()
    }

    /// The cell `words` further on.
    #[inline(always)]
    pub(crate) fn after(self, words: usize) -> Self {
        Self(self.0.wrapping_add(words))
    }

    /// The cell of so many `words` that ends here.
    #[inline(always)]
    pub(super) fn before(self, words: usize) -> Self {
        Self(self.0.wrapping_sub(words))
    }

    /// The cell `bytes` further on.
    #[inline(always)]
    pub(crate) fn offset(self, bytes: isize) -> Self {
        Self(self.0.wrapping_byte_offset(bytes))
    }

    /// The 16-bit field at `byte`.
    ///
    /// # Safety
    /// I2, and the cell reaches beyond `byte`.
    #[inline(always)]
    pub(crate) unsafe fn u16(self, byte: usize) -> u16 {
        // SAFETY: I2, the field is inside the cell, and naturally aligned by the layout of shapes.
        unsafe { self.0.byte_add(native(byte, 2)).cast::<u16>().read() }
    }

    /// The same, read where this is called and nowhere else.
    ///
    /// # Safety
    /// As [`Ip::u16`].
    #[inline(always)]
    pub(super) unsafe fn u16_again(self, byte: usize) -> u16 {
        // SAFETY: I2, as for `u16`.
        unsafe { self.0.byte_add(native(byte, 2)).cast::<u16>().read_volatile() }
    }

    /// The 32-bit field at `byte`.
    ///
    /// # Safety
    /// As [`Ip::u16`].
    #[inline(always)]
    pub(crate) unsafe fn u32(self, byte: usize) -> u32 {
        // SAFETY: I2, the field is inside the cell, and naturally aligned by the layout of shapes.
        unsafe { self.0.byte_add(native(byte, 4)).cast::<u32>().read() }
    }

    /// The word at `byte`.
    ///
    /// # Safety
    /// As [`Ip::u16`].
    #[inline(always)]
    pub(crate) unsafe fn u64(self, byte: usize) -> u64 {
        // SAFETY: I2, the word is inside the cell.
        unsafe { self.0.byte_add(byte).read() }
    }

    /// The same, read where this is called and nowhere else.
    ///
    /// # Safety
    /// As [`Ip::u16`].
    #[inline(always)]
    pub(super) unsafe fn u64_again(self, byte: usize) -> u64 {
        // SAFETY: I2, as for `u64`.
        unsafe { self.0.byte_add(byte).read_volatile() }
    }

    /// The stub that ends an activation.
    #[inline(always)]
    pub(crate) fn finish() -> Self {
        FINISH.ip()
    }

    /// The stub that returns to another instance.
    #[inline(always)]
    pub(crate) fn return_foreign() -> Self {
        RETURN_FOREIGN.ip()
    }
}

impl fmt::Debug for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the field of `size` bytes at `byte` is in memory.
#[inline(always)]
const fn native(byte: usize, size: usize) -> usize {
    if cfg!(target_endian = "big") {
        byte / WORD * WORD + (WORD - size - byte % WORD)
    } else {
        byte
    }
}

/// The op word of a cell outside any code, after what is no call: callers that begin there start where their callees do.
#[repr(C, align(8))]
struct Stub {
    before: [u64; shape::CALL.words],
    #[cfg(all(target_pointer_width = "32", target_endian = "big"))]
    upper: u32,
    handler: Handler,
    #[cfg(all(target_pointer_width = "32", target_endian = "little"))]
    upper: u32,
}

static FINISH: Stub = Stub::new(crate::dispatch::handler::<Finish>());
static RETURN_FOREIGN: Stub = Stub::new(crate::dispatch::handler::<ReturnForeign>());

impl Stub {
    const fn new(handler: Handler) -> Self {
        Self {
            before: [0; shape::CALL.words],
            handler,
            #[cfg(target_pointer_width = "32")]
            upper: 0,
        }
    }

    #[inline(always)]
    fn ip(&'static self) -> Ip {
        Ip((&raw const *self).cast()).after(shape::CALL.words)
    }
}
