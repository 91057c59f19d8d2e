//! Calls between host and guest allocate nothing, once the value stack is there; engines keep little.

use crate::call;
use wasmite::{Caller, CompilationMode, Config, Engine, Linker, Module, Store};

const TEXT: &str = r#"(module
    (import "host" "add" (func $add (param i32 i64) (result i64)))
    (import "host" "nested" (func $nested (param i32) (result i32)))
    (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "host") (param $n i32) (result i64) (local $sum i64)
        (loop $again
            (local.set $sum (call $add (local.get $n) (local.get $sum)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $again (local.get $n)))
        (local.get $sum))
    (func (export "nested") (param i32) (result i32) (call $nested (local.get 0))))"#;

fn allocations(act: impl FnMut()) -> u64 {
    allocation_counter::measure(act).count_total
}

#[test]
fn calls_allocate_nothing() {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "add", |a: i32, b: i64| i64::from(a) + b).unwrap();
    let nested = |mut caller: Caller<'_, ()>, n: i32| {
        let double = caller.get_export("double").unwrap().into_func().unwrap();
        let double = double.typed::<i32, i32>(&caller).unwrap();
        (0..100).map(|_| double.call(&mut caller, n).unwrap()).sum::<i32>()
    };
    linker.func_wrap("host", "nested", nested).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, TEXT).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let double = instance.get_typed_func::<i32, i32>(&store, "double").unwrap();
    let host = instance.get_typed_func::<i32, i64>(&store, "host").unwrap();
    // The first calls make the value stack and the list of outer activations.
    assert_eq!(call::<i32, i32, _>(&mut store, instance, "nested", 1).unwrap(), 200);
    let direct = || (0..100).for_each(|n| assert_eq!(double.call(&mut store, n).unwrap(), 2 * n));
    assert_eq!(allocations(direct), 0);
    assert_eq!(allocations(|| assert_eq!(host.call(&mut store, 100).unwrap(), 5050)), 0);
    let nested = instance.get_typed_func::<i32, i32>(&store, "nested").unwrap();
    assert_eq!(allocations(|| assert_eq!(nested.call(&mut store, 3).unwrap(), 600)), 0);
    assert!(allocations(|| drop(Store::new(&engine, ()))) > 0, "allocations are counted");
}

/// An engine keeps what it translates with for the next module, but not for the largest function it ever saw.
#[test]
fn a_large_function_leaves_an_engine_no_larger() {
    let module = |calls: usize| {
        let calls = "(call $f)".repeat(calls);
        wat::parse_str(format!(r#"(module (func $f) (func (export "run") {calls}))"#)).unwrap()
    };
    let kept = |wasm: &[u8], mode| {
        let mut config = Config::new();
        config.compilation_mode(mode);
        let engine = Engine::new(&config).unwrap();
        let run = || {
            let module = Module::new(&engine, wasm).unwrap();
            let mut store = Store::new(&engine, ());
            let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
            call::<(), (), _>(&mut store, instance, "run", ()).unwrap();
        };
        allocation_counter::measure(run).bytes_current
    };
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        let (small, large) = (kept(&module(10), mode), kept(&module(10_000), mode));
        assert!(large < small + 16 * 1024, "{mode:?}: {large} bytes, not about {small}");
    }
}
