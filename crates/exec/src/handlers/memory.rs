//! Loads and stores.
//!
//! Not bulk operations ([`super::transfer`]). Invariant: a byte is touched only after the whole access has been
//! found to be inside the memory.

use super::{Execute, Forms};
use crate::dispatch::handler;
use crate::raw::{Destination, Flow, Operands, Regs, Source, View};
use core::marker::PhantomData;
use wasmite_core::Trap;
use wasmite_isa::ops::{LoadVariant, Row, StoreVariant};
use wasmite_isa::{Scalar, ops, shape};

type Address = Result<*mut u8, Trap>;

/// Where `size` bytes at `address + offset` of memory 0 are.
#[inline(always)]
fn locate(regs: &Regs, address: u64, offset: u32, size: usize) -> Address {
    let address = address.wrapping_add(offset.into());
    // SAFETY: I8, the context is there.
    let (limit, start) =
        unsafe { ((*regs.ctx).limits[size.trailing_zeros() as usize], (*regs.ctx).memory.base) };
    if address < limit {
        Ok(start.wrapping_add(address as usize))
    } else {
        Err(Trap::MemoryOutOfBounds)
    }
}

/// Reads what the load `L` reads.
///
/// # Safety
/// `from` comes from [`locate`] or [`locate_slot`] with the load's size.
#[inline(always)]
unsafe fn read<L: ops::Load>(from: *const u8) -> L::Out {
    // SAFETY: I4, the access is inside the memory; byte arrays have no alignment and no invalid values.
    L::decode(unsafe { from.cast::<L::Bytes>().read() })
}

/// Writes what the store `S` writes.
///
/// # Safety
/// As [`read`].
#[inline(always)]
unsafe fn write<S: ops::Store>(to: *mut u8, value: S::In) {
    // SAFETY: I4, the access is inside the memory; byte arrays have no alignment.
    unsafe { to.cast::<S::Bytes>().write(S::encode(value)) }
}

pub(super) struct Load<O, X, D>(PhantomData<(O, X, D)>);

impl<O: ops::Load, X: Source, D: Destination> Execute for Load<O, X, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X,)>::of_current() };
        match locate(regs, cell.address(regs), cell.u32(regs, shape::B), O::SIZE) {
            // SAFETY: I4, just located.
            Ok(from) => cell.put::<D>(regs, unsafe { read::<O>(from) }),
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) struct LoadIndexed<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: LoadVariant, X: Source, Y: Source, D: Destination> Execute for LoadIndexed<O, X, Y, D> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y)>::of_current() };
        let (base, index): (u32, u32) = (cell.a(regs), cell.b(regs));
        let size = <O::Load as ops::Load>::SIZE;
        match locate(regs, base.wrapping_add(index).into(), cell.offset(regs, shape::C), size) {
            // SAFETY: I4, just located.
            Ok(from) => cell.put::<D>(regs, unsafe { read::<O::Load>(from) }),
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) struct Store<O, X, V>(PhantomData<(O, X, V)>);

impl<O: ops::Store, X: Source, V: Source> Execute for Store<O, X, V> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, V)>::of_current() };
        match locate(regs, cell.address(regs), cell.u32(regs, shape::B), O::SIZE) {
            Ok(to) => {
                // SAFETY: I4, just located.
                unsafe { write::<O>(to, cell.b(regs)) };
                cell.next(regs)
            }
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) struct StoreIndexed<O, X, Y, V>(PhantomData<(O, X, Y, V)>);

impl<O: StoreVariant, X: Source, Y: Source, V: Source> Execute for StoreIndexed<O, X, Y, V> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, (X, Y, V)>::of_current() };
        let (base, index): (u32, u32) = (cell.a(regs), cell.b(regs));
        let size = <O::Store as ops::Store>::SIZE;
        match locate(regs, base.wrapping_add(index).into(), cell.offset(regs, shape::C), size) {
            Ok(to) => {
                // SAFETY: I4, just located.
                unsafe { write::<O::Store>(to, cell.c(regs)) };
                cell.next(regs)
            }
            Err(trap) => regs.trap(trap),
        }
    }
}

/// Where the access of a general cell is.
#[inline(always)]
fn locate_slot<O: Row>(cell: &Operands<O, ()>, regs: &Regs, size: usize) -> Address {
    // SAFETY: I8 for the context; I9, the module has such a memory.
    let View { base, len } = unsafe { (&*regs.ctx).memory(cell.u32(regs, shape::B)) };
    // SAFETY: I3 for the slot.
    let address = unsafe { cell.slot(regs, shape::A).read() };
    let offset = cell.u64(regs, shape::EXTRA);
    match (address.checked_add(offset), len.checked_sub(size as u64)) {
        (Some(start), Some(last)) if start <= last => Ok(base.wrapping_add(start as usize)),
        _ => Err(Trap::MemoryOutOfBounds),
    }
}

pub(super) struct LoadGeneral<O>(PhantomData<O>);

impl<O: LoadVariant> Execute for LoadGeneral<O> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        match locate_slot(&cell, regs, <O::Load as ops::Load>::SIZE) {
            // SAFETY: I4, just located.
            Ok(from) => cell.put::<crate::raw::SlotForm>(regs, unsafe { read::<O::Load>(from) }),
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) struct StoreGeneral<O>(PhantomData<O>);

impl<O: StoreVariant> Execute for StoreGeneral<O> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<O, ()>::of_current() };
        match locate_slot(&cell, regs, <O::Store as ops::Store>::SIZE) {
            Ok(to) => {
                // SAFETY: I3 for the slot; the access was just located.
                unsafe {
                    let value = cell.slot(regs, shape::D).read();
                    write::<O::Store>(to, Scalar::from_slot(value));
                }
                cell.next(regs)
            }
            Err(trap) => regs.trap(trap),
        }
    }
}

pub(super) const fn load<O: ops::Load>() -> Forms {
    forms!(Load<O>: src dst)
}

pub(super) const fn load_indexed<O: LoadVariant>() -> Forms {
    forms!(LoadIndexed<O>: src src dst)
}

pub(super) const fn load_general<O: LoadVariant>() -> Forms {
    const { &[handler::<LoadGeneral<O>>()] }
}

pub(super) const fn store<O: ops::Store>() -> Forms {
    forms!(Store<O>: src src)
}

pub(super) const fn store_indexed<O: StoreVariant>() -> Forms {
    forms!(StoreIndexed<O>: src src src)
}

pub(super) const fn store_general<O: StoreVariant>() -> Forms {
    const { &[handler::<StoreGeneral<O>>()] }
}
