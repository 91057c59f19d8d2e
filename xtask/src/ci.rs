//! The steps of CI in order, each with its time. Every step can be called alone by its name.
//!
//! Not the checks themselves: a step is a cargo command or one of the other modules.

use crate::{asm, firmware, fuzz, no_std, process, spec, targets, tidy};
use anyhow::{Result, bail};
use std::{path::PathBuf, time::Instant};

/// Which steps to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Steps to run, in CI's order whatever the order here; all if none is named
    #[arg(value_parser = step_names())]
    steps: Vec<String>,
    /// Folder of spec test scripts to run beside the official suite, instead of the project's own
    #[arg(long, value_name = "DIR")]
    spec_dir: Option<PathBuf>,
    /// Seconds of fuzzing for each oracle
    #[arg(long, default_value_t = 60)]
    fuzz_secs: u64,
}

struct Step {
    name: &'static str,
    run: fn(&Options) -> Result<()>,
}

// Cheap checks first; the tests last but for the long search, so that a failure shows early.
const STEPS: &[Step] = &[
    Step { name: "fmt", run: |_| FMT.iter().try_for_each(|arguments| cargo(arguments)) },
    Step { name: "tidy", run: |_| tidy::run() },
    Step { name: "clippy", run: |_| cargo(CLIPPY) },
    Step { name: "features", run: |_| features() },
    Step { name: "no-std", run: |_| no_std::run() },
    Step { name: "firmware", run: |_| firmware::run(&firmware::Options::default()) },
    Step { name: "targets", run: |_| targets::run() },
    Step { name: "asm", run: |_| asm::run(&asm::Options::default()) },
    Step { name: "spec", run: |options| spec::run_step(options.spec_dir.as_deref()) },
    Step { name: "fuzz", run: |options| fuzz::run(&fuzz::Options::smoke(options.fuzz_secs)) },
    Step { name: "model", run: |_| model() },
    Step { name: "profile", run: |_| profile() },
    Step { name: "test", run: |_| cargo(&["test", "--workspace"]) },
];

/// The workspace, and packages outside.
const FMT: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["fmt", "--manifest-path", "benches/peers/Cargo.toml", "--check"],
    &["fmt", "--manifest-path", "examples/firmware/Cargo.toml", "--check"],
    &["fmt", "--manifest-path", "examples/guests/rust/Cargo.toml", "--check"],
];

const CLIPPY: &[&str] = &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];

/// Combinations of the facade's features, beside the default ones, that must build without warnings: sets of handlers with std
/// and without, and neither std nor the validator.
const FEATURES: &[&str] =
    &["", "validate", "medium", "full", "std,validate", "std,validate,medium", "std,full"];

/// What the engine alone has: parts of sets.
const ENGINE_FEATURES: &[&str] = &["accumulator", "hot-locals,validate"];

/// The test suite with the small set of handlers, and built to be small: operators are read in steps then.
const SMALL: &[&str] = &[
    "test",
    "--config",
    "profile.ci.opt-level='s'",
    "--profile",
    "ci",
    "--package",
    "wasmite-wast",
    "--no-default-features",
    "--test",
    "it",
];

/// The packages with counting code, which the other steps leave out.
const PROFILE: &[&str] =
    &["-p", "wasmite-exec", "-p", "wasmite", "-p", "wasmite-cli", "--features", "profile"];

fn step_names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let chosen = |step: &&Step| {
        options.steps.is_empty() || options.steps.iter().any(|name| name == step.name)
    };
    let mut times = Vec::new();
    for step in STEPS.iter().filter(chosen) {
        println!("==> {}", step.name);
        let start = Instant::now();
        let result = (step.run)(options);
        let seconds = start.elapsed().as_secs_f64();
        if let Err(error) = result {
            bail!("{} failed after {seconds:.0} s: {error:#}", step.name);
        }
        println!("==> {}: ok, {seconds:.0} s", step.name);
        times.push(format!("{} {seconds:.0} s", step.name));
    }
    println!("==> all steps passed: {}", times.join(", "));
    Ok(())
}

/// Checks that every combination of features builds, and that the smallest one runs everything.
fn features() -> Result<()> {
    let check = |package: &str, features: &str| {
        let chosen = ["clippy", "--package", package, "--no-default-features", "--features"];
        cargo(&[&chosen, [features, "--", "--deny", "warnings"].as_slice()].concat())
    };
    FEATURES.iter().try_for_each(|features| check("wasmite", features))?;
    ENGINE_FEATURES.iter().try_for_each(|features| check("wasmite-exec", features))?;
    cargo(SMALL)
}

/// Compares memories with the model of their sizes for a million steps, as the tests do for a few, in an optimised build.
fn model() -> Result<()> {
    let test = ["test", "--profile", "ci", "-p", "wasmite", "--test", "it", "--", "memory_model"];
    process::run(process::cargo(test).env("WASMITE_MODEL_STEPS", "1000000"))
}

/// Checks the feature `profile`: its own tests, since the others do not care.
fn profile() -> Result<()> {
    cargo(&[&["clippy"], PROFILE, &["--all-targets", "--", "--deny", "warnings"]].concat())?;
    cargo(&[&["test"], PROFILE, &["--tests", "--", "profile"]].concat())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    process::run(&mut process::cargo(arguments.iter().copied()))
}
