//! Stacks that grow to a limit: the value stack, which has all frames of a store, and the callers, which has where they
//! return to.
//!
//! Not the frames' layout. Invariant: I7; a stack never shrinks, and never grows beyond its limit.

use crate::Error;
use alloc::vec::Vec;
use wasmite_core::{Trap, heap::Grow};

/// Bytes of the first allocation, unless that is more than [`PART`] of the limit.
const FIRST: usize = 1 << 11;
/// The part of the limit that is allocated first at most, small machines have small limits; but [`LEAST`] items.
const PART: usize = 64;
/// Items that a call or two need: to begin with fewer is to grow at once.
const LEAST: usize = 8;

/// A stack. Where its top is, its owner knows.
#[derive(Debug)]
pub(crate) struct Stack<T> {
    /// A vector, not a box: its pointer stays good while slices of it come and go.
    items: Vec<T>,
    limit: usize,
}

impl<T: Copy + Default> Stack<T> {
    /// An empty stack that may grow to `limit` items.
    pub(super) fn new(limit: u32) -> Self {
        Self { items: Vec::new(), limit: limit as usize }
    }

    /// Adds items up to `end` at least, of which there are fewer. They may move.
    pub(super) fn grow(&mut self, end: usize) -> Result<(), Error> {
        if end > self.limit {
            return Err(Trap::StackExhausted.into());
        }
        let first = (self.limit / PART).min(FIRST / size_of::<T>()).max(LEAST);
        let len = end.max(self.items.len() * 2).max(first).min(self.limit);
        self.items.try_reserve_exact(len - self.items.len())?;
        self.items.try_resize(len, T::default())?;
        Ok(())
    }

    /// The first item.
    #[inline]
    pub(super) fn start(&mut self) -> *mut T {
        self.items.as_mut_ptr()
    }

    /// All items.
    #[inline]
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }
}

/// The value stack.
impl Stack<u64> {
    /// All slots.
    #[inline]
    pub(crate) fn slots(&self) -> &[u64] {
        &self.items
    }

    /// All slots.
    #[inline]
    pub(crate) fn slots_mut(&mut self) -> &mut [u64] {
        &mut self.items
    }
}
