//! `wasmite wast`: runs test scripts.
//!
//! Not the meaning of scripts: that is `wasmite-wast`. Invariant: the last line is the count, whatever happened.

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use std::{
    io::Write,
    path::{Path, PathBuf},
};
use wasmite::CompilationMode;
use wasmite_wast::{Runner, RunnerOptions, Scope, Summary, one_line};

/// Run .wast test scripts
///
/// Prints each failure with its file and line, and at last `N passed, M failed, K skipped`, counting directives; a script
/// that cannot be read, or a folder without scripts, counts as one that failed. All proposals that Wasmite supports are
/// on. Exits with 1 if anything failed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite wast i32.wast
  wasmite wast testsuite/*.wast")]
pub(crate) struct Wast {
    /// The scripts; a folder stands for all scripts in it, minus what is known to be out of scope
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// When functions are validated and translated
    #[arg(long, value_enum, default_value_t = Mode::Eager, hide = true)]
    mode: Mode,
    /// Translate without fusing operators
    #[arg(long, hide = true)]
    no_fusion: bool,
    /// Let guests consume fuel
    #[arg(long, hide = true)]
    fuel: bool,
    /// Translate in haste first, and again what is entered when functions and loops have been entered so often
    #[arg(long, hide = true)]
    heat: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Eager,
    LazyTranslation,
    Lazy,
}

impl Wast {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let mode = match self.mode {
            Mode::Eager => CompilationMode::Eager,
            Mode::LazyTranslation => CompilationMode::LazyTranslation,
            Mode::Lazy => CompilationMode::Lazy,
        };
        let mut options = RunnerOptions::new(mode, !self.no_fusion);
        options.fuel = self.fuel;
        options.heat = self.heat;
        let runner = Runner::new(options.clone());
        let mut summary = Summary::default();
        for file in &self.files {
            if file.is_dir() {
                run_folder(options.clone(), file, &mut summary, out)?;
            } else {
                run_script(&runner, file, &mut summary, out)?;
            }
        }
        writeln!(out, "{summary}")?;
        if summary.is_ok() { Ok(()) } else { Err(Failure::Reported) }
    }
}

fn run_folder(
    options: RunnerOptions,
    folder: &Path,
    summary: &mut Summary,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut found = wasmite_wast::run_dir(folder, options, Scope::standard());
    for failure in &found.failed {
        writeln!(out, "{failure}")?;
    }
    for (place, reason) in &found.out_of_scope {
        writeln!(out, "{}: skipped: {reason}", one_line(place))?;
    }
    for place in &found.unexpected_passes {
        writeln!(out, "{}: passes, but is listed as out of scope", one_line(place))?;
    }
    summary.files += found.files;
    summary.passed += found.passed;
    summary.skipped += found.skipped;
    summary.failed.append(&mut found.failed);
    summary.unexpected_passes.append(&mut found.unexpected_passes);
    Ok(())
}

fn run_script(
    runner: &Runner,
    file: &Path,
    summary: &mut Summary,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let name = file.display().to_string();
    let source = match wasmite_wast::read(file) {
        Ok(source) => source,
        Err(error) => {
            // The other scripts still run.
            let failure = wasmite_wast::Failure::of_file(name, error);
            writeln!(out, "{failure}")?;
            summary.failed.push(failure);
            return Ok(());
        }
    };
    let mut report = runner.run(&name, &source);
    for failure in &report.failed {
        writeln!(out, "{failure}")?;
    }
    for (reason, count) in &report.skip_reasons {
        writeln!(out, "{}: {count} skipped: {reason}", one_line(&name))?;
    }
    summary.files += 1;
    summary.passed += report.passed;
    summary.skipped += report.skipped;
    summary.failed.append(&mut report.failed);
    Ok(())
}
