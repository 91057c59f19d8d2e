//! Handles: what users hold instead of entities.
//!
//! Not references of guests: those are slot values. Invariant: a handle's address is that of an existing entity of its
//! store, because entities are not removed while the store lives.

use crate::atomic::AtomicU32;
use core::{fmt, sync::atomic::Ordering};
use wasmite_core::ExternKind;

/// Which store a handle belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StoreId(u32);

impl StoreId {
    /// An id that no other store of this process has (unless it made 2^32 of them).
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident $what:literal;)*) => { $(
        $(#[$doc])*
        ///
        /// Every function of a store that takes one panics if it belongs to another store.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name {
            store: StoreId,
            addr: u32,
        }

        impl $name {
            pub(crate) fn new(store: StoreId, addr: u32) -> Self {
                Self { store, addr }
            }

            /// The address in `store`.
            ///
            /// # Panics
            /// If the handle belongs to another store.
            #[inline]
            pub(crate) fn addr(self, store: StoreId) -> u32 {
                assert!(self.store == store, concat!("this ", $what, " belongs to another store"));
                self.addr
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} of store {})"), self.addr, self.store.0)
            }
        }
    )* };
}

handles! {
    /// A function of a store.
    Func "function";
    /// A table of a store.
    Table "table";
    /// A memory of a store.
    Memory "memory";
    /// A global of a store.
    Global "global";
    /// An instance of a program in a store.
    Instance "instance";
}

/// Something that can be imported or exported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Extern {
    Func(Func),
    Table(Table),
    Memory(Memory),
    Global(Global),
}

impl Extern {
    /// The kind of thing it is.
    pub const fn kind(self) -> ExternKind {
        match self {
            Self::Func(_) => ExternKind::Func,
            Self::Table(_) => ExternKind::Table,
            Self::Memory(_) => ExternKind::Memory,
            Self::Global(_) => ExternKind::Global,
        }
    }

    /// The function, if it is one.
    pub const fn into_func(self) -> Option<Func> {
        match self {
            Self::Func(func) => Some(func),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub const fn into_table(self) -> Option<Table> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The memory, if it is one.
    pub const fn into_memory(self) -> Option<Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            _ => None,
        }
    }

    /// The global, if it is one.
    pub const fn into_global(self) -> Option<Global> {
        match self {
            Self::Global(global) => Some(global),
            _ => None,
        }
    }
}

impl From<Func> for Extern {
    fn from(func: Func) -> Self {
        Self::Func(func)
    }
}

impl From<Table> for Extern {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Memory> for Extern {
    fn from(memory: Memory) -> Self {
        Self::Memory(memory)
    }
}

impl From<Global> for Extern {
    fn from(global: Global) -> Self {
        Self::Global(global)
    }
}
