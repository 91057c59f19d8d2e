//! Dispatch by a loop over functions of the registers in memory: works with any compiler, target and optimisation.
//!
//! Not the fast one.

use super::{handler_at, save};
use crate::handlers::Execute;
use crate::raw::{Exit, Flow, Regs};

/// A handler: changes the registers and tells whether another cell follows.
pub(crate) type Handler = unsafe fn(&mut Regs) -> bool;

/// The handler that does what `E` does.
pub(crate) const fn handler<E: Execute>() -> Handler {
    execute::<E>
}

/// The handler that does what `E` does in place of others.
pub(crate) const fn rest<E: Execute>() -> Handler {
    execute::<E>
}

/// Executes from `regs` on until the run loop is wanted, and leaves registers and reason in the context.
///
/// # Safety
/// I1 to I4 hold of the registers and the context.
pub(crate) unsafe fn start(mut regs: Regs) {
    // SAFETY: I2, promised by the caller and kept by every handler.
    unsafe {
        while step(&mut regs) {}
        save(regs);
    }
}

/// Executes one cell and tells whether another follows.
///
/// # Safety
/// As [`start`].
#[cfg(not(feature = "profile"))]
#[inline(always)]
unsafe fn step(regs: &mut Regs) -> bool {
    // SAFETY: I2, promised by the caller.
    unsafe { handler_at(regs.ip)(regs) }
}

/// As the other, and counts it.
///
/// # Safety
/// As [`start`].
#[cfg(feature = "profile")]
unsafe fn step(regs: &mut Regs) -> bool {
    let cell = regs.ip.address();
    // SAFETY: I2, promised by the caller; I8 for the context, which no handler is using before or after.
    unsafe {
        let caller = (*regs.ctx).frame_caller().addr();
        let goes_on = handler_at(regs.ip)(regs);
        let context = &mut *regs.ctx;
        let exit = if goes_on { None } else { Some(context.exit()) };
        context.recorder.executed(cell, caller, exit);
        goes_on
    }
}

unsafe fn execute<E: Execute>(regs: &mut Regs) -> bool {
    // SAFETY: I2, this handler was reached through the op word of a cell of its op; I8 for the context.
    unsafe {
        match E::execute(regs) {
            Flow::Next | Flow::Jump => true,
            Flow::Rest(handler) => handler(regs),
            Flow::End => false,
            Flow::Host => {
                (*regs.ctx).set_exit(Exit::CallHost.code());
                false
            }
            Flow::Exit(exit) => {
                (*regs.ctx).set_exit(exit);
                false
            }
        }
    }
}
