//! Loops that are run natively do what they do otherwise: the same to memory and to locals, with the same traps.

use crate::{call, engine, export, instantiate};
use proptest::prelude::*;
use proptest::test_runner::{self, TestRunner};
use wasmite_core::Features;
use wasmite_exec::{Config, Engine, Program, Store};

const TEXT: &str = include_str!("../../../translate/tests/data/element_loops.wat");

/// A way to run them.
struct Way {
    engine: Engine,
    program: Program,
}

fn way(text: &str, native_loops: bool, hot_locals: bool) -> Way {
    let features = Features::all_supported();
    let mut config = Config { features, heat: None, ..Config::default() };
    config.translation.native_loops = native_loops;
    config.translation.hot_locals = hot_locals;
    let engine = Engine::new(config);
    let program = Program::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
    Way { engine, program }
}

/// The loops that can be run natively.
fn names() -> Vec<&'static str> {
    let exports = TEXT.split("(export \"").skip(1).filter_map(|rest| rest.split('"').next());
    exports.filter(|name| name.contains(' ') && !name.starts_with("no:")).collect()
}

/// What a call comes to: results or trap, and memory afterwards.
fn outcome(way: &Way, name: &str, args: [u32; 3]) -> (Result<Vec<u64>, String>, Vec<u8>) {
    let mut store = Store::new(&way.engine);
    let instance = store.instantiate(&way.program, &[], &mut None).unwrap();
    let memory = export(&store, instance, "m").into_memory().unwrap();
    for (at, byte) in store.memory_bytes_mut(memory).iter_mut().enumerate() {
        *byte = (at * 7 + at / 251) as u8;
    }
    let results = call(&mut store, instance, name, &args.map(u64::from));
    (results.map_err(|error| error.to_string()), store.memory_bytes(memory).to_vec())
}

/// Addresses near both ends of a memory of `len` bytes and of the address space.
fn addresses(len: u32) -> impl Strategy<Value = u32> + Clone {
    prop_oneof![0..300u32, len.saturating_sub(700)..len + 20, u32::MAX - 300..=u32::MAX]
}

fn cases(len: u32) -> impl Strategy<Value = (usize, [u32; 3])> {
    let near = (addresses(len), -70..70i32);
    let near = near.prop_map(|(at, distance)| (at, at.wrapping_add_signed(distance)));
    let count = prop_oneof![0..3u32, 0..80u32, 0..700u32, u32::MAX - 80..=u32::MAX];
    let count = prop_oneof![count.clone(), count.prop_map(|count| count & !7)];
    let places = prop_oneof![near, (addresses(len), addresses(len))];
    (0..names().len(), places, count).prop_map(|(name, (d, s), n)| (name, [d, s, n]))
}

fn compare(text: &str, len: u32, cases_to_run: u32) {
    let plain = way(text, false, false);
    let native = [way(text, true, false), way(text, true, true)];
    let names = names();
    let mut runner = TestRunner::new(test_runner::Config {
        cases: cases_to_run,
        failure_persistence: None,
        ..test_runner::Config::default()
    });
    let result = runner.run(&cases(len), |(name, args)| {
        let expected = outcome(&plain, names[name], args);
        for way in &native {
            let found = outcome(way, names[name], args);
            prop_assert_eq!(&expected.0, &found.0, "{}", names[name]);
            let same = expected.1 == found.1;
            prop_assert!(same, "{}{:?}: memory differs", names[name], args);
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn native_or_not_is_the_same() {
    compare(TEXT, 1 << 16, 4000);
}

#[test]
fn it_is_in_a_memory_of_single_bytes_too() {
    let text =
        TEXT.replace("(memory (export \"m\") 1 1)", "(memory (export \"m\") 333 333 (pagesize 1))");
    assert_ne!(text, TEXT);
    compare(&text, 333, 2000);
}

#[test]
fn each_loop_is_the_same_for_every_small_count_and_distance() {
    let (plain, native) = (way(TEXT, false, true), way(TEXT, true, true));
    for name in names() {
        for distance in [0, 1, 2, 3, 4, 7, 8, 9, 16, 31] {
            for count in [0, 1, 5, 6, 7, 8, 9, 16, 56, 64, 80] {
                for args in [[500 + distance, 500, count], [500, 500 + distance, count]] {
                    let (expected, found) =
                        (outcome(&plain, name, args), outcome(&native, name, args));
                    assert_eq!(expected.0, found.0, "{name}{args:?}");
                    assert!(expected.1 == found.1, "{name}{args:?}: memory differs");
                }
            }
        }
    }
}

#[test]
fn registers_survive() {
    let text = r#"(module (memory 1) (func (export "f") (param $n i32) (result f64)
        (local $i i32) (local $j i32) (local $x f64) (local $y f32) (local $k i64)
        (loop $again
            (local.set $x (f64.add (local.get $x) (f64.const 0.5)))
            (local.set $y (f32.add (local.get $y) (f32.const 0.25)))
            (local.set $j (local.get $i))
            (loop $fill
                (i32.store8 offset=4 (local.get $j) (i32.const 1))
                (br_if $fill (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 300))))
            (local.set $k (i64.add (local.get $k) (i64.extend_i32_u (local.get $j))))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
        (f64.add (f64.convert_i64_u (local.get $k))
            (f64.add (local.get $x) (f64.promote_f32 (local.get $y))))))"#;
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let result = call(&mut store, instance, "f", &[200]).unwrap();
    assert_eq!(f64::from_bits(result[0]), 200.0 * (300.0 + 0.75));
}
