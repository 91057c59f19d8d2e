//! What a profile counts: exact numbers for small programs, whatever they are translated to.

use crate::{call, export, instantiate};
use wasmite_core::{Features, FuncIdx};
use wasmite_exec::{CompilationMode, Config, Count, Engine, Instance, Profile, Program, Store};
use wasmite_translate::Options;

/// A store for the plainest code: which ops there are does not depend on what is fused.
fn store(mode: CompilationMode) -> Store {
    let features = Features::all_supported();
    let config = Config { mode, features, translation: Options::none(), ..Config::default() };
    Store::new(&Engine::new(config))
}

fn of(counts: &[Count], name: &str) -> u64 {
    counts.iter().find(|count| count.name == name).map_or(0, |count| count.dispatches)
}

fn total(counts: &[Count]) -> u64 {
    counts.iter().map(|count| count.dispatches).sum()
}

/// Checks what holds of every profile.
#[track_caller]
fn check(profile: &Profile) {
    let Profile { dispatches, functions, ops, forms, pairs, triples, stacks } = profile;
    for counts in [functions, ops, forms, stacks] {
        assert_eq!(total(counts), *dispatches, "{profile:#?}");
        assert!(counts.is_sorted_by_key(|count| std::cmp::Reverse(count.dispatches)));
    }
    assert!(total(pairs) <= *dispatches && total(triples) <= total(pairs));
}

/// The cells of a function, without operands.
fn ops(program: &Program, func: u32) -> Vec<String> {
    let code = program.code(FuncIdx(func)).unwrap();
    let op = |cell: String| cell.split(' ').next().unwrap().to_string();
    code.listing().map(|cell| op(cell.to_string())).collect()
}

const LOOP: &str = r#"(module $m
    (func $leaf (param i32) (result i32)
        (i32.rotl (i32.popcnt (i32.ctz (local.get 0))) (i32.const 7)))
    (func $loop (export "loop") (param i32)
        (loop $again
            (drop (call $leaf (local.get 0)))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if $again (local.get 0)))))"#;

fn looped(mode: CompilationMode, times: u64) -> (Store, Instance) {
    let mut store = store(mode);
    let instance = instantiate(&mut store, LOOP, &[]).unwrap();
    call(&mut store, instance, "loop", &[times]).unwrap();
    (store, instance)
}

#[test]
fn every_dispatch_is_counted_once() {
    let (store, _) = looped(CompilationMode::Eager, 10);
    let program = crate::program(&store, LOOP);
    let (leaf, all) = (ops(&program, 0), ops(&program, 1));
    let ending = all.iter().rposition(|op| op.starts_with("Br")).unwrap() + 1;
    assert_eq!(leaf[..2], ["I32Ctz", "I32Popcnt"]);

    let profile = store.profile();
    check(&profile);
    let in_leaf = 10 * leaf.len() as u64;
    let in_loop = 10 * ending as u64 + (all.len() - ending) as u64;
    assert_eq!(profile.dispatches, in_leaf + in_loop);
    assert_eq!(of(&profile.functions, "m!leaf"), in_leaf);
    assert_eq!(of(&profile.functions, "m!loop"), in_loop);
    assert_eq!(profile.functions.len(), 2);
    for op in ["I32Ctz", "I32Popcnt", "I32Rotl", "I32Sub", "Call"] {
        assert_eq!(of(&profile.ops, op), 10, "{op}");
    }
    assert_eq!(of(&profile.stacks, "m!loop"), in_loop);
    assert_eq!(of(&profile.stacks, "m!loop;m!leaf"), in_leaf);
    assert_eq!(profile.stacks.len(), 2);
}

#[test]
fn sequences_follow_branches_and_calls() {
    let (mut store, instance) = looped(CompilationMode::Eager, 10);
    let profile = store.profile();
    assert_eq!(of(&profile.pairs, "I32Ctz s -> s ; I32Popcnt s -> s"), 10);
    assert_eq!(of(&profile.pairs, "I32Popcnt s -> s ; I32Ctz s -> s"), 0);
    let starting = |counts: &[Count], start: &str, end: &str| {
        let fits = |count: &&Count| count.name.starts_with(start) && count.name.ends_with(end);
        counts.iter().filter(fits).map(|count| count.dispatches).sum::<u64>()
    };
    assert_eq!(starting(&profile.pairs, "Call s", " => I32Ctz s -> s"), 10);
    assert_eq!(starting(&profile.pairs, "Br", ""), 10);
    let triple = "=> I32Ctz s -> s ; I32Popcnt s -> s";
    assert_eq!(starting(&profile.triples, "Call s", triple), 10);
    // Nothing comes before the first cell of a call from the host; two cells at least follow it.
    assert_eq!(total(&profile.pairs), profile.dispatches - 1);
    assert_eq!(total(&profile.triples), profile.dispatches - 2);
    call(&mut store, instance, "loop", &[1]).unwrap();
    let profile = store.profile();
    assert_eq!(total(&profile.pairs), profile.dispatches - 2);
    check(&profile);
}

#[test]
fn what_is_executed_again_counts_once() {
    let eager = looped(CompilationMode::Eager, 3).0.profile();
    let lazy = looped(CompilationMode::Lazy, 3).0.profile();
    for (eager, lazy) in [
        (eager.functions, lazy.functions),
        (eager.forms, lazy.forms),
        (eager.pairs, lazy.pairs),
        (eager.stacks, lazy.stacks),
    ] {
        assert_eq!(eager, lazy);
    }
}

