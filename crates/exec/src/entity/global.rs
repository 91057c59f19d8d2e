//! Globals: cells of a store, one slot each.
//!
//! Not their initial values. Invariant: a cell holds a value of its type, and that of a constant never changes.

use crate::{Error, Global, Store};
use wasmite_core::{GlobalType, heap::Grow};

impl Store {
    /// A new global with `value`.
    pub fn new_global(&mut self, ty: GlobalType, value: u64) -> Result<Global, Error> {
        self.check_value(ty.content, value)?;
        self.reserve_globals(1)?;
        let addr = self.add_global(ty, value);
        self.moved();
        Ok(Global::new(self.id(), addr))
    }

    /// Makes room for `count` globals.
    pub(crate) fn reserve_globals(&mut self, count: usize) -> Result<(), Error> {
        self.globals.try_reserve(count)?;
        self.global_types.try_reserve(count)?;
        Ok(())
    }

    /// Makes a global, for which there is room, and returns its address.
    pub(crate) fn add_global(&mut self, ty: GlobalType, value: u64) -> u32 {
        self.globals.put(value);
        self.global_types.put(ty);
        self.globals.len() as u32 - 1
    }

    /// The global's type.
    pub fn global_type(&self, global: Global) -> GlobalType {
        self.global_types[global.addr(self.id()) as usize]
    }

    /// The global's value.
    pub fn global_get(&self, global: Global) -> u64 {
        self.globals[global.addr(self.id()) as usize]
    }

    /// Changes the global's value.
    pub fn global_set(&mut self, global: Global, value: u64) -> Result<(), Error> {
        let ty = self.global_type(global);
        if !ty.mutable {
            return Err(Error::ImmutableGlobal);
        }
        self.check_value(ty.content, value)?;
        let addr = global.addr(self.id()) as usize;
        self.globals[addr] = value;
        Ok(())
    }
}
