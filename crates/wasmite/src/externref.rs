//! References to values of the host.
//!
//! Invariant: a slot that holds one is its position in the store's list of host values plus one; the list only grows.

use crate::{AsContextMut, Error, StoreContext};
use alloc::boxed::Box;
use core::any::Any;
use wasmite_core::OutOfMemory;
use wasmite_core::heap::{self, Grow};
use wasmite_exec::StoreId;

/// A value of the host that a store owns.
pub(crate) type HostValue = Box<dyn Any + Send + Sync>;

/// A reference to a value of the host. The value lives as long as the store: there is no garbage collection, hence no
/// `Rooted` as in Wasmtime.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExternRef {
    store: StoreId,
    index: u32,
}

impl ExternRef {
    /// Moves `value` into the store. A `Result`, as in Wasmtime; Wasmi's cannot fail.
    ///
    /// # Errors
    /// If the store holds 2^32 - 1 host values already, or there is no memory.
    pub fn new<V: Any + Send + Sync>(mut ctx: impl AsContextMut, value: V) -> Result<Self, Error> {
        let store = ctx.as_context_mut().0;
        let index = u32::try_from(store.values.len()).ok().filter(|index| *index < u32::MAX);
        let index = index.ok_or_else(|| Error::usage("a store cannot hold more host values"))?;
        store.values.try_reserve(1).map_err(OutOfMemory::from)?;
        heap::has_room(size_of::<V>())?;
        #[expect(
            clippy::disallowed_methods,
            reason = "there was room: only so can it be any value"
        )]
        store.values.put(Box::new(value));
        Ok(Self { store: store.exec.id(), index })
    }

    /// The value: always there, as in Wasmi; a `Result` of an `Option` in Wasmtime.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn data<'a, T: 'a>(
        &self,
        ctx: impl Into<StoreContext<'a, T>>,
    ) -> &'a (dyn Any + Send + Sync) {
        let store = ctx.into().0;
        self.check(&store.exec);
        &*store.values[self.index as usize]
    }

    fn check(self, store: &wasmite_exec::Store) {
        assert!(self.store == store.id(), "this host value belongs to another store");
    }

    pub(crate) fn to_slot(self, store: &wasmite_exec::Store) -> u64 {
        self.check(store);
        u64::from(self.index) + 1
    }

    pub(crate) fn from_slot(slot: u64, store: &wasmite_exec::Store) -> Option<Self> {
        let index = u32::try_from(slot.checked_sub(1)?).ok()?;
        Some(Self { store: store.id(), index })
    }
}
