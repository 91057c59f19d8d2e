//! Functions whose type was checked once.

use super::{Func, WasmParams, WasmResults, call::Call};
use crate::{AsContextMut, Error};
use core::{fmt, marker::PhantomData};

/// A function of type `P -> R`; see [`Func::typed`]. A call checks no types and allocates nothing.
pub struct TypedFunc<P, R> {
    func: Func,
    ty: PhantomData<fn(P) -> R>,
}

impl<P: WasmParams, R: WasmResults> TypedFunc<P, R> {
    /// The caller has checked the type.
    pub(super) fn new(func: Func) -> Self {
        Self { func, ty: PhantomData }
    }

    /// The function.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls the function.
    ///
    /// # Errors
    /// If it traps, or if a host function in it fails.
    ///
    /// # Panics
    /// If the function, or a reference among the parameters, belongs to another store.
    #[inline]
    pub fn call(&self, mut ctx: impl AsContextMut, params: P) -> Result<R, Error> {
        let store = ctx.as_context_mut().0;
        let slots = params.into_slots(&store.exec);
        let mut call = Call::enter(store, self.func.func, slots.as_ref())?;
        let (slots, exec) = call.run()?;
        Ok(R::from_slots(slots, exec))
    }
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

impl<P, R> fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}
