//! Instances as users see them.

use crate::{
    AsContext, AsContextMut, Error, Export, Extern, Func, Global, Memory, Module, Table, TypedFunc,
    WasmParams, WasmResults,
    func::{HostFunc, call_start},
    store::StoreInner,
};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use wasmite_core::ExternType;
use wasmite_core::heap::{self, Grow};
use wasmite_module::{Import, ImportType};

/// A handle to an instance of a module in a store. A shared borrow of the store is enough to look at exports, as in
/// Wasmi; Wasmtime wants an exclusive one.
///
/// # Panics
/// Every function panics if the instance belongs to another store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    pub(crate) instance: wasmite_exec::Instance,
}

impl Instance {
    /// Instantiates a module with imports in the module's order, and runs its start function.
    ///
    /// # Errors
    /// If the imports do not fit, a limit refuses, or a segment's initialisation or the start function traps. As the
    /// standard demands, what was written to imported memories and tables until then stays written.
    ///
    /// # Panics
    /// If an import belongs to another store.
    pub fn new(
        mut ctx: impl AsContextMut,
        module: &Module,
        imports: &[Extern],
    ) -> Result<Self, Error> {
        let imports = heap::boxed_slice(imports.iter().map(|item| (*item).into()))?;
        instantiate(ctx.as_context_mut().0, module, &imports)
    }

    /// The module.
    pub fn module(&self, ctx: impl AsContext) -> Module {
        let context = ctx.as_context();
        let program = context.0.exec.instance_program(self.instance).clone();
        Module { engine: context.0.engine.clone(), program }
    }

    /// What is exported as `name`.
    pub fn get_export(&self, ctx: impl AsContext, name: &str) -> Option<Extern> {
        ctx.as_context().0.exec.instance_export(self.instance, name).map(Extern::from)
    }

    /// The function exported as `name`.
    pub fn get_func(&self, ctx: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(ctx, name)?.into_func()
    }

    /// The function exported as `name`, if its type is `P -> R`.
    ///
    /// # Errors
    /// If there is no such function or its type is another.
    pub fn get_typed_func<P: WasmParams, R: WasmResults>(
        &self,
        ctx: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        let func = self.get_func(&ctx, name);
        let func = func.ok_or_else(|| Error::usage(format_args!("no function export `{name}`")))?;
        func.typed(&ctx)
    }

    /// The memory exported as `name`.
    pub fn get_memory(&self, ctx: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(ctx, name)?.into_memory()
    }

    /// The table exported as `name`.
    pub fn get_table(&self, ctx: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(ctx, name)?.into_table()
    }

    /// The global exported as `name`.
    pub fn get_global(&self, ctx: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(ctx, name)?.into_global()
    }

    /// All exports, in module order.
    pub fn exports<'a, T: 'a>(
        &self,
        ctx: impl Into<crate::StoreContext<'a, T>>,
    ) -> impl Iterator<Item = Export<'a>> {
        let exports = ctx.into().0.exec.instance_exports(self.instance);
        exports.map(|(name, item)| Export::new(name, item.into()))
    }
}

/// Instantiates and runs the start function.
pub(crate) fn instantiate<T>(
    store: &mut StoreInner<T>,
    module: &Module,
    imports: &[wasmite_exec::Extern],
) -> Result<Instance, Error> {
    let program = &module.program;
    let instance = store.limited(|exec, limiter| exec.instantiate(program, imports, limiter))?;
    if let Some(start) = store.exec.instance_start(instance) {
        call_start(store, start)?;
    }
    Ok(Instance { instance })
}

/// A module with its imports looked up: instantiating it again and again skips the search.
#[derive(Clone)]
pub struct InstancePre<T> {
    module: Module,
    imports: Box<[Definition<T>]>,
}

/// What a linker knows under a name.
pub(crate) enum Definition<T> {
    /// Something that a store owns already.
    Item(wasmite_exec::Extern),
    /// A function of the host's, to be added to each store at its first use there.
    Host(HostFunc<T>),
}

impl<T> Clone for Definition<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Item(item) => Self::Item(*item),
            Self::Host(host) => Self::Host(host.clone()),
        }
    }
}

impl<T> Definition<T> {
    /// An error if this is a host function and does not fit `import` of `module`.
    pub(crate) fn check(&self, module: &Module, import: &Import) -> Result<(), Error> {
        let Self::Host(host) = self else { return Ok(()) };
        let (module, found) = (module.program.module(), &host.parts.ty);
        match import.ty {
            ImportType::Func(ty) if module.types()[ty.index()] == *found => Ok(()),
            _ => {
                let found = ExternType::Func(found.try_clone()?);
                Err(wasmite_exec::Error::incompatible(module, import, found)?.into())
            }
        }
    }

    /// The item, in `store`.
    pub(crate) fn resolve(&self, store: &mut StoreInner<T>) -> Result<wasmite_exec::Extern, Error> {
        match self {
            Self::Item(item) => Ok(*item),
            Self::Host(host) => Ok(wasmite_exec::Extern::Func(store.linked_host(host)?)),
        }
    }
}

impl<T> InstancePre<T> {
    pub(crate) fn new(module: &Module, imports: Box<[Definition<T>]>) -> Self {
        Self { module: module.clone(), imports }
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Instantiates the module and runs its start function.
    ///
    /// # Errors
    /// As [`Instance::new`].
    ///
    /// # Panics
    /// If an import belongs to another store.
    pub fn instantiate(&self, mut ctx: impl AsContextMut<Data = T>) -> Result<Instance, Error> {
        let store = ctx.as_context_mut().0;
        let mut imports = Vec::with_room(self.imports.len())?;
        for definition in &self.imports {
            imports.put(definition.resolve(store)?);
        }
        instantiate(store, &self.module, &imports)
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstancePre").field("module", &self.module).finish_non_exhaustive()
    }
}
