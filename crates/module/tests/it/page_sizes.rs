//! Page sizes: which are allowed when, and that all rules but those on page sizes stay.

use crate::inputs::{all_on, wat};
use wasmite_core::MemoryTypeError;
use wasmite_module::{Error, Module, ParseOptions};

/// Every supported proposal, and all page sizes.
fn all_sizes() -> ParseOptions {
    let mut options = all_on();
    options.features.allow_all_page_sizes(true);
    options
}

fn message(bytes: &[u8], options: &ParseOptions) -> String {
    Module::parse(bytes, options).unwrap_err().message()
}

fn memory(limits: &str, log2: u8) -> Vec<u8> {
    wat(&format!("(module (memory {limits} (pagesize {})))", 1u32 << log2))
}

#[test]
fn powers_of_two_need_the_switch() {
    for log2 in 0..=16 {
        for limits in ["3 5", "i64 3 5"] {
            let defined = memory(limits, log2);
            let imported = format!(
                r#"(module (import "" "f" (func)) (import "" "m" (memory {limits} (pagesize {}))) (import "" "g" (global i32)))"#,
                1u32 << log2
            );
            for bytes in [defined, wat(&imported)] {
                let module = Module::parse(&bytes, &all_sizes()).unwrap();
                let ty = module.memories()[0];
                assert_eq!((ty.page_size(), ty.page_size_log2()), (1 << log2, log2));
                assert_eq!((ty.minimum(), ty.maximum()), (3, Some(5)));
                assert_eq!(ty.is_64(), limits.starts_with("i64"));
                match log2 {
                    0 | 16 => drop(Module::parse(&bytes, &all_on()).unwrap()),
                    _ => assert_eq!(message(&bytes, &all_on()), "invalid custom page size"),
                }
            }
        }
    }
}

/// A module of a memory section with these contents.
fn with_section(contents: &[u8]) -> Vec<u8> {
    [b"\0asm\x01\0\0\0\x05", &[contents.len() as u8][..], contents].concat()
}

#[test]
fn larger_pages_are_never_allowed() {
    for log2 in [17, 18, 31, 63, 64, 127] {
        let bytes = with_section(&[1, 8, 0, log2]);
        for options in [all_on(), all_sizes()] {
            assert_eq!(message(&bytes, &options), "invalid custom page size", "2^{log2}");
        }
    }
}

#[test]
fn numbers_may_be_padded() {
    let bytes = with_section(&[2, 9, 1, 0x82, 0, 0x8c, 0x80, 0, 8, 7, 0x81, 0]);
    let module = Module::parse(&bytes, &all_sizes()).unwrap();
    let types: Vec<_> = module.memories().iter().map(|ty| (ty.minimum(), ty.page_size())).collect();
    assert_eq!(types, [(1, 4096), (7, 2)]);
}

#[test]
fn sizes_end_with_the_address_space() {
    for log2 in 0..=16u8 {
        let most = if log2 == 0 { u64::from(u32::MAX) } else { 1 << (32 - log2) };
        for limits in [format!("{most}"), format!("0 {most}"), format!("{most} {most}")] {
            Module::parse(&memory(&limits, log2), &all_sizes()).unwrap();
        }
        let most = if log2 == 0 { u64::MAX } else { 1 << (64 - log2) };
        Module::parse(&memory(&format!("i64 0 {most}"), log2), &all_sizes()).unwrap();
    }
    for log2 in 1..=16u8 {
        let beyond = (1u64 << (32 - log2)) + 1;
        let wide = (1u64 << (64 - log2)) + 1;
        for limits in [
            format!("{beyond}"),
            format!("0 {beyond}"),
            format!("i64 {wide}"),
            format!("i64 0 {wide}"),
        ] {
            let text = message(&memory(&limits, log2), &all_sizes());
            assert!(text.starts_with("memory size must be at most"), "{limits}: {text}");
        }
    }
}

#[test]
fn other_rules_stay() {
    let options = all_sizes();
    let swapped = message(&memory("5 3", 9), &options);
    assert_eq!(swapped, "size minimum must not be greater than maximum");
    let mut small = all_sizes();
    small.features.disable(wasmite_core::Proposal::Memory64);
    assert!(matches!(
        Module::parse(&memory("i64 1", 9), &small),
        Err(Error::Disabled { proposal: wasmite_core::Proposal::Memory64, .. })
    ));
    small.features.disable(wasmite_core::Proposal::MultiMemory);
    let two = wat("(module (memory 1 (pagesize 2)) (memory 1 (pagesize 4)))");
    assert!(message(&two, &small).contains("multiple memories"));
    let mut off = all_sizes();
    off.features.disable(wasmite_core::Proposal::CustomPageSizes);
    assert!(message(&memory("1", 9), &off).contains("custom page sizes"));
    // Truncated at every byte, a module is refused, where it is cut and not elsewhere.
    let whole =
        wat(r#"(module (import "m" "m" (memory 300 (pagesize 512))) (memory 1 2 (pagesize 8)))"#);
    for end in 9..whole.len() {
        if let Err(error) = Module::parse(&whole[..end], &options) {
            assert!(error.offset().is_some_and(|at| at <= end), "{end}: {error}");
        }
    }
}

#[test]
fn offsets_are_those_of_the_module() {
    let bytes = memory("5 3", 9);
    let at = Module::parse(&bytes, &all_sizes()).unwrap_err().offset();
    assert_eq!(at, Module::parse(&memory("5 3", 16), &all_sizes()).unwrap_err().offset());
    let large = memory(&format!("{}", (1 << 23) + 1), 9);
    let error = Module::parse(&large, &all_sizes()).unwrap_err();
    let expected = MemoryTypeError::TooLarge { pages: (1 << 23) + 1, max: 1 << 23 };
    assert_eq!((error.message(), error.offset()), (expected.to_string(), Some(11)));
}
