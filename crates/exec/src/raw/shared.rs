//! Shared ownership whose making may fail: the standard library's `Arc` aborts when there is no memory for it.
//!
//! No weak references. Invariant: `counted` comes from a box of one, which lives until the last of the owners that it
//! counts is dropped.

use crate::atomic::AtomicUsize;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops;
use core::ptr::{NonNull, slice_from_raw_parts_mut};
use core::sync::atomic::{Ordering, fence};
use wasmite_core::{OutOfMemory, heap::Grow};

struct Counted<T> {
    owners: AtomicUsize,
    value: T,
}

/// A value that all clones own together.
pub(crate) struct Shared<T> {
    counted: NonNull<Counted<T>>,
}

// SAFETY: std's contract for `Arc`: threads get `&T`, and the last of them drops the value.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: std's contract for `Arc`, as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A value with one owner.
    pub(crate) fn new(value: T) -> Result<Self, OutOfMemory> {
        let mut one = Vec::with_room(1)?;
        one.put(Counted { owners: AtomicUsize::new(1), value });
        let start = NonNull::from(Box::leak(one.try_into_box()?)).cast();
        Ok(Self { counted: start })
    }

    /// Whether both are clones of one.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.counted == other.counted
    }

    /// The value, if nobody else owns it.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // Whoever was an owner before has let go of what it saw.
        if self.counted().owners.load(Ordering::Acquire) != 1 {
            return None;
        }
        // SAFETY: std's contract for `Arc::get_mut`: the only owner is borrowed exclusively, and there are no weak ones.
        Some(unsafe { &mut self.counted.as_mut().value })
    }

    fn counted(&self) -> &Counted<T> {
        // SAFETY: std's contract for boxes: it is not freed while it has an owner, and this is one.
        unsafe { self.counted.as_ref() }
    }
}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        // An owner exists already, so nothing has to be ordered. Overflow would take as many clones as there are addresses,
        // each forgotten: the count then stays at the top, and the value is never freed.
        let owners = &self.counted().owners;
        if owners.fetch_add(1, Ordering::Relaxed) > usize::MAX / 2 {
            owners.store(usize::MAX / 2, Ordering::Relaxed);
        }
        Self { counted: self.counted }
    }
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        if self.counted().owners.fetch_sub(1, Ordering::Release) == 1 {
            // What other owners did comes before the value is dropped.
            fence(Ordering::Acquire);
            let one = slice_from_raw_parts_mut(self.counted.as_ptr(), 1);
            // SAFETY: std's contract for `Box::from_raw`: it came from a box of one, and this was the last owner.
            drop(unsafe { Box::from_raw(one) });
        }
    }
}

impl<T> ops::Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.counted().value
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::Shared;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    struct Counter<'a>(&'a AtomicUsize);

    impl Drop for Counter<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_last_owner_drops_the_value() {
        let drops = AtomicUsize::new(0);
        let shared = Shared::new(Counter(&drops)).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                let shared = shared.clone();
                scope.spawn(move || {
                    (0..100).for_each(|_| drop(shared.clone()));
                    assert_eq!(shared.0.load(Ordering::Relaxed), 0);
                });
            }
        });
        assert_eq!(drops.load(Ordering::Relaxed), 0);
        drop(shared);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn only_a_sole_owner_may_change_it() {
        let mut shared = Shared::new(1).unwrap();
        let clone = shared.clone();
        assert!(shared.same(&clone));
        assert_eq!(shared.get_mut(), None);
        drop(clone);
        *shared.get_mut().unwrap() += 1;
        assert_eq!(*shared, 2);
        assert!(!shared.same(&Shared::new(2).unwrap()));
    }
}
