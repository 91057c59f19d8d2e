//! Measures Wasm3 as it is asked to on standard input.

use anyhow::{Result, bail};
use wasm3x::{CompilationMode, Config, Engine, Linker, Module, Store, TypedFunc};
use wasmite_benches::{Mode, Runtime};

struct Wasm3 {
    engine: Engine,
    linker: Linker<()>,
}

struct Guest {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Runtime for Wasm3 {
    type Module = Module;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        let mut config = Config::new();
        match mode {
            None => {}
            Some(Mode::Eager) => _ = config.compilation_mode(CompilationMode::Eager),
            Some(Mode::Lazy) => _ = config.compilation_mode(CompilationMode::Lazy),
            Some(Mode::LazyTranslation) => bail!("validation is part of translation"),
        }
        let engine = Engine::new(&config);
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "identity", |value: i32| value)?;
        Ok(Self { engine, linker })
    }

    fn compile(&self, wasm: &[u8]) -> Result<Module> {
        Ok(Module::new(&self.engine, wasm)?)
    }

    fn instantiate(&self, module: &Module) -> Result<Guest> {
        let mut store = Store::new(&self.engine, ());
        let instance = self.linker.instantiate_and_start(&mut store, module)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn run(guest: &mut Guest, arg: i32) -> Result<i64> {
        Ok(guest.run.call(&mut guest.store, arg)?)
    }
}

fn main() -> Result<()> {
    wasmite_benches::serve::<Wasm3>()
}
