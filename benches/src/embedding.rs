//! Wasmite as an engine to be measured.

use crate::{Mode, Runtime};
use anyhow::Result;
use wasmite::{
    CompilationMode, Config, Engine, InstancePre, Limits, Linker, Module, Store, TypedFunc,
};

/// Wasmite as it is by default.
pub type Wasmite = Configured<false>;

/// Wasmite whose guests consume fuel.
pub type Metered = Configured<true>;

/// Wasmite; if `FUEL`, guests consume it, and there is always enough.
pub struct Configured<const FUEL: bool> {
    engine: Engine,
    linker: Linker<()>,
}

/// A store with an instance.
pub struct Guest {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl<const FUEL: bool> Configured<FUEL> {
    fn store(&self) -> Result<Store<()>> {
        let mut store = Store::new(&self.engine, ());
        if FUEL {
            store.set_fuel(u64::MAX)?;
        }
        Ok(store)
    }
}

impl<const FUEL: bool> Runtime for Configured<FUEL> {
    type Module = InstancePre<()>;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_custom_page_sizes(true).consume_fuel(FUEL);
        // One suite makes more than there may be by default.
        config.limits(Limits { instances: u32::MAX, ..Limits::default() });
        if let Some(mode) = mode {
            config.compilation_mode(match mode {
                Mode::Eager => CompilationMode::Eager,
                Mode::LazyTranslation => CompilationMode::LazyTranslation,
                Mode::Lazy => CompilationMode::Lazy,
            });
        }
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "identity", |value: i32| value)?;
        Ok(Self { engine, linker })
    }

    fn compile(&self, wasm: &[u8]) -> Result<Self::Module> {
        Ok(self.linker.instantiate_pre(&Module::new(&self.engine, wasm)?)?)
    }

    fn instantiate(&self, module: &Self::Module) -> Result<Guest> {
        let mut store = self.store()?;
        let instance = module.instantiate(&mut store)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn load_with_library(&self, library: &[u8], wasm: &[u8]) -> Result<Guest> {
        let mut store = self.store()?;
        let mut linker = self.linker.clone();
        let library = linker.instantiate(&mut store, &Module::new(&self.engine, library)?)?;
        linker.instance(&mut store, "library", library)?;
        let instance = linker.instantiate(&mut store, &Module::new(&self.engine, wasm)?)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn add_instance(&self, guest: &mut Guest, module: &Self::Module) -> Result<()> {
        module.instantiate(&mut guest.store)?;
        Ok(())
    }

    fn run(guest: &mut Guest, arg: i32) -> Result<i64> {
        Ok(guest.run.call(&mut guest.store, arg)?)
    }
}
