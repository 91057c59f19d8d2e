//! Runs the fuzz oracles on stable Rust with seeded inputs, one process per core, and compares traces of the two dispatch
//! back-ends.
//!
//! Not coverage-guided: fuzz/README.md says how to do that. Invariant: what failed can be repeated from what is printed.

use crate::process::{self, Binary};
use anyhow::{Context, Result, bail, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    thread,
};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for each oracle
    #[arg(long, default_value_t = 60)]
    secs: u64,
    /// Only this oracle; `traces` compares the dispatch back-ends
    #[arg(long)]
    oracle: Option<String>,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Stop each process after this many cases
    #[arg(long)]
    cases: Option<u64>,
}

impl Options {
    /// Every oracle for `secs` seconds.
    pub(crate) fn smoke(secs: u64) -> Self {
        Self { secs, oracle: None, seed: 0, cases: None }
    }

    fn wants(&self, name: &str) -> bool {
        self.oracle.as_ref().is_none_or(|oracle| oracle == name)
    }
}

/// The name under which traces are asked for.
const TRACES: &str = "traces";
/// How far apart the seeds of two processes start.
const STRIDE: u64 = 1 << 32;

pub(crate) fn run(options: &Options) -> Result<()> {
    let tail = build("ci", &[])?;
    let list = process::output(Command::new(&tail).arg("list"))?;
    let oracles = list.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name);
    let mut found = false;
    for oracle in oracles.filter(|name| options.wants(name)) {
        found = true;
        check(&tail, oracle, options)?;
    }
    if options.wants(TRACES) {
        found = true;
        compare_traces(&tail, options)?;
    }
    ensure!(found, "there is no such oracle; there are `{TRACES}` and:\n{list}");
    Ok(())
}

/// The runner; the `dev` profile always dispatches by the portable loop.
fn build(profile: &str, features: &[&str]) -> Result<PathBuf> {
    Binary { package: "wasmite-fuzz", name: "fuzz-runner", profile, features }.build()
}

fn check(runner: &Path, oracle: &str, options: &Options) -> Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // A given number of cases is meant to be repeatable: one process.
    let processes = if options.cases.is_some() { 1 } else { cores };
    let findings = process::root().join("fuzz/findings");
    let mut children = Vec::new();
    for index in 0..processes {
        let mut command = Command::new(runner);
        command.args(["check", oracle, "--findings"]).arg(&findings);
        limit(&mut command, options, options.seed.wrapping_add(index as u64 * STRIDE));
        children.push(command.spawn().with_context(|| format!("starting {command:?}"))?);
    }
    let ends: Vec<_> = children.into_iter().map(|child| end(child, oracle, &findings)).collect();
    ends.into_iter().collect()
}

fn limit(command: &mut Command, options: &Options, seed: u64) {
    command.args(["--seed", &seed.to_string(), "--secs", &options.secs.to_string()]);
    if let Some(cases) = options.cases {
        command.args(["--cases", &cases.to_string()]);
    }
}

/// Waits for a runner. One that crashed has left the seed it was at.
fn end(mut child: Child, oracle: &str, findings: &Path) -> Result<()> {
    let note = findings.join(format!("{oracle}-{}.seed", child.id()));
    let status: ExitStatus = child.wait()?;
    if status.success() {
        return Ok(());
    }
    let seed = fs::read_to_string(&note).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = seed.with_context(|| format!("{oracle}: {status}, with no seed at fault"))?;
    fs::remove_file(&note)?;
    bail!(
        "{oracle}: {status} at seed {seed}; repeat with --oracle {oracle} --cases 1 --seed {seed}"
    )
}

/// The slow build says how many seeds fit into the time; the fast one runs the same seeds.
fn compare_traces(tail: &Path, options: &Options) -> Result<()> {
    let portable = build("dev", &["portable-dispatch"])?;
    let mut command = Command::new(&portable);
    command.arg("trace");
    limit(&mut command, options, options.seed);
    let expected = process::output(&mut command)?;
    let cases = expected.lines().count();
    let mut command = Command::new(tail);
    command.args(["trace", "--secs", &u64::from(u32::MAX).to_string()]);
    command.args(["--seed", &options.seed.to_string(), "--cases", &cases.to_string()]);
    let found = process::output(&mut command)?;
    ensure!(
        cases > 0 && found.lines().count() == cases,
        "{TRACES}: the runs are not of equal length"
    );
    for (tail, portable) in found.lines().zip(expected.lines()) {
        ensure!(
            tail == portable,
            "{TRACES}: seed and hash by tail calls {tail}, by the loop {portable}"
        );
    }
    println!("{TRACES}: {cases} seeds, tail calls and portable loop agree");
    Ok(())
}
