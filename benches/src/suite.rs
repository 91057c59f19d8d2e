//! The suites: groups of cases that are measured in the same unit.
//!
//! Not the cases, which are in the modules below. Invariant: every engine is given the same cases in the same order.

mod calls;
mod execution;
mod instances;
#[cfg(feature = "heap")]
mod memory;
mod startup;

use crate::Runtime;
use anyhow::{Result, bail};
use std::{str::FromStr, time::Instant};

/// A group of cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suite {
    /// The benchmark programs; nanoseconds.
    Execution,
    /// Some of the programs with their small arguments, to count instructions; nanoseconds when run like the others.
    Counted,
    /// Compilation and instantiation in each mode; nanoseconds.
    Startup,
    /// Crossing borders: calls, instantiation, growth, bulk operations; nanoseconds.
    Calls,
    /// Making a hundred thousand instances; nanoseconds for one.
    Instances,
    /// What the process holds for one of them; bytes.
    Resident,
    /// What is on the heap, without linear memories; bytes. Only in a build that counts.
    Memory,
}

/// One case.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// Its name, without spaces.
    pub name: String,
    /// How many of what is measured are in one sample: turns of a loop, bytes of a module.
    pub turns: u64,
}

/// A case ready to be sampled: does it so many times, and returns the sum of the measured values.
pub type Job = Box<dyn FnMut(u64) -> Result<u64>>;

/// An engine computed something else than it should have.
#[derive(Debug, thiserror::Error)]
#[error("returned {found}, expected {expected}")]
pub struct WrongResult {
    /// What it returned.
    pub found: i64,
    /// What it should have returned.
    pub expected: i64,
}

impl FromStr for Suite {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "execution" => Self::Execution,
            "counted" => Self::Counted,
            "startup" => Self::Startup,
            "calls" => Self::Calls,
            "instances" => Self::Instances,
            "resident" => Self::Resident,
            "memory" => Self::Memory,
            _ => bail!("there is no suite `{name}`"),
        })
    }
}

impl Suite {
    /// The cases in order.
    ///
    /// # Errors
    /// If programs cannot be read, or this build cannot measure what the suite is about.
    pub fn cases(self) -> Result<Vec<Case>> {
        match self {
            Self::Execution => execution::cases(|_| true),
            Self::Counted => execution::cases(|program| program.counted),
            Self::Startup => startup::cases(),
            Self::Calls => Ok(calls::cases()),
            Self::Instances | Self::Resident => Ok(instances::cases()),
            #[cfg(feature = "heap")]
            Self::Memory => memory::cases(),
            #[cfg(not(feature = "heap"))]
            Self::Memory => bail!("this build does not count allocations"),
        }
    }

    /// Makes a case ready in an engine.
    ///
    /// # Errors
    /// If there is no such case, or the engine cannot do what it asks for.
    pub fn prepare<R: Runtime>(self, case: &str) -> Result<Job> {
        match self {
            Self::Execution => {
                execution::prepare::<R>(case, |program| (program.arg, program.expected))
            }
            Self::Counted => {
                execution::prepare::<R>(case, |program| (program.small_arg, program.small_expected))
            }
            Self::Startup => startup::prepare::<R>(case),
            Self::Calls => calls::prepare::<R>(case),
            Self::Instances => instances::prepare::<R>(case),
            Self::Resident => instances::prepare_resident::<R>(case),
            #[cfg(feature = "heap")]
            Self::Memory => memory::prepare::<R>(case),
            #[cfg(not(feature = "heap"))]
            Self::Memory => bail!("this build does not count allocations"),
        }
    }
}

/// Calls `run` so many times and checks what it returns; nanoseconds for all together.
fn time_runs<R: Runtime>(guest: &mut R::Guest, arg: i32, expected: i64, count: u64) -> Result<u64> {
    let start = Instant::now();
    for _ in 0..count {
        check(R::run(guest, arg)?, expected)?;
    }
    Ok(nanoseconds(start))
}

fn check(found: i64, expected: i64) -> Result<()> {
    if found == expected { Ok(()) } else { Err(WrongResult { found, expected }.into()) }
}

fn nanoseconds(start: Instant) -> u64 {
    start.elapsed().as_nanos().try_into().unwrap_or(u64::MAX)
}
