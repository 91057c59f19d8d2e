//! What growth has to pass: types, limits, and the limiter.

use crate::{engine, instantiate};
use wasmite_core::{Limits, MemoryType, RefType, TableType};
use wasmite_exec::{Config, Engine, Error, Limiter, MemoryGrowth, Store, Verdict};

/// Grants up to a number of bytes and elements, and writes down what it is asked and told.
struct Notes {
    most: u64,
    asked: Vec<(u64, u64, Option<u64>)>,
    failures: u32,
}

impl Notes {
    fn new(most: u64) -> Self {
        Self { most, asked: Vec::new(), failures: 0 }
    }
}

impl Limiter for Notes {
    fn memory_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict {
        self.asked.push((current, desired, maximum));
        if desired <= self.most { Verdict::Granted } else { Verdict::Refused }
    }

    fn table_growing(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> Verdict {
        self.memory_growing(current, desired, maximum)
    }

    fn memory_grow_failed(&mut self) -> Verdict {
        self.failures += 1;
        Verdict::Refused
    }

    fn table_grow_failed(&mut self) -> Verdict {
        self.memory_grow_failed()
    }

    fn instances(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        2
    }
}

#[test]
fn limiters_see_exact_bytes() {
    let mut store = Store::new(&engine());
    let mut notes = Notes::new(3 << 16);
    let limiter = &mut Some(&mut notes as &mut dyn Limiter);
    let memory = store.new_memory(MemoryType::new(1, Some(9)), limiter).unwrap();
    assert_eq!(store.memory_grow(memory, 2, limiter).unwrap(), 1);
    assert!(matches!(store.memory_grow(memory, 1, limiter), Err(Error::GrowthDenied)));
    assert!(matches!(store.memory_grow(memory, 7, limiter), Err(Error::MaximumExceeded)));
    assert_eq!(store.memory_grow(memory, 0, limiter).unwrap(), 3);
    assert_eq!(store.memory_bytes(memory).len(), 3 << 16);
    let max = Some(9 << 16);
    assert_eq!(notes.asked, [(0, 1 << 16, max), (1 << 16, 3 << 16, max), (3 << 16, 4 << 16, max)]);
    assert_eq!(notes.failures, 2);
}

#[test]
fn pages_of_one_byte_are_bytes() {
    let mut store = Store::new(&engine());
    let ty = MemoryType::builder().page_size_log2(0).min(10).max(Some(100)).build().unwrap();
    let mut notes = Notes::new(50);
    let limiter = &mut Some(&mut notes as &mut dyn Limiter);
    let memory = store.new_memory(ty, limiter).unwrap();
    assert_eq!(store.memory_grow(memory, 5, limiter).unwrap(), 10);
    assert_eq!(store.memory_bytes(memory).len(), 15);
    assert!(store.memory_grow(memory, 36, limiter).is_err());
    assert_eq!(notes.asked, [(0, 10, Some(100)), (10, 15, Some(100)), (15, 51, Some(100))]);
}

#[test]
fn tables_grow_as_far_as_they_may() {
    let mut store = Store::new(&engine());
    let mut notes = Notes::new(6);
    let limiter = &mut Some(&mut notes as &mut dyn Limiter);
    let ty = TableType::new(RefType::EXTERNREF, 2, Some(8));
    let table = store.new_table(ty, 5, limiter).unwrap();
    assert_eq!(store.table_grow(table, 3, 6, limiter).unwrap(), 2);
    assert!(matches!(store.table_grow(table, 2, 0, limiter), Err(Error::GrowthDenied)));
    assert!(matches!(store.table_grow(table, 4, 0, limiter), Err(Error::MaximumExceeded)));
    assert!(matches!(store.table_grow(table, u64::MAX, 0, limiter), Err(Error::MaximumExceeded)));
    let elements: Vec<_> = (0..6).map_while(|at| store.table_get(table, at)).collect();
    assert_eq!(elements, [5, 5, 6, 6, 6]);
    assert_eq!(notes.failures, 3);
}

#[test]
fn counts_are_limited() {
    let mut store = Store::new(&engine());
    let mut notes = Notes::new(u64::MAX);
    let limiter = &mut Some(&mut notes as &mut dyn Limiter);
    for _ in 0..2 {
        store.new_memory(MemoryType::new(0, None), limiter).unwrap();
    }
    let third = store.new_memory(MemoryType::new(0, None), limiter);
    assert!(matches!(third, Err(Error::Limit(_))), "{third:?}");
    let program = crate::program(&store, "(module)");
    store.instantiate(&program, &[], limiter).unwrap();
    assert!(matches!(store.instantiate(&program, &[], limiter), Err(Error::Limit(_))));
    store.instantiate(&program, &[], &mut None).unwrap();
}

#[test]
fn instances_are_limited_without_a_limiter() {
    let limits = Limits { instances: 2, ..Limits::default() };
    let mut store = Store::new(&Engine::new(Config { limits, ..Config::default() }));
    let made: Vec<_> = (0..3).map(|_| instantiate(&mut store, "(module)", &[])).collect();
    assert!(matches!(&made[..], [Ok(_), Ok(_), Err(Error::Limit(_))]), "{made:?}");
}

#[test]
fn bytes_of_a_store_are_limited_together() {
    let limits = Limits { store_bytes: (3 << 16) + 8, ..Limits::default() };
    let mut store = Store::new(&Engine::new(Config { limits, ..Config::default() }));
    let first = store.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    let second = store.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    assert!(matches!(store.memory_grow(first, 2, &mut None), Err(Error::Limit(_))));
    store.memory_grow(second, 1, &mut None).unwrap();
    assert!(matches!(store.memory_grow(first, 1, &mut None), Err(Error::Limit(_))));
    let ty = TableType::new(RefType::FUNCREF, 1, None);
    let table = store.new_table(ty, 0, &mut None).unwrap();
    assert!(matches!(store.table_grow(table, 1, 0, &mut None), Err(Error::Limit(_))));
}

#[test]
fn single_memories_and_tables_are_limited() {
    let limits = Limits { memory_bytes: 1 << 16, table_elements: 2, ..Limits::default() };
    let mut store = Store::new(&Engine::new(Config { limits, ..Config::default() }));
    let memory = store.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    assert!(matches!(store.memory_grow(memory, 1, &mut None), Err(Error::Limit(_))));
    let ty = TableType::new(RefType::FUNCREF, 3, None);
    assert!(matches!(store.new_table(ty, 0, &mut None), Err(Error::Limit(_))));
}

#[test]
fn impossible_sizes_are_errors() {
    let mut store = Store::new(&engine());
    let memory = store.new_memory(MemoryType::new64(0, None), &mut None).unwrap();
    for pages in [1 << 48, (1 << 48) - 1, 1 << 47, (1 << 47) - 1] {
        let grown = store.memory_grow(memory, pages, &mut None);
        assert!(matches!(grown, Err(Error::OutOfMemory)), "{pages}: {grown:?}");
    }
    assert_eq!(store.memory_grow(memory, 1, &mut None).unwrap(), 0);
    let made = instantiate(&mut store, "(module (memory i64 0x1000000000000))", &[]);
    assert!(matches!(made, Err(Error::OutOfMemory)));
}

/// What the allocator gives costs nothing until it is touched; it may as well refuse, and then nothing has changed.
#[test]
fn all_bytes_of_32_bit_addresses_at_once() {
    for memory_growth in [MemoryGrowth::Exact, MemoryGrowth::Amortised] {
        let mut store = Store::new(&Engine::new(Config { memory_growth, ..Config::default() }));
        let ty = MemoryType::builder().page_size_log2(0).build().unwrap();
        let memory = store.new_memory(ty, &mut None).unwrap();
        let most = u64::from(u32::MAX);
        match store.memory_grow(memory, most, &mut None) {
            Ok(old) => {
                assert_eq!((old, store.memory_pages(memory)), (0, most));
                assert_eq!(store.memory_bytes(memory).last(), Some(&0));
                let beyond = store.memory_grow(memory, 1, &mut None);
                assert!(matches!(beyond, Err(Error::MaximumExceeded)), "{beyond:?}");
                assert_eq!(store.memory_grow(memory, 0, &mut None).unwrap(), most);
            }
            Err(error) => {
                assert!(matches!(error, Error::OutOfMemory), "{error}");
                assert_eq!(store.memory_pages(memory), 0);
            }
        }
    }
}
