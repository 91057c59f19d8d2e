//! What decides whether memories and tables may grow: the engine's limits, and the host's limiter.
//!
//! Not the limits that a type declares: the entity checks those first. Invariant: nothing is allocated for a guest
//! before it has been granted here, and what is granted is exactly what is allocated.

use crate::Error;
use wasmite_core::Limits;

/// The host's say in how much a store may hold.
pub trait Limiter {
    /// Whether a memory of `current` bytes may grow to `desired` bytes; it may never exceed `maximum` bytes. Also asked
    /// when a memory is created, with `current` 0.
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool;

    /// Whether a table of `current` elements may grow to `desired` elements; it may never exceed `maximum` elements.
    /// Also asked when a table is created, with `current` 0.
    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool;

    /// A memory did not grow: it was not granted, or there was not enough memory.
    fn memory_grow_failed(&mut self) {}

    /// A table did not grow: it was not granted, or there was not enough memory.
    fn table_grow_failed(&mut self) {}

    /// Instances that the store may have.
    fn instances(&self) -> usize {
        10_000
    }

    /// Tables that the store may have.
    fn tables(&self) -> usize {
        10_000
    }

    /// Memories that the store may have.
    fn memories(&self) -> usize {
        10_000
    }
}

/// A store's budget at one moment: what growth has to pass.
pub(crate) struct Quota<'a, 'l> {
    pub(crate) limits: &'a Limits,
    /// Bytes of all memories and tables of the store.
    pub(crate) used: &'a mut u64,
    pub(crate) limiter: &'a mut Option<&'l mut dyn Limiter>,
}

/// A request to grow a memory (in bytes) or table (in elements).
#[derive(Clone, Copy)]
pub(crate) struct Growth {
    pub(crate) kind: GrowthKind,
    pub(crate) current: u64,
    pub(crate) desired: u64,
    pub(crate) maximum: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrowthKind {
    Memory,
    Table,
}

impl Quota<'_, '_> {
    /// Asks whether `growth` may be, then performs it. What fails is not counted, and the limiter is told.
    pub(crate) fn grow(
        &mut self,
        growth: Growth,
        perform: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let done = self.granted(growth).and_then(|total| {
            perform()?;
            *self.used = total;
            Ok(())
        });
        if done.is_err() {
            self.failed(growth.kind);
        }
        done
    }

    /// Tells the limiter that something did not grow.
    pub(crate) fn failed(&mut self, kind: GrowthKind) {
        match (&mut self.limiter, kind) {
            (Some(limiter), GrowthKind::Memory) => limiter.memory_grow_failed(),
            (Some(limiter), GrowthKind::Table) => limiter.table_grow_failed(),
            (None, _) => {}
        }
    }

    /// What the store holds in all after `growth`, if it may be.
    fn granted(&mut self, growth: Growth) -> Result<u64, Error> {
        let Growth { kind, current, desired, maximum } = growth;
        let (what, most, unit) = match kind {
            GrowthKind::Memory => ("bytes of a memory", self.limits.memory_bytes, 1),
            GrowthKind::Table => ("elements of a table", self.limits.table_elements, SLOT_BYTES),
        };
        Limits::check(what, desired, most)?;
        let total = self.used.saturating_add((desired - current).saturating_mul(unit));
        Limits::check("bytes of a store", total, self.limits.store_bytes)?;
        let granted = match (&mut self.limiter, kind) {
            (Some(limiter), GrowthKind::Memory) => {
                limiter.memory_growing(current, desired, maximum)
            }
            (Some(limiter), GrowthKind::Table) => limiter.table_growing(current, desired, maximum),
            (None, _) => true,
        };
        if granted { Ok(total) } else { Err(Error::GrowthDenied) }
    }
}

const SLOT_BYTES: u64 = size_of::<u64>() as u64;
