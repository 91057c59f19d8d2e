//! Measures the benchmark programs: one process per engine, driven in turn, pinned to one core.
//!
//! Machines drift, so engines are compared within a round, and what counts is the median of the rounds' ratios. Not a
//! test: a slow engine is no failure, a wrong result is. Invariant: every engine runs the same call in every round.

mod report;
mod worker;

use crate::process::Binary;
use anyhow::{Context, Result, ensure};
use report::{Measurement, Record};
use std::{fs, path::PathBuf};
use worker::{Task, Worker};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Compare with other engines too
    #[arg(long)]
    peers: bool,
    /// Only programs whose names contain this
    #[arg(long, default_value = "")]
    filter: String,
    /// Write the medians to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Compare with the medians in this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Rounds for each program
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Measure the portable dispatch loop instead of tail calls
    #[arg(long)]
    portable: bool,
}

/// Peers: their names and the workers that run them. Wasmite comes first.
const PEERS: &[(&str, &str)] = &[("wasmi 2.0", "worker-wasmi")];

pub(crate) fn run(options: &Options) -> Result<()> {
    let baseline = options.baseline.as_ref().map(Record::read).transpose()?;
    let mut workers = start_workers(options)?;
    let tasks = workers[0].list()?;
    let mut measurements = Vec::new();
    report::header(&workers, baseline.is_some());
    for task in tasks.iter().filter(|task| task.name.contains(&options.filter)) {
        let measurement = measure(task, &mut workers, options.rounds.max(1))
            .with_context(|| format!("measuring {}", task.name))?;
        report::line(&measurement, baseline.as_ref());
        measurements.push(measurement);
    }
    ensure!(!measurements.is_empty(), "no program's name contains `{}`", options.filter);
    report::summary(&measurements, baseline.as_ref());
    if let Some(path) = &options.json {
        let text = Record::of(&measurements).to_json()?;
        fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn start_workers(options: &Options) -> Result<Vec<Worker>> {
    let binary =
        |name, features| Binary { package: "wasmite-benches", name, profile: "release", features };
    let features: &[&str] = if options.portable { &["portable-dispatch"] } else { &[] };
    let mut workers = vec![Worker::start("wasmite", &binary("worker-wasmite", features).build()?)?];
    for (name, bin) in PEERS.iter().filter(|_| options.peers) {
        workers.push(Worker::start(name, &binary(bin, &["peers"]).build()?)?);
    }
    Ok(workers)
}

fn measure(task: &Task, workers: &mut [Worker], rounds: usize) -> Result<Measurement> {
    for worker in workers.iter_mut() {
        worker.load(task)?;
        // The first run pays for page faults and cold caches.
        worker.run(task)?;
    }
    let round =
        |workers: &mut [Worker]| workers.iter_mut().map(|worker| worker.run(task)).collect();
    let rounds = (0..rounds).map(|_| round(workers)).collect::<Result<Vec<Vec<u64>>>>()?;
    Ok(Measurement::of(&task.name, &rounds))
}
