//! 128-bit arithmetic on pairs of `i64` (the wide-arithmetic proposal).
//!
//! Not a 128-bit value type: Wasm has none. Invariant: a pair is always (low half, high half), as on the operand
//! stack.

operators! {
    "i64.add128" => i64_add128(a_lo: u64, a_hi: u64, b_lo: u64, b_hi: u64) -> (u64, u64) {
        split(join(a_lo, a_hi).wrapping_add(join(b_lo, b_hi)))
    }
    "i64.sub128" => i64_sub128(a_lo: u64, a_hi: u64, b_lo: u64, b_hi: u64) -> (u64, u64) {
        split(join(a_lo, a_hi).wrapping_sub(join(b_lo, b_hi)))
    }
    /// The full signed product: it always fits.
    "i64.mul_wide_s" => i64_mul_wide_s(a: u64, b: u64) -> (u64, u64) {
        split((i128::from(a as i64) * i128::from(b as i64)) as u128)
    }
    /// The full unsigned product: it always fits.
    "i64.mul_wide_u" => i64_mul_wide_u(a: u64, b: u64) -> (u64, u64) {
        split(u128::from(a) * u128::from(b))
    }
}

#[inline(always)]
fn join(lo: u64, hi: u64) -> u128 {
    u128::from(lo) | u128::from(hi) << 64
}

#[inline(always)]
fn split(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}
