//! Measures TinyWasm as it is asked to on standard input.

use anyhow::{Result, ensure};
use tinywasm::{FunctionTyped, HostFunction, Imports, Module, ModuleInstance, Store};
use wasmite_benches::{Mode, Runtime};

struct TinyWasm;

struct Guest {
    store: Store,
    run: FunctionTyped<i32, i64>,
}

impl TinyWasm {
    fn imports(store: &mut Store) -> Imports {
        let identity = HostFunction::from(store, |_, value: i32| Ok(value));
        let mut imports = Imports::new();
        imports.define("host", "identity", identity);
        imports
    }

    fn add(store: &mut Store, module: &Module) -> Result<ModuleInstance> {
        let imports = Self::imports(store);
        Ok(ModuleInstance::instantiate(store, module, Some(imports))?)
    }
}

impl Runtime for TinyWasm {
    type Module = Module;
    type Guest = Guest;

    fn new(mode: Option<Mode>) -> Result<Self> {
        ensure!(mode.is_none_or(|mode| mode == Mode::Eager), "functions are translated eagerly");
        Ok(Self)
    }

    fn compile(&self, wasm: &[u8]) -> Result<Module> {
        Ok(tinywasm::parse_bytes(wasm)?)
    }

    fn instantiate(&self, module: &Module) -> Result<Guest> {
        let mut store = Store::default();
        let instance = Self::add(&mut store, module)?;
        let run = instance.func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn load_with_library(&self, library: &[u8], wasm: &[u8]) -> Result<Guest> {
        let mut store = Store::default();
        let library = Self::add(&mut store, &self.compile(library)?)?;
        let mut imports = Self::imports(&mut store);
        imports.link_module("library", library)?;
        let module = self.compile(wasm)?;
        let instance = ModuleInstance::instantiate(&mut store, &module, Some(imports))?;
        let run = instance.func(&store, "run")?;
        Ok(Guest { store, run })
    }

    fn add_instance(&self, guest: &mut Guest, module: &Module) -> Result<()> {
        Self::add(&mut guest.store, module)?;
        Ok(())
    }

    fn run(guest: &mut Guest, arg: i32) -> Result<i64> {
        Ok(guest.run.call(&mut guest.store, arg)?)
    }
}

fn main() -> Result<()> {
    wasmite_benches::serve::<TinyWasm>()
}
