//! Measures Wasmtime as it is asked to on standard input. Its first argument says how it executes: `cranelift`, `winch`, or
//! `pulley`, its interpreter.

use anyhow::{Result, bail, ensure};
use wasmite_benches::{Mode, Runtime};
use wasmtime::{
    Config, Engine, InstancePre, Linker, Module, Store, StoreLimits, StoreLimitsBuilder, Strategy,
    TypedFunc,
};

struct Wasmtime {
    engine: Engine,
    linker: Linker<StoreLimits>,
}

struct Guest {
    store: Store<StoreLimits>,
    run: TypedFunc<i32, i64>,
}

fn config() -> Result<Config> {
    let mut config = Config::new();
    match std::env::args().nth(1).as_deref() {
        Some("cranelift") => config.strategy(Strategy::Cranelift),
        Some("winch") => config.strategy(Strategy::Winch),
        Some("pulley") => config.target("pulley64")?,
        _ => bail!("cranelift, winch or pulley was expected as argument"),
    };
    config.wasm_custom_page_sizes(true);
    Ok(config)
}

impl Wasmtime {
    fn store(&self) -> Store<StoreLimits> {
        // One suite makes more than there may be by default.
        let limits = StoreLimitsBuilder::new().instances(usize::MAX).memories(usize::MAX);
        let mut store = Store::new(&self.engine, limits.build());
        store.limiter(|limits| limits);
        store
    }
}

impl Runtime for Wasmtime {
    type Module = InstancePre<StoreLimits>;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        ensure!(mode.is_none_or(|mode| mode == Mode::Eager), "functions are compiled eagerly");
        let engine = Engine::new(&config()?)?;
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "identity", |value: i32| value)?;
        Ok(Self { engine, linker })
    }

    fn compile(&self, wasm: &[u8]) -> Result<Self::Module> {
        Ok(self.linker.instantiate_pre(&Module::new(&self.engine, wasm)?)?)
    }

    fn instantiate(&self, module: &Self::Module) -> Result<Guest> {
        let mut store = self.store();
        let instance = module.instantiate(&mut store)?;
        let run = instance.get_typed_func(&mut store, "run")?;
        Ok(Guest { store, run })
    }

    fn load_with_library(&self, library: &[u8], wasm: &[u8]) -> Result<Guest> {
        let mut store = self.store();
        let mut linker = self.linker.clone();
        let library = linker.instantiate(&mut store, &Module::new(&self.engine, library)?)?;
        linker.instance(&mut store, "library", library)?;
        let instance = linker.instantiate(&mut store, &Module::new(&self.engine, wasm)?)?;
        let run = instance.get_typed_func(&mut store, "run")?;
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

fn main() -> Result<()> {
    wasmite_benches::serve::<Wasmtime>()
}
