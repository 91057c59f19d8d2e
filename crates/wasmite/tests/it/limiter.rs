//! Resource limiters: growth refused, counted, and failed with an error.

use crate::call;
use wasmite::{
    Engine, Error, Instance, Memory, MemoryType, Module, Ref, RefType, ResourceLimiter, Result,
    Store, StoreLimits, StoreLimitsBuilder, Table, TableType,
};

const TEXT: &str = r#"(module
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (func (export "grow memory") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "grow table") (param i32) (result i32)
        (table.grow (ref.null func) (local.get 0))))"#;

fn limited(limits: StoreLimits) -> Store<StoreLimits> {
    let mut store = Store::new(&Engine::default(), limits);
    store.limiter(|limits| limits);
    store
}

fn instance<T>(store: &mut Store<T>) -> Result<Instance> {
    let module = Module::new(store.engine(), TEXT)?;
    Instance::new(store, &module, &[])
}

#[test]
fn guest_growth_stops_at_the_limit() {
    let mut store =
        limited(StoreLimitsBuilder::new().memory_size(3 << 16).table_elements(4).build());
    let instance = instance(&mut store).unwrap();
    for (name, results) in [("grow memory", [1, -1, 2, -1, 3]), ("grow table", [2, -1, 3, -1, 4])] {
        for (delta, expected) in [1, 2, 1, 1, 0].into_iter().zip(results) {
            let old: i32 = call(&mut store, instance, name, delta).unwrap();
            assert_eq!(old, expected, "{name} by {delta}");
        }
    }
}

#[test]
fn host_growth_and_creation_stop_at_the_limit() {
    let mut store =
        limited(StoreLimitsBuilder::new().memory_size(3 << 16).table_elements(4).build());
    let instance = instance(&mut store).unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    assert!(memory.grow(&mut store, 3).is_err());
    assert_eq!(memory.grow(&mut store, 2).unwrap(), 1);
    assert_eq!(memory.data_size(&store), 3 << 16);
    let table = instance.get_table(&store, "table").unwrap();
    assert!(table.grow(&mut store, 3, Ref::Func(None)).is_err());
    assert_eq!(table.grow(&mut store, 2, Ref::Func(None)).unwrap(), 2);
    assert!(Memory::new(&mut store, MemoryType::new(4, None)).is_err());
    assert!(Memory::new(&mut store, MemoryType::new(3, None)).is_ok());
    let ty = |min| TableType::new(RefType::EXTERNREF, min, None);
    assert!(Table::new(&mut store, ty(5), Ref::Extern(None)).is_err());
    assert!(Table::new(&mut store, ty(4), Ref::Extern(None)).is_ok());
}

#[test]
fn counts_are_limited() {
    let builder = StoreLimitsBuilder::new;
    for (limits, fits) in [
        (builder().instances(2), 2),
        (builder().memories(1), 1),
        (builder().tables(0), 0),
        (builder().instances(0), 0),
    ] {
        let mut store = limited(limits.build());
        for _ in 0..fits {
            instance(&mut store).unwrap();
        }
        assert!(instance(&mut store).is_err());
    }
}

#[test]
fn errors_of_the_limiter_end_the_call() {
    let limits = StoreLimitsBuilder::new().memory_size(1 << 16).trap_on_grow_failure(true);
    let mut store = limited(limits.build());
    let instance = instance(&mut store).unwrap();
    let error = call::<i32, i32, _>(&mut store, instance, "grow memory", 1).unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    let frames = error.backtrace().unwrap().frames();
    assert_eq!(frames.len(), 1, "the error says where growth was refused");
    assert_eq!(call::<i32, i32, _>(&mut store, instance, "grow memory", 0).unwrap(), 1);
}

#[test]
fn nothing_runs_after_an_error_of_the_limiter() {
    let limits = StoreLimitsBuilder::new().memory_size(1 << 16).table_elements(2);
    let mut store = limited(limits.trap_on_grow_failure(true).build());
    let text = r#"(module
        (memory (export "memory") 1)
        (table 2 externref)
        (func (export "memory then store") (param i32)
            (drop (memory.grow (local.get 0)))
            (i32.store8 (i32.const 0) (i32.const 1)))
        (func (export "table then store") (param i32)
            (drop (table.grow (ref.null extern) (local.get 0)))
            (i32.store8 (i32.const 0) (i32.const 1))))"#;
    let module = Module::new(store.engine(), text).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    for name in ["memory then store", "table then store"] {
        call::<i32, (), _>(&mut store, instance, name, 1).unwrap_err();
        assert_eq!(memory.data(&store)[0], 0, "{name}");
        call::<i32, (), _>(&mut store, instance, name, 0).unwrap();
        assert_eq!(memory.data(&store)[0], 1, "{name}: the store is usable");
        memory.data_mut(&mut store)[0] = 0;
    }
}

/// Allows everything and remembers what it was asked.
#[derive(Default)]
struct Log {
    asked: Vec<(usize, usize, Option<usize>)>,
}

impl ResourceLimiter for Log {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, Error> {
        self.asked.push((current, desired, maximum));
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, Error> {
        Ok(true)
    }
}

#[test]
fn the_limiter_sees_exact_bytes() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, Log::default());
    store.limiter(|log| log);
    let ty = MemoryType::builder().min(1000).max(Some(5000)).page_size_log2(0).build().unwrap();
    let bytes = Memory::new(&mut store, ty).unwrap();
    bytes.grow(&mut store, 24).unwrap();
    let pages = Memory::new(&mut store, MemoryType::new(1, Some(3))).unwrap();
    pages.grow(&mut store, 2).unwrap();
    let page = 1 << 16;
    let expected = [
        (0, 1000, Some(5000)),
        (1000, 1024, Some(5000)),
        (0, page, Some(3 * page)),
        (page, 3 * page, Some(3 * page)),
    ];
    assert_eq!(store.data().asked, expected);
}
