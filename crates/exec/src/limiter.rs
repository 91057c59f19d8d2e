//! What decides whether memories and tables may grow: the engine's limits, and the host's limiter.
//!
//! Not the limits that a type declares: the entity checks those first. Invariant: nothing is allocated for a guest
//! before it has been granted here. What counts is what is held: a memory may have room in advance.

use crate::{Error, config::MemoryGrowth};
use wasmite_core::Limits;

/// The host's say in how much a store may hold.
pub trait Limiter {
    /// Whether a memory of `current` bytes may grow to `desired` bytes; it may never exceed `maximum` bytes. Also asked
    /// when a memory is created, with `current` 0.
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict;

    /// Whether a table of `current` elements may grow to `desired` elements; it may never exceed `maximum` elements.
    /// Also asked when a table is created, with `current` 0.
    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict;

    /// Whether all memories and tables of the store, which hold `current` bytes, may hold `desired` bytes. Asked after the
    /// memory or table that grows.
    fn store_growing(&mut self, _current: u64, _desired: u64) -> Verdict {
        Verdict::Granted
    }

    /// How many bytes a memory may hold that needs `needed`, and to grow faster later would hold `wanted`. If it holds `needed`,
    /// all memories and tables of the store hold `store` bytes. What it holds is not asked for again by
    /// [`Limiter::store_growing`].
    fn memory_capacity(&mut self, needed: u64, _wanted: u64, _store: u64) -> u64 {
        needed
    }

    /// A memory did not grow: it was not granted, it has its maximum, or there was not enough memory. [`Verdict::Failed`]
    /// ends the running call; otherwise a guest sees that it failed.
    fn memory_grow_failed(&mut self) -> Verdict {
        Verdict::Refused
    }

    /// A table did not grow; as [`Limiter::memory_grow_failed`].
    fn table_grow_failed(&mut self) -> Verdict {
        Verdict::Refused
    }

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
    /// How memories grow.
    pub(crate) growth: MemoryGrowth,
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
    /// What the type declares.
    pub(crate) maximum: Option<u64>,
    /// What is possible at all.
    pub(crate) most: u64,
    /// What sizes are multiples of.
    pub(crate) step: u64,
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
    pub(crate) fn grow(
        &mut self,
        growth: Growth,
        perform: impl FnOnce(u64) -> Result<u64, Error>,
    ) -> Result<(), Error> {
        let done = self.granted(growth).and_then(|()| perform(self.holdable(growth)));
        match done {
            Ok(held) => {
                *self.used = self.used_with(growth, held);
                Ok(())
            }
            Err(error) => Err(self.failed(growth.kind, error)),
        }
    }

    /// What the store holds in all when `growth` holds `held`.
    fn used_with(&self, growth: Growth, held: u64) -> u64 {
        let more = held.saturating_sub(growth.held);
        self.used.saturating_add(more.saturating_mul(growth.kind.unit()))
    }

    /// What the engine's limit on one of this kind is called, and what it is.
    fn most(&self, kind: GrowthKind) -> (&'static str, u64) {
        match kind {
            GrowthKind::Memory => ("bytes of a memory", self.limits.memory_bytes),
            GrowthKind::Table => ("elements of a table", self.limits.table_elements),
        }
    }

    /// What may be held after `growth`, which is granted: as [`MemoryGrowth`] says of what grows in steps, else exactly what is
    /// asked for. (Limiters are not asked how many elements a table may hold.)
    fn holdable(&mut self, growth: Growth) -> u64 {
        let Growth { kind, current, desired, most, step, held, .. } = growth;
        if desired <= held {
            return held;
        }
        let exact = match kind {
            GrowthKind::Memory => self.growth != MemoryGrowth::Amortised,
            GrowthKind::Table => self.growth == MemoryGrowth::Exact || self.limiter.is_some(),
        };
        if current == 0 || exact {
            return desired;
        }
        // Half of what is left where a limit is near: the last steps are not slow then, and something is left for others.
        let total = self.used_with(growth, desired);
        let left = self.limits.store_bytes.saturating_sub(total) / kind.unit();
        let spare = (desired / 2).saturating_add(LEAST_SPARE / kind.unit()).min(left / 2);
        let wanted = desired.saturating_add(spare).min(most).min(self.most(kind).1);
        let capacity = match &mut self.limiter {
            Some(limiter) if wanted - wanted % step > desired => {
                limiter.memory_capacity(desired, wanted, total).min(wanted)
            }
            _ => wanted,
        };
        // Less than a page is no use.
        (capacity - capacity % step).max(desired)
    }

    /// Tells the limiter that something did not grow, and returns why: `error`, unless the limiter wants the call to end.
    #[cold]
    pub(crate) fn failed(&mut self, kind: GrowthKind, error: Error) -> Error {
        let verdict = match (&mut self.limiter, kind) {
            (Some(limiter), GrowthKind::Memory) => limiter.memory_grow_failed(),
            (Some(limiter), GrowthKind::Table) => limiter.table_grow_failed(),
            (None, _) => Verdict::Refused,
        };
        if verdict == Verdict::Failed { Error::LimiterFailed } else { error }
    }

    /// An error unless `growth` may be.
    fn granted(&mut self, growth: Growth) -> Result<(), Error> {
        let Growth { kind, current, desired, maximum, .. } = growth;
        let (what, most) = self.most(kind);
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
        verdict.granted()?;
        match &mut self.limiter {
            Some(limiter) if total > *self.used => {
                limiter.store_growing(*self.used, total).granted()
            }
            _ => Ok(()),
        }
    }
}

impl Verdict {
    /// An error unless granted.
    fn granted(self) -> Result<(), Error> {
        match self {
            Self::Granted => Ok(()),
            Self::Refused => Err(Error::GrowthDenied),
            Self::Failed => Err(Error::LimiterFailed),
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

/// What small memories and tables get in advance, in bytes.
const LEAST_SPARE: u64 = 64;
