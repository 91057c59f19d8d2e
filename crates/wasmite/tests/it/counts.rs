//! Calls with very many parameters and results, on stacks of all sizes.

use wasmite::{Config, Engine, Func, FuncType, Linker, Module, Store, Trap, Val, ValType};

const COUNTS: [usize; 12] = [0, 1, 2, 16, 17, 127, 128, 129, 255, 256, 999, 1000];

/// Exports `id`, which returns its parameters, and `host`, which leaves that to an imported function.
fn text(count: usize) -> String {
    let types = "i64 ".repeat(count);
    let ty = format!("(param {types}) (result {types})");
    let gets: String = (0..count).map(|at| format!("(local.get {at})")).collect();
    format!(
        r#"(module
        (import "h" "id" (func $host {ty}))
        (func $id (export "id") {ty} {gets})
        (func (export "twice") {ty} (call $id {gets}) (call $id))
        (func (export "host") {ty} (call $host {gets}))
        (func (export "tail") {ty} (return_call $host {gets})))"#
    )
}

/// Calls everything; gives how many calls the stack was too small for.
fn run(config: &Config, count: usize) -> usize {
    let engine = Engine::new(config).unwrap();
    let mut store = Store::new(&engine, ());
    let ty = FuncType::new(vec![ValType::I64; count], vec![ValType::I64; count]);
    let host = Func::new(&mut store, ty, |_, params, results| {
        results.copy_from_slice(params);
        Ok(())
    });
    let mut linker = Linker::new(&engine);
    linker.define(&store, "h", "id", host).unwrap();
    let module = Module::new(&engine, text(count)).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let names = ["id", "twice", "host", "tail"];
    let funcs = names.map(|name| instance.get_func(&store, name).unwrap());
    let params: Vec<Val> = (0..count).map(|at| Val::I64((at as i64) << 33 | 1)).collect();
    let mut exhausted = 0;
    for func in funcs.into_iter().chain([host]) {
        let mut results = vec![Val::I64(-1); count];
        match func.call(&mut store, &params, &mut results) {
            Ok(()) => assert_eq!(results, params),
            Err(error) => {
                assert_eq!(error.as_trap(), Some(Trap::StackExhausted), "{error:?}");
                exhausted += 1;
            }
        }
    }
    exhausted
}

#[test]
fn all_counts_fit_the_default_stack() {
    for count in COUNTS {
        assert_eq!(run(&Config::new(), count), 0, "{count}");
    }
}

#[test]
fn small_stacks_are_exhausted_in_order() {
    let mut exhausted = 0;
    for bytes in [0, 8, 64, 128, 1 << 10, 4 << 10, 16 << 10] {
        for count in COUNTS {
            exhausted += run(Config::new().max_stack_height(bytes), count);
        }
    }
    assert!(exhausted > 0);
    assert_eq!(run(Config::new().max_stack_height(1 << 10), 1000), 5);
    assert_eq!(run(Config::new().max_stack_height(16 << 10), 16), 0);
}

#[test]
fn recursion_depth_is_what_was_configured() {
    let text = r#"(module (func $f (export "f") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
            (else (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))))"#;
    for depth in [1, 2, 10, 1000] {
        let (mut store, instance) =
            crate::instantiate_with(Config::new().max_recursion_depth(depth), text);
        let fits = depth as i32 - 1;
        assert_eq!(crate::call::<i32, i32, _>(&mut store, instance, "f", fits).unwrap(), fits);
        let error = crate::call::<i32, i32, _>(&mut store, instance, "f", fits + 1).unwrap_err();
        assert_eq!(error.as_trap(), Some(Trap::StackExhausted), "{depth}");
        assert_eq!(crate::call::<i32, i32, _>(&mut store, instance, "f", fits).unwrap(), fits);
    }
}
