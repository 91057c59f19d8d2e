//! The modules that are loaded, instantiated and called while memory is short.
//!
//! By convention `run` takes and returns an `i32`, and `memory` and `table` are grown by the host.

/// One topic each.
const TEXTS: &[&str] = &[
    r#"(module)"#,
    r#"(module (func (export "run") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))"#,
    // Recursion, which makes the stacks grow.
    r#"(module (func $sum (export "run") (param i32) (result i32)
        (if (result i32) (local.get 0)
            (then (i32.add (local.get 0) (call $sum (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0)))))"#,
    // Frames that are larger than the first value stack.
    r#"(module (func $f (export "run") (param i32) (result i32) (local i64 i64 i64 i64)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
        (call $g (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.const 1) (i32.const 2)))
        (func $g (param i32 i32 i32) (result i32) (local.get 0)))"#,
    // Loops, hot locals, branch tables.
    r#"(module (func (export "run") (param $n i32) (result i32) (local $sum i32)
        (loop $again
            (block $a (block $b (block $c (br_table $a $b $c $a (local.get $n))) (nop))
                (local.set $sum (i32.add (local.get $sum) (i32.const 3))))
            (local.set $sum (i32.add (local.get $sum) (local.get $n)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))"#,
    // Many results, block parameters, branches that carry values.
    r#"(module
        (type $wide (func (param i32 i32 i32 i32 i32 i32) (result i32 i32 i32 i32 i32 i32)))
        (func $wide (type $wide) (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
        (func (export "run") (param i32) (result i32)
            (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
            (call $wide)
            (block (type $wide) (br_if 0 (local.get 0)) (call $wide))
            (i32.add) (i32.add) (i32.add) (i32.add) (i32.add)))"#,
    // A branch table whose targets take values.
    r#"(module (func (export "run") (param i32) (result i32)
        (block (result i32) (block (result i32) (block (result i32)
            (br_table 0 1 2 (i32.const 9) (local.get 0)))
            (i32.add (i32.const 1))) (i32.add (i32.const 2)))))"#,
    // Memories: growth by the guest, which may see that it failed; segments.
    r#"(module (memory (export "memory") 1 (pagesize 1)) (memory 2) (data (i32.const 0) "x") (data $p "passive")
        (func (export "run") (param i32) (result i32)
            (drop (memory.grow (i32.const 100)))
            (drop (memory.grow 1 (i32.const 1)))
            (memory.init 1 $p (i32.const 0) (i32.const 0) (i32.const 7))
            (data.drop $p)
            (i32.load8_u (i32.const 0))))"#,
    // Tables: growth, segments with functions and expressions, calls through them.
    r#"(module (type $t (func (param i32) (result i32))) (table (export "table") 3 funcref) (table $e 2 externref)
        (elem (i32.const 0) $f $g) (elem $p funcref (ref.func $f) (ref.null func)) (elem declare func $g)
        (func $f (type $t) (local.get 0)) (func $g (type $t) (i32.const 3))
        (func (export "run") (param i32) (result i32)
            (drop (table.grow 0 (ref.func $g) (i32.const 40)))
            (table.init 0 $p (i32.const 1) (i32.const 0) (i32.const 2))
            (call_indirect (type $t) (local.get 0) (i32.const 1))))"#,
    // Globals and constant expressions.
    r#"(module (global $a i32 (i32.const 2)) (global $b (mut i64) (i64.mul (i64.const 3) (i64.add (i64.const 1) (i64.const 4))))
        (global funcref (ref.func $f)) (global (export "g") f64 (f64.const 1.5))
        (func $f (export "run") (param i32) (result i32)
            (global.set $b (i64.add (global.get $b) (i64.extend_i32_u (local.get 0))))
            (i32.add (global.get $a) (i32.wrap_i64 (global.get $b)))))"#,
    // Host functions, typed and not, and back into the guest.
    r#"(module (import "host" "add" (func $add (param i32 i32) (result i32)))
        (import "host" "untyped" (func $untyped (param i32 i64) (result i32)))
        (import "host" "nested" (func $nested (param i32) (result i32)))
        (func (export "inner") (param i32) (result i32) (call $add (local.get 0) (i32.const 1)))
        (func (export "run") (param i32) (result i32)
            (call $add (call $untyped (local.get 0) (i64.const 9)) (call $nested (local.get 0)))))"#,
    // A start function, an import through a table, tail calls.
    r#"(module (type $t (func (param i32) (result i32))) (import "host" "add" (func $add (param i32 i32) (result i32)))
        (global $n (mut i32) (i32.const 0)) (table funcref (elem $tail))
        (func $start (global.set $n (call $add (i32.const 1) (i32.const 2)))) (start $start)
        (func $tail (type $t) (if (result i32) (local.get 0)
            (then (return_call $tail (i32.sub (local.get 0) (i32.const 1)))) (else (global.get $n))))
        (func (export "run") (type $t) (return_call_indirect (type $t) (local.get 0) (i32.const 0))))"#,
    // Traps: in a function, two deep; in a segment; in the start function.
    r#"(module (func $f (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
        (func (export "run") (param i32) (result i32) (call $f (i32.const 0))))"#,
    r#"(module (memory 1) (data (i32.const 65536) "x"))"#,
    r#"(module (func $start (unreachable)) (start $start))"#,
    // What cannot be linked.
    r#"(module (import "host" "nothing" (func)))"#,
    r#"(module (import "host" "add" (func (param f64) (result f64))))"#,
    // Names, custom sections, many exports.
    r#"(module $named (@custom "note" "contents") (memory (export "memory") 0) (func $a (export "a") (export "b") (export "c"))
        (func $run (export "run") (param $p i32) (result i32) (call $a) (local.get $p)))"#,
    // A native loop.
    r#"(module (memory (export "memory") 1) (func (export "run") (param $n i32) (result i32) (local $i i32)
        (loop $again
            (i32.store8 (local.get $i) (i32.const 65))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
        (i32.load (i32.const 96))))"#,
    // Deep blocks and a deep operand stack.
    r#"(module (func (export "run") (param i32) (result i32)
        (block (block (block (block (block (block (block (block (block (block (block (block (nop)))))))))))))
        (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
        (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
        (local.get 0) (local.get 0) (local.get 0) (local.get 0) (i32.const 1)
        i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add
        i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add i32.add))"#,
    // 64-bit memories and tables, wide arithmetic.
    r#"(module (memory (export "memory") i64 1) (table (export "table") i64 2 funcref)
        (func (export "run") (param i32) (result i32)
            (i64.store (i64.const 8) (i64.extend_i32_u (local.get 0)))
            (i64.add128 (i64.load (i64.const 8)) (i64.const 0) (i64.const 2) (i64.const 3))
            (i32.wrap_i64) (i32.add (i32.wrap_i64))))"#,
];

