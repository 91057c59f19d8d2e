//! Host policies on growth and on the number of entities.
//!
//! Not the limits of the configuration, which hold besides.

use crate::Error;
use wasmite_exec::{Limiter, Verdict};

/// Decides whether memories and tables may grow, and how many entities a store may hold.
///
/// As Wasmtime's, except that failed growth is told without its error, that there is no asynchronous form, and that what a
/// store holds in all and room in advance are asked about too. Wasmi's methods have an error type of their own.
pub trait ResourceLimiter {
    /// A memory is to be created (`current` is 0) or grown. All sizes in bytes; `maximum` is what its type declares.
    /// `Ok(false)` makes growth fail as the standard says. An error ends the running call at once.
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, Error>;

    /// A table is to be created or grown; as [`ResourceLimiter::memory_growing`], but in elements.
    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, Error>;

    /// All memories and tables of the store together hold `current` bytes (room in advance included, static memories not)
    /// and are to hold `desired`. Asked after the memory or table that grows, and answered likewise. Wasmite's own.
    fn store_growing(&mut self, _current: usize, _desired: usize) -> Result<bool, Error> {
        Ok(true)
    }

    /// How many bytes a memory may hold that needs `needed`, and to grow faster later would hold `wanted`
    /// ([`MemoryGrowth::Amortised`](crate::MemoryGrowth::Amortised)). If it holds `needed`, all memories and tables of the
    /// store hold `store`. Unless overwritten, a memory holds exactly what [`ResourceLimiter::memory_growing`] allowed, and
    /// may be copied whenever it grows. Wasmite's own.
    fn memory_capacity(&mut self, needed: usize, _wanted: usize, _store: usize) -> usize {
        needed
    }

    /// A memory did not grow: it was not allowed, its type's maximum was reached, or there was not enough memory. An error
    /// ends the running call at once; otherwise growth fails as the standard says.
    fn memory_grow_failed(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// A table did not grow; as [`ResourceLimiter::memory_grow_failed`].
    fn table_grow_failed(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// The most instances the store may hold.
    fn instances(&self) -> usize {
        10_000
    }

    /// The most tables the store may hold.
    fn tables(&self) -> usize {
        10_000
    }

    /// The most memories the store may hold.
    fn memories(&self) -> usize {
        10_000
    }
}

/// Fixed limits on the size of each memory and table, on all of them together, and on their number. They hold for what is
/// really held: memories get room in advance only within them.
#[derive(Clone, Debug)]
pub struct StoreLimits {
    memory_size: Option<usize>,
    total_size: Option<usize>,
    table_elements: Option<usize>,
    instances: usize,
    tables: usize,
    memories: usize,
    trap_on_grow_failure: bool,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_size: None,
            total_size: None,
            table_elements: None,
            instances: 10_000,
            tables: 10_000,
            memories: 10_000,
            trap_on_grow_failure: false,
        }
    }
}

/// Builds [`StoreLimits`].
#[derive(Clone, Default, Debug)]
pub struct StoreLimitsBuilder(StoreLimits);

impl StoreLimitsBuilder {
    /// No limit on sizes, 10 000 instances, tables and memories.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes each memory may reach.
    #[must_use]
    pub fn memory_size(mut self, bytes: usize) -> Self {
        self.0.memory_size = Some(bytes);
        self
    }

    /// Bytes all memories and tables of the store may hold together. Wasmite's own.
    #[must_use]
    pub fn total_size(mut self, bytes: usize) -> Self {
        self.0.total_size = Some(bytes);
        self
    }

    /// Elements each table may reach.
    #[must_use]
    pub fn table_elements(mut self, elements: usize) -> Self {
        self.0.table_elements = Some(elements);
        self
    }

    /// The most instances.
    #[must_use]
    pub fn instances(mut self, count: usize) -> Self {
        self.0.instances = count;
        self
    }

    /// The most tables.
    #[must_use]
    pub fn tables(mut self, count: usize) -> Self {
        self.0.tables = count;
        self
    }

    /// The most memories.
    #[must_use]
    pub fn memories(mut self, count: usize) -> Self {
        self.0.memories = count;
        self
    }

