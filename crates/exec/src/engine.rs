//! The engine: one configuration and one set of canonical types, shared by programs, stores and threads.
//!
//! Not a cache of programs. Invariant: what two programs of one engine call the same type has the same id.

use crate::atomic::AtomicUsize;
use crate::config::{Config, TIERS};
use crate::raw::Shared;
use crate::{handlers, types::TypeRegistry};
use core::fmt;
use core::sync::atomic::Ordering;
use spin::Mutex;
use wasmite_core::OutOfMemory;
use wasmite_translate::Translator;

/// What programs and stores have in common. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Shared<Inner>,
}

struct Inner {
    config: Config,
    types: Mutex<TypeRegistry>,
    /// Scratch buffers, for whoever comes first: others make their own instead of waiting.
    translator: Mutex<Translator>,
    /// How often the host has asked guests to stop.
    interruptions: AtomicUsize,
    /// Where the next store goes on counting down to what is hot.
    heat: AtomicUsize,
}

impl Engine {
    /// An engine that works as `config` says.
    pub fn try_new(mut config: Config) -> Result<Self, OutOfMemory> {
        handlers::restrict(&mut config.translation);
        let tiers = TIERS && config.translation.has_first_tier();
        config.heat = config.heat.filter(|_| tiers);
        let (types, translator, interruptions) = Default::default();
        let heat = AtomicUsize::new(config.heat.unwrap_or(0) as usize);
        let inner = Shared::new(Inner { config, types, translator, interruptions, heat })?;
        Ok(Self { inner })
    }

    /// As [`Engine::try_new`].
    ///
    /// # Panics
    /// If there is no memory for it.
    pub fn new(config: Config) -> Self {
        Self::try_new(config).expect("memory for an engine")
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Counts the epoch up: guests of stores whose deadline it reaches stop at their next call or turn of a loop, if they
    /// were translated for that. From any thread, or a signal handler.
    pub fn increment_epoch(&self) {
        self.inner.interruptions.fetch_add(1, Ordering::Relaxed);
    }

    /// The number of increments, which lives as long as the engine.
    pub(crate) fn interruptions(&self) -> &AtomicUsize {
        &self.inner.interruptions
    }

    /// Where a store left off counting down to what is hot: so the code of many short lives gets hot too.
    pub(crate) fn heat(&self) -> &AtomicUsize {
        &self.inner.heat
    }

    /// Whether both are clones of one engine.
    pub fn same(&self, other: &Self) -> bool {
        self.inner.same(&other.inner)
    }

    pub(crate) fn types(&self) -> &Mutex<TypeRegistry> {
        &self.inner.types
    }

    /// Calls `f` with a translator whose buffers may have been used before. Small machines need theirs for other things.
    pub(crate) fn with_translator<R>(&self, f: impl FnOnce(&mut Translator) -> R) -> R {
        match self.inner.translator.try_lock() {
            Some(mut translator) if cfg!(feature = "std") => {
                let result = f(&mut translator);
                translator.trim();
                result
            }
            _ => f(&mut Translator::default()),
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("config", self.config()).finish_non_exhaustive()
    }
}
