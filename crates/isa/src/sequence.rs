//! What ops may be part of a sequence: neighbouring cells that an engine executes as one.
//!
//! Not which sequences there are (`for_each_sequence`), nor how they execute. Invariant: every op has one [`Place`].

use crate::Op;

/// Where in a sequence an op may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It leaves dispatch, or handles tables, any memory or runs of slots: more values at once than there are registers for.
    Nowhere,
    /// Control never goes on to the next cell.
    Last,
    Anywhere,
}

macro_rules! place {
    (Copy $name:ident) => {
        Place::Anywhere
    };
    (Unary $name:ident) => {
        Place::Anywhere
    };
    (Binary $name:ident) => {
        Place::Anywhere
    };
    (Compare $name:ident) => {
        Place::Anywhere
    };
    (Branch $name:ident) => {
        Place::Anywhere
    };
    (Select $name:ident) => {
        Place::Anywhere
    };
    (Load $name:ident) => {
        Place::Anywhere
    };
    (Store $name:ident) => {
        Place::Anywhere
    };
    (LoadIndexed $name:ident) => {
        Place::Anywhere
    };
    (StoreIndexed $name:ident) => {
        Place::Anywhere
    };
    (GlobalGet $name:ident) => {
        Place::Anywhere
    };
    (GlobalSet $name:ident) => {
        Place::Anywhere
    };
    (ImportedGlobalGet $name:ident) => {
        Place::Anywhere
    };
    (ImportedGlobalSet $name:ident) => {
        Place::Anywhere
    };
    (ReturnOne $name:ident) => {
        Place::Last
    };
    (Control $name:ident) => {
        match Op::$name {
            Op::Fuel => Place::Anywhere,
            Op::Jump | Op::BranchTable | Op::Return | Op::Call | Op::CallIndirect => Place::Last,
            _ => Place::Nowhere,
        }
    };
    ($family:ident $name:ident) => {
        Place::Nowhere
    };
}

macro_rules! define_places {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => {
        /// In table order.
        const PLACES: [Place; Op::ALL.len()] = [$(place!($family $name)),*];
    };
}

for_each_op!(define_places);

impl Op {
    /// Whether a sequence may have the op as its last cell.
    pub fn can_end_sequence(self) -> bool {
        PLACES[self as usize] != Place::Nowhere
    }

    /// Whether a sequence may have another cell behind the op's: control goes on there, if only sometimes.
    pub fn can_continue_sequence(self) -> bool {
        PLACES[self as usize] == Place::Anywhere
    }
}
