//! Inputs that several tests share: modules from WAT, and bytes put together by hand.

use wasmite_core::Features;
use wasmite_module::{BodyValidation, Error, Module, ParseOptions};

/// Options with every supported proposal on.
pub(crate) fn all_on() -> ParseOptions {
    ParseOptions { features: Features::all_supported(), ..ParseOptions::default() }
}

/// The same, with bodies deferred.
pub(crate) fn deferred() -> ParseOptions {
    ParseOptions { bodies: BodyValidation::Deferred, ..all_on() }
}

/// The bytes of a module in text form.
pub(crate) fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Parses a module in text form with every supported proposal on.
pub(crate) fn parse(text: &str) -> Result<Module, Error> {
    Module::parse(&wat(text), &all_on())
}

/// Unsigned LEB128.
pub(crate) fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// `payload` behind its length.
pub(crate) fn sized(payload: &[u8]) -> Vec<u8> {
    [leb(payload.len()), payload.to_vec()].concat()
}

/// A section.
pub(crate) fn section(id: u8, payload: &[u8]) -> Vec<u8> {
    [vec![id], sized(payload)].concat()
}

/// A custom section.
pub(crate) fn custom(name: &str, data: &[u8]) -> Vec<u8> {
    section(0, &[sized(name.as_bytes()), data.to_vec()].concat())
}

/// A module of these sections.
pub(crate) fn module(sections: &[Vec<u8>]) -> Vec<u8> {
    [b"\0asm\x01\0\0\0".to_vec(), sections.concat()].concat()
}

/// A module with one function of type `() -> ()`, whose body is `locals` and then `code`.
pub(crate) fn one_function(locals: &[u8], code: &[u8]) -> Vec<u8> {
    let body = sized(&[locals, code].concat());
    let code = section(10, &[leb(1), body].concat());
    module(&[section(1, &[1, 0x60, 0, 0]), section(3, &[1, 0]), code])
}

/// A module that has some of everything.
pub(crate) const KITCHEN_SINK: &str = r#"
(module $sink
  (type $binary (func (param i32 i64) (result f32)))
  (type $nothing (func))
  (import "env" "f" (func $imported (type $binary)))
  (import "env" "t" (table $it 1 2 externref))
  (import "env" "m" (memory $im 1 3))
  (import "env" "g" (global $ig i32))
  (func $start (type $nothing))
  (func $sum (export "sum") (param i32 i32) (result i32 i32)
    (local i64)
    local.get 0
    local.get 1
    i32.add
    local.get 1)
  (func $declared (type $nothing)
    (drop (ref.func $declared)) (call $start) (data.drop $passive_data))
  (func $unnamed)
  (func $by_global)
  (table $t 4 funcref)
  (table $t64 i64 7 9 funcref)
  (memory $m i64 2 8)
  (memory $bytes 1000 2000 (pagesize 1))
  (global $a (mut i64) (i64.const -2))
  (global $b f32 (f32.const 1.5))
  (global $c f64 (f64.const -0.5))
  (global $d externref (ref.null extern))
  (global $e funcref (ref.func $by_global))
  (global $f i32 (i32.sub (i32.add (global.get $ig) (i32.const 3)) (i32.const 1)))
  (export "z" (func $imported))
  (export "a" (table $t))
  (export "mem" (memory $bytes))
  (export "" (global $b))
  (start $start)
  (elem (table $t) (i32.const 1) func $sum $sum)
  (elem declare func $declared)
  (elem $passive funcref (ref.null func) (ref.func $imported))
  (data (memory $im) (i32.const 5) "hello")
  (data $passive_data "\00\ff")
  (@custom "note" "first")
  (@custom "note" "second"))
"#;
