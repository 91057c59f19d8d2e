//! Calls that cross borders: host functions, other instances, tables, tail calls; and the limits on calls.

use super::{call, engine, export, instantiate, trap};
use wasmite_core::{Features, FuncType, Limits, Trap, ValType::I32};
use wasmite_exec::{CompilationMode, Config, Engine, Extern, Outcome, Store};

fn with_limits(limits: Limits) -> Store {
    Store::new(&Engine::new(Config {
        limits,
        features: Features::all_supported(),
        ..Config::default()
    }))
}

/// The host function of number 1, `(i32) -> i32`: adds 100.
fn add_100(store: &mut Store) -> Extern {
    store.host_func(&FuncType::new([I32], [I32]), 1).unwrap().into()
}

#[test]
fn host_functions_are_outcomes() {
    let mut store = Store::new(&engine());
    let host = add_100(&mut store);
    let text = r#"(module (import "" "h" (func $h (param i32) (result i32)))
        (type $t (func (param i32) (result i32)))
        (table funcref (elem $h $own))
        (func $own (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "direct") (param i32) (result i32)
            (i32.sub (i32.const 1000) (call $h (local.get 0))))
        (func (export "indirect") (param i32 i32) (result i32)
            (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (local.get 1))))
        (func (export "tail") (param i32 i32) (result i32) (return_call $h (local.get 1)))
        (func (export "around") (param i32) (result i32)
            (i32.mul (i32.const 3) (call 4 (i32.const 0) (local.get 0))))
        (func (export "tail_indirect") (param i32 i32) (result i32)
            (return_call_indirect (type $t) (local.get 0) (local.get 1))))"#;
    let instance = instantiate(&mut store, text, &[host]).unwrap();
    let mut run = |name, args: &[u64]| call(&mut store, instance, name, args).unwrap();
    assert_eq!(run("direct", &[1]), [899]);
    assert_eq!(run("indirect", &[1, 0]), [102]);
    assert_eq!(run("indirect", &[5, 1]), [11]);
    assert_eq!(run("tail", &[1, 5]), [105]);
    assert_eq!(run("around", &[5]), [315]);
    assert_eq!(run("tail_indirect", &[7, 0]), [107]);
    assert_eq!(run("tail_indirect", &[7, 1]), [14]);
    let direct = store.enter(host.into_func().unwrap(), &[1]).unwrap();
    store.leave(&direct);
    assert_eq!(super::call_func(&mut store, host.into_func().unwrap(), &[1]).unwrap(), [101]);
}

#[test]
fn indirect_calls_check_what_they_call() {
    for mode in [CompilationMode::Eager, CompilationMode::Lazy] {
        let features = Features::all_supported();
        check_indirect_calls(Store::new(&Engine::new(Config {
            mode,
            features,
            ..Config::default()
        })));
    }
}

fn check_indirect_calls(mut store: Store) {
    let text = r#"(module (type $t (func (result i32))) (table 3 funcref) (table $u 1 funcref)
        (elem (i32.const 0) func $a $b) (elem (table $u) (i32.const 0) func $c)
        (func $a (result i32) (i32.const 1)) (func $b (result i64) (i64.const 2))
        (func $c (result i32) (i32.const 3))
        (func (export "f") (param i32) (result i32) (call_indirect (type $t) (local.get 0)))
        (func (export "u") (param i32) (result i32) (call_indirect $u (type $t) (local.get 0)))
        (func (export "computed") (param i32) (result i32)
            (call_indirect $u (type $t) (i32.sub (local.get 0) (i32.const 5)))))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "computed", &[5]).unwrap(), [3]);
    assert_eq!(call(&mut store, instance, "f", &[0]).unwrap(), [1]);
    assert_eq!(call(&mut store, instance, "u", &[0]).unwrap(), [3]);
    assert_eq!(trap(&mut store, instance, "f", &[1]), Trap::IndirectCallTypeMismatch);
    assert_eq!(trap(&mut store, instance, "f", &[2]), Trap::UninitializedElement);
    assert_eq!(trap(&mut store, instance, "f", &[3]), Trap::UndefinedElement);
    assert_eq!(trap(&mut store, instance, "u", &[1]), Trap::UndefinedElement);
}

