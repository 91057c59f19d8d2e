//! Sequences change no result: what runs with them runs the same without, traps, backtraces and exits included.

use super::{call, instantiate};
use wasmite_core::Limits;
use wasmite_exec::{CompilationMode, Config, Engine, Error, Instance, Store};

const TEXT: &str = r#"(module
    (type $t (func (param i32) (result i32)))
    (memory 1)
    (table funcref (elem $deep))
    (global $g (mut i32) (i32.const 7))
    ;; A load that traps, as the first cell of sequences and as the last.
    (func $trap (export "trap") (param i32 i32) (result i32)
        (i32.store (local.get 1) (i32.add (local.get 0) (local.get 1)))
        (i32.add
            (i32.load (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 1)))
            (i32.load offset=4 (i32.mul (local.get 1) (i32.const 3)))))
    (func (export "caller") (param i32 i32) (result i32)
        (i32.xor (call $trap (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i32.const 5)))
    (func (export "divide") (param i32 i32) (result i32)
        (i32.and (i32.div_s (i32.sub (local.get 0) (local.get 1)) (i32.add (local.get 1) (i32.const 1)))
            (i32.const 255)))
    ;; Loop heads and ends of blocks stand inside what could be sequences.
    (func (export "jumps") (param i32 i32) (result i32) (local i32 i32)
        (local.set 2 (i32.add (local.get 0) (i32.const 1)))
        (loop $again
            (local.set 3 (i32.add (local.get 3) (i32.shl (local.get 2) (i32.const 1))))
            (block $out
                (br_if $out (i32.and (local.get 2) (i32.const 1)))
                (local.set 3 (i32.rotl (i32.xor (local.get 3) (local.get 1)) (i32.const 3))))
            (local.set 3 (i32.add (local.get 3) (global.get $g)))
            (br_if $again (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
        (local.get 3))
    (func (export "switch") (param i32 i32) (result i32)
        (block $c (block $b (block $a
            (br_table $a $b $c (i32.and (local.get 0) (i32.const 3))))
            (return (i32.add (local.get 1) (i32.const 10))))
            (return (i32.mul (local.get 1) (i32.const 20))))
        (i32.shr_u (i32.add (local.get 1) (i32.const 30)) (i32.const 1)))
    ;; A call that finds no code, then no room.
    (func $deep (export "deep") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 1))
            (else (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
    (func (export "indirect") (param i32) (result i32)
        (i32.add (call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)) (i32.const 1)))
    (func (export "floats") (param i64 i64) (result f64)
        (f64.add (f64.mul (f64.convert_i64_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
            (f64.load (i32.add (i32.wrap_i64 (local.get 0)) (i32.const 8)))))
    (func (export "wide") (param i64 i64) (result i64)
        (i64.rotl (i64.xor (i64.add (local.get 0) (local.get 1))
            (i64.shl (local.get 1) (i64.const 7))) (i64.const 13))))"#;

fn start(sequences: bool, mode: CompilationMode) -> (Store, Instance) {
    let mut config = Config { mode, heat: None, ..Config::default() };
    config.limits = Limits { call_depth: 1000, ..Limits::default() };
    config.translation.sequences = sequences;
    let mut store = Store::new(&Engine::new(config));
    let instance = instantiate(&mut store, TEXT, &[]).unwrap();
    (store, instance)
}

/// What a call comes to, in words.
fn outcome(store: &mut Store, instance: Instance, name: &str, args: &[u64]) -> String {
    match call(store, instance, name, args) {
        Ok(results) => format!("{results:?}"),
        Err(Error::Trap { trap, frames }) => {
            let place = |frame: &wasmite_exec::FrameInfo| (frame.func, frame.offset);
            format!("{trap:?} at {:?}", frames.iter().map(place).collect::<Vec<_>>())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn sequences_change_no_outcome() {
    let numbers = [0, 1, 2, 3, 7, 0x3fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    let mut traps = 0;
    for mode in [CompilationMode::Eager, CompilationMode::Lazy] {
        let (mut with, here) = start(true, mode);
        let (mut without, there) = start(false, mode);
        for name in ["trap", "caller", "divide", "switch", "floats", "wide"] {
            for (a, b) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b))) {
                let expected = outcome(&mut without, there, name, &[a, b]);
                assert_eq!(outcome(&mut with, here, name, &[a, b]), expected, "{name} {a} {b}");
                traps += usize::from(expected.contains(" at "));
            }
        }
        for (turns, mask) in [(1, 0), (10, 3), (1000, 0x5555_5555)] {
            let expected = outcome(&mut without, there, "jumps", &[turns, mask]);
            assert_eq!(outcome(&mut with, here, "jumps", &[turns, mask]), expected);
        }
        for (name, depth) in
            [("deep", 10), ("deep", 999), ("deep", 2000), ("indirect", 5), ("indirect", 5000)]
        {
            let expected = outcome(&mut without, there, name, &[depth]);
            assert_eq!(outcome(&mut with, here, name, &[depth]), expected, "{name} {depth}");
        }
        assert_eq!(outcome(&mut with, here, "deep", &[10]), "[11]");
    }
    assert!(traps > 100, "{traps} traps");
}
