//! The machine registers: what every handler receives and passes on, and what a handler tells the dispatcher.
//!
//! Not their representation between handlers: arguments of a call ([`crate::dispatch`]). Invariant: nothing takes the
//! address of a [`Regs`] but functions that are inlined, so that it dissolves into native registers.

use super::{Context, Ip};
use crate::dispatch::Handler;
use wasmite_core::Trap;
use wasmite_isa::{Class, Dst, Op, Scalar};

/// Whether operands may be in an accumulator. If not, none is ever read.
pub(crate) const ACCUMULATOR: bool = cfg!(feature = "accumulator");

/// The machine registers.
#[derive(Debug)]
pub(crate) struct Regs {
    /// The cell being executed.
    pub(crate) ip: Ip,
    /// Slot 0 of the current frame.
    pub(crate) fp: *mut u64,
    /// Everything else.
    pub(crate) ctx: *mut Context,
    /// What the guest computes with.
    pub(crate) values: Values,
}

/// The registers that hold the guest's values: an accumulator and two hot locals for each class. Calls keep the hot integers; what
/// else they may change the translator does not keep in registers across them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Values {
    /// Accumulator of integers and references, as a slot.
    pub(crate) acc: u64,
    /// The current function's hot integer local, as a slot.
    pub(crate) hot: u64,
    /// The current function's second hot integer local, as a slot.
    pub(crate) warm: u64,
    pub(crate) acc_f32: f32,
    pub(crate) acc_f64: f64,
    pub(crate) hot_f32: f32,
    pub(crate) hot_f64: f64,
    pub(crate) warm_f32: f32,
    pub(crate) warm_f64: f64,
}

impl Values {
    /// What calls keep of them. Read one by one, as handlers wrote them: one wide load of both would wait for both stores to be done.
    #[inline(always)]
    pub(crate) fn kept(&self) -> Self {
        // SAFETY: std's contract: references can be read.
        let (hot, warm) = unsafe {
            ((&raw const self.hot).read_volatile(), (&raw const self.warm).read_volatile())
        };
        Self { hot, warm, ..Self::default() }
    }

    /// Puts `slot` into the accumulators of all classes: the next cell knows of which class it is.
    #[inline(always)]
    pub(crate) fn set_accs(&mut self, slot: u64) {
        self.acc = slot;
        self.acc_f32 = f32::from_slot(slot);
        self.acc_f64 = f64::from_slot(slot);
    }

    /// Puts `slot` into the register of class `class` that `dst` names, if that is one for locals.
    pub(super) fn set_local(&mut self, dst: Dst, class: Class, slot: u64) {
        match (dst, class) {
            (Dst::Hot, Class::Int) => self.hot = slot,
            (Dst::Warm, Class::Int) => self.warm = slot,
            (Dst::Hot, Class::F32) => self.hot_f32 = f32::from_slot(slot),
            (Dst::Hot, Class::F64) => self.hot_f64 = f64::from_slot(slot),
            (Dst::Warm, Class::F32) => self.warm_f32 = f32::from_slot(slot),
            (Dst::Warm, Class::F64) => self.warm_f64 = f64::from_slot(slot),
            (Dst::Slot(_) | Dst::Acc, _) => {}
        }
    }
}

impl Regs {
    /// Ends the run: the guest did something it must not.
    #[inline(always)]
    pub(crate) fn trap(&mut self, trap: Trap) -> Flow {
        self.fail(Exit::Trap(trap))
    }

    /// Ends the run. The reason is written here, where it is known: a value that said it would make the compiler compute it on
    /// the way that does not fail too, for which it needs more native registers than there are.
    #[inline(always)]
    pub(crate) fn fail(&mut self, exit: Exit) -> Flow {
        core::hint::cold_path();
        self.end(exit)
    }

    /// Leaves for the run loop, which wants no values.
    #[inline(always)]
    pub(crate) fn end(&mut self, exit: Exit) -> Flow {
        // SAFETY: I8, the context is there.
        unsafe { (*self.ctx).set_exit(exit.code()) };
        Flow::End
    }

    /// The accumulator of `T`'s class.
    #[inline(always)]
    pub(crate) fn acc<T: Scalar>(&self) -> T {
        T::from_slot(match T::TY.class() {
            Class::Int => self.values.acc,
            Class::F32 => self.values.acc_f32.to_slot(),
            Class::F64 => self.values.acc_f64.to_slot(),
        })
    }

    /// The hot local of `T`'s class.
    #[inline(always)]
    pub(crate) fn hot<T: Scalar>(&self) -> T {
        T::from_slot(match T::TY.class() {
            Class::Int => self.values.hot,
            Class::F32 => self.values.hot_f32.to_slot(),
            Class::F64 => self.values.hot_f64.to_slot(),
        })
    }

    /// Sets the hot local of `T`'s class.
    #[inline(always)]
    pub(crate) fn set_hot<T: Scalar>(&mut self, value: T) {
        let slot = value.to_slot();
        match T::TY.class() {
            Class::Int => self.values.hot = slot,
            Class::F32 => self.values.hot_f32 = f32::from_slot(slot),
            Class::F64 => self.values.hot_f64 = f64::from_slot(slot),
        }
    }

