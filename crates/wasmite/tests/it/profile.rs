//! Profiles through the facade.

use wasmite::{Caller, Engine, Linker, Module, Store};

#[test]
fn calls_back_into_wasm_stand_on_the_stack_that_called_the_host() {
    let text = r#"(module $m
        (import "h" "back" (func $back (param i32)))
        (func $outer (export "outer") (call $back (i32.const 1)) (call $back (i32.const 0)))
        (func $inner (export "inner") (call $leaf))
        (func $leaf))"#;
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let back = |mut caller: Caller<'_, ()>, wanted: i32| {
        if wanted == 0 {
            return Ok(());
        }
        let inner = caller.get_export("inner").and_then(wasmite::Extern::into_func);
        inner.expect("it is exported").call(&mut caller, &[], &mut [])
    };
    linker.func_wrap("h", "back", back).unwrap();
    let module = Module::new(&engine, text).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    assert_eq!(store.profile().dispatches, 0);
    crate::call::<(), (), _>(&mut store, instance, "outer", ()).unwrap();
    let profile = store.profile();
    let mut stacks: Vec<&str> = profile.stacks.iter().map(|count| &*count.name).collect();
    stacks.sort_unstable();
    assert_eq!(stacks, ["m!outer", "m!outer;m!inner", "m!outer;m!inner;m!leaf"]);
    let counted: u64 = profile.functions.iter().map(|count| count.dispatches).sum();
    assert_eq!(counted, profile.dispatches);
}
