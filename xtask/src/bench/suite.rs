//! The suites as the driver knows them: names and units. What their cases are is the workers' knowledge.

use serde::{Deserialize, Serialize};

/// A group of cases that are measured in the same unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Suite {
    /// Running the benchmark programs
    Execution,
    /// Compiling and instantiating modules of three sizes, in each mode
    Startup,
    /// Crossing borders: calls, instantiation, growth of memory, bulk operations
    Calls,
    /// Making 100,000 instances of one module, in one store and in a store each
    Instances,
    /// What the process holds for each of them; needs Linux
    Resident,
    /// Heap of modules, stores and instances; needs no quiet machine
    Memory,
    /// Instructions of some of the programs.
    #[value(skip)]
    Counted,
}

impl Suite {
    /// Its name in the protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Execution => "execution",
            Self::Startup => "startup",
            Self::Calls => "calls",
            Self::Instances => "instances",
            Self::Resident => "resident",
            Self::Memory => "memory",
            Self::Counted => "counted",
        }
    }

    /// What figures are shown in, and how many of the workers' units (nanoseconds, bytes, instructions) that is.
    pub(crate) fn unit(self) -> (&'static str, f64) {
        match self {
            Self::Execution => ("ms", 1e6),
            Self::Startup => ("µs", 1e3),
            Self::Calls | Self::Instances => ("ns", 1.0),
            Self::Memory | Self::Resident => ("bytes", 1.0),
            Self::Counted => ("kInstr", 1e3),
        }
    }

    /// Whether it is about time, so that a figure needs many samples.
    pub(crate) fn is_timed(self) -> bool {
        matches!(self, Self::Execution | Self::Startup | Self::Calls | Self::Instances)
    }
}
