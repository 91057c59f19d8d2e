//! Measures the interpreter of Silverfir-nano as it is asked to on standard input.

use anyhow::{Context, Result, ensure};
use sf_nano_core::{Config, Engine, Func, Import, Instance, Module, Tier, Value, WasmError};
use wasmite_benches::{Mode, Runtime};

struct Silverfir(Engine);

struct Guest {
    instance: Instance,
    run: Func,
}

impl Silverfir {
    fn imports() -> [Import; 1] {
        [Import::func("host", "identity", |_, params, results| {
            results[0] = params[0];
            Ok(())
        })]
    }
}

/// Modules are used up by instantiation, so compilation is part of it.
impl Runtime for Silverfir {
    type Module = Vec<u8>;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        ensure!(mode.is_none_or(|mode| mode == Mode::Eager), "functions are translated eagerly");
        Ok(Self(Engine::new(Config::new().tier(Tier::Interp)).map_err(anyhow::Error::msg)?))
    }

    fn compile(&self, _: &[u8]) -> Result<Vec<u8>> {
        anyhow::bail!("modules can be instantiated only once")
    }

    fn instantiate(&self, wasm: &Vec<u8>) -> Result<Guest> {
        self.load(wasm)
    }

    fn load(&self, wasm: &[u8]) -> Result<Guest> {
        let told = |error: WasmError| anyhow::Error::msg(error.to_string());
        let module = Module::new("guest", wasm).map_err(told)?;
        let instance = Instance::from_module(&self.0, module, &Self::imports()).map_err(told)?;
        let run = instance.get_func("run").context("there is no export `run`")?;
        Ok(Guest { instance, run })
    }

    fn run(guest: &mut Guest, arg: i32) -> Result<i64> {
        let mut results = [Value::I64(0)];
        let done = guest.instance.call(&guest.run, &[Value::I32(arg)], &mut results);
        done.map_err(|error| anyhow::Error::msg(error.to_string()))?;
        match results {
            [Value::I64(result)] => Ok(result),
            _ => anyhow::bail!("the result is not an i64"),
        }
    }
}

fn main() -> Result<()> {
    wasmite_benches::serve::<Silverfir>()
}
