//! Programs that Wasmite runs: the linker, exits, memories.

use wasmite::{Config, Engine, ErrorKind, Linker, Module, Result, Store};
use wasmite_wasi::{Errno, MemoryOutputPipe, WasiCtx, WasiCtxBuilder, add_to_linker};

struct State {
    wasi: WasiCtx,
}

fn run(engine: &Engine, module: &str) -> (Result<i32>, Vec<u8>) {
    let stdout = MemoryOutputPipe::new(100);
    let wasi = WasiCtxBuilder::new().stdout(stdout.clone()).build();
    let mut store = Store::new(engine, State { wasi });
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker, |state: &mut State| &mut state.wasi)
        .expect("nothing is defined yet");
    let mut call = || {
        let module = Module::new(engine, module)?;
        let instance = linker.instantiate(&mut store, &module)?;
        instance.get_typed_func::<(), i32>(&store, "run")?.call(&mut store, ())
    };
    (call(), stdout.contents())
}

#[test]
fn exits_are_errors_with_a_status() {
    let (result, _) = run(
        &Engine::default(),
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (func (export "run") (result i32) (call $exit (i32.const -3)) unreachable))"#,
    );
    let error = result.unwrap_err();
    assert_eq!((error.i32_exit_status(), error.kind()), (Some(-3), ErrorKind::Host));
    assert!(error.as_trap().is_none() && error.to_string().contains("status -3"), "{error}");
    let error = error.context("while testing");
    assert_eq!(error.i32_exit_status(), Some(-3));
}

#[test]
fn both_module_names_are_defined() {
    for name in ["wasi_snapshot_preview1", "wasi_unstable"] {
        let module = format!(
            r#"(module
                (import "{name}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 1)
                (data (i32.const 0) "\08\00\00\00\02\00\00\00hi")
                (func (export "run") (result i32)
                    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100))))"#
        );
        let (result, output) = run(&Engine::default(), &module);
        assert_eq!((result.unwrap(), output), (0, b"hi".to_vec()));
    }
}

#[test]
fn memories_of_single_bytes_work() {
    let mut config = Config::new();
    config.wasm_custom_page_sizes(true);
    let engine = Engine::new(&config).expect("a supported proposal");
    for (size, errno) in [(20, 0), (19, Errno::Fault.code())] {
        let module = format!(
            r#"(module
                (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") {size} (pagesize 1))
                (data (i32.const 0) "\08\00\00\00\02\00\00\00hi")
                (func (export "run") (result i32)
                    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))"#
        );
        assert_eq!(run(&engine, &module).0.unwrap(), i32::from(errno));
    }
}

#[test]
fn a_memory_must_be_exported_to_be_written() {
    let module = r#"(module
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (memory 1)
        (func (export "run") (result i32) (call $random (i32.const 0) (i32.const 1))))"#;
    assert_eq!(run(&Engine::default(), module).0.unwrap(), i32::from(Errno::Fault.code()));
}

#[test]
fn names_are_defined_once() {
    let mut linker = Linker::<State>::new(&Engine::default());
    add_to_linker(&mut linker, |state| &mut state.wasi).expect("nothing is defined yet");
    assert!(add_to_linker(&mut linker, |state| &mut state.wasi).is_err());
}

#[test]
fn stores_with_programs_can_be_sent() {
    fn send<T: Send>() {}
    send::<WasiCtx>();
    send::<Store<State>>();
}
