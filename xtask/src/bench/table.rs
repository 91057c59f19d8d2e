//! Prints a run as a table, line by line as figures come in.

use super::{
    measurement::{Measurement, geomean, worst},
    record::Record,
    suite::Suite,
};

const CASE: usize = 24;
const COLUMN: usize = 13;

pub(super) fn header(record: &Record, baseline: Option<&Record>) {
    let (unit, _) = record.suite.unit();
    let mut line = format!("{:<CASE$}", "case");
    for engine in &record.engines {
        line += &format!(" {:>COLUMN$}", format!("{} {unit}", engine.name));
    }
    for engine in &record.engines[1..] {
        line += &format!(" {:>COLUMN$}", format!("/ {}", engine.name));
    }
    if baseline.is_some() {
        line += &format!(" {:>COLUMN$}", "/ baseline");
    }
    println!("{line}");
}

pub(super) fn line(suite: Suite, measurement: &Measurement, baseline: Option<&Record>) {
    let (_, scale) = suite.unit();
    let mut line = format!("{:<CASE$}", measurement.case);
    for median in &measurement.medians {
        line += &cell(median.map(|median| median / scale));
    }
    for ratio in &measurement.ratios {
        line += &cell(*ratio);
    }
    if let Some(record) = baseline {
        line += &cell(against(measurement, record));
    }
    println!("{line}");
}

/// Geometric means and the worst case of each column of ratios, and notes.
pub(super) fn summary(record: &Record, baseline: Option<&Record>) {
    let peers = 0..record.engines.len() - 1;
    let mut columns: Vec<Vec<f64>> =
        peers.map(|peer| record.cases.iter().filter_map(|m| m.ratios[peer]).collect()).collect();
    columns.extend(baseline.map(|then| {
        record.cases.iter().filter_map(|measurement| against(measurement, then)).collect()
    }));
    for (name, fold) in [("geomean", geomean as fn(&[f64]) -> f64), ("worst", worst)] {
        let mut line = format!("{name:<CASE$}{}", " ".repeat((COLUMN + 1) * record.engines.len()));
        for column in &columns {
            line += &cell((!column.is_empty()).then(|| fold(column)));
        }
        if !columns.is_empty() {
            println!("{line}");
        }
    }
    for note in &record.notes {
        println!("- {note}");
    }
}

fn against(measurement: &Measurement, baseline: &Record) -> Option<f64> {
    measurement.against(baseline.case(&measurement.case)?)
}

fn cell(value: Option<f64>) -> String {
    value.map_or_else(|| format!(" {:>COLUMN$}", "-"), |value| format!(" {value:>COLUMN$.3}"))
}
