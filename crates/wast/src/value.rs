//! Values in scripts: arguments, and patterns for results.
//!
//! Not values of the engine: those are the facade's `Val`. Invariant: host references are numbers, so a script's
//! `ref.extern 1` means the same value wherever it occurs.

use wasmite::{ExternRef, Store, Val};
use wast::{
    WastArg, WastRet,
    core::{AbstractHeapType, HeapType, NanPattern, WastArgCore, WastRetCore},
};

/// The value a script passes to a function.
pub(crate) fn argument(store: &mut Store<()>, arg: &WastArg<'_>) -> Result<Val, String> {
    let unsupported = || Err(format!("arguments like {arg:?} are not supported yet"));
    let WastArg::Core(core) = arg else { return unsupported() };
    Ok(match core {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(wasmite::F32::from_bits(value.bits)),
        WastArgCore::F64(value) => Val::F64(wasmite::F64::from_bits(value.bits)),
        WastArgCore::RefNull(heap) if is_func(heap) => Val::FuncRef(None),
        WastArgCore::RefNull(heap) if is_extern(heap) => Val::ExternRef(None),
        WastArgCore::RefExtern(number) => {
            let value = ExternRef::new(store, *number);
            Val::ExternRef(Some(value.map_err(|error| error.to_string())?))
        }
        WastArgCore::V128(_) | WastArgCore::RefNull(_) | WastArgCore::RefHost(_) => {
            return unsupported();
        }
    })
}

/// Whether `value` is what a script expects.
pub(crate) fn result_matches(
    store: &Store<()>,
    value: &Val,
    expected: &WastRet<'_>,
) -> Result<bool, String> {
    match expected {
        WastRet::Core(expected) => core_matches(store, value, expected),
        _ => Err(format!("results like {expected:?} are not supported yet")),
    }
}

fn core_matches(
    store: &Store<()>,
    value: &Val,
    expected: &WastRetCore<'_>,
) -> Result<bool, String> {
    Ok(match (expected, value) {
        (WastRetCore::Either(choices), _) => {
            for choice in choices {
                if core_matches(store, value, choice)? {
                    return Ok(true);
                }
            }
            false
        }
        (WastRetCore::I32(expected), Val::I32(found)) => expected == found,
        (WastRetCore::I64(expected), Val::I64(found)) => expected == found,
        (WastRetCore::F32(expected), Val::F32(found)) => f32_matches(expected, found.to_bits()),
        (WastRetCore::F64(expected), Val::F64(found)) => f64_matches(expected, found.to_bits()),
        (WastRetCore::RefNull(heap), Val::FuncRef(None)) => heap.as_ref().is_none_or(is_func),
        (WastRetCore::RefNull(heap), Val::ExternRef(None)) => heap.as_ref().is_none_or(is_extern),
        (WastRetCore::RefFunc(_), Val::FuncRef(found)) => found.is_some(),
        (WastRetCore::RefExtern(number), Val::ExternRef(Some(found))) => {
            let found = found.data(store).downcast_ref::<u32>();
            number.is_none_or(|number| found == Some(&number))
        }
        (
            WastRetCore::V128(_)
            | WastRetCore::RefHost(_)
            | WastRetCore::RefAny
            | WastRetCore::RefEq
            | WastRetCore::RefArray
            | WastRetCore::RefStruct
            | WastRetCore::RefI31
            | WastRetCore::RefI31Shared,
            _,
        ) => return Err(format!("results like {expected:?} are not supported yet")),
        _ => false,
    })
}

/// `nan:canonical` is the quiet NaN without other payload bits, `nan:arithmetic` any quiet NaN; signs do not matter
/// (spec 3.0, "NaN Propagation"). Anything else must agree in every bit.
fn f32_matches(expected: &NanPattern<wast::token::F32>, found: u32) -> bool {
    const QUIET_NAN: u32 = 0x7fc0_0000;
    match expected {
        NanPattern::CanonicalNan => found & (u32::MAX >> 1) == QUIET_NAN,
        NanPattern::ArithmeticNan => found & QUIET_NAN == QUIET_NAN,
        NanPattern::Value(expected) => expected.bits == found,
    }
}

fn f64_matches(expected: &NanPattern<wast::token::F64>, found: u64) -> bool {
    const QUIET_NAN: u64 = 0x7ff8_0000_0000_0000;
    match expected {
        NanPattern::CanonicalNan => found & (u64::MAX >> 1) == QUIET_NAN,
        NanPattern::ArithmeticNan => found & QUIET_NAN == QUIET_NAN,
        NanPattern::Value(expected) => expected.bits == found,
    }
}

/// Null has one value per hierarchy, so the bottom type is as good a name for it as the top type.
fn is_func(heap: &HeapType<'_>) -> bool {
    use AbstractHeapType::{Func, NoFunc};
    matches!(heap, HeapType::Abstract { ty: Func | NoFunc, .. })
}

fn is_extern(heap: &HeapType<'_>) -> bool {
    use AbstractHeapType::{Extern, NoExtern};
    matches!(heap, HeapType::Abstract { ty: Extern | NoExtern, .. })
}

/// A value for messages, with the bits of floats.
pub(crate) fn show(store: &Store<()>, value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(value) => format!("f32 {value} ({:#x})", value.to_bits()),
        Val::F64(value) => format!("f64 {value} ({:#x})", value.to_bits()),
        Val::ExternRef(Some(value)) => {
            format!("extern {:?}", value.data(store).downcast_ref::<u32>())
        }
        other => format!("{other:?}"),
    }
}

/// What a script expects, for messages, in the manner of [`show`].
pub(crate) fn show_expected(expected: &WastRet<'_>) -> String {
    match expected {
        WastRet::Core(WastRetCore::I32(value)) => format!("i32 {value}"),
        WastRet::Core(WastRetCore::I64(value)) => format!("i64 {value}"),
        WastRet::Core(WastRetCore::F32(pattern)) => match pattern {
            NanPattern::CanonicalNan => "f32 nan:canonical".into(),
            NanPattern::ArithmeticNan => "f32 nan:arithmetic".into(),
            NanPattern::Value(value) => {
                format!("f32 {} ({:#x})", f32::from_bits(value.bits), value.bits)
            }
        },
        WastRet::Core(WastRetCore::F64(pattern)) => match pattern {
            NanPattern::CanonicalNan => "f64 nan:canonical".into(),
            NanPattern::ArithmeticNan => "f64 nan:arithmetic".into(),
            NanPattern::Value(value) => {
                format!("f64 {} ({:#x})", f64::from_bits(value.bits), value.bits)
            }
        },
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_patterns() {
        let canonical = &NanPattern::CanonicalNan;
        assert!(f32_matches(canonical, 0x7fc0_0000) && f32_matches(canonical, 0xffc0_0000));
        assert!(!f32_matches(canonical, 0x7fc0_0001) && !f32_matches(canonical, 0x7f80_0000));
        let arithmetic = &NanPattern::ArithmeticNan;
        assert!(f64_matches(arithmetic, 0xfff8_0000_0000_0001));
        assert!(!f64_matches(arithmetic, 0x7ff0_0000_0000_0001), "a signalling NaN");
        assert!(!f64_matches(arithmetic, 0x7ff0_0000_0000_0000), "infinity");
    }
}
