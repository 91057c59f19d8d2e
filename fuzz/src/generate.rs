//! Modules out of arbitrary bytes, by wasm-smith, within the proposals that Wasmite executes.
//!
//! Invariant: what `runnable` makes is valid, ends within bounded work, and needs little memory.

use crate::host;
use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// Loop turns, calls and bulk elements a module may spend over its life before it traps.
const FUEL: u32 = 10_000;
const MEMORY_BYTES: u64 = 1 << 20;
const TABLE_ELEMENTS: u64 = 1000;

/// A module to run: all its items are exported, NaNs are canonical, and it always ends.
pub(crate) fn runnable(data: &[u8]) -> Option<Vec<u8>> {
    let config = Config {
        export_everything: true,
        canonicalize_nans: true,
        max_memory32_bytes: MEMORY_BYTES,
        max_memory64_bytes: MEMORY_BYTES.into(),
        memory_max_size_required: true,
        max_table_elements: TABLE_ELEMENTS,
        table_max_size_required: true,
        ..supported()
    };
    let mut module = Module::new(config, &mut Unstructured::new(data)).ok()?;
    module.ensure_termination(FUEL).ok()?;
    Some(module.to_bytes())
}

/// A valid module of any size, only to load.
pub(crate) fn loadable(data: &[u8]) -> Option<Vec<u8>> {
    let config = Config { max_instructions: 1000, max_table_elements: 100_000, ..supported() };
    let module = Module::new(config, &mut Unstructured::new(data)).ok()?;
    Some(module.to_bytes())
}

/// Every proposal Wasmite executes, none that it does not.
fn supported() -> Config {
    Config {
        available_imports: Some(host::imports()),
        max_memories: 3,
        max_tables: 3,
        bulk_memory_enabled: true,
        custom_page_sizes_enabled: true,
        extended_const_enabled: true,
        memory64_enabled: true,
        multi_value_enabled: true,
        reference_types_enabled: true,
        saturating_float_to_int_enabled: true,
        sign_extension_ops_enabled: true,
        tail_call_enabled: true,
        wide_arithmetic_enabled: true,
        compact_imports_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        ..Config::default()
    }
}
