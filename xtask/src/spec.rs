//! Runs spec test scripts in every mode that must not matter: {tail, loop} dispatch x {eager, lazy} x {fusions on, off}, with fuel,
//! and moving from one tier of code to the other.
//!
//! The official suite comes packaged with the tests of `wasmite-wast`, other scripts are run by the program itself. What is
//! out of scope is listed beside the runner, not here. Invariant: a mode that ran nothing is a failure.

use crate::{
    asm,
    process::{self, Binary},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder of scripts; the official suite and the project's own if there is none
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The project's own scripts.
const OWN_SCRIPTS: &str = "crates/wast/tests/scripts";

const MODES: &[(&str, &[&str])] = &[
    ("eager, fusions on", &["--mode", "eager"]),
    ("eager, fusions off", &["--mode", "eager", "--no-fusion"]),
    ("lazy, fusions on", &["--mode", "lazy"]),
    ("lazy, fusions off", &["--mode", "lazy", "--no-fusion"]),
    ("eager, everything hot", &["--mode", "eager", "--heat", "0"]),
    ("eager, something hot, fuel", &["--mode", "eager", "--heat", "2", "--fuel"]),
    ("lazy, much hot", &["--mode", "lazy", "--heat", "1"]),
    ("eager, fuel", &["--mode", "eager", "--fuel"]),
    ("lazy, fuel, fusions off", &["--mode", "lazy", "--fuel", "--no-fusion"]),
];

/// Lines about failures shown for each mode: the first ones tell most.
const SHOWN: usize = 40;

/// A dispatch back-end, and the features that the tests need for it: a profile without debug assertions has tail calls.
type Dispatch = (&'static str, &'static [&'static str]);
const TAIL: Dispatch = ("tail", &[]);
const LOOP: Dispatch = ("loop", &["--features", "portable-dispatch"]);

/// What one mode printed last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// What came of all modes so far.
#[derive(Default)]
struct Tally {
    /// Back-ends and modes that were not content.
    failures: u64,
    /// What was skipped, with the reason: the same in each mode, so told once.
    skipped: BTreeSet<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut tally = Tally::start();
    if options.dir.is_none() {
        tally.official_suite(TAIL)?;
        tally.official_suite(LOOP)?;
    }
    tally.scripts(options.dir.as_deref())?;
    tally.finish()
}

/// CI's share: `cargo test`, another of its steps, runs the official suite over the loop.
pub(crate) fn run_step(dir: Option<&Path>) -> Result<()> {
    let mut tally = Tally::start();
    tally.official_suite(TAIL)?;
    tally.scripts(dir)?;
    tally.finish()
}

impl Tally {
    fn start() -> Self {
        println!(
            "{:<42} {:>9} {:>9} {:>9} {:>9}",
            "mode", "passed", "failed", "skipped", "seconds"
        );
        Self::default()
    }

    /// Runs the suite that is packaged with the tests of `wasmite-wast`, and the project's own scripts with it.
    fn official_suite(&mut self, (dispatch, features): Dispatch) -> Result<()> {
        let test = ["test", "--profile", "ci", "--package", "wasmite-wast", "--test", "it"];
        let shown = ["--", "--nocapture"];
        let mut command = process::cargo([&test, features, &shown].into_iter().flatten().copied());
        let start = Instant::now();
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("starting {command:?}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let modes = by_mode(&text);
        for (mode, counts) in &modes {
            row(&format!("suite: {dispatch}, {mode}"), *counts, None);
        }
        println!("suite: {dispatch}, {:.1} seconds in all", start.elapsed().as_secs_f64());
        ensure!(!modes.is_empty(), "{command:?}: no counts of any mode");
        self.skipped.extend(
            text.lines().filter_map(|line| line.strip_prefix(SUITE_SKIPPED)).map(String::from),
        );
        self.failures += u64::from(!output.status.success());
        Ok(())
    }

    /// Runs the scripts in `dir`, or else the project's own, in the program that users get and in a debug build.
    fn scripts(&mut self, dir: Option<&Path>) -> Result<()> {
        let dir = dir.map_or_else(|| process::root().join(OWN_SCRIPTS), PathBuf::from);
        let tail = asm::release_binary()?;
        let portable = Binary {
            package: "wasmite-cli",
            name: "wasmite",
            profile: "dev",
            features: &["portable-dispatch"],
        };
        let portable = portable.build()?;
        for (dispatch, binary) in [("tail", &tail), ("loop", &portable)] {
            for (mode, arguments) in MODES {
                let start = Instant::now();
                let (counts, complete) = self.run_mode(binary, arguments, &dir)?;
                let seconds = start.elapsed().as_secs_f64();
                row(&format!("{dispatch}, {mode}"), counts, Some(seconds));
                ensure!(
                    counts.passed > 0,
                    "nothing passed: is {} the right folder?",
                    dir.display()
                );
                self.failures += u64::from(!complete);
            }
        }
        Ok(())
    }

    /// Runs all scripts in one mode; whether the runner was content, too.
    fn run_mode(
        &mut self,
        binary: &Path,
        arguments: &[&str],
        dir: &Path,
    ) -> Result<(Counts, bool)> {
        let mut command = Command::new(binary);
        command.arg("wast").args(arguments).arg(dir).stderr(Stdio::inherit());
        let output = command.output().with_context(|| format!("starting {command:?}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let (details, counts) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
        let parsed =
            parse_counts(counts).with_context(|| format!("{command:?} ended with `{counts}`"))?;
        let (skipped, failed): (Vec<_>, Vec<_>) =
            details.lines().partition(|line| line.contains(": skipped: "));
        self.skipped.extend(skipped.into_iter().map(|line| line.replacen(": skipped: ", ": ", 1)));
        if !output.status.success() {
            failed.iter().take(SHOWN).for_each(|line| println!("{line}"));
        }
        Ok((parsed, output.status.success()))
    }

    fn finish(self) -> Result<()> {
        if !self.skipped.is_empty() {
            println!("skipped in every mode:");
            self.skipped.iter().for_each(|line| println!("  {line}"));
        }
        if self.failures == 0 { Ok(()) } else { bail!("{} modes failed", self.failures) }
    }
}

fn row(mode: &str, counts: Counts, seconds: Option<f64>) {
    let Counts { passed, failed, skipped } = counts;
    let seconds = seconds.map_or_else(String::new, |seconds| format!("{seconds:.1}"));
    println!("{mode:<42} {passed:>9} {failed:>9} {skipped:>9} {seconds:>9}");
}

/// How the tests begin a line about what they skip.
const SUITE_SKIPPED: &str = "  skipped ";

/// Sums what the tests print for each group, `GROUP (MODE): COUNTS`, over the groups.
fn by_mode(text: &str) -> Vec<(&str, Counts)> {
    let mut modes: Vec<(&str, Counts)> = Vec::new();
    let parse = |line| -> Option<(&str, Counts)> {
        let (label, counts) = str::rsplit_once(line, "): ")?;
        Some((label.rsplit_once('(')?.1, parse_counts(counts)?))
    };
    for (mode, counts) in text.lines().filter_map(parse) {
        let known = modes.iter().position(|(known, _)| *known == mode);
        let at = known.unwrap_or_else(|| {
            modes.push((mode, Counts::default()));
            modes.len() - 1
        });
        let sum = &mut modes[at].1;
        sum.passed += counts.passed;
        sum.failed += counts.failed;
        sum.skipped += counts.skipped;
    }
    modes
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
    fn groups_are_summed_by_mode() {
        let text = "running 2 tests
test a ... a (Eager, fusions on): 2 passed, 1 failed, 0 skipped
  skipped a/b.wast: simd
b (Eager, fusions on): 3 passed, 0 failed, 4 skipped, 1 unexpected passes
b (Lazy, fusions off): 5 passed, 0 failed, 4 skipped
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let counts = |passed, failed, skipped| Counts { passed, failed, skipped };
        let expected =
            [("Eager, fusions on", counts(5, 1, 4)), ("Lazy, fusions off", counts(5, 0, 4))];
        assert_eq!(by_mode(text), expected);
    }

    #[test]
    fn counts_are_read() {
        let counts = Some(Counts { passed: 12, failed: 0, skipped: 3 });
        assert_eq!(parse_counts("12 passed, 0 failed, 3 skipped"), counts);
        assert_eq!(parse_counts("12 passed, 0 failed, 3 skipped, 1 unexpected passes"), counts);
        assert_eq!(parse_counts("error: no such file"), None);
    }
}
