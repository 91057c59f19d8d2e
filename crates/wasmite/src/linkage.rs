//! What modules and instances take and give, by name.

use crate::{AsContext, Func, Global, Memory, Table};
use wasmite_core::{ExternKind, ExternType, OutOfMemory};

/// Something that can be imported or exported.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Extern {
    Func(Func),
    Table(Table),
    Memory(Memory),
    Global(Global),
}

impl Extern {
    /// The function, if this is one.
    pub fn into_func(self) -> Option<Func> {
        if let Self::Func(func) = self { Some(func) } else { None }
    }

    /// The table, if this is one.
    pub fn into_table(self) -> Option<Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// The memory, if this is one.
    pub fn into_memory(self) -> Option<Memory> {
        if let Self::Memory(memory) = self { Some(memory) } else { None }
    }

    /// The global, if this is one.
    pub fn into_global(self) -> Option<Global> {
        if let Self::Global(global) = self { Some(global) } else { None }
    }

    /// The kind of thing.
    pub fn kind(&self) -> ExternKind {
        match self {
            Self::Func(_) => ExternKind::Func,
            Self::Table(_) => ExternKind::Table,
            Self::Memory(_) => ExternKind::Memory,
            Self::Global(_) => ExternKind::Global,
        }
    }

    /// The type; of memories and tables with their current size as minimum.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, ctx: impl AsContext) -> ExternType {
        owned(ctx.as_context().0.exec.extern_type((*self).into()))
    }
}

/// A type that the host asked for.
///
/// # Panics
/// If there was no memory for it.
pub(crate) fn owned(ty: Result<ExternType, OutOfMemory>) -> ExternType {
    ty.expect("memory for a type")
}

macro_rules! kinds {
    ($($kind:ident)*) => { $(
        impl From<$kind> for Extern {
            fn from(item: $kind) -> Self {
                Self::$kind(item)
            }
        }
    )* };
}

kinds! { Func Table Memory Global }

impl From<wasmite_exec::Extern> for Extern {
    fn from(item: wasmite_exec::Extern) -> Self {
        match item {
            wasmite_exec::Extern::Func(func) => Self::Func(Func { func }),
            wasmite_exec::Extern::Table(table) => Self::Table(Table { table }),
            wasmite_exec::Extern::Memory(memory) => Self::Memory(Memory { memory }),
            wasmite_exec::Extern::Global(global) => Self::Global(Global { global }),
        }
    }
}

impl From<Extern> for wasmite_exec::Extern {
    fn from(item: Extern) -> Self {
        match item {
            Extern::Func(Func { func }) => Self::Func(func),
            Extern::Table(Table { table }) => Self::Table(table),
            Extern::Memory(Memory { memory }) => Self::Memory(memory),
            Extern::Global(Global { global }) => Self::Global(global),
        }
    }
}

/// An export of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    name: &'a str,
    item: Extern,
}

impl<'a> Export<'a> {
    pub(crate) fn new(name: &'a str, item: Extern) -> Self {
        Self { name, item }
    }

    /// The name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// What is exported.
    pub fn into_extern(self) -> Extern {
        self.item
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        self.item.into_func()
    }

    /// The table, if it is one.
    pub fn into_table(self) -> Option<Table> {
        self.item.into_table()
    }

    /// The memory, if it is one.
    pub fn into_memory(self) -> Option<Memory> {
        self.item.into_memory()
    }

    /// The global, if it is one.
    pub fn into_global(self) -> Option<Global> {
        self.item.into_global()
    }

    /// The type of what is exported.
    pub fn ty(&self, ctx: impl AsContext) -> ExternType {
        self.item.ty(ctx)
    }
}

/// An import of a module.
#[derive(Clone, Debug)]
pub struct ImportType<'a> {
    module: &'a str,
    name: &'a str,
    ty: ExternType,
}

impl<'a> ImportType<'a> {
    pub(crate) fn new(module: &'a str, name: &'a str, ty: ExternType) -> Self {
        Self { module, name, ty }
    }

    /// The first of the two names.
    pub fn module(&self) -> &'a str {
        self.module
    }

    /// The second of the two names.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// What is expected. Lent, as in Wasmi; Wasmtime gives a copy.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

/// An export of a module.
#[derive(Clone, Debug)]
pub struct ExportType<'a> {
    name: &'a str,
    ty: ExternType,
}

impl<'a> ExportType<'a> {
    pub(crate) fn new(name: &'a str, ty: ExternType) -> Self {
        Self { name, ty }
    }

    /// The name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The type of what is exported. Lent, as in Wasmi; Wasmtime gives a copy.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

/// A custom section of a module.
#[derive(Clone, Copy, Debug)]
pub struct CustomSection<'a> {
    name: &'a str,
    data: &'a [u8],
}

impl<'a> CustomSection<'a> {
    pub(crate) fn new(name: &'a str, data: &'a [u8]) -> Self {
        Self { name, data }
    }

    /// The section's name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The contents after the name.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }
}
