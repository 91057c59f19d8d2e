//! Instances: a program and the addresses that its index spaces stand for.
//!
//! Not how they come to be (instantiate). Invariant: every address is that of an entity of the same store and of the
//! type that the module declares.

use super::func_slot;
use crate::{Extern, Func, Global, Instance, Memory, Program, Store, Table};
use alloc::boxed::Box;
use wasmite_core::{DataIdx, ElemIdx, FuncIdx, GlobalIdx, OutOfMemory, heap::boxed_slice};
use wasmite_module::ExternIdx;

/// An instance of a program.
pub(crate) struct InstanceEntity {
    pub(crate) program: Program,
    /// Addresses of imported functions.
    pub(crate) funcs: Box<[u32]>,
    /// Addresses of tables, imports first.
    pub(crate) tables: Box<[u32]>,
    /// Addresses of memories, imports first.
    pub(crate) memories: Box<[u32]>,
    /// Addresses of imported globals.
    pub(crate) imported_globals: Box<[u32]>,
    /// The address of the first defined global; the others follow it.
    pub(crate) global_base: u32,
    /// The address of the first defined function that can be referred to. The others follow it in order; last comes the
    /// start function, if nothing else refers to it.
    pub(crate) func_base: u32,
    /// Segments that are as good as empty: element segments by index, then data segments.
    pub(crate) dropped: IndexSet,
}

impl InstanceEntity {
    /// The address of a function that is imported, referable, or the start function.
    pub(crate) fn func_addr(&self, func: FuncIdx) -> u32 {
        if let Some(addr) = self.funcs.get(func.index()) {
            return *addr;
        }
        self.func_base + self.program.referable_number(func)
    }

    /// The reference to such a function, as a slot value.
    pub(crate) fn func_ref(&self, func: FuncIdx) -> u64 {
        func_slot(self.func_addr(func))
    }

    /// The number of a data segment in the set of dropped ones.
    fn data_number(&self, data: DataIdx) -> u32 {
        self.program.module().elements().len() as u32 + data.0
    }

    /// Whether an element segment is as good as empty.
    pub(crate) fn has_dropped_elem(&self, elem: ElemIdx) -> bool {
        self.dropped.contains(elem.0)
    }

    /// Whether a data segment is as good as empty.
    pub(crate) fn has_dropped_data(&self, data: DataIdx) -> bool {
        self.dropped.contains(self.data_number(data))
    }

    /// The bytes of a data segment, none if it is as good as empty.
    pub(crate) fn data(&self, data: DataIdx) -> &[u8] {
        if self.has_dropped_data(data) { &[] } else { self.program.module().data_bytes(data) }
    }

    /// Makes an element segment as good as empty.
    pub(crate) fn drop_elem(&mut self, elem: ElemIdx) {
        self.dropped.insert(elem.0);
    }

    /// Makes a data segment as good as empty.
    pub(crate) fn drop_data(&mut self, data: DataIdx) {
        self.dropped.insert(self.data_number(data));
    }

    /// The address of a global.
    pub(crate) fn global_addr(&self, global: GlobalIdx) -> u32 {
        match self.imported_globals.get(global.index()) {
            Some(addr) => *addr,
            None => self.global_base + (global.0 - self.imported_globals.len() as u32),
        }
    }
}

/// A set of small indices.
pub(crate) struct IndexSet {
    /// None if there are no indices, as in most modules for small machines.
    words: Box<[u64]>,
}

impl IndexSet {
    /// An empty set with room for indices below `len`.
    pub(crate) fn with_room_for(len: usize) -> Result<Self, OutOfMemory> {
        Ok(Self { words: boxed_slice((0..len.div_ceil(64)).map(|_| 0))? })
    }

    pub(crate) fn insert(&mut self, index: u32) {
        self.words[index as usize / 64] |= 1 << (index % 64);
    }

    pub(crate) fn contains(&self, index: u32) -> bool {
        self.words[index as usize / 64] >> (index % 64) & 1 == 1
    }
}

impl Store {
    /// The function that the instance's module wants called first, which instantiation leaves to the caller.
    pub fn instance_start(&self, instance: Instance) -> Option<Func> {
        let entity = self.instance(instance);
        let start = entity.program.module().start()?;
        Some(Func::new(self.id(), entity.func_addr(start)))
    }

    /// The program that the instance is one of.
    pub fn instance_program(&self, instance: Instance) -> &Program {
        &self.instance(instance).program
    }

    /// What the instance exports as `name`.
    pub fn instance_export(&self, instance: Instance, name: &str) -> Option<Extern> {
        let entity = self.instance(instance);
        Some(self.export(entity, entity.program.module().export(name)?))
    }

    /// The instance's exports, in module order.
    pub fn instance_exports(&self, instance: Instance) -> impl Iterator<Item = (&str, Extern)> {
        let entity = self.instance(instance);
        let exports = entity.program.module().exports().iter();
        exports.map(move |export| (&*export.name, self.export(entity, export.item)))
    }

    fn export(&self, entity: &InstanceEntity, item: ExternIdx) -> Extern {
        let store = self.id();
        match item {
            ExternIdx::Func(func) => Func::new(store, entity.func_addr(func)).into(),
            ExternIdx::Table(table) => Table::new(store, entity.tables[table.index()]).into(),
            ExternIdx::Memory(memory) => Memory::new(store, entity.memories[memory.index()]).into(),
            ExternIdx::Global(global) => Global::new(store, entity.global_addr(global)).into(),
        }
    }

    fn instance(&self, instance: Instance) -> &InstanceEntity {
        &self.instances[instance.addr(self.id()) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_sets_hold_what_was_inserted() {
        let mut set = IndexSet::with_room_for(130).unwrap();
        [0, 63, 64, 129].into_iter().for_each(|index| set.insert(index));
        let members: alloc::vec::Vec<u32> = (0..130).filter(|index| set.contains(*index)).collect();
        assert_eq!(members, [0, 63, 64, 129]);
    }

    #[test]
    fn instances_are_small() {
        assert!(size_of::<InstanceEntity>() <= 144, "{}", size_of::<InstanceEntity>());
    }
}
