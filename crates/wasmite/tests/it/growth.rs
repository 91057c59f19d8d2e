//! How memories grow: what is held for them, what limiters are asked, and what is left after growth that failed.

use crate::call;
use wasmite::{
    Config, Engine, Error, Instance, Limits, Memory, MemoryGrowth, MemoryType, Module, Ref,
    RefType, ResourceLimiter, Result, Store, StoreLimitsBuilder, Table, TableType,
};

/// All ways to grow that there are here.
fn ways() -> impl Iterator<Item = MemoryGrowth> {
    let all = [MemoryGrowth::Exact, MemoryGrowth::Amortised, MemoryGrowth::Reserved];
    all.into_iter().filter(|growth| growth.is_available())
}

fn engine(growth: MemoryGrowth) -> Engine {
    let mut config = Config::new();
    config.wasm_custom_page_sizes_all(true).memory_growth(growth);
    Engine::new(&config).unwrap()
}

fn limited<L: ResourceLimiter + Send + Sync + 'static>(
    growth: MemoryGrowth,
    limiter: L,
) -> Store<L> {
    let mut store = Store::new(&engine(growth), limiter);
    store.limiter(|limiter| limiter);
    store
}

fn bytes(min: u64, max: Option<u64>) -> MemoryType {
    MemoryType::builder().page_size_log2(0).min(min).max(max).build().unwrap()
}

/// Bytes that `act` has left on the heap.
fn allocated(act: impl FnMut()) -> i64 {
    allocation_counter::measure(act).bytes_current
}

/// Bytes held for all memories of a store.
fn held<T>(store: &Store<T>) -> u64 {
    store.memory_usage().map(|usage| usage.held).sum()
}

#[test]
fn memories_reserve_space_only_where_they_can() {
    let available = cfg!(all(unix, target_pointer_width = "64"));
    assert_eq!(MemoryGrowth::Reserved.is_available(), available);
    assert_eq!(MemoryGrowth::default(), MemoryGrowth::Amortised);
    let made = Engine::new(Config::new().memory_growth(MemoryGrowth::Reserved));
    assert_eq!(made.is_ok(), available);
}

/// Grows memories and a table in steps, and compares what the allocator has given out with what a limiter was told.
#[test]
fn what_is_held_is_what_was_granted() {
    for growth in ways() {
        for total in [900, 5000, 1 << 20] {
            let limits = StoreLimitsBuilder::new().memory_size(3000).total_size(total);
            let mut store = limited(growth, limits.build());
            let mut heap = 0;
            let (mut memories, mut table) = (Vec::new(), None);
            // Room for the entities themselves.
            let ty = TableType::new(RefType::EXTERNREF, 0, None);
            for _ in 0..4 {
                memories.push(Memory::new(&mut store, bytes(0, None)).unwrap());
            }
            heap += allocated(|| {
                table = Some(Table::new(&mut store, ty, Ref::Extern(None)).unwrap());
            });
            let (table, entity) = (table.unwrap(), heap);
            for step in 0..2000u64 {
                let memory = memories[(step % 4) as usize];
                let before = memory.size(&store);
                let mut grown = false;
                heap += allocated(|| grown = memory.grow(&mut store, 1 + step % 13).is_ok());
                assert_eq!(
                    memory.size(&store),
                    if grown { before + 1 + step % 13 } else { before }
                );
                if step % 16 == 0 {
                    heap += allocated(|| drop(table.grow(&mut store, 3, Ref::Extern(None))));
                }
                let elements = 8 * table.size(&store);
                let on_heap = (heap - entity) as u64;
                match growth {
                    MemoryGrowth::Reserved => assert_eq!(on_heap, elements),
                    _ => assert_eq!(on_heap, held(&store) + elements),
                }
                assert!(held(&store) + elements <= total as u64, "{growth:?}");
            }
            // Growth has stopped where a limit is, and not before.
            let left = total as u64 - held(&store) - 8 * table.size(&store);
            let room = store.memory_usage().any(|usage| usage.bytes + 13 <= 3000);
            assert!(!room || left < 13, "{growth:?}: {left} of {total} left");
        }
    }
}

#[test]
fn exact_growth_holds_no_byte_more() {
    let mut store = Store::new(&engine(MemoryGrowth::Exact), ());
    let memory = Memory::new(&mut store, bytes(10, None)).unwrap();
    for delta in 1..100 {
        let more = allocated(|| drop(memory.grow(&mut store, delta)));
        assert_eq!(more, delta as i64);
        assert_eq!(held(&store), memory.data_size(&store));
    }
}

