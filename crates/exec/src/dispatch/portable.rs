//! Dispatch by a loop over functions of the registers in memory: works with any compiler, target and optimisation.
//!
//! Not the fast one.

use super::{handler_at, save};
use crate::handlers::Execute;
use crate::raw::{Flow, Regs};

/// A handler: changes the registers and tells whether another cell follows.
pub(crate) type Handler = unsafe fn(&mut Regs) -> bool;

/// The handler that does what `E` does.
pub(crate) const fn handler<E: Execute>() -> Handler {
    execute::<E>
}

/// Executes from `regs` on until the run loop is wanted, and leaves registers and reason in the context.
///
/// # Safety
/// I1 to I4 hold of the registers and the context.
pub(crate) unsafe fn start(mut regs: Regs) {
    // SAFETY: I2, promised by the caller and kept by every handler.
    unsafe {
        while handler_at(regs.ip)(&mut regs) {}
        save(regs);
    }
}

unsafe fn execute<E: Execute>(regs: &mut Regs) -> bool {
    // SAFETY: I2, this handler was reached through the op word of a cell of its op; I8 for the context.
    unsafe {
        match E::execute(regs) {
            Flow::Next | Flow::Jump => true,
            Flow::Exit(exit) => {
                (*regs.ctx).set_exit(exit);
                false
            }
        }
    }
}
