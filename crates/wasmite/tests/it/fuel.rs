//! Fuel and epochs: what is charged, what happens when there is no more, and that it costs nothing when off.

use wasmite::{Config, Engine, Instance, Linker, Module, Store, Trap};

fn engine(consume_fuel: bool) -> Engine {
    Engine::new(Config::new().consume_fuel(consume_fuel)).unwrap()
}

fn instantiate(engine: &Engine, text: &str) -> (Store<()>, Instance) {
    let module = Module::new(engine, text).unwrap();
    let mut store = Store::new(engine, ());
    if store.get_fuel().is_ok() {
        store.set_fuel(1_000_000).unwrap();
    }
    let instance = Linker::new(engine).instantiate_and_start(&mut store, &module).unwrap();
    (store, instance)
}

/// What a call of `f` with `arg` consumes.
fn cost(text: &str, arg: i32) -> u64 {
    let (mut store, instance) = instantiate(&engine(true), text);
    let f = instance.get_typed_func::<i32, ()>(&store, "f").unwrap();
    let before = store.get_fuel().unwrap();
    f.call(&mut store, arg).unwrap();
    before - store.get_fuel().unwrap()
}

#[test]
fn operators_cost_one_each_and_structure_nothing() {
    assert_eq!(cost(r#"(module (func (export "f") (param i32)))"#, 0), 0);
    assert_eq!(cost(r#"(module (func (export "f") (param i32) nop (block (block))))"#, 0), 0);
    let text = r#"(module (func (export "f") (param i32)
        (drop (i32.add (local.get 0) (i32.const 1)))))"#;
    assert_eq!(cost(text, 0), 4);
}

#[test]
fn locals_are_paid_for_at_entry() {
    let locals = |count: usize| {
        format!(r#"(module (func (export "f") (param i32) (local {})))"#, "i64 ".repeat(count))
    };
    assert_eq!(cost(&locals(8), 0), 1);
    assert_eq!(cost(&locals(9), 0), 2);
}

/// A loop of `n` turns with five operators, after one operator and before two.
const LOOP: &str = r#"(module (func (export "f") (param i32)
    (local.set 0 (local.get 0))
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.set 0 (i32.const 0))))"#;

#[test]
fn each_turn_of_a_loop_is_paid_for() {
    for turns in [1, 2, 10] {
        assert_eq!(cost(LOOP, turns), 4 + 5 * turns as u64);
    }
}

#[test]
fn only_the_way_that_is_taken_is_paid_for() {
    let text = r#"(module (func (export "f") (param i32)
        (if (local.get 0)
            (then nop (drop (i32.const 1)) (drop (i32.const 1)))
            (else (drop (i32.const 1))))
        (drop (i32.const 1))))"#;
    // The condition and the `if`, the branch of it, what follows.
    assert_eq!(cost(text, 1), 2 + 4 + 2);
    assert_eq!(cost(text, 0), 2 + 2 + 2);
    // What follows a block in which a way ends is only paid for when it is reached.
    let text = r#"(module (func (export "f") (param i32)
        (block $out
            (block (br_if 0 (i32.eqz (local.get 0))) (br $out))
            (drop (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1)))
        (drop (i32.const 1))))"#;
    assert_eq!((cost(text, 1), cost(text, 0)), (4 + 2, 4 + 6 + 2));
}

#[test]
fn what_conditional_exits_skip_is_paid_for() {
    let text = r#"(module (func (export "f") (param i32)
        (block $out
            (block (br_if $out (local.get 0)) (block (br_if 1 (local.get 0))))
            (drop (i32.const 1)))
        (drop (i32.const 1))))"#;
    assert_eq!((cost(text, 1), cost(text, 0)), (8, 8));
}

#[test]
fn turns_and_calls_that_exit_are_paid_for_as_a_whole() {
    let text = r#"(module (func (export "f") (param i32)
        (block $out
            (loop
                (block (br_if 0 (i32.eqz (local.get 0))) (br $out))
                (local.set 0 (i32.const 1))
                (br 0)))
        (drop (i32.const 1))))"#;
    assert_eq!((cost(text, 1), cost(text, 0)), (7 + 2, 14 + 2));
    let text = r#"(module (func (export "f") (param i32)
        (block (br_if 0 (i32.eqz (local.get 0))) (return))
        (drop (i32.const 1))))"#;
    assert_eq!((cost(text, 1), cost(text, 0)), (6, 6));
}

