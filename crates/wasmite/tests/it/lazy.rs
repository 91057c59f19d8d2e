//! When functions are validated and translated.

use crate::call;
use wasmite::{CompilationMode, Config, Engine, ErrorKind, Instance, Module, Store};

/// One valid and one invalid function.
const TEXT: &str = r#"(module
    (func $good (export "good") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $bad)) (else (i32.const 5))))
    (func $bad (export "bad") (result i32) (i64.const 1)))"#;

fn engine(mode: CompilationMode) -> Engine {
    Engine::new(Config::new().compilation_mode(mode)).unwrap()
}

#[test]
fn eager_validation_refuses_the_module() {
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation] {
        let error = Module::new(&engine(mode), TEXT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Module);
        assert!(error.to_string().contains("type mismatch"), "{error}");
    }
}

#[test]
fn lazy_validation_refuses_the_call() {
    let engine = engine(CompilationMode::Lazy);
    let module = Module::new(&engine, TEXT).unwrap();
    assert!(Module::validate(&engine, TEXT).is_err());
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    for _ in 0..3 {
        assert_eq!(call::<i32, i32, _>(&mut store, instance, "good", 0).unwrap(), 5);
        for error in [
            call::<(), i32, _>(&mut store, instance, "bad", ()).unwrap_err(),
            call::<i32, i32, _>(&mut store, instance, "good", 1).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Module);
            assert!(error.to_string().contains("type mismatch"), "{error}");
        }
    }
}

#[test]
fn all_modes_compute_the_same() {
    let text = r#"(module (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
            (else (i32.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        let (mut store, instance) =
            crate::instantiate_with(Config::new().compilation_mode(mode), text);
        assert_eq!(call::<i32, i32, _>(&mut store, instance, "fib", 15).unwrap(), 610, "{mode:?}");
    }
}
