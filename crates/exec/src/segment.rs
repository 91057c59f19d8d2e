//! Copies of segments to tables and memories.
//!
//! Not copies between tables, which those do, nor between memories, which handlers do. Invariant: all of a copy is in bounds or nothing is copied.

use crate::entity::span;
use crate::{Store, const_expr};
use wasmite_core::{DataIdx, ElemIdx, Trap};
use wasmite_module::ElementItems;

/// Everything here takes addresses of entities and the address of an instance.
impl Store {
    /// Copies `count` bytes from `from` in a data segment of `instance` to `at` in the memory at `memory`.
    pub(crate) fn init_memory(
        &mut self,
        instance: u32,
        memory: u32,
        data: DataIdx,
        at: u64,
        from: u64,
        count: u64,
    ) -> Result<(), Trap> {
        let source = self.instances[instance as usize].data(data);
        let fuel = self.machine.fuel_mut();
        self.memories[memory as usize].init(at, source, from, count, fuel)
    }

    /// Drops a data segment.
    pub(crate) fn drop_data(&mut self, instance: u32, data: DataIdx) {
        self.instances[instance as usize].drop_data(data);
    }

    /// Copies `count` elements from `from` in an element segment of `instance` to `at` in the table at `table`.
    pub(crate) fn init_table(
        &mut self,
        instance: u32,
        table: u32,
        elem: ElemIdx,
        at: u64,
        from: u64,
        count: u64,
    ) -> Result<(), Trap> {
        let instance = &self.instances[instance as usize];
        let items = &instance.program.module().elements()[elem.index()].items;
        let len = if instance.has_dropped_elem(elem) { 0 } else { items.len() };
        let from = span(from, count, len).ok_or(Trap::TableOutOfBounds)?;
        let table = self.tables[table as usize].elems_mut();
        let to = span(at, count, table.len()).ok_or(Trap::TableOutOfBounds)?;
        self.machine.fuel_mut().charge_elements(count)?;
        let slots = table[to].iter_mut();
        // Evaluated now, not at instantiation: what constant expressions name never changes.
        match items {
            ElementItems::Funcs(funcs) => {
                slots.zip(&funcs[from]).for_each(|(slot, func)| *slot = instance.func_ref(*func));
            }
            ElementItems::Exprs(exprs) => slots.zip(&exprs[from]).for_each(|(slot, expr)| {
                *slot = const_expr::reference(expr, instance, &self.globals);
            }),
        }
        Ok(())
    }

    /// Drops an element segment.
    pub(crate) fn drop_elem(&mut self, instance: u32, elem: ElemIdx) {
        self.instances[instance as usize].drop_elem(elem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::copy_elements;
    use crate::fuel::Fuel;
    use crate::{Engine, Program};
    use alloc::vec::Vec;

    const TEXT: &str = r#"(module
        (table 4 funcref) (table 4 funcref) (memory 1) (func $f) (func $g) (export "f" (func $f))
        (elem $passive func $f $g)
        (elem $active (i32.const 0) func $f)
        (elem $declared declare func $g)
        (data $passive "abc") (data $active (i32.const 0) "x"))"#;

    /// A store whose first instance is that of [`TEXT`].
    fn store() -> Store {
        let engine = Engine::default();
        let program = Program::new(&engine, &wat::parse_str(TEXT).unwrap()).unwrap();
        let mut store = Store::new(&engine);
        store.instantiate(&program, &[], &mut None).unwrap();
        store
    }

    fn copy(store: &mut Store, tables: [u32; 2], at: [u64; 2], count: u64) -> Result<(), Trap> {
        copy_elements(&mut store.tables, tables, at, count, &mut Fuel::unlimited())
    }

    fn elems(store: &Store, table: u32) -> Vec<u64> {
        store.tables[table as usize].elems().to_vec()
    }

    #[test]
    fn only_passive_segments_are_left_after_instantiation() {
        let store = store();
        let dropped = |elem| store.instances[0].has_dropped_elem(ElemIdx(elem));
        assert_eq!([0, 1, 2].map(dropped), [false, true, true]);
        let dropped = |data| store.instances[0].has_dropped_data(DataIdx(data));
        assert_eq!([0, 1].map(dropped), [false, true]);
    }

    #[test]
    fn dropped_segments_are_empty() {
        let mut store = store();
        let (passive, active) = (ElemIdx(0), ElemIdx(1));
        store.init_table(0, 1, passive, 2, 0, 2).unwrap();
        assert_eq!(elems(&store, 1), [0, 0, 1, 2]);
        assert_eq!(store.init_table(0, 1, active, 0, 0, 1), Err(Trap::TableOutOfBounds));
        store.drop_elem(0, passive);
        assert_eq!(store.init_table(0, 1, passive, 0, 0, 1), Err(Trap::TableOutOfBounds));
        store.init_table(0, 1, passive, 4, 0, 0).unwrap();
        assert_eq!(store.init_table(0, 1, passive, 5, 0, 0), Err(Trap::TableOutOfBounds));
        let (passive, active) = (DataIdx(0), DataIdx(1));
        store.init_memory(0, 0, passive, 1, 1, 2).unwrap();
        assert_eq!(store.memories[0].bytes()[..4], *b"xbc\0");
        assert_eq!(store.init_memory(0, 0, active, 0, 0, 1), Err(Trap::MemoryOutOfBounds));
        store.drop_data(0, passive);
        assert_eq!(store.init_memory(0, 0, passive, 0, 0, 1), Err(Trap::MemoryOutOfBounds));
        store.init_memory(0, 0, passive, 65_536, 0, 0).unwrap();
    }

    #[test]
    fn nothing_is_copied_if_not_all_can_be() {
        let mut store = store();
        let before = elems(&store, 0);
        assert_eq!(store.init_table(0, 0, ElemIdx(0), 3, 0, 2), Err(Trap::TableOutOfBounds));
        assert_eq!(store.init_table(0, 0, ElemIdx(0), 0, 1, 2), Err(Trap::TableOutOfBounds));
        assert_eq!(copy(&mut store, [0, 1], [3, 0], 2), Err(Trap::TableOutOfBounds));
        assert_eq!(copy(&mut store, [0, 1], [0, u64::MAX], 2), Err(Trap::TableOutOfBounds));
        assert_eq!(elems(&store, 0), before);
    }

    #[test]
    fn copies_may_overlap_and_cross() {
        let mut store = store();
        store.init_table(0, 0, ElemIdx(0), 0, 0, 2).unwrap();
        copy(&mut store, [0, 0], [1, 0], 2).unwrap();
        assert_eq!(elems(&store, 0), [1, 1, 2, 0]);
        copy(&mut store, [1, 0], [0, 1], 3).unwrap();
        assert_eq!(elems(&store, 1), [1, 2, 0, 0]);
    }
}
