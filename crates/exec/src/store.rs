//! The store: arenas of entities, and what their creation and growth have to pass.
//!
//! Not what entities do (entity), nor running (run, call). Invariant: entities are only added, so that addresses stay
//! good; [`Store::epoch`] changes whenever one may have moved or changed its size.

use crate::config::TIERS;
use crate::entity::{FuncEntity, InstanceEntity, Lent, MemoryEntity, TableEntity};
use crate::fuel::Fuel;
use crate::limiter::Quota;
use crate::raw::Machine;
use crate::types;
use crate::{Config, Engine, Extern, Limiter, StoreId};
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::Ordering;
use wasmite_core::{ExternType, FuncType, GlobalType, OutOfMemory};

/// Everything that instances of programs consist of. Handles to its contents are `Copy` and good as long as it lives.
///
/// # Panics
/// Functions that take a handle panic if it belongs to another store.
pub struct Store {
    id: StoreId,
    engine: Engine,
    pub(crate) funcs: Vec<FuncEntity>,
    pub(crate) tables: Vec<TableEntity>,
    pub(crate) memories: Vec<MemoryEntity>,
    /// For the next memories that instances define.
    pub(crate) lent: Lent,
    /// Cells of globals.
    pub(crate) globals: Vec<u64>,
    /// By cell.
    pub(crate) global_types: Vec<GlobalType>,
    pub(crate) instances: Vec<InstanceEntity>,
    /// Types of host functions, in order of creation.
    pub(crate) host_types: Vec<FuncType>,
    /// What execution needs.
    pub(crate) machine: Machine,
    /// Bytes of all memories and tables.
    used: u64,
    epoch: u64,
}

/// How much there was in a store.
pub(crate) struct Mark {
    funcs: usize,
    tables: usize,
    memories: usize,
    globals: usize,
    used: u64,
}

impl Store {
    /// An empty store.
    pub fn new(engine: &Engine) -> Self {
        Self {
            id: StoreId::fresh(),
            engine: engine.clone(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            lent: Lent::NOTHING,
            globals: Vec::new(),
            global_types: Vec::new(),
            instances: Vec::new(),
            host_types: Vec::new(),
            machine: Machine::new(engine),
            used: 0,
            epoch: 0,
        }
    }

    /// The engine whose programs can be instantiated.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The fuel that guests have left.
    pub fn fuel(&self) -> u64 {
        self.machine.fuel().0
    }

    /// Sets the fuel that guests have left. It counts for code that was translated with
    /// [`Options::fuel`](wasmite_translate::Options).
    pub fn set_fuel(&mut self, fuel: u64) {
        *self.machine.fuel_mut() = Fuel(fuel);
    }

    /// Guests run until the engine's epoch has been incremented `ticks` more times. It counts for code that was translated
    /// with [`Options::interruption`](wasmite_translate::Options); at first, there is no time at all.
    pub fn set_epoch_deadline(&mut self, ticks: usize) {
        let now = self.engine().interruptions().load(Ordering::Relaxed);
        self.machine.set_deadline(now.saturating_add(ticks));
    }

    /// What handles of this store carry.
    pub fn id(&self) -> StoreId {
        self.id
    }

    /// The type of an import or export, with current sizes as minimums.
    pub fn extern_type(&self, item: Extern) -> Result<ExternType, OutOfMemory> {
        Ok(match item {
            Extern::Func(func) => ExternType::Func(self.func_type(func).try_clone()?),
            Extern::Table(table) => ExternType::Table(self.table_type(table)),
            Extern::Memory(memory) => ExternType::Memory(self.memory_type(memory)),
            Extern::Global(global) => ExternType::Global(self.global_type(global)),
        })
    }

    /// A number that changes whenever an entity may have moved or changed its size: pointers into entities are good
    /// while it stays the same.
    #[inline]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Says that entities may have moved or changed their size.
    pub(crate) fn moved(&mut self) {
        self.epoch += 1;
    }

    /// The memories, and what growing one of them has to pass.
    pub(crate) fn memories_and_quota<'a, 'l>(
        &'a mut self,
        limiter: &'a mut Option<&'l mut dyn Limiter>,
    ) -> (&'a mut Vec<MemoryEntity>, Quota<'a, 'l>) {
        let Config { limits, memory_growth: growth, .. } = self.engine.config();
        (&mut self.memories, Quota { limits, growth: *growth, used: &mut self.used, limiter })
    }

    /// The tables, and what growing one of them has to pass.
    pub(crate) fn tables_and_quota<'a, 'l>(
        &'a mut self,
        limiter: &'a mut Option<&'l mut dyn Limiter>,
    ) -> (&'a mut Vec<TableEntity>, Quota<'a, 'l>) {
        let Config { limits, memory_growth: growth, .. } = self.engine.config();
        (&mut self.tables, Quota { limits, growth: *growth, used: &mut self.used, limiter })
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            funcs: self.funcs.len(),
            tables: self.tables.len(),
            memories: self.memories.len(),
            globals: self.globals.len(),
            used: self.used,
        }
    }

    /// Removes what was made since `mark`, which nothing may refer to.
    pub(crate) fn rewind(&mut self, mark: &Mark) {
        self.funcs.truncate(mark.funcs);
        self.tables.truncate(mark.tables);
        self.truncate_memories(mark.memories);
        self.globals.truncate(mark.globals);
        self.global_types.truncate(mark.globals);
        self.used = mark.used;
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Those of instances belong to their programs.
        let host = self.funcs.iter().filter(|func| func.is_host());
        types::release(&self.engine, host.map(|func| func.ty));
        if TIERS {
            self.engine.heat().store(self.machine.heat() as usize, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("id", &self.id)
            .field("instances", &self.instances.len())
            .field("bytes", &self.used)
            .finish_non_exhaustive()
    }
}