#[test]
fn instances_call_each_other() {
    let mut store = Store::new(&engine());
    let library = r#"(module (global $n (mut i32) (i32.const 0)) (memory 1)
        (func (export "count") (param i32) (result i32)
            (global.set $n (i32.add (global.get $n) (local.get 0)))
            (i32.store (i32.const 0) (global.get $n)) (i32.load (i32.const 0)))
        (func (export "fail") (unreachable)))"#;
    let library = instantiate(&mut store, library, &[]).unwrap();
    let imports = ["count", "fail"].map(|name| export(&store, library, name));
    let text = r#"(module
        (import "" "count" (func $count (param i32) (result i32)))
        (import "" "fail" (func $fail)) (memory 1)
        (func (export "twice") (param i32) (result i32 i32)
            (i32.add (call $count (local.get 0)) (call $count (local.get 0))) (i32.load (i32.const 0)))
        (func $fails (export "fails") (call $fail)))"#;
    let instance = instantiate(&mut store, text, &imports).unwrap();
    assert_eq!(call(&mut store, instance, "twice", &[3]).unwrap(), [9, 0]);
    let Err(wasmite_exec::Error::Trap { frames, trap }) = call(&mut store, instance, "fails", &[])
    else {
        panic!("unreachable traps")
    };
    let mine = store.instance_program(instance).module();
    let functions: Vec<_> = frames
        .iter()
        .map(|frame| (frame.func.0, core::ptr::eq(frame.program.module(), mine)))
        .collect();
    assert_eq!((trap, &functions[..]), (Trap::Unreachable, &[(1, false), (3, true)][..]));
    assert_eq!(call(&mut store, instance, "twice", &[1]).unwrap(), [15, 0]);
}

#[test]
fn tail_calls_take_no_space() {
    let mut store = with_limits(Limits { call_depth: 10, stack_slots: 300, ..Limits::STANDARD });
    let text = r#"(module (table (export "t") 1 funcref) (type $t (func (param i32 i32) (result i32)))
        (func $even (export "even") (param i32 i32) (result i32) (local i64 i64 i64)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
            (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
        (func $odd (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
            (return_call $even (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
        (func (export "pong") (param i32 i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 77))))
            (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0) (i32.const 0))))"#;
    let first = instantiate(&mut store, text, &[]).unwrap();
    assert_eq!(call(&mut store, first, "even", &[100_001, 0]).unwrap(), [0]);
    let imports = [export(&store, first, "pong"), export(&store, first, "t")];
    let text = r#"(module (import "" "pong" (func $pong (param i32 i32) (result i32)))
        (import "" "t" (table 1 funcref)) (elem (i32.const 0) func $ping)
        (func $ping (export "ping") (param i32 i32) (result i32) (return_call $pong (local.get 0) (local.get 1)))
        (func (export "game") (param i32) (result i32) (i32.add (i32.const 1) (call $ping (local.get 0) (i32.const 0)))))"#;
    let second = instantiate(&mut store, text, &imports).unwrap();
    assert_eq!(call(&mut store, second, "game", &[100_000]).unwrap(), [78]);
    assert_eq!(call(&mut store, second, "ping", &[100_000, 0]).unwrap(), [77]);
}

const RECURSION: &str = r#"(module
    (func $down (export "down") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
            (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1))))))))"#;

#[test]
fn depth_is_limited_exactly() {
    let mut store = with_limits(Limits { call_depth: 100, ..Limits::STANDARD });
    let instance = instantiate(&mut store, RECURSION, &[]).unwrap();
    for _ in 0..2 {
        assert_eq!(call(&mut store, instance, "down", &[99]).unwrap(), [99]);
        assert_eq!(trap(&mut store, instance, "down", &[100]), Trap::StackExhausted);
    }
}

