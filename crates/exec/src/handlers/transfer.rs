//! Transfers: fills and copies of memory, and copies to it from data segments.
//!
//! Not loops that do the same ([`super::element_loop`]). Invariant: all bytes are in bounds and paid for, or nothing is changed. The
//! machine's `memset`, `memmove` and `memcpy` are called, which takes a native frame that is gone again when the handler jumps to the
//! next one; a few bytes of the first memory are copied in line.

use super::bulk::{memory, operand, operand_again};
use super::{Execute, Forms, Handlers};
use crate::dispatch::{handler, rest};
use crate::entity::span;
use crate::raw::{Flow, Operands, Regs, View};
use core::ops::Range;
use wasmite_core::Trap;
use wasmite_isa::{ops, shape};

/// The `count` bytes of a memory from `at`, none of which may be out of bounds.
#[inline(always)]
fn bytes(memory: &View<u8>, at: u64, count: u64) -> Result<Range<*mut u8>, Trap> {
    let Range { start, end } =
        span(at, count, memory.len as usize).ok_or(Trap::MemoryOutOfBounds)?;
    Ok(memory.base.wrapping_add(start)..memory.base.wrapping_add(end))
}

/// Pays for bytes that are about to be written.
#[inline(always)]
fn charge(regs: &mut Regs, count: u64) -> Result<(), Trap> {
    // SAFETY: I8, the context is there.
    let context = unsafe { &mut *regs.ctx };
    context.fuel.charge_bytes(count)
}

impl Execute for ops::MemoryFill {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let (value, count) = (operand(&cell, regs, shape::D), operand(&cell, regs, shape::B));
        let memory = memory(&cell, regs, shape::EXTRA);
        let to = match bytes(memory, operand(&cell, regs, shape::A), count) {
            Ok(to) => to.start,
            Err(trap) => return regs.trap(trap),
        };
        if let Err(trap) = charge(regs, count) {
            return regs.trap(trap);
        }
        // SAFETY: I4, the bytes are inside the memory.
        unsafe { to.write_bytes(value as u8, count as usize) };
        // No cell behind this one reads them: they need not outlive the call.
        regs.values.set_accs(0);
        cell.next(regs)
    }
}

impl Execute for ops::MemoryCopy {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let count = operand(&cell, regs, shape::B);
        let target = memory(&cell, regs, shape::EXTRA);
        let source = memory(&cell, regs, shape::SOURCE);
        let to = bytes(target, operand(&cell, regs, shape::A), count);
        let from = bytes(source, operand(&cell, regs, shape::D), count);
        let (to, from) = match (to, from) {
            (Ok(to), Ok(from)) => (to.start, from.start),
            (Err(trap), _) | (_, Err(trap)) => return regs.trap(trap),
        };
        if let Err(trap) = charge(regs, count) {
            return regs.trap(trap);
        }
        // SAFETY: I4, the bytes are inside the memories.
        unsafe { from.copy_to(to, count as usize) };
        // No cell behind this one reads them: they need not outlive the call.
        regs.values.set_accs(0);
        cell.next(regs)
    }
}

impl Execute for ops::MemoryInit {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<Self, ()>::of_current() };
        let count = operand(&cell, regs, shape::B);
        // SAFETY: I8, the context is there; I4, it has an instance.
        let source = unsafe { (&*regs.ctx).data(cell.u32(regs, shape::SOURCE)) };
        let target = memory(&cell, regs, shape::EXTRA);
        let to = bytes(target, operand(&cell, regs, shape::A), count);
        let from = span(operand(&cell, regs, shape::D), count, source.len());
        let (Ok(to), Some(from)) = (to, from) else {
            return regs.trap(Trap::MemoryOutOfBounds);
        };
        let from = source.as_ptr().wrapping_add(from.start);
        if let Err(trap) = charge(regs, count) {
            return regs.trap(trap);
        }
        // SAFETY: I4, the bytes are inside the memory; they are inside the segment, which is no memory.
        unsafe { from.copy_to_nonoverlapping(to.start, count as usize) };
        // No cell behind this one reads them: they need not outlive the call.
        regs.values.set_accs(0);
        cell.next(regs)
    }
}