#[test]
fn amortised_growth_is_bounded() {
    let limits = Limits { memory_bytes: 20_000, store_bytes: 30_000, ..Limits::default() };
    let mut config = Config::new();
    config.memory_growth(MemoryGrowth::Amortised).limits(limits);
    let mut store = Store::new(&Engine::new(&config).unwrap(), ());
    let first = Memory::new(&mut store, bytes(1, Some(15_000))).unwrap();
    let second = Memory::new(&mut store, bytes(1, None)).unwrap();
    for (memory, most) in [(first, 15_000), (second, 15_000)] {
        for size in 2..=most {
            memory.grow(&mut store, 1).unwrap();
            for usage in store.memory_usage() {
                assert!(usage.held <= usage.bytes + usage.bytes / 2 + 64, "{usage:?}");
                assert!(usage.held <= 15_000 && usage.bytes <= usage.held, "{usage:?}");
            }
            assert_eq!(memory.size(&store), size);
        }
        assert!(memory.grow(&mut store, 1).is_err());
    }
    assert_eq!(held(&store), 30_000);
    // Pages there cannot be, and parts of pages, are not got in advance: 48 + 24 + 64 bytes are 8 pages and a half.
    for (max, pages) in [(5, 5), (100, 8)] {
        let ty = MemoryType::builder().page_size_log2(4).min(1).max(Some(max)).build().unwrap();
        let mut store = Store::new(&engine(MemoryGrowth::Amortised), ());
        Memory::new(&mut store, ty).unwrap().grow(&mut store, 2).unwrap();
        assert_eq!(held(&store), pages << 4);
    }
}

#[test]
fn memories_of_reserved_space_stay_where_they_are() {
    if !MemoryGrowth::Reserved.is_available() {
        assert!(Engine::new(Config::new().memory_growth(MemoryGrowth::Reserved)).is_err());
        return;
    }
    let mut store = Store::new(&engine(MemoryGrowth::Reserved), ());
    for ty in [bytes(1, None), MemoryType::new(1, None), MemoryType::new64(1, None)] {
        let memory = Memory::new(&mut store, ty).unwrap();
        let start = memory.data(&store).as_ptr();
        memory.data_mut(&mut store)[0] = 1;
        for delta in [1, 10, 1000, 10_000] {
            let count = allocation_counter::measure(|| drop(memory.grow(&mut store, delta)));
            assert_eq!(count.count_total, 0);
            assert_eq!(memory.data(&store).as_ptr(), start);
            assert_eq!(memory.data(&store).last(), Some(&0));
        }
        assert_eq!((memory.size(&store), memory.data(&store)[0]), (11_012, 1));
    }
}

/// Grows a memory by a page at a time, in one call.
const STEPS: &str = r#"(module
    (memory (export "memory") 0 (pagesize 1))
    (func (export "steps") (param $count i32) (result i32) (local $failed i32)
        (loop $next
            (local.set $failed (i32.or (local.get $failed)
                (i32.eq (memory.grow (i32.const 1)) (i32.const -1))))
            (i32.store8 (i32.sub (memory.size) (i32.const 1)) (local.get $count))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br_if $next (local.get $count)))
        (local.get $failed)))"#;

/// How many steps.
const COUNT: u32 = 1_000_000;

/// Takes all steps, and checks what it has cost.
fn check_steps(growth: MemoryGrowth, store_bytes: u64, limiter: Option<StoreLimitsBuilder>) {
    let mut config = Config::new();
    config.wasm_custom_page_sizes(true).memory_growth(growth);
    config.limits(Limits { store_bytes, ..Limits::default() });
    let is_limited = limiter.is_some();
    let engine = Engine::new(&config).unwrap();
    let mut store = Store::new(&engine, limiter.unwrap_or_default().build());
    if is_limited {
        store.limiter(|limits| limits);
    }
    let module = Module::new(&engine, STEPS).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    // The first call makes the value stack.
    assert_eq!(call::<u32, i32, _>(&mut store, instance, "steps", 1).unwrap(), 0);
    let mut failed = 1;
    let count = allocation_counter::measure(|| {
        failed = call::<u32, i32, _>(&mut store, instance, "steps", COUNT).unwrap();
    });
    assert_eq!(failed, 0);
    let data = instance.get_memory(&store, "memory").unwrap().data(&store);
    assert_eq!(data.len() as u32, COUNT + 1);
    assert!(data[1..].iter().rev().zip(1u32..).all(|(byte, count)| *byte == count as u8));
    assert_eq!(store.memory_usage().next().unwrap().growths, u64::from(COUNT) + 1);
    // Growing by half takes 22 copies from 66 bytes to a million; getting half of what is left, 19 for the last third.
    assert!(count.count_total < 50, "{growth:?}: {} allocations", count.count_total);
    assert!(count.bytes_total < 30 * u64::from(COUNT), "{growth:?}: {}", count.bytes_total);
}

