//! What a module takes and gives: imports, exports, and the tables and globals between them.
//!
//! Not linking: nothing here is looked up outside the module. Invariant: indices are within their index space.

use crate::ConstExpr;
use alloc::boxed::Box;
use wasmite_core::{
    ExternKind, FuncIdx, GlobalIdx, GlobalType, MemoryIdx, MemoryType, TableIdx, TableType, TypeIdx,
};

/// An import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// The first of the two names.
    pub module: Box<str>,
    /// The second of the two names.
    pub name: Box<str>,
    /// What is expected.
    pub ty: ImportType,
}

/// What an import expects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum ImportType {
    Func(TypeIdx),
    Table(TableType),
    Memory(MemoryType),
    Global(GlobalType),
}

impl ImportType {
    /// The kind of thing that is imported.
    pub const fn kind(&self) -> ExternKind {
        match self {
            Self::Func(_) => ExternKind::Func,
            Self::Table(_) => ExternKind::Table,
            Self::Memory(_) => ExternKind::Memory,
            Self::Global(_) => ExternKind::Global,
        }
    }
}

/// An export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The name, unique in the module.
    pub name: Box<str>,
    /// What is exported.
    pub item: ExternIdx,
}

/// Something that can be exported, by its index in the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum ExternIdx {
    Func(FuncIdx),
    Table(TableIdx),
    Memory(MemoryIdx),
    Global(GlobalIdx),
}

impl ExternIdx {
    /// The kind of thing this is the index of.
    pub const fn kind(self) -> ExternKind {
        match self {
            Self::Func(_) => ExternKind::Func,
            Self::Table(_) => ExternKind::Table,
            Self::Memory(_) => ExternKind::Memory,
            Self::Global(_) => ExternKind::Global,
        }
    }
}

/// A table, imported or defined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// Its type.
    pub ty: TableType,
    /// The value its elements start with; null if there is none.
    pub init: Option<ConstExpr>,
}

/// A global, imported or defined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Global {
    /// Its type.
    pub ty: GlobalType,
    /// The value it starts with; none if it is imported.
    pub init: Option<ConstExpr>,
}
