//! Errors: what comes out of calls, and how it reads.

use crate::{call, instantiate};
use std::{error, fmt};
use wasmite::{
    Caller, Config, Engine, Error, ErrorKind, Extern, LimitError, Limits, Linker, Memory,
    MemoryType, Module, Result, Store, Trap,
};

#[derive(PartialEq, Debug)]
struct Exit(i32);

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit with {}", self.0)
    }
}

impl error::Error for Exit {}

const NESTED: &str = r#"(module $guest
    (import "h" "again" (func $again))
    (import "h" "exit" (func $exit (param i32)))
    (func $outer (export "outer") (call $middle))
    (func $middle (call $again))
    (func $inner (export "inner") (call $exit (i32.const 3))))"#;

fn nested() -> (Store<()>, wasmite::Instance) {
    let engine = Engine::default();
    let mut linker: Linker<()> = Linker::new(&engine);
    let again = |mut caller: Caller<'_, ()>| {
        let inner = caller.get_export("inner").and_then(Extern::into_func).unwrap();
        inner.call(&mut caller, &[], &mut [])
    };
    linker.func_wrap("h", "again", again).unwrap();
    let exit = |code: i32| -> Result<()> { Err(Error::new(Exit(code))) };
    linker.func_wrap("h", "exit", exit).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, NESTED).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

#[test]
fn host_errors_come_out_unchanged() {
    let (mut store, instance) = nested();
    let error = call::<(), (), _>(&mut store, instance, "outer", ()).unwrap_err();
    assert_eq!(error.to_string(), "exit with 3");
    assert_eq!(error.kind(), ErrorKind::Host);
    assert_eq!(error.downcast_ref::<Exit>(), Some(&Exit(3)));
    assert!(!error.is::<Trap>());
    let names: Vec<_> =
        error.backtrace().unwrap().frames().iter().map(|f| f.func_name().unwrap()).collect();
    assert_eq!(names, ["inner", "middle", "outer"]);
    let error = error.context("while running").downcast::<Trap>().unwrap_err();
    assert_eq!(error.to_string(), "while running");
    assert_eq!(format!("{error:#}"), "while running: exit with 3");
    assert!(error.backtrace().is_some());
    assert_eq!(error.downcast::<Exit>().unwrap(), Exit(3));
}

#[test]
fn each_trap_reads_as_in_the_test_suite_and_leaves_the_store_usable() {
    let (mut store, instance) = instantiate(
        r#"(module (memory 1) (table 1 funcref) (type $t (func))
            (func (export "unreachable") (unreachable))
            (func (export "out of bounds memory access") (drop (i32.load (i32.const -1))))
            (func (export "out of bounds table access") (drop (table.get 0 (i32.const 1))))
            (func (export "undefined element") (call_indirect (type $t) (i32.const 1)))
            (func (export "uninitialized element") (call_indirect (type $t) (i32.const 0)))
            (func (export "integer divide by zero")
                (drop (i32.div_s (i32.const 1) (i32.const 0))))
            (func (export "integer overflow")
                (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
            (func (export "invalid conversion to integer")
                (drop (i32.trunc_f32_s (f32.const nan))))
            (func $f (export "call stack exhausted") (call $f))
            (func (export "fine") (result i32) (i32.const 1)))"#,
    );
    let module = instance.module(&store);
    for name in module.exports().map(|export| export.name()).filter(|name| *name != "fine") {
        let error = call::<(), (), _>(&mut store, instance, name, ()).unwrap_err();
        assert_eq!(error.to_string(), name);
        assert_eq!(error.kind(), ErrorKind::Trap);
        assert_eq!(call::<(), i32, _>(&mut store, instance, "fine", ()).unwrap(), 1);
    }
}

#[test]
fn bad_modules_say_where() {
    let engine = Engine::default();
    let error = Module::new(&engine, b"\0asm\x01\0\0\0\xff").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Module);
    assert!(error.to_string().contains("0x8"), "{error}");
    let error = Module::new(&engine, "(module (func (result i32)))").unwrap_err();
    assert!(error.to_string().contains("type mismatch"), "{error}");
    assert_eq!(Module::new(&engine, "(module (what))").unwrap_err().kind(), ErrorKind::Module);
    assert_eq!(Module::new(&engine, "").is_ok(), wat::parse_str("").is_ok());
    assert!(Module::new(&engine, "\u{feff}(module)").is_ok());
}

#[test]
fn sources_are_chained() {
    use error::Error as _;
    let inner = Error::new(Exit(1)).context("first").context("second");
    let chain: Vec<String> =
        std::iter::successors(inner.source(), |e| (**e).source()).map(|e| e.to_string()).collect();
    assert_eq!(chain, ["first", "exit with 1"]);
    assert_eq!(format!("{inner:?}"), "second\ncaused by: first\ncaused by: exit with 1");
}

#[test]
fn engine_errors_can_be_taken_out_as_what_they_are() {
    let (mut store, instance) = instantiate(r#"(module (func (export "f") (unreachable)))"#);
    let error = call::<(), (), _>(&mut store, instance, "f", ()).unwrap_err().context("running");
    assert!(error.is::<Trap>());
    let error = error.downcast::<Exit>().unwrap_err();
    assert_eq!(error.to_string(), "running");
    assert_eq!(error.backtrace().unwrap().frames().len(), 1);
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Unreachable);

    let limits = Limits { memory_bytes: 1 << 16, ..Limits::STANDARD };
    let engine = Engine::new(Config::new().limits(limits)).unwrap();
    let error = Memory::new(Store::new(&engine, ()), MemoryType::new(2, None)).unwrap_err();
    assert!(error.is::<LimitError>(), "{error}");
    let text = error.to_string();
    assert_eq!(error.downcast::<LimitError>().unwrap().to_string(), text);
}
