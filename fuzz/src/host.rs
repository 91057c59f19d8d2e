//! The host functions that generated modules may import: the same in every engine.
//!
//! Invariant: a host function's results depend on its arguments only; `note` also changes the store's data, which is part
//! of what is observed.

/// Module of the imports.
pub(crate) const MODULE: &str = "host";

/// The imports that a module may choose from, as a module in the binary format.
pub(crate) fn imports() -> Vec<u8> {
    let text = r#"(module
        (import "host" "mix" (func (param i32 i64) (result i64)))
        (import "host" "pair" (func (param f64) (result f64 i32)))
        (import "host" "note" (func (param i32))))"#;
    wat::parse_str(text).expect("the text above is well formed")
}

pub(crate) fn mix(a: i32, b: i64) -> i64 {
    i64::from(a).wrapping_mul(0x9e37_79b1).wrapping_add(b.rotate_left(7))
}

/// Works on bits: arithmetic could change a NaN.
pub(crate) fn pair(value: u64) -> (u64, i32) {
    (value ^ 1 << 63, (value >> 32) as i32)
}

pub(crate) fn note(data: u64, value: i32) -> u64 {
    data.rotate_left(5) ^ u64::from(value as u32)
}
