//! Modules out of pseudo-random bytes, whole and damaged: what nobody thought of.
//!
//! Not for execution: `run` is not called, for it might never end. Invariant: the same number gives the same module.

use crate::modules::Sample;
use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// The module of a number; a few numbers have none.
pub(crate) fn valid(number: u64) -> Option<Sample> {
    let config = Config {
        max_instructions: 200,
        max_memory32_bytes: 1 << 16,
        max_memory64_bytes: 1 << 16,
        max_table_elements: 1000,
        custom_page_sizes_enabled: true,
        memory64_enabled: true,
        wide_arithmetic_enabled: true,
        allow_start_export: false,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        ..Config::default()
    };
    let bytes = input(number);
    let module = Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    Some(Sample { bytes: module.to_bytes(), called: false })
}

/// That module with a byte changed, or cut off.
pub(crate) fn damaged(number: u64) -> Option<Sample> {
    let mut sample = valid(number)?;
    let random = mixed(number) as usize;
    // The header stays: all else is more interesting.
    let at = 8 + random % (sample.bytes.len() - 8).max(1);
    match sample.bytes.get_mut(at) {
        Some(byte) if random.is_multiple_of(4) => *byte = (random >> 32) as u8,
        Some(byte) => *byte ^= 1 << ((random >> 32) & 7),
        None => {}
    }
    if random.is_multiple_of(8) {
        sample.bytes.truncate(at);
    }
    Some(sample)
}

/// 64 to 4159 bytes, short ones more often.
fn input(number: u64) -> Vec<u8> {
    let len = 64 + ((mixed(number) % 4096) >> (number % 4));
    (0..len / 8).flat_map(|at| mixed((number << 32) | at).to_le_bytes()).collect()
}

/// SplitMix64: a number as if drawn by lot.
fn mixed(number: u64) -> u64 {
    let sum = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let a = (sum ^ (sum >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}
