//! Medians and ratios.
//!
//! Ratios are Wasmite's figure by the other's: below 1 Wasmite is better.

use serde::{Deserialize, Serialize};

/// What was measured in one case, for each engine that does it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(crate) case: String,
    /// The median of each engine, Wasmite first, in the worker's unit.
    pub(crate) medians: Vec<Option<f64>>,
    /// For each other engine the median of the rounds' ratios.
    pub(crate) ratios: Vec<Option<f64>>,
}

impl Measurement {
    /// From each engine's figures in all rounds.
    pub(crate) fn of(case: &str, engines: &[Option<Vec<f64>>]) -> Self {
        let middle = |column: &Option<Vec<f64>>| median(column.clone()?);
        let ratio = |column: &Option<Vec<f64>>| {
            let pairs = engines[0].as_ref()?.iter().zip(column.as_ref()?);
            // Nothing can be said of a figure of nothing.
            median(pairs.map(|(ours, theirs)| ours / theirs).filter(is_ratio).collect())
        };
        Self {
            case: case.to_owned(),
            medians: engines.iter().map(middle).collect(),
            ratios: engines[1..].iter().map(ratio).collect(),
        }
    }

    /// Wasmite's median by that of an earlier measurement.
    pub(crate) fn against(&self, then: &Self) -> Option<f64> {
        Some(self.medians[0]? / then.medians[0]?).filter(is_ratio)
    }
}

fn is_ratio(ratio: &f64) -> bool {
    ratio.is_finite() && *ratio > 0.0
}

/// The geometric mean of at least one ratio.
pub(crate) fn geomean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

/// The largest.
pub(crate) fn worst(ratios: &[f64]) -> f64 {
    ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_rounds() {
        // The machine is twice as slow in the second round; the engines' ratio stays.
        let engines = [Some(vec![10.0, 20.0, 11.0]), Some(vec![20.0, 40.0, 22.0]), None];
        let measurement = Measurement::of("x", &engines);
        assert_eq!(measurement.medians, [Some(11.0), Some(22.0), None]);
        assert_eq!(measurement.ratios, [Some(0.5), None]);
    }

    #[test]
    fn nothing_has_no_ratio() {
        let measurement = Measurement::of("x", &[Some(vec![0.0]), Some(vec![2.0])]);
        assert_eq!(measurement.medians, [Some(0.0), Some(2.0)]);
        assert_eq!(measurement.ratios, [None]);
    }

    #[test]
    fn means_are_geometric() {
        assert!((geomean(&[0.5, 2.0]) - 1.0).abs() < 1e-12);
        assert_eq!(worst(&[0.5, 2.0, 1.0]), 2.0);
    }
}