#[test]
fn calls_into_another_instance_count_as_two() {
    let mut store = with_limits(Limits { call_depth: 9, ..Limits::STANDARD });
    let first = instantiate(&mut store, RECURSION, &[]).unwrap();
    let text = r#"(module (import "" "down" (func $down (param i32) (result i32)))
        (func (export "over") (param i32) (result i32) (i32.add (i32.const 100) (call $down (local.get 0))))
        (func (export "tail") (param i32) (result i32) (return_call $down (local.get 0))))"#;
    let down = export(&store, first, "down");
    let second = instantiate(&mut store, text, &[down]).unwrap();
    for _ in 0..2 {
        // The caller, the border, and one frame more than the argument.
        assert_eq!(call(&mut store, second, "over", &[6]).unwrap(), [106]);
        assert_eq!(trap(&mut store, second, "over", &[7]), Trap::StackExhausted);
        // The border, and the frames; the caller is gone.
        assert_eq!(call(&mut store, second, "tail", &[7]).unwrap(), [7]);
        assert_eq!(trap(&mut store, second, "tail", &[8]), Trap::StackExhausted);
    }
}

#[test]
fn tail_calls_work_at_the_deepest_frame() {
    // The frame that the tail call asks for does not fit the value stack yet, which must grow although no further
    // caller may be added.
    let text = format!(
        r#"(module (func $down (export "down") (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return_call $wide (i32.const 5))))
            (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
        (func $wide (param i32) (result i32) (local {}) (local.get 0)))"#,
        "i64 ".repeat(1000)
    );
    let mut store = with_limits(Limits { call_depth: 100, ..Limits::STANDARD });
    let instance = instantiate(&mut store, &text, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "down", &[99]).unwrap(), [104]);
    assert_eq!(trap(&mut store, instance, "down", &[100]), Trap::StackExhausted);
}

#[test]
fn locals_that_may_be_read_first_are_zero_in_every_frame() {
    let text = r#"(module
        (func (export "dirty") (param i64 i64 i64 i64 i64 i64 i64) (result i64) (local.get 6))
        (func $read (param $set i32) (result i64) (local $a i64) (local $b i64) (local $c i64)
            (if (local.get $set) (then (local.set $b (i64.const 5))))
            (local.set $c (i64.const 7))
            (i64.add (i64.mul (local.get $b) (i64.const 10)) (local.get $c)))
        (func (export "read") (param i32) (result i64) (call $read (local.get 0)))
        (func (export "tail") (param i32) (result i64) (local i64 i64 i64 i64)
            (local.set 1 (i64.const -1)) (local.set 2 (local.get 1)) (local.set 3 (local.get 2))
            (return_call $read (local.get 0))))"#;
    let mut store = with_limits(Limits::STANDARD);
    let instance = instantiate(&mut store, text, &[]).unwrap();
    for name in ["read", "tail"] {
        for (set, expected) in [(0, 7), (1, 57)] {
            call(&mut store, instance, "dirty", &[u64::MAX; 7]).unwrap();
            assert_eq!(call(&mut store, instance, name, &[set]).unwrap(), [expected], "{name}");
        }
    }
}

#[test]
fn the_value_stack_grows_to_its_limit() {
    let mut store =
        with_limits(Limits { call_depth: 1 << 20, stack_slots: 5000, ..Limits::STANDARD });
    let instance = instantiate(&mut store, RECURSION, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "down", &[500]).unwrap(), [500]);
    assert_eq!(trap(&mut store, instance, "down", &[5000]), Trap::StackExhausted);
    assert_eq!(call(&mut store, instance, "down", &[500]).unwrap(), [500]);
}

