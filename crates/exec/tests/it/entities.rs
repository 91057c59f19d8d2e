//! Entities made by the host, and handles to them.

use crate::{engine, instantiate};
use wasmite_core::{
    ExternKind, ExternType, FuncType, GlobalType, MemoryType, RefType, TableType, Trap, ValType,
};
use wasmite_exec::{Error, Extern, Store};

fn funcref_table(min: u32, max: Option<u32>) -> TableType {
    TableType::new(RefType::FUNCREF, min, max)
}

#[test]
fn globals_keep_to_their_types() {
    let mut store = Store::new(&engine());
    let variable = store.new_global(GlobalType::new(ValType::I32, true), 7).unwrap();
    store.global_set(variable, 8).unwrap();
    assert_eq!(store.global_get(variable), 8);
    assert!(matches!(store.global_set(variable, 1 << 32), Err(Error::TypeMismatch)));
    assert_eq!(store.global_get(variable), 8);
    let constant = store.new_global(GlobalType::new(ValType::I64, false), u64::MAX).unwrap();
    assert!(matches!(store.global_set(constant, 0), Err(Error::ImmutableGlobal)));
    let reference = GlobalType::new(ValType::FUNCREF, true);
    assert!(matches!(store.new_global(reference, 1), Err(Error::TypeMismatch)));
    let func = store.host_func(&FuncType::new([], []), 0).unwrap();
    let held = store.new_global(reference, store.func_ref(func)).unwrap();
    assert_eq!(store.ref_func(store.global_get(held)), Some(func));
}

#[test]
fn references_name_functions_or_nothing() {
    let mut store = Store::new(&engine());
    assert_eq!(
        (store.ref_func(0), store.ref_func(1), store.ref_func(u64::MAX)),
        (None, None, None)
    );
    let ty = FuncType::new([ValType::F32], [ValType::I64]);
    let first = store.host_func(&FuncType::new([], []), 3).unwrap();
    let second = store.host_func(&ty, 4).unwrap();
    assert_ne!(store.func_ref(first), store.func_ref(second));
    assert_eq!(store.ref_func(store.func_ref(second)), Some(second));
    assert_eq!(*store.func_type(second), ty);
    assert_eq!(store.extern_type(second.into()), Ok(ExternType::Func(ty)));
}

#[test]
fn table_operations_are_all_or_nothing() {
    let mut store = Store::new(&engine());
    let func = store.host_func(&FuncType::new([], []), 0).unwrap();
    let func = store.func_ref(func);
    let table = store.new_table(funcref_table(4, None), 0, &mut None).unwrap();
    let elements =
        |store: &Store| (0..4).map(|at| store.table_get(table, at).unwrap()).collect::<Vec<_>>();
    store.table_set(table, 1, func).unwrap();
    for result in [
        store.table_set(table, 4, func),
        store.table_fill(table, 2, func, 3),
        store.table_fill(table, u64::MAX, func, 2),
        store.table_copy(table, 3, table, 0, 2),
    ] {
        assert!(matches!(result, Err(Error::Trap { trap: Trap::TableOutOfBounds, .. })));
    }
    assert_eq!(elements(&store), [0, func, 0, 0]);
    store.table_copy(table, 1, table, 0, 3).unwrap();
    assert_eq!(elements(&store), [0, 0, func, 0]);
    assert!(matches!(store.table_set(table, 0, func + 1), Err(Error::TypeMismatch)));
    assert_eq!(store.table_get(table, 4), None);
}

#[test]
fn tables_of_other_types_are_not_copied() {
    let mut store = Store::new(&engine());
    let funcs = store.new_table(funcref_table(1, None), 0, &mut None).unwrap();
    let ty = TableType::new(RefType::EXTERNREF, 1, None);
    let externs = store.new_table(ty, 1234, &mut None).unwrap();
    assert!(matches!(store.table_copy(funcs, 0, externs, 0, 1), Err(Error::TypeMismatch)));
    let more = store.new_table(ty, 0, &mut None).unwrap();
    store.table_copy(more, 0, externs, 0, 1).unwrap();
    assert_eq!(store.table_get(more, 0), Some(1234));
}

#[test]
fn types_tell_current_sizes() {
    let mut store = Store::new(&engine());
    let memory = store.new_memory(MemoryType::new(1, Some(3)), &mut None).unwrap();
    store.memory_bytes_mut(memory)[65_535] = 1;
    assert_eq!(store.memory_grow(memory, 1, &mut None).unwrap(), 1);
    assert_eq!(store.memory_type(memory), MemoryType::new(2, Some(3)));
    let bytes = store.memory_bytes(memory);
    assert_eq!((bytes.len(), bytes[65_535], bytes[65_536]), (2 << 16, 1, 0));
    let table = store.new_table(funcref_table(1, Some(9)), 0, &mut None).unwrap();
    assert_eq!(store.table_grow(table, 4, 0, &mut None).unwrap(), 1);
    assert_eq!(store.table_type(table), funcref_table(5, Some(9)));
    assert_eq!(Extern::from(table).kind(), ExternKind::Table);
    assert_eq!(Extern::from(table).into_memory(), None);
}

#[test]
#[should_panic(expected = "this memory belongs to another store")]
fn foreign_memories_panic() {
    let engine = engine();
    let mut store = Store::new(&engine);
    let memory = store.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    let mut other = Store::new(&engine);
    other.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    other.memory_pages(memory);
}

#[test]
#[should_panic(expected = "this function belongs to another store")]
fn foreign_imports_panic() {
    let engine = engine();
    let mut store = Store::new(&engine);
    let func = store.host_func(&FuncType::new([], []), 0).unwrap();
    let mut other = Store::new(&engine);
    other.host_func(&FuncType::new([], []), 0).unwrap();
    let _ = instantiate(&mut other, r#"(module (import "" "" (func)))"#, &[func.into()]);
}

#[test]
fn stores_and_programs_cross_threads() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<Store>();
    send::<wasmite_exec::Program>();
    sync::<wasmite_exec::Program>();
    send::<Error>();
    sync::<Error>();
}
