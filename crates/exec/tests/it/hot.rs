//! Hot locals, which live in registers while a function runs: whatever it calls, and however, must leave them alone.

use super::{call, call_func, engine, export, instantiate, trap};
use wasmite_core::{FuncType, Trap, ValType::I32};
use wasmite_exec::{Config, Engine, Outcome, Store};

/// Functions that fill the registers of all classes with something else: `plain` returns, `tail` ends in a tail call.
const NOISE: &str = r#"
    (func $plain (export "plain") (param i32) (result i32)
        (local $i i32) (local $j i64) (local $x f32) (local $y f64)
        (local.set $i (i32.const 5))
        (loop $again
            (local.set $j (i64.add (i64.add (local.get $j) (local.get $j)) (i64.const 77)))
            (local.set $x (f32.add (f32.add (local.get $x) (local.get $x)) (f32.const 7)))
            (local.set $y (f64.add (f64.add (local.get $y) (local.get $y)) (f64.const 9)))
            (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.add (local.get 0) (i32.const 1)))
    (func $tail (export "tail") (param i32) (result i32) (local $i i32)
        (local.set $i (i32.const 3))
        (loop $again (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (return_call $plain (local.get 0)))"#;

/// A function whose locals are hot, and which calls as `call` says in its loop.
fn looping(name: &str, call: &str) -> String {
    format!(
        r#"(func (export "{name}") (param $n i32) (result i32 f32 f64)
            (local $sum i32) (local $x f32) (local $y f64)
            (local.set $x (f32.const 1))
            (loop $again
                (local.set $sum (i32.add (local.get $sum) {call}))
                (local.set $x (f32.add (local.get $x) (local.get $x)))
                (local.set $y (f64.add (f64.add (local.get $y) (local.get $y)) (f64.const 1)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum) (local.get $x) (local.get $y))"#
    )
}

/// What [`looping`] returns if each call adds `more` to its argument and nothing is lost.
fn expected(n: u64, more: u64) -> [u64; 3] {
    let sum = (1..=n).map(|i| i + more).sum();
    [sum, 2f32.powi(n as i32).to_bits().into(), (2f64.powi(n as i32) - 1.0).to_bits()]
}

#[test]
fn hot_locals_survive_every_kind_of_call() {
    let mut store = Store::new(&engine());
    let library = instantiate(&mut store, &format!("(module {NOISE})"), &[]).unwrap();
    let host = store.host_func(&FuncType::new([I32], [I32]), 1).unwrap();
    let imports = [export(&store, library, "plain"), export(&store, library, "tail"), host.into()];
    let calls = [
        ("direct", "(call $plain (local.get $n))", 1),
        ("tailed", "(call $tail (local.get $n))", 1),
        ("foreign", "(call $their_plain (local.get $n))", 1),
        ("foreign_tail", "(call $their_tail (local.get $n))", 1),
        ("tail_foreign", "(call $to_them (local.get $n))", 1),
        ("host", "(call $host (local.get $n))", 100),
        ("tail_host", "(call $to_host (local.get $n))", 100),
        ("indirect", "(call_indirect (type $t) (local.get $n) (i32.const 0))", 1),
        ("indirect_foreign", "(call_indirect (type $t) (local.get $n) (i32.const 1))", 1),
        ("indirect_host", "(call_indirect (type $t) (local.get $n) (i32.const 2))", 100),
        ("size", "(i32.add (memory.size) (i32.add (local.get $n) (memory.grow (i32.const 0))))", 2),
    ];
    let functions: String = calls.iter().map(|(name, call, _)| looping(name, call)).collect();
    let text = format!(
        r#"(module (type $t (func (param i32) (result i32)))
        (import "" "plain" (func $their_plain (type $t)))
        (import "" "tail" (func $their_tail (type $t)))
        (import "" "host" (func $host (type $t)))
        (memory 1) (table funcref (elem $tail $their_tail $host))
        (func $to_them (type $t) (return_call $their_tail (local.get 0)))
        (func $to_host (type $t) (return_call $host (local.get 0)))
        {NOISE} {functions})"#
    );
    let instance = instantiate(&mut store, &text, &imports).unwrap();
    for (name, _, more) in calls {
        for n in [1, 2, 20] {
            let results = call(&mut store, instance, name, &[n]).unwrap();
            assert_eq!(results, expected(n, more), "{name}({n})");
        }
    }
}

#[test]
fn hot_locals_survive_calls_from_the_host_in_between() {
    let mut store = Store::new(&engine());
    let host = store.host_func(&FuncType::new([I32], [I32]), 1).unwrap();
    let text = format!(
        r#"(module (import "" "host" (func $host (param i32) (result i32)))
        (func (export "fail") (param i32) (result i32) (loop (local.set 0 (i32.clz (local.get 0)))) unreachable)
        {NOISE} {})"#,
        looping("looping", "(call $host (local.get $n))")
    );
    let instance = instantiate(&mut store, &text, &[host.into()]).unwrap();
    let [func, plain] = ["looping", "plain"].map(|name| export(&store, instance, name).into_func());
    let mut activation = store.enter(func.unwrap(), &[9]).unwrap();
    while let Outcome::Host = store.run(&mut activation, &mut None).unwrap() {
        let arg = store.host_slots(&activation)[0];
        assert_eq!(trap(&mut store, instance, "fail", &[arg]), Trap::Unreachable);
        let result = call_func(&mut store, plain.unwrap(), &[arg]).unwrap();
        store.host_slots(&activation).copy_from_slice(&result);
    }
    assert_eq!(store.results(&activation), expected(9, 1));
    store.leave(&activation);
}

#[test]
fn hot_locals_survive_growth_of_both_stacks() {
    // Each level has hot locals that it needs after the call; translation of the callee is on the way too.
    let text = r#"(module (func $down (export "down") (param $n i32) (result i32) (local $i i32)
        (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
        (local.set $i (i32.const 3))
        (loop $again (result i32)
            (call $down (i32.sub (local.get $n) (i32.const 1)))
            (drop)
            (local.set $i (i32.sub (local.get $i) (i32.const 3)))
            (br_if $again (local.get $i))
            (i32.add (local.get $n) (local.get $i))))
        (func $chain (export "chain") (param $n i32) (result i32) (local $i i32) (local $sum i32)
            (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
            (loop $again
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
            (local.set $sum (call $chain (i32.sub (local.get $n) (i32.const 1))))
            (i32.add (local.get $sum) (local.get $i))))"#;
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, text, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "down", &[900]).unwrap(), [900]);
    assert_eq!(call(&mut store, instance, "chain", &[900]).unwrap(), [900 * 901 / 2]);
}

/// A loop that counts by locals of its own, and calls `leave` in the middle.
fn counting(label: &str, ints: [&str; 2], floats: [&str; 2], leave: &str) -> String {
    let ([i, j], [x, y]) = (ints, floats);
    format!(
        "(loop {label}
            (local.set {i} (i32.add (local.get {i}) (i32.const 1)))
            (local.set {j} (i32.add (i32.mul (local.get {j}) (i32.const 5)) (local.get {i})))
            (local.set {x} (f32.sub (f32.const 1) (f32.mul (local.get {x}) (f32.const 0.5))))
            (local.set {y} (f64.add (local.get {y}) (f64.const 0.25)))
            {leave}
            (br_if {label} (i32.and (local.get {j}) (i32.const 3))))"
    )
}

