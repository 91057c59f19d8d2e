//! The engine: configuration and function types shared by modules, stores and threads.

use crate::{Config, Error};
use core::fmt;

/// A configured engine. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) engine: wasmite_exec::Engine,
}

impl Engine {
    /// An engine with the given configuration. A `Result`, as in Wasmtime; Wasmi's cannot fail.
    ///
    /// # Errors
    /// If a proposal was enabled that is not supported yet, or a memory growth that this machine does not have (the error
    /// names it), or there is no memory.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let engine = wasmite_exec::Engine::try_new(config.check()?);
        Ok(Self { engine: engine.map_err(wasmite_exec::Error::from)? })
    }

    /// Whether two engines are one and the same.
    pub fn same(a: &Self, b: &Self) -> bool {
        a.engine.same(&b.engine)
    }

    /// The engine behind this one: for tools.
    #[doc(hidden)]
    pub fn inner(&self) -> &wasmite_exec::Engine {
        &self.engine
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self { engine: wasmite_exec::Engine::new(wasmite_exec::Config::default()) }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
