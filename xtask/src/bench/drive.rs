//! Drives the workers in turn through the cases.
//!
//! Invariant: what Wasmite does not do is an error; what a peer does not do is noted and shown.

use super::{
    counts,
    engine::Engine,
    measurement::Measurement,
    suite::Suite,
    worker::{Answer, Case, Refusal, Worker},
};
use anyhow::{Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;

/// Nanoseconds that a sample should take: long enough for the clock, short enough for many rounds.
const SAMPLE: u64 = 5_000_000;

/// A bar on a terminal, nothing elsewhere.
pub(super) fn progress(cases: usize, rounds: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} ({eta} left)");
    ProgressBar::new((cases * rounds) as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The engines at work on a suite.
pub(super) struct Session {
    suite: Suite,
    workers: Vec<Worker>,
    /// Cases by engine and why it does not do them.
    refused: BTreeMap<String, Vec<String>>,
}

impl Session {
    pub(super) fn start(suite: Suite, engines: Vec<Engine>) -> Result<Self> {
        if suite == Suite::Counted {
            counts::check()?;
        }
        let workers = engines.into_iter().map(Worker::new).collect();
        Ok(Self { suite, workers, refused: BTreeMap::new() })
    }

    /// The cases whose names contain `filter`.
    pub(super) fn cases(&mut self, filter: &str) -> Result<Vec<Case>> {
        let mut cases = self.workers[0].list(self.suite)?;
        cases.retain(|case| case.name.contains(filter));
        ensure!(!cases.is_empty(), "no case's name contains `{filter}`");
        Ok(cases)
    }

    /// What engines did not do, as text.
    pub(super) fn notes(&self) -> Vec<String> {
        self.refused.iter().map(|(why, cases)| format!("{why} ({})", cases.join(", "))).collect()
    }

    pub(super) fn measure(
        &mut self,
        case: &Case,
        rounds: usize,
        progress: &ProgressBar,
    ) -> Result<Measurement> {
        let mut counts = Vec::new();
        for index in 0..self.workers.len() {
            let count = self.prepare(index, case)?;
            counts.push(self.accept(index, case, count)?);
        }
        let mut columns = vec![Vec::new(); self.workers.len()];
        for _ in 0..rounds {
            for (index, column) in columns.iter_mut().enumerate() {
                let Some(count) = counts[index] else { continue };
                let sample = self.sample(index, case, count)?;
                match self.accept(index, case, sample)? {
                    Some(value) => column.push(value / (count * case.turns) as f64),
                    None => counts[index] = None,
                }
            }
            progress.inc(1);
        }
        let complete = columns.into_iter().map(|column| (column.len() == rounds).then_some(column));
        Ok(Measurement::of(&case.name, &complete.collect::<Vec<_>>()))
    }

    /// Makes a case ready and returns how many times it is to be done for a sample.
    fn prepare(&mut self, index: usize, case: &Case) -> Result<Answer<u64>> {
        if self.suite == Suite::Counted {
            return Ok(Ok(1));
        }
        let worker = &mut self.workers[index];
        if let Err(refusal) = worker.prepare(self.suite, case)? {
            return Ok(Err(refusal));
        }
        if self.suite.is_timed() { calibrate(worker) } else { Ok(Ok(1)) }
    }

    fn sample(&mut self, index: usize, case: &Case, count: u64) -> Result<Answer<f64>> {
        let worker = &mut self.workers[index];
        let value = if self.suite == Suite::Counted {
            counts::count(worker.engine(), case)?
        } else {
            worker.sample(count)?
        };
        Ok(value.map(|value| value as f64))
    }

    fn accept<T>(&mut self, index: usize, case: &Case, answer: Answer<T>) -> Result<Option<T>> {
        let engine = &self.workers[index].engine().name;
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(Refusal(why)) if index == 0 => bail!("{engine}: {why}"),
            Err(Refusal(why)) => {
                self.refused.entry(format!("{engine}: {why}")).or_default().push(case.name.clone());
                Ok(None)
            }
        }
    }
}

/// How many times make a sample long enough. The first ones pay for page faults and cold caches.
fn calibrate(worker: &mut Worker) -> Result<Answer<u64>> {
    let mut count = 1;
    loop {
        let time = match worker.sample(count)? {
            Ok(time) => time.max(1),
            Err(refusal) => return Ok(Err(refusal)),
        };
        if time >= SAMPLE / 4 {
            return Ok(Ok((count * SAMPLE / time).max(1)));
        }
        count *= 8;
    }
}
