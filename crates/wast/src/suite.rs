//! Runs many scripts, minus what is out of scope.
//!
//! Not the search for scripts in archives: callers bring names and sources. Invariant: a script or directive that is listed
//! as out of scope although all of it passes is reported, so that the list stays true.

use crate::{Failure, Report, Runner, RunnerOptions, Scope, Summary};
use std::{
    fs, io,
    path::{Path, PathBuf},
    string::FromUtf8Error,
};

/// Many scripts on their way to one [`Summary`].
#[derive(Debug)]
pub struct Suite {
    runner: Runner,
    scope: Scope,
    summary: Summary,
}

/// Why a script cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system does not give its bytes.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Its bytes are not text.
    #[error("not text: no UTF-8 (at offset {offset:#x})")]
    NotText {
        /// Of the first byte that is at fault, from the start of the file.
        offset: usize,
    },
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
        let total = report.passed + report.failed.len() + report.skipped;
        for (reason, count) in report.skip_reasons {
            let reason = format!("{reason}, {count} of {total} directives");
            self.summary.out_of_scope.push((path.into(), reason));
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
/// Whatever cannot be read is a failure, and so is a directory without scripts: an empty run must not look like success.
pub fn run_dir(path: &Path, options: RunnerOptions, scope: Scope) -> Summary {
    let mut suite = Suite::new(options, scope);
    let mut scripts = Vec::new();
    find_scripts(path, &mut scripts, &mut suite.summary.failed);
    if scripts.is_empty() && suite.summary.failed.is_empty() {
        let empty = Failure::of_file(path.to_string_lossy(), "no .wast files");
        suite.summary.failed.push(empty);
    }
    for script in scripts {
        let relative = script.strip_prefix(path).unwrap_or(&script);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        match read(&script) {
            Ok(source) => suite.run(&name, &source),
            Err(error) => suite.summary.failed.push(Failure::of_file(name, error)),
        }
    }
    suite.finish()
}

/// The text of a script.
///
/// # Errors
/// If there is no such file, or if it is not in UTF-8.
pub fn read(script: &Path) -> Result<String, ReadError> {
    let not_text =
        |error: FromUtf8Error| ReadError::NotText { offset: error.utf8_error().valid_up_to() };
    let text = String::from_utf8(fs::read(script)?).map_err(not_text)?;
    // What some editors begin a text with is no part of it.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn find_scripts(directory: &Path, scripts: &mut Vec<PathBuf>, failed: &mut Vec<Failure>) {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries: Vec<PathBuf> = match entries {
        Ok(entries) => entries.iter().map(fs::DirEntry::path).collect(),
        Err(error) => return failed.push(Failure::of_file(directory.to_string_lossy(), error)),
    };
    entries.sort();
    for path in entries {
        if path.is_dir() {
            find_scripts(&path, scripts, failed);
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            scripts.push(path);
        }
    }
}
