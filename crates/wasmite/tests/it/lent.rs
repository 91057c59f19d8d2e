//! Memories in bytes of the host's: made by the host, and those that modules define.

use crate::call;
use wasmite::{
    Config, Engine, Error, Instance, Limits, Memory, MemoryType, Module, ResourceLimiter, Result,
    Store, Trap,
};

fn leak(len: usize) -> &'static mut [u8] {
    vec![0xff; len].leak()
}

fn bytes(min: u64, max: Option<u64>) -> MemoryType {
    MemoryType::builder().page_size_log2(0).min(min).max(max).build().unwrap()
}

fn engine() -> Engine {
    Engine::new(Config::new().wasm_custom_page_sizes(true)).unwrap()
}

const GUEST: &str = r#"(module
    (memory (export "memory") 100 (pagesize 1))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))"#;

#[test]
fn static_memories_are_where_they_were_given() {
    let mut store = Store::new(&engine(), ());
    let given = leak(1000);
    let start = given.as_ptr();
    let memory = Memory::new_static(&mut store, bytes(10, None), given).unwrap();
    assert_eq!((memory.size(&store), memory.data(&store)), (10, &[0; 10][..]));
    memory.data_mut(&mut store).fill(7);
    let grown = allocation_counter::measure(|| {
        assert_eq!(memory.grow(&mut store, 900).unwrap(), 10);
        assert!(memory.grow(&mut store, 91).is_err());
        assert_eq!(memory.grow(&mut store, 90).unwrap(), 910);
    });
    assert!(grown.bytes_current == 0, "nothing is kept");
    let data = memory.data(&store);
    assert_eq!((data.len(), data.as_ptr()), (1000, start));
    assert!(data[..10].iter().all(|byte| *byte == 7) && data[10..].iter().all(|byte| *byte == 0));
    assert!(memory.grow(&mut store, 1).is_err());
}

#[test]
fn static_memories_obey_their_type() {
    let mut store = Store::new(&engine(), ());
    assert!(Memory::new_static(&mut store, bytes(11, None), leak(10)).is_err());
    assert!(Memory::new_static(&mut store, MemoryType::new(1, None), leak(65_535)).is_err());
    let memory = Memory::new_static(&mut store, bytes(1, Some(5)), leak(10)).unwrap();
    assert!(memory.grow(&mut store, 5).is_err());
    memory.grow(&mut store, 4).unwrap();
    // Whole pages only.
    let ty = MemoryType::builder().page_size_log2(4).min(1).build().unwrap();
    let memory = Memory::new_static(&mut store, ty, leak(47)).unwrap();
    assert!(memory.grow(&mut store, 2).is_err());
    memory.grow(&mut store, 1).unwrap();
    assert_eq!(memory.data_size(&store), 32);
    let none = Memory::new_static(&mut store, bytes(0, None), leak(0)).unwrap();
    assert!(none.data(&store).is_empty() && none.grow(&mut store, 1).is_err());
}

#[test]
fn guests_run_in_static_memories() {
    let engine = engine();
    let text = GUEST.replace(r#"(memory (export "memory") "#, r#"(memory (import "m" "m") "#);
    let module = Module::new(&engine, text).unwrap();
    let mut store = Store::new(&engine, ());
    let memory = Memory::new_static(&mut store, bytes(100, None), leak(120)).unwrap();
    let instance = Instance::new(&mut store, &module, &[memory.into()]).unwrap();
    run_guest(&mut store, instance, 120);
}

/// Runs [`GUEST`] with a memory that can grow to `most` bytes.
fn run_guest<T>(store: &mut Store<T>, instance: Instance, most: i32) {
    call::<(i32, i32), (), _>(store, instance, "store", (99, 5)).unwrap();
    assert_eq!(call::<i32, i32, _>(store, instance, "grow", most - 99).unwrap(), -1);
    assert_eq!(call::<i32, i32, _>(store, instance, "grow", most - 100).unwrap(), 100);
    assert_eq!(call::<i32, i32, _>(store, instance, "load", 99).unwrap(), 5);
    assert_eq!(call::<i32, i32, _>(store, instance, "load", most - 1).unwrap(), 0);
    let error = call::<i32, i32, _>(store, instance, "load", most).unwrap_err();
    assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds));
}

