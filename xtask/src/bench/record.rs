//! A run as it is kept in a file: where, when and of what, with all figures.

use super::{engine::Engine, measurement::Measurement, suite::Suite};
use crate::process;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::{
    env, fs,
    path::Path,
    process::Command,
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

/// A run.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) suite: Suite,
    /// What medians are in.
    unit: String,
    /// Seconds since 1970.
    time: u64,
    commit: String,
    rustc: String,
    cpu: String,
    cores: usize,
    system: String,
    /// What was typed after `cargo xtask`.
    arguments: Vec<String>,
    pub(crate) rounds: usize,
    /// Wasmite first.
    pub(crate) engines: Vec<Version>,
    pub(crate) cases: Vec<Measurement>,
    /// What engines did not do, and why.
    pub(crate) notes: Vec<String>,
}

/// An engine that was measured.
#[derive(Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) name: String,
    version: String,
}

impl Record {
    /// A run that begins.
    pub(crate) fn new(suite: Suite, rounds: usize, engines: &[Engine]) -> Result<Self> {
        let unit = match suite {
            Suite::Memory | Suite::Resident => "bytes",
            Suite::Counted => "instructions",
            _ => "nanoseconds",
        };
        let version = |engine: &Engine| Version {
            name: engine.name.clone(),
            version: engine.version.clone(),
        };
        Ok(Self {
            suite,
            unit: unit.to_owned(),
            time: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
            commit: output("git", &["describe", "--always", "--dirty", "--exclude=*"]),
            rustc: output("rustc", &["--version"]),
            cpu: cpu().unwrap_or_else(|| env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, Into::into),
            system: env::consts::OS.to_owned(),
            arguments: env::args().skip(1).collect(),
            rounds: if suite.is_timed() { rounds } else { 1 },
            engines: engines.iter().map(version).collect(),
            cases: Vec::new(),
            notes: Vec::new(),
        })
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no record", path.display()))
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Refuses to compare milliseconds with bytes.
    pub(crate) fn check_suite(&self, suite: Suite) -> Result<()> {
        ensure!(
            self.suite == suite,
            "the baseline is of the suite `{}`, not `{}`",
            self.suite.name(),
            suite.name()
        );
        Ok(())
    }

    /// What was measured in a case.
    pub(crate) fn case(&self, name: &str) -> Option<&Measurement> {
        self.cases.iter().find(|measurement| measurement.case == name)
    }
}

/// What a program prints; empty if it cannot be asked.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(process::root()).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// The processor's name, where the system tells it in a file.
fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_back() {
        let mut record = Record::new(Suite::Calls, 3, &[]).unwrap();
        record.cases.push(Measurement::of("x", &[Some(vec![10.0]), None]));
        let read: Record = serde_json::from_str(&record.to_json().unwrap()).unwrap();
        assert_eq!(read.rounds, 3);
        assert_eq!(record.cases[0].against(read.case("x").unwrap()), Some(1.0));
        assert!(read.check_suite(Suite::Calls).is_ok());
        assert!(read.check_suite(Suite::Memory).is_err());
    }
}
