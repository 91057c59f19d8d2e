//! Loops that copy or fill memory element by element: the cell in front of one runs all iterations but the last.
//!
//! Not the loop itself, which follows and does the rest as if it had run from the start: it sets what the cell knows
//! nothing of, and traps where it must. Invariant: memory and frame change only if all iterations to be run are in bounds,
//! and then to what those iterations make of them.

use super::{Execute, Forms, Handlers};
use crate::dispatch::handler;
use crate::raw::{Context, Flow, Ip, Operands, Regs, Values};
use wasmite_isa::element_loop::{
    CHANGING, DIRECTION, HOT, LEFT, MOST_CHANGING, RIGHT, SOURCE, SOURCE_CONSTANTS, SPEED, STEPS,
    STRIDE, TARGET, TARGET_CONSTANTS, TEST_CONSTANTS, TRAITS, Test, WARM, traits,
};
use wasmite_isa::{Op, ops, ops::Row, shape::Field};

/// Fewer iterations than this are not worth the preparations.
const WORTHWHILE: u32 = 6;

/// The cell at hand, and where its slots and its memory are.
struct Cell<'a, O> {
    fields: Operands<O, ()>,
    regs: &'a Regs,
    context: &'a Context,
}

/// Iterations to be run, and which way.
#[derive(Clone, Copy)]
struct Run {
    iterations: u32,
    direction: i32,
    /// Bytes from one iteration's elements to the next one's.
    stride: i32,
    /// Bytes of an element.
    width: u64,
}

impl<O: Row> Cell<'_, O> {
    fn slot(&self, byte: usize) -> Option<*mut u64> {
        let some = self.fields.u16(self.regs, byte) != Field::NO_SLOT;
        some.then(|| self.fields.slot(self.regs, byte))
    }

    fn value(&self, byte: usize) -> Option<u64> {
        // SAFETY: I1 and I3, a slot named by a cell is inside the frame.
        self.slot(byte).map(|slot| unsafe { slot.read() })
    }

    /// A 32-bit value, zero without a slot.
    fn word(&self, byte: usize) -> u32 {
        self.value(byte).unwrap_or(0) as u32
    }

    fn number(&self, byte: usize) -> i32 {
        (self.fields.u16(self.regs, byte) as i16).into()
    }

    fn constant(&self, byte: usize) -> u32 {
        self.fields.u32(self.regs, byte)
    }

    /// What is left for the cell to do.
    fn plan(&self) -> Option<Run> {
        let direction = match self.value(DIRECTION) {
            None => 1,
            Some(value) => value as u32 as i32,
        };
        if direction != 1 && direction != -1 {
            return None;
        }
        let (log2, test, partial) = traits(self.fields.u16(self.regs, TRAITS));
        let turns = self.turns(test, self.number(SPEED) * direction)?;
        let iterations = turns.checked_sub(partial.into())?;
        let (stride, width) = (self.number(STRIDE) * direction, 1 << log2);
        (iterations >= WORTHWHILE).then_some(Run { iterations, direction, stride, width })
    }

    /// How often the test is going to succeed in a row.
    fn turns(&self, test: Test, speed: i32) -> Option<u32> {
        let left = self.word(LEFT).wrapping_add(self.constant(TEST_CONSTANTS[0]));
        let right = self.word(RIGHT).wrapping_add(self.constant(TEST_CONSTANTS[1]));
        let (gap, each) = (right.wrapping_sub(left), speed.unsigned_abs());
        match test {
            Test::Ne => {
                let gap = if speed < 0 { gap.wrapping_neg() } else { gap };
                (gap.checked_rem(each)? == 0).then(|| gap / each)
            }
            Test::LtU if left < right && speed > 0 => Some(gap.div_ceil(each)),
            Test::LtS if (left as i32) < right as i32 && speed > 0 => Some(gap.div_ceil(each)),
            Test::LtU | Test::LtS => None,
        }
    }

    /// The lowest of the bytes that `run` accesses, if all are in bounds and no address wraps.
    fn bytes(&self, slots: [usize; 2], constants: [usize; 2], run: Run) -> Option<*mut u8> {
        let [constant, offset] = constants.map(|byte| self.constant(byte));
        let sum = self.word(slots[0]).wrapping_add(self.word(slots[1])).wrapping_add(constant);
        let total = run.total();
        let lowest = if run.stride < 0 {
            u64::from(sum).checked_sub(total.checked_sub(run.width)?)?
        } else {
            sum.into()
        };
        let start = lowest + u64::from(offset);
        // Memory 0 with 32-bit addresses ends where a 32-bit sum would wrap, or earlier.
        let len = self.context.limits[0];
        // SAFETY: I4, the memory is that long.
        (start + total <= len).then(|| unsafe { self.context.memory.base.add(start as usize) })
    }

    /// Does to memory what `run` does; whether it could.
    fn elements(&self, run: Run) -> bool {
        let total = run.total() as usize;
        let Some(to) = self.bytes(TARGET, TARGET_CONSTANTS, run) else { return false };
        if O::OP == Op::FillLoop {
            let constant = self.constant(SOURCE_CONSTANTS[0]) as i32 as u64;
            let value = self.value(SOURCE[0]).unwrap_or(constant).to_le_bytes();
            fill(to, &value[..run.width as usize], total);
            return true;
        }
        match self.bytes(SOURCE, SOURCE_CONSTANTS, run) {
            Some(from) => copy(from, to, total, run),
            None => false,
        }
    }

    /// Sets the slots to what they are after `run`.
    fn step(&self, run: Run) {
        for number in 0..MOST_CHANGING {
            let Some(slot) = self.slot(CHANGING + 2 * number) else { break };
            let step = (self.number(STEPS + 2 * number) * run.direction) as u32;
            let value = self.word(CHANGING + 2 * number);
            let moved = value.wrapping_add(step.wrapping_mul(run.iterations));
            // SAFETY: I1 and I3, a slot named by a cell is inside the frame.
            unsafe { slot.write(moved.into()) };
        }
    }
}

