//! What came of a script, and of many scripts.
//!
//! Not how it is shown: callers print. Invariant: passed + failed + skipped is the number of directives, where a script
//! that does not parse counts as one directive.

use std::{collections::BTreeMap, fmt};

/// A directive that did not do what it should.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The script's name, as given to the runner.
    pub file: String,
    /// The line on which the directive starts, from 1.
    pub line: usize,
    /// The directive's first line.
    pub directive: String,
    /// What went wrong.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, directive, message } = self;
        write!(f, "{file}:{line}: {message}\n    {directive}")
    }
}

/// What came of one script.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// Directives that did what they should.
    pub passed: usize,
    /// Directives that did not.
    pub failed: Vec<Failure>,
    /// Directives that were not attempted.
    pub skipped: usize,
    /// Why, and how many for each reason.
    pub skip_reasons: BTreeMap<&'static str, usize>,
}

/// What came of many scripts.
#[derive(Clone, Default, Debug)]
pub struct Summary {
    /// Scripts that ran in full or in part.
    pub files: usize,
    /// Directives that passed.
    pub passed: usize,
    /// Directives that failed and should not have.
    pub failed: Vec<Failure>,
    /// Directives that were not attempted, or are out of scope.
    pub skipped: usize,
    /// What is out of scope, with the reason.
    pub out_of_scope: Vec<(String, String)>,
    /// What is listed as out of scope although all of it passes.
    pub unexpected_passes: Vec<String>,
}

impl Summary {
    /// Whether everything in scope passed, and nothing out of scope did.
    pub fn is_ok(&self) -> bool {
        self.failed.is_empty() && self.unexpected_passes.is_empty()
    }
}

impl fmt::Display for Summary {
    /// The counts in one line, in the form `N passed, M failed, K skipped`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, .. } = self;
        write!(f, "{passed} passed, {} failed, {skipped} skipped", failed.len())?;
        match self.unexpected_passes.len() {
            0 => Ok(()),
            n => write!(f, ", {n} unexpected passes"),
        }
    }
}
