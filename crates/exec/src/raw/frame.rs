//! Frames as handlers see them: entering one, leaving one, moving arguments and results.
//!
//! Not calls to another instance or the host: the run loop does those. Loops here write volatilely, so that they do not
//! become calls of `memset` or `memmove`, for which a handler would need a native frame.

use super::{Caller, Context, Exit, Flow, Ip, Regs, Values};
use crate::entity::FuncEntity;
use crate::link::unpack;
use crate::program::Entry;
use core::sync::atomic::Ordering;
use wasmite_isa::Frame;

/// Linked code: the word before its first cell tells its frame.
#[derive(Clone, Copy)]
pub(super) struct LinkedCode(*const u64);

impl LinkedCode {
    /// The code behind `entry`, unless it is still to be translated.
    #[inline(always)]
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let code = entry.code.load(Ordering::Acquire).cast_const();
        if code.is_null() { None } else { Some(Self(code)) }
    }

    /// The first cell.
    #[inline(always)]
    pub(super) fn start(self) -> Ip {
        Ip::new(self.0)
    }

    /// The frame it runs in.
    #[inline(always)]
    pub(super) fn frame(self) -> Frame {
        // SAFETY: I2, linked code has a header before its first cell.
        unpack(unsafe { self.0.sub(1).read() })
    }
}

impl Entry {
    /// The frame of the code, unless it is still to be translated.
    #[inline]
    pub(crate) fn frame(&self) -> Option<Frame> {
        LinkedCode::of(self).map(LinkedCode::frame)
    }
}

impl FuncEntity {
    /// The entry of a function that is not the host's.
    #[inline]
    pub(crate) fn entry(&self) -> Option<&Entry> {
        // SAFETY: I5, an entry belongs to the program of an instance of the store that has this function.
        unsafe { self.entry.as_ref() }
    }
}

// SAFETY: I8, an entry is followed only by the thread that runs the store, and it may be read by any.
unsafe impl Send for FuncEntity {}
// SAFETY: I8, and an entry is atomic: any thread may read it.
unsafe impl Sync for FuncEntity {}

/// The code of `entry`, if there is any and its frame at `fp` is inside the value stack.
///
/// # Safety
/// I2 for `entry`; `fp` is inside the value stack or at its end.
#[inline(always)]
unsafe fn callee(ctx: &mut Context, entry: *const Entry, fp: *mut u64) -> Result<LinkedCode, Exit> {
    // SAFETY: I2, an entry in a cell or function entity is one of a program that is kept alive.
    let Some(code) = LinkedCode::of(unsafe { &*entry }) else {
        ctx.entry = entry;
        return Err(Exit::Compile);
    };
    let end = fp.wrapping_add(code.frame().slots.into());
    if end > ctx.stack_end {
        ctx.wanted_end = end;
        return Err(Exit::StackFull);
    }
    Ok(code)
}

/// Goes on with the first cell of `code` in a fresh frame at `fp`, where the arguments are.
///
/// # Safety
/// I3, the frame is inside the value stack.
#[inline(always)]
unsafe fn begin(regs: &mut Regs, code: LinkedCode, fp: *mut u64) {
    let frame = code.frame();
    // SAFETY: I3, promised by the caller, and a frame has its locals inside.
    unsafe {
        let mut local = fp.add(frame.params.into());
        let end = local.add(frame.locals.into());
        while local < end {
            local.write_volatile(0);
            local = local.add(1);
        }
    }
    regs.ip = code.start();
    regs.fp = fp;
}

/// Calls the function of `entry` with its frame `distance` slots after the start of the current one; it will return to
/// `after`.
///
/// # Safety
/// I2 for `entry` and `after`; the callee's frame starts inside the current one or at its end.
#[inline(always)]
pub(crate) unsafe fn call(regs: &mut Regs, entry: *const Entry, distance: u16, after: Ip) -> Flow {
    // SAFETY: I8 for the context; I3, the frame starts in the current one.
    let (ctx, fp) = unsafe { (&mut *regs.ctx, regs.fp.add(distance.into())) };
    // SAFETY: promised by the caller.
    let code = match unsafe { callee(ctx, entry, fp) } {
        Ok(code) => code,
        Err(exit) => return Flow::Exit(exit),
    };
    if ctx.caller == ctx.callers_end {
        return Flow::Exit(Exit::CallersFull);
    }
    // SAFETY: I7, there is room for another caller; I3, the frame's end was just checked.
    unsafe {
        ctx.caller.write(Caller::new(after, distance, &regs.values));
        ctx.caller = ctx.caller.add(1);
        begin(regs, code, fp);
    }
    Flow::Next
}

/// Replaces the current frame by one of the function of `entry`, with `count` arguments from `from`.
///
/// # Safety
/// I2 for `entry`; the arguments are inside the frame.
#[inline(always)]
pub(crate) unsafe fn tail_call(
    regs: &mut Regs,
    entry: *const Entry,
    from: *mut u64,
    count: usize,
) -> Flow {
    let fp = regs.fp;
    // No one reads these any more, not even when the cell is executed again: native registers for what follows.
    regs.values = Values::default();
    // SAFETY: I8 for the context; I2, promised by the caller.
    let code = match unsafe { callee(&mut *regs.ctx, entry, fp) } {
        Ok(code) => code,
        Err(exit) => return Flow::Exit(exit),
    };
    // SAFETY: I3, arguments are inside the frame, at or after its start, and the new frame's end was just checked.
    unsafe {
        copy_up(from, fp, count);
        begin(regs, code, fp);
    }
    Flow::Next
}

/// Goes back to the caller.
///
/// # Safety
/// I2 and I3 hold of the last caller.
#[inline(always)]
pub(crate) unsafe fn leave_frame(regs: &mut Regs) -> Flow {
    // SAFETY: I8 for the context; I2, a frame that is executed has a caller, and its frame started that far into the
    // caller's.
    unsafe {
        let ctx = &mut *regs.ctx;
        ctx.caller = ctx.caller.sub(1);
        let caller = &*ctx.caller;
        regs.fp = regs.fp.sub(caller.distance as usize);
        regs.ip = caller.ip;
        caller.restore(&mut regs.values);
    }
    Flow::Next
}

/// Copies `count` slots from `from` to `to`, lowest first; the two runs may overlap if `to <= from`.
///
/// # Safety
/// Both are inside the value stack (I3).
#[inline(always)]
pub(crate) unsafe fn copy_up(mut from: *const u64, mut to: *mut u64, count: usize) {
    let end = from.wrapping_add(count);
    while from < end {
        // SAFETY: promised by the caller.
        unsafe {
            to.write_volatile(from.read());
            (from, to) = (from.add(1), to.add(1));
        }
    }
}