/// Loops beside each other that keep different locals in registers and are left in every way there is: what all locals are in
/// the end.
fn ways_out(hot_locals: bool, n: u64) -> Vec<u64> {
    let mixed = "(i32.add (local.get $j) (i32.mul (local.get $l) (local.get $q)))";
    let first = counting(
        "$first",
        ["$i", "$j"],
        ["$u", "$x"],
        &format!(
            "(br_if $outer (i32.eq (i32.rem_u {mixed} (i32.const 11)) (i32.const 3)))
             (if (i32.eq (i32.rem_u {mixed} (i32.const 5)) (i32.const 1)) (then (br $outer)))"
        ),
    );
    let second = counting(
        "$second",
        ["$k", "$l"],
        ["$v", "$y"],
        &format!(
            "(br_table $second $next $outer $first_again $done $next (i32.rem_u {mixed} (i32.const 23)))"
        ),
    );
    let third = counting(
        "$third",
        ["$p", "$q"],
        ["$w", "$z"],
        &format!(
            "(drop (br_if $value (local.get $p) (i32.eq (i32.rem_u {mixed} (i32.const 5)) (i32.const 2))))
             (if (i32.eq (i32.rem_u {mixed} (i32.const 3)) (i32.const 1)) (then (br $outer)))"
        ),
    );
    let text = format!(
        r#"(module (func (export "run") (param $n i32)
            (result i32 i32 i32 i32 i32 i32 f32 f32 f32 f64 f64 f64)
            (local $i i32) (local $j i32) (local $k i32) (local $l i32) (local $p i32) (local $q i32)
            (local $u f32) (local $v f32) (local $w f32) (local $x f64) (local $y f64) (local $z f64)
            (block $done
                (loop $outer
                    (br_if $done (i32.eqz (local.get $n)))
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (loop $first_again
                        {first}
                        (block $next {second})
                        (local.set $i (i32.xor (local.get $i)
                            (block $value (result i32) {third} (local.get $q)))))
                    (br $outer)))
            (local.get $i) (local.get $j) (local.get $k) (local.get $l) (local.get $p) (local.get $q)
            (local.get $u) (local.get $v) (local.get $w) (local.get $x) (local.get $y) (local.get $z)))"#
    );
    let mut config = Config { heat: None, ..Config::default() };
    config.translation.hot_locals = hot_locals;
    let mut store = Store::new(&Engine::new(config));
    let instance = instantiate(&mut store, &text, &[]).unwrap();
    call(&mut store, instance, "run", &[n]).unwrap()
}

#[test]
fn loops_with_registers_of_their_own_are_left_in_every_way() {
    for n in 0..60 {
        assert_eq!(ways_out(true, n), ways_out(false, n), "{n}");
    }
}
