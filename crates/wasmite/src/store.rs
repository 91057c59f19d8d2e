//! The store: everything instances own, the host's data, and the host's functions.
//!
//! Invariant: `hosts[i]` is the host function behind every engine function made with host index `i`, and is never removed.

use crate::{
    AsContext, AsContextMut, Engine, Error, MemoryUsage, ResourceLimiter, StoreContext,
    StoreContextMut, Val,
    externref::HostValue,
    func::{Arc, HostBody, HostFunc, HostParts},
    limiter::Consulted,
};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use wasmite_core::heap::{Boxed, Grow};
use wasmite_core::{FuncType, Limits, OutOfMemory, ValType};

/// Owns instances, functions, memories, tables and globals, and the host's data of type `T`. Nothing is freed before
/// the store is dropped.
pub struct Store<T> {
    inner: Boxed<StoreInner<T>>,
}

pub(crate) struct StoreInner<T> {
    pub(crate) engine: Engine,
    pub(crate) exec: wasmite_exec::Store,
    pub(crate) data: T,
    /// Shared, so that running calls can use one while the store is lent to it.
    pub(crate) hosts: Vec<Hosted<T>>,
    pub(crate) values: Vec<HostValue>,
    pub(crate) limiter: Option<Box<GetLimiter<T>>>,
}

/// A host function that is in a store.
pub(crate) struct Hosted<T> {
    pub(crate) parts: Arc<HostParts<HostBody<T>>>,
    func: wasmite_exec::Func,
}

type GetLimiter<T> = dyn (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync;

impl<T> Store<T> {
    /// An empty store.
    ///
    /// # Panics
    /// If there is no memory for it.
    pub fn new(engine: &Engine, data: T) -> Self {
        Self::try_new(engine, data).expect("memory for a store")
    }

    /// An empty store. As Wasmtime's of that name; Wasmi has none.
    ///
    /// # Errors
    /// If there is no memory for it: a store is a few hundred bytes on the heap.
    pub fn try_new(engine: &Engine, data: T) -> Result<Self, Error> {
        let inner = StoreInner {
            engine: engine.clone(),
            exec: wasmite_exec::Store::new(&engine.engine),
            data,
            hosts: Vec::new(),
            values: Vec::new(),
            limiter: None,
        };
        Ok(Self { inner: Boxed::new(inner)? })
    }

    pub(crate) fn inner(&self) -> &StoreInner<T> {
        &self.inner
    }

    pub(crate) fn inner_mut(&mut self) -> &mut StoreInner<T> {
        &mut self.inner
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        &self.inner.data
    }

    /// The host's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.inner.data
    }

    /// Drops the store except for the host's data.
    pub fn into_data(self) -> T {
        self.inner.into_inner().data
    }

    /// Sets who decides on growth and on new entities: `limiter` finds it in the host's data.
    pub fn limiter(
        &mut self,
        limiter: impl (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync + 'static,
    ) {
        #[expect(
            clippy::disallowed_methods,
            reason = "once for a store, by the host, mostly of no size"
        )]
        let limiter = Box::new(limiter);
        self.inner.limiter = Some(limiter);
    }

    /// Lends bytes to the next memory that a module instantiated in this store defines: it lives there, and cannot grow beyond
    /// them. Lend several times for several memories, in the order in which they are made. What is lent is cleared as it
    /// comes to be used, and does not count for what the store holds. Wasmite's own.
    ///
    /// An instantiation that fails before segments are copied leaves what was lent to the next one.
    ///
    /// # Errors
    /// If there is not enough memory to remember it.
    pub fn lend_memory(&mut self, bytes: &'static mut [u8]) -> Result<(), Error> {
        Ok(self.inner.exec.lend_memory(bytes)?)
    }

    /// What each memory of the store has used so far, in order of creation. Wasmite's own.
    pub fn memory_usage(&self) -> impl ExactSizeIterator<Item = MemoryUsage> {
        self.inner.exec.memory_usage()
    }

    /// What has been executed in this store so far: by function, op, sequence of ops, and call stack.
    ///
    /// Only with feature `profile`, which makes execution ten times slower or more and takes memory without limit: for
    /// development, not for untrusted modules. Wasmtime has a guest profiler that samples instead.
    #[cfg(feature = "profile")]
    pub fn profile(&self) -> crate::Profile {
        self.inner.exec.profile()
    }
}

impl<T> StoreInner<T> {
    /// Does something with the engine's store that the resource limiter may want to refuse. An error of the limiter's
    /// own takes precedence over what came of it. Always inline: calls go through here.
    #[inline(always)]
    pub(crate) fn limited<R>(
        &mut self,
        act: impl FnOnce(
            &mut wasmite_exec::Store,
            &mut Option<&mut dyn wasmite_exec::Limiter>,
        ) -> Result<R, wasmite_exec::Error>,
    ) -> Result<R, Error> {
        let Some(limiter) = &mut self.limiter else {
            return Ok(act(&mut self.exec, &mut None)?);
        };
        let mut consulted = Consulted::new(limiter(&mut self.data));
        let result = act(&mut self.exec, &mut Some(&mut consulted));
        consulted.finish(result)
    }

    /// Adds a host function.
    pub(crate) fn add_host(&mut self, host: &HostFunc<T>) -> Result<wasmite_exec::Func, Error> {
        check_type(&host.parts.ty, &self.exec.engine().config().limits)?;
        let index = u32::try_from(self.hosts.len())
            .map_err(|_| Error::usage("a store cannot hold more host functions"))?;
        self.hosts.try_reserve(1).map_err(OutOfMemory::from)?;
        let func = self.exec.host_func(&host.parts.ty, index)?;
        self.hosts.put(Hosted { parts: host.parts.clone(), func });
        Ok(func)
    }

    /// The function for a linker's definition: added at its first use in this store, so that instantiating many modules
    /// with one linker makes each function once. Stores have few: they are searched one by one.
    pub(crate) fn linked_host(&mut self, host: &HostFunc<T>) -> Result<wasmite_exec::Func, Error> {
        let same = |hosted: &&Hosted<T>| Arc::ptr_eq(&hosted.parts, &host.parts);
        match self.hosts.iter().find(same) {
            Some(hosted) => Ok(hosted.func),
            None => self.add_host(host),
        }
    }
}

/// Whether a host function may have the type.
fn check_type(ty: &FuncType, limits: &Limits) -> Result<(), Error> {
    let count = |types: &[ValType]| types.len() as u64;
    let within = Limits::check("parameters", count(ty.params()), limits.params.into())
        .and_then(|()| Limits::check("results", count(ty.results()), limits.results.into()));
    within.map_err(wasmite_exec::Error::from)?;
    let unknown =
        ty.params().iter().chain(ty.results()).find(|ty| Val::default_for_ty(ty).is_none());
    match unknown {
        Some(ty) => Err(Error::usage(format_args!("values of type {ty} are not supported yet"))),
        None => Ok(()),
    }
}

impl<T> AsContext for Store<T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(&self.inner)
    }
}

impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(&mut self.inner)
    }
}

impl<T: Default> Default for Store<T> {
    fn default() -> Self {
        Self::new(&Engine::default(), T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("data", &self.inner.data).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for StoreInner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
