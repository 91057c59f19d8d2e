//! Host functions: closures behind one interface, and what closures can become one.
//!
//! Invariant: a body finds arguments of its type in the activation's slots and leaves results of its type there; the
//! engine has checked the callers' side.

use super::{
    WasmParams, WasmResults, WasmTy, check_types, gather,
    wasm_ty::{Sealed, arities},
};
use crate::{Caller, Error, Val, store::StoreInner};
use alloc::boxed::Box;
use smallvec::SmallVec;
use wasmite_core::{FuncType, OutOfMemory, heap};

#[cfg(target_has_atomic = "ptr")]
pub(crate) use alloc::sync::Arc;
#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic_util::Arc;

/// A host function with its type, in no store yet.
pub struct HostFunc<T> {
    pub(crate) parts: Arc<HostParts<HostBody<T>>>,
}

/// What a host function consists of.
pub(crate) struct HostParts<F: ?Sized> {
    pub(crate) ty: FuncType,
    pub(crate) body: F,
}

/// What runs when a host function is called.
pub(crate) type HostBody<T> = dyn Fn(HostCall<'_, T>) -> Result<(), Error> + Send + Sync;

/// A call from the engine to the host.
pub(crate) struct HostCall<'a, T> {
    pub(crate) store: &'a mut StoreInner<T>,
}

impl<T> HostCall<'_, T> {
    fn caller(&mut self) -> Caller<'_, T> {
        let instance = self.store.exec.next_host_call().caller;
        Caller { store: self.store, instance }
    }

    fn slots(&mut self) -> &mut [u64] {
        self.store.exec.next_host_slots()
    }
}

impl<T> HostFunc<T> {
    fn new(
        ty: FuncType,
        body: impl Fn(HostCall<'_, T>) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, OutOfMemory> {
        let parts = HostParts { ty, body };
        // The box first, then what it is moved to.
        heap::has_room(2 * (size_of_val(&parts) + 2 * size_of::<usize>()))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "there was room: only so can it be any closure"
        )]
        let parts: Box<HostParts<HostBody<T>>> = Box::new(parts);
        Ok(Self { parts: Arc::from(parts) })
    }

    /// A host function that deals in values.
    pub(crate) fn untyped(
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, OutOfMemory> {
        let own_ty = ty.try_clone()?;
        let body = move |mut call: HostCall<'_, T>| {
            let count = own_ty.params().len();
            let slots: SmallVec<[u64; 16]> = gather(call.slots()[..count].iter().copied())?;
            let exec = &call.store.exec;
            let params = slots.iter().zip(own_ty.params());
            let params: SmallVec<[Val; 8]> =
                gather(params.map(|(slot, ty)| Val::from_slot(*slot, ty, exec)))?;
            let results = own_ty.results().iter();
            let mut results: SmallVec<[Val; 8]> =
                gather(results.map(|ty| Val::default_for_ty(ty).unwrap_or(Val::I32(0))))?;
            func(call.caller(), &params, &mut results)?;
            check_types("host function's result", &results, own_ty.results())?;
            for (at, result) in results.iter().enumerate() {
                let slot = result.to_slot(&call.store.exec);
                call.slots()[at] = slot;
            }
            Ok(())
        };
        Self::new(ty, body)
    }

    /// A host function that deals in Rust types. Makes no vectors of values.
    fn typed<P: WasmParams, R: WasmRet>(
        func: impl Fn(Caller<'_, T>, P) -> R + Send + Sync + 'static,
    ) -> Result<Self, OutOfMemory> {
        let ty = FuncType::try_new(P::types(), R::Results::types())?;
        let body = move |mut call: HostCall<'_, T>| {
            let mut params = P::Slots::default();
            let count = params.as_ref().len();
            params.as_mut().copy_from_slice(&call.slots()[..count]);
            let params = P::from_slots(params.as_ref(), &call.store.exec);
            let results = func(call.caller(), params).into_results()?;
            let results = results.into_slots(&call.store.exec);
            call.slots()[..results.as_ref().len()].copy_from_slice(results.as_ref());
            Ok(())
        };
        Self::new(ty, body)
    }
}

impl<T> Clone for HostFunc<T> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone() }
    }
}

/// What a host closure may return: a [`WasmResults`], or a `Result` of one and [`Error`].
pub trait WasmRet: Sealed {
    /// The results proper.
    #[doc(hidden)]
    type Results: WasmResults;

    #[doc(hidden)]
    fn into_results(self) -> Result<Self::Results, Error>;
}

impl<R: WasmResults> WasmRet for R {
    type Results = R;

    #[inline]
    fn into_results(self) -> Result<R, Error> {
        Ok(self)
    }
}

impl<R: WasmResults> Sealed for Result<R, Error> {}

impl<R: WasmResults> WasmRet for Result<R, Error> {
    type Results = R;

    #[inline]
    fn into_results(self) -> Self {
        self
    }
}

/// A closure that can be a host function of stores with data `T`: see [`Func::wrap`](super::Func::wrap). `Params` and
/// `Results` only tell the closures apart.
pub trait IntoFunc<T, Params, Results>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_host(self) -> Result<HostFunc<T>, OutOfMemory>;
}

macro_rules! closures {
    ($($name:ident)*) => {
        impl<T, F, $($name: WasmTy,)* R: WasmRet> IntoFunc<T, ($($name,)*), R> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
        {
            #[allow(non_snake_case)]
            fn into_host(self) -> Result<HostFunc<T>, OutOfMemory> {
                HostFunc::typed(move |_: Caller<'_, T>, ($($name,)*): ($($name,)*)| self($($name),*))
            }
        }

        impl<T, F, $($name: WasmTy,)* R: WasmRet> IntoFunc<T, (Caller<'_, T>, $($name,)*), R> for F
        where
            F: Fn(Caller<'_, T>, $($name),*) -> R + Send + Sync + 'static,
        {
            #[allow(non_snake_case)]
            fn into_host(self) -> Result<HostFunc<T>, OutOfMemory> {
                HostFunc::typed(move |caller: Caller<'_, T>, ($($name,)*): ($($name,)*)| {
                    self(caller, $($name),*)
                })
            }
        }
    };
}

arities!(closures);
