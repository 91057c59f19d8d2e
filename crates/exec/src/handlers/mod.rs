//! Handlers: what each op does, one generic type per family of ops, and the table from opcodes to handlers.
//!
//! Not how one follows another ([`crate::dispatch`]), nor what an op computes (`wasmite_isa::ops`). Invariant: a handler
//! that exits leaves registers and frame as they were, so that its cell can be executed again.

use crate::dispatch::{self, Handler};
use crate::raw::{Flow, Regs};
use wasmite_core::Trap;
use wasmite_isa::{Op, Opcode, ops, ops::Row};

// First, so that its macro is in scope for the modules below.
#[macro_use]
mod forms;

mod arithmetic;
mod bulk;
mod call;
// Names of cells that no sequence has stay unused.
#[allow(dead_code)]
mod cells;
mod control;
mod element_loop;
mod global;
mod memory;
#[cfg_attr(not(sequences), allow(dead_code))]
mod sequence;
mod transfer;

pub(crate) use call::ReturnForeign;
pub(crate) use control::Finish;
pub(crate) use forms::restrict;
pub(crate) use sequence::Sequences;

/// What a handler does: executes the cell at the instruction pointer.
pub(crate) trait Execute: 'static {
    /// Executes the current cell and moves the instruction pointer on, or exits and leaves it.
    ///
    /// # Safety
    /// I1 to I4, and the current cell is of the op and the forms that `Self` is for.
    unsafe fn execute(regs: &mut Regs) -> Flow;
}

/// The handlers of an op, by form; where there are hot locals, those for targets that are ahead follow ([`Opcode::ahead`]).
type Forms = &'static [Handler];

/// An op with handlers of its own.
trait Handlers: Row {
    /// By form.
    const FORMS: Forms;
}

/// The handler `E` of `O` with these forms, or a stand-in if `O` may not have them.
const fn of_form<O: Row, E: Execute>(digits: &[u8]) -> Handler {
    if O::OP.allows(digits) { dispatch::handler::<E>() } else { dispatch::handler::<Invalid>() }
}

/// Stands in for operand forms that verified code does not have.
struct Invalid;

impl Execute for Invalid {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        regs.trap(Trap::Unreachable)
    }
}

macro_rules! handlers_of {
    (Copy $name:ident) => {
        arithmetic::copy::<ops::$name>()
    };
    (Unary $name:ident) => {
        arithmetic::unary::<ops::$name>()
    };
    (Binary $name:ident) => {
        arithmetic::binary::<ops::$name>()
    };
    (Compare $name:ident) => {
        arithmetic::compare::<ops::$name>()
    };
    (Select $name:ident) => {
        arithmetic::select::<ops::$name>()
    };
    (Wide $name:ident) => {
        arithmetic::wide::<ops::$name>()
    };
    (Load $name:ident) => {
        memory::load::<ops::$name>()
    };
    (Store $name:ident) => {
        memory::store::<ops::$name>()
    };
    (LoadIndexed $name:ident) => {
        memory::load_indexed::<ops::$name>()
    };
    (StoreIndexed $name:ident) => {
        memory::store_indexed::<ops::$name>()
    };
    (LoadGeneral $name:ident) => {
        memory::load_general::<ops::$name>()
    };
    (StoreGeneral $name:ident) => {
        memory::store_general::<ops::$name>()
    };
    (GlobalGet $name:ident) => {
        global::get::<ops::$name>()
    };
    (GlobalSet $name:ident) => {
        global::set::<ops::$name>()
    };
    (ImportedGlobalGet $name:ident) => {
        global::imported_get::<ops::$name>()
    };
    (ImportedGlobalSet $name:ident) => {
        global::imported_set::<ops::$name>()
    };
    (Branch $name:ident) => {
        control::branch::<ops::$name>()
    };
    (ReturnOne $name:ident) => {
        call::return_one::<ops::$name>()
    };
    (Cold $name:ident) => {
        control::cold::<ops::$name>()
    };
    (Control $name:ident) => {
        <ops::$name as Handlers>::FORMS
    };
}

macro_rules! define_table {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => {
        /// By op, in table order, then by form.
        static TABLE: [Forms; Op::ALL.len()] = [$(handlers_of!($family $name)),*];
    };
}

wasmite_isa::for_each_op!(define_table);

/// The handler of `opcode`, or the stand-in for one that code translated with [`restrict`]ed options does not have.
fn find(opcode: Opcode) -> Handler {
    match forms::place(opcode) {
        Some(place) => TABLE[opcode.op as usize][place],
        None => dispatch::handler::<Invalid>(),
    }
}

/// The op word of a linked cell of `opcode`.
pub(crate) fn handler(opcode: Opcode) -> u64 {
    dispatch::word(find(opcode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_opcode_that_is_built_has_a_place_of_its_own() {
        for op in Op::ALL {
            let directions = 1 + u16::from(cfg!(feature = "hot-locals") && op.shape().has_target());
            let forms = 0..op.shape().forms() * directions;
            let opcodes = forms.map(|form| Opcode { op: *op, form });
            let places: Vec<_> = opcodes.filter_map(forms::place).collect();
            assert!(places.iter().copied().eq(0..TABLE[*op as usize].len()), "{op:?}");
        }
    }

    #[test]
    fn only_forms_that_are_not_allowed_are_invalid() {
        // Equal handlers may be merged by the linker, so only one direction can be tested.
        let invalid = dispatch::handler::<Invalid>() as usize;
        for op in Op::ALL {
            for form in 0..op.shape().forms() {
                let opcode = Opcode { op: *op, form };
                let (digits, _) = opcode.digits();
                let allowed = op.allows(&digits);
                let found = find(opcode) as usize;
                assert!(allowed || found == invalid, "{opcode:?}");
            }
        }
    }
}
