//! Runs an oracle on seeded inputs, or prints traces of seeds: what `cargo xtask fuzz` starts, once per core.
//!
//! Each case's seed is written to a file before the case runs, so that it is not lost when the process dies: an engine's
//! bug may well be a crash.

use anyhow::{Context, Result, bail};
use clap::{Args, Parser};
use std::{
    fs::{self, File},
    io::{Seek, Write},
    panic,
    path::{Path, PathBuf},
    process,
    time::{Duration, Instant},
};
use wasmite_fuzz::{Finding, ORACLES, Oracle, Verdict, input, trace};

/// Runs fuzz oracles with seeded inputs.
#[derive(Parser)]
enum Command {
    /// Check an oracle's promise
    Check {
        /// The oracle's name
        #[arg(value_parser = ORACLES.iter().map(|oracle| oracle.name).collect::<Vec<_>>())]
        oracle: String,
        /// Where to save what is found
        #[arg(long, default_value = "fuzz/findings")]
        findings: PathBuf,
        #[command(flatten)]
        range: Range,
    },
    /// Print a hash of the run of each seed's module
    Trace {
        #[command(flatten)]
        range: Range,
    },
    /// List the oracles
    List,
}

/// Which seeds: as many as fit into the time, or a number of them.
#[derive(Args, Clone, Copy)]
struct Range {
    /// The first seed; the others follow it
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Stop after this many seconds
    #[arg(long, default_value_t = 10)]
    secs: u64,
    /// Stop after this many cases
    #[arg(long)]
    cases: Option<u64>,
}

impl Range {
    fn seeds(self) -> impl Iterator<Item = u64> {
        let start = Instant::now();
        (0..self.cases.unwrap_or(u64::MAX))
            .take_while(move |_| start.elapsed() < Duration::from_secs(self.secs))
            .map(move |index| self.seed.wrapping_add(index))
    }
}

fn main() -> process::ExitCode {
    match run(Command::parse()) {
        Ok(()) => process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            process::ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Check { oracle, findings, range } => {
            let oracle = Oracle::find(&oracle).context("no such oracle")?;
            check(oracle, &findings, range)
        }
        Command::Trace { range } => {
            for seed in range.seeds() {
                println!("{seed} {:x}", trace(&input(seed)).unwrap_or(0));
            }
            Ok(())
        }
        Command::List => {
            ORACLES.iter().for_each(|oracle| println!("{}: {}", oracle.name, oracle.promise));
            Ok(())
        }
    }
}

fn check(oracle: &'static Oracle, findings: &Path, range: Range) -> Result<()> {
    fs::create_dir_all(findings).with_context(|| format!("creating {}", findings.display()))?;
    let current = findings.join(format!("{}-{}.seed", oracle.name, process::id()));
    let mut note = File::create(&current)?;
    // One line for a panic: the seed tells the rest.
    panic::set_hook(Box::new(|info| eprintln!("{info}")));
    let start = Instant::now();
    let (mut held, mut nothing) = (0, 0);
    for seed in range.seeds() {
        note.rewind()?;
        write!(note, "{seed:020}")?;
        match panic::catch_unwind(|| (oracle.check)(&input(seed))) {
            Ok(Ok(Verdict::Held)) => held += 1,
            Ok(Ok(Verdict::Nothing)) => nothing += 1,
            Ok(Err(finding)) => return fail(oracle.name, seed, &finding, findings),
            Err(_) => {
                let path = findings.join(format!("{}-{seed}.input", oracle.name));
                fs::write(&path, input(seed))?;
                bail!("{}, seed {seed}: panic; input saved as {}", oracle.name, path.display());
            }
        }
    }
    fs::remove_file(current)?;
    let rate = (held + nothing) as f64 / start.elapsed().as_secs_f64();
    println!("{}: {held} held, {nothing} gave nothing to check, {rate:.0} cases/s", oracle.name);
    // Seeds that were asked for by number may well give nothing; a whole run without a check is a broken oracle.
    if held == 0 && range.cases.is_none() {
        bail!("{}: nothing was checked", oracle.name);
    }
    Ok(())
}

fn fail(oracle: &str, seed: u64, finding: &Finding, findings: &Path) -> Result<()> {
    let path = findings.join(format!("{oracle}-{seed}.wasm"));
    fs::write(&path, &finding.module)?;
    bail!("{oracle}, seed {seed}: {}\nsaved as {}", finding.what, path.display());
}
