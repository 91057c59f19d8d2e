//! Functions as users see them.
//!
//! Not here: how calls run (call), the typed forms (typed, wasm_ty, host).

mod call;
mod host;
mod typed;
mod wasm_ty;

pub(crate) use call::call_start;
pub(crate) use host::{Arc, HostBody, HostFunc, HostParts};
pub use host::{IntoFunc, WasmRet};
pub use typed::TypedFunc;
pub use wasm_ty::{WasmParams, WasmResults, WasmTy};

use crate::{AsContext, AsContextMut, Caller, Error, Val};
use call::Call;
use smallvec::SmallVec;
use wasmite_core::{FuncType, OutOfMemory, ValType};

/// A handle to a function of a store: one of an instance's, or one of the host's.
///
/// # Panics
/// Every function panics if the function, or a reference given to it, belongs to another store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Func {
    pub(crate) func: wasmite_exec::Func,
}

impl Func {
    /// A host function whose type is known at run time only. The closure gets the arguments, which are of the declared
    /// types, and a place for the results, which it has to fill with values of the declared types. An error ends the
    /// calling WebAssembly code and comes out of the outermost call.
    ///
    /// Results hold zero or null of their types at first, as in Wasmi; in Wasmtime all hold a null function reference.
    /// The type needs no engine: `FuncType::new(params, results)`, as in Wasmi.
    ///
    /// # Panics
    /// If the type exceeds the engine's limits, uses types not supported yet, or the store or the heap can hold no more functions.
    pub fn new<T>(
        mut ctx: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        let host = HostFunc::untyped(ty, func).map_err(Error::from);
        let func = host.and_then(|host| ctx.as_context_mut().0.add_host(&host));
        Self { func: func.expect("the store must accept the host function") }
    }

    /// A host function from a closure: its type follows from the closure's. The closure may take a [`Caller`] first,
    /// then up to 16 parameters that are [`WasmTy`], as in Wasmi (17 in Wasmtime), and return what is [`WasmRet`]; its
    /// errors can only be [`Error`].
    ///
    /// # Panics
    /// As [`Func::new`].
    pub fn wrap<T, Params, Results>(
        mut ctx: impl AsContextMut<Data = T>,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Self {
        let host = func.into_host().map_err(Error::from);
        let func = host.and_then(|host| ctx.as_context_mut().0.add_host(&host));
        Self { func: func.expect("the store must accept the host function") }
    }

    /// The type.
    pub fn ty(&self, ctx: impl AsContext) -> FuncType {
        ctx.as_context().0.exec.func_type(self.func).clone()
    }

    /// Calls the function and fills `results`.
    ///
    /// # Errors
    /// If number or types of `params` or the number of `results` are not those of the function, if it traps, or if a
    /// host function in it fails.
    pub fn call(
        &self,
        mut ctx: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<(), Error> {
        let store = ctx.as_context_mut().0;
        let ty = store.exec.func_type(self.func);
        check_types("parameter", params, ty.params())?;
        check_count("result", results.len(), ty.results().len())?;
        let slots: SmallVec<[u64; 16]> =
            gather(params.iter().map(|value| value.to_slot(&store.exec)))?;
        let mut call = Call::enter(store, self.func, &slots)?;
        let (slots, exec) = call.run()?;
        let types = exec.func_type(self.func).results();
        for ((result, ty), slot) in results.iter_mut().zip(types).zip(slots) {
            *result = Val::from_slot(*slot, ty, exec);
        }
        Ok(())
    }

    /// The function with its type checked once, to be called quickly. The types must be the same; Wasmtime also accepts
    /// subtypes.
    ///
    /// # Errors
    /// If its type is not `P -> R`.
    pub fn typed<P: WasmParams, R: WasmResults>(
        &self,
        ctx: impl AsContext,
    ) -> Result<TypedFunc<P, R>, Error> {
        let context = ctx.as_context();
        let found = context.0.exec.func_type(self.func);
        let same = P::types().iter().eq(found.params()) && R::types().iter().eq(found.results());
        if !same {
            let expected = FuncType::try_new(P::types(), R::types())?;
            let message = format_args!("type mismatch: expected {expected}, found {found}");
            return Err(Error::usage(message));
        }
        Ok(TypedFunc::new(*self))
    }
}

/// The items, on the heap if they are many.
fn gather<A: smallvec::Array>(
    items: impl ExactSizeIterator<Item = A::Item>,
) -> Result<SmallVec<A>, OutOfMemory> {
    let mut all = SmallVec::new();
    all.try_reserve_exact(items.len()).map_err(|_| OutOfMemory)?;
    #[expect(clippy::disallowed_methods, reason = "room was made above")]
    all.extend(items);
    Ok(all)
}

fn check_count(what: &str, given: usize, expected: usize) -> Result<(), Error> {
    if given == expected {
        return Ok(());
    }
    Err(Error::usage(format_args!("{what} count: expected {expected}, found {given}")))
}

/// Whether there is a value of the right type for each of `types`.
fn check_types(what: &str, values: &[Val], types: &[ValType]) -> Result<(), Error> {
    check_count(what, values.len(), types.len())?;
    let wrong = values.iter().zip(types).enumerate().find(|(_, (value, ty))| !value.matches_ty(ty));
    let Some((at, (value, ty))) = wrong else { return Ok(()) };
    Err(Error::usage(format_args!("{what} {at}: expected {ty}, found {}", value.ty())))
}
