//! Frames as handlers see them: entering one, leaving one, moving arguments and results.
//!
//! Not calls to another instance or the host: the run loop does those. Loops here write volatilely, so that they do not
//! become calls of `memset` or `memmove`, for which a handler would need a native frame.

use super::{Exit, Flow, Ip, Regs};
use crate::entity::FuncEntity;
use crate::link::{unpack, unpack_hot};
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

    /// The home of its hot local.
    #[inline(always)]
    pub(super) fn hot_home(self) -> usize {
        // SAFETY: I2, linked code has a header of two words before its first cell.
        unpack_hot(unsafe { self.0.sub(2).read() }).into()
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

/// Calls the function of `entry` with its frame at `fp`; it will return to `link`. The arguments are where they belong
/// when `move_arguments` has run, which is only done if the call succeeds.
///
/// # Safety
/// I2 for `entry` and `link`; `fp` is inside the value stack or at its end.
#[inline(always)]
pub(crate) unsafe fn enter(
    regs: &mut Regs,
    entry: *const Entry,
    fp: *mut u64,
    link: Ip,
    depth: u32,
    move_arguments: impl FnOnce(),
) -> Flow {
    // SAFETY: I2, an entry in a cell or function entity is one of a program that is kept alive; I8 for the context.
    let (entry, ctx) = unsafe { (&*entry, &mut *regs.ctx) };
    let Some(code) = LinkedCode::of(entry) else {
        ctx.entry = entry;
        return Flow::Exit(Exit::Compile);
    };
    let end = fp.wrapping_add(code.frame().slots.into());
    if end > ctx.stack_end {
        ctx.wanted_end = end;
        return Flow::Exit(Exit::StackFull);
    }
    let Some(depth_left) = ctx.depth_left.checked_sub(depth) else {
        return wasmite_core::Trap::StackExhausted.into();
    };
    ctx.depth_left = depth_left;
    move_arguments();
    // Read again, so that it need not be kept in a register while arguments move.
    let frame = code.frame();
    // SAFETY: I3, the frame's end was just checked, and a frame has a link slot and its locals inside.
    unsafe {
        let link_slot = fp.add(frame.link().into());
        link_slot.write(link.to_word());
        let locals_end = link_slot.add(1 + usize::from(frame.locals));
        let mut local = link_slot.add(1);
        while local < locals_end {
            local.write_volatile(0);
            local = local.add(1);
        }
        regs.values.hot = fp.add(code.hot_home()).read();
    }
    regs.ip = code.start();
    regs.fp = fp;
    Flow::Jump
}

/// Goes back to the caller: `link` is what the link slot of the current frame held.
///
/// # Safety
/// I2 for `link`.
#[inline(always)]
pub(crate) unsafe fn leave_frame(regs: &mut Regs, link: u64) -> Flow {
    let link = Ip::from_word(link);
    // SAFETY: I2, a link is a return address; I3, the callee's frame started that far into the caller's; I8 for the
    // context.
    unsafe {
        regs.fp = regs.fp.sub(link.callee_offset());
        regs.values.hot = regs.fp.add(link.hot_home()).read();
        (*regs.ctx).depth_left += 1;
    }
    regs.ip = link;
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
