//! Running functions: arithmetic, control, memory, traps, backtraces, on whichever dispatch back-end is compiled in.

use super::{call, engine, export, instantiate, trap};
use wasmite_core::{FuncIdx, Trap};
use wasmite_exec::{CompilationMode, Config, Engine, Error, Store};

const LOOPS: &str = r#"(module
    (func (export "sum") (param $n i64) (result i64) (local $sum i64)
        (loop $again
            (local.set $sum (i64.add (local.get $sum) (local.get $n)))
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))
            (br_if $again (i64.ne (local.get $n) (i64.const 0))))
        (local.get $sum))
    (func $fib (export "fib") (param $n i32) (result i32)
        (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
            (then (local.get $n))
            (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
                           (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
    (func (export "floats") (param f32 f64) (result f64)
        (f64.add (f64.promote_f32 (f32.mul (local.get 0) (f32.const 1.5))) (f64.sqrt (local.get 1))))
    (func (export "switch") (param i32) (result i32)
        (block $c (block $b (block $a
            (br_table $a $b $c (local.get 0)))
            (return (i32.const 10)))
            (return (i32.const 20)))
        (i32.const 30))
    (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))"#;

#[test]
fn loops_calls_and_branches() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, LOOPS, &[]).unwrap();
    let mut run = |name, args: &[u64]| call(&mut store, instance, name, args).unwrap();
    assert_eq!(run("sum", &[1000]), [500_500]);
    assert_eq!(run("fib", &[20]), [6765]);
    let floats = [u64::from(2f32.to_bits()), 16f64.to_bits()];
    assert_eq!(run("floats", &floats), [7f64.to_bits()]);
    let switched: Vec<_> = [0, 1, 2, 9].iter().map(|index| run("switch", &[*index])[0]).collect();
    assert_eq!(switched, [10, 20, 30, 30]);
    assert_eq!(run("swap", &[7, u64::MAX]), [u64::MAX, 7]);
}

#[test]
fn ten_million_ops_fit_a_small_native_stack() {
    let run = || {
        let mut store = Store::new(&engine());
        let instance = instantiate(&mut store, LOOPS, &[]).unwrap();
        call(&mut store, instance, "sum", &[10_000_000]).unwrap()
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap();
    assert_eq!(thread.join().unwrap(), [50_000_005_000_000]);
}

#[test]
fn lazy_modes_translate_when_called() {
    for mode in [CompilationMode::Lazy, CompilationMode::LazyTranslation] {
        let mut store = Store::new(&Engine::new(Config { mode, ..Config::default() }));
        let instance = instantiate(&mut store, LOOPS, &[]).unwrap();
        assert_eq!(call(&mut store, instance, "fib", &[15]).unwrap(), [610]);
    }
    let mut store =
        Store::new(&Engine::new(Config { mode: CompilationMode::Lazy, ..Config::default() }));
    let text = r#"(module
        (func $bad (result i32) (i64.const 1))
        (func (export "f") (result i32) (call $bad))
        (func (export "g") (result i32) (i32.const 5)))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    assert!(matches!(call(&mut store, instance, "f", &[]), Err(Error::Translate(_))));
    assert_eq!(call(&mut store, instance, "g", &[]).unwrap(), [5]);
}

#[test]
fn traps_leave_the_store_usable() {
    let mut store = Store::new(&engine());
    let instance = instantiate(&mut store, LOOPS, &[]).unwrap();
    assert_eq!(trap(&mut store, instance, "divide", &[1, 0]), Trap::IntegerDivideByZero);
    assert_eq!(
        trap(&mut store, instance, "divide", &[1 << 31, 0xffff_ffff]),
        Trap::IntegerOverflow
    );
    assert_eq!(call(&mut store, instance, "divide", &[6, 3]).unwrap(), [2]);
}

#[test]
fn memory_accesses_end_at_the_last_byte() {
    let mut store = Store::new(&engine());
    let text = r#"(module (memory 1) (memory $b 1)
        (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "load64") (param i32) (result i64) (i64.load offset=8 (local.get 0)))
        (func (export "store32") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
        (func (export "far") (param i32) (result i32) (i32.load offset=0xffffffff (local.get 0)))
        (func (export "other") (param i32 i64) (result i64)
            (i64.store $b (local.get 0) (local.get 1)) (i64.load $b (local.get 0)))
        (func (export "grow") (param i32) (result i32 i32) (memory.grow (local.get 0)) (memory.size))
        (func (export "fill") (param i32 i32 i32)
            (memory.fill (local.get 0) (local.get 1) (local.get 2))))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let store = &mut store;
    assert_eq!(call(store, instance, "store32", &[65_532, 0xdead_beef]).unwrap(), []);
    assert_eq!(call(store, instance, "load8", &[65_535]).unwrap(), [0xde]);
    assert_eq!(call(store, instance, "load64", &[65_520]).unwrap(), [0xdead_beef << 32]);
    for (name, args) in [
        ("load8", &[65_536][..]),
        ("load8", &[0xffff_ffff]),
        ("load64", &[65_521]),
        ("store32", &[65_533, 1]),
        ("far", &[0]),
        ("far", &[0xffff_ffff]),
        ("other", &[65_529, 1]),
        ("fill", &[65_530, 1, 7]),
    ] {
        assert_eq!(trap(store, instance, name, args), Trap::MemoryOutOfBounds, "{name} {args:?}");
    }
    assert_eq!(call(store, instance, "other", &[65_528, 77]).unwrap(), [77]);
    assert_eq!(call(store, instance, "grow", &[1]).unwrap(), [1, 2]);
    assert_eq!(call(store, instance, "load8", &[65_536]).unwrap(), [0]);
    assert_eq!(call(store, instance, "grow", &[65_535]).unwrap(), [0xffff_ffff, 2]);
    assert_eq!(call(store, instance, "fill", &[131_072, 1, 0]).unwrap(), []);
}

