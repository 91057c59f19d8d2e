//! Indices into a module's index spaces, one type each so that they cannot be mixed up.
//!
//! Not addresses in a store: those belong to the engine.

use core::fmt;

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as an offset into a slice.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<u32> for $name {
            #[inline]
            fn from(index: u32) -> Self {
                Self(index)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )* };
}

indices! {
    /// Index of a type in a module.
    TypeIdx;
    /// Index of a function in a module, imports first.
    FuncIdx;
    /// Index of a table in a module, imports first.
    TableIdx;
    /// Index of a memory in a module, imports first.
    MemoryIdx;
    /// Index of a global in a module, imports first.
    GlobalIdx;
    /// Index of an element segment in a module.
    ElemIdx;
    /// Index of a data segment in a module.
    DataIdx;
}
