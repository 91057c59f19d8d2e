//! Calls from one instance to another: what an instance has must be there on both sides, whatever happens on the other.

use super::{call, call_func, engine, export, instantiate, trap};
use wasmite_core::{Features, FuncType, Limits, Trap, ValType::I32};
use wasmite_exec::{CompilationMode, Config, Engine, Extern, Instance, Store};

/// Two memories, tables and globals, filled with `seed` and numbers after it; `sum` adds them all up, and `call` calls what is in
/// the first table. Both leave dispatch, and change sizes, if they are asked to.
fn text(seed: u32, imports: &str, call: &str) -> String {
    format!(
        r#"(module (type $unary (func (param i32) (result i32))) {imports}
        (memory $a (export "memory") 1) (memory $b 1) (table $t (export "table") 2 funcref) (table $u {seed} funcref)
        (global $g (export "global") (mut i32) (i32.const {seed})) (global $h (mut i32) (i32.const {seed}))
        (func $sum (export "sum") (param $grow i32) (result i32)
            (i32.store8 $a (i32.const 100) (i32.const {seed}))
            (i32.store8 $b (i32.const 200) (i32.const {seed}))
            (if (local.get $grow) (then
                (drop (memory.grow $a (i32.const 3))) (drop (memory.grow $b (i32.const 3)))
                (drop (table.grow $t (ref.null func) (i32.const 100)))))
            (i32.add (i32.add (i32.load8_u $a (i32.const 100)) (i32.load8_u $b (i32.const 200)))
                (i32.add (table.size $u) (i32.add (global.get $g) (global.get $h)))))
        (func (export "call") (param $x i32) (result i32) (local $mine i32)
            (local.set $mine (call $sum (i32.const 0)))
            (i32.add (i32.mul (i32.const 1000) {call}) (i32.add (local.get $mine) (call $sum (i32.const 0)))))
        (func (export "tail") (param $x i32) (result i32) (return_{call_tail})
        (elem (table $t) (i32.const 0) func $sum))"#,
        call_tail = &call[1..],
    )
}

fn store(mode: CompilationMode, limits: Limits) -> Store {
    let features = Features::all_supported();
    Store::new(&Engine::new(Config { mode, limits, features, ..Config::default() }))
}

/// An instance whose numbers are `seed`, and whose export `call` calls one of the instance before.
fn stack(store: &mut Store, below: Instance, seed: u32, indirect: bool) -> Instance {
    let (imports, call) = match indirect {
        false => {
            (r#"(import "" "call" (func $f (param i32) (result i32)))"#, "(call $f (local.get $x))")
        }
        true => (
            r#"(import "" "table" (table $foreign 1 funcref))"#,
            "(call_indirect $foreign (type $unary) (local.get $x) (i32.const 0))",
        ),
    };
    let name = if indirect { "table" } else { "call" };
    let imports = (imports, [export(store, below, name)]);
    instantiate(store, &text(seed, imports.0, call), &imports.1).unwrap()
}

fn base(store: &mut Store) -> Instance {
    let call = "(call $sum (local.get $x))";
    instantiate(store, &text(1, "", call), &[]).unwrap()
}

#[test]
fn what_an_instance_has_is_there_again_after_a_call_of_another() {
    for mode in [CompilationMode::Eager, CompilationMode::Lazy] {
        for grow in [0, 1] {
            let mut store = store(mode, Limits::STANDARD);
            let first = base(&mut store);
            let second = stack(&mut store, first, 2, false);
            let third = stack(&mut store, second, 3, false);
            let inner = 1000 * 5 + 10;
            let middle = 1000 * inner + 20;
            assert_eq!(call(&mut store, first, "call", &[grow]).unwrap(), [inner]);
            assert_eq!(call(&mut store, second, "call", &[grow]).unwrap(), [middle]);
            let outer = (1000 * middle + 30) & 0xFFFF_FFFF;
            assert_eq!(call(&mut store, third, "call", &[grow]).unwrap(), [outer]);
            assert_eq!(call(&mut store, third, "tail", &[grow]).unwrap(), [middle]);
            assert_eq!(call(&mut store, first, "sum", &[grow]).unwrap(), [5]);
        }
    }
}

#[test]
fn calls_through_a_table_change_the_instance_too() {
    for mode in [CompilationMode::Eager, CompilationMode::Lazy] {
        for grow in [0, 1] {
            let mut store = store(mode, Limits::STANDARD);
            let first = base(&mut store);
            let second = stack(&mut store, first, 2, true);
            assert_eq!(call(&mut store, second, "call", &[grow]).unwrap(), [5010 + 10]);
            assert_eq!(call(&mut store, second, "tail", &[grow]).unwrap(), [5]);
        }
    }
}

/// Two instances that call each other through a table, so many times.
const PING_PONG: &str = r#"(module (type $unary (func (param i32) (result i32)))
    (import "" "table" (table 2 funcref)) (import "" "other" (global $other i32)) (global $mine (mut i32) (i32.const 0))
    (func (export "down") (param $n i32) (result i32) (local i64 i64 i64)
        (global.set $mine (i32.add (global.get $mine) (i32.const 1)))
        (if (result i32) (local.get $n)
            (then (i32.add (i32.const 1)
                (call_indirect (type $unary) (i32.sub (local.get $n) (i32.const 1)) (global.get $other))))
            (else (i32.const 0))))
    (func (export "calls") (result i32) (global.get $mine)))"#;

