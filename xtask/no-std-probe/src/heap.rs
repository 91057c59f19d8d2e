//! The allocator of the probe: a fixed array, handed out from the bottom.
//!
//! Out of memory is a null pointer, never an abort. Not a general allocator: only the newest block can be given back.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::{Cell, UnsafeCell},
    ptr,
};

/// Bytes of the heap: small, so that an engine that has become greedy fails here.
const SIZE: usize = 256 * 1024;
/// Every block begins at a multiple of this.
const UNIT: usize = 16;

#[repr(C, align(64))]
struct Arena([u8; SIZE]);

/// Bump allocation, with release and growth of the newest block.
///
/// Invariant: `next` is a multiple of [`UNIT`] and at most `end`, which is at most [`SIZE`]; bytes below it are handed out.
pub(crate) struct Heap {
    arena: UnsafeCell<Arena>,
    next: UnsafeCell<usize>,
    end: Cell<usize>,
}

// SAFETY: the probe has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) const fn new() -> Self {
        let arena = UnsafeCell::new(Arena([0; SIZE]));
        Self { arena, next: UnsafeCell::new(0), end: Cell::new(SIZE) }
    }

    /// Does something while there are only so many bytes more than are handed out. It must not keep a block.
    pub(crate) fn with_at_most<R>(&self, bytes: usize, act: impl FnOnce() -> R) -> R {
        // SAFETY: as in alloc.
        let before = unsafe { *self.next.get() };
        self.end.set((before + bytes).min(SIZE));
        let result = act();
        self.end.set(SIZE);
        // SAFETY: as in alloc; all blocks since are given back, if not in the order in which this heap takes them.
        unsafe { *self.next.get() = before };
        result
    }

    /// Offset of a block that was handed out.
    fn offset(&self, block: *mut u8) -> usize {
        block.addr() - self.arena.get().addr()
    }
}

const fn rounded(size: usize) -> Option<usize> {
    size.checked_next_multiple_of(UNIT)
}

// SAFETY: blocks are disjoint because `next` only falls to the start of the newest block, when that is released or moved.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the probe has one thread and no reference into the cell outlives this function.
        let next = unsafe { &mut *self.next.get() };
        let start = next.checked_next_multiple_of(layout.align().max(UNIT));
        let end = start.and_then(|start| start.checked_add(rounded(layout.size())?));
        match (start, end) {
            (Some(start), Some(end))
                if end <= self.end.get() && layout.align() <= align_of::<Arena>() =>
            {
                *next = end;
                // SAFETY: start is at most SIZE.
                unsafe { self.arena.get().cast::<u8>().add(start) }
            }
            _ => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as in alloc.
        let next = unsafe { &mut *self.next.get() };
        let start = self.offset(block);
        if rounded(layout.size()).is_some_and(|size| start + size == *next) {
            *next = start;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let start = self.offset(block);
        {
            // SAFETY: as in alloc.
            let next = unsafe { &mut *self.next.get() };
            let newest = rounded(layout.size()).is_some_and(|old| start + old == *next);
            let end = rounded(size).and_then(|size| start.checked_add(size));
            if let Some(end) = end.filter(|end| newest && *end <= self.end.get()) {
                *next = end;
                return block;
            }
        }
        // SAFETY: the caller gives a size that is valid for the alignment.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: two blocks that were handed out are disjoint and at least this long.
            unsafe {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
        }
        moved
    }
}
