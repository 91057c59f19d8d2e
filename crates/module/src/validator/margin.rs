//! What the validator takes from the heap, held against what was asked for.
//!
//! Counted by an allocator, for each call of the validator. Invariant: after each of them, what is left of the bytes that were
//! last asked for has room for an error, unless there was one.

use crate::{Module, ParseOptions};
use allocation_counter::measure;
use arbitrary::Unstructured;
use core::cell::Cell;
use std::{format, string::String, vec::Vec};
use wasm_smith::Config;
use wasmite_core::Features;

std::thread_local! {
    /// Bytes that are left of those last asked for.
    static LEFT: Cell<i64> = const { Cell::new(0) };
    /// The least that was ever left.
    static LEAST: Cell<i64> = const { Cell::new(i64::MAX) };
}

pub(super) fn grant(bytes: usize) {
    LEFT.set(bytes as i64);
}

pub(super) fn taking<R>(act: impl FnOnce() -> R) -> R {
    let mut result = None;
    let taken = measure(|| result = Some(act()));
    let left = LEFT.get();
    LEAST.set(LEAST.get().min(left - taken.bytes_max as i64));
    LEFT.set(left - taken.bytes_current);
    result.expect("what is measured was done")
}

/// Validates a module, and gives the least that was left.
fn margin(bytes: &[u8]) -> i64 {
    let options = ParseOptions { features: Features::all_supported(), ..ParseOptions::default() };
    LEAST.set(i64::MAX);
    // Whether it is valid does not matter.
    _ = Module::parse(bytes, &options);
    LEAST.get()
}

#[test]
fn more_is_asked_for_than_sections_take() {
    // So many that a vector is full of them.
    let many = |item: &str| item.repeat(512);
    let texts = [
        many("(import \"a\" \"b\" (func))") + "(func)",
        many("(import \"a\" \"b\" (global i32))") + "(global i32 (i32.const 0))",
        many("(import \"a\" \"b\" (table 1 funcref))") + "(table 1 funcref)",
        many("(import \"a\" \"b\" (memory 1))") + "(memory 1)",
        many("(type (func (param i32 f64) (result i64)))"),
        many("(func (local i32 i64) (block (result i32) (i32.const 1)) (drop))"),
        many("(global funcref (ref.null func))"),
        String::from("(table 9 funcref) (func $f)") + &many("(elem (i32.const 1) $f)"),
        String::from("(memory 1)") + &many("(data (i32.const 1) \"text\")"),
    ];
    for text in texts {
        let bytes = wat::parse_str(format!("(module {text})")).unwrap();
        let margin = margin(&bytes);
        assert!(margin >= 0, "{} bytes too few: {text:.100}", -margin);
    }
}

#[test]
fn more_is_asked_for_than_generated_modules_take() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    };
    let mut checked = 0;
    for number in 0..300_usize {
        let input: Vec<u8> = (0..200 + number * 8).map(|_| random()).collect();
        let config = Config { gc_enabled: false, max_instructions: 1000, ..Config::default() };
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&input)) else {
            continue;
        };
        let mut bytes = module.to_bytes();
        for damaged in [false, true] {
            if damaged {
                let at = 8 + number * 131 % (bytes.len() - 7);
                bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= random());
            }
            let margin = margin(&bytes);
            assert!(margin >= 0, "{} bytes too few: module {number}, {damaged}", -margin);
            checked += 1;
        }
    }
    assert!(checked > 300, "only {checked} modules");
}