impl Run {
    /// Bytes that all iterations write.
    fn total(self) -> u64 {
        u64::from(self.iterations) * u64::from(self.stride.unsigned_abs())
    }
}

/// Copies `total` bytes as single elements would be, one after the other; whether it could. Both ranges are in bounds.
fn copy(from: *mut u8, to: *mut u8, total: usize, run: Run) -> bool {
    let (ahead, behind) =
        ((to as usize).wrapping_sub(from as usize), (from as usize).wrapping_sub(to as usize));
    // Whether elements are written that are read later: the target is ahead by less than all there is.
    let replicates = if run.stride < 0 {
        behind.wrapping_sub(1) < total - 1
    } else {
        ahead.wrapping_sub(1) < total - 1
    };
    if !replicates {
        // SAFETY: I4, both ranges are inside the memory.
        unsafe { from.copy_to(to, total) };
        return true;
    }
    let whole = run.stride > 0 && ahead >= run.width as usize;
    if whole {
        replicate(from, ahead, total);
    }
    whole
}

/// Makes each of the `total` bytes that begin `distance` after `from` the same as the one `distance` before it. All of
/// them are in bounds.
fn replicate(from: *mut u8, distance: usize, total: usize) {
    let mut done = 0;
    while done < total {
        // All that is there repeats every `distance` bytes, and so much of it is a multiple of that.
        let some = (distance + done).min(total - done);
        // SAFETY: I4, both ranges are inside the memory, and the second one starts where the first ends or later.
        unsafe { from.copy_to_nonoverlapping(from.add(distance + done), some) };
        done += some;
    }
}

/// Fills `total` bytes, which are in bounds, with copies of `value`.
fn fill(to: *mut u8, value: &[u8], total: usize) {
    if value.iter().all(|byte| *byte == value[0]) {
        // SAFETY: I4, the bytes are inside the memory.
        return unsafe { to.write_bytes(value[0], total) };
    }
    // SAFETY: I4, as above; there is one element at least.
    unsafe { value.as_ptr().copy_to_nonoverlapping(to, value.len()) };
    replicate(to, value.len(), total - value.len());
}

/// Runs what can be run. The hot locals are in their slots. Returns the iterations that were run, which is what fuel
/// would have to be charged for: the translator emits no such cell where it is.
#[inline(never)]
unsafe fn run<O: Row>(ip: Ip, fp: *mut u64, ctx: *mut Context) -> u32 {
    let regs = Regs { ip, fp, ctx, values: Values::default() };
    // SAFETY: I1, promised by the caller; I8, the context is there.
    let (fields, context) = unsafe { (Operands::<O, ()>::of_current(), &*ctx) };
    let cell = Cell { fields, regs: &regs, context };
    match cell.plan() {
        Some(run) if cell.elements(run) => {
            cell.step(run);
            run.iterations
        }
        _ => 0,
    }
}

/// Executes the current cell, of op `O`.
#[inline(always)]
unsafe fn execute<O: Row>(regs: &mut Regs) -> Flow {
    // SAFETY: I1, promised by the caller.
    let cell = unsafe { Operands::<O, ()>::of_current() };
    let slot =
        |regs: &Regs, byte| (cell.u16(regs, byte) != Field::NO_SLOT).then(|| cell.slot(regs, byte));
    let (hot, warm) = (slot(regs, HOT), slot(regs, WARM));
    for (slot, value) in [(hot, regs.values.hot), (warm, regs.values.warm)] {
        if let Some(slot) = slot {
            // SAFETY: I1 and I3, a slot named by a cell is inside the frame.
            unsafe { slot.write(value) };
        }
    }
    // SAFETY: I1, the current cell is of this op; I3 and I4 hold here.
    unsafe { run::<O>(regs.ip, regs.fp, regs.ctx) };
    if let Some(slot) = hot {
        // SAFETY: I1 and I3, as above.
        regs.values.hot = unsafe { slot.read() };
    }
    if let Some(slot) = warm {
        // SAFETY: I1 and I3, as above.
        regs.values.warm = unsafe { slot.read() };
    }
    // Nothing is read from them after this: they need not outlive the call.
    regs.values.set_accs(0);
    cell.next(regs)
}

impl Execute for ops::CopyLoop {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: promised by the caller.
        unsafe { execute::<Self>(regs) }
    }
}

impl Execute for ops::FillLoop {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: promised by the caller.
        unsafe { execute::<Self>(regs) }
    }
}

impl Handlers for ops::CopyLoop {
    const FORMS: Forms = &[handler::<Self>()];
}

impl Handlers for ops::FillLoop {
    const FORMS: Forms = &[handler::<Self>()];
}
