//! What decides whether memories and tables may grow: the engine's limits, and the host's limiter.
//!
//! Not the limits that a type declares: the entity checks those first. Invariant: nothing is allocated for a guest
//! before it has been granted here. What counts is what is held, which is more than the size only where no limiter is.

use crate::Error;
use wasmite_core::Limits;

/// The host's say in how much a store may hold.
pub trait Limiter {
    /// Whether a memory of `current` bytes may grow to `desired` bytes; it may never exceed `maximum` bytes. Also asked
    /// when a memory is created, with `current` 0.
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict;

    /// Whether a table of `current` elements may grow to `desired` elements; it may never exceed `maximum` elements.
    /// Also asked when a table is created, with `current` 0.
    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict;

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

/// What a [`Limiter`] says to growth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It may be.
    Granted,
    /// It may not be: a guest that grows something sees that it failed.
    Refused,
    /// It may not be, and the running call ends at once with [`Error::LimiterFailed`].
    Failed,
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
    /// What is allocated already, at least `current`.
    pub(crate) held: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrowthKind {
    Memory,
    Table,
}

impl Quota<'_, '_> {
    /// Asks whether `growth` may be, then performs it: `perform` gets what may be held then, and says what is. What fails
    /// is not counted, and the limiter is told.
    #[inline]
    pub(crate) fn grow(
        &mut self,
        growth: Growth,
        perform: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<(), Error> {
        if growth.desired <= growth.held && self.limiter.is_none() {
            // What is held was granted, and is counted.
            return perform(growth.held).map(drop);
        }
        let done = self.granted(growth).and_then(|()| perform(self.holdable(growth)));
        match done {
            Ok(held) => {
                *self.used = self.used_with(growth, held);
                Ok(())
            }
            Err(error) => {
                self.failed(growth.kind);
                Err(error)
            }
        }
    }

    /// What the store holds in all when `growth` holds `held`.
    fn used_with(&self, growth: Growth, held: u64) -> u64 {
        let more = held.saturating_sub(growth.held);
        self.used.saturating_add(more.saturating_mul(growth.kind.unit()))
    }

    /// What may be held after `growth`, which is granted: half as much again as is asked for, so that growing in small steps
    /// takes linear time. Exactly what is asked for if that exceeds a limit, if a limiter watches, or without std, where
    /// memory is scarce.
    fn holdable(&self, growth: Growth) -> u64 {
        let Growth { kind, current, desired, maximum, held } = growth;
        if desired <= held {
            return held;
        }
        let in_steps = kind == GrowthKind::Memory && current > 0;
        if !in_steps || self.limiter.is_some() || !cfg!(feature = "std") {
            return desired;
        }
        let ample = desired.saturating_add(desired / 2).saturating_add(LEAST_SPARE);
        let ample = ample.min(maximum.unwrap_or(u64::MAX)).min(self.limits.memory_bytes);
        let fits = self.used_with(growth, ample) <= self.limits.store_bytes;
        if fits { ample.max(desired) } else { desired }
    }

    /// Tells the limiter that something did not grow.
    #[cold]
    pub(crate) fn failed(&mut self, kind: GrowthKind) {
        match (&mut self.limiter, kind) {
            (Some(limiter), GrowthKind::Memory) => limiter.memory_grow_failed(),
            (Some(limiter), GrowthKind::Table) => limiter.table_grow_failed(),
            (None, _) => {}
        }
    }

    /// An error unless `growth` may be.
    fn granted(&mut self, growth: Growth) -> Result<(), Error> {
        let Growth { kind, current, desired, maximum, .. } = growth;
        let (what, most) = match kind {
            GrowthKind::Memory => ("bytes of a memory", self.limits.memory_bytes),
            GrowthKind::Table => ("elements of a table", self.limits.table_elements),
        };
        Limits::check(what, desired, most)?;
        let total = self.used_with(growth, desired);
        Limits::check("bytes of a store", total, self.limits.store_bytes)?;
        let verdict = match (&mut self.limiter, kind) {
            (Some(limiter), GrowthKind::Memory) => {
                limiter.memory_growing(current, desired, maximum)
            }
            (Some(limiter), GrowthKind::Table) => limiter.table_growing(current, desired, maximum),
            (None, _) => Verdict::Granted,
        };
        match verdict {
            Verdict::Granted => Ok(()),
            Verdict::Refused => Err(Error::GrowthDenied),
            Verdict::Failed => Err(Error::LimiterFailed),
        }
    }
}

impl GrowthKind {
    /// Bytes of what sizes count.
    fn unit(self) -> u64 {
        match self {
            Self::Memory => 1,
            Self::Table => size_of::<u64>() as u64,
        }
    }
}

/// What small memories get in advance, in bytes.
const LEAST_SPARE: u64 = 64;
