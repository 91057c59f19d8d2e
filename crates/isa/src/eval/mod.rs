//! What WebAssembly's scalar operators compute: pure functions, one per operator (spec 3.0, "Numerics").
//!
//! Handlers, the translator's constant folding and constant expressions all call these, so they cannot disagree.
//! Not here: memory, tables, control flow, vectors. Invariant: every function is total (no operands make it panic),
//! depends on nothing but its operands and, optimised for x86-64 without any extension, contains no call (`sqrt`
//! without the feature `std` excepted), so a handler that inlines it needs no native frame.
//!
//! Conventions:
//! * The name is the operator's with `.` written `_`; operands come in stack order, the top of the stack last.
//! * Integers are bit patterns, `u32` and `u64`; `_s` operators read them as two's complement. Shift counts and bit
//!   counts of `i64` are `u64`, as in Wasm.
//! * Comparisons are `bool`. `eqz` is `eq` with zero; negated float comparisons are the caller's `!`.
//! * Operators that can trap return `Result<_, Trap>`; the others cannot fail.
//! * Floats round to nearest, ties to even. A NaN result of arithmetic is quiet, its other bits are left open, as the
//!   spec allows; `abs`, `neg` and `copysign` change nothing but the sign bit, `reinterpret` changes nothing.

/// A table of operators: Wasm name, signature, definition. Each row becomes a public, always inlined function.
macro_rules! operators {
    ($(
        $(#[$meta:meta])*
        $wasm:literal => $name:ident($($operand:ident: $ty:ty),*) -> $result:ty $body:block
    )*) => {$(
        #[doc = concat!("`", $wasm, "`")]
        #[doc = ""]
        $(#[$meta])*
        #[inline(always)]
        #[must_use = "an operator has no effect but its result"]
        pub fn $name($($operand: $ty),*) -> $result $body
    )*};
}

mod convert;
mod float;
mod int;
mod wide;

pub use convert::*;
pub use float::*;
pub use int::*;
pub use wide::*;
