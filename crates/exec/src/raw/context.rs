//! The context: what handlers need of the store and of the current instance, cached where they can reach it, and what
//! they leave for the run loop.
//!
//! Not a second home for any of it. Invariant: I4.

use super::{Caller, Exit, ExitCode, Ip, Values};
use crate::atomic::AtomicUsize;
use crate::dispatch::Rounding;
use crate::entity::{FuncEntity, InstanceEntity, MemoryEntity, TableEntity};
use crate::fuel::Fuel;
use wasmite_core::DataIdx;

/// A memory or table as handlers see it.
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
    pub(crate) const EMPTY: Self = Self { base: core::ptr::dangling_mut(), len: 0 };
}

/// What handlers need besides the registers. What they need most comes first: the first 128 bytes are named in the fewest bytes of
/// machine code.
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
    /// What the guest may still do.
    pub(crate) fuel: Fuel,
    /// The address of the cell that a branch went back to last.
    pub(super) last_loop: usize,
    /// All functions of the store.
    pub(crate) funcs: *const FuncEntity,
    /// How many there are.
    pub(crate) func_count: u64,
    /// Table 0.
    table: View<u64>,
    /// Memory 0.
    pub(crate) memory: View<u8>,
    /// All globals of the store.
    pub(crate) cells: *mut u64,
    /// Addresses of the globals that the instance imports.
    pub(crate) imported_globals: *const u32,
    /// All tables of the store.
    pub(super) tables: *const TableEntity,
    /// All memories of the store.
    pub(super) memories: *const MemoryEntity,
    /// All instances of the store.
    pub(super) instances: *const InstanceEntity,
    /// The current one of them.
    entity: *const InstanceEntity,
    /// The engine's count of interruptions.
    pub(crate) interruptions: *const AtomicUsize,
    /// The guest must stop when there have been so many.
    pub(crate) deadline: usize,
    /// Why handlers returned: an [`Exit`].
    exit: ExitCode,
    /// What floats are rounded with.
    pub(crate) rounding: Rounding,
    /// The current instance's address in the upper half: with a type in the lower one, [`FuncEntity::kind`].
    own: u64,
    /// The function that a call across a border is about: another instance's or the host's.
    pub(crate) callee: u32,
    /// How many cells that ask what is hot are passed before the next one exits.
    pub(crate) heat: u32,
    /// An address, for comparing only: that of the entry that [`Exit::Compile`] is about, or where the frame would end that
    /// [`Exit::StackFull`] is about.
    pub(crate) wanted: usize,
    /// The address of the linked code that was called last.
    pub(super) last_callee: usize,
    /// Registers at the time of the exit, and where the innermost activation goes on.
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
    /// The context of no instance, before anything has run: there is no room for a caller.
    pub(super) fn new(
        interruptions: &AtomicUsize,
        fuel: Fuel,
        heat: u32,
        caller: *mut Caller,
    ) -> Self {
        Self {
            fuel,
            heat,
            interruptions,
            deadline: 0,
            limits: [0; 4],
            stack_end: core::ptr::null_mut(),
            caller,
            callers_end: caller,
            globals: core::ptr::null_mut(),
            cells: core::ptr::null_mut(),
            imported_globals: core::ptr::null(),
            funcs: core::ptr::null(),
            func_count: 0,
            table: View::EMPTY,
            memory: View::EMPTY,
            tables: core::ptr::null(),
            memories: core::ptr::null(),
            instances: core::ptr::null(),
            entity: core::ptr::null(),
            exit: Exit::Finished.code(),
            rounding: Rounding::of_machine(),
            own: u64::from(u32::MAX) << 32,
            callee: 0,
            wanted: 0,
            last_callee: 0,
            last_loop: 0,
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

    /// Whether there is room for `count` more callers.
    #[inline(always)]
    pub(super) fn has_room(&self, count: usize) -> bool {
        self.callers_end.addr() - self.caller.addr() >= count * size_of::<Caller>()
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

    /// The current instance's address.
    #[inline(always)]
    pub(crate) fn instance(&self) -> u32 {
        (self.own >> 32) as u32
    }

    /// The function at `index` of table 0, if it is one of the current instance and of the type `ty`.
    #[inline(always)]
    pub(crate) fn own_func(&self, index: u64, ty: u32) -> Option<&FuncEntity> {
        if index >= self.table.len {
            return None;
        }
        // SAFETY: I4, the table is that long.
        let reference = unsafe { self.table.base.add(index as usize).read() };
        // SAFETY: I4, as always while handlers run.
        let func = unsafe { self.func(reference)? };
        (func.kind() == self.own | u64::from(ty)).then_some(func)
    }

    /// The function that a reference names, if there is one.
    ///
    /// # Safety
    /// I4 for functions.
    #[inline(always)]
    pub(crate) unsafe fn func(&self, reference: u64) -> Option<&FuncEntity> {
        // Null becomes the highest address of all, which is that of no function.
        let address = reference.wrapping_sub(1);
        // SAFETY: I4, there are that many functions.
        (address < self.func_count).then(|| unsafe { &*self.funcs.add(address as usize) })
    }

    /// Makes the instance at `instance` the current one.
    ///
    /// # Safety
    /// There is such an instance, and the store's arenas are where the context says (I4).
    #[inline(always)]
    pub(crate) unsafe fn switch(&mut self, instance: u32) {
        // SAFETY: I4, promised by the caller.
        let entity = unsafe { &*self.instances.add(instance as usize) };
        #[cfg(feature = "profile")]
        self.recorder.expect(&entity.program);
        self.own = u64::from(instance) << 32;
        self.entity = entity;
        self.globals = self.cells.wrapping_add(entity.global_base as usize);
        self.imported_globals = entity.imported_globals.as_ptr();
        // SAFETY: I4, as above; entities have addresses of entities.
        unsafe {
            self.set_memory(entity.memories.first().copied());
            self.table = match entity.tables.first() {
                Some(table) => *(*self.tables.add(*table as usize)).view(),
                None => View::EMPTY,
            };
        }
    }

    /// Makes the memory at this address memory 0.
    ///
    /// # Safety
    /// As [`Context::switch`], of a memory.
    #[inline(always)]
    pub(super) unsafe fn set_memory(&mut self, memory: Option<u32>) {
        let View { base, len } = match memory {
            // SAFETY: I4, promised by the caller.
            Some(memory) => unsafe { *(*self.memories.add(memory as usize)).view() },
            None => View::EMPTY,
        };
        self.memory.base = base;
        // Limits depend on the length alone.
        if len == self.memory.len {
            return;
        }
        self.memory.len = len;
        for (limit, size) in self.limits.iter_mut().zip([1, 2, 4, 8]) {
            // Volatile for the order: one after the other, they take fewer native registers.
            // SAFETY: std's contract, a reference can be written to.
            unsafe { (&raw mut *limit).write_volatile((len + 1).saturating_sub(size)) };
        }
    }

    /// The current instance.
    ///
    /// # Safety
    /// There is one (I4).
    #[inline(always)]
    unsafe fn entity(&self) -> &InstanceEntity {
        // SAFETY: I4, promised by the caller.
        unsafe { &*self.entity }
    }

    /// The memory number `index` of the current instance.
    ///
    /// # Safety
    /// I9, there is such a memory; I4.
    #[inline(always)]
    pub(crate) unsafe fn memory(&self, index: u32) -> &View<u8> {
        if index == 0 {
            return &self.memory;
        }
        // SAFETY: I4, the instance has its address; I9, promised by the caller.
        unsafe {
            let addr = *self.entity().memories.get_unchecked(index as usize);
            (*self.memories.add(addr as usize)).view()
        }
    }

    /// The table number `index` of the current instance.
    ///
    /// # Safety
    /// I9, there is such a table; I4.
    #[inline(always)]
    pub(crate) unsafe fn table(&self, index: u32) -> &View<u64> {
        if index == 0 {
            return &self.table;
        }
        // SAFETY: I4, the instance has its address; I9, promised by the caller.
        unsafe {
            let addr = *self.entity().tables.get_unchecked(index as usize);
            (*self.tables.add(addr as usize)).view()
        }
    }

    /// The address of the function that has this number in the current instance: of those that can be referred to, after all that
    /// are imported.
    ///
    /// # Safety
    /// I4, there is a current instance.
    #[inline(always)]
    pub(crate) unsafe fn referable_func(&self, number: u32) -> u32 {
        // SAFETY: I4, promised by the caller.
        let entity = unsafe { self.entity() };
        let imported = entity.funcs.len() as u32;
        match entity.funcs.get(number as usize) {
            Some(addr) => *addr,
            None => entity.func_base.wrapping_add(number.wrapping_sub(imported)),
        }
    }

    /// The bytes of a data segment of the current instance, none if it has been dropped.
    ///
    /// # Safety
    /// I4, there is a current instance.
    #[inline(always)]
    pub(crate) unsafe fn data(&self, index: u32) -> &[u8] {
        // SAFETY: I4, promised by the caller.
        unsafe { self.entity().data(DataIdx(index)) }
    }

    /// The address of the function that the current instance imports as number `index`.
    ///
    /// # Safety
    /// I9, there is such a function; I4.
    #[inline(always)]
    pub(crate) unsafe fn imported_func(&self, index: u32) -> u32 {
        // SAFETY: I4, the instance has its address; I9, promised by the caller.
        unsafe { *self.entity().funcs.get_unchecked(index as usize) }
    }
}
