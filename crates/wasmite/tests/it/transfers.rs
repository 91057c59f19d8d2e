//! Fills, copies and initialisations of every short length, and of some longer ones, against slices.

use crate::{call, instantiate_with};
use wasmite::{Config, Instance, Store, Trap};

const BYTES: usize = 400;

const SEGMENT: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";

fn guest() -> (Store<()>, Instance) {
    let text = format!(
        r#"(module
            (memory (export "memory") {BYTES} {BYTES} (pagesize 1))
            (data $segment "{SEGMENT}")
            (func (export "fill") (param i32 i32 i32)
                (memory.fill (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy") (param i32 i32 i32)
                (memory.copy (local.get 0) (local.get 1) (local.get 2)))
            (func (export "init") (param i32 i32 i32)
                (memory.init $segment (local.get 0) (local.get 1) (local.get 2))))"#
    );
    instantiate_with(Config::new().wasm_custom_page_sizes(true), &text)
}

/// Does `op` to a memory of distinct bytes and compares with what `model` makes of them.
fn check(
    (store, instance): &mut (Store<()>, Instance),
    op: &str,
    args: (usize, usize, usize),
    model: impl FnOnce(&mut [u8]),
) {
    let mut expected: Vec<u8> = (0..BYTES).map(|at| (at * 7 % 251) as u8).collect();
    let memory = instance.get_memory(&*store, "memory").unwrap();
    memory.data_mut(&mut *store).copy_from_slice(&expected);
    let (to, from, count) = args;
    call::<_, (), _>(store, *instance, op, (to as i32, from as i32, count as i32)).unwrap();
    model(&mut expected);
    assert_eq!(memory.data(&*store), expected, "{op} {args:?}");
}

/// All short lengths, and some for which the machine's functions are called whatever they are for.
fn counts() -> impl Iterator<Item = usize> {
    (0..=72).chain([95, 96, 97])
}

#[test]
fn every_short_length_is_filled() {
    let mut guest = guest();
    for count in counts() {
        for to in [0, 3, BYTES - count] {
            // Only the lowest byte counts.
            check(&mut guest, "fill", (to, 0x1_c3, count), |bytes| {
                bytes[to..to + count].fill(0xc3);
            });
        }
    }
}

#[test]
fn every_short_length_is_copied_at_every_distance() {
    let mut guest = guest();
    for count in counts() {
        for distance in 0..=count + 1 {
            for (to, from) in [(100, 100 + distance), (100 + distance, 100)] {
                check(&mut guest, "copy", (to, from, count), |bytes| {
                    bytes.copy_within(from..from + count, to);
                });
            }
        }
    }
}

#[test]
fn every_short_length_is_initialised() {
    let mut guest = guest();
    for count in counts() {
        for (to, from) in [(5, 0), (BYTES - count, SEGMENT.len() - count)] {
            check(&mut guest, "init", (to, from, count), |bytes| {
                bytes[to..to + count].copy_from_slice(&SEGMENT.as_bytes()[from..from + count]);
            });
        }
    }
}

#[test]
fn nothing_is_written_where_one_byte_is_out_of_bounds() {
    let (mut store, instance) = guest();
    let memory = instance.get_memory(&store, "memory").unwrap();
    let before: Vec<u8> = (0..BYTES).map(|at| at as u8).collect();
    memory.data_mut(&mut store).copy_from_slice(&before);
    for count in counts() {
        let beyond = BYTES - count + 1;
        for (op, to, from) in [
            ("fill", beyond, 1),
            ("copy", beyond, 0),
            ("copy", 0, beyond),
            ("init", beyond, 0),
            ("init", 0, SEGMENT.len() - count + 1),
        ] {
            let args = (to as i32, from as i32, count as i32);
            let error = call::<_, (), _>(&mut store, instance, op, args).unwrap_err();
            assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{op} {args:?}");
            assert_eq!(memory.data(&store), before, "{op} {args:?}");
        }
    }
}
