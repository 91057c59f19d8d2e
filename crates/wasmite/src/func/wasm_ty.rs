//! Rust types that stand for WebAssembly types, and tuples of them.
//!
//! Invariant: `into_slot` zero-extends 32-bit values, as the engine expects of every slot.

use crate::{ExternRef, F32, F64, Func};
use wasmite_core::ValType;
use wasmite_exec::Store;

/// Keeps the traits closed: the engine relies on what implementations promise.
pub trait Sealed {}

/// A Rust type that stands for a value type: integers, floats (`F32` and `F64` keep every bit), `Option<Func>` and
/// `Option<ExternRef>`. Wasmtime has no `F32` and `F64`, but types for references that are never null.
pub trait WasmTy: Sealed + Sized {
    /// The value type.
    const TYPE: ValType;

    #[doc(hidden)]
    fn into_slot(self, store: &Store) -> u64;

    #[doc(hidden)]
    fn from_slot(slot: u64, store: &Store) -> Self;
}

macro_rules! wasm_types {
    ($($ty:ty: $value:expr, ($into:ident, $into_store:pat) => $slot:expr, ($from:ident, $from_store:pat) => $back:expr;)*) => { $(
        impl Sealed for $ty {}

        impl WasmTy for $ty {
            const TYPE: ValType = $value;

            #[inline]
            fn into_slot(self, $into_store: &Store) -> u64 {
                let $into = self;
                $slot
            }

            #[inline]
            fn from_slot($from: u64, $from_store: &Store) -> Self {
                $back
            }
        }
    )* };
}

wasm_types! {
    i32: ValType::I32, (v, _) => u64::from(v as u32), (slot, _) => slot as i32;
    u32: ValType::I32, (v, _) => u64::from(v), (slot, _) => slot as u32;
    i64: ValType::I64, (v, _) => v as u64, (slot, _) => slot as i64;
    u64: ValType::I64, (v, _) => v, (slot, _) => slot;
    f32: ValType::F32, (v, _) => u64::from(v.to_bits()), (slot, _) => f32::from_bits(slot as u32);
    f64: ValType::F64, (v, _) => v.to_bits(), (slot, _) => f64::from_bits(slot);
    F32: ValType::F32, (v, _) => u64::from(v.to_bits()), (slot, _) => F32::from_bits(slot as u32);
    F64: ValType::F64, (v, _) => v.to_bits(), (slot, _) => F64::from_bits(slot);
    Option<Func>: ValType::FUNCREF,
        (v, store) => v.map_or(0, |func| store.func_ref(func.func)),
        (slot, store) => store.ref_func(slot).map(|func| Func { func });
    Option<ExternRef>: ValType::EXTERNREF,
        (v, store) => v.map_or(0, |value| value.to_slot(store)),
        (slot, store) => ExternRef::from_slot(slot, store);
}

/// Parameters: a [`WasmTy`], or a tuple of up to 16, as in Wasmi (17 in Wasmtime).
pub trait WasmParams: Sealed {
    /// An array of as many slots as the parameters take.
    #[doc(hidden)]
    type Slots: Default + AsRef<[u64]> + AsMut<[u64]>;

    /// Their types.
    #[doc(hidden)]
    fn types() -> &'static [ValType];

    #[doc(hidden)]
    fn into_slots(self, store: &Store) -> Self::Slots;

    #[doc(hidden)]
    fn from_slots(slots: &[u64], store: &Store) -> Self;
}

/// Results: a [`WasmTy`], or a tuple of up to 16; `()` for none.
pub trait WasmResults: WasmParams {}

impl<P: WasmParams> WasmResults for P {}

impl<V: WasmTy> WasmParams for V {
    type Slots = [u64; 1];

    fn types() -> &'static [ValType] {
        const { &[V::TYPE] }
    }

    #[inline]
    fn into_slots(self, store: &Store) -> [u64; 1] {
        [self.into_slot(store)]
    }

    #[inline]
    fn from_slots(slots: &[u64], store: &Store) -> Self {
        V::from_slot(slots[0], store)
    }
}

/// Calls a macro with the type names of each arity from 0 to 16.
macro_rules! arities {
    ($table:ident) => {
        $table!();
        $table!(A);
        $table!(A B);
        $table!(A B C);
        $table!(A B C D);
        $table!(A B C D E);
        $table!(A B C D E G);
        $table!(A B C D E G H);
        $table!(A B C D E G H I);
        $table!(A B C D E G H I J);
        $table!(A B C D E G H I J K);
        $table!(A B C D E G H I J K L);
        $table!(A B C D E G H I J K L M);
        $table!(A B C D E G H I J K L M N);
        $table!(A B C D E G H I J K L M N O);
        $table!(A B C D E G H I J K L M N O P);
        $table!(A B C D E G H I J K L M N O P Q);
    };
}
pub(super) use arities;

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: WasmTy),*> Sealed for ($($name,)*) {}

        #[allow(non_snake_case, unused_variables, unused_mut, clippy::unused_unit)]
        impl<$($name: WasmTy),*> WasmParams for ($($name,)*) {
            type Slots = [u64; const { <[&str]>::len(&[$(stringify!($name)),*]) }];

            fn types() -> &'static [ValType] {
                const { &[$($name::TYPE),*] }
            }

            #[inline]
            fn into_slots(self, store: &Store) -> Self::Slots {
                let ($($name,)*) = self;
                [$($name.into_slot(store)),*]
            }

            #[inline]
            fn from_slots(slots: &[u64], store: &Store) -> Self {
                let mut slots = slots.iter();
                ($($name::from_slot(slots.next().copied().unwrap_or(0), store),)*)
            }
        }
    };
}

arities!(tuples);
