//! The guest's heap: everything behind its data, as far as the memory reaches, which grows by what is asked for.
//!
//! A pointer that moves up, and back if the newest block is released: enough for a guest that does one thing and is thrown away.
//! Invariant: blocks lie between the end of the data and the end of the memory, and do not overlap.

use core::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32,
    cell::Cell,
    ptr::null_mut,
};

unsafe extern "C" {
    /// Where the data ends and the heap begins: its address is what counts.
    static __heap_base: u8;
    /// Where the first page ends: its address is the size of a page, whatever the linker was told.
    static __wasm_first_page_end: u8;
}

#[global_allocator]
static HEAP: Heap = Heap { end: Cell::new(0) };

struct Heap {
    /// Where the next block may begin; 0 before the first.
    end: Cell<usize>,
}

// SAFETY: a module without shared memories has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    /// Makes sure that the memory has bytes up to `end`.
    fn reach(&self, end: usize) -> bool {
        let page = (&raw const __wasm_first_page_end).addr();
        let pages = end.div_ceil(page);
        let present = wasm32::memory_size(0);
        pages <= present || wasm32::memory_grow(0, pages - present) != usize::MAX
    }
}

// SAFETY: std's contract: a block begins where the one before ended, or later, aligned as asked.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = (&raw const __heap_base).addr();
        let start = self.end.get().max(base).checked_next_multiple_of(layout.align());
        let end = start.and_then(|start| start.checked_add(layout.size()));
        match (start, end) {
            (Some(start), Some(end)) if self.reach(end) => {
                self.end.set(end);
                core::ptr::with_exposed_provenance_mut(start)
            }
            _ => null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block.addr() + layout.size() == self.end.get() {
            self.end.set(block.addr());
        }
    }
}
