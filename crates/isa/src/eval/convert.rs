//! Conversions between `i32`, `i64`, `f32` and `f64`.
//!
//! Not sign extension within a type (`int`). Invariant: a float becomes an integer only by truncation towards
//! zero, and the truncated value is what must fit: -0.9 fits an unsigned integer.

use wasmite_core::Trap;

const TWO_POW_31: f32 = (1_u32 << 31) as f32;
const TWO_POW_32: f32 = (1_u64 << 32) as f32;
const TWO_POW_63: f32 = (1_u64 << 63) as f32;
const TWO_POW_64: f32 = (1_u128 << 64) as f32;

/// The truncated value if it fits, else the trap that says why not.
#[inline(always)]
fn checked<T>(fits: bool, value: T, is_nan: bool) -> Result<T, Trap> {
    match (fits, is_nan) {
        (true, _) => Ok(value),
        (false, true) => Err(Trap::InvalidConversionToInteger),
        (false, false) => Err(Trap::IntegerOverflow),
    }
}

// The lower bound is exclusive where the float type has values between the integer type's minimum and the integer
// below it, and inclusive where it has none. NaN is in no range. The casts saturate, so evaluating them out of
// range is harmless.
operators! {
    "i32.wrap_i64" => i32_wrap_i64(a: u64) -> u32 { a as u32 }
    "i64.extend_i32_s" => i64_extend_i32_s(a: u32) -> u64 { a as i32 as u64 }
    "i64.extend_i32_u" => i64_extend_i32_u(a: u32) -> u64 { u64::from(a) }

    "i32.trunc_f32_s" => i32_trunc_f32_s(x: f32) -> Result<u32, Trap> {
        checked((-TWO_POW_31..TWO_POW_31).contains(&x), x as i32 as u32, x.is_nan())
    }
    "i32.trunc_f32_u" => i32_trunc_f32_u(x: f32) -> Result<u32, Trap> {
        checked(x > -1.0 && x < TWO_POW_32, x as u32, x.is_nan())
    }
    "i32.trunc_f64_s" => i32_trunc_f64_s(x: f64) -> Result<u32, Trap> {
        checked(x > -f64::from(TWO_POW_31) - 1.0 && x < f64::from(TWO_POW_31), x as i32 as u32, x.is_nan())
    }
    "i32.trunc_f64_u" => i32_trunc_f64_u(x: f64) -> Result<u32, Trap> {
        checked(x > -1.0 && x < f64::from(TWO_POW_32), x as u32, x.is_nan())
    }
    "i64.trunc_f32_s" => i64_trunc_f32_s(x: f32) -> Result<u64, Trap> {
        checked((-TWO_POW_63..TWO_POW_63).contains(&x), x as i64 as u64, x.is_nan())
    }
    "i64.trunc_f32_u" => i64_trunc_f32_u(x: f32) -> Result<u64, Trap> {
        checked(x > -1.0 && x < TWO_POW_64, x as u64, x.is_nan())
    }
    "i64.trunc_f64_s" => i64_trunc_f64_s(x: f64) -> Result<u64, Trap> {
        checked((-f64::from(TWO_POW_63)..f64::from(TWO_POW_63)).contains(&x), x as i64 as u64, x.is_nan())
    }
    "i64.trunc_f64_u" => i64_trunc_f64_u(x: f64) -> Result<u64, Trap> {
        checked(x > -1.0 && x < f64::from(TWO_POW_64), x as u64, x.is_nan())
    }

    "i32.trunc_sat_f32_s" => i32_trunc_sat_f32_s(x: f32) -> u32 { x as i32 as u32 }
    "i32.trunc_sat_f32_u" => i32_trunc_sat_f32_u(x: f32) -> u32 { x as u32 }
    "i32.trunc_sat_f64_s" => i32_trunc_sat_f64_s(x: f64) -> u32 { x as i32 as u32 }
    "i32.trunc_sat_f64_u" => i32_trunc_sat_f64_u(x: f64) -> u32 { x as u32 }
    "i64.trunc_sat_f32_s" => i64_trunc_sat_f32_s(x: f32) -> u64 { x as i64 as u64 }
    "i64.trunc_sat_f32_u" => i64_trunc_sat_f32_u(x: f32) -> u64 { x as u64 }
    "i64.trunc_sat_f64_s" => i64_trunc_sat_f64_s(x: f64) -> u64 { x as i64 as u64 }
    "i64.trunc_sat_f64_u" => i64_trunc_sat_f64_u(x: f64) -> u64 { x as u64 }

    "f32.convert_i32_s" => f32_convert_i32_s(a: u32) -> f32 { a as i32 as f32 }
    "f32.convert_i32_u" => f32_convert_i32_u(a: u32) -> f32 { a as f32 }
    "f32.convert_i64_s" => f32_convert_i64_s(a: u64) -> f32 { a as i64 as f32 }
    "f32.convert_i64_u" => f32_convert_i64_u(a: u64) -> f32 { a as f32 }
    "f64.convert_i32_s" => f64_convert_i32_s(a: u32) -> f64 { a as i32 as f64 }
    "f64.convert_i32_u" => f64_convert_i32_u(a: u32) -> f64 { a as f64 }
    "f64.convert_i64_s" => f64_convert_i64_s(a: u64) -> f64 { a as i64 as f64 }
    "f64.convert_i64_u" => f64_convert_i64_u(a: u64) -> f64 { a as f64 }

    "f32.demote_f64" => f32_demote_f64(x: f64) -> f32 { x as f32 }
    "f64.promote_f32" => f64_promote_f32(x: f32) -> f64 { f64::from(x) }

    "i32.reinterpret_f32" => i32_reinterpret_f32(x: f32) -> u32 { x.to_bits() }
    "i64.reinterpret_f64" => i64_reinterpret_f64(x: f64) -> u64 { x.to_bits() }
    "f32.reinterpret_i32" => f32_reinterpret_i32(a: u32) -> f32 { f32::from_bits(a) }
    "f64.reinterpret_i64" => f64_reinterpret_i64(a: u64) -> f64 { f64::from_bits(a) }
}