/// Copies in line if the bytes are few and of the first memory. (Not fills: a `memset` of a few bytes has no branches, and lengths are
/// hard to predict.)
struct CopyFew;

/// So many bytes are few.
const FEW: u64 = 32;

/// The memory whose bytes are copied in line.
#[inline(always)]
fn first_memory(regs: &Regs) -> &View<u8> {
    // SAFETY: I8, the context is there; I9, the module has a memory.
    unsafe { (&*regs.ctx).memory(0) }
}

impl Execute for CopyFew {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1, promised by the caller.
        let cell = unsafe { Operands::<ops::MemoryCopy, ()>::of_current() };
        let count = operand(&cell, regs, shape::B);
        let memories = cell.u32(regs, shape::EXTRA) | cell.u32(regs, shape::SOURCE);
        if count > FEW || memories != 0 {
            return Flow::Rest(rest::<ops::MemoryCopy>());
        }
        // No cell behind this one reads them: native registers for what follows.
        regs.values.set_accs(0);
        let highest = operand(&cell, regs, shape::A).max(operand(&cell, regs, shape::D));
        if let Err(trap) = bytes(first_memory(regs), highest, count) {
            return regs.trap(trap);
        }
        if let Err(trap) = charge(regs, count) {
            return regs.trap(trap);
        }
        let base = first_memory(regs).base;
        let place = |byte| base.wrapping_add(operand_again(&cell, regs, byte) as usize);
        // SAFETY: I4, the bytes are inside the memory, those from the higher place on and so the others.
        unsafe { copy_few(place(shape::A), place(shape::D), count as usize) };
        cell.next(regs)
    }
}

/// Copies at most [`FEW`] bytes, to where some of them may be: all are read before one is written.
///
/// # Safety
/// I4: `count` bytes are there at both.
#[inline(always)]
unsafe fn copy_few(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: I4, promised by the caller.
    unsafe {
        match count {
            16.. => {
                let first = ends::<u64>(from, 16);
                let last = ends::<u64>(from.add(count - 16), 16);
                set_ends(to, 16, first);
                set_ends(to.add(count - 16), 16, last);
            }
            8.. => set_ends(to, count, ends::<u64>(from, count)),
            4.. => set_ends(to, count, ends::<u32>(from, count)),
            2.. => set_ends(to, count, ends::<u16>(from, count)),
            1 => to.write(from.read()),
            0 => {}
        }
    }
}

/// What is at the start and the end of `count` bytes.
///
/// # Safety
/// I4: `count` bytes are there, at least as many as `T` has.
#[inline(always)]
unsafe fn ends<T>(from: *const u8, count: usize) -> [T; 2] {
    // SAFETY: I4, promised by the caller.
    unsafe {
        let last = from.add(count - size_of::<T>());
        [from.cast::<T>().read_unaligned(), last.cast::<T>().read_unaligned()]
    }
}

/// Writes at the start and the end of `count` bytes.
///
/// # Safety
/// I4: `count` bytes are there, at least as many as `T` has.
#[inline(always)]
unsafe fn set_ends<T>(to: *mut u8, count: usize, [first, last]: [T; 2]) {
    // SAFETY: I4, promised by the caller.
    unsafe {
        to.cast::<T>().write_unaligned(first);
        to.add(count - size_of::<T>()).cast::<T>().write_unaligned(last);
    }
}

impl Handlers for ops::MemoryFill {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::MemoryCopy {
    // In line takes code, and machines that reach words anywhere.
    const FORMS: Forms =
        &[if cfg!(feature = "sequences") { handler::<CopyFew>() } else { handler::<Self>() }];
}

impl Handlers for ops::MemoryInit {
    const FORMS: Forms = &[handler::<Self>()];
}