    /// Whether growth that is refused or fails ends the call with an error, where the standard has it return -1; see
    /// [`ResourceLimiter::memory_growing`] and [`ResourceLimiter::memory_grow_failed`].
    #[must_use]
    pub fn trap_on_grow_failure(mut self, trap: bool) -> Self {
        self.0.trap_on_grow_failure = trap;
        self
    }

    /// The limits.
    pub fn build(self) -> StoreLimits {
        self.0
    }
}

impl StoreLimits {
    fn decide(&self, what: &str, desired: usize, limit: Option<usize>) -> Result<bool, Error> {
        let allowed = limit.is_none_or(|limit| desired <= limit);
        if !allowed && self.trap_on_grow_failure {
            return Err(Error::msg(format_args!("growing a {what} to {desired} was refused")));
        }
        Ok(allowed)
    }

    fn failed(&self, what: &str) -> Result<(), Error> {
        if self.trap_on_grow_failure {
            return Err(Error::msg(format_args!("growing a {what} failed")));
        }
        Ok(())
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> Result<bool, Error> {
        self.decide("memory", desired, self.memory_size)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, Error> {
        self.decide("table", desired, self.table_elements)
    }

    fn store_growing(&mut self, _: usize, desired: usize) -> Result<bool, Error> {
        self.decide("store", desired, self.total_size)
    }

    fn memory_capacity(&mut self, needed: usize, wanted: usize, store: usize) -> usize {
        let left = self.total_size.map_or(usize::MAX, |total| total.saturating_sub(store));
        // Something is left for other memories and tables.
        wanted.min(needed.saturating_add(left / 2)).min(self.memory_size.unwrap_or(usize::MAX))
    }

    fn memory_grow_failed(&mut self) -> Result<(), Error> {
        self.failed("memory")
    }

    fn table_grow_failed(&mut self) -> Result<(), Error> {
        self.failed("table")
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

/// A host's limiter as the engine consults it, and the error it gave.
pub(crate) struct Consulted<'a> {
    limiter: &'a mut dyn ResourceLimiter,
    error: Option<Error>,
}

impl<'a> Consulted<'a> {
    pub(crate) fn new(limiter: &'a mut dyn ResourceLimiter) -> Self {
        Self { limiter, error: None }
    }

    /// The limiter's error if it gave one, else `result`.
    pub(crate) fn finish<R>(self, result: Result<R, wasmite_exec::Error>) -> Result<R, Error> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(result?),
        }
    }

    /// What the decision means to the engine, which returns at once after an error.
    fn verdict(&mut self, decision: Result<bool, Error>) -> Verdict {
        match decision {
            Ok(true) => Verdict::Granted,
            Ok(false) => Verdict::Refused,
            Err(error) => {
                // The first one says most: after a refusal comes a failure.
                self.error.get_or_insert(error);
                Verdict::Failed
            }
        }
    }

    /// What the host's answer to a failure means to the engine.
    fn after_failure(&mut self, answer: Result<(), Error>) -> Verdict {
        self.verdict(answer.map(|()| false))
    }
}

impl Limiter for Consulted<'_> {
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict {
        let decision =
            self.limiter.memory_growing(native(current), native(desired), maximum.map(native));
        self.verdict(decision)
    }

    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict {
        let decision =
            self.limiter.table_growing(native(current), native(desired), maximum.map(native));
        self.verdict(decision)
    }

    fn store_growing(&mut self, current: u64, desired: u64) -> Verdict {
        let decision = self.limiter.store_growing(native(current), native(desired));
        self.verdict(decision)
    }

    fn memory_capacity(&mut self, needed: u64, wanted: u64, store: u64) -> u64 {
        self.limiter.memory_capacity(native(needed), native(wanted), native(store)) as u64
    }

    fn memory_grow_failed(&mut self) -> Verdict {
        let answer = self.limiter.memory_grow_failed();
        self.after_failure(answer)
    }

    fn table_grow_failed(&mut self) -> Verdict {
        let answer = self.limiter.table_grow_failed();
        self.after_failure(answer)
    }

    fn instances(&self) -> usize {
        self.limiter.instances()
    }

    fn tables(&self) -> usize {
        self.limiter.tables()
    }

    fn memories(&self) -> usize {
        self.limiter.memories()
    }
}

/// Sizes that no machine with this `usize` has look like its largest.
fn native(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}
