//! An allocator that fails when it is told to, and counts what each thread holds.
//!
//! Not a simulation of a heap: what it gives comes from the system's. Invariant: threads do not affect each other, so tests
//! run side by side.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// When allocations fail.
#[derive(Clone, Copy)]
pub(crate) enum Failing {
    /// The one with this number, counted from 0.
    Only(u64),
    /// That one and all after it.
    From(u64),
    /// Those after which more bytes than these would be held.
    Beyond(i64),
}

thread_local! {
    static FAILING: Cell<Option<Failing>> = const { Cell::new(None) };
    /// Allocations since failing was asked for, and whether one failed.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
    /// The least that would have had to be held for the first that failed.
    static WANTED: Cell<i64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// What came of an action with failing allocations.
pub(crate) struct Outcome<R> {
    pub(crate) result: R,
    /// Whether an allocation failed.
    pub(crate) failed: bool,
    /// What would have had to be held for the first that failed.
    pub(crate) wanted: i64,
}

/// Does something while allocations of this thread fail.
pub(crate) fn failing<R>(when: Failing, act: impl FnOnce() -> R) -> Outcome<R> {
    COUNT.set(0);
    FAILED.set(false);
    FAILING.set(Some(when));
    let result = act();
    FAILING.set(None);
    Outcome { result, failed: FAILED.get(), wanted: WANTED.get() }
}

/// Bytes that were allocated in this thread and not freed in it.
pub(crate) fn held() -> i64 {
    HELD.get()
}

/// Whether an allocation that adds `more` bytes is to fail.
fn fails(more: i64) -> bool {
    let Some(when) = FAILING.get() else { return false };
    let number = COUNT.get();
    COUNT.set(number + 1);
    let wanted = HELD.get() + more;
    let fails = match when {
        Failing::Only(at) => number == at,
        Failing::From(first) => number >= first,
        Failing::Beyond(most) => wanted > most,
    };
    if fails && !FAILED.replace(true) {
        WANTED.set(wanted);
    }
    fails
}

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn hold(more: i64) {
    HELD.set(HELD.get() + more);
}

// SAFETY: std's contract: it is `System`, which keeps it, or null.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails(layout.size() as i64) {
            return null_mut();
        }
        hold(layout.size() as i64);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if fails(layout.size() as i64) {
            return null_mut();
        }
        hold(layout.size() as i64);
        // SAFETY: promised by the caller.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        hold(-(layout.size() as i64));
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(start, layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // As if the new block had to be there before the old one is freed.
        if fails(size as i64) {
            return null_mut();
        }
        hold(size as i64 - layout.size() as i64);
        // SAFETY: promised by the caller.
        unsafe { System.realloc(start, layout, size) }
    }
}
