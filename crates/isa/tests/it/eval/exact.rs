//! Floats as exact rationals: taken apart into integers, and rounded back by integer arithmetic alone.
//!
//! Not shared with the code under test, and using no float arithmetic.

/// A binary interchange format (IEEE 754).
#[derive(Clone, Copy)]
pub(crate) struct Format {
    /// Significand bits, the implicit one included.
    precision: u32,
    /// Exponent of the least significant bit of a subnormal.
    min_exponent: i32,
    /// Biased exponent of infinities and NaNs.
    special: u64,
    /// Position of the sign bit.
    sign_bit: u32,
}

/// `f32`.
pub(crate) const F32: Format =
    Format { precision: 24, min_exponent: -149, special: 0xFF, sign_bit: 31 };
/// `f64`.
pub(crate) const F64: Format =
    Format { precision: 53, min_exponent: -1074, special: 0x7FF, sign_bit: 63 };

/// A float's value: `significand * 2^exponent`, negated if `negative`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Exact {
    Nan,
    Infinite { negative: bool },
    Finite { negative: bool, significand: u128, exponent: i32 },
}

impl Exact {
    /// Takes the bits of a float apart.
    pub(crate) fn of_bits(bits: u64, format: Format) -> Exact {
        let fraction_bits = format.precision - 1;
        let negative = bits >> format.sign_bit & 1 == 1;
        let fraction = u128::from(bits & ((1 << fraction_bits) - 1));
        match bits >> fraction_bits & format.special {
            special if special == format.special && fraction != 0 => Exact::Nan,
            special if special == format.special => Exact::Infinite { negative },
            0 => Exact::Finite { negative, significand: fraction, exponent: format.min_exponent },
            biased => Exact::Finite {
                negative,
                significand: fraction | 1 << fraction_bits,
                exponent: format.min_exponent + biased as i32 - 1,
            },
        }
    }

    /// The value of an `f32`.
    pub(crate) fn of_f32(x: f32) -> Exact {
        Exact::of_bits(u64::from(x.to_bits()), F32)
    }

    /// The value of an `f64`.
    pub(crate) fn of_f64(x: f64) -> Exact {
        Exact::of_bits(x.to_bits(), F64)
    }

    /// The value of an integer.
    pub(crate) fn of_int(value: i128) -> Exact {
        Exact::Finite { negative: value < 0, significand: value.unsigned_abs(), exponent: 0 }
    }

    /// The product of two finite values.
    pub(crate) fn times(self, other: Exact) -> Option<Exact> {
        let Exact::Finite { negative, significand, exponent } = self else { return None };
        let Exact::Finite { negative: n, significand: s, exponent: e } = other else { return None };
        Some(Exact::Finite {
            negative: negative != n,
            significand: significand * s,
            exponent: exponent + e,
        })
    }

    /// The integer part, infinities and what lies beyond 100 bits as a number no integer type holds. `None` for NaN.
    pub(crate) fn truncate(self) -> Option<i128> {
        let (negative, magnitude) = match self {
            Exact::Nan => return None,
            Exact::Infinite { negative } => (negative, 1 << 100),
            Exact::Finite { negative, significand, exponent } => {
                (negative, scale(significand, exponent) as i128)
            }
        };
        Some(if negative { -magnitude } else { magnitude })
    }

    /// The bits of the nearest float, ties to even. `None` for NaN.
    pub(crate) fn round(self, format: Format) -> Option<u64> {
        let fraction_bits = format.precision - 1;
        let infinity = format.special << fraction_bits;
        let (negative, magnitude) = match self {
            Exact::Nan => return None,
            Exact::Infinite { negative } => (negative, infinity),
            Exact::Finite { negative, significand, exponent } => {
                (negative, round_magnitude(significand, exponent, format).min(infinity))
            }
        };
        Some(magnitude | u64::from(negative) << format.sign_bit)
    }
}

/// `significand * 2^exponent`, rounded towards zero and held below 2^101.
fn scale(significand: u128, exponent: i32) -> u128 {
    if significand == 0 || exponent <= -128 {
        return 0;
    }
    if exponent < 0 {
        return significand >> -exponent;
    }
    let bits = 128 - significand.leading_zeros() as i32 + exponent;
    if bits > 100 { 1 << 100 } else { significand << exponent }
}

/// Bits of the nearest float without its sign. Beyond the largest finite float they equal or exceed infinity's.
fn round_magnitude(significand: u128, exponent: i32, format: Format) -> u64 {
    if significand == 0 {
        return 0;
    }
    let fraction_bits = format.precision - 1;
    let length = 128 - significand.leading_zeros() as i32;
    // The exponent of the result's last bit: as many bits as the precision has, but none below the smallest subnormal.
    let last = (exponent + length - format.precision as i32).max(format.min_exponent);
    let dropped = last - exponent;
    let rounded = if dropped <= 0 {
        significand << -dropped
    } else if dropped > 127 {
        0
    } else {
        let (kept, rest, half) =
            (significand >> dropped, significand & ((1 << dropped) - 1), 1 << (dropped - 1));
        kept + u128::from(rest > half || rest == half && kept & 1 == 1)
    };
    // The implicit bit adds one to the biased exponent, and a carry out of rounding adds one more: both are right.
    let steps = (last - format.min_exponent) as u64;
    (rounded as u64).saturating_add(steps.min(1 << 12) << fraction_bits)
}

/// `2^exponent` for an exponent `f64` can represent.
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    let bits = Exact::Finite { negative: false, significand: 1, exponent }.round(F64);
    f64::from_bits(bits.expect("a power of two is a number"))
}
