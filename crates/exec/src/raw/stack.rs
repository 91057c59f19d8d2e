//! The value stack: all frames of a store.
//!
//! Not the frames' layout. Invariant: I7; it never shrinks, and never grows beyond its limit.

use crate::Error;
use alloc::vec::Vec;
use wasmite_core::Trap;

/// Slots of the first allocation.
const FIRST: usize = 1 << 8;

/// The value stack.
#[derive(Debug)]
pub(crate) struct ValueStack {
    /// A vector, not a box: its pointer stays good while slices of it come and go.
    slots: Vec<u64>,
    limit: usize,
}

impl ValueStack {
    /// An empty stack that may grow to `limit` slots.
    pub(super) fn new(limit: u32) -> Self {
        Self { slots: Vec::new(), limit: limit as usize }
    }

    /// Makes sure that there are slots up to `end`.
    #[inline]
    pub(super) fn reserve(&mut self, end: usize) -> Result<(), Error> {
        if end <= self.slots.len() { Ok(()) } else { self.grow(end) }
    }

    #[cold]
    fn grow(&mut self, end: usize) -> Result<(), Error> {
        if end > self.limit {
            return Err(Trap::StackExhausted.into());
        }
        let len = end.max(self.slots.len() * 2).max(FIRST).min(self.limit);
        self.slots.try_reserve_exact(len - self.slots.len())?;
        self.slots.resize(len, 0);
        Ok(())
    }

    /// The first slot.
    #[inline]
    pub(super) fn start(&mut self) -> *mut u64 {
        self.slots.as_mut_ptr()
    }

    /// All slots.
    #[inline]
    pub(crate) fn slots(&self) -> &[u64] {
        &self.slots
    }

    /// All slots.
    #[inline]
    pub(crate) fn slots_mut(&mut self) -> &mut [u64] {
        &mut self.slots
    }
}
