//! Globals as users see them.

use crate::{AsContext, AsContextMut, Error, Val};
use wasmite_core::{GlobalType, ValType};

/// A handle to a global variable of a store.
///
/// # Panics
/// Every function panics if the global, or a reference given to it, belongs to another store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Global {
    pub(crate) global: wasmite_exec::Global,
}

impl Global {
    /// A global of its own. Takes its type, as in Wasmtime; Wasmi takes value and mutability.
    ///
    /// # Errors
    /// If `value` is of another type than the global.
    pub fn new(mut ctx: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self, Error> {
        let store = ctx.as_context_mut().0;
        check(&value, &ty.content)?;
        let slot = value.to_slot(&store.exec);
        let global = store.exec.new_global(ty, slot)?;
        Ok(Self { global })
    }

    /// The type.
    pub fn ty(&self, ctx: impl AsContext) -> GlobalType {
        ctx.as_context().0.exec.global_type(self.global)
    }

    /// The value.
    pub fn get(&self, ctx: impl AsContext) -> Val {
        let exec = &ctx.as_context().0.exec;
        Val::from_slot(exec.global_get(self.global), &exec.global_type(self.global).content, exec)
    }

    /// Changes the value.
    ///
    /// # Errors
    /// If the global is immutable or `value` is of another type.
    pub fn set(&self, mut ctx: impl AsContextMut, value: Val) -> Result<(), Error> {
        let store = ctx.as_context_mut().0;
        check(&value, &store.exec.global_type(self.global).content)?;
        let slot = value.to_slot(&store.exec);
        Ok(store.exec.global_set(self.global, slot)?)
    }
}

fn check(value: &Val, expected: &ValType) -> Result<(), Error> {
    if value.matches_ty(expected) {
        return Ok(());
    }
    let found = value.ty();
    Err(Error::usage(format_args!("global value: expected {expected}, found {found}")))
}
