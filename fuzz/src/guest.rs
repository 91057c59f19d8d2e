//! What the oracles need of an engine: an instance whose exports can be called and looked at.
//!
//! Values are the least common denominator of engines: bits for numbers, and for references only whether they are null.

use wasmite::Trap;

/// A value in no engine's own terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cell {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
    Func { null: bool },
    Extern { null: bool },
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    I32,
    I64,
    F32,
    F64,
    Func,
    Extern,
}

/// An export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// With the types of the parameters.
    Func(Vec<Kind>),
    Global,
    Memory,
    Table,
}

/// Why a call or an instantiation did not return.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    Trap(Trap),
    /// Anything else, as the engine words it.
    Error(String),
}

/// What a look at an export that is not a function shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Global(Cell),
    Memory {
        pages: u64,
        hash: u64,
    },
    /// For each element whether it is null.
    Table(Vec<bool>),
}

/// An instance in some engine.
pub(crate) trait Guest {
    /// The exports, in any order.
    fn items(&self) -> Vec<(String, Item)>;
    /// Calls an exported function. References among the arguments are null.
    fn call(&mut self, name: &str, arguments: &[Cell]) -> Result<Vec<Cell>, Stop>;
    /// The state of an export; none if it is a function.
    fn state(&self, name: &str) -> Option<State>;
    /// The fuel that was used so far, if there is a count of it.
    fn fuel(&self) -> Option<u64> {
        None
    }
    /// The host's data in the store: what `note` made of it.
    fn data(&self) -> u64;
}
