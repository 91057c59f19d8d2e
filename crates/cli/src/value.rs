//! Arguments from the command line, and results to it.
//!
//! Invariant: what is printed of a number can be passed again and gives the same number (NaN payloads aside).

use std::fmt;
use wasmite::{Val, ValType};

/// The value of type `ty` that `text` stands for.
pub(crate) fn parse(text: &str, ty: &ValType) -> Result<Val, String> {
    let parsed = match ty {
        ValType::I32 => integer(text, 32).map(|value| Val::I32(value as i32)),
        ValType::I64 => integer(text, 64).map(|value| Val::I64(value as i64)),
        ValType::F32 => text.parse::<f32>().ok().map(Val::from),
        ValType::F64 => text.parse::<f64>().ok().map(Val::from),
        ValType::V128 | ValType::Ref(_) => {
            return Err(format!("arguments of type {ty} cannot be given on the command line"));
        }
    };
    parsed.ok_or_else(|| format!("\"{text}\" is not a value of type {ty}"))
}

/// Decimal or (with `0x`) hexadecimal, in the range of the signed or of the unsigned type with so many bits.
fn integer(text: &str, bits: u32) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => unsigned(digits, 16)?,
        None => unsigned(digits, 10)?,
    };
    let value = if negative { -magnitude } else { magnitude };
    (-(1 << (bits - 1))..1 << bits).contains(&value).then_some(value)
}

/// Digits only: the standard library would take a second sign.
fn unsigned(digits: &str, radix: u32) -> Option<i128> {
    let only_digits = digits.chars().all(|c| c.is_digit(radix));
    if only_digits { i128::from_str_radix(digits, radix).ok() } else { None }
}

/// A result as it is printed: integers signed, floats in the shortest form that gives the same float again.
pub(crate) struct Shown(pub(crate) Val);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Val::I32(value) => value.fmt(f),
            Val::I64(value) => value.fmt(f),
            Val::F32(value) => value.fmt(f),
            Val::F64(value) => value.fmt(f),
            Val::FuncRef(None) => f.write_str("<null funcref>"),
            Val::FuncRef(Some(_)) => f.write_str("<funcref>"),
            Val::ExternRef(None) => f.write_str("<null externref>"),
            Val::ExternRef(Some(_)) => f.write_str("<externref>"),
            other => write!(f, "<{}>", other.ty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_both_signs() {
        for (text, value) in [
            ("0", 0),
            ("-1", -1),
            ("+7", 7),
            ("0xff", 255),
            ("-0x80000000", i32::MIN),
            ("4294967295", -1),
            ("0xffffffff", -1),
        ] {
            assert_eq!(parse(text, &ValType::I32), Ok(Val::I32(value)), "{text}");
        }
        assert_eq!(parse("0x8000000000000000", &ValType::I64), Ok(Val::I64(i64::MIN)));
        for text in ["", "-", "0x", "1.5", "--1", "0x-1", "4294967296", "-2147483649", "one"] {
            assert!(parse(text, &ValType::I32).is_err(), "{text}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(parse("-0.5", &ValType::F32), Ok(Val::from(-0.5_f32)));
        assert_eq!(parse("-inf", &ValType::F64), Ok(Val::from(f64::NEG_INFINITY)));
        assert!(parse("nan", &ValType::F64).unwrap().f64().unwrap().is_nan());
        assert!(parse("half", &ValType::F32).is_err());
        assert_eq!(Shown(Val::from(0.1_f32)).to_string(), "0.1");
        assert_eq!(Shown(Val::from(3_f64)).to_string(), "3");
    }

    #[test]
    fn references_are_refused() {
        let error = parse("null", &ValType::FUNCREF).unwrap_err();
        assert!(error.contains("funcref"), "{error}");
    }
}
