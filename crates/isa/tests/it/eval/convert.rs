//! Conversions against exact rationals.

use super::exact::{Exact, F32, F64};
use super::{any_bits, any_f32, any_f64, boundary_f32, boundary_f64, boundary_integers};
use proptest::prelude::*;
use wasmite_core::Trap;
use wasmite_isa::eval;

/// What truncating must give: as a trap or value, and saturated. Both as the bits of an integer of the given range.
fn truncated(x: Exact, min: i128, max: i128) -> (Result<u64, Trap>, u64) {
    let checked = match x.truncate() {
        None => Err(Trap::InvalidConversionToInteger),
        Some(value) if value < min || value > max => Err(Trap::IntegerOverflow),
        Some(value) => Ok(bits(value, min, max)),
    };
    (checked, bits(x.truncate().unwrap_or(0).clamp(min, max), min, max))
}

/// A value as the bit pattern of the integer type that has this range.
fn bits(value: i128, min: i128, max: i128) -> u64 {
    value.rem_euclid(max - min + 1) as u64
}

macro_rules! check_truncation {
    ($x:ident, $exact:ident, $($trunc:ident $sat:ident $ty:ty;)*) => {$(
        let (checked, saturated) = truncated($exact, <$ty>::MIN.into(), <$ty>::MAX.into());
        assert_eq!(eval::$trunc($x).map(u64::from), checked, "{} of {:e}", stringify!($trunc), $x);
        assert_eq!(u64::from(eval::$sat($x)), saturated, "{} of {:e}", stringify!($sat), $x);
    )*};
}

fn check_f32(x: f32) {
    let exact = Exact::of_f32(x);
    check_truncation! { x, exact,
        i32_trunc_f32_s i32_trunc_sat_f32_s i32;
        i32_trunc_f32_u i32_trunc_sat_f32_u u32;
        i64_trunc_f32_s i64_trunc_sat_f32_s i64;
        i64_trunc_f32_u i64_trunc_sat_f32_u u64;
    }
    let promoted = eval::f64_promote_f32(x);
    match exact.round(F64) {
        Some(expected) => assert_eq!(promoted.to_bits(), expected, "promote {x:e}"),
        None => assert!(promoted.is_nan() && promoted.to_bits() >> 51 & 1 == 1, "promote {x:e}"),
    }
    assert_eq!(eval::i32_reinterpret_f32(x), x.to_bits());
}

fn check_f64(x: f64) {
    let exact = Exact::of_f64(x);
    check_truncation! { x, exact,
        i32_trunc_f64_s i32_trunc_sat_f64_s i32;
        i32_trunc_f64_u i32_trunc_sat_f64_u u32;
        i64_trunc_f64_s i64_trunc_sat_f64_s i64;
        i64_trunc_f64_u i64_trunc_sat_f64_u u64;
    }
    let demoted = eval::f32_demote_f64(x);
    match exact.round(F32) {
        Some(expected) => assert_eq!(u64::from(demoted.to_bits()), expected, "demote {x:e}"),
        None => assert!(demoted.is_nan() && demoted.to_bits() >> 22 & 1 == 1, "demote {x:e}"),
    }
    assert_eq!(eval::i64_reinterpret_f64(x), x.to_bits());
}

fn check_integer(a: u64) {
    let low = a as u32;
    let readings: [(i128, f32, f64); 4] = [
        (i128::from(low as i32), eval::f32_convert_i32_s(low), eval::f64_convert_i32_s(low)),
        (i128::from(low), eval::f32_convert_i32_u(low), eval::f64_convert_i32_u(low)),
        (i128::from(a as i64), eval::f32_convert_i64_s(a), eval::f64_convert_i64_s(a)),
        (i128::from(a), eval::f32_convert_i64_u(a), eval::f64_convert_i64_u(a)),
    ];
    for (value, single, double) in readings {
        let exact = Exact::of_int(value);
        assert_eq!(Some(u64::from(single.to_bits())), exact.round(F32), "{value} as f32");
        assert_eq!(Some(double.to_bits()), exact.round(F64), "{value} as f64");
    }
    let modulus = 1_i128 << 32;
    assert_eq!(i128::from(eval::i32_wrap_i64(a)), i128::from(a) % modulus);
    assert_eq!(i128::from(eval::i64_extend_i32_u(low)), i128::from(a) % modulus);
    assert_eq!(i128::from(eval::i64_extend_i32_s(low) as i64), i128::from(low as i32));
    assert_eq!(eval::i64_extend32_s(a), eval::i64_extend_i32_s(low));
    assert_eq!(eval::f32_reinterpret_i32(low).to_bits(), low);
    assert_eq!(eval::f64_reinterpret_i64(a).to_bits(), a);
}

#[test]
fn boundaries() {
    boundary_f32().into_iter().for_each(check_f32);
    boundary_f64().into_iter().for_each(check_f64);
    boundary_integers().into_iter().for_each(check_integer);
}

#[test]
fn integers_halfway_between_floats() {
    for (a, b) in [(25, 1), (26, 2), (54, 1), (55, 2), (40, 16), (64, 40), (64, 11)] {
        let top = (1_u128 << (a - 1)) as u64;
        for step in 0..8_u64 {
            let half = top | step << (b - 1);
            [half.wrapping_sub(1), half, half + 1].into_iter().for_each(check_integer);
        }
    }
}

#[test]
fn truncation_by_the_letter() {
    assert_eq!(eval::i32_trunc_f64_s(-2147483648.9), Ok(i32::MIN as u32));
    assert_eq!(eval::i32_trunc_f64_s(-2147483649.0), Err(Trap::IntegerOverflow));
    assert_eq!(eval::i32_trunc_f64_u(4294967295.9), Ok(u32::MAX));
    assert_eq!(eval::i64_trunc_f32_u(-0.99), Ok(0));
    assert_eq!(eval::i64_trunc_f32_u(-1.0), Err(Trap::IntegerOverflow));
    assert_eq!(eval::i32_trunc_f32_s(f32::NAN), Err(Trap::InvalidConversionToInteger));
    assert_eq!(eval::i32_trunc_sat_f32_s(f32::NEG_INFINITY), i32::MIN as u32);
    assert_eq!(eval::i64_trunc_sat_f64_u(f64::NAN), 0);
}

proptest! {
    #[test]
    fn random_f32(x in any_f32()) {
        check_f32(x);
    }

    #[test]
    fn random_f64(x in any_f64()) {
        check_f64(x);
    }

    #[test]
    fn random_integers(a in any_bits(), shift in 0..64_u32) {
        check_integer(a);
        check_integer(a >> shift);
    }
}
