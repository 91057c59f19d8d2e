//! Globals: those that the instance defines, and imported ones, which may be anywhere in the store.

use super::{Execute, Forms};
use crate::raw::{Destination, Flow, OperandForms, Operands, Regs, Source};
use core::marker::PhantomData;
use wasmite_isa::{Scalar, ops, ops::Row, shape};

/// The cell of the global that a cell of code names among those that the instance defines.
#[inline(always)]
fn defined<O: Row, F: OperandForms>(cell: &Operands<O, F>, regs: &Regs) -> *mut u64 {
    let index = cell.u32(regs, shape::B) as usize;
    // SAFETY: I9, there is such a global; I4 for where.
    unsafe { (*regs.ctx).globals.add(index) }
}

/// The cell of the global that a cell of code names among those that the instance imports.
#[inline(always)]
fn imported<O: Row, F: OperandForms>(cell: &Operands<O, F>, regs: &Regs) -> *mut u64 {
    let index = cell.u32(regs, shape::B) as usize;
    // Volatile for the order: read before the address is known, the start would take one more native register.
    // SAFETY: I9, there is such a global; I4 for where.
    unsafe {
        let address = (*regs.ctx).imported_globals.add(index).read_volatile();
        (&raw const (*regs.ctx).cells).read_volatile().add(address as usize)
    }
}

macro_rules! accesses {
    ($($find:ident: $get:ident $set:ident;)*) => { $(
        pub(super) struct $get<O, D>(PhantomData<(O, D)>);

        impl<O: ops::Global, D: Destination> Execute for $get<O, D> {
            #[inline(always)]
            unsafe fn execute(regs: &mut Regs) -> Flow {
                // SAFETY: I1, promised by the caller.
                let cell = unsafe { Operands::<O, ()>::of_current() };
                // SAFETY: I4, just found.
                let value = unsafe { $find(&cell, regs).read() };
                cell.put::<D>(regs, O::T::from_slot(value))
            }
        }

        pub(super) struct $set<O, X>(PhantomData<(O, X)>);

        impl<O: ops::Global, X: Source> Execute for $set<O, X> {
            #[inline(always)]
            unsafe fn execute(regs: &mut Regs) -> Flow {
                // SAFETY: I1, promised by the caller.
                let cell = unsafe { Operands::<O, (X,)>::of_current() };
                let value: O::T = cell.a(regs);
                // SAFETY: I4, just found.
                unsafe { $find(&cell, regs).write(value.to_slot()) };
                cell.next(regs)
            }
        }
    )* };
}

accesses! {
    defined: Get Set;
    imported: ImportedGet ImportedSet;
}

pub(super) const fn get<O: ops::Global>() -> Forms {
    forms!(Get<O>: dst)
}

pub(super) const fn set<O: ops::Global>() -> Forms {
    forms!(Set<O>: src)
}

pub(super) const fn imported_get<O: ops::Global>() -> Forms {
    forms!(ImportedGet<O>: dst)
}

pub(super) const fn imported_set<O: ops::Global>() -> Forms {
    forms!(ImportedSet<O>: src)
}
