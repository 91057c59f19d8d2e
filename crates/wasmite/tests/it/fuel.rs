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
    // What follows a block that may be left for further out is only paid for when it is reached.
    let text = r#"(module (func (export "f") (param i32)
        (block $out
            (block (br_if $out (local.get 0)))
            (block (br_if $out (local.get 0)) (br_if 0 (local.get 0)))
            (drop (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1)))
        (drop (i32.const 1))))"#;
    let (left, stayed) = (cost(text, 1), cost(text, 0));
    assert!(left < stayed, "{left} {stayed}");
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
