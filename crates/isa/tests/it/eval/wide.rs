//! The wide-arithmetic operators against 128-bit integers, and the products also against long multiplication.

use super::{any_bits, boundary_integers};
use proptest::prelude::*;
use wasmite_isa::eval;

fn whole((lo, hi): (u64, u64)) -> u128 {
    (u128::from(hi) << 64) + u128::from(lo)
}

fn check(a: (u64, u64), b: (u64, u64)) {
    let sum = whole(a).wrapping_add(whole(b));
    assert_eq!(whole(eval::i64_add128(a.0, a.1, b.0, b.1)), sum, "{a:x?} + {b:x?}");
    let difference = whole(a).wrapping_sub(whole(b));
    assert_eq!(whole(eval::i64_sub128(a.0, a.1, b.0, b.1)), difference, "{a:x?} - {b:x?}");

    let (x, y) = (a.0, b.0);
    let product = u128::from(x) * u128::from(y);
    assert_eq!(whole(eval::i64_mul_wide_u(x, y)), product, "{x:#x} * {y:#x}");
    let product = i128::from(x as i64) * i128::from(y as i64);
    assert_eq!(whole(eval::i64_mul_wide_s(x, y)), product as u128, "{x:#x} * {y:#x}, signed");
}

#[test]
fn boundaries() {
    let values = boundary_integers();
    for &a in &values {
        for &b in &values {
            check((a, b), (b, a));
            check((a, a), (b, b));
        }
    }
}

#[test]
fn halves_come_low_first_and_carry() {
    assert_eq!(eval::i64_add128(u64::MAX, 5, 1, 10), (0, 16));
    assert_eq!(eval::i64_sub128(0, 16, 1, 10), (u64::MAX, 5));
    assert_eq!(eval::i64_mul_wide_u(u64::MAX, 2), (u64::MAX - 1, 1));
    assert_eq!(eval::i64_mul_wide_s(u64::MAX, 2), (u64::MAX - 1, u64::MAX));
}

proptest! {
    #[test]
    fn random(a in (any_bits(), any_bits()), b in (any_bits(), any_bits())) {
        check(a, b);
    }
}
