//! Finding imports by name.
//!
//! Invariant: a name is defined at most once unless shadowing is allowed.

use crate::{
    AsContext, AsContextMut, Caller, Engine, Error, Extern, Instance, InstancePre, IntoFunc,
    Module, Val, func::HostFunc, instance::Definition,
};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
use hashbrown::{Equivalent, HashMap};
use wasmite_core::heap::{Grow, boxed_str};
use wasmite_core::{ExternType, FuncType, OutOfMemory, Printable};

/// Definitions by module and name, from which modules take their imports. Independent of stores as long as only host
/// functions are defined; items of a store ([`Linker::define`], [`Linker::instance`]) tie it to that store.
pub struct Linker<T> {
    engine: Engine,
    definitions: HashMap<Key, Definition<T>>,
    shadowing: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    module: Box<str>,
    name: Box<str>,
}

/// A key that owns nothing: hashes as [`Key`] does.
#[derive(Hash)]
struct Lookup<'a> {
    module: &'a str,
    name: &'a str,
}

impl Equivalent<Key> for Lookup<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.module == *key.module && *self.name == *key.name
    }
}

/// Something is defined twice in a linker.
#[derive(Debug, thiserror::Error)]
#[error("`{}` `{}` is defined already", Printable(.module), Printable(.name))]
pub(crate) struct DefinedTwice {
    module: Box<str>,
    name: Box<str>,
}

/// An import that a linker has no definition for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("unknown import `{}` `{}`", Printable(.module), Printable(.name))]
pub struct UnknownImportError {
    module: Box<str>,
    name: Box<str>,
}

impl UnknownImportError {
    fn new(module: &str, name: &str) -> Result<Self, OutOfMemory> {
        Ok(Self { module: boxed_str(module)?, name: boxed_str(name)? })
    }

