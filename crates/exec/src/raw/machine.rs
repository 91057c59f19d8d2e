//! The machine of a store: value stack, context, callers in other instances, and which activation is the innermost.
//!
//! Not what happens between executions: the run loop's. Invariant: while nothing executes, no frame pointer exists and
//! all positions are offsets (I7).

use super::context::View;
use super::frame::LinkedCode;
use super::stack::ValueStack;
use super::{Activation, Context, Exit, Ip, Regs, Running, State};
use crate::program::Entry;
use crate::{Error, Store, StoreId};
use alloc::vec::Vec;
use wasmite_core::{Limits, Trap};
use wasmite_isa::shape;

/// Where a call from another instance returns to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// The cell after the call.
    pub(crate) ip: Ip,
    /// How far the callee's frame starts after the caller's.
    pub(crate) offset: usize,
    /// The caller's instance.
    pub(crate) instance: u32,
}

/// What a store needs to execute.
#[derive(Debug)]
pub(crate) struct Machine {
    context: Context,
    pub(crate) stack: ValueStack,
    /// The side stack: callers that a link to [`Ip::return_foreign`] stands for.
    callers: Vec<Caller>,
    memories: Vec<View<u8>>,
    tables: Vec<View<u64>>,
    /// The store's epoch that the context is of.
    epoch: u64,
    /// The innermost activation. It is kept here, not handed around: moving it would cost more than running a small function.
    pub(crate) now: Running,
    /// The activations around it, the outermost first.
    outer: Vec<Running>,
    /// The last number given to an activation.
    last: u64,
    /// Calls from the host that may still be nested.
    nesting_left: u32,
    /// The first slot that is not in use.
    pub(crate) top: usize,
}

impl Machine {
    /// A machine that nothing runs on.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            context: Context::new(limits.call_depth),
            stack: ValueStack::new(limits.stack_slots),
            callers: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            epoch: 0,
            now: Running::nothing(),
            outer: Vec::new(),
            last: 0,
            nesting_left: limits.host_nesting,
            top: 0,
        }
    }

    /// A new innermost activation, at the top of the value stack, that has nothing to do.
    #[inline]
    pub(crate) fn open(&mut self, store: StoreId) -> Result<Activation, Error> {
        let left = self.nesting_left.checked_sub(1).ok_or(Trap::StackExhausted)?;
        if self.now.serial != 0 {
            self.outer.try_reserve(1)?;
            self.outer.push(self.now);
        }
        self.nesting_left = left;
        self.last += 1;
        let now = &mut self.now;
        now.serial = self.last;
        now.base = self.top;
        now.outer_callers = self.callers.len();
        now.depth_left = self.context.depth_left;
        now.state = State::Ready;
        now.instance = u32::MAX;
        now.ip = Ip::finish();
        now.fp = self.top;
        Ok(Activation { store, serial: self.last })
    }

    /// Ends the innermost activation.
    #[inline]
    pub(crate) fn close(&mut self) {
        self.nesting_left += 1;
        self.top = self.now.base;
        self.callers.truncate(self.now.outer_callers);
        self.context.depth_left = self.now.depth_left;
        self.now.serial = 0;
        if let Some(outer) = self.outer.pop() {
            self.now = outer;
        }
    }

    /// # Panics
    /// Unless `activation` is the innermost one of the store `store`.
    #[inline]
    pub(crate) fn check(&self, activation: &Activation, store: StoreId) {
        assert!(activation.store == store, "this activation belongs to another store");
        assert!(activation.serial == self.now.serial, "this activation is not the innermost one");
    }

    /// Executes from where the innermost activation is until handlers want something. The context must be up to date.
    #[inline]
    pub(crate) fn execute(&mut self) -> Exit {
        let start = self.stack.start();
        self.context.stack_end = start.wrapping_add(self.stack.slots().len());
        #[cfg(feature = "profile")]
        self.context.recorder.set_value_stack(start.addr());
        let regs = Regs {
            ip: self.now.ip,
            fp: start.wrapping_add(self.now.fp),
            ctx: &raw mut self.context,
            values: self.now.values,
        };
        // SAFETY: I2 and I3 hold of the innermost activation, I4 because the run loop has refreshed the context, I7 because
        // nothing else touches the stack before this returns, I8 because of `&mut self`.
        unsafe { crate::dispatch::start(regs) };
        let context = &self.context;
        self.now.ip = context.ip;
        self.now.fp = slots_between(start, context.fp);
        self.now.values = context.values;
        context.exit()
    }

    /// What has been executed.
    #[cfg(feature = "profile")]
    pub(crate) fn recorder(&self) -> &crate::profile::Recorder {
        &self.context.recorder
    }

    /// The function that a foreign call is about.
    #[inline]
    pub(crate) fn callee(&self) -> u32 {
        self.context.callee
    }

    /// What a call found without code.
    pub(crate) fn entry(&self) -> *const Entry {
        self.context.entry
    }

    /// Makes room for the frame that did not fit.
    pub(crate) fn make_wanted_room(&mut self) -> Result<(), Error> {
        let end = slots_between(self.stack.start(), self.context.wanted_end);
        self.stack.reserve(end)
    }

    /// Makes room for slots up to `end`.
    #[inline]
    pub(crate) fn make_room(&mut self, end: usize) -> Result<(), Error> {
        self.stack.reserve(end)
    }

    /// Enters the function of `entry`, which has code, with its frame at `fp`: it will return to `link`, and `depth` frames
    /// are added. The arguments are in place.
    #[inline]
    pub(crate) fn push_frame(
        &mut self,
        entry: &Entry,
        fp: usize,
        link: Ip,
        depth: u32,
    ) -> Result<(), Error> {
        let Some(code) = LinkedCode::of(entry) else { return Err(Error::TypeMismatch) };
        let frame = code.frame();
        self.stack.reserve(fp + usize::from(frame.slots))?;
        let left = self.context.depth_left.checked_sub(depth).ok_or(Trap::StackExhausted)?;
        self.context.depth_left = left;
        let link_slot = fp + usize::from(frame.link());
        let slots = self.stack.slots_mut();
        slots[link_slot] = link.to_word();
        slots[link_slot + 1..][..frame.locals.into()].fill(0);
        self.now.values.hot = slots[fp + code.hot_home()];
        self.now.ip = code.start();
        self.now.fp = fp;
        Ok(())
    }

    /// Counts a frame that has ended without a return.
    #[inline]
    pub(crate) fn pop_depth(&mut self) {
        self.context.depth_left += 1;
    }

    /// Makes room for [`Machine::push_caller`].
    pub(crate) fn reserve_caller(&mut self) -> Result<(), Error> {
        Ok(self.callers.try_reserve(1)?)
    }

    /// Remembers a caller in another instance; there is room.
    pub(crate) fn push_caller(&mut self, caller: Caller) {
        self.callers.push(caller);
    }

    /// Goes back to the last caller in another instance.
    pub(crate) fn pop_caller(&mut self) {
        if let Some(Caller { ip, offset, instance }) = self.callers.pop() {
            self.now.ip = ip;
            self.now.fp -= offset;
            self.now.instance = instance;
            self.load_hot();
        }
    }

    /// Loads the hot local of the caller that is gone back to: `ip` and `fp` are the caller's.
    #[inline]
    pub(crate) fn load_hot(&mut self) {
        let home = self.now.fp + self.now.ip.caller_hot_home();
        self.now.values.hot = self.stack.slots().get(home).copied().unwrap_or_default();
    }

    /// Saves the hot local of the function that the current cell calls from.
    #[inline]
    pub(crate) fn save_hot(&mut self) {
        let home = self.now.fp + usize::from(self.now.u16(shape::D));
        self.stack.slots_mut()[home] = self.now.values.hot;
    }

    /// Callers in other instances, those of outer activations first.
    pub(crate) fn callers(&self) -> &[Caller] {
        &self.callers
    }
}