    /// The second hot local of `T`'s class.
    #[inline(always)]
    pub(crate) fn warm<T: Scalar>(&self) -> T {
        T::from_slot(match T::TY.class() {
            Class::Int => self.values.warm,
            Class::F32 => self.values.warm_f32.to_slot(),
            Class::F64 => self.values.warm_f64.to_slot(),
        })
    }

    /// Sets the second hot local of `T`'s class.
    #[inline(always)]
    pub(crate) fn set_warm<T: Scalar>(&mut self, value: T) {
        let slot = value.to_slot();
        match T::TY.class() {
            Class::Int => self.values.warm = slot,
            Class::F32 => self.values.warm_f32 = f32::from_slot(slot),
            Class::F64 => self.values.warm_f64 = f64::from_slot(slot),
        }
    }

    /// Sets the accumulator of `T`'s class.
    #[inline(always)]
    pub(crate) fn set_acc<T: Scalar>(&mut self, value: T) {
        if !ACCUMULATOR {
            return;
        }
        let slot = value.to_slot();
        match T::TY.class() {
            Class::Int => self.values.acc = slot,
            Class::F32 => self.values.acc_f32 = f32::from_slot(slot),
            Class::F64 => self.values.acc_f64 = f64::from_slot(slot),
        }
    }
}

/// What follows a handler.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    /// The next cell, at which the instruction pointer is now.
    Next,
    /// The cell that was jumped to, at which the instruction pointer is now.
    Jump,
    /// The run loop; the context knows why. Nobody needs the values: the frame is the last one, or the cell at the instruction pointer
    /// failed.
    End,
    /// The run loop, for a call of the host function at [`Context::callee`]. Of the values it needs what calls keep.
    Host,
    /// The run loop. The instruction pointer is still at the cell that asks for it.
    Exit(ExitCode),
    /// This handler, which does what is left of the current cell.
    Rest(Handler),
}

/// Why handlers handed over to the run loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// The guest did something it must not.
    Trap(Trap),
    /// An op that the run loop does.
    Cold(Op),
    /// The function whose entry is at [`Context::wanted`] has no code yet. The cell is executed again.
    Compile,
    /// A frame would end beyond the value stack, at [`Context::wanted`]. The cell is executed again.
    StackFull,
    /// There is no room for another caller, or for two. The cell is executed again.
    CallersFull,
    /// A call of the host function at address [`Context::callee`].
    CallHost,
    /// As [`Exit::CallHost`], in place of the current frame.
    TailCallHost,
    /// A charge of fuel that took more than there was.
    OutOfFuel,
    /// A [`HeatEntry`](Op::HeatEntry) cell that has been passed often enough.
    HeatEntry,
    /// A [`HeatLoop`](Op::HeatLoop) cell that has been passed often enough.
    HeatLoop,
    /// Return to the host.
    Finished,
}

/// An [`Exit`] as one number. Handlers pass it on as that: where several exits come together, telling them apart again would
/// take a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ExitCode(u32);

impl Exit {
    /// The exit as one number, which a handler writes with one instruction: what it is, then what it is about.
    #[inline(always)]
    pub(crate) const fn code(self) -> ExitCode {
        ExitCode(match self {
            Self::Trap(trap) => (trap as u32) << 16,
            Self::Cold(op) => 1 | (op as u32) << 16,
            Self::Compile => 2,
            Self::StackFull => 3,
            Self::CallersFull => 4,
            Self::CallHost => 5,
            Self::TailCallHost => 6,
            Self::Finished => 7,
            Self::OutOfFuel => 8,
            Self::HeatEntry => 9,
            Self::HeatLoop => 10,
        })
    }

    /// The exit that has this code.
    #[inline(always)]
    pub(super) fn from_code(ExitCode(code): ExitCode) -> Self {
        const FINISHED: u32 = Exit::Finished.code().0;
        const CALL_HOST: u32 = Exit::CallHost.code().0;
        const MEMORY_GROW: u32 = Exit::Cold(Op::MemoryGrow).code().0;
        // Calls in both directions between host and guest need not wait for the others to be told apart.
        match code {
            FINISHED => Self::Finished,
            CALL_HOST => Self::CallHost,
            MEMORY_GROW => Self::Cold(Op::MemoryGrow),
            _ => Self::decode(code),
        }
    }

    #[inline(never)]
    fn decode(code: u32) -> Self {
        let about = (code >> 16) as u16;
        match code as u16 {
            // SAFETY: std's contract: `code` made this of a trap, which is a number of 8 bits.
            0 => Self::Trap(unsafe { core::mem::transmute::<u8, Trap>(about as u8) }),
            1 => Self::Cold(Op::ALL[usize::from(about)]),
            2 => Self::Compile,
            3 => Self::StackFull,
            4 => Self::CallersFull,
            5 => Self::CallHost,
            6 => Self::TailCallHost,
            8 => Self::OutOfFuel,
            9 => Self::HeatEntry,
            10 => Self::HeatLoop,
            _ => Self::Finished,
        }
    }
}
