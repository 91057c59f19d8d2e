//! `f32` and `f64` operators: rounding and roots against std, arithmetic against wider or exact arithmetic, the rest
//! against the order of bit patterns.

use super::exact::{Exact, F64};
use super::{any_f32, any_f64, boundary_f32, boundary_f64};
use core::cmp::Ordering;
use proptest::prelude::*;
use wasmite_isa::eval;

/// Asserts equal bits; where a NaN is expected, any quiet NaN will do.
macro_rules! assert_float {
    ($actual:expr, $expected:expr, $quiet:expr, $($context:tt)*) => {{
        let (actual, expected) = ($actual, $expected);
        if expected.is_nan() {
            assert!(actual.is_nan(), "{actual:e} is not a NaN: {}", format_args!($($context)*));
            assert!(actual.to_bits() & $quiet != 0, "signalling: {}", format_args!($($context)*));
        } else {
            let equal = actual.to_bits() == expected.to_bits();
            assert!(equal, "{actual:e}, not {expected:e}: {}", format_args!($($context)*));
        }
    }};
}

const QUIET_F32: u32 = 1 << 22;
const QUIET_F64: u64 = 1 << 51;

/// Position of a float in the order of the reals with -0 just below +0.
fn position_f32(x: f32) -> i64 {
    let magnitude = i64::from(x.to_bits() & !(1 << 31));
    if x.is_sign_negative() { -magnitude - 1 } else { magnitude }
}

/// Position of a float in the order of the reals with -0 just below +0.
fn position_f64(x: f64) -> i64 {
    let magnitude = (x.to_bits() & !(1 << 63)) as i64;
    if x.is_sign_negative() { -magnitude - 1 } else { magnitude }
}

/// What Wasm's comparisons see: no order with a NaN, and both zeros the same.
fn order(a: Option<i64>, b: Option<i64>) -> Option<Ordering> {
    let merge_zeros = |position: i64| if position < 0 { position + 1 } else { position };
    Some(merge_zeros(a?).cmp(&merge_zeros(b?)))
}

/// Checks the six comparisons: `results` as eq, ne, lt, gt, le, ge.
fn check_comparisons(results: [bool; 6], order: Option<Ordering>) {
    let expected = match order {
        None => [false, true, false, false, false, false],
        Some(Ordering::Equal) => [true, false, false, false, true, true],
        Some(Ordering::Less) => [false, true, true, false, true, false],
        Some(Ordering::Greater) => [false, true, false, true, false, true],
    };
    assert_eq!(results, expected, "eq, ne, lt, gt, le, ge of {order:?}");
}

fn unary_f32(x: f32) {
    assert_float!(eval::f32_ceil(x), x.ceil(), QUIET_F32, "ceil {x:e}");
    assert_float!(eval::f32_floor(x), x.floor(), QUIET_F32, "floor {x:e}");
    assert_float!(eval::f32_trunc(x), x.trunc(), QUIET_F32, "trunc {x:e}");
    assert_float!(eval::f32_nearest(x), x.round_ties_even(), QUIET_F32, "nearest {x:e}");
    assert_float!(eval::f32_sqrt(x), x.sqrt(), QUIET_F32, "sqrt {x:e}");
    assert_eq!(eval::f32_abs(x).to_bits(), x.to_bits() & !(1 << 31));
    assert_eq!(eval::f32_neg(x).to_bits(), x.to_bits() ^ (1 << 31));
}

fn unary_f64(x: f64) {
    assert_float!(eval::f64_ceil(x), x.ceil(), QUIET_F64, "ceil {x:e}");
    assert_float!(eval::f64_floor(x), x.floor(), QUIET_F64, "floor {x:e}");
    assert_float!(eval::f64_trunc(x), x.trunc(), QUIET_F64, "trunc {x:e}");
    assert_float!(eval::f64_nearest(x), x.round_ties_even(), QUIET_F64, "nearest {x:e}");
    assert_float!(eval::f64_sqrt(x), x.sqrt(), QUIET_F64, "sqrt {x:e}");
    assert_eq!(eval::f64_abs(x).to_bits(), x.to_bits() & !(1 << 63));
    assert_eq!(eval::f64_neg(x).to_bits(), x.to_bits() ^ (1 << 63));
}

/// `f64` has more than twice the precision of `f32`, so rounding its result once more is harmless.
fn arithmetic_f32(a: f32, b: f32) {
    let (x, y) = (f64::from(a), f64::from(b));
    assert_float!(eval::f32_add(a, b), (x + y) as f32, QUIET_F32, "{a:e} + {b:e}");
    assert_float!(eval::f32_sub(a, b), (x - y) as f32, QUIET_F32, "{a:e} - {b:e}");
    assert_float!(eval::f32_mul(a, b), (x * y) as f32, QUIET_F32, "{a:e} * {b:e}");
    assert_float!(eval::f32_div(a, b), (x / y) as f32, QUIET_F32, "{a:e} / {b:e}");
}

