//! Memories where their address space ends: 2^32 bytes less one page of a byte, 2^31 in between, 2^64 declared, and what
//! the host cannot have.

use crate::{call, instantiate_with};
use wasmite::{
    Config, Engine, Instance, Memory, MemoryGrowth, MemoryType, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap,
};

/// The most one-byte pages of a memory with 32-bit addresses.
const MOST: u64 = u32::MAX as u64;

const GUEST: &str = r#"(module
    (memory (export "memory") 0 (pagesize 1))
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "load4") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
    (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 3) (local.get 1)))
    (func (export "copy") (param i32 i32 i32)
        (memory.copy (local.get 0) (local.get 1) (local.get 2))))"#;

fn with_growth(growth: MemoryGrowth) -> Config {
    let mut config = Config::new();
    config.wasm_custom_page_sizes(true).memory_growth(growth);
    config
}

fn assert_out_of_bounds<R: std::fmt::Debug>(result: wasmite::Result<R>) {
    assert_eq!(result.unwrap_err().as_trap(), Some(Trap::MemoryOutOfBounds));
}

/// Access around the last byte of a memory with all the pages there can be.
fn check_the_end(store: &mut Store<()>, instance: Instance) {
    let size = call::<(), i32, _>(store, instance, "size", ()).unwrap();
    assert_eq!(size as u32, u32::MAX, "the size does not wrap");
    // One page more would make the size wrap. Growing by nothing is no failure, though it gives the same number.
    assert_eq!(call::<i32, i32, _>(store, instance, "grow", 1).unwrap(), -1);
    assert_eq!(call::<i32, i32, _>(store, instance, "grow", -1).unwrap(), -1);
    assert_eq!(call::<i32, i32, _>(store, instance, "grow", 0).unwrap() as u32, u32::MAX);
    let memory = instance.get_memory(&*store, "memory").unwrap();
    assert_eq!(memory.grow(&mut *store, 0).unwrap(), MOST);
    assert!(memory.grow(&mut *store, 1).is_err());
    assert!(memory.grow(&mut *store, u64::MAX).is_err());
    assert_eq!((memory.size(&*store), memory.data_size(&*store)), (MOST, MOST));
    call::<(i32, i32), (), _>(store, instance, "store", (-2, 9)).unwrap();
    assert_eq!(call::<i32, i32, _>(store, instance, "load", -2).unwrap(), 9);
    assert_eq!(call::<i32, i32, _>(store, instance, "load4", -5).unwrap(), 9 << 24);
    for (name, at) in [("load", -1), ("load4", -4), ("load4", -1)] {
        assert_out_of_bounds(call::<i32, i32, _>(store, instance, name, at));
    }
    call::<(i32, i32), (), _>(store, instance, "fill", (-2, 1)).unwrap();
    call::<(i32, i32), (), _>(store, instance, "fill", (-1, 0)).unwrap();
    assert_out_of_bounds(call::<(i32, i32), (), _>(store, instance, "fill", (-2, 2)));
    assert_out_of_bounds(call::<(i32, i32), (), _>(store, instance, "fill", (1, -1)));
    call::<(i32, i32, i32), (), _>(store, instance, "copy", (-8, -4, 3)).unwrap();
    assert_eq!(call::<i32, i32, _>(store, instance, "load", -6).unwrap(), 3);
    assert_out_of_bounds(call::<(i32, i32, i32), (), _>(store, instance, "copy", (0, -4, 4)));
    assert_out_of_bounds(call::<(i32, i32, i32), (), _>(store, instance, "copy", (-4, 0, 4)));
}

#[test]
fn bytes_up_to_the_last_one_in_steps() {
    let config = with_growth(MemoryGrowth::Reserved);
    if !MemoryGrowth::Reserved.is_available() {
        assert!(Engine::new(&config).is_err());
        return;
    }
    let (mut store, instance) = instantiate_with(&config, GUEST);
    let mut size = 0u32;
    let edges = [1 << 16, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, 3 << 30, u32::MAX - 1, u32::MAX];
    for edge in edges {
        let old = call::<i32, i32, _>(&mut store, instance, "grow", (edge - size) as i32).unwrap();
        assert_eq!(old as u32, size);
        let last = (edge - 1) as i32;
        assert_eq!(call::<i32, i32, _>(&mut store, instance, "load", last).unwrap(), 0);
        if edge < u32::MAX {
            assert_out_of_bounds(call::<i32, i32, _>(&mut store, instance, "load", edge as i32));
        }
        size = edge;
    }
    check_the_end(&mut store, instance);
}

#[test]
fn a_page_more_than_there_can_be_is_invalid() {
    let engine = Engine::new(&with_growth(MemoryGrowth::Exact)).unwrap();
    // A minimum, then a maximum of 2^32 pages, which text cannot say for 32-bit addresses.
    for limits in
        [&[8, 0x80, 0x80, 0x80, 0x80, 0x10, 0][..], &[9, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0]]
    {
        let section = [&[5, limits.len() as u8 + 1, 1], limits].concat();
        let bytes = [b"\0asm\x01\0\0\0", &section[..]].concat();
        assert!(Module::new(&engine, bytes).is_err());
    }
    Module::new(&engine, "(module (memory 0 4294967295 (pagesize 1)))").unwrap();
}

