//! Frames as handlers see them: entering one, leaving one, moving arguments and results.
//!
//! Not calls to the host: the run loop does those. Loops here write volatilely, so that they do not
//! become calls of `memset` or `memmove`, for which a handler would need a native frame.

use super::{Caller, Exit, ExitCode, Flow, Ip, Regs, expected};
use crate::entity::FuncEntity;
use crate::link::Extent;
use crate::program::Entry;
use core::sync::atomic::Ordering;
use wasmite_isa::shape;

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

    /// Whether slots must be zeroed when it is entered. Read for itself, which is shorter where there are none.
    #[inline(always)]
    fn zeroes(self) -> bool {
        // SAFETY: I2, as in `extent`.
        unsafe { Ip::new(self.0.sub(1)).u16_again(Extent::ZEROED_COUNT) != 0 }
    }

    /// What entering it needs of its frame.
    #[inline(always)]
    pub(super) fn extent(self) -> Extent {
        // SAFETY: I2, linked code has a header of one word before its first cell.
        Extent::unpack(unsafe { self.0.sub(1).read() })
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

/// The code of `entry`, if there is any and its frame at `fp` is inside the value stack. Tells the entry each time it is asked:
/// so it need not stay in a native register.
///
/// # Safety
/// I2 for `entry`; `fp` is inside the value stack or at its end.
#[inline(always)]
unsafe fn enterable(
    regs: &Regs,
    entry: impl Fn(&Regs) -> *const Entry,
    fp: *mut u64,
) -> Result<LinkedCode, ExitCode> {
    // SAFETY: I2, an entry in a cell or function entity is one of a program that is kept alive.
    let Some(code) = LinkedCode::of(unsafe { &*entry(regs) }) else {
        let entry = entry(regs);
        // SAFETY: I8 for the context.
        unsafe { (*regs.ctx).wanted = entry.addr() };
        return Err(Exit::Compile.code());
    };
    // SAFETY: I8 for the context.
    let ctx = unsafe { &mut *regs.ctx };
    let code = LinkedCode(expected::callee(ctx, code.0));
    let end = fp.wrapping_add(code.extent().slots.into());
    if end > ctx.stack_end {
        ctx.wanted = end.addr();
        return Err(Exit::StackFull.code());
    }
    Ok(code)
}

/// Goes on with the first cell of `code` in a fresh frame at `fp`, where the arguments are.
///
/// # Safety
/// I3, the frame is inside the value stack.
#[inline(always)]
unsafe fn begin(regs: &mut Regs, code: LinkedCode, fp: *mut u64) {
    if code.zeroes() {
        let Extent { zeroed, zeroed_count, .. } = code.extent();
        // SAFETY: I3, promised by the caller; I1, what is zeroed is inside the frame.
        unsafe {
            let mut slot = fp.add(zeroed.into());
            let end = slot.add(zeroed_count.into());
            loop {
                slot.write_volatile(0);
                slot = slot.add(1);
                if slot >= end {
                    break;
                }
            }
        }
    }
    regs.ip = code.start();
    regs.fp = fp;
}

/// Calls the function of `entry` as the current cell says, if there is room for `CALLERS` more callers: one, or also a border.
///
/// # Safety
/// I2 for `entry`; the current cell is a call.
#[inline(always)]
pub(crate) unsafe fn call<const CALLERS: usize>(
    regs: &mut Regs,
    entry: impl Fn(&Regs) -> *const Entry,
) -> Flow {
    // SAFETY: I8 for the context.
    let ctx = unsafe { &mut *regs.ctx };
    // Told by one comparison where it can be.
    let full = if CALLERS == 1 { ctx.caller == ctx.callers_end } else { !ctx.has_room(CALLERS) };
    if full {
        return Flow::Exit(Exit::CallersFull.code());
    }
    // Written before the other checks, so that fewer native registers are needed at once; volatile keeps that order. No one sees
    // a caller that is not counted.
    // SAFETY: I2, a cell follows a call, which starts with the same fields whatever its op; I7, there is room for another
    // caller; I3, the frame starts in the current one or at its end.
    unsafe {
        let caller = ctx.caller;
        (&raw mut (*caller).ip).write_volatile(regs.ip.after(shape::CALL.words));
        (*caller).keep(&regs.values);
        let fp = regs.fp.add(regs.ip.u16(shape::A).into());
        let code = match enterable(regs, entry, fp) {
            Ok(code) => code,
            Err(exit) => return Flow::Exit(exit),
        };
        let ctx = &mut *regs.ctx;
        ctx.caller = ctx.caller.add(1);
        begin(regs, code, fp);
    }
    Flow::Jump
}

/// Calls the function at [`Context::callee`](super::Context), of whatever instance, as the current cell says; leaves a function
/// of the host to the run loop.
///
/// # Safety
/// I4 for the function; the current cell is a call.
#[inline(always)]
pub(crate) unsafe fn call_across(regs: &mut Regs) -> Flow {
    // SAFETY: I8 for the context; I4, promised by the caller; I3 and I7 as for any call.
    unsafe {
        if (*callee_func(regs)).is_host() {
            return Flow::Host;
        }
        // If the cell is executed again it may read the accumulator, which till then does not stay in its native register.
        let kept = &raw mut (*regs.ctx).values.acc;
        kept.write_volatile(core::mem::take(&mut regs.values.acc));
        let flow = call::<2>(regs, |regs| (*callee_func(regs)).entry);
        if let Flow::Jump = flow {
            return cross(regs);
        }
        regs.values.acc = kept.read_volatile();
        flow
    }
}

/// The function at [`Context::callee`](super::Context). Volatile, so that it is found again instead of kept in a native
/// register.
///
/// # Safety
/// I4, there is one.
#[inline(always)]
unsafe fn callee_func(regs: &Regs) -> *const FuncEntity {
    // SAFETY: I8 for the context; I4, promised by the caller.
    unsafe { (*regs.ctx).funcs.add((&raw const (*regs.ctx).callee).read_volatile() as usize) }
}

/// Whether the current frame returns across a border already. Then it need not keep one: tail calls in a circle need no space.
///
/// # Safety
/// I2, frames have a caller.
#[inline(always)]
unsafe fn has_border(regs: &Regs) -> bool {
    // SAFETY: I8 for the context; I2, promised by the caller.
    unsafe { (*(*regs.ctx).caller.sub(1)).instance().is_some() }
}

/// After a call or tail call of the function at [`Context::callee`](super::Context): makes its instance the current one, if it is
/// another, and keeps the one before in a border.
///
/// # Safety
/// I4 for the function; I7, there is a border or room for one.
#[inline(always)]
unsafe fn cross(regs: &mut Regs) -> Flow {
    // Nobody reads these in a new frame: native registers for what follows.
    (regs.values.acc, regs.values.hot, regs.values.warm) = (0, 0, 0);
    // SAFETY: I8 for the context; I4 and I7, promised by the caller.
    unsafe {
        let instance = (*callee_func(regs)).instance;
        if instance == (*regs.ctx).instance() {
            return Flow::Jump;
        }
        let has_border = has_border(regs);
        let ctx = &mut *regs.ctx;
        if !has_border {
            ctx.caller.write(Caller::border(ctx.instance()));
            ctx.caller = ctx.caller.add(1);
        }
        ctx.switch(instance);
    }
    Flow::Jump
}

/// Goes back across a border, which has been returned to, to the caller before it.
///
/// # Safety
/// I2, what was returned to is a border.
#[inline(always)]
pub(crate) unsafe fn return_across(regs: &mut Regs) -> Flow {
    // Where a border has been returned to, the hot local is the instance.
    let instance = regs.values.hot as u32;
    (regs.values.hot, regs.values.warm) = (0, 0);
    // SAFETY: I8 for the context; I5, the instance of a border is still there; I2, the border comes with a caller.
    unsafe {
        (*regs.ctx).switch(instance);
        leave_frame(regs)
    }
}

const _: () = assert!(shape::CALL.words == shape::CALL_INDIRECT.words);
const _: () = assert!(shape::CALL.words == shape::CALL_IMPORT.words);

/// So many slots are moved by a tail call whether or not it has as many arguments: cheaper than to count. The value stack
/// has as many slots after its end.
pub(super) const FEW: usize = 4;

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
    (regs.values.acc, regs.values.hot) = (0, 0);
    // SAFETY: I8 for the context; I2, promised by the caller.
    let code = match unsafe { enterable(regs, |_| entry, fp) } {
        Ok(code) => code,
        Err(exit) => return Flow::Exit(exit),
    };
    // SAFETY: I3, arguments are inside the frame, at or after its start, and the new frame's end was just checked; some slots
    // follow every frame. What is moved in vain is zeroed or written before it is read.
    unsafe {
        for slot in 0..FEW {
            fp.add(slot).write_volatile(from.add(slot).read());
        }
        if count > FEW {
            copy_up(from.add(FEW), fp.add(FEW), count - FEW);
        }
        begin(regs, code, fp);
    }
    Flow::Jump
}

