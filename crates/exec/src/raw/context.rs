//! The context: what handlers need of the store and of the current instance, cached where they can reach it, and what
//! they leave for the run loop.
//!
//! Not a second home for any of it. Invariant: I4.

use super::{Caller, Exit, ExitCode, Ip, Values};
use crate::entity::FuncEntity;
use crate::fuel::Fuel;
use crate::program::Entry;
use core::sync::atomic::AtomicUsize;

/// A memory or table of the current instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<T> {
    /// The first byte or element.
    pub(crate) base: *mut T,
    /// How many there are.
    pub(crate) len: u64,
}

// SAFETY: I8, only the thread that runs the store follows the pointer, and what it points at is the store's own.
unsafe impl<T: Send> Send for View<T> {}
// SAFETY: I8, nothing follows the pointer of a shared view.
unsafe impl<T: Sync> Sync for View<T> {}

impl<T> View<T> {
    pub(super) const EMPTY: Self = Self { base: core::ptr::dangling_mut(), len: 0 };
}

/// What handlers need besides the registers.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Context {
    /// By log2 of an access size: the first address of memory 0 that is too high for it.
    pub(crate) limits: [u64; 4],
    /// The end of the value stack.
    pub(crate) stack_end: *mut u64,
    /// Where the next caller goes, after that of the current frame.
    pub(crate) caller: *mut Caller,
    /// The end of the callers.
    pub(crate) callers_end: *mut Caller,
    /// The globals that the instance defines.
    pub(crate) globals: *mut u64,
    /// All globals of the store.
    pub(crate) cells: *mut u64,
    /// Addresses of the globals that the instance imports.
    pub(crate) imported_globals: *const u32,
    /// All functions of the store.
    pub(crate) funcs: *const FuncEntity,
    /// How many there are.
    pub(crate) func_count: u64,
    /// Table 0.
    pub(crate) table: View<u64>,
    /// All tables of the instance.
    pub(crate) tables: *const View<u64>,
    /// How many there are.
    pub(crate) table_count: usize,
    /// All memories of the instance.
    pub(crate) memories: *const View<u8>,
    /// How many there are.
    pub(crate) memory_count: usize,
    /// The first byte of memory 0.
    pub(crate) mem: *mut u8,
    /// What the guest may still do.
    pub(crate) fuel: Fuel,
    /// The engine's count of interruptions.
    pub(crate) interruptions: *const AtomicUsize,
    /// The guest must stop when there have been so many.
    pub(crate) deadline: usize,
    /// Why handlers returned: an [`Exit`].
    exit: ExitCode,
    /// The current instance.
    pub(crate) instance: u32,
    /// The function that [`Exit::CallForeign`] and [`Exit::TailCallForeign`] are about.
    pub(crate) callee: u32,
    /// What [`Exit::Compile`] is about.
    pub(crate) entry: *const Entry,
    /// What [`Exit::StackFull`] is about.
    pub(crate) wanted_end: *mut u64,
    /// Registers at the time of the exit.
    pub(crate) ip: Ip,
    pub(crate) fp: *mut u64,
    pub(crate) values: Values,
    /// Counts what is executed.
    #[cfg(feature = "profile")]
    pub(crate) recorder: crate::profile::Recorder,
}

// SAFETY: I8, only the thread that runs the store follows these pointers, and what they point at is the store's own or
// immutable code.
unsafe impl Send for Context {}
// SAFETY: I8, a shared context follows no pointer.
unsafe impl Sync for Context {}

impl Context {
    /// The context of no instance, before anything has run.
    pub(super) fn new(interruptions: &AtomicUsize, fuel: Fuel) -> Self {
        Self {
            fuel,
            interruptions,
            deadline: 0,
            limits: [0; 4],
            stack_end: core::ptr::null_mut(),
            caller: core::ptr::null_mut(),
            callers_end: core::ptr::null_mut(),
            globals: core::ptr::null_mut(),
            cells: core::ptr::null_mut(),
            imported_globals: core::ptr::null(),
            funcs: core::ptr::null(),
            func_count: 0,
            table: View::EMPTY,
            tables: core::ptr::null(),
            table_count: 0,
            memories: core::ptr::null(),
            memory_count: 0,
            mem: core::ptr::dangling_mut(),
            exit: Exit::Finished.code(),
            instance: u32::MAX,
            callee: 0,
            entry: core::ptr::null(),
            wanted_end: core::ptr::null_mut(),
            ip: Ip::finish(),
            fp: core::ptr::null_mut(),
            values: Values::default(),
            #[cfg(feature = "profile")]
            recorder: crate::profile::Recorder::default(),
        }
    }

    /// Why handlers returned.
    #[inline(always)]
    pub(crate) fn exit(&self) -> Exit {
        Exit::from_code(self.exit)
    }

    /// Leaves the reason for returning.
    #[inline(always)]
    pub(crate) fn set_exit(&mut self, exit: ExitCode) {
        self.exit = exit;
    }

    /// Where the caller of the current frame ends. A border after it is left out: it comes with calls, which have a caller
    /// of their own, or with tail calls, which add none.
    ///
    /// # Safety
    /// I2, there is a caller.
    #[cfg(feature = "profile")]
    pub(crate) unsafe fn frame_caller(&self) -> *mut Caller {
        // SAFETY: I2, promised by the caller.
        let last = unsafe { self.caller.sub(1) };
        // SAFETY: I7, callers up to there have been written.
        if unsafe { (*last).instance() }.is_some() { last } else { self.caller }
    }

    /// Makes `memory` memory 0.
    pub(super) fn set_memory(&mut self, memory: View<u8>) {
        self.mem = memory.base;
        self.limits = [1, 2, 4, 8].map(|size| (memory.len + 1).saturating_sub(size));
    }
}
