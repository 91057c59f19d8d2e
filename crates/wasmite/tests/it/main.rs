//! Tests of the facade as an embedder uses it. Modules are text; each topic has its file.

mod allocations;
mod backtraces;
mod counts;
mod drops;
mod errors;
mod foreign;
mod fuel;
mod growth;
mod guests;
mod hostile;
mod hosts;
mod lazy;
mod lent;
mod limiter;
mod linking;
mod memories;
mod memory_limits;
mod memory_model;
mod page_sizes;
#[cfg(feature = "profile")]
mod profile;
mod proposals;
mod reentry;
mod references;
mod start;
mod threads;
mod transfers;

use wasmite::{Config, Engine, Instance, Linker, Module, Store};

/// A store with data `()` and an instance of a module without imports.
fn instantiate(text: &str) -> (Store<()>, Instance) {
    instantiate_with(&Config::new(), text)
}

fn instantiate_with(config: &Config, text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(config).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, text).unwrap();
    let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
    (store, instance)
}

/// Calls an exported function.
fn call<P: wasmite::WasmParams, R: wasmite::WasmResults, T>(
    store: &mut Store<T>,
    instance: Instance,
    name: &str,
    params: P,
) -> wasmite::Result<R> {
    instance.get_typed_func::<P, R>(&mut *store, name).unwrap().call(store, params)
}
