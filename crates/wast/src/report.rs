//! What came of a script, and of many scripts.
//!
//! Not how it is shown: callers print. Invariant: passed + failed + skipped is the number of directives, where a script
//! that cannot be read or does not parse counts as one directive.

use std::{collections::BTreeMap, fmt};

/// A directive that did not do what it should.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The script's name, as given to the runner.
    pub file: String,
    /// The line on which the directive starts, from 1; 0 if the script could not be read.
    pub line: usize,
    /// The directive's first line; empty if the script could not be read.
    pub directive: String,
    /// What went wrong.
    pub message: String,
}

impl Failure {
    /// Something other than a directive failed: a script that cannot be read, a folder without scripts.
    pub fn of_file(file: impl Into<String>, message: impl fmt::Display) -> Self {
        let (file, message) = (file.into(), message.to_string());
        Self { file, line: 0, directive: String::new(), message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [file, directive, message] =
            [&self.file, &self.directive, &self.message].map(|text| one_line(text));
        match self.line {
            0 => write!(f, "{file}: {message}"),
            line => write!(f, "{file}:{line}: {message}\n    {directive}"),
        }
    }
}

/// The text with control characters escaped: names may contain anything, line breaks and terminal codes included.
pub fn one_line(text: &str) -> String {
    let escape = |c: char| -> String {
        if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
    };
    text.chars().map(escape).collect()
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
