//! Deferred validation reaches the same verdicts as eager validation, no more and no less.

use crate::inputs::{KITCHEN_SINK, all_on, deferred, wat};
use wasmite_core::FuncIdx;
use wasmite_module::{Error, Module};

/// Validates bodies one by one, as a translator would.
fn by_function(module: &Module) -> Result<(), Error> {
    for func in module.defined_funcs() {
        let mut validator = module.body_validator(func, Default::default())?.unwrap();
        validator.validate(&module.body(func))?;
    }
    Ok(())
}

const INVALID_BODIES: &[&str] = &[
    "(module (func (result i32)))",
    "(module (func) (func i32.const 0) (func (result i64) i32.const 0))",
    "(module (func local.get 0))",
    "(module (func call 1))",
    "(module (func i32.const 0 memory.grow drop))",
    "(module (func $f (drop (ref.func $f))))",
    "(module (memory 1) (func data.drop 7) (data \"a\"))",
    "(module (func br 1))",
];

#[test]
fn invalid_bodies_are_found_either_way() {
    for text in INVALID_BODIES {
        let bytes = wat(text);
        let eager = Module::parse(&bytes, &all_on()).unwrap_err();
        let module = Module::parse(&bytes, &deferred()).unwrap();
        assert_eq!(module.validate_bodies().unwrap_err(), eager, "{text}");
        assert_eq!(by_function(&module).unwrap_err(), eager, "{text}");
        assert!(eager.offset().is_some_and(|at| at < bytes.len()), "{eager}");
    }
}

#[test]
fn valid_bodies_pass_either_way() {
    let bytes = wat(KITCHEN_SINK);
    let eager = Module::parse(&bytes, &all_on()).unwrap();
    assert!(eager.body_validator(FuncIdx(1), Default::default()).unwrap().is_none());
    assert_eq!(eager.validate_bodies(), Ok(()));
    let module = Module::parse(&bytes, &deferred()).unwrap();
    assert_eq!(module.validate_bodies(), Ok(()));
    assert_eq!(by_function(&module), Ok(()));
}

#[test]
fn everything_but_bodies_is_validated_at_once() {
    for text in [
        "(module (start 0) (func (param i32)))",
        "(module (func) (export \"a\" (func 0)) (export \"a\" (func 0)))",
        "(module (global i32 (i64.const 0)))",
        "(module (data (i32.const 0) \"\"))",
        "(module (memory 2 1))",
    ] {
        let bytes = wat(text);
        let eager = Module::parse(&bytes, &all_on()).unwrap_err();
        assert_eq!(Module::parse(&bytes, &deferred()).unwrap_err(), eager, "{text}");
    }
}

/// Whatever byte is changed, both ways agree on whether the module is valid.
#[test]
fn corrupted_modules_get_the_same_verdict() {
    let good = wat(KITCHEN_SINK);
    for at in 8..good.len() {
        for flip in [0x01, 0x10, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let eager = Module::parse(&bad, &all_on()).map(drop);
            let lazy = Module::parse(&bad, &deferred()).and_then(|m| m.validate_bodies());
            assert_eq!(lazy, eager, "byte {at} ^ {flip:#x}");
        }
    }
}
