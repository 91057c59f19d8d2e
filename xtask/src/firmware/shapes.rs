//! Modules that are large in one way each: none may need more native stack than the others, by much.
//!
//! Not fuzzing. Invariant: each is valid, or refused for the reason that its row names.

use super::LARGEST_HEAP;
use super::board::{self, End, STAGES};
use crate::process;
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path};

/// A kind of module.
struct Shape {
    name: &'static str,
    /// How a run ends: `None` if all goes well, else the stage that fails, as it should.
    fails: Option<&'static str>,
    /// Whether it can be loaded only by a firmware that validates.
    invalid: bool,
    /// The module's fields. `work` takes and returns an `i32`. Frames that the firmware's value stack of 2 KiB cannot have trap.
    fields: fn() -> String,
}

const VALID: Shape = Shape { name: "", fails: None, invalid: false, fields: String::new };

const WORK: &str = "(func (export \"work\") (param i32) (result i32) (local.get 0))";

const SHAPES: &[Shape] = &[
    Shape { name: "nested blocks", fields: || nested("block", 900), ..VALID },
    Shape { name: "nested loops", fields: || nested("loop", 900), ..VALID },
    Shape { name: "nested conditions", fields: nested_conditions, ..VALID },
    Shape {
        name: "nested blocks beyond the limit",
        fails: Some("load"),
        fields: || nested("block", 2000),
        ..VALID
    },
    Shape {
        name: "locals",
        fields: || format!("(func (local{})) {WORK}", " i32 i64 f32 f64".repeat(200)),
        ..VALID
    },
    Shape { name: "parameters and results", fails: Some("run"), fields: wide_types, ..VALID },
    Shape { name: "operands", fails: Some("run"), fields: operands, ..VALID },
    Shape { name: "branch targets", fields: branch_targets, ..VALID },
    Shape { name: "types", fields: types, ..VALID },
    Shape { name: "functions and exports", fields: exports, ..VALID },
    Shape { name: "segments of expressions", fields: segments, ..VALID },
    Shape { name: "constant expressions", fields: constant_expressions, ..VALID },
    Shape { name: "recursion without end", fails: Some("run"), fields: recursion, ..VALID },
    Shape { name: "unknown imports", fails: Some("instantiate"), fields: imports, ..VALID },
    Shape { name: "a wrong operand", fails: Some("load"), invalid: true, fields: wrong_operand },
];

fn nested(block: &str, depth: usize) -> String {
    let (begins, ends) = (format!("({block} ").repeat(depth), ")".repeat(depth));
    format!("(func {begins}{ends}) {WORK}")
}

fn nested_conditions() -> String {
    let begins = "(if (result i32) (local.get 0) (then (local.get 0)) (else ".repeat(900);
    let ends = "))".repeat(900);
    format!("(func (export \"work\") (param i32) (result i32) {begins}(i32.const 1){ends})")
}

fn wide_types() -> String {
    let (many, values) = (" i64".repeat(200), "(i64.const 1)".repeat(200));
    let drops = "drop ".repeat(200);
    format!(
        "(type $wide (func (param{many}) (result{many})))
         (func $wide (type $wide) {values})
         (func (export \"work\") (param i32) (result i32)
           {values} call $wide (block (type $wide)) (if (type $wide) (local.get 0) (then) (else)) {drops}
           (local.get 0))"
    )
}

fn operands() -> String {
    let (values, adds) = ("(local.get 0)".repeat(900), "i32.add ".repeat(899));
    format!("(func (export \"work\") (param i32) (result i32) {values}{adds})")
}

fn branch_targets() -> String {
    let targets = "0 ".repeat(5000);
    format!(
        "(func (export \"work\") (param i32) (result i32)
           (block (br_table {targets} (local.get 0))) (local.get 0))"
    )
}

fn types() -> String {
    let types = (0..300).map(|at| format!("(type (func (param{})))", " i32 f64".repeat(at % 40)));
    format!("{} {WORK}", types.collect::<String>())
}

fn exports() -> String {
    let functions = (0..400).map(|at| format!("(func (export \"a name of some length, {at}\"))"));
    format!("{} {WORK}", functions.collect::<String>())
}

fn segments() -> String {
    let items = "(ref.null func) (ref.func $f) ".repeat(400);
    format!("(func $f) (table 1000 funcref) (elem (i32.const 5) funcref {items}) {WORK}")
}

fn constant_expressions() -> String {
    let (values, adds) = ("(i32.const 1)".repeat(500), "i32.add ".repeat(499));
    format!("(global i32 {values}{adds}) {WORK}")
}

fn recursion() -> String {
    String::from("(func $f (export \"work\") (param i32) (result i32) (call $f (local.get 0)))")
}

fn imports() -> String {
    let imports =
        (0..100).map(|at| format!("(import \"nobody\" \"has {at}\" (func (param i32))) "));
    format!("{} {WORK}", imports.collect::<String>())
}

fn wrong_operand() -> String {
    String::from("(func (export \"work\") (param i32) (result i32) (i64.const 1))")
}

/// What a stage took with the shape that took most.
#[derive(Default)]
pub(super) struct Worst {
    /// Bytes of native stack.
    pub(super) stack: u64,
    pub(super) shape: &'static str,
    pub(super) stage: &'static str,
}

/// Runs `file` with each shape; gives the worst.
pub(super) fn worst(file: &Path, validates: bool) -> Result<Worst> {
    let mut worst = Worst::default();
    for shape in SHAPES.iter().filter(|shape| validates || !shape.invalid) {
        let text = format!("(module {})", (shape.fields)());
        let module = process::scratch()?.join("shape.wasm");
        fs::write(&module, wat::parse_str(text).context(shape.name)?)?;
        let run = board::run(file, LARGEST_HEAP, Some(&module))?;
        let expected =
            shape.fails.map_or(End::Done, |stage| End::Failed(format!("failed to {stage}")));
        let refused =
            matches!((&run.end, shape.fails), (End::NoMemory(at), Some(stage)) if at == stage);
        ensure!(run.end == expected || refused, "{}: {:?}", shape.name, run.end);
        for stage in STAGES {
            let stack = run.of(stage).stack;
            if stack > worst.stack {
                worst = Worst { stack, shape: shape.name, stage };
            }
        }
    }
    Ok(worst)
}
