//! Checks `wasmite_isa::eval` against slow models that share no method with it: wide integers, floats taken apart
//! into sign, significand and exponent, and the standard library where it is an independent implementation.
//!
//! Every operator runs over all combinations of boundary values and over random ones.

mod convert;
mod exact;
mod float;
mod int;
mod wide;

use proptest::prelude::*;

/// Integers around everything that is special: zero, every power of two, and the negatives of all of these.
fn boundary_integers() -> Vec<u64> {
    let mut values: Vec<u64> = (0..64)
        .map(|k| 1_u64 << k)
        .flat_map(|power| [power - 1, power, power + 1])
        .flat_map(|value| [value, value.wrapping_neg()])
        .chain([0xAAAA_AAAA_AAAA_AAAA, 0x5555_5555_5555_5555, 0x8000_0000_8000_0000])
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Any bit pattern, boundary or not, as the operand of a 32-bit or 64-bit operator.
fn any_bits() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), prop::sample::select(boundary_integers()), 0..80_u64]
}

/// Floats around everything that is special: each with both neighbours, both signs, plus infinities and NaNs.
fn boundary_f64() -> Vec<f64> {
    let powers = [
        -1074, -1022, -149, -126, -1, 0, 1, 7, 8, 15, 16, 22, 23, 24, 25, 31, 32, 51, 52, 53, 54,
        63, 64,
    ];
    let mut near: Vec<f64> =
        powers.into_iter().chain([127, 128, 1023]).map(exact::power_of_two).collect();
    near.extend([0.0, 0.5, 1.5, 2.5, 3.0, 4.5, 1e10, 1e300, f64::MAX, f64::from(f32::MAX)]);
    near.extend([
        2147483647.0,
        2147483647.5,
        2147483648.5,
        2147483649.0,
        4294967295.0,
        4294967295.5,
    ]);
    near.extend([8388607.5, 8388606.5, 4503599627370495.5, 4503599627370494.5]);
    // Halfway between the largest f32 and the next power of two: demotion turns from finite to infinite.
    near.push(exact::power_of_two(128) - exact::power_of_two(103));
    let mut values: Vec<f64> = near.iter().flat_map(|x| [x.next_down(), *x, x.next_up()]).collect();
    values.extend([f64::INFINITY, f64::NAN]);
    values.extend(
        [0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_0001, 0x7FF4_DEAD_BEEF_0000].map(f64::from_bits),
    );
    values.iter().flat_map(|x| [*x, -x]).collect()
}

/// The `f32` relatives of [`boundary_f64`].
fn boundary_f32() -> Vec<f32> {
    let near = boundary_f64().into_iter().filter(|x| x.is_finite()).map(|x| x as f32);
    let mut values: Vec<f32> = near.flat_map(|x| [x.next_down(), x, x.next_up()]).collect();
    values.extend([0x7FC0_0000, 0x7F80_0001, 0x7FC0_0001, 0x7FA5_5555].map(f32::from_bits));
    values.iter().flat_map(|x| [*x, -x]).collect()
}

/// Floats of every class: random bits, random integers and halves, and boundaries.
fn any_f64() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<i64>().prop_map(|n| n as f64),
        any::<i32>().prop_map(|n| f64::from(n) / 2.0),
        (any::<i64>(), 0..64_u32).prop_map(|(n, k)| (n >> k) as f64 / 16.0),
        prop::sample::select(boundary_f64()),
    ]
}

/// The `f32` relative of [`any_f64`].
fn any_f32() -> impl Strategy<Value = f32> {
    prop_oneof![
        any::<u32>().prop_map(f32::from_bits),
        any::<i32>().prop_map(|n| n as f32),
        (any::<i64>(), 0..64_u32).prop_map(|(n, k)| (n >> k) as f32 / 16.0),
        prop::sample::select(boundary_f32()),
    ]
}