#[test]
fn modules_define_their_memories_in_what_was_lent() {
    let engine = engine();
    let module = Module::new(&engine, GUEST).unwrap();
    let mut store = Store::new(&engine, ());
    let given = [leak(110), leak(130)];
    let starts = [given[0].as_ptr(), given[1].as_ptr()];
    for bytes in given {
        store.lend_memory(bytes).unwrap();
    }
    // What the host makes is not put there.
    let of_host = Memory::new(&mut store, bytes(100, None)).unwrap();
    let instances: Vec<Instance> =
        (0..3).map(|_| Instance::new(&mut store, &module, &[]).unwrap()).collect();
    let start = |store: &Store<()>, instance: &Instance| {
        instance.get_memory(store, "memory").unwrap().data(store).as_ptr()
    };
    assert_eq!(start(&store, &instances[0]), starts[0]);
    assert_eq!(start(&store, &instances[1]), starts[1]);
    assert!(!starts.contains(&start(&store, &instances[2])));
    assert!(!starts.contains(&of_host.data(&store).as_ptr()));
    run_guest(&mut store, instances[0], 110);
    run_guest(&mut store, instances[1], 130);
    let held: Vec<u64> = store.memory_usage().map(|usage| usage.held).collect();
    assert_eq!(held, [100, 110, 130, 100]);
}

#[test]
fn what_was_lent_outlives_instantiation_that_fails() {
    let engine = engine();
    let too_large = "(module (memory 50 (pagesize 1)) (memory 300 (pagesize 1)))";
    let too_large = Module::new(&engine, too_large).unwrap();
    let module = Module::new(&engine, GUEST).unwrap();
    let mut store = Store::new(&engine, ());
    let (first, second) = (leak(120), leak(200));
    let starts = [first.as_ptr(), second.as_ptr()];
    store.lend_memory(first).unwrap();
    store.lend_memory(second).unwrap();
    for _ in 0..3 {
        assert!(Instance::new(&mut store, &too_large, &[]).is_err());
    }
    // Both are there again, in order.
    for (start, most) in starts.into_iter().zip([120, 200]) {
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert_eq!(memory.data(&store).as_ptr(), start);
        run_guest(&mut store, instance, most);
    }
}

/// Writes down what it is asked.
#[derive(Default)]
struct Log(Vec<usize>);

impl ResourceLimiter for Log {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> Result<bool, Error> {
        self.0.push(desired);
        Ok(desired <= 15)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, Error> {
        Ok(true)
    }

    fn store_growing(&mut self, _: usize, _: usize) -> Result<bool, Error> {
        Ok(false)
    }
}

#[test]
fn only_limits_on_single_memories_count() {
    let limits = Limits { memory_bytes: 20, store_bytes: 0, ..Limits::default() };
    let engine = Engine::new(Config::new().limits(limits)).unwrap();
    let mut store = Store::new(&engine, Log::default());
    let memory = Memory::new_static(&mut store, bytes(10, None), leak(100)).unwrap();
    assert!(memory.grow(&mut store, 11).is_err());
    memory.grow(&mut store, 10).unwrap();
    assert!(Memory::new_static(&mut store, bytes(21, None), leak(100)).is_err());
    assert!(Memory::new(&mut store, bytes(1, None)).is_err(), "the store may hold nothing");
    store.limiter(|log| log);
    let memory = Memory::new_static(&mut store, bytes(10, None), leak(100)).unwrap();
    assert!(memory.grow(&mut store, 6).is_err());
    memory.grow(&mut store, 5).unwrap();
    assert_eq!(store.data().0, [10, 16, 15]);
}

#[test]
fn memories_of_no_bytes_allocate_nothing() {
    let engine = engine();
    let counted = |memory: &str| {
        let module = Module::new(&engine, format!("(module {memory})")).unwrap();
        let mut store = Store::new(&engine, ());
        // Room for entities, and the first run of everything.
        let memories = "(module (memory 0) (memory 0) (memory 0))";
        let first = Module::new(&engine, memories).unwrap();
        Instance::new(&mut store, &first, &[]).unwrap();
        Instance::new(&mut store, &first, &[]).unwrap();
        let made = allocation_counter::measure(|| drop(Instance::new(&mut store, &module, &[])));
        (made.count_total, made.bytes_total)
    };
    let none = counted("(memory 0 (pagesize 1))");
    assert_eq!(counted("(memory 0)"), none);
    assert_eq!(counted("(memory 1000 (pagesize 1))"), (none.0 + 1, none.1 + 1000));
}
