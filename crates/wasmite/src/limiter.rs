//! Host policies on growth and on the number of entities.
//!
//! Not the limits of the configuration, which hold besides.

use crate::Error;
use wasmite_exec::{Limiter, Verdict};

/// Decides whether memories and tables may grow, and how many entities a store may hold.
///
/// As Wasmtime's, except that failed growth is told without its error and cannot be turned into a failure of the call,
/// and that there is no asynchronous form. Wasmi's methods have an error type of their own.
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

    /// Growth of a memory that was allowed failed, e.g. for lack of memory.
    fn memory_grow_failed(&mut self) {}

    /// Growth of a table that was allowed failed.
    fn table_grow_failed(&mut self) {}

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

/// Fixed limits on the size of each memory and table and on their number.
#[derive(Clone, Debug)]
pub struct StoreLimits {
    memory_size: Option<usize>,
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

    /// Whether refused growth ends the call with an error; see [`ResourceLimiter::memory_growing`].
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
                self.error = Some(error);
                Verdict::Failed
            }
        }
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

    fn memory_grow_failed(&mut self) {
        self.limiter.memory_grow_failed();
    }

    fn table_grow_failed(&mut self) {
        self.limiter.table_grow_failed();
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
