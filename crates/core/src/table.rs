//! Table and global types, and the type of anything that can be imported or exported.

use crate::{FuncType, IndexType, MemoryType, RefType, ValType};
use core::fmt;

/// The type of a table. Sizes are in elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    element: RefType,
    index: IndexType,
    min: u64,
    max: Option<u64>,
}

impl TableType {
    /// A table indexed by `i32`.
    pub const fn new(element: RefType, min: u32, max: Option<u32>) -> Self {
        let max = match max {
            Some(max) => Some(max as u64),
            None => None,
        };
        Self { element, index: IndexType::I32, min: min as u64, max }
    }

    /// A table indexed by `i64` (memory64 proposal).
    pub const fn new64(element: RefType, min: u64, max: Option<u64>) -> Self {
        Self { element, index: IndexType::I64, min, max }
    }

    /// The type of the elements.
    pub const fn element(&self) -> RefType {
        self.element
    }

    /// The type of an index into the table.
    pub const fn index_type(&self) -> IndexType {
        self.index
    }

    /// Elements at creation.
    pub const fn minimum(&self) -> u64 {
        self.min
    }

    /// Elements at most, if declared.
    pub const fn maximum(&self) -> Option<u64> {
        self.max
    }

    /// Whether the table is indexed by `i64`.
    pub const fn is_64(&self) -> bool {
        matches!(self.index, IndexType::I64)
    }

    /// The same type with another minimum: what a table that has grown looks like to an importer.
    #[must_use]
    pub const fn with_minimum(mut self, min: u64) -> Self {
        self.min = min;
        self
    }
}

/// The type of a global variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    /// The type of the value.
    pub content: ValType,
    /// Whether `global.set` may change it.
    pub mutable: bool,
}

impl GlobalType {
    /// A global of `content`, constant unless `mutable`.
    pub const fn new(content: ValType, mutable: bool) -> Self {
        Self { content, mutable }
    }
}

/// The kind of an import or export.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum ExternKind {
    Func,
    Table,
    Memory,
    Global,
}

impl fmt::Display for ExternKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Func => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Global => "global",
        })
    }
}

/// The type of an import or export.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum ExternType {
    Func(FuncType),
    Table(TableType),
    Memory(MemoryType),
    Global(GlobalType),
}

impl ExternType {
    /// The kind of thing this is the type of.
    pub const fn kind(&self) -> ExternKind {
        match self {
            Self::Func(_) => ExternKind::Func,
            Self::Table(_) => ExternKind::Table,
            Self::Memory(_) => ExternKind::Memory,
            Self::Global(_) => ExternKind::Global,
        }
    }
}