    /// The first of the import's two names.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The second of the import's two names.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<T> Linker<T> {
    /// A linker without definitions.
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), definitions: HashMap::new(), shadowing: false }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a definition may replace one of the same name. Off at first.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = allow;
        self
    }

    /// Defines an item of a store. The store comes first, as in Wasmtime; Wasmi's takes none.
    ///
    /// # Errors
    /// If the name is defined already and shadowing is not allowed.
    ///
    /// # Panics
    /// If the item belongs to another store than `ctx`.
    pub fn define(
        &mut self,
        ctx: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self, Error> {
        let item = wasmite_exec::Extern::from(item.into());
        // Panics if it belongs to another store.
        ctx.as_context().0.exec.extern_type(item)?;
        self.insert(module, name, Definition::Item(item))
    }

    /// Defines a host function by its type; see [`Func::new`](crate::Func::new).
    ///
    /// # Errors
    /// As [`Linker::define`].
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Host(HostFunc::untyped(ty, func)?))
    }

    /// Defines a host function from a closure; see [`Func::wrap`](crate::Func::wrap).
    ///
    /// # Errors
    /// As [`Linker::define`].
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Host(func.into_host()?))
    }

    /// Defines all exports of an instance under the module name `module`. A shared borrow of the store is enough; Wasmtime
    /// and Wasmi want an exclusive one.
    ///
    /// # Errors
    /// As [`Linker::define`].
    ///
    /// # Panics
    /// If the instance belongs to another store than `ctx`.
    pub fn instance(
        &mut self,
        ctx: impl AsContext<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        let context = ctx.as_context();
        for (name, item) in context.0.exec.instance_exports(instance.instance) {
            self.insert(module, name, Definition::Item(item))?;
        }
        Ok(self)
    }

    /// Instantiates a module and defines its exports under the module name `name`. Exports named `_start` and
    /// `_initialize` are nothing special: Wasmtime calls them, and makes an instance for each call of a command.
    ///
    /// # Errors
    /// As [`Linker::instantiate`] and [`Linker::define`].
    pub fn module(
        &mut self,
        mut ctx: impl AsContextMut<Data = T>,
        name: &str,
        module: &Module,
    ) -> Result<&mut Self, Error> {
        let instance = self.instantiate(&mut ctx, module)?;
        self.instance(&ctx, name, instance)
    }

    /// Defines `module` `name` also as `as_module` `as_name`.
    ///
    /// # Errors
    /// If there is no such definition, or as [`Linker::define`].
    pub fn alias(
        &mut self,
        module: &str,
        name: &str,
        as_module: &str,
        as_name: &str,
    ) -> Result<&mut Self, Error> {
        let definition = self.definition(module, name)?.clone();
        self.insert(as_module, as_name, definition)
    }

    /// Defines everything that is defined under `module` also under `as_module`.
    ///
    /// # Errors
    /// As [`Linker::define`].
    pub fn alias_module(&mut self, module: &str, as_module: &str) -> Result<&mut Self, Error> {
        let of_module = self.definitions.iter().filter(|(key, _)| *key.module == *module);
        let mut found = Vec::new();
        for (key, definition) in of_module {
            found.try_push((boxed_str(&key.name)?, definition.clone()))?;
        }
        for (name, definition) in found {
            self.insert(as_module, &name, definition)?;
        }
        Ok(self)
    }

    /// Defines the imported functions of `module` that have no definition yet, so that calling one fails with
    /// [`UnknownImportError`].
    ///
    /// # Errors
    /// None at present.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<(), Error>
    where
        T: 'static,
    {
        for import in module.imports() {
            let (module, name) = (import.module(), import.name());
            let ExternType::Func(ty) = import.ty() else { continue };
            if self.find(module, name).is_none() {
                let unknown = UnknownImportError::new(module, name)?;
                let fail = move |_: Caller<'_, T>, _: &[Val], _: &mut [Val]| {
                    Err(Error::new(unknown.clone()))
                };
                let host = HostFunc::untyped(ty.try_clone()?, fail)?;
                self.insert(module, name, Definition::Host(host))?;
            }
        }
        Ok(())
    }

    /// What is defined as `module` `name`; host functions are added to the store at their first use there.
    pub fn get(
        &self,
        mut ctx: impl AsContextMut<Data = T>,
        module: &str,
        name: &str,
    ) -> Option<Extern> {
        let definition = self.find(module, name)?;
        Some(definition.resolve(ctx.as_context_mut().0).ok()?.into())
    }

    /// Instantiates a module with imports from this linker, and runs its start function.
    ///
    /// # Errors
    /// [`UnknownImportError`] if an import has no definition, else as [`Instance::new`].
    ///
    /// # Panics
    /// If a definition belongs to another store.
    pub fn instantiate(
        &self,
        ctx: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        self.instantiate_pre(module)?.instantiate(ctx)
    }

    /// Same as [`Linker::instantiate`]: Wasmi's name.
    ///
    /// # Errors
    /// As [`Linker::instantiate`].
    pub fn instantiate_and_start(
        &self,
        ctx: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        self.instantiate(ctx, module)
    }

    /// Looks up the imports of a module once, to instantiate it many times. Types of host functions are checked here, as in
    /// Wasmtime; those of a store's items at instantiation, since it is the store that knows them.
    ///
    /// # Errors
    /// [`UnknownImportError`] if an import has no definition, or the error of [`Instance::new`] if a host function is of
    /// another type.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>, Error> {
        let imports = module.program.module().imports();
        let mut found = Vec::with_room(imports.len())?;
        for import in imports {
            let definition = self.definition(&import.module, &import.name)?;
            definition.check(module, import)?;
            found.put(definition.clone());
        }
        Ok(InstancePre::new(module, found.try_into_box()?))
    }

    fn find(&self, module: &str, name: &str) -> Option<&Definition<T>> {
        self.definitions.get(&Lookup { module, name })
    }

    fn definition(&self, module: &str, name: &str) -> Result<&Definition<T>, Error> {
        match self.find(module, name) {
            Some(definition) => Ok(definition),
            None => Err(UnknownImportError::new(module, name)?.into()),
        }
    }

    fn insert(
        &mut self,
        module: &str,
        name: &str,
        definition: Definition<T>,
    ) -> Result<&mut Self, Error> {
        if !self.shadowing && self.definitions.contains_key(&Lookup { module, name }) {
            let (module, name) = (boxed_str(module)?, boxed_str(name)?);
            return Err(Error::new(DefinedTwice { module, name }));
        }
        let key = Key { module: boxed_str(module)?, name: boxed_str(name)? };
        self.definitions.try_reserve(1).map_err(|_| OutOfMemory)?;
        #[expect(clippy::disallowed_methods, reason = "room was made above")]
        self.definitions.insert(key, definition);
        Ok(self)
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            definitions: self.definitions.clone(),
            shadowing: self.shadowing,
        }
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.definitions.keys().map(|key| (&key.module, &key.name));
        f.debug_list().entries(names).finish()
    }
}
