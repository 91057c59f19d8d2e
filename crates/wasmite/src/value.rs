//! Values whose type is known at run time only, and their slots.
//!
//! Not the typed way: that is `WasmTy`. Invariant: a value becomes a slot only in a store it belongs to.

use crate::{ExternRef, F32, F64, Func};
use wasmite_core::{HeapType, RefType, ValType};

/// A WebAssembly value.
///
/// Floats are [`F32`] and [`F64`], as in Wasmi; Wasmtime has bits (`u32`, `u64`) there: `Val::F32(F32::from_bits(bits))`.
/// References are `Option`s, as in Wasmtime; Wasmi has a type of its own for nullable ones.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Val {
    I32(i32),
    I64(i64),
    F32(F32),
    F64(F64),
    /// `None` is null.
    FuncRef(Option<Func>),
    /// `None` is null.
    ExternRef(Option<ExternRef>),
}

/// A reference: what tables hold.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Ref {
    /// `None` is null.
    Func(Option<Func>),
    /// `None` is null.
    Extern(Option<ExternRef>),
}

impl Val {
    /// Zero or null; `None` if the type has no default or is not supported yet. Wasmi gives a value for every type.
    pub fn default_for_ty(ty: &ValType) -> Option<Self> {
        Some(match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(F32::default()),
            ValType::F64 => Self::F64(F64::default()),
            ValType::V128 => return None,
            ValType::Ref(ty) => Ref::null(ty)?.into(),
        })
    }

    /// The type; of references the nullable one. Needs no store and cannot fail: Wasmtime's does and can.
    pub fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::FuncRef(_) => ValType::FUNCREF,
            Self::ExternRef(_) => ValType::EXTERNREF,
        }
    }

    /// Whether the value may be used where `ty` is expected. Needs no store and cannot fail: Wasmtime's does and can.
    pub fn matches_ty(&self, ty: &ValType) -> bool {
        match (*self, ty) {
            (Self::FuncRef(func), ValType::Ref(ty)) => Ref::Func(func).matches_ty(ty),
            (Self::ExternRef(value), ValType::Ref(ty)) => Ref::Extern(value).matches_ty(ty),
            _ => self.ty() == *ty,
        }
    }

    /// The integer, if this is an `i32`.
    pub fn i32(&self) -> Option<i32> {
        if let Self::I32(value) = self { Some(*value) } else { None }
    }

    /// The integer, if this is an `i64`.
    pub fn i64(&self) -> Option<i64> {
        if let Self::I64(value) = self { Some(*value) } else { None }
    }

    /// The float, if this is an `f32`.
    pub fn f32(&self) -> Option<f32> {
        if let Self::F32(value) = self { Some(value.to_float()) } else { None }
    }

    /// The float, if this is an `f64`.
    pub fn f64(&self) -> Option<f64> {
        if let Self::F64(value) = self { Some(value.to_float()) } else { None }
    }

    /// The slot that holds the value. Panics on a reference of another store.
    pub(crate) fn to_slot(self, store: &wasmite_exec::Store) -> u64 {
        match self {
            Self::I32(value) => u64::from(value as u32),
            Self::I64(value) => value as u64,
            Self::F32(value) => u64::from(value.to_bits()),
            Self::F64(value) => value.to_bits(),
            Self::FuncRef(func) => Ref::Func(func).to_slot(store),
            Self::ExternRef(value) => Ref::Extern(value).to_slot(store),
        }
    }

    /// The value of type `ty` in a slot of `store`.
    pub(crate) fn from_slot(slot: u64, ty: &ValType, store: &wasmite_exec::Store) -> Self {
        match ty {
            ValType::I32 => Self::I32(slot as i32),
            ValType::I64 => Self::I64(slot as i64),
            ValType::F32 => Self::F32(F32::from_bits(slot as u32)),
            ValType::F64 => Self::F64(F64::from_bits(slot)),
            ValType::V128 => unreachable!("a vector in a single slot"),
            ValType::Ref(ty) => Ref::from_slot(slot, ty, store).into(),
        }
    }
}

impl Ref {
    /// The null reference of a type; `None` if null is not a value of it or it is not supported yet. Wasmtime takes a
    /// heap type and cannot fail.
    pub fn null(ty: &RefType) -> Option<Self> {
        match ty {
            RefType { nullable: true, heap: HeapType::Func } => Some(Self::Func(None)),
            RefType { nullable: true, heap: HeapType::Extern } => Some(Self::Extern(None)),
            _ => None,
        }
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Func(None) | Self::Extern(None))
    }

    /// The type: the nullable one. Needs no store and cannot fail: Wasmtime's does and can.
    pub fn ty(&self) -> RefType {
        match self {
            Self::Func(_) => RefType::FUNCREF,
            Self::Extern(_) => RefType::EXTERNREF,
        }
    }

    /// The function; `None` if this is null or not a function reference, which Wasmtime tells apart.
    pub fn as_func(&self) -> Option<Func> {
        if let Self::Func(func) = self { *func } else { None }
    }

    /// The host value; `None` if this is null or not a host reference, which Wasmtime tells apart.
    pub fn as_extern(&self) -> Option<ExternRef> {
        if let Self::Extern(value) = self { *value } else { None }
    }

    /// Whether the reference may be used where `ty` is expected. Needs no store and cannot fail: Wasmtime's does and can.
    pub fn matches_ty(&self, ty: &RefType) -> bool {
        self.ty().heap == ty.heap && (ty.nullable || !self.is_null())
    }

    pub(crate) fn to_slot(self, store: &wasmite_exec::Store) -> u64 {
        match self {
            Self::Func(func) => func.map_or(0, |func| store.func_ref(func.func)),
            Self::Extern(value) => value.map_or(0, |value| value.to_slot(store)),
        }
    }

    /// The reference in a slot. References that are not functions are the host's: there are no others yet.
    pub(crate) fn from_slot(slot: u64, ty: &RefType, store: &wasmite_exec::Store) -> Self {
        match ty.heap {
            HeapType::Func => Self::Func(store.ref_func(slot).map(|func| Func { func })),
            _ => Self::Extern(ExternRef::from_slot(slot, store)),
        }
    }
}

impl From<Ref> for Val {
    fn from(reference: Ref) -> Self {
        match reference {
            Ref::Func(func) => Self::FuncRef(func),
            Ref::Extern(value) => Self::ExternRef(value),
        }
    }
}

macro_rules! conversions {
    ($($from:ty => $kind:ident, $value:ident => $to:expr;)*) => { $(
        impl From<$from> for Val {
            fn from($value: $from) -> Self {
                Self::$kind($to)
            }
        }
    )* };
}

conversions! {
    i32 => I32, value => value;
    u32 => I32, value => value as i32;
    i64 => I64, value => value;
    u64 => I64, value => value as i64;
    f32 => F32, value => value.into();
    f64 => F64, value => value.into();
    F32 => F32, value => value;
    F64 => F64, value => value;
    Func => FuncRef, value => Some(value);
    Option<Func> => FuncRef, value => value;
    ExternRef => ExternRef, value => Some(value);
    Option<ExternRef> => ExternRef, value => value;
}

impl From<Func> for Ref {
    fn from(func: Func) -> Self {
        Self::Func(Some(func))
    }
}

impl From<ExternRef> for Ref {
    fn from(value: ExternRef) -> Self {
        Self::Extern(Some(value))
    }
}
