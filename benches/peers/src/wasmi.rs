//! Wasmi as an engine to be measured, of either major version: `crate::wasmi` says which.

use crate::wasmi::{CompilationMode, Config, Engine, Linker, Module, Store, TypedFunc};
use anyhow::Result;
use wasmite_benches::{Mode, Runtime};

/// Wasmi.
pub(crate) struct Wasmi {
    engine: Engine,
    linker: Linker<()>,
}

/// A store with an instance.
pub(crate) struct Guest {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Runtime for Wasmi {
    type Module = Module;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        let mut config = Config::default();
        config.wasm_custom_page_sizes(true);
        if let Some(mode) = mode {
            config.compilation_mode(match mode {
                Mode::Eager => CompilationMode::Eager,
                Mode::LazyTranslation => CompilationMode::LazyTranslation,
                Mode::Lazy => CompilationMode::Lazy,
            });
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

    fn load_with_library(&self, library: &[u8], wasm: &[u8]) -> Result<Guest> {
        let mut store = Store::new(&self.engine, ());
        let mut linker = self.linker.clone();
        let library = Module::new(&self.engine, library)?;
        let library = linker.instantiate_and_start(&mut store, &library)?;
        linker.instance(&mut store, "library", library)?;
        let module = Module::new(&self.engine, wasm)?;
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn add_instance(&self, guest: &mut Guest, module: &Module) -> Result<()> {
        self.linker.instantiate_and_start(&mut guest.store, module)?;
        Ok(())
    }

    fn run(guest: &mut Guest, arg: i32) -> Result<i64> {
        Ok(guest.run.call(&mut guest.store, arg)?)
    }
}
