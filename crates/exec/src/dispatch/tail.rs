//! Dispatch by tail calls: every handler ends by jumping to the next one, registers stay in native registers.
//!
//! Invariant: a handler needs no native frame. It passes all registers as register arguments, drops nothing, lets no
//! address escape and calls nothing that is not inlined; slow paths end in the run loop. (The two tail calls save up to two
//! native registers, which they restore before they jump.)

use super::{handler_at, save};
use crate::handlers::Execute;
use crate::raw::{Context, Exit, Flow, Ip, Regs, Values};

/// A handler: takes the registers, returns when the run loop is wanted.
pub(crate) type Handler =
    unsafe extern "C" fn(Ip, *mut u64, *mut Context, u64, u64, u64, f32, f64, f32, f64, f32, f64);

/// The handler that does what `E` does.
pub(crate) const fn handler<E: Execute>() -> Handler {
    execute::<E>
}

/// Executes from `regs` on until the run loop is wanted, and leaves registers and reason in the context.
///
/// # Safety
/// I1 to I4 hold of the registers and the context.
pub(crate) unsafe fn start(regs: Regs) {
    // SAFETY: promised by the caller.
    unsafe { next(regs) }
}

#[inline(always)]
unsafe fn next(Regs { ip, fp, ctx, values }: Regs) {
    let Values { acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32, warm_f64 } = values;
    // SAFETY: I2, promised by the caller.
    unsafe {
        handler_at(ip)(
            ip, fp, ctx, acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32, warm_f64,
        )
    }
}

unsafe extern "C" fn execute<E: Execute>(
    ip: Ip,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    hot: u64,
    warm: u64,
    acc_f32: f32,
    acc_f64: f64,
    hot_f32: f32,
    hot_f64: f64,
    warm_f32: f32,
    warm_f64: f64,
) {
    let values = Values { acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32, warm_f64 };
    let mut regs = Regs { ip, fp, ctx, values };
    // SAFETY: I2, this handler was reached through the op word of a cell of its op; it left registers of which the
    // invariants hold again.
    unsafe {
        match E::execute(&mut regs) {
            Flow::Next | Flow::Jump => next(regs),
            Flow::Rest(handler) => {
                let Regs { ip, fp, ctx, values } = regs;
                let Values {
                    acc,
                    hot,
                    warm,
                    acc_f32,
                    acc_f64,
                    hot_f32,
                    hot_f64,
                    warm_f32,
                    warm_f64,
                } = values;
                handler(
                    ip, fp, ctx, acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32,
                    warm_f64,
                )
            }
            Flow::End => end(regs.ip, regs.fp, regs.ctx),
            Flow::Host => {
                (*regs.ctx).set_exit(Exit::CallHost.code());
                let Values { acc, hot, warm, .. } = regs.values;
                leave_for_host(regs.ip, regs.fp, regs.ctx, acc, hot, warm)
            }
            Flow::Exit(exit) => {
                (*regs.ctx).set_exit(exit);
                let Regs { ip, fp, ctx, values } = regs;
                let Values {
                    acc,
                    hot,
                    warm,
                    acc_f32,
                    acc_f64,
                    hot_f32,
                    hot_f64,
                    warm_f32,
                    warm_f64,
                } = values;
                leave(
                    ip, fp, ctx, acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32,
                    warm_f64,
                )
            }
        }
    }
}

/// The handler that does what `E` does in place of others: shared, so that they stay small.
pub(crate) const fn rest<E: Execute>() -> Handler {
    execute_rest::<E>
}

#[inline(never)]
unsafe extern "C" fn execute_rest<E: Execute>(
    ip: Ip,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    hot: u64,
    warm: u64,
    acc_f32: f32,
    acc_f64: f64,
    hot_f32: f32,
    hot_f64: f64,
    warm_f32: f32,
    warm_f64: f64,
) {
    // SAFETY: I2, promised by the caller, which is at the cell of a call.
    unsafe {
        execute::<E>(
            ip, fp, ctx, acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32, warm_f64,
        );
    }
}

/// Ends the chain of handlers. Shared, so that each handler's way out is one jump.
#[cold]
#[inline(never)]
unsafe extern "C" fn leave(
    ip: Ip,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    hot: u64,
    warm: u64,
    acc_f32: f32,
    acc_f64: f64,
    hot_f32: f32,
    hot_f64: f64,
    warm_f32: f32,
    warm_f64: f64,
) {
    let values = Values { acc, hot, warm, acc_f32, acc_f64, hot_f32, hot_f64, warm_f32, warm_f64 };
    // SAFETY: I8, the context is the store's own.
    unsafe { save(Regs { ip, fp, ctx, values }) }
}

/// As [`leave`], to call a host function: floats are not kept. (Nor is the accumulator, but so each register stays where it is.)
#[inline(never)]
unsafe extern "C" fn leave_for_host(
    ip: Ip,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    hot: u64,
    warm: u64,
) {
    // SAFETY: I8, the context is the store's own.
    let ctx = unsafe { &mut *ctx };
    ctx.ip = ip;
    ctx.fp = fp;
    (ctx.values.acc, ctx.values.hot, ctx.values.warm) = (acc, hot, warm);
}

/// As [`leave`], for good: nobody reads the values again, so a handler that may trap need not keep them.
#[cold]
#[inline(never)]
unsafe extern "C" fn end(ip: Ip, fp: *mut u64, ctx: *mut Context) {
    // SAFETY: I8, the context is the store's own.
    let ctx = unsafe { &mut *ctx };
    ctx.ip = ip;
    ctx.fp = fp;
}
