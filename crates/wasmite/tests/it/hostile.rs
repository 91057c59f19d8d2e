//! Bytes that nobody means well with: errors or success, never a panic.

use wasmite::{CompilationMode, Config, Engine, Instance, Limits, Module, Store};

/// An unsigned number in LEB128.
fn leb(mut n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

fn section(id: u8, contents: &[u8]) -> Vec<u8> {
    [&[id], &*leb(contents.len()), contents].concat()
}

/// A module of one function with `params` parameters and `results` results of type i32.
fn module(params: usize, results: usize, body: &[u8]) -> Vec<u8> {
    let types =
        [&[1, 0x60], &*leb(params), &vec![0x7f; params], &leb(results), &vec![0x7f; results]];
    let code = [&[1], &*leb(body.len()), body].concat();
    let sections = [section(1, &types.concat()), section(3, &[1, 0]), section(10, &code)];
    [b"\0asm\x01\0\0\0".to_vec(), sections.concat()].concat()
}

/// Whether the module is accepted; makes an instance of it then.
fn accepted(limits: Limits, mode: CompilationMode, bytes: &[u8]) -> bool {
    let engine = Engine::new(Config::new().limits(limits).compilation_mode(mode)).unwrap();
    let Ok(module) = Module::new(&engine, bytes) else { return false };
    let mut store = Store::new(&engine, ());
    let _ = Instance::new(&mut store, &module, &[]);
    true
}

const MODES: [CompilationMode; 3] =
    [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy];

const RICH: &str = r#"(module $m
    (type $t (func (param i32) (result i32)))
    (import "a" "b" (func (param i64)))
    (memory (export "m") 1 2) (table (export "t") 3 funcref)
    (global $g (mut i64) (i64.const -5))
    (func $f (export "f") (type $t) (local f64 i64)
        (block $b (loop $l
            (br_table $b $l $b (local.get 0))
            (br_if $l (i32.eqz (local.get 0)))))
        (i32.store offset=8 (i32.const 4) (local.get 0))
        (call 0 (global.get $g))
        (call_indirect (type $t) (i32.load8_u (local.get 0)) (i32.const 0))
        (if (result i32) (i32.const 1) (then (i32.const 2)) (else (i32.const 3)))
        i32.add)
    (elem (i32.const 0) $f $f) (data (i32.const 0) "text") (@custom "c" "contents"))"#;

#[test]
fn truncation_at_every_byte() {
    let bytes = wat::parse_str(RICH).unwrap();
    for mode in MODES {
        assert!(accepted(Limits::default(), mode, &bytes));
        for end in 0..bytes.len() {
            accepted(Limits::default(), mode, &bytes[..end]);
        }
    }
}

#[test]
fn every_byte_changed() {
    let bytes = wat::parse_str(RICH).unwrap();
    for at in 0..bytes.len() {
        for change in [0x01, 0x40, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            accepted(Limits::default(), CompilationMode::Eager, &bytes);
        }
    }
}

#[test]
fn deep_nesting() {
    let deep = 100_000;
    let limits = Limits { block_nesting: u32::MAX, ..Limits::default() };
    for opener in [&[0x02, 0x40][..], &[0x03, 0x40], &[0x41, 0x01, 0x04, 0x40]] {
        let body = |depth| [&[0], &*opener.repeat(depth), &[0x0b].repeat(depth + 1)].concat();
        let bytes = module(0, 0, &body(deep));
        assert!(!accepted(Limits::default(), CompilationMode::Eager, &bytes));
        assert!(accepted(limits, CompilationMode::Eager, &bytes));
        let unclosed = module(0, 0, &[&[0], &*opener.repeat(deep)].concat());
        assert!(!accepted(limits, CompilationMode::Eager, &unclosed));
        let fits = module(0, 0, &body(900));
        assert!(accepted(Limits::default(), CompilationMode::Eager, &fits));
    }
}

#[test]
fn very_many_locals() {
    let body = |locals| [&[1], &*leb(locals), &[0x7f, 0x0b]].concat();
    for mode in MODES {
        assert!(accepted(Limits::default(), mode, &module(0, 0, &body(50_000))));
    }
    let too_many = module(0, 0, &body(50_001));
    assert!(!accepted(Limits::default(), CompilationMode::Eager, &too_many));
    assert!(!accepted(Limits::default(), CompilationMode::LazyTranslation, &too_many));
    for locals in [u32::MAX as usize, 1 << 40] {
        accepted(Limits::default(), CompilationMode::Eager, &module(0, 0, &body(locals)));
    }
}

#[test]
fn very_wide_branch_tables() {
    let body = |targets: usize| {
        let table = [leb(targets), vec![0; targets + 1]].concat();
        [&[0, 0x02, 0x40, 0x41, 0x01, 0x0e], &*table, &[0x0b, 0x0b]].concat()
    };
    assert!(accepted(Limits::default(), CompilationMode::Eager, &module(0, 0, &body(65_536))));
    assert!(!accepted(Limits::default(), CompilationMode::Eager, &module(0, 0, &body(65_537))));
    let truncated = [&[0, 0x02, 0x40, 0x41, 0x01, 0x0e], &*leb(u32::MAX as usize)].concat();
    assert!(!accepted(Limits::default(), CompilationMode::Eager, &module(0, 0, &truncated)));
}

#[test]
fn very_many_parameters_and_results() {
    let unreachable = [0, 0x00, 0x0b];
    for mode in MODES {
        assert!(accepted(Limits::default(), mode, &module(1000, 1000, &unreachable)));
        assert!(!accepted(Limits::default(), mode, &module(1001, 0, &unreachable)));
        assert!(!accepted(Limits::default(), mode, &module(0, 1001, &unreachable)));
    }
}