fn limited(limits: StoreLimits) -> Store<StoreLimits> {
    let engine = Engine::new(&with_growth(MemoryGrowth::default())).unwrap();
    let mut store = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    store
}

#[test]
fn all_of_64_bits_can_be_declared() {
    for (min, fits) in [(0, true), (5000, true), (5001, false), (1 << 63, false), (u64::MAX, false)]
    {
        for max in ["", "18446744073709551615"] {
            let text = format!(
                r#"(module (memory (export "memory") i64 {min} {max} (pagesize 1))
                    (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
                    (func (export "load") (param i64) (result i32) (i32.load8_u offset=1 (local.get 0))))"#
            );
            let mut store = limited(StoreLimitsBuilder::new().memory_size(5000).build());
            let module = Module::new(store.engine(), text).unwrap();
            let made = Instance::new(&mut store, &module, &[]);
            assert_eq!(made.is_ok(), fits, "{min}: {made:?}");
            let Ok(instance) = made else { continue };
            for delta in [-1, 1 << 62, i64::MIN, 5001 - min as i64] {
                assert_eq!(call::<i64, i64, _>(&mut store, instance, "grow", delta).unwrap(), -1);
            }
            let rest = 5000 - min as i64;
            assert_eq!(
                call::<i64, i64, _>(&mut store, instance, "grow", rest).unwrap(),
                min as i64
            );
            assert_eq!(call::<i64, i32, _>(&mut store, instance, "load", 4998).unwrap(), 0);
            for at in [4999, 5000, -1, -2, i64::MIN] {
                assert_out_of_bounds(call::<i64, i32, _>(&mut store, instance, "load", at));
            }
        }
    }
}

/// Without a limiter it is the machine that refuses, whichever way memories grow.
#[test]
fn what_the_host_cannot_address_is_an_error() {
    for growth in [MemoryGrowth::Exact, MemoryGrowth::Amortised, MemoryGrowth::Reserved] {
        if !growth.is_available() {
            assert!(Engine::new(&with_growth(growth)).is_err());
            continue;
        }
        let mut store = Store::new(&Engine::new(&with_growth(growth)).unwrap(), ());
        for log2 in 0..=16 {
            let ty = MemoryType::builder().memory64(true).page_size_log2(log2);
            let memory = Memory::new(&mut store, ty.min(1).build().unwrap()).unwrap();
            // The first is more than any allocation on this host, the others wrap as bytes or as pages.
            let beyond = (isize::MAX as u64 >> log2) + 1;
            for delta in [beyond, u64::MAX >> log2, 1 << 63, u64::MAX - 1, u64::MAX] {
                assert!(memory.grow(&mut store, delta).is_err(), "{growth:?} 2^{log2}: {delta}");
                assert_eq!(memory.data_size(&store), 1 << log2);
            }
            let most = if log2 == 0 { u64::MAX } else { 1 << (64 - log2) };
            for min in [beyond, most] {
                assert!(Memory::new(&mut store, ty.min(min).build().unwrap()).is_err());
            }
        }
    }
}

#[test]
fn segments_beyond_the_end_do_not_wrap() {
    for (index, at) in [
        ("i32", "4294967295"),
        ("i32", "4294967294"),
        ("i32", "9"),
        ("i64", "18446744073709551615"),
        ("i64", "18446744073709551614"),
        ("i64", "4294967296"),
        ("i64", "9"),
    ] {
        let text = format!(
            r#"(module (memory {index} 10 (pagesize 1)) (data ({index}.const {at}) "ab"))"#
        );
        let engine = Engine::new(&with_growth(MemoryGrowth::Exact)).unwrap();
        let module = Module::new(&engine, text).unwrap();
        let mut store = Store::new(&engine, ());
        assert_out_of_bounds(Instance::new(&mut store, &module, &[]));
    }
}

#[test]
fn host_offsets_do_not_wrap() {
    let mut store = Store::new(&Engine::default(), ());
    let ty = MemoryType::builder().min(10).page_size_log2(0).build().unwrap();
    let memory = Memory::new(&mut store, ty).unwrap();
    let mut buffer = [1; 4];
    for offset in [7, 10, 11, usize::MAX - 3, usize::MAX] {
        assert!(memory.read(&store, offset, &mut buffer).is_err());
        assert!(memory.write(&mut store, offset, &buffer).is_err());
    }
    assert_eq!((buffer, memory.data(&store)), ([1; 4], &[0; 10][..]));
    memory.write(&mut store, 6, &buffer).unwrap();
    assert_eq!(memory.data(&store)[6..], buffer);
}
