//! Runs spec test scripts in every mode that must not matter: {tail, loop} dispatch x {eager, lazy} x {fusions on, off}.
//!
//! What is out of scope is listed beside the runner, not here. Invariant: a mode that ran nothing is a failure.

use crate::{
    asm,
    process::{self, Binary},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder of scripts; the project's own if there is none
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Options {
    /// The scripts in `dir`.
    pub(crate) fn over(dir: Option<PathBuf>) -> Self {
        Self { dir }
    }
}

/// The project's own scripts.
const OWN_SCRIPTS: &str = "crates/wast/tests/scripts";

const MODES: &[(&str, &[&str])] = &[
    ("eager, fusions on", &["--mode", "eager"]),
    ("eager, fusions off", &["--mode", "eager", "--no-fusion"]),
    ("lazy, fusions on", &["--mode", "lazy"]),
    ("lazy, fusions off", &["--mode", "lazy", "--no-fusion"]),
];

/// Lines about failures shown for each mode: the first ones tell most.
const SHOWN: usize = 40;

/// What one mode printed last.
#[derive(Debug, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let dir = options.dir.clone().unwrap_or_else(|| process::root().join(OWN_SCRIPTS));
    let tail = asm::release_binary()?;
    let portable = Binary {
        package: "wasmite-cli",
        name: "wasmite",
        profile: "dev",
        features: &["portable-dispatch"],
    };
    let portable = portable.build()?;
    println!("{:<28} {:>9} {:>9} {:>9} {:>9}", "mode", "passed", "failed", "skipped", "seconds");
    let mut failures = 0;
    for (dispatch, binary) in [("tail", &tail), ("loop", &portable)] {
        for (mode, arguments) in MODES {
            let start = Instant::now();
            let (counts, complete) = run_mode(binary, arguments, &dir)?;
            let Counts { passed, failed, skipped } = counts;
            let seconds = start.elapsed().as_secs_f64();
            let mode = format!("{dispatch}, {mode}");
            println!("{mode:<28} {passed:>9} {failed:>9} {skipped:>9} {seconds:>9.1}");
            ensure!(passed > 0, "nothing passed: is {} the right folder?", dir.display());
            failures += u64::from(!complete);
        }
    }
    if failures == 0 { Ok(()) } else { bail!("{failures} modes failed") }
}

/// Runs all scripts in one mode; whether the runner was content, too.
fn run_mode(binary: &Path, arguments: &[&str], dir: &Path) -> Result<(Counts, bool)> {
    let mut command = Command::new(binary);
    command.arg("wast").args(arguments).arg(dir).stderr(Stdio::inherit());
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (details, counts) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
    let parsed =
        parse_counts(counts).with_context(|| format!("{command:?} ended with `{counts}`"))?;
    if !output.status.success() {
        details
            .lines()
            .filter(|line| !line.contains("skipped: "))
            .take(SHOWN)
            .for_each(|line| println!("{line}"));
    }
    Ok((parsed, output.status.success()))
}

/// Reads `N passed, M failed, K skipped`, and perhaps more after another comma.
fn parse_counts(line: &str) -> Option<Counts> {
    let mut counts = line.split(", ");
    let mut next = |word: &str| counts.next()?.strip_suffix(word)?.trim().parse().ok();
    Some(Counts { passed: next("passed")?, failed: next("failed")?, skipped: next("skipped")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read() {
        let counts = Some(Counts { passed: 12, failed: 0, skipped: 3 });
        assert_eq!(parse_counts("12 passed, 0 failed, 3 skipped"), counts);
        assert_eq!(parse_counts("12 passed, 0 failed, 3 skipped, 1 unexpected passes"), counts);
        assert_eq!(parse_counts("error: no such file"), None);
    }
}
