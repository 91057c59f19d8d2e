//! Tests of the engine through its public functions.

mod borders;
mod bulk;
mod calls;
mod element_loops;
mod entities;
mod execution;
mod hot;
mod instantiate;
mod limits;
#[cfg(feature = "profile")]
mod profile;
mod program;
mod sequences;
mod tiers;

use wasmite_core::Trap;
use wasmite_exec::{Config, Engine, Error, Extern, Func, Instance, Outcome, Program, Store};

/// An engine with every supported proposal.
fn engine() -> Engine {
    Engine::new(Config { features: wasmite_core::Features::all_supported(), ..Config::default() })
}

fn program(store: &Store, text: &str) -> Program {
    Program::new(store.engine(), &wat::parse_str(text).unwrap()).unwrap()
}

fn instantiate(store: &mut Store, text: &str, imports: &[Extern]) -> Result<Instance, Error> {
    let program = program(store, text);
    store.instantiate(&program, imports, &mut None)
}

fn export(store: &Store, instance: Instance, name: &str) -> Extern {
    store.instance_export(instance, name).unwrap()
}

/// Calls an export.
fn call(
    store: &mut Store,
    instance: Instance,
    name: &str,
    args: &[u64],
) -> Result<Vec<u64>, Error> {
    let func = export(store, instance, name).into_func().unwrap();
    call_func(store, func, args)
}

/// Calls a function; host function 1 adds 100 to its first parameter, any other reverses what it gets.
fn call_func(store: &mut Store, func: Func, args: &[u64]) -> Result<Vec<u64>, Error> {
    let mut activation = store.enter(func, args)?;
    let results = loop {
        match store.run(&mut activation, &mut None) {
            Ok(Outcome::Finished) => break Ok(store.results(&activation).to_vec()),
            Ok(Outcome::Host) => {
                let call = store.host_call(&activation);
                let slots = store.host_slots(&activation);
                match call.host {
                    1 => slots[0] += 100,
                    _ => slots.reverse(),
                }
            }
            Err(error) => break Err(error),
        }
    };
    store.leave(&activation);
    results
}

/// The trap that a call of an export ends in.
fn trap(store: &mut Store, instance: Instance, name: &str, args: &[u64]) -> Trap {
    match call(store, instance, name, args) {
        Err(Error::Trap { trap, .. }) => trap,
        other => panic!("{name}{args:?} should trap, not {other:?}"),
    }
}
