//! Medians, ratios, and the table they are printed as.
//!
//! Ratios are Wasmite's time by the other's: below 1 Wasmite is faster.

use super::worker::Worker;
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::{fs, path::PathBuf};

/// What was measured of one program.
pub(super) struct Measurement {
    program: String,
    /// Median nanoseconds of each engine, Wasmite first.
    medians: Vec<u64>,
    /// For each other engine the median of the rounds' ratios.
    ratios: Vec<f64>,
}

impl Measurement {
    /// From the nanoseconds of each engine in each round.
    pub(super) fn of(program: &str, rounds: &[Vec<u64>]) -> Self {
        let engines = rounds[0].len();
        let column = |engine: usize| rounds.iter().map(move |round| round[engine]);
        let ratio = |engine: usize| {
            let ratios = rounds.iter().map(|round| round[0] as f64 / round[engine] as f64);
            median(ratios.collect(), f64::total_cmp)
        };
        Self {
            program: program.to_owned(),
            medians: (0..engines)
                .map(|engine| median(column(engine).collect(), Ord::cmp))
                .collect(),
            ratios: (1..engines).map(ratio).collect(),
        }
    }

    /// Wasmite's time by that of the baseline.
    fn against(&self, baseline: &Record) -> Option<f64> {
        let then = baseline.0.get(&self.program)?.as_u64()?;
        Some(self.medians[0] as f64 / then as f64)
    }
}

/// Wasmite's median times, to be kept in a file.
pub(super) struct Record(Map<String, Value>);

impl Record {
    pub(super) fn of(measurements: &[Measurement]) -> Self {
        let entry = |m: &Measurement| (m.program.clone(), Value::from(m.medians[0]));
        Self(measurements.iter().map(entry).collect())
    }

    pub(super) fn read(path: &PathBuf) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self(serde_json::from_str(&text).context("medians by program were expected")?))
    }

    pub(super) fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.0)? + "\n")
    }
}

pub(super) fn header(workers: &[Worker], baseline: bool) {
    let mut line = format!("{:<16}", "program");
    for worker in workers {
        line += &format!(" {:>12}", format!("{} ms", worker.engine));
    }
    for worker in &workers[1..] {
        line += &format!(" {:>12}", format!("/ {}", worker.engine));
    }
    if baseline {
        line += &format!(" {:>12}", "/ baseline");
    }
    println!("{line}");
}

pub(super) fn line(measurement: &Measurement, baseline: Option<&Record>) {
    let mut line = format!("{:<16}", measurement.program);
    for median in &measurement.medians {
        line += &format!(" {:>12.3}", *median as f64 / 1e6);
    }
    let then = baseline.and_then(|record| measurement.against(record));
    for ratio in measurement.ratios.iter().chain(&then) {
        line += &format!(" {ratio:>12.3}");
    }
    println!("{line}");
}

/// Geometric means and the worst case of each column of ratios.
pub(super) fn summary(measurements: &[Measurement], baseline: Option<&Record>) {
    let engines = measurements[0].medians.len();
    let mut columns: Vec<Vec<f64>> = (0..engines - 1)
        .map(|peer| measurements.iter().map(|m| m.ratios[peer]).collect())
        .collect();
    columns.extend(
        baseline.map(|record| measurements.iter().filter_map(|m| m.against(record)).collect()),
    );
    for (name, fold) in [("geomean", geomean as fn(&[f64]) -> f64), ("worst", worst)] {
        let mut line = format!("{name:<16}{}", " ".repeat(13 * engines));
        for column in &columns {
            line += &format!(" {:>12.3}", fold(column));
        }
        if !columns.is_empty() {
            println!("{line}");
        }
    }
}

fn geomean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

fn worst(ratios: &[f64]) -> f64 {
    ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn median<T: Copy>(mut values: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(order);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_rounds() {
        // The machine is twice as slow in the second round; the engines' ratio stays.
        let rounds = [vec![10, 20], vec![20, 40], vec![11, 22]];
        let measurement = Measurement::of("x", &rounds);
        assert_eq!(measurement.medians, [11, 22]);
        assert_eq!(measurement.ratios, [0.5]);
    }

    #[test]
    fn baselines_are_read_back() {
        let measurement = Measurement::of("x", &[vec![10]]);
        let record = Record::of(std::slice::from_ref(&measurement));
        let read = Record(serde_json::from_str(&record.to_json().unwrap()).unwrap());
        assert_eq!(measurement.against(&read), Some(1.0));
        assert!((geomean(&[0.5, 2.0]) - 1.0).abs() < 1e-12);
    }
}