/// Also where limits are so near that there is no room for half as much again.
#[test]
fn a_million_steps_by_a_byte_take_linear_time() {
    let most = COUNT as usize + 1;
    for growth in ways().filter(|growth| *growth != MemoryGrowth::Exact) {
        check_steps(growth, u64::MAX, None);
        check_steps(growth, most as u64, None);
        check_steps(growth, u64::MAX, Some(StoreLimitsBuilder::new().memory_size(most)));
        check_steps(growth, u64::MAX, Some(StoreLimitsBuilder::new().total_size(most)));
    }
}

/// Grows a table by an element as often as is asked for, and returns how often that failed.
const TABLE_STEPS: &str = r#"(module (table (export "table") 1 funcref) (elem declare func $f)
    (func $f (export "steps") (param $n i32) (result i32) (local $failed i32)
        (loop $again
            (local.set $failed (i32.add (local.get $failed)
                (i32.eq (table.grow (ref.func $f) (i32.const 1)) (i32.const -1))))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $failed)))"#;

#[test]
fn tables_grow_in_advance_as_memories_do_unless_a_limiter_counts() {
    const COUNT: u32 = 50_000;
    let steps = |growth, max: u64, limiter: Option<StoreLimitsBuilder>| {
        let mut config = Config::new();
        config.memory_growth(growth);
        config.limits(Limits { table_elements: max, ..Limits::default() });
        let engine = Engine::new(&config).unwrap();
        let is_limited = limiter.is_some();
        let mut store = Store::new(&engine, limiter.unwrap_or_default().build());
        if is_limited {
            store.limiter(|limits| limits);
        }
        let module = Module::new(&engine, TABLE_STEPS).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        assert_eq!(call::<u32, i32, _>(&mut store, instance, "steps", 1).unwrap(), 0);
        let mut failed = 0;
        let count = allocation_counter::measure(|| {
            failed = call::<u32, i32, _>(&mut store, instance, "steps", COUNT).unwrap();
        });
        let table = instance.get_table(&store, "table").unwrap();
        assert_eq!(table.size(&store), max.min(u64::from(COUNT) + 2));
        assert_eq!(u64::try_from(failed).unwrap(), u64::from(COUNT) + 2 - table.size(&store));
        for at in [1, table.size(&store) - 1] {
            assert!(matches!(table.get(&store, at), Some(Ref::Func(Some(_)))), "{at}");
        }
        assert!(count.bytes_max <= 16 * max, "nothing beyond the limit");
        count.count_total
    };
    assert!(steps(MemoryGrowth::Amortised, 100_000, None) < 50);
    assert!(steps(MemoryGrowth::Amortised, 40_000, None) < 50);
    assert!(steps(MemoryGrowth::Exact, 100_000, None) >= COUNT.into());
    let limiter = StoreLimitsBuilder::new().table_elements(100_000);
    assert!(steps(MemoryGrowth::Amortised, 100_000, Some(limiter)) >= COUNT.into());
}

/// Refuses everything beyond a size, or fails.
struct Until {
    most: usize,
    fail: bool,
    failures: usize,
}

impl ResourceLimiter for Until {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> Result<bool, Error> {
        Ok(desired <= self.most)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, Error> {
        Ok(true)
    }

    fn memory_grow_failed(&mut self) -> Result<(), Error> {
        self.failures += 1;
        if self.fail { Err(Error::msg("no more of that")) } else { Ok(()) }
    }
}

const GROW: &str = r#"(module
    (memory (export "memory") i64 8 50 (pagesize 1))
    (memory i64 1 (pagesize 4096))
    (func (export "grow") (param i64) (result i64) (memory.grow 0 (local.get 0)))
    (func (export "grow 1") (param i64) (result i64) (memory.grow 1 (local.get 0))))"#;

