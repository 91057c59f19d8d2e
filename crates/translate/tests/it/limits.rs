//! Limits on bodies: at each limit, and one beyond it.

use crate::{parse, translate};
use wasmite_core::Limits;
use wasmite_translate::{Error, Options};

fn outcome(body: &str, options: &Options) -> Result<(), Error> {
    translate(&parse(&format!("(module {body})")), 0, options).map(drop)
}

fn is_limit(outcome: &Result<(), Error>) -> bool {
    matches!(outcome, Err(Error::Limit { .. }))
}

#[test]
fn nesting() {
    let nested =
        |depth: usize| format!("(func {} {})", "block ".repeat(depth), "end ".repeat(depth));
    assert!(outcome(&nested(999), &Options::ALL).is_ok());
    assert!(is_limit(&outcome(&nested(1001), &Options::ALL)));
    let dead = format!("(func unreachable {} {})", "block ".repeat(1001), "end ".repeat(1001));
    assert!(is_limit(&outcome(&dead, &Options::ALL)));
    let mut limits = Limits::STANDARD;
    limits.block_nesting = u32::MAX;
    assert!(outcome(&nested(100_000), &Options { limits, ..Options::ALL }).is_ok());
}

#[test]
fn locals() {
    let locals = |count: usize| format!("(func (local {}))", "i32 ".repeat(count));
    assert!(outcome(&locals(50_000), &Options::ALL).is_ok());
    let mut limits = Limits::STANDARD;
    limits.locals = 10;
    let options = Options { limits, ..Options::ALL };
    assert!(outcome(&locals(10), &options).is_ok());
    assert!(is_limit(&outcome(&locals(11), &options)));
}

#[test]
fn operand_stack_beyond_a_frame_is_an_error() {
    let deep = |count: usize| {
        format!(
            "(func (param i32) {} {})",
            "local.get 0 i32.clz ".repeat(count),
            "drop ".repeat(count)
        )
    };
    assert!(outcome(&deep(65_000), &Options::ALL).is_ok());
    assert!(is_limit(&outcome(&deep(70_000), &Options::ALL)));
}

#[test]
fn branch_table_targets() {
    let table = |count: usize| {
        format!("(func (param i32) local.get 0 br_table {})", "0 ".repeat(count + 1))
    };
    assert!(outcome(&table(65_536), &Options::ALL).is_ok());
    assert!(is_limit(&outcome(&table(65_537), &Options::ALL)));
}

#[test]
fn invalid_bodies_are_errors_with_offsets() {
    let bytes = wat::parse_str("(module (func (result i32) i64.const 0))").expect("well-formed");
    let options = wasmite_module::ParseOptions {
        bodies: wasmite_module::BodyValidation::Deferred,
        ..Default::default()
    };
    let module = wasmite_module::Module::parse(&bytes, &options).expect("bodies are deferred");
    let Err(Error::Invalid { offset, message }) = translate(&module, 0, &Options::ALL) else {
        panic!("the body is invalid")
    };
    assert!(offset > 0 && message.contains("type mismatch"), "{message}");
}

/// Many branches that carry many values: the code stays linear in the body.
#[test]
fn carried_values_do_not_multiply() {
    let words = |branches: usize| {
        let values = 200;
        let results = "i32 ".repeat(values);
        let body = format!(
            "(func (param i32) (result {results}) (block (result {results}) i32.const 1 {} {}) )",
            "local.get 0 ".repeat(values),
            "local.get 0 br_if 0 ".repeat(branches),
        )
        .replace("i32.const 1 ", "");
        let module = parse(&format!("(module {body})"));
        translate(&module, 0, &Options::ALL).expect("valid").words().len()
    };
    let (few, many) = (words(100), words(800));
    assert!(many < few + 700 * 12, "{few} words for 100 branches, {many} for 800");
}

/// Pending reads deep in the stack: overwriting one local after another must not look at the whole stack each time. The
/// cells show it: the first overwritten local flushes all.
#[test]
fn deep_pending_reads_are_flushed_once() {
    let locals = 100;
    let body = format!(
        "(func (local {}) {} {} {} unreachable)",
        "i32 ".repeat(locals),
        (0..locals).map(|local| format!("local.get {local} ")).collect::<String>(),
        "i32.const 1 ".repeat(100),
        (0..locals).map(|local| format!("i32.const 7 local.set {local} ")).collect::<String>(),
    );
    let module = parse(&format!("(module {body})"));
    let code =
        translate(&module, 0, &Options { hot_locals: false, ..Options::ALL }).expect("valid");
    let cells: Vec<_> = code.listing().map(|cell| cell.to_string()).collect();
    let flushes =
        |cells: &[String]| cells.iter().filter(|cell| cell.starts_with("Copy64 s")).count();
    assert_eq!(flushes(&cells), locals);
    assert_eq!(flushes(&cells[..locals]), locals, "all before the first write: {cells:?}");
}