#[test]
fn instances_recurse_into_each_other_up_to_the_limits() {
    let limits = Limits { call_depth: 1000, stack_slots: 1 << 20, ..Limits::STANDARD };
    let narrow = Limits { call_depth: 1 << 20, stack_slots: 4000, ..Limits::STANDARD };
    for mode in [CompilationMode::Eager, CompilationMode::Lazy] {
        for (limits, deep, too_deep) in [(limits, 499, 500), (narrow, 300, 4000)] {
            let mut store = store(mode, limits);
            let tables = r#"(module (table (export "t") 2 funcref)
                (global (export "0") i32 (i32.const 0)) (global (export "1") i32 (i32.const 1)))"#;
            let shared = instantiate(&mut store, tables, &[]).unwrap();
            let table = export(&store, shared, "t");
            let players = ["1", "0"].map(|other| {
                let imports = [table, export(&store, shared, other)];
                instantiate(&mut store, PING_PONG, &imports).unwrap()
            });
            let Extern::Table(table) = table else { panic!("a table is exported") };
            for (at, player) in (0..).zip(players) {
                let down = export(&store, player, "down").into_func().unwrap();
                let slot = store.func_ref(down);
                store.table_set(table, at, slot).unwrap();
            }
            for _ in 0..2 {
                let down = |store: &mut Store, n| call(store, players[0], "down", &[n]);
                assert_eq!(down(&mut store, deep).unwrap(), [deep]);
                assert_eq!(trap(&mut store, players[0], "down", &[too_deep]), Trap::StackExhausted);
            }
            let [mine, other] =
                players.map(|player| call(&mut store, player, "calls", &[]).unwrap()[0]);
            assert!(mine >= deep && other >= deep && mine - other <= 4, "{mine} {other}");
        }
    }
}

#[test]
fn a_host_function_finds_the_instance_that_called_it() {
    let mut store = Store::new(&engine());
    let host: Extern = store.host_func(&FuncType::new([I32], [I32]), 1).unwrap().into();
    let inner = r#"(module (import "" "host" (func $host (param i32) (result i32)))
        (global $g (mut i32) (i32.const 7))
        (func (export "call") (param i32) (result i32) (i32.add (call $host (local.get 0)) (global.get $g)))
        (func (export "tail") (param i32) (result i32) (return_call $host (local.get 0))))"#;
    let inner = instantiate(&mut store, inner, &[host]).unwrap();
    let imports = ["call", "tail"].map(|name| export(&store, inner, name));
    let outer = r#"(module (import "" "call" (func $call (param i32) (result i32)))
        (import "" "tail" (func $tail (param i32) (result i32)))
        (global $g (mut i32) (i32.const 1000))
        (func (export "both") (param i32) (result i32)
            (i32.add (i32.add (call $call (local.get 0)) (call $tail (local.get 0))) (global.get $g)))
        (func (export "tails") (param i32) (result i32) (return_call $tail (local.get 0))))"#;
    let outer = instantiate(&mut store, outer, &imports).unwrap();
    assert_eq!(call(&mut store, outer, "both", &[1]).unwrap(), [108 + 101 + 1000]);
    assert_eq!(call(&mut store, outer, "tails", &[1]).unwrap(), [101]);
    let tails = export(&store, outer, "tails").into_func().unwrap();
    let mut activation = store.enter(tails, &[1]).unwrap();
    store.run(&mut activation, &mut None).unwrap();
    assert_eq!(store.host_call(&activation).caller, Some(inner));
    store.leave(&activation);
    assert_eq!(call_func(&mut store, tails, &[2]).unwrap(), [102]);
}
