//! The state of a running script: its store, its modules and instances, and what it registered.
//!
//! Not the directives themselves. Invariant: the name of an instance that failed to load is remembered as such, and so
//! is the failure of the latest one, so that no directive falls back on an older instance.

use crate::{RunnerOptions, spectest};
use std::collections::HashMap;
use wasmite::{CompilationMode, Engine, Error, Extern, Func, Instance, Linker, Module, Store, Val};
use wast::{QuoteWat, Wat, token::Id};

/// A script in the middle of its run.
pub(crate) struct Session {
    engine: Engine,
    pub(crate) store: Store<()>,
    linker: Linker<()>,
    definitions: Named<Module>,
    instances: Named<Instance>,
    /// Whether loading a module leaves its function bodies unchecked.
    validates_lazily: bool,
}

/// Why a module is not there.
pub(crate) enum LoadError {
    /// The text does not assemble to bytes.
    Text(wast::Error),
    /// The engine refuses the bytes, or instantiation failed.
    Engine(Error),
}

/// What scripts name by an identifier, or not at all: then the latest is meant. `None` marks what failed to load.
struct Named<T> {
    latest: Option<T>,
    by_name: HashMap<String, Option<T>>,
}

impl Session {
    pub(crate) fn new(options: &RunnerOptions) -> Result<Self, Error> {
        let engine = Engine::new(&options.engine_config())?;
        let mut store = Store::new(&engine, ());
        if options.fuel {
            store.set_fuel(u64::MAX)?;
        }
        let linker = spectest::linker(&engine, &mut store)?;
        Ok(Self {
            validates_lazily: matches!(options.mode, CompilationMode::Lazy),
            definitions: Named::default(),
            instances: Named::default(),
            engine,
            store,
            linker,
        })
    }

    /// Compiles a module and checks all of it, even if the engine would check function bodies later: what a script says
    /// about modules does not depend on the mode.
    fn compile(&self, bytes: &[u8]) -> Result<Module, Error> {
        let compiled = Module::from_binary(&self.engine, bytes)?;
        if self.validates_lazily {
            Module::validate(&self.engine, bytes)?;
        }
        Ok(compiled)
    }

    /// Assembles and compiles a module.
    pub(crate) fn assemble(&self, module: &mut QuoteWat<'_>) -> Result<Module, LoadError> {
        Ok(self.compile(&module.encode()?)?)
    }

    /// Remembers a module that can be instantiated later.
    pub(crate) fn define(&mut self, module: &mut QuoteWat<'_>) -> Result<(), LoadError> {
        let name = module.name();
        let compiled = self.assemble(module);
        self.definitions.set(name, compiled.as_ref().ok().cloned());
        compiled.map(drop)
    }

    /// Loads a module and makes its instance the current one.
    pub(crate) fn load(&mut self, module: &mut QuoteWat<'_>) -> Result<(), LoadError> {
        let name = module.name();
        let instance =
            self.assemble(module).and_then(|module| Ok(self.instantiate_module(&module)?));
        self.instances.set(name, instance.as_ref().ok().copied());
        instance.map(drop)
    }

    /// Makes another instance of a module that was defined before.
    pub(crate) fn instantiate(
        &mut self,
        instance: Option<Id<'_>>,
        module: Option<Id<'_>>,
    ) -> Result<(), String> {
        let created = match self.definitions.get(module, "module") {
            Err(missing) => Err(missing),
            Ok(module) => {
                self.instantiate_module(&module.clone()).map_err(|error| format!("{error:#}"))
            }
        };
        self.instances.set(instance, created.as_ref().ok().copied());
        created.map(drop)
    }

    /// Loads a module that is used only by the directive it stands in.
    pub(crate) fn load_unnamed(&mut self, module: &mut Wat<'_>) -> Result<Instance, LoadError> {
        let compiled = self.compile(&module.encode()?)?;
        Ok(self.instantiate_module(&compiled)?)
    }

    fn instantiate_module(&mut self, module: &Module) -> Result<Instance, Error> {
        self.linker.instantiate(&mut self.store, module)
    }

    /// Offers an instance's exports for import under `name`.
    pub(crate) fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Result<(), String> {
        let instance = *self.instances.get(module, "instance")?;
        let linked = self.linker.instance(&mut self.store, name, instance);
        linked.map(drop).map_err(|error| format!("{error:#}"))
    }

    pub(crate) fn func(&mut self, module: Option<Id<'_>>, name: &str) -> Result<Func, String> {
        let item = self.export(module, name)?;
        item.into_func().ok_or_else(|| format!("export \"{name}\" is not a function"))
    }

    pub(crate) fn global(&mut self, module: Option<Id<'_>>, name: &str) -> Result<Val, String> {
        let item = self.export(module, name)?.into_global();
        let global = item.ok_or_else(|| format!("export \"{name}\" is not a global"))?;
        Ok(global.get(&mut self.store))
    }

    fn export(&mut self, module: Option<Id<'_>>, name: &str) -> Result<Extern, String> {
        let instance = *self.instances.get(module, "instance")?;
        let item = instance.get_export(&mut self.store, name);
        item.ok_or_else(|| format!("there is no export \"{name}\""))
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { latest: None, by_name: HashMap::new() }
    }
}

impl<T: Clone> Named<T> {
    fn set(&mut self, name: Option<Id<'_>>, item: Option<T>) {
        if let Some(name) = name {
            self.by_name.insert(name.name().into(), item.clone());
        }
        self.latest = item;
    }

    fn get(&self, name: Option<Id<'_>>, what: &str) -> Result<&T, String> {
        let Some(name) = name else {
            return self.latest.as_ref().ok_or_else(|| format!("the latest {what} did not load"));
        };
        let name = name.name();
        match self.by_name.get(name) {
            Some(Some(item)) => Ok(item),
            Some(None) => Err(format!("{what} ${name} did not load")),
            None => Err(format!("there is no {what} ${name}")),
        }
    }
}

impl From<wast::Error> for LoadError {
    fn from(error: wast::Error) -> Self {
        Self::Text(error)
    }
}

impl From<Error> for LoadError {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl LoadError {
    /// The reason in one line.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Text(error) => error.message(),
            Self::Engine(error) => format!("{error:#}"),
        }
    }
}
