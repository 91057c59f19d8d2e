//! Operators of `f32` and `f64`.
//!
//! Not conversions to or from other types (`convert`). Invariant: rounding to integers is plain arithmetic, never a
//! call into a maths library: a call would force a native stack frame on the handlers that inline these functions.

/// From here on every `f32` is an integer, and below its double the spacing is exactly one.
const INTEGRAL_F32: f32 = (1_u32 << 23) as f32;
/// From here on every `f64` is an integer, and below its double the spacing is exactly one.
const INTEGRAL_F64: f64 = (1_u64 << 52) as f64;

// Adding the constant makes the addition itself round at the units digit. Larger values, infinities and NaN get zero
// added instead, which changes nothing except that it quiets a signalling NaN.

/// Rounds a value that is not negative (or NaN) to the nearest integer, ties to even.
#[inline(always)]
fn nearest_magnitude_f32(x: f32) -> f32 {
    let shift = if x < INTEGRAL_F32 { INTEGRAL_F32 } else { 0.0 };
    (x + shift) - shift
}

/// Rounds a value that is not negative (or NaN) to the nearest integer, ties to even.
#[inline(always)]
fn nearest_magnitude_f64(x: f64) -> f64 {
    let shift = if x < INTEGRAL_F64 { INTEGRAL_F64 } else { 0.0 };
    (x + shift) - shift
}

operators! {
    "f32.abs" => f32_abs(x: f32) -> f32 { x.abs() }
    "f32.neg" => f32_neg(x: f32) -> f32 { -x }
    /// The negated floor of the negation, so that what rounds up to zero becomes the -0 the spec asks for.
    "f32.ceil" => f32_ceil(x: f32) -> f32 { -f32_floor(-x) }
    /// `t - 0.0` is `t` even for -0, so the correction needs no branch.
    "f32.floor" => f32_floor(x: f32) -> f32 {
        let t = f32_nearest(x);
        t - if t > x { 1.0 } else { 0.0 }
    }
    "f32.trunc" => f32_trunc(x: f32) -> f32 {
        let magnitude = x.abs();
        let t = nearest_magnitude_f32(magnitude);
        (t - if t > magnitude { 1.0 } else { 0.0 }).copysign(x)
    }
    "f32.nearest" => f32_nearest(x: f32) -> f32 { nearest_magnitude_f32(x.abs()).copysign(x) }
    /// An instruction where std knows the machine has one; core has no `sqrt` yet.
    "f32.sqrt" => f32_sqrt(x: f32) -> f32 {
        #[cfg(feature = "std")]
        return x.sqrt();
        #[cfg(not(feature = "std"))]
        return libm::sqrtf(x);
    }
    "f32.add" => f32_add(a: f32, b: f32) -> f32 { a + b }
    "f32.sub" => f32_sub(a: f32, b: f32) -> f32 { a - b }
    "f32.mul" => f32_mul(a: f32, b: f32) -> f32 { a * b }
    "f32.div" => f32_div(a: f32, b: f32) -> f32 { a / b }
    /// NaN if either operand is NaN; -0 is less than +0.
    "f32.min" => f32_min(a: f32, b: f32) -> f32 {
        if a.is_nan() | b.is_nan() {
            return a + b;
        }
        // The two picks differ only for -0 and +0, where the sign bit of either must survive.
        let first = if a < b { a } else { b };
        let second = if b < a { b } else { a };
        f32::from_bits(first.to_bits() | second.to_bits())
    }
    /// NaN if either operand is NaN; +0 is greater than -0.
    "f32.max" => f32_max(a: f32, b: f32) -> f32 {
        if a.is_nan() | b.is_nan() {
            return a + b;
        }
        // The two picks differ only for -0 and +0, where the sign bit must be in both to survive.
        let first = if a > b { a } else { b };
        let second = if b > a { b } else { a };
        f32::from_bits(first.to_bits() & second.to_bits())
    }
    "f32.copysign" => f32_copysign(a: f32, b: f32) -> f32 { a.copysign(b) }
    "f32.eq" => f32_eq(a: f32, b: f32) -> bool { a == b }
    "f32.ne" => f32_ne(a: f32, b: f32) -> bool { a != b }
    "f32.lt" => f32_lt(a: f32, b: f32) -> bool { a < b }
    "f32.gt" => f32_gt(a: f32, b: f32) -> bool { a > b }
    "f32.le" => f32_le(a: f32, b: f32) -> bool { a <= b }
    "f32.ge" => f32_ge(a: f32, b: f32) -> bool { a >= b }
}

operators! {
    "f64.abs" => f64_abs(x: f64) -> f64 { x.abs() }
    "f64.neg" => f64_neg(x: f64) -> f64 { -x }
    /// The negated floor of the negation, so that what rounds up to zero becomes the -0 the spec asks for.
    "f64.ceil" => f64_ceil(x: f64) -> f64 { -f64_floor(-x) }
    /// `t - 0.0` is `t` even for -0, so the correction needs no branch.
    "f64.floor" => f64_floor(x: f64) -> f64 {
        let t = f64_nearest(x);
        t - if t > x { 1.0 } else { 0.0 }
    }
    "f64.trunc" => f64_trunc(x: f64) -> f64 {
        let magnitude = x.abs();
        let t = nearest_magnitude_f64(magnitude);
        (t - if t > magnitude { 1.0 } else { 0.0 }).copysign(x)
    }
    "f64.nearest" => f64_nearest(x: f64) -> f64 { nearest_magnitude_f64(x.abs()).copysign(x) }
    /// An instruction where std knows the machine has one; core has no `sqrt` yet.
    "f64.sqrt" => f64_sqrt(x: f64) -> f64 {
        #[cfg(feature = "std")]
        return x.sqrt();
        #[cfg(not(feature = "std"))]
        return libm::sqrt(x);
    }
    "f64.add" => f64_add(a: f64, b: f64) -> f64 { a + b }
    "f64.sub" => f64_sub(a: f64, b: f64) -> f64 { a - b }
    "f64.mul" => f64_mul(a: f64, b: f64) -> f64 { a * b }
    "f64.div" => f64_div(a: f64, b: f64) -> f64 { a / b }
    /// NaN if either operand is NaN; -0 is less than +0.
    "f64.min" => f64_min(a: f64, b: f64) -> f64 {
        if a.is_nan() | b.is_nan() {
            return a + b;
        }
        // The two picks differ only for -0 and +0, where the sign bit of either must survive.
        let first = if a < b { a } else { b };
        let second = if b < a { b } else { a };
        f64::from_bits(first.to_bits() | second.to_bits())
    }
    /// NaN if either operand is NaN; +0 is greater than -0.
    "f64.max" => f64_max(a: f64, b: f64) -> f64 {
        if a.is_nan() | b.is_nan() {
            return a + b;
        }
        // The two picks differ only for -0 and +0, where the sign bit must be in both to survive.
        let first = if a > b { a } else { b };
        let second = if b > a { b } else { a };
        f64::from_bits(first.to_bits() & second.to_bits())
    }
    "f64.copysign" => f64_copysign(a: f64, b: f64) -> f64 { a.copysign(b) }
    "f64.eq" => f64_eq(a: f64, b: f64) -> bool { a == b }
    "f64.ne" => f64_ne(a: f64, b: f64) -> bool { a != b }
    "f64.lt" => f64_lt(a: f64, b: f64) -> bool { a < b }
    "f64.gt" => f64_gt(a: f64, b: f64) -> bool { a > b }
    "f64.le" => f64_le(a: f64, b: f64) -> bool { a <= b }
    "f64.ge" => f64_ge(a: f64, b: f64) -> bool { a >= b }
}