/// Replaces the current frame by one of `func`, which is [`Context::callee`](super::Context), as [`tail_call`] does.
///
/// # Safety
/// I4 for `func`; the arguments are inside the frame.
#[inline(always)]
pub(crate) unsafe fn tail_call_func(
    regs: &mut Regs,
    func: *const FuncEntity,
    from: *mut u64,
    count: usize,
) -> Flow {
    // No one reads these any more, not even when the cell is executed again: native registers for what follows.
    (regs.values.acc, regs.values.hot, regs.values.warm) = (0, 0, 0);
    // SAFETY: I8 for the context; I4, promised by the caller; I2, a frame has a caller; I7, there is a border or room for one.
    unsafe {
        if (*func).is_host() {
            return Flow::Exit(Exit::TailCallHost.code());
        }
        let across = (*func).instance != (*regs.ctx).instance();
        if across && !(*regs.ctx).has_room(1) && !has_border(regs) {
            return Flow::Exit(Exit::CallersFull.code());
        }
        let entry = (*callee_func(regs)).entry;
        match tail_call(regs, entry, from, count) {
            Flow::Jump => cross(regs),
            flow => flow,
        }
    }
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
        regs.fp = regs.fp.sub(caller.distance());
        regs.ip = caller.ip;
        caller.restore(&mut regs.values);
    }
    Flow::Jump
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
