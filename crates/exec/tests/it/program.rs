//! Programs: when bodies are validated and translated.

use wasmite_core::{FuncIdx, RefType, TableType};
use wasmite_exec::{
    CompilationMode, Config, Engine, Error, Extern, Instance, Outcome, Program, Store,
};

const INVALID: &str = r#"(module
    (func (export "good") (result i32) (i32.const 1))
    (func (export "bad") (result i32) (i64.const 1)))"#;

fn with_mode(mode: CompilationMode, text: &str) -> Result<Program, Error> {
    let engine = Engine::new(Config { mode, ..Config::default() });
    Program::new(&engine, &wat::parse_str(text).unwrap())
}

#[test]
fn invalid_bodies_are_found_when_the_mode_says() {
    assert!(matches!(with_mode(CompilationMode::Eager, INVALID), Err(Error::Translate(_))));
    assert!(matches!(with_mode(CompilationMode::LazyTranslation, INVALID), Err(Error::Module(_))));
    let program = with_mode(CompilationMode::Lazy, INVALID).unwrap();
    assert!(program.code(FuncIdx(0)).is_ok());
    for _ in 0..2 {
        assert!(matches!(program.code(FuncIdx(1)), Err(Error::Translate(_))));
    }
    let mut store = Store::new(program.engine());
    let instance = store.instantiate(&program, &[], &mut None).unwrap();
    assert_eq!(store.instance_exports(instance).count(), 2);
}

#[test]
fn code_has_a_source_map_into_the_body() {
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        let program = with_mode(
            mode,
            "(module (memory 1) (func (param i32) (drop (i32.load (local.get 0)))))",
        )
        .unwrap();
        let code = program.code(FuncIdx(0)).unwrap();
        let body = program.module().body_range(FuncIdx(0));
        assert!(!code.source_map().is_empty());
        assert!(code.source_map().iter().all(|(_, offset)| body.contains(&(*offset as usize))));
    }
}

#[test]
fn programs_outlive_their_names() {
    let program = with_mode(CompilationMode::Eager, r#"(module (func (export "f")))"#).unwrap();
    let mut store = Store::new(program.engine());
    let instance = store.instantiate(&program, &[], &mut None).unwrap();
    drop(program);
    assert_eq!(store.instance_program(instance).module().func_count(), 1);
}

/// Calls an exported function without parameters and returns its results.
fn call(store: &mut Store, instance: Instance, name: &str) -> Result<Vec<u64>, Error> {
    let func = store.instance_export(instance, name).and_then(Extern::into_func).unwrap();
    let mut activation = store.enter(func, &[])?;
    let outcome = store.run(&mut activation, &mut None);
    let results = outcome.map(|_| store.results(&activation).to_vec());
    store.leave(&activation);
    results
}

#[test]
fn lazy_functions_run_or_fail_each_on_its_own() {
    let program = with_mode(CompilationMode::Lazy, INVALID).unwrap();
    let mut store = Store::new(program.engine());
    let instance = store.instantiate(&program, &[], &mut None).unwrap();
    for _ in 0..2 {
        assert!(matches!(call(&mut store, instance, "bad"), Err(Error::Translate(_))));
        assert_eq!(call(&mut store, instance, "good").unwrap(), [1]);
    }
}

#[test]
fn functions_run_after_their_instantiation_trapped() {
    let program = with_mode(
        CompilationMode::LazyTranslation,
        r#"(module (import "" "" (table 1 funcref)) (global $g (mut i64) (i64.const 41))
            (func $f (result i64) (global.set $g (i64.add (global.get $g) (i64.const 1))) (global.get $g))
            (elem (i32.const 0) $f) (elem (i32.const 1) $f))"#,
    )
    .unwrap();
    let mut store = Store::new(program.engine());
    let ty = TableType::new(RefType::FUNCREF, 1, None);
    let table = store.new_table(ty, 0, &mut None).unwrap();
    assert!(store.instantiate(&program, &[table.into()], &mut None).is_err());
    drop(program);
    let func = store.ref_func(store.table_get(table, 0).unwrap()).unwrap();
    let mut activation = store.enter(func, &[]).unwrap();
    assert!(matches!(store.run(&mut activation, &mut None), Ok(Outcome::Finished)));
    assert_eq!(store.results(&activation), [42]);
    store.leave(&activation);
}