/// A step that the limiter refuses, one beyond the maximum, and some beyond what any host has.
const TOO_MUCH: [(&str, i64); 6] = [
    ("grow", 30),
    ("grow", 43),
    ("grow", -1),
    ("grow 1", 1 << 50),
    ("grow 1", (1 << 52) - 1),
    ("grow 1", -1),
];

#[test]
fn growth_that_fails_loses_nothing() {
    for growth in ways() {
        for fail in [false, true] {
            let mut store = limited(growth, Until { most: 1 << 20, fail, failures: 0 });
            let module = Module::new(store.engine(), GROW).unwrap();
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let memory = instance.get_memory(&store, "memory").unwrap();
            memory.data_mut(&mut store).copy_from_slice(b"contents");
            store.data_mut().most = 20;
            for (failures, (name, delta)) in (1..).zip(TOO_MUCH) {
                let grown = call::<i64, i64, _>(&mut store, instance, name, delta);
                match grown {
                    Ok(old) => assert_eq!((old, fail), (-1, false), "{name} {delta}"),
                    Err(error) => assert!(fail && error.to_string().contains("no more"), "{error}"),
                }
                assert!(memory.grow(&mut store, 43).is_err());
                assert_eq!(store.data().failures, 2 * failures);
                assert_eq!(memory.data(&store), b"contents");
            }
            assert_eq!(call::<i64, i64, _>(&mut store, instance, "grow", 12).unwrap(), 8);
            assert_eq!(memory.data(&store), b"contents\0\0\0\0\0\0\0\0\0\0\0\0");
        }
    }
}

#[test]
fn store_limits_trap_if_asked() {
    for growth in ways() {
        for trap in [false, true] {
            let limits = StoreLimitsBuilder::new().memory_size(5000).trap_on_grow_failure(trap);
            let mut store = limited(growth, limits.build());
            let module = Module::new(store.engine(), GROW).unwrap();
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            for (name, delta) in &TOO_MUCH[1..] {
                let grown = call::<i64, i64, _>(&mut store, instance, name, *delta);
                assert_eq!(grown.is_err(), trap, "{name} {delta}: {grown:?}");
                assert_eq!(grown.unwrap_or(-1), -1);
            }
            assert_eq!(call::<i64, i64, _>(&mut store, instance, "grow", 42).unwrap(), 8);
        }
    }
}

#[test]
fn memories_and_tables_share_a_total() {
    for growth in ways() {
        let limits = StoreLimitsBuilder::new().total_size(1000).build();
        let mut store = limited(growth, limits);
        let first = Memory::new(&mut store, bytes(400, None)).unwrap();
        let ty = |min| TableType::new(RefType::EXTERNREF, min, None);
        let table = Table::new(&mut store, ty(25), Ref::Extern(None)).unwrap();
        let second = Memory::new(&mut store, bytes(300, None)).unwrap();
        // 400 + 200 + 300: a hundred are left.
        assert!(Memory::new(&mut store, bytes(101, None)).is_err());
        assert!(Table::new(&mut store, ty(13), Ref::Extern(None)).is_err());
        assert!(first.grow(&mut store, 101).is_err());
        assert!(table.grow(&mut store, 13, Ref::Extern(None)).is_err());
        table.grow(&mut store, 5, Ref::Extern(None)).unwrap();
        second.grow(&mut store, 10).unwrap();
        // Room that the second has in advance is its own, if it has some.
        let left = 1000 - held(&store) - 8 * table.size(&store);
        assert_eq!(left, if growth == MemoryGrowth::Amortised { 25 } else { 50 });
        first.grow(&mut store, left).unwrap();
        assert!(first.grow(&mut store, 1).is_err());
        assert!(Table::new(&mut store, ty(1), Ref::Extern(None)).is_err());
        // What an instantiation that fails had, is free again.
        let mut store = limited(growth, StoreLimitsBuilder::new().total_size(1000).build());
        for _ in 0..10 {
            let text = "(module (memory 600 (pagesize 1)) (memory 600 (pagesize 1)))";
            let module = Module::new(store.engine(), text).unwrap();
            assert!(Instance::new(&mut store, &module, &[]).is_err());
        }
        Memory::new(&mut store, bytes(1000, None)).unwrap();
    }
}
