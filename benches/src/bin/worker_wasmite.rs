//! Runs benchmark programs in Wasmite when asked to on standard input.

use anyhow::Result;
use wasmite::{Engine, Linker, Module, Store, TypedFunc};
use wasmite_benches::{Guest, serve};

struct Wasmite {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Guest for Wasmite {
    fn load(bytes: &[u8]) -> Result<Self> {
        let engine = Engine::default();
        let module = Module::new(&engine, bytes)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Self { store, run })
    }

    fn run(&mut self, arg: i32) -> Result<i64> {
        Ok(self.run.call(&mut self.store, arg)?)
    }
}

fn main() -> Result<()> {
    serve::<Wasmite>()
}
