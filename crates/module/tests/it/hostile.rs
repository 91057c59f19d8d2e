//! Bytes that are no module, nearly a module, or a module out of proportion: errors, never panics.

use crate::inputs::{
    KITCHEN_SINK, all_on, custom, deferred, leb, module, one_function, section, wat,
};
use wasmite_core::FuncIdx;
use wasmite_module::{Error, Module, ParseOptions};

fn error(bytes: &[u8]) -> Error {
    Module::parse(bytes, &ParseOptions::default()).unwrap_err()
}

#[test]
fn other_files() {
    assert_eq!(error(b""), Error::Empty);
    for bytes in [&b"(module)"[..], b"\x7fELF", b"x", b"\0asn\x01\0\0\0"] {
        assert_eq!(error(bytes), Error::NotWasm);
    }
    assert_eq!(error(b"\0asm\x0d\0\x01\0"), Error::Component { version: 13 });
    for error in [Error::Empty, Error::NotWasm, Error::Component { version: 13 }] {
        let text = error.to_string();
        assert!(!text.contains('\n') && text.contains("WebAssembly"), "{text}");
        assert!(text.contains(&error.message()), "{text}");
        assert_eq!(error.offset(), None);
    }
}

#[test]
fn headers() {
    assert!(matches!(error(b"\0as"), Error::Invalid { .. }));
    assert_eq!(error(b"\0asm").message(), "unexpected end-of-file");
    let version = error(b"\0asm\x02\0\0\0");
    assert!(version.message().starts_with("unknown binary version"), "{version}");
    assert_eq!(version.offset(), Some(4));
}

/// A module cut off between two sections may be a module; anywhere else it is not.
#[test]
fn truncated_modules_are_errors() {
    let bytes = wat(KITCHEN_SINK);
    let whole = Module::parse(&bytes, &all_on()).unwrap();
    let ends: Vec<usize> = whole.sections().iter().map(|s| s.range.end as usize).collect();
    for len in 0..bytes.len() {
        for options in [all_on(), deferred()] {
            let result = Module::parse(&bytes[..len], &options);
            assert!(result.is_err() || len == 8 || ends.contains(&len), "{len} bytes");
        }
    }
    // Without its code, its functions have no bodies.
    let code = whole.sections().iter().find(|s| s.kind() == "code").unwrap();
    assert!(Module::parse(&bytes[..code.range.start as usize - 2], &all_on()).is_err());
}

#[test]
fn corrupted_modules_do_not_panic() {
    let good = wat(KITCHEN_SINK);
    let mut verdicts = [0, 0];
    for at in 0..good.len() {
        for value in (0..=255u8).step_by(5).chain([good[at] ^ 1, good[at].wrapping_add(1)]) {
            let mut bad = good.clone();
            bad[at] = value;
            let parsed = Module::parse(&bad, &deferred());
            verdicts[usize::from(parsed.is_ok())] += 1;
            if let Ok(module) = parsed {
                touch(&module);
            }
        }
    }
    assert!(verdicts.iter().all(|count| *count > 1000), "{verdicts:?}");
}

/// Calls what could be out of bounds.
fn touch(module: &Module) {
    let _ = module.validate_bodies();
    for import in module.imports() {
        module.import_type(import).unwrap();
    }
    for export in module.exports() {
        module.extern_type(export.item).unwrap();
        assert_eq!(module.export(&export.name), Some(export.item));
    }
    for func in (0..module.func_count()).map(FuncIdx) {
        module.func_type(func);
        module.func_name(func);
    }
    for at in 0..module.data().len() as u32 {
        module.data_bytes(at.into());
    }
    module.custom_sections().count();
    assert!(module.referable_funcs().iter().all(|func| func.0 < module.func_count()));
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 100_000;
    let code = [[0x02, 0x40].repeat(DEPTH), vec![0x0b; DEPTH + 1]].concat();
    for options in [all_on(), deferred()] {
        let module = Module::parse(&one_function(&[0], &code), &options).unwrap();
        assert_eq!(module.validate_bodies(), Ok(()));
    }
    let unclosed = one_function(&[0], &code[..code.len() - 1]);
    assert!(Module::parse(&unclosed, &all_on()).is_err());
}

#[test]
fn deep_constant_expression() {
    const DEPTH: usize = 100_000;
    let ops = [[0x41, 0].repeat(DEPTH), vec![0x6a; DEPTH - 1], vec![0x0b]].concat();
    let bytes = module(&[section(6, &[&[1, 0x7f, 0][..], &ops].concat())]);
    let module = Module::parse(&bytes, &all_on()).unwrap();
    let init = module.globals()[0].init.as_ref().unwrap();
    assert_eq!(init.ops().len(), 2 * DEPTH - 1);
}

#[test]
fn locals() {
    let with = |count| one_function(&[&[1][..], &leb(count), &[0x7f]].concat(), &[0x0b]);
    assert!(Module::parse(&with(50_000), &all_on()).is_ok());
    let error = Module::parse(&with(50_001), &all_on()).unwrap_err();
    assert!(error.message().contains("locals"), "{error}");
    let lazy = Module::parse(&with(u32::MAX as usize), &deferred()).unwrap();
    assert!(lazy.validate_bodies().is_err());
}

#[test]
fn large_branch_table() {
    let targets = [vec![0x41, 0, 0x0e], leb(65_536), vec![0; 65_537], vec![0x0b]].concat();
    Module::parse(&one_function(&[0], &targets), &all_on()).unwrap();
}

/// Counts far beyond the bytes that follow: an error at once, without reserving memory for them.
#[test]
fn counts_without_contents() {
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12] {
        for count in [1, 1025, 99_999, 999_999, u32::MAX as usize] {
            let bytes = module(&[section(id, &leb(count))]);
            let error = Module::parse(&bytes, &all_on()).unwrap_err();
            assert!(error.offset().is_some_and(|at| at <= bytes.len()), "{id} {count}: {error}");
        }
    }
}

#[test]
fn many_custom_sections() {
    const COUNT: usize = 200_000;
    let bytes = module(&[custom("", b"").repeat(COUNT)]);
    let module = Module::parse(&bytes, &all_on()).unwrap();
    assert_eq!(module.custom_sections().count(), COUNT);
}

#[test]
fn sections_out_of_order_or_twice() {
    let types = section(1, &[0]);
    assert!(error(&module(&[section(3, &[0]), types.clone()])).message().contains("out of order"));
    assert!(Module::parse(&module(&[types.clone(), types]), &all_on()).is_err());
    assert!(error(&module(&[section(99, &[])])).message().contains("malformed section id"));
}