#[test]
fn activations_nest_up_to_their_limit() {
    let mut store = with_limits(Limits { host_nesting: 3, ..Limits::STANDARD });
    let host = add_100(&mut store);
    let text = r#"(module (import "" "h" (func $h (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (local i64)
            (i32.add (call $h (local.get 0)) (local.get 0))))"#;
    let instance = instantiate(&mut store, text, &[host]).unwrap();
    let func = export(&store, instance, "f").into_func().unwrap();
    let mut open = Vec::new();
    for depth in 0..3 {
        let mut activation = store.enter(func, &[depth]).unwrap();
        assert!(matches!(store.run(&mut activation, &mut None), Ok(Outcome::Host)));
        assert_eq!(store.backtrace(&activation).len(), 1);
        open.push(activation);
    }
    assert!(matches!(
        store.enter(func, &[3]),
        Err(wasmite_exec::Error::Trap { trap: Trap::StackExhausted, .. })
    ));
    while let Some(mut activation) = open.pop() {
        let depth = open.len() as u64;
        let slots = store.host_slots(&activation);
        assert_eq!(slots, [depth]);
        slots[0] += 100;
        assert!(matches!(store.run(&mut activation, &mut None), Ok(Outcome::Finished)));
        assert_eq!(store.results(&activation), [100 + 2 * depth]);
        store.leave(&activation);
    }
}

#[test]
#[should_panic = "innermost"]
fn outer_activations_cannot_run() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, RECURSION, &[]).unwrap();
    let func = export(&store, instance, "down").into_func().unwrap();
    let mut outer = store.enter(func, &[1]).unwrap();
    let _inner = store.enter(func, &[1]).unwrap();
    let _ = store.run(&mut outer, &mut None);
}

#[test]
fn many_parameters_and_results_cross_every_border() {
    for count in [0usize, 1, 2, 127, 128, 129, 1000] {
        let mut store = with_limits(Limits::STANDARD);
        let types = vec![I32; count];
        let host: Extern = store.host_func(&FuncType::new(types.clone(), types), 2).unwrap().into();
        let list = "i32 ".repeat(count);
        let gets: String = (0..count).map(|i| format!("(local.get {i})")).collect();
        let text = format!(
            r#"(module (import "" "h" (func $h (param {list}) (result {list})))
            (func (export "f") (param {list}) (result {list}) (call $h {gets})))"#
        );
        let instance = instantiate(&mut store, &text, &[host]).unwrap();
        let args: Vec<u64> = (0..count as u64).collect();
        let reversed: Vec<u64> = args.iter().rev().copied().collect();
        assert_eq!(call(&mut store, instance, "f", &args).unwrap(), reversed, "{count}");
    }
}

#[test]
fn what_was_called_last_is_not_called_again_unless_it_is_meant() {
    let mut store = Store::new(&engine());
    let text = r#"(module (type $t (func (param i32) (result i32)))
        (table funcref (elem $double $next $down))
        (func $double (type $t) (i32.mul (local.get 0) (i32.const 2)))
        (func $next (type $t) (i32.add (local.get 0) (i32.const 1)))
        (func $down (type $t) (i32.sub (local.get 0) (i32.const 3)))
        (func $tail (param i32 i32) (result i32)
            (return_call_indirect (type $t) (local.get 0) (local.get 1)))
        (func (export "run") (param $n i32) (result i32) (local $sum i32)
            (loop $again
                (local.set $sum (call_indirect (type $t)
                    (local.get $sum) (i32.rem_u (local.get $n) (i32.const 3))))
                (local.set $sum (call $next (call $next (local.get $sum))))
                (local.set $sum (call $tail
                    (local.get $sum) (i32.rem_u (local.get $n) (i32.const 2))))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $again (local.get $n)))
            (local.get $sum)))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let expected = (1..=20_i32).rev().fold(0_i32, |sum, n| {
        let apply = |which, sum: i32| match which {
            0 => sum.wrapping_mul(2),
            1 => sum.wrapping_add(1),
            _ => sum.wrapping_sub(3),
        };
        apply(n % 2, apply(n % 3, sum).wrapping_add(2))
    });
    assert_eq!(call(&mut store, instance, "run", &[20]).unwrap(), [u64::from(expected as u32)]);
}
