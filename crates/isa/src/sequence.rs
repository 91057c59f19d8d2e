//! What ops may be part of a sequence: neighbouring cells that an engine executes as one.
//!
//! Not which sequences there are (`for_each_sequence`), nor how they execute. Invariant: every op has one [`Place`].

use crate::Op;

/// Where in a sequence an op may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It leaves dispatch, or handles runs of slots or any memory: more values at once than a sequence has registers for.
    Nowhere,
    /// Control never goes on to the next cell.
    Last,
    Anywhere,
}

macro_rules! place {
    (Cold $name:ident) => {
        Place::Nowhere
    };
    (Wide $name:ident) => {
        Place::Nowhere
    };
    (LoadGeneral $name:ident) => {
        Place::Nowhere
    };
    (StoreGeneral $name:ident) => {
        Place::Nowhere
    };
    (ReturnOne $name:ident) => {
        Place::Last
    };
    (Control $name:ident) => {
        match Op::$name {
            Op::Jump | Op::BranchTable | Op::Return | Op::Call | Op::CallIndirect => Place::Last,
            _ => Place::Nowhere,
        }
    };
    ($family:ident $name:ident) => {
        Place::Anywhere
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