fn arithmetic_f64(a: f64, b: f64) {
    assert_float!(eval::f64_add(a, b), a + b, QUIET_F64, "{a:e} + {b:e}");
    assert_float!(eval::f64_sub(a, b), a + -b, QUIET_F64, "{a:e} - {b:e}");
    assert_float!(eval::f64_div(a, b), a / b, QUIET_F64, "{a:e} / {b:e}");
    let exact = Exact::of_f64(a).times(Exact::of_f64(b)).and_then(|product| product.round(F64));
    let product = exact.map_or(a * b, f64::from_bits);
    assert_float!(eval::f64_mul(a, b), product, QUIET_F64, "{a:e} * {b:e}");
}

fn binary_f32(a: f32, b: f32) {
    arithmetic_f32(a, b);
    let [p, q] = [a, b].map(|x| (!x.is_nan()).then(|| position_f32(x)));
    let [min, max] = match p.zip(q) {
        None => [f32::NAN; 2],
        Some((p, q)) if p < q => [a, b],
        Some(_) => [b, a],
    };
    assert_float!(eval::f32_min(a, b), min, QUIET_F32, "min {a:e} {b:e}");
    assert_float!(eval::f32_max(a, b), max, QUIET_F32, "max {a:e} {b:e}");
    let copied = a.to_bits() & !(1 << 31) | b.to_bits() & 1 << 31;
    assert_eq!(eval::f32_copysign(a, b).to_bits(), copied);
    let (eq, ne) = (eval::f32_eq(a, b), eval::f32_ne(a, b));
    let (lt, gt) = (eval::f32_lt(a, b), eval::f32_gt(a, b));
    let (le, ge) = (eval::f32_le(a, b), eval::f32_ge(a, b));
    check_comparisons([eq, ne, lt, gt, le, ge], order(p, q));
}

fn binary_f64(a: f64, b: f64) {
    arithmetic_f64(a, b);
    let [p, q] = [a, b].map(|x| (!x.is_nan()).then(|| position_f64(x)));
    let [min, max] = match p.zip(q) {
        None => [f64::NAN; 2],
        Some((p, q)) if p < q => [a, b],
        Some(_) => [b, a],
    };
    assert_float!(eval::f64_min(a, b), min, QUIET_F64, "min {a:e} {b:e}");
    assert_float!(eval::f64_max(a, b), max, QUIET_F64, "max {a:e} {b:e}");
    let copied = a.to_bits() & !(1 << 63) | b.to_bits() & 1 << 63;
    assert_eq!(eval::f64_copysign(a, b).to_bits(), copied);
    let (eq, ne) = (eval::f64_eq(a, b), eval::f64_ne(a, b));
    let (lt, gt) = (eval::f64_lt(a, b), eval::f64_gt(a, b));
    let (le, ge) = (eval::f64_le(a, b), eval::f64_ge(a, b));
    check_comparisons([eq, ne, lt, gt, le, ge], order(p, q));
}

/// About a million patterns spread over all of them; the stride is prime, so no bit of the fraction stands still.
#[test]
fn f32_sampled_evenly() {
    (0..=u32::MAX).step_by(4093).map(f32::from_bits).for_each(unary_f32);
}

#[test]
fn neighbours_of_small_integers_and_halves() {
    for n in 0..=8192_u16 {
        let (single, double) = (f32::from(n) / 2.0, f64::from(n) / 2.0);
        for x in [single.next_down(), single, single.next_up()] {
            unary_f32(x);
            unary_f32(-x);
        }
        for x in [double.next_down(), double, double.next_up()] {
            unary_f64(x);
            unary_f64(-x);
        }
    }
}

#[test]
fn boundaries() {
    let (singles, doubles) = (boundary_f32(), boundary_f64());
    for &a in &singles {
        unary_f32(a);
        singles.iter().for_each(|&b| binary_f32(a, b));
    }
    for &a in &doubles {
        unary_f64(a);
        doubles.iter().for_each(|&b| binary_f64(a, b));
    }
}

#[test]
fn zeros_by_the_letter() {
    let negative_zero = |x: f64| x.to_bits() == 1 << 63;
    assert!(negative_zero(eval::f64_ceil(-0.5)) && negative_zero(eval::f64_trunc(-0.9)));
    assert!(negative_zero(eval::f64_nearest(-0.5)) && negative_zero(eval::f64_floor(-0.0)));
    assert!(negative_zero(eval::f64_min(0.0, -0.0)) && negative_zero(eval::f64_min(-0.0, 0.0)));
    assert!(!negative_zero(eval::f64_max(0.0, -0.0)) && !negative_zero(eval::f64_max(-0.0, 0.0)));
    assert!(negative_zero(eval::f64_sqrt(-0.0)) && !negative_zero(eval::f64_floor(0.5)));
    assert_eq!([0.5, 1.5, 2.5, -2.5].map(eval::f64_nearest), [0.0, 2.0, 2.0, -2.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn random_f32(a in any_f32(), b in any_f32()) {
        unary_f32(a);
        binary_f32(a, b);
    }

    #[test]
    fn random_f64(a in any_f64(), b in any_f64()) {
        unary_f64(a);
        binary_f64(a, b);
    }
}
