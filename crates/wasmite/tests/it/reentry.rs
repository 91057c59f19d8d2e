//! Host functions that grow memory, call back, or fail, below every kind of call.

use crate::call;
use wasmite::{
    Caller, Config, Engine, Error, Extern, Instance, Linker, Memory, MemoryType, Module, Result,
    Store, Trap,
};

#[derive(Clone, Copy, Debug)]
enum Action {
    Nothing,
    Grow,
    Reenter,
    Trap,
}

struct Host {
    action: Action,
    /// Keeps the next growth from happening in place.
    ballast: Vec<Vec<u8>>,
}

const CALLS: [&str; 4] = [
    "(call $act (local.get 0))",
    "(call_indirect (type $t) (local.get 0) (i32.const 0))",
    "(call $tail (local.get 0))",
    "(call $tail_indirect (local.get 0))",
];

const MEMORIES: [&str; 2] = [
    r#"(memory (export "memory") 1)"#,
    r#"(import "h" "memory" (memory 1)) (export "memory" (memory 0))"#,
];

/// A module that uses its memory before and after the host acts; afterwards beyond its old end.
fn text(memory: &str, act: &str) -> String {
    format!(
        r#"(module
        (import "h" "act" (func $act (param i32) (result i32)))
        {memory}
        (type $t (func (param i32) (result i32)))
        (table funcref (elem $act))
        (func (export "grow") (result i32)
            (i32.store (i32.const 4) (i32.const 100))
            (memory.grow (i32.const 1)))
        (func $tail (type $t) (return_call $act (local.get 0)))
        (func $tail_indirect (type $t)
            (return_call_indirect (type $t) (local.get 0) (i32.const 0)))
        (func (export "run") (param i32) (result i32)
            (i32.store (i32.const 0) (i32.const 40))
            (local.set 0 {act})
            (i32.store (i32.const 65532) (i32.const 2))
            (i32.store (i32.const 65536) (local.get 0))
            (i32.add (i32.load (i32.const 0))
                (i32.add (i32.load (i32.const 65532)) (i32.load (i32.const 65536)))))
        )"#
    )
}

fn act(mut caller: Caller<'_, Host>, n: i32) -> Result<i32> {
    caller.data_mut().ballast.push(vec![1; 65536]);
    match caller.data().action {
        Action::Nothing => {}
        Action::Grow => {
            let memory = caller.get_export("memory").and_then(Extern::into_memory).unwrap();
            memory.grow(&mut caller, 1)?;
        }
        Action::Reenter => {
            let grow = caller.get_export("grow").and_then(Extern::into_func).unwrap();
            grow.typed::<(), i32>(&caller)?.call(&mut caller, ())?;
        }
        Action::Trap => return Err(Trap::IntegerOverflow.into()),
    }
    Ok(n * 1000)
}

fn setup(memory: &str, invoke: &str) -> (Store<Host>, Instance) {
    let engine = Engine::default();
    let module = Module::new(&engine, text(memory, invoke)).unwrap();
    let mut store = Store::new(&engine, Host { action: Action::Nothing, ballast: Vec::new() });
    let mut linker = Linker::new(&engine);
    let shared = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
    linker.define(&store, "h", "memory", shared).unwrap();
    linker.func_wrap("h", "act", act).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

#[test]
fn memory_is_current_after_every_kind_of_call() {
    for memory in MEMORIES {
        for invoke in CALLS {
            for action in [Action::Grow, Action::Reenter] {
                let (mut store, instance) = setup(memory, invoke);
                store.data_mut().action = action;
                let result: i32 = call(&mut store, instance, "run", 7).unwrap();
                assert_eq!(result, 7042, "{memory} {invoke} {action:?}");
                let memory = instance.get_memory(&store, "memory").unwrap();
                assert_eq!(memory.size(&store), 2);
                let mut word = [0; 4];
                memory.read(&store, 65536, &mut word).unwrap();
                assert_eq!(i32::from_le_bytes(word), 7000);
                assert_eq!(
                    memory.data(&store)[4],
                    if let Action::Reenter = action { 100 } else { 0 }
                );
            }
        }
    }
}

#[test]
fn failures_below_every_kind_of_call_leave_the_store_usable() {
    for memory in MEMORIES {
        for invoke in CALLS {
            let (mut store, instance) = setup(memory, invoke);
            store.data_mut().action = Action::Trap;
            for _ in 0..2000 {
                let error = call::<i32, i32, _>(&mut store, instance, "run", 7).unwrap_err();
                assert_eq!(error.as_trap(), Some(Trap::IntegerOverflow), "{invoke}");
                store.data_mut().ballast.clear();
            }
            store.data_mut().action = Action::Nothing;
            let error = call::<i32, i32, _>(&mut store, instance, "run", 7).unwrap_err();
            assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{invoke}");
            store.data_mut().action = Action::Grow;
            assert_eq!(call::<i32, i32, _>(&mut store, instance, "run", 7).unwrap(), 7042);
        }
    }
}

/// Exports `ping`, which the host function `pong` calls again with one less.
const PING: &str = r#"(module
    (import "h" "pong" (func $pong (param i32) (result i32)))
    (func (export "ping") (param i32) (result i32)
        (i32.add (i32.const 1) (call $pong (local.get 0)))))"#;

fn ping(engine: &Engine, depth: i32) -> Result<i32> {
    let mut linker: Linker<()> = Linker::new(engine);
    linker.func_wrap("h", "pong", |mut caller: Caller<'_, ()>, n: i32| -> Result<i32> {
        if n == 0 {
            return Ok(0);
        }
        let ping = caller.get_export("ping").and_then(Extern::into_func).unwrap();
        ping.typed::<i32, i32>(&caller)?.call(&mut caller, n - 1)
    })?;
    let mut store = Store::new(engine, ());
    let instance = linker.instantiate(&mut store, &Module::new(engine, PING)?)?;
    let result = call(&mut store, instance, "ping", depth);
    let again: i32 = call(&mut store, instance, "ping", 3)?;
    assert_eq!(again, 4);
    result
}

#[test]
fn nesting_between_host_and_guest_is_bounded() {
    let body = || -> Result<(), Error> {
        let engine = Engine::default();
        assert_eq!(ping(&engine, 63)?, 64);
        let error = ping(&engine, 1_000_000).unwrap_err();
        assert_eq!(error.as_trap(), Some(Trap::StackExhausted));
        let error = ping(&engine, 64).unwrap_err();
        assert_eq!(error.as_trap(), Some(Trap::StackExhausted));
        let limits = wasmite::Limits { host_nesting: 8, ..Default::default() };
        let engine = Engine::new(Config::new().limits(limits))?;
        assert_eq!(ping(&engine, 7)?, 8);
        assert!(ping(&engine, 8).is_err());
        Ok(())
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(body).unwrap();
    thread.join().unwrap().unwrap();
}
