//! Runs many scripts, minus what is out of scope.
//!
//! Not the search for scripts in archives: callers bring names and sources. Invariant: a script or directive that is listed
//! as out of scope although all of it passes is reported, so that the list stays true.

use crate::{Report, Runner, RunnerOptions, Scope, Summary};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Many scripts on their way to one [`Summary`].
#[derive(Debug)]
pub struct Suite {
    runner: Runner,
    scope: Scope,
    summary: Summary,
}

/// A directory that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file or directory cannot be read.
    #[error("{}: {error}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no script in the directory.
    #[error("{}: no .wast files", .0.display())]
    Empty(PathBuf),
}

impl Suite {
    /// An empty suite.
    pub fn new(options: RunnerOptions, scope: Scope) -> Self {
        Self { runner: Runner::new(options), scope, summary: Summary::default() }
    }

    /// Runs the script `source`. What is out of scope goes by `path`, with `/` between its parts.
    pub fn run(&mut self, path: &str, source: &str) {
        let report = self.runner.run(path, source);
        if let Some(reason) = self.scope.reason(path) {
            let reason = reason.to_string();
            self.set_aside(path, reason, &report);
        } else {
            self.add(path, report);
        }
    }

    /// Counts a script that is out of scope.
    fn set_aside(&mut self, path: &str, reason: String, report: &Report) {
        if report.failed.is_empty() && report.skipped == 0 {
            self.summary.unexpected_passes.push(path.into());
        }
        self.summary.skipped += report.passed + report.failed.len() + report.skipped;
        self.summary.out_of_scope.push((path.into(), reason));
    }

    /// Counts a script that is in scope, except for some directives perhaps.
    fn add(&mut self, path: &str, mut report: Report) {
        for exemption in self.scope.exemptions(path) {
            let lines = &exemption.lines;
            let failures = report.failed.len();
            report.failed.retain(|failure| !lines.contains(&failure.line));
            let exempt = failures - report.failed.len();
            let place = match (lines.start(), lines.end()) {
                (first, last) if first == last => format!("{path}:{first}"),
                (first, last) => format!("{path}:{first}-{last}"),
            };
            if exempt == 0 {
                self.summary.unexpected_passes.push(place);
            } else {
                report.skipped += exempt;
                self.summary.out_of_scope.push((place, exemption.reason));
            }
        }
        self.summary.files += 1;
        self.summary.passed += report.passed;
        self.summary.skipped += report.skipped;
        self.summary.failed.append(&mut report.failed);
    }

    /// What came of all scripts.
    pub fn finish(self) -> Summary {
        self.summary
    }
}

/// Runs every `.wast` file under `path`, in alphabetical order. What is out of scope goes by the path relative to `path`.
///
/// # Errors
/// If something cannot be read, or if there is no script: an empty run must not look like success.
pub fn run_dir(path: &Path, options: RunnerOptions, scope: Scope) -> Result<Summary, SuiteError> {
    let mut scripts = Vec::new();
    find_scripts(path, &mut scripts)?;
    if scripts.is_empty() {
        return Err(SuiteError::Empty(path.into()));
    }
    let mut suite = Suite::new(options, scope);
    for script in scripts {
        let source = fs::read_to_string(&script).map_err(|error| unreadable(&script, error))?;
        let relative = script.strip_prefix(path).unwrap_or(&script);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        suite.run(&parts.join("/"), &source);
    }
    Ok(suite.finish())
}

fn find_scripts(directory: &Path, scripts: &mut Vec<PathBuf>) -> Result<(), SuiteError> {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries: Vec<PathBuf> = entries
        .map_err(|error| unreadable(directory, error))?
        .iter()
        .map(fs::DirEntry::path)
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            find_scripts(&path, scripts)?;
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            scripts.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: io::Error) -> SuiteError {
    SuiteError::Read { path: path.into(), error }
}
