//! The heap: as many bytes of a static arena as the firmware was told to use, and how much of them was ever in use.
//!
//! Not how blocks are found: that is the allocator's crate. Invariant: out of memory is a null pointer.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    mem::MaybeUninit,
    ptr::{NonNull, null_mut},
};
use linked_list_allocator::Heap;

/// The most bytes the heap can have.
pub(crate) const MOST: usize = 1 << 20;

static mut ARENA: MaybeUninit<[u64; MOST / 8]> = MaybeUninit::uninit();

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(State { heap: Heap::empty(), peak: 0 }));

struct Allocator(UnsafeCell<State>);

struct State {
    heap: Heap,
    peak: usize,
}

// SAFETY: this firmware has one thread and no interrupt handler that allocates.
unsafe impl Sync for Allocator {}

impl Allocator {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: one thread, and nothing that is passed as `f` comes back here.
        f(unsafe { &mut *self.0.get() })
    }
}

/// Makes `bytes` of the arena the heap. To be called once, before anything allocates; more calls have no effect.
pub(crate) fn give(bytes: usize) {
    ALLOCATOR.with(|state| {
        if state.heap.size() == 0 {
            // SAFETY: nothing else uses the arena, and the heap is no larger.
            unsafe { state.heap.init((&raw mut ARENA).cast(), bytes.min(MOST)) };
        }
    });
}

/// The most bytes that were ever in use.
pub(crate) fn peak() -> usize {
    ALLOCATOR.with(|state| state.peak)
}

// SAFETY: the allocator's crate keeps std's contract.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.with(|state| {
            let block = state.heap.allocate_first_fit(layout);
            state.peak = state.peak.max(state.heap.used());
            block.map_or(null_mut(), NonNull::as_ptr)
        })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(block) = NonNull::new(block) {
            // SAFETY: promised by the caller.
            self.with(|state| unsafe { state.heap.deallocate(block, layout) });
        }
    }
}
