//! Buffers of zeros from the system, which gives them without touching their pages.
//!
//! The safe way, reserving and filling, would touch every page of a memory that a guest may never use.

use alloc::alloc::{Layout, alloc_zeroed};
use alloc::vec::Vec;

/// `len` zeros, with no capacity beyond them; `None` if there is not enough memory.
pub(crate) fn zeroed(len: usize) -> Option<Vec<u8>> {
    if len == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<u8>(len).ok()?;
    // SAFETY: std's contract: the layout's size is not zero.
    let start = unsafe { alloc_zeroed(layout) };
    if start.is_null() {
        return None;
    }
    // SAFETY: std's contract: `start` comes from the global allocator with the layout of a vector of this capacity, and
    // its `len` bytes are initialised.
    Some(unsafe { Vec::from_raw_parts(start, len, len) })
}

#[cfg(test)]
mod tests {
    use super::zeroed;

    #[test]
    fn what_cannot_be_had_is_refused() {
        assert!(zeroed(usize::MAX).is_none());
        assert!(zeroed(isize::MAX as usize).is_none());
        assert_eq!(zeroed(0), Some(alloc::vec::Vec::new()));
        assert!(zeroed(100_000).unwrap().iter().all(|byte| *byte == 0));
    }
}