fn slots_between(start: *mut u64, end: *mut u64) -> usize {
    end.addr().wrapping_sub(start.addr()) / size_of::<u64>()
}

impl Ip {
    /// For the link of a frame of an open activation: how far that frame starts after its caller's.
    pub(crate) fn caller_distance(self) -> usize {
        // SAFETY: I2, frames of open activations have links in their link slots.
        unsafe { self.callee_offset() }
    }

    /// For the link of a frame of an open activation: the home of the caller's hot local.
    fn caller_hot_home(self) -> usize {
        // SAFETY: I2, frames of open activations have links in their link slots.
        unsafe { self.hot_home() }
    }
}

impl Store {
    /// Brings the context up to date for executing code of `instance` (I4).
    #[inline]
    pub(crate) fn refresh(&mut self, instance: u32) -> Result<(), Error> {
        let machine = &self.machine;
        if machine.epoch == self.epoch() && machine.context.instance == instance {
            return Ok(());
        }
        self.reload(instance)
    }

    fn reload(&mut self, instance: u32) -> Result<(), Error> {
        let epoch = self.epoch();
        let Some(entity) = self.instances.get(instance as usize) else { return Ok(()) };
        let machine = &mut self.machine;
        // From here on the context is of no instance, should there be no memory for the rest.
        machine.context.instance = u32::MAX;
        machine.memories.clear();
        machine.memories.try_reserve(entity.memories.len())?;
        for addr in &*entity.memories {
            let memory = &mut self.memories[*addr as usize];
            let len = memory.bytes().len() as u64;
            machine.memories.push(View { base: memory.start(), len });
        }
        machine.tables.clear();
        machine.tables.try_reserve(entity.tables.len())?;
        for addr in &*entity.tables {
            let table = &mut self.tables[*addr as usize];
            machine.tables.push(View { len: table.size(), base: table.start() });
        }
        let context = &mut machine.context;
        #[cfg(feature = "profile")]
        context.recorder.expect(&entity.program);
        context.set_memory(machine.memories.first().copied().unwrap_or(View::EMPTY));
        context.memories = machine.memories.as_ptr();
        context.memory_count = machine.memories.len();
        context.table = machine.tables.first().copied().unwrap_or(View::EMPTY);
        context.tables = machine.tables.as_ptr();
        context.table_count = machine.tables.len();
        context.cells = self.globals.as_mut_ptr();
        context.globals = context.cells.wrapping_add(entity.global_base as usize);
        context.imported_globals = entity.imported_globals.as_ptr();
        context.funcs = self.funcs.as_ptr();
        context.func_count = self.funcs.len() as u64;
        context.instance = instance;
        machine.epoch = epoch;
        Ok(())
    }
}
