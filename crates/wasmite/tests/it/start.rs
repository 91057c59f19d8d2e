//! Start functions and what a failed instantiation leaves behind.

use wasmite::{Caller, Engine, Linker, Memory, MemoryType, Module, Store, Trap};

#[test]
fn start_runs_once_per_instance() {
    let engine = Engine::default();
    let text =
        r#"(module (import "h" "tick" (func $tick)) (func $start (call $tick)) (start $start))"#;
    let imported = r#"(module (import "h" "tick" (func $tick)) (start $tick))"#;
    let mut linker: Linker<u32> = Linker::new(&engine);
    linker.func_wrap("h", "tick", |mut caller: Caller<'_, u32>| *caller.data_mut() += 1).unwrap();
    let mut store = Store::new(&engine, 0);
    for (text, ticks) in [(text, 1), (text, 2), (imported, 3)] {
        linker.instantiate(&mut store, &Module::new(&engine, text).unwrap()).unwrap();
        assert_eq!(*store.data(), ticks);
    }
    linker.instantiate_and_start(&mut store, &Module::new(&engine, text).unwrap()).unwrap();
    assert_eq!(*store.data(), 4);
}

/// Writes to an imported memory, then fails in one way or another.
fn failing(rest: &str) -> String {
    format!(
        r#"(module
        (import "h" "memory" (memory 1))
        (data (i32.const 0) "x")
        {rest})"#
    )
}

#[test]
fn failures_keep_what_was_written_before() {
    let engine = Engine::default();
    let cases = [
        (r#"(data (i32.const 65536) "y")"#, Trap::MemoryOutOfBounds),
        (r#"(table 1 funcref) (func $f) (elem (i32.const 1) $f)"#, Trap::TableOutOfBounds),
        ("(func $f unreachable) (start $f)", Trap::Unreachable),
        ("(func $f (call $f)) (start $f)", Trap::StackExhausted),
    ];
    for (rest, trap) in cases {
        let mut store = Store::new(&engine, ());
        let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
        let mut linker = Linker::new(&engine);
        linker.define(&store, "h", "memory", memory).unwrap();
        let module = Module::new(&engine, failing(rest)).unwrap();
        for _ in 0..3 {
            let error = linker.instantiate(&mut store, &module).unwrap_err();
            assert_eq!(error.as_trap(), Some(trap), "{rest}");
        }
        let elements_come_first = trap == Trap::TableOutOfBounds;
        assert_eq!(memory.data(&store)[0], if elements_come_first { 0 } else { b'x' }, "{rest}");
        let fine = Module::new(&engine, failing("")).unwrap();
        linker.instantiate(&mut store, &fine).unwrap();
        assert_eq!(memory.data(&store)[0], b'x');
    }
}