/// Programs that compilers made: they are loaded and instantiated, not called.
const PROGRAMS: &[&[u8]] = &[
    include_bytes!("../../../../benches/programs/fibonacci.wasm"),
    include_bytes!("../../../../benches/programs/tail_recursion.wasm"),
    include_bytes!("../../../../benches/programs/mandelbrot.wasm"),
    include_bytes!("../../../../benches/programs/bulk_memory.wasm"),
    include_bytes!("../../../../benches/programs/hash_table.wasm"),
    include_bytes!("../../../../examples/primes/primes.wasm"),
];

/// What is malformed, invalid or not supported, in and outside of bodies.
const REFUSED: &[&str] = &[
    "(module (func (result i32)))",
    "(module (func (local.get 7)))",
    "(module (func (export \"a\")) (func (export \"a\")))",
    "(module (memory 1) (func (i64.load (i32.const 0)) (i32.add)))",
    "(module (func (call_indirect (type 0) (i32.const 0))))",
    "(module (global i32 (i64.const 0)))",
    "(module (func (param v128)))",
    "(module (func (result i32) (block (result i32) (block (result i32) (i32.const 1) (br_if 0 (f32.const 1))))))",
    "(module (type (struct)))",
];

fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A module, and whether its `run` is called: programs take too long.
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    pub(crate) called: bool,
}

/// Modules that can be loaded.
pub(crate) fn accepted() -> Vec<Sample> {
    let texts = TEXTS.iter().map(|text| Sample { bytes: binary(text), called: true });
    let programs = PROGRAMS.iter().map(|bytes| Sample { bytes: bytes.to_vec(), called: false });
    texts.chain(programs).collect()
}

/// Modules that cannot, and what is left of one that was cut off.
pub(crate) fn refused() -> Vec<Sample> {
    let whole = binary(TEXTS[8]);
    let cut = [20, whole.len() / 2, whole.len() - 3].map(|end| whole[..end].to_vec());
    let all = REFUSED.iter().map(|text| binary(text)).chain(cut);
    all.map(|bytes| Sample { bytes, called: false }).collect()
}

/// Modules with one large section each, for the validator's needs grow with sections in different ways.
pub(crate) fn large() -> Vec<Sample> {
    let many =
        |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let texts = [
        many(300, &|at| {
            format!("(type (func (param {}) (result i32 f64)))", "i32 i64 ".repeat(at % 9 + 1))
        }),
        many(200, &|at| {
            format!("(import \"host\" \"add{at}\" (func (param i32 i32) (result i32)))")
        }),
        many(200, &|at| format!("(func (export \"a name of some length {at}\"))")),
        format!("(table 1 funcref) (func $f) (elem declare func {})", "$f ".repeat(400)),
        format!(
            "(func $f) (table 500 funcref) (elem (i32.const 0) funcref {})",
            "(ref.func $f)".repeat(300)
        ),
        many(200, &|at| format!("(global (mut i64) (i64.add (i64.const {at}) (i64.const 1)))")),
        format!("(memory 1) (data (i32.const 7) \"{}\")", "bytes ".repeat(500)),
        format!("(func (local {}))", "i32 i64 f32 f64 ".repeat(100)),
        format!(
            "(func (param i32) (result i32) {} (local.get 0) {})",
            "(block ".repeat(60),
            ")".repeat(60)
        ),
        format!("(func {} {})", "(i64.const 1) ".repeat(300), "drop ".repeat(300)),
        many(300, &|_| {
            String::from(
                "(func (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))",
            )
        }),
    ];
    let modules = texts.iter().map(|fields| binary(&format!("(module {fields})")));
    modules.map(|bytes| Sample { bytes, called: false }).collect()
}
