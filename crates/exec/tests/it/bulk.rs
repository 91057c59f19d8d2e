//! Memories and tables as wholes: handlers that call out come back with everything in place, and do all or nothing.

use crate::{call, engine, instantiate, trap};
use wasmite_core::Trap;
use wasmite_exec::{Config, Engine, Store};

const TEXT: &str = r#"(module
    (memory $m (export "m") 1 3)
    (table $t 4 8 funcref) (table $u 2 funcref)
    (func $f) (elem declare func $f)
    (data (i32.const 0) "abcdef")
    (func (export "fill") (param i32 i32 i32)
        (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32)
        (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "size") (param i32) (result i32)
        (drop (memory.grow (local.get 0)))
        (local.set 0 (memory.size))
        (local.get 0))
    (func (export "table") (param i32) (result i32)
        (table.set $t (local.get 0) (ref.func $f))
        (i32.add
            (i32.mul (table.size $u) (i32.const 100))
            (i32.add
                (i32.mul (ref.is_null (table.get $t (local.get 0))) (i32.const 10))
                (ref.is_null (table.get $t (i32.const 3))))))
    (func (export "unset") (param i32) (table.set $t (local.get 0) (ref.null func)))
    (func (export "other") (param i32) (result i32) (ref.is_null (table.get $u (local.get 0))))

    ;; Everything that may be in a register has to survive the calls.
    (func (export "loop") (param $n i32) (result f64)
        (local $i i32) (local $x f64) (local $y f32)
        (loop $again
            (memory.fill (local.get $i) (local.get $i) (i32.const 9))
            (local.set $x (f64.add (local.get $x) (f64.const 0.5)))
            (local.set $y (f32.add (local.get $y) (f32.const 0.25)))
            (memory.copy (i32.const 500) (local.get $i) (i32.and (local.get $i) (i32.const 63)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
        (f64.add (f64.convert_i32_u (local.get $i))
            (f64.add (local.get $x) (f64.promote_f32 (local.get $y))))))"#;

fn memory(store: &mut Store, instance: wasmite_exec::Instance, len: u64) -> Vec<u64> {
    (0..len).map(|at| call(store, instance, "byte", &[at]).unwrap()[0]).collect()
}

#[test]
fn fills_and_copies_may_overlap() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, TEXT, &[]).unwrap();
    for (name, args) in [("copy", [1, 0, 4]), ("fill", [6, 0x17a, 1]), ("copy", [3, 5, 2])] {
        call(&mut store, instance, name, &args).unwrap();
    }
    assert_eq!(memory(&mut store, instance, 8), [97, 97, 98, 102, 122, 102, 122, 0]);
}

#[test]
fn nothing_is_changed_if_not_all_can_be() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, TEXT, &[]).unwrap();
    let (end, most) = (1 << 16, u32::MAX.into());
    let before = memory(&mut store, instance, 6);
    for (name, args) in [
        ("fill", [end - 1, 1, 2]),
        ("fill", [end + 1, 1, 0]),
        ("fill", [0, 1, most]),
        ("fill", [most, 1, most]),
        ("copy", [end - 1, 0, 2]),
        ("copy", [0, end - 1, 2]),
        ("copy", [end + 1, 0, 0]),
        ("copy", [0, end + 1, 0]),
        ("copy", [0, 1, most]),
    ] {
        assert_eq!(trap(&mut store, instance, name, &args), Trap::MemoryOutOfBounds, "{name}");
    }
    assert_eq!(memory(&mut store, instance, 6), before);
    assert_eq!(call(&mut store, instance, "byte", &[end - 1]).unwrap(), [0]);
    call(&mut store, instance, "fill", &[end, 1, 0]).unwrap();
    call(&mut store, instance, "copy", &[end, end, 0]).unwrap();
}

#[test]
fn sizes_and_elements_are_the_current_ones() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, TEXT, &[]).unwrap();
    assert_eq!(call(&mut store, instance, "size", &[0]).unwrap(), [1]);
    assert_eq!(call(&mut store, instance, "size", &[2]).unwrap(), [3]);
    assert_eq!(call(&mut store, instance, "size", &[1]).unwrap(), [3]);
    assert_eq!(call(&mut store, instance, "table", &[1]).unwrap(), [201]);
    assert_eq!(call(&mut store, instance, "table", &[3]).unwrap(), [200]);
    call(&mut store, instance, "unset", &[3]).unwrap();
    assert_eq!(call(&mut store, instance, "table", &[0]).unwrap(), [201]);
    assert_eq!(call(&mut store, instance, "other", &[1]).unwrap(), [1]);
    for (name, at) in [("table", 4), ("unset", 4), ("other", 2), ("other", u32::MAX.into())] {
        assert_eq!(trap(&mut store, instance, name, &[at]), Trap::TableOutOfBounds, "{name}");
    }
}

#[test]
fn registers_survive_calls_out() {
    for accumulator in [true, false] {
        let mut config = Config::default();
        config.translation.accumulator = accumulator;
        let mut store = Store::new(&Engine::new(config));
        let instance = instantiate(&mut store, TEXT, &[]).unwrap();
        let result = call(&mut store, instance, "loop", &[60_000]).unwrap();
        assert_eq!(f64::from_bits(result[0]), 60_000.0 * 1.75);
    }
}
