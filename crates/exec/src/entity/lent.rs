//! Bytes that the host has lent for memories that instances are going to define.
//!
//! Not memories that have theirs. Invariant: bytes come back only to where they were taken from, so there is room for them.

use crate::raw::Region;
use alloc::collections::VecDeque;
use wasmite_core::{OutOfMemory, heap::Boxed};

/// Lent bytes, in the order in which memories take them. Few stores have any: nothing is allocated for none.
pub(crate) struct Lent(Option<Boxed<VecDeque<Boxed<Region>>>>);

impl Lent {
    pub(crate) const NOTHING: Self = Self(None);

    /// Adds bytes for a memory that is defined after those for which there are some.
    pub(crate) fn add(&mut self, bytes: &'static mut [u8]) -> Result<(), OutOfMemory> {
        let region = Boxed::new(Region::lent(bytes))?;
        let queue = match &mut self.0 {
            Some(queue) => queue,
            nothing => nothing.insert(Boxed::new(VecDeque::new())?),
        };
        queue.try_reserve(1)?;
        queue.push_back(region);
        Ok(())
    }

    /// Takes the bytes for the next memory.
    pub(crate) fn take(&mut self) -> Option<Boxed<Region>> {
        self.0.as_mut()?.pop_front()
    }

    /// Returns bytes that were taken last.
    pub(crate) fn give_back(&mut self, region: Boxed<Region>) {
        if let Some(queue) = &mut self.0 {
            queue.push_front(region);
        }
    }
}