#[test]
fn globals_tables_and_segments() {
    let mut store = Store::new(&engine());
    let exporter = r#"(module (global (export "g") (mut i64) (i64.const 5)))"#;
    let exporter = instantiate(&mut store, exporter, &[]).unwrap();
    let global = export(&store, exporter, "g");
    let text = r#"(module (import "" "g" (global $g (mut i64)))
        (global $f (mut f32) (f32.const 2)) (table $t 2 funcref) (elem $e funcref (ref.func 0))
        (func (export "bump") (result i64)
            (global.set $g (i64.add (global.get $g) (i64.const 1))) (global.get $g))
        (func (export "double") (result f32)
            (global.set $f (f32.add (global.get $f) (global.get $f))) (global.get $f))
        (func (export "table") (result i32 i32 i32)
            (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1)) (elem.drop $e)
            (ref.is_null (table.get $t (i32.const 0)))
            (ref.is_null (table.get $t (i32.const 1)))
            (table.grow $t (ref.null func) (i32.const 3))))"#;
    let instance = instantiate(&mut store, text, &[global]).unwrap();
    assert_eq!(call(&mut store, instance, "bump", &[]).unwrap(), [6]);
    assert_eq!(store.global_get(global.into_global().unwrap()), 6);
    assert_eq!(call(&mut store, instance, "double", &[]).unwrap(), [u64::from(4f32.to_bits())]);
    assert_eq!(call(&mut store, instance, "table", &[]).unwrap(), [1, 0, 2]);
    assert_eq!(trap(&mut store, instance, "table", &[]), Trap::TableOutOfBounds);
}

#[test]
fn backtraces_name_functions_and_offsets() {
    let mut store = Store::new(&engine());
    let text = r#"(module
        (func $inner (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
        (func $middle (param i32) (call $inner (local.get 0)))
        (func (export "outer") (param i32) (call $middle (local.get 0))))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let Err(Error::Trap { frames, .. }) = call(&mut store, instance, "outer", &[0]) else {
        panic!("division by zero traps")
    };
    let funcs: Vec<_> = frames.iter().map(|frame| frame.func).collect();
    assert_eq!(funcs, [0, 1, 2].map(FuncIdx));
    for frame in frames {
        let body = frame.program.module().body_range(frame.func);
        assert!(frame.offset.is_some_and(|offset| body.contains(&(offset as usize))), "{frame:?}");
    }
}

#[test]
fn loops_repeat_themselves_and_no_other() {
    let mut store = Store::new(&engine());
    // Two loops inside one, which call a function with a loop; each turn goes another way forward, too.
    let text = r#"(module
        (func $count (param $n i32) (result i32) (local $sum i32)
            (loop $again
                (local.set $sum (i32.add (local.get $sum) (local.get $n)))
                (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
        (func (export "run") (param $n i32) (result i32) (local $i i32) (local $sum i32)
            (loop $outer
                (local.set $i (local.get $n))
                (loop $first
                    (block $odd
                        (br_if $odd (i32.and (local.get $i) (i32.const 1)))
                        (local.set $sum (i32.add (local.get $sum) (call $count (local.get $i)))))
                    (br_if $first (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                (loop $second
                    (local.set $sum (i32.mul (local.get $sum) (i32.const 3)))
                    (br_if $second (i32.lt_u
                        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                        (local.get $n))))
                (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let mut expected = 0_u32;
    for n in (1..=12_u32).rev() {
        for even in (1..=n).filter(|i| i % 2 == 0) {
            expected = expected.wrapping_add((1..=even).sum());
        }
        expected = expected.wrapping_mul(3_u32.pow(n));
    }
    assert_eq!(call(&mut store, instance, "run", &[12]).unwrap(), [u64::from(expected)]);
}