#[test]
fn cells_of_both_tiers_are_counted() {
    let mut store = Store::new(&Engine::new(Config { heat: Some(5), ..Config::default() }));
    let instance = instantiate(&mut store, LOOP, &[]).unwrap();
    call(&mut store, instance, "loop", &[20]).unwrap();
    let profile = store.profile();
    check(&profile);
    assert_eq!(of(&profile.ops, "I32Ctz"), 20);
    // Passed so often before the loop was left, and about as often before the leaf was.
    let asking = of(&profile.ops, "HeatLoop") + of(&profile.ops, "HeatEntry");
    assert!((6..=15).contains(&asking), "{profile:#?}");
    assert!(of(&profile.ops, "Copy64") > 0, "registers are loaded at the leaf's new entry");
    let named = |count: &&Count| ["m!leaf", "m!loop"].contains(&count.name.as_str());
    assert!(profile.functions.iter().all(|count| named(&count)), "{profile:#?}");
}

#[test]
fn tail_calls_replace_their_frame() {
    let mut store = store(CompilationMode::Eager);
    let text = r#"(module
        (func $even (param i32) (result i32)
            (if (local.get 0) (then (return_call $odd (i32.sub (local.get 0) (i32.const 1)))))
            (i32.const 1))
        (func $odd (param i32) (result i32)
            (if (local.get 0) (then (return_call $even (i32.sub (local.get 0) (i32.const 1)))))
            (i32.const 0))
        (func (export "even") (param i32) (result i32) (call $even (local.get 0))))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "even", &[7]).unwrap(), [0]);
    let profile = store.profile();
    check(&profile);
    let mut stacks: Vec<&str> = profile.stacks.iter().map(|count| &*count.name).collect();
    stacks.sort_unstable();
    let outer = "<wasm function 2>";
    assert_eq!(stacks, [outer, &format!("{outer};even"), &format!("{outer};odd")]);
}

#[test]
fn deep_recursion_is_cut() {
    let mut store = store(CompilationMode::Eager);
    let text = r#"(module (func $f (export "f") (param i32)
        (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    // Deep enough that the value stack grows, which moves frames.
    call(&mut store, instance, "f", &[900]).unwrap();
    let profile = store.profile();
    check(&profile);
    assert_eq!(profile.stacks.len(), 64);
    assert_eq!(profile.stacks[0].name, ["f"; 64].join(";"));
    let calls = of(&profile.ops, "Call");
    assert_eq!(calls, 900);
    let each = of(&profile.stacks, "f");
    assert!(profile.stacks[1..].iter().all(|count| count.dispatches == each));
}

#[test]
fn stacks_go_through_other_instances() {
    let mut store = store(CompilationMode::Eager);
    let inner = r#"(module $inner (func $f (export "f") (param i32) (result i32)
        (i32.div_u (i32.const 6) (local.get 0))))"#;
    let inner = instantiate(&mut store, inner, &[]).unwrap();
    let outer = r#"(module $outer
        (import "" "" (func $f (param i32) (result i32)))
        (func $twice (export "twice") (param i32) (result i32)
            (i32.add (call $f (local.get 0)) (call $f (local.get 0))))
        (func $tail (export "tail") (param i32) (result i32) (return_call $f (local.get 0))))"#;
    let imports = [export(&store, inner, "f")];
    let outer = instantiate(&mut store, outer, &imports).unwrap();
    // The trap leaves frames behind that must not count as callers of what comes next.
    call(&mut store, outer, "twice", &[0]).unwrap_err();
    assert_eq!(call(&mut store, outer, "twice", &[2]).unwrap(), [6]);
    assert_eq!(call(&mut store, outer, "tail", &[3]).unwrap(), [2]);
    assert_eq!(call(&mut store, inner, "f", &[3]).unwrap(), [2]);
    let profile = store.profile();
    check(&profile);
    let mut stacks: Vec<&str> = profile.stacks.iter().map(|count| &*count.name).collect();
    stacks.sort_unstable();
    assert_eq!(stacks, ["inner!f", "outer!tail", "outer!twice", "outer!twice;inner!f"]);
    assert_eq!(of(&profile.ops, "I32DivU"), 5);
}

#[test]
fn names_cannot_forge_stacks() {
    let mut store = store(CompilationMode::Eager);
    let text = "(module (func $\"a;b\\0ac\" (export \"f\")))";
    let instance = instantiate(&mut store, text, &[]).unwrap();
    call(&mut store, instance, "f", &[]).unwrap();
    assert_eq!(store.profile().stacks[0].name, "a:b?c");
}

#[test]
fn callees_that_start_where_their_caller_does_are_told_from_it() {
    let text = r#"(module $m
        (func $leaf (nop))
        (func $again (call $leaf) (call $leaf))
        (func (export "run") (call $again)))"#;
    let mut store = store(CompilationMode::Eager);
    let instance = instantiate(&mut store, text, &[]).unwrap();
    call(&mut store, instance, "run", &[]).unwrap();
    let profile = store.profile();
    check(&profile);
    let names: Vec<&str> = profile.stacks.iter().map(|stack| &*stack.name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(of(&profile.stacks, "m!<wasm function 2>;m!again;m!leaf"), 2, "{names:?}");
}