#[test]
fn what_comes_before_a_loop_without_end_is_paid_for() {
    let text = r#"(module (func (export "f") (param i32)
        (block $out
            (drop (i32.const 1))
            (loop (br_if $out (local.get 0)) (local.set 0 (i32.const 1)) (br 0)))
        (drop (i32.const 1))))"#;
    assert_eq!((cost(text, 1), cost(text, 0)), (2 + 5 + 2, 2 + 10 + 2));
}

#[test]
fn what_is_known_in_advance_costs_the_same() {
    // The condition is a parameter, which is 1 (or 0), or a constant that folds to the same.
    let text = |condition: &str| {
        format!(
            r#"(module (func (export "f") (param i32)
                (block $out
                    (br_if $out (i32.eq {condition} (i32.const 1)))
                    (drop (i32.const 1)) (drop (i32.const 1)))
                (drop (i32.const 1))))"#
        )
    };
    let dynamic = text("(local.get 0)");
    assert_eq!(cost(&text("(i32.const 1)"), 1), cost(&dynamic, 1));
    assert_eq!(cost(&text("(i32.const 0)"), 0), cost(&dynamic, 0));
}

#[test]
fn running_out_traps_before_anything_that_is_not_paid_for() {
    let text = r#"(module (global $g (export "g") (mut i32) (i32.const 0))
        (func (export "f") (param i32)
            (loop
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let full = cost(text, 20);
    let mut most = 0;
    for fuel in 0..=full {
        let (mut store, instance) = instantiate(&engine(true), text);
        let f = instance.get_typed_func::<i32, ()>(&store, "f").unwrap();
        store.set_fuel(fuel).unwrap();
        let result = f.call(&mut store, 20);
        let turns = instance.get_global(&store, "g").unwrap().get(&store).i32().unwrap();
        if fuel == full {
            result.unwrap();
            assert_eq!((turns, store.get_fuel().unwrap()), (20, 0));
            break;
        }
        assert_eq!(result.unwrap_err().as_trap(), Some(Trap::OutOfFuel));
        assert!(turns >= most && (turns as u64) * 9 <= fuel, "{turns} turns with {fuel}");
        assert!(store.get_fuel().unwrap() < 9, "what is left does not pay for another turn");
        most = turns;
        // The store is as good as before.
        store.set_fuel(full).unwrap();
        f.call(&mut store, 20).unwrap();
    }
    assert_eq!(most, 19);
}

#[test]
fn endless_guests_end() {
    for body in ["(loop (br 0))", "(call $f (i32.const 0))", "(return_call $f (i32.const 0))"] {
        let text = format!(r#"(module (func $f (export "f") (param i32) {body}))"#);
        let (mut store, instance) = instantiate(&engine(true), &text);
        let f = instance.get_typed_func::<i32, ()>(&store, "f").unwrap();
        let trap = f.call(&mut store, 0).unwrap_err().as_trap();
        assert!(matches!(trap, Some(Trap::OutOfFuel | Trap::StackExhausted)), "{body}: {trap:?}");
    }
}

#[test]
fn without_fuel_there_is_none_to_ask_for() {
    let (mut store, instance) = instantiate(&engine(false), LOOP);
    let f = instance.get_typed_func::<i32, ()>(&store, "f").unwrap();
    f.call(&mut store, 3).unwrap();
    assert!(store.get_fuel().unwrap_err().to_string().contains("consume_fuel"));
    assert!(store.set_fuel(1).is_err());
}

#[test]
fn epochs_stop_guests() {
    let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
    let text = r#"(module (func (export "f") (param i32) (loop (br_if 0 (local.get 0)))))"#;
    let (mut store, instance) = instantiate(&engine, text);
    let f = instance.get_typed_func::<i32, ()>(&store, "f").unwrap();
    let interrupted = |result: wasmite::Result<()>| {
        assert_eq!(result.unwrap_err().as_trap(), Some(Trap::Interrupt));
    };
    interrupted(f.call(&mut store, 0));
    store.set_epoch_deadline(1);
    f.call(&mut store, 0).unwrap();
    let other = engine.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        other.increment_epoch();
    });
    interrupted(f.call(&mut store, 1));
    thread.join().unwrap();
    store.set_epoch_deadline(1);
    f.call(&mut store, 0).unwrap();
}

/// A call of each operator that charges by size, with three operands. Sizes are in bytes, elements and one-byte pages.
const BY_SIZE: &str = r#"(module
    (memory $a (export "a") 4096 8192 (pagesize 1)) (memory $b (export "b") 4096 (pagesize 1))
    (table $t (export "t") 512 1024 funcref) (table $u (export "u") 512 funcref)
    (func $f) (elem $e func $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f)
    (data $d "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
    (type $op (func (param i32 i32 i32)))
    (func (export "memory.fill") (type $op)
        (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "memory.copy") (type $op)
        (memory.copy $a $b (local.get 0) (local.get 1) (local.get 2)))
    (func (export "memory.copy within one") (type $op)
        (memory.copy $a $a (local.get 0) (local.get 1) (local.get 2)))
    (func (export "memory.init") (type $op)
        (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.fill") (type $op)
        (table.fill $t (local.get 0) (ref.func $f) (local.get 2)) (drop (local.get 1)))
    (func (export "table.copy") (type $op)
        (table.copy $t $u (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.init") (type $op)
        (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
    (func (export "memory.grow") (type $op)
        (drop (memory.grow (local.get 2))) (drop (local.get 0)) (drop (local.get 1)))
    (func (export "table.grow") (type $op)
        (drop (table.grow $t (ref.null func) (local.get 2))) (drop (local.get 0)) (drop (local.get 1))))"#;

/// By operator, what is not by size: operators and their operands.
const OPS: [(&str, u64, u64); 9] = [
    ("memory.fill", 4, 64),
    ("memory.copy", 4, 64),
    ("memory.copy within one", 4, 64),
    ("memory.init", 4, 64),
    ("table.fill", 6, 8),
    ("table.copy", 4, 8),
    ("table.init", 4, 8),
    ("memory.grow", 7, 64),
    ("table.grow", 8, 8),
];

/// A store with an instance of [`BY_SIZE`], whose segments are not dropped. Whatever is copied one place down changes something.
fn by_size() -> (Store<()>, Instance) {
    let mut config = Config::new();
    config.consume_fuel(true).wasm_custom_page_sizes(true);
    let (mut store, instance) = instantiate(&Engine::new(&config).unwrap(), BY_SIZE);
    for (name, first) in [("a", 0), ("b", 100)] {
        let memory = instance.get_memory(&store, name).unwrap();
        let bytes = memory.data_mut(&mut store);
        bytes.iter_mut().zip(first..).for_each(|(byte, at)| *byte = (at % 251) as u8);
    }
    let func = instance.get_func(&store, "memory.fill").unwrap();
    let table = instance.get_table(&store, "u").unwrap();
    for at in 0..20 {
        table.set(&mut store, at, func.into()).unwrap();
    }
    (store, instance)
}

/// Sizes and contents of all memories and tables.
fn contents(store: &Store<()>, instance: Instance) -> Vec<Vec<u8>> {
    let memory = |name| instance.get_memory(store, name).unwrap().data(store).to_vec();
    let table = |name| {
        let table = instance.get_table(store, name).unwrap();
        (0..table.size(store)).map(|at| table.get(store, at).unwrap().is_null().into()).collect()
    };
    vec![memory("a"), memory("b"), table("t"), table("u")]
}

#[test]
fn bulk_operations_and_growth_are_charged_by_size() {
    for (op, fixed, per_unit) in OPS {
        for count in [0, 1, per_unit - 1, per_unit, per_unit + 1, 2 * per_unit, 2 * per_unit + 1] {
            let (mut store, instance) = by_size();
            let f = instance.get_typed_func::<(i32, i32, i32), ()>(&store, op).unwrap();
            let count = if op == "table.init" { count.min(20) } else { count.min(80) };
            let before = store.get_fuel().unwrap();
            f.call(&mut store, (0, 0, count as i32)).unwrap();
            let cost = before - store.get_fuel().unwrap();
            assert_eq!(cost, fixed + count.div_ceil(per_unit), "{op} of {count}");
        }
    }
}

#[test]
fn what_is_charged_by_size_happens_as_a_whole_or_not_at_all() {
    for (op, fixed, per_unit) in OPS {
        // One unit and two, within all segments.
        for (count, units) in [(1, 1), (per_unit as i32 + 1, 2)] {
            let (mut store, instance) = by_size();
            let f = instance.get_typed_func::<(i32, i32, i32), ()>(&store, op).unwrap();
            let before = contents(&store, instance);
            for fuel in 0..fixed + units {
                store.set_fuel(fuel).unwrap();
                let trap = f.call(&mut store, (0, 1, count)).unwrap_err().as_trap();
                assert_eq!(trap, Some(Trap::OutOfFuel), "{op} of {count} with {fuel}");
                assert_eq!(contents(&store, instance), before, "{op} of {count} with {fuel}");
            }
            store.set_fuel(fixed + units).unwrap();
            f.call(&mut store, (0, 1, count)).unwrap();
            assert_eq!(store.get_fuel().unwrap(), 0, "{op} of {count}");
            assert_ne!(contents(&store, instance), before, "{op} of {count}");
        }
    }
}

#[test]
fn what_is_out_of_bounds_is_not_paid_for() {
    for (op, fixed, _) in OPS {
        let (mut store, instance) = by_size();
        let f = instance.get_typed_func::<(i32, i32, i32), ()>(&store, op).unwrap();
        store.set_fuel(fixed).unwrap();
        let result = f.call(&mut store, (0, 0, 1_000_000));
        if op.ends_with("grow") {
            result.unwrap();
        } else {
            let trap = result.unwrap_err().as_trap();
            let bounds = [Trap::MemoryOutOfBounds, Trap::TableOutOfBounds];
            assert!(trap.is_some_and(|trap| bounds.contains(&trap)), "{op}: {trap:?}");
        }
        assert_eq!(store.get_fuel().unwrap(), 0, "{op}");
    }
}

#[test]
fn active_segments_are_paid_for() {
    let text = format!(r#"(module (memory 1) (data (i32.const 0) "{}"))"#, "x".repeat(65));
    let engine = engine(true);
    let module = Module::new(&engine, text).unwrap();
    let linker = Linker::new(&engine);
    let mut store = Store::new(&engine, ());
    store.set_fuel(1).unwrap();
    let error = linker.instantiate_and_start(&mut store, &module).unwrap_err();
    assert_eq!(error.as_trap(), Some(Trap::OutOfFuel));
    store.set_fuel(2).unwrap();
    linker.instantiate_and_start(&mut store, &module).unwrap();
    assert_eq!(store.get_fuel().unwrap(), 0);
}

/// What calls with each amount of fuel come to: results or traps, and what is left.
fn lives(heat: Option<u32>, text: &str) -> Vec<String> {
    let mut config = Config::new();
    config.consume_fuel(true).heat(heat);
    let engine = Engine::new(&config).unwrap();
    let mut lives = Vec::new();
    for fuel in (0..700).chain([10_000]) {
        let (mut store, instance) = instantiate(&engine, text);
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        for n in [7, 3, 9] {
            store.set_fuel(fuel).unwrap();
            let outcome = f.call(&mut store, n).map_err(|error| error.as_trap());
            lives.push(format!("{outcome:?} leaves {} of {fuel}", store.get_fuel().unwrap()));
        }
    }
    lives
}

#[test]
fn when_code_is_translated_again_costs_nothing() {
    let text = r#"(module (memory 1)
        (func $g (param $n i32) (result i32) (local $s i64) (local i64 i64 i64 i64 i64 i64 i64 i64)
            (loop $again
                (block $out
                    (br_if $out (i32.and (local.get $n) (i32.const 1)))
                    (local.set $s (i64.add (local.get $s) (i64.const 3))))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.wrap_i64 (local.get $s)))
        (func (export "f") (param $n i32) (result i32) (local $i i32) (local $s i32)
            (loop $outer
                (local.set $s (i32.add (local.get $s) (call $g (local.get $n))))
                (block $done
                    (loop $inner
                        (br_if $done (i32.ge_u (local.get $i) (i32.const 5)))
                        (i32.store8 (local.get $i) (i32.const 1))
                        (local.set $i (i32.add (local.get $i) (i32.const 1)))
                        (br $inner)))
                (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $s)))"#;
    let expected = lives(None, text);
    assert!(expected.last().unwrap().starts_with("Ok"), "{:?}", expected.last());
    for heat in [0, 1, 7, 40, 1000] {
        assert_eq!(lives(Some(heat), text), expected, "{heat}");
    }
}
