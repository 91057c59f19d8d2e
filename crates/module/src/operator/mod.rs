//! Operators as values, with their immediates.
//!
//! Not their meaning, and not how they are read: that is in `read`. Invariant: there is one for each row of the table, so whoever
//! matches on them cannot forget one.

mod immediates;
mod read;
mod table;

#[cfg(feature = "validate")]
pub(crate) use immediates::NO_REFERENCES;
pub(crate) use read::unknown;
pub use read::{Operators, Visitor};
pub(crate) use table::for_each_operator;

use crate::reader::Reader;
use wasmite_core::{RefType, ValType};

macro_rules! define {
    ($($code:literal $name:ident $({ $($arg:ident: $ty:ty = $read:ident),* })?
        $class:ident $(($($of:tt)*))? $(@ $proposal:ident)?;)*) => {
        /// An operator of WebAssembly (spec 3.0, "Instructions"). Floats are their bits.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum Operator<'a> { $($name $({ $($arg: $ty),* })?),* }
    };
}

for_each_operator!(define);

/// How many operands an operator takes, and the type of what it leaves, if its row in the table says so.
macro_rules! effect {
    (constant($to:ident)) => {
        Some((0, Some(ValType::$to)))
    };
    (unary($from:ident, $to:ident)) => {
        Some((1, Some(ValType::$to)))
    };
    (binary($from:ident, $to:ident)) => {
        Some((2, Some(ValType::$to)))
    };
    (load($log2:literal, $to:ident)) => {
        Some((1, Some(ValType::$to)))
    };
    (store($log2:literal, $from:ident)) => {
        Some((2, None))
    };
    (other) => {
        None
    };
}

macro_rules! define_effect {
    ($($code:literal $name:ident $({ $($arg:ident: $ty:ty = $read:ident),* })?
        $class:ident $(($($of:tt)*))? $(@ $proposal:ident)?;)*) => {
        impl Operator<'_> {
            /// How many operands it takes and the type of the one it leaves, if types alone say what it does with them.
            #[inline(always)]
            pub fn effect(&self) -> Option<(u8, Option<ValType>)> {
                match self { $(Self::$name { .. } => effect!($class $(($($of)*))?),)* }
            }
        }
    };
}

for_each_operator!(define_effect);

/// The type of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockType {
    /// It neither takes nor leaves anything.
    Empty,
    /// It leaves one value.
    Type(ValType),
    /// As the function type of this index (multi-value proposal).
    FuncType(u32),
}

/// What an access to memory has besides operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemArg {
    /// Log2 of the alignment, a hint.
    pub align: u8,
    /// The memory's index.
    pub memory: u32,
    /// Added to the address.
    pub offset: u64,
}

/// The labels of a branch table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrTable<'a> {
    /// Those that are selected, which have been read once.
    targets: Reader<'a>,
    count: u32,
    default: u32,
}

impl<'a> BrTable<'a> {
    /// How many labels there are besides the default.
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether there is no label but the default.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The label, as a relative depth, of a value beyond the others.
    pub fn default(&self) -> u32 {
        self.default
    }

    /// The labels by value, as relative depths.
    pub fn targets(&self) -> impl Iterator<Item = u32> + use<'a> {
        let mut targets = self.targets;
        (0..self.count).map_while(move |_| targets.u32().ok())
    }
}
