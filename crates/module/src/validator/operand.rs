//! The stack of operand types, as far as it does not depend on blocks.
//!
//! Not subtyping in general: without typed function references the only subtype is that of a function that is named. Invariant:
//! below the operands of each open block there is a floor, which no operand's type equals; so whether there are operands enough
//! needs no look at the block.

use core::fmt;
use wasmite_core::{HeapType, RefType, ValType};

/// The type of an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Type {
    /// None: below are the operands of the block around.
    Floor,
    /// Any: of an operand that code takes which is never executed.
    Unknown,
    I32,
    I64,
    F32,
    F64,
    FuncRef,
    ExternRef,
    /// What `ref.func` leaves, a subtype of `funcref`. No other type names it before typed function references are supported.
    Func,
    /// Of a proposal that is not supported, so that no section may have it.
    Unsupported,
}

impl Type {
    /// Whether an operand of this type may be where one of type `expected` is wanted.
    pub(super) fn is(self, expected: Self) -> bool {
        self == expected
            || self == Self::Unknown
            || (self == Self::Func && expected == Self::FuncRef)
    }

    /// Whether it is a reference, as far as is known.
    pub(super) fn is_reference(self) -> bool {
        matches!(self, Self::FuncRef | Self::ExternRef | Self::Func)
    }
}

impl From<ValType> for Type {
    #[inline(always)]
    fn from(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32,
            ValType::I64 => Self::I64,
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::Ref(ty) => ty.into(),
            ValType::V128 => Self::Unsupported,
        }
    }
}

impl From<RefType> for Type {
    fn from(ty: RefType) -> Self {
        match ty {
            RefType { nullable: true, heap: HeapType::Func } => Self::FuncRef,
            RefType { nullable: true, heap: HeapType::Extern } => Self::ExternRef,
            _ => Self::Unsupported,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Floor => "nothing",
            Self::Unknown => "a value",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::FuncRef => "funcref",
            Self::ExternRef => "externref",
            Self::Func => "(ref func)",
            Self::Unsupported => "an unsupported type",
        })
    }
}
