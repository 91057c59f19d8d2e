//! Measures the fast interpreter of WAMR as it is asked to on standard input.

use anyhow::{Result, bail, ensure};
use wamrx::{Engine, FuncType, Instance, Linker, Module, Val, ValType};
use wasmite_benches::{Mode, Runtime};

struct Wamr {
    engine: Engine,
    linker: Linker,
}

/// Modules are used up by instantiation, so compilation is part of it.
impl Runtime for Wamr {
    type Module = Vec<u8>;
    type Guest = Instance;

    fn new(mode: Option<Mode>) -> Result<Self> {
        ensure!(mode.is_none_or(|mode| mode == Mode::Eager), "functions are translated eagerly");
        let engine = Engine::new()?;
        let mut linker = Linker::new(&engine);
        let ty = FuncType::new([ValType::I32], [ValType::I32]);
        linker.define_func("host", "identity", ty, |params, results| results[0] = params[0])?;
        Ok(Self { engine, linker })
    }

    fn compile(&self, _: &[u8]) -> Result<Vec<u8>> {
        bail!("modules can be instantiated only once")
    }

    fn instantiate(&self, wasm: &Vec<u8>) -> Result<Instance> {
        self.load(wasm)
    }

    fn load(&self, wasm: &[u8]) -> Result<Instance> {
        Ok(self.linker.instantiate(Module::new(&self.engine, wasm)?)?)
    }

    /// Handles of functions borrow the instance, so each call looks its function up.
    fn run(guest: &mut Instance, arg: i32) -> Result<i64> {
        let mut results = [Val::I64(0)];
        guest.get_func("run")?.call(&[Val::I32(arg)], &mut results)?;
        match results {
            [Val::I64(result)] => Ok(result),
            _ => bail!("the result is not an i64"),
        }
    }
}

fn main() -> Result<()> {
    wasmite_benches::serve::<Wamr>()
}
