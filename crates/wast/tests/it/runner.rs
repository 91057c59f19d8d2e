//! The runner tells right from wrong: what fails must be counted as failing.

use std::path::Path;
use wasmite::CompilationMode;
use wasmite_wast::{Failure, Report, Runner, RunnerOptions, Scope, Suite, run_dir};

fn run(script: &str) -> Report {
    Runner::new(RunnerOptions::default()).run("test.wast", script)
}

fn only_failure(script: &str) -> Failure {
    let mut report = run(script);
    assert_eq!(report.failed.len(), 1, "{:?}", report.failed);
    report.failed.remove(0)
}

const ANSWER: &str = r#"(module (func (export "answer") (result i32) i32.const 42))"#;

#[test]
fn a_wrong_result_fails_with_its_place() {
    let failure =
        only_failure(&format!("{ANSWER}\n\n(assert_return (invoke \"answer\") (i32.const 41))"));
    assert_eq!((failure.file.as_str(), failure.line), ("test.wast", 3));
    assert!(failure.directive.starts_with("(assert_return"), "{failure}");
    assert!(failure.message.contains("42"), "{failure}");
}

#[test]
fn a_trap_must_be_the_expected_one() {
    let module = r#"(module (func (export "f") unreachable))"#;
    let report = run(&format!(r#"{module} (assert_trap (invoke "f") "unreachable")"#));
    assert_eq!((report.passed, report.failed.len()), (2, 0));
    only_failure(&format!(r#"{module} (assert_trap (invoke "f") "integer overflow")"#));
    only_failure(&format!(r#"{module} (assert_return (invoke "f"))"#));
    only_failure(&format!(r#"{module} (invoke "f")"#));
    only_failure(&format!(r#"{ANSWER} (assert_trap (invoke "answer") "unreachable")"#));
}

#[test]
fn what_needs_a_module_that_did_not_load_fails() {
    let broken = r#"(module $broken (func (result i32)))"#;
    let report = run(&format!(
        r#"{ANSWER} {broken}
        (assert_return (invoke "answer") (i32.const 42))
        (assert_trap (invoke $broken "f") "unreachable")
        (register "other" $broken)
        (assert_return (get $broken "g") (i32.const 0))"#
    ));
    assert_eq!((report.passed, report.failed.len(), report.skipped), (1, 5, 0));
}

#[test]
fn modules_must_be_refused_for_the_expected_reason() {
    let invalid = "(assert_invalid (module (func (result i32))) \"type mismatch\")";
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        let report = Runner::new(RunnerOptions::new(mode, true)).run("test.wast", invalid);
        assert_eq!((report.passed, report.failed.len()), (1, 0), "{mode:?}: {:?}", report.failed);
    }
    only_failure("(assert_invalid (module (func (result i32))) \"unknown local\")");
    only_failure("(assert_invalid (module (func)) \"type mismatch\")");
    only_failure("(assert_malformed (module quote \"(func)\") \"unexpected token\")");
    only_failure("(assert_malformed (module binary \"\") \"unknown import\")");
    let malformed = run("(assert_malformed (module quote \"(func\") \"unexpected token\")");
    assert_eq!(malformed.passed, 1, "{:?}", malformed.failed);
}

#[test]
fn links_fail_for_the_expected_reason() {
    let module = r#"(module (import "spectest" "nothing" (func)))"#;
    let report = run(&format!("(assert_unlinkable {module} \"unknown import\")"));
    assert_eq!(report.passed, 1, "{:?}", report.failed);
    only_failure(&format!("(assert_unlinkable {module} \"incompatible import type\")"));
    only_failure("(assert_unlinkable (module) \"unknown import\")");
    only_failure("(assert_unlinkable (module (func $f unreachable) (start $f)) \"unreachable\")");
}

#[test]
fn definitions_make_separate_instances() {
    let report = run(r#"
        (module definition $counter
            (global $n (mut i32) (i32.const 0))
            (func (export "next") (result i32)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                (global.get $n)))
        (module instance $a $counter)
        (module instance $b $counter)
        (assert_return (invoke $a "next") (i32.const 1))
        (assert_return (invoke $a "next") (i32.const 2))
        (assert_return (invoke $b "next") (i32.const 1))
        (assert_return (invoke "next") (i32.const 2))
    "#);
    assert_eq!((report.passed, report.failed.len()), (7, 0), "{:?}", report.failed);
}

#[test]
fn spectest_can_be_imported() {
    let report = run(r#"
        (module
            (import "spectest" "print_i32_f32" (func $print (param i32 f32)))
            (import "spectest" "global_i32" (global $i i32))
            (import "spectest" "global_f64" (global $f f64))
            (import "spectest" "table" (table 10 20 funcref))
            (import "spectest" "table64" (table i64 10 20 funcref))
            (import "spectest" "memory" (memory 1 2))
            (func (export "i") (result i32)
                (call $print (i32.const 1) (f32.const 2))
                (global.get $i))
            (func (export "f") (result f64) (global.get $f)))
        (assert_return (invoke "i") (i32.const 666))
        (assert_return (invoke "f") (f64.const 666.6))
    "#);
    assert_eq!((report.passed, report.failed.len()), (3, 0), "{:?}", report.failed);
}

#[test]
fn every_directive_counts_once() {
    let report = run("(module) (assert_exception (invoke \"f\")) (register \"m\")");
    assert_eq!((report.passed, report.failed.len(), report.skipped), (2, 0, 1));
    assert_eq!(report.skip_reasons.values().sum::<usize>(), 1);
    assert_eq!(run("(module").failed.len(), 1);
}

#[test]
fn what_directives_are_skipped_for_is_told() {
    let mut suite = Suite::new(RunnerOptions::default(), Scope::everything());
    suite.run("some.wast", "(module) (assert_exception (invoke \"f\"))");
    let summary = suite.finish();
    let reason = "exceptions are not supported yet, 1 of 2 directives";
    assert_eq!(summary.out_of_scope, [("some.wast".into(), reason.into())]);
}

/// The list goes by file names, so a script of ours must not have the name of one that is listed.
#[test]
fn no_script_of_our_own_is_listed() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let summary = run_dir(&scripts, RunnerOptions::default(), Scope::standard());
    assert!(summary.is_ok() && summary.out_of_scope.is_empty(), "{summary:?}");
}

#[test]
fn failures_show_control_characters_escaped() {
    let failure = only_failure("(module)\n(invoke \"\u{7f}\\1b\")");
    let shown = failure.to_string();
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    assert_eq!(shown.lines().count(), 2, "{shown:?}");
}

#[test]
fn what_is_listed_but_passes_is_reported() {
    let scope = "whole.wast reason\nbad.wast reason\nlines.wast:2,3 reason";
    let mut suite = Suite::new(RunnerOptions::default(), Scope::parse(scope).unwrap());
    suite.run("whole.wast", "(module)");
    suite.run("bad.wast", "(module)\n(invoke \"nothing\")");
    suite.run("lines.wast", "(module)\n(invoke \"nothing\")\n(module)\n(module)");
    let summary = suite.finish();
    assert_eq!(summary.unexpected_passes, ["whole.wast", "lines.wast:3"]);
    assert_eq!((summary.files, summary.passed, summary.skipped), (1, 3, 4));
    assert!(summary.failed.is_empty() && !summary.is_ok());
}
