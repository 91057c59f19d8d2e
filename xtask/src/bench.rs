//! Measures engines: one process per engine, driven in turn, pinned to one core.
//!
//! Machines drift, so engines are compared within a round, and what counts is the median of the rounds' ratios. Not a
//! test: a slow engine is no failure, a wrong result is. Invariant: every engine does the same in every round.

mod chart;
mod counts;
mod drive;
mod engine;
mod measurement;
mod record;
mod suite;
mod table;
mod worker;

use anyhow::{Context, Result, ensure};
use drive::Session;
use record::Record;
use std::{fs, path::PathBuf};
use suite::Suite;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// What to measure
    #[arg(value_enum, default_value_t = Suite::Execution)]
    suite: Suite,
    /// Compare with other engines: names with commas between, `all`, or the fastest interpreters if none is named
    #[arg(long, value_name = "PEERS", num_args = 0..=1, default_missing_value = engine::DEFAULT)]
    #[arg(value_delimiter = ',', value_parser = engine::names())]
    peers: Vec<String>,
    /// Count instructions of some of the programs, with small arguments, instead of taking time
    #[arg(long)]
    counts: bool,
    /// Only cases whose names contain this
    #[arg(long, default_value = "")]
    filter: String,
    /// Write machine, engines, medians and ratios to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw a bar chart into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Compare with Wasmite's medians in this file, which --json wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Rounds for each case
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Measure the portable dispatch loop instead of tail calls
    #[arg(long)]
    portable: bool,
    /// Also measure Wasmite with fuel, compared like another engine
    #[arg(long)]
    fuel: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let suite = if options.counts { Suite::Counted } else { options.suite };
    ensure!(
        !options.counts || options.suite == Suite::Execution,
        "--counts is about the programs of the suite `execution`"
    );
    let baseline = options.baseline.as_ref().map(|path| Record::read(path)).transpose()?;
    if let Some(baseline) = &baseline {
        baseline.check_suite(suite)?;
    }
    let engines = engine::build(suite, &options.peers, options.portable, options.fuel)?;
    let mut record = Record::new(suite, options.rounds.max(1), &engines)?;
    let mut session = Session::start(suite, engines)?;
    let cases = session.cases(&options.filter)?;
    let progress = drive::progress(cases.len(), record.rounds);
    progress.suspend(|| table::header(&record, baseline.as_ref()));
    for case in &cases {
        progress.set_message(case.name.clone());
        let measurement = session
            .measure(case, record.rounds, &progress)
            .with_context(|| format!("measuring {}", case.name))?;
        progress.suspend(|| table::line(suite, &measurement, baseline.as_ref()));
        record.cases.push(measurement);
    }
    progress.finish_and_clear();
    record.notes = session.notes();
    table::summary(&record, baseline.as_ref());
    if let Some(path) = &options.json {
        fs::write(path, record.to_json()?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    options.svg.as_ref().map_or(Ok(()), |path| chart::draw(&record, path))
}
