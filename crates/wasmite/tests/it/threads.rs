//! What may be sent to and shared between threads, and that it works.

use wasmite::{
    CompilationMode, Config, Engine, Error, ExternRef, Func, Global, Instance, InstancePre, Linker,
    Memory, Module, Store, StoreLimits, Table, TypedFunc, Val, WasmBacktrace,
};

fn shareable<T: Send + Sync>() {}

#[test]
fn what_servers_share_is_send_and_sync() {
    shareable::<Config>();
    shareable::<Engine>();
    shareable::<Module>();
    shareable::<Store<u32>>();
    shareable::<Linker<u32>>();
    shareable::<InstancePre<u32>>();
    shareable::<(Func, TypedFunc<i32, i32>, Instance, ExternRef, Val)>();
    shareable::<(Memory, Table, Global, StoreLimits)>();
    shareable::<(Error, WasmBacktrace)>();
}

#[test]
fn threads_share_an_engine_and_its_modules() {
    let text = r#"(module
        (import "h" "one" (func $one (result i32)))
        (func (export "sum") (param $n i32) (result i32) (local $sum i32)
            (loop $next
                (local.set $sum (i32.add (local.get $sum) (call $one)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $next (local.get $n)))
            (local.get $sum)))"#;
    let mut config = Config::new();
    let engine = Engine::new(config.compilation_mode(CompilationMode::Lazy)).unwrap();
    let shared = Module::new(&engine, text).unwrap();
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.func_wrap("h", "one", || 1).unwrap();
    let run = || {
        for _ in 0..20 {
            let own = Module::new(&engine, text).unwrap();
            let mut store = Store::new(&engine, ());
            for module in [&shared, &own] {
                let instance = linker.instantiate(&mut store, module).unwrap();
                let sum: i32 = crate::call(&mut store, instance, "sum", 100).unwrap();
                assert_eq!(sum, 100);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(run);
        }
    });
}
