//! The machine of a store: value stack, callers, context, and which activation is the innermost.
//!
//! Not what happens between executions: the run loop's. Invariant: while nothing executes, no frame pointer exists and
//! all positions are offsets (I7).

use super::frame::{FEW, LinkedCode};
use super::stack::Stack;
use super::{Activation, Caller, Context, Exit, Ip, Regs, Running, State, Values};
use crate::link::Extent;
use crate::program::Entry;
use crate::{Engine, Error, Store, StoreId, fuel::Fuel};
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use wasmite_core::{Trap, heap::Grow};
use wasmite_translate::Landing;

/// What a store needs to execute.
#[derive(Debug)]
pub(crate) struct Machine {
    context: Context,
    /// The value stack.
    pub(crate) stack: Stack<u64>,
    callers: Stack<Caller>,
    /// The store's epoch that the context is of.
    epoch: u64,
    /// The innermost activation. It is kept here, not handed around: moving it would cost more than running a small function.
    pub(crate) now: Running,
    /// The activations around it, the outermost first.
    outer: Vec<(Running, Ip, Values)>,
    /// The last number given to an activation.
    last: u64,
    /// Calls from the host that may still be nested.
    nesting_left: u32,
    /// The first slot that is not in use.
    pub(crate) top: usize,
}

/// Callers of outer activations are told in words of so many bytes: a shift, where their number would take a division.
const WORD: usize = 4;
/// Words of a caller.
const WORDS: usize = size_of::<Caller>() / WORD;
const _: () = assert!(size_of::<Caller>() == WORDS * WORD);

impl Machine {
    /// A machine that nothing runs on.
    pub(crate) fn new(engine: &Engine) -> Self {
        let config = engine.config();
        let fuel = if config.translation.fuel { Fuel(0) } else { Fuel::unlimited() };
        let heat = engine.heat().load(Ordering::Relaxed) as u32;
        let limits = &config.limits;
        let mut callers = Stack::new(limits.call_depth.min(u32::MAX / WORDS as u32));
        Self {
            context: Context::new(engine.interruptions(), fuel, heat, callers.start()),
            stack: Stack::new(limits.stack_slots.saturating_add(FEW as u32)),
            callers,
            epoch: 0,
            now: Running::nothing(),
            outer: Vec::new(),
            last: 0,
            nesting_left: limits.host_nesting,
            top: 0,
        }
    }

    /// How many cells that ask what is hot will be passed before the next one exits.
    pub(crate) fn heat(&self) -> u32 {
        self.context.heat
    }

    /// So many cells that ask what is hot are passed before the next one exits.
    pub(crate) fn set_heat(&mut self, heat: u32) {
        self.context.heat = heat;
    }

    /// What guests may still do.
    pub(crate) fn fuel(&self) -> Fuel {
        self.context.fuel
    }

    /// What guests may still do.
    pub(crate) fn fuel_mut(&mut self) -> &mut Fuel {
        &mut self.context.fuel
    }

    /// Guests must stop when the engine has been told so often that they should.
    pub(crate) fn set_deadline(&mut self, deadline: usize) {
        self.context.deadline = deadline;
    }

    /// A new innermost activation, at the top of the value stack, that has nothing to do.
    #[inline(always)]
    pub(crate) fn open(&mut self, store: StoreId) -> Result<Activation, Error> {
        let left = self.nesting_left.checked_sub(1).ok_or(Trap::StackExhausted)?;
        if self.now.serial != 0 {
            self.suspend()?;
        }
        self.nesting_left = left;
        self.last += 1;
        let callers = self.callers.start().addr();
        let now = &mut self.now;
        now.outer_callers = (self.context.caller.addr().wrapping_sub(callers) / WORD) as u32;
        now.serial = self.last;
        now.base = self.top;
        now.state = State::Ready;
        now.instance = u32::MAX;
        now.fp = self.top;
        self.context.ip = Ip::finish();
        Ok(Activation { store, serial: self.last })
    }

    /// Ends the innermost activation.
    #[inline]
    pub(crate) fn close(&mut self) {
        self.nesting_left += 1;
        self.top = self.now.base;
        let callers = self.callers.start();
        self.context.caller = callers.wrapping_byte_add(self.now.outer_callers as usize * WORD);
        self.now.serial = 0;
        if !self.outer.is_empty() {
            self.go_back();
        }
    }

    /// Puts the innermost activation aside for one inside it.
    #[cold]
    fn suspend(&mut self) -> Result<(), Error> {
        self.outer.try_reserve(1)?;
        self.outer.put((self.now, self.context.ip, self.context.values));
        Ok(())
    }

    /// Makes the activation that was put aside last the innermost one again.
    #[cold]
    fn go_back(&mut self) {
        if let Some((outer, ip, values)) = self.outer.pop() {
            self.now = outer;
            self.context.ip = ip;
            self.context.values = values;
        }
    }

    /// # Panics
    /// Unless `activation` is the innermost one of the store `store`.
    #[inline]
    pub(crate) fn check(&self, activation: &Activation, store: StoreId) {
        assert!(activation.store == store, "this activation belongs to another store");
        assert!(activation.serial == self.now.serial, "this activation is not the innermost one");
    }

    /// Executes from where the innermost activation is, with these values in the registers, until handlers want something. The context must
    /// be up to date.
    #[inline]
    pub(crate) fn execute(&mut self, values: Values) -> Exit {
        let start = self.stack.start();
        #[cfg(feature = "profile")]
        self.context.recorder.set_callers(self.callers.start().addr());
        let regs = Regs {
            ip: self.context.ip,
            fp: start.wrapping_add(self.now.fp),
            ctx: &raw mut self.context,
            values,
        };
        // SAFETY: I2 and I3 hold of the innermost activation, I4 because the run loop has refreshed the context, I7 because
        // nothing else touches the stack before this returns, I8 because of `&mut self`.
        unsafe { crate::dispatch::start(regs) };
        let context = &self.context;
        self.now.fp = distance(start, context.fp);
        self.now.instance = context.instance();
        context.exit()
    }

    /// Where the innermost activation goes on, or stopped.
    #[inline]
    pub(crate) fn ip(&self) -> Ip {
        self.context.ip
    }

    /// Goes on after the cell of so many `words` that handlers stopped at.
    #[inline]
    pub(crate) fn skip(&mut self, words: usize) {
        self.context.ip = self.context.ip.after(words);
    }

    /// The 16-bit field at `byte` of the cell that handlers stopped at, which must be of a shape with such a field.
    #[inline]
    pub(crate) fn cell_u16(&self, byte: usize) -> u16 {
        // SAFETY: I2, handlers stop at cells.
        unsafe { self.context.ip.u16(byte) }
    }

    /// The 32-bit field at `byte` of the cell that handlers stopped at, which must be of a shape with such a field.
    #[inline]
    pub(crate) fn cell_u32(&self, byte: usize) -> u32 {
        // SAFETY: I2, handlers stop at cells.
        unsafe { self.context.ip.u32(byte) }
    }

    /// The values that the guest computes with.
    #[inline]
    pub(crate) fn values(&self) -> &Values {
        &self.context.values
    }

    /// The values that the guest computes with.
    #[inline]
    pub(crate) fn values_mut(&mut self) -> &mut Values {
        &mut self.context.values
    }

    /// What has been executed.
    #[cfg(feature = "profile")]
    pub(crate) fn recorder(&self) -> &crate::profile::Recorder {
        &self.context.recorder
    }

    /// The function that a call across a border is about.
    #[inline]
    pub(crate) fn callee(&self) -> u32 {
        self.context.callee
    }

    /// The address of the entry that a call found without code.
    pub(crate) fn wanted_entry(&self) -> usize {
        self.context.wanted
    }

    /// Makes room for the frame that did not fit.
    pub(crate) fn make_wanted_room(&mut self) -> Result<(), Error> {
        let end = self.context.wanted.wrapping_sub(self.stack.start().addr()) / size_of::<u64>();
        self.make_room(end)
    }

    /// Makes room for slots up to `end`.
    #[inline]
    pub(crate) fn make_room(&mut self, end: usize) -> Result<(), Error> {
        let end = end + FEW;
        if end <= self.stack.items().len() { Ok(()) } else { self.grow_stack(end) }
    }

    #[cold]
    fn grow_stack(&mut self, end: usize) -> Result<(), Error> {
        self.stack.grow(end)?;
        // Not the last slots: see I3.
        let end = self.stack.items().len() - FEW;
        self.context.stack_end = self.stack.start().wrapping_add(end);
        Ok(())
    }

    /// Enters the function of `entry`, which has code, with its frame at `fp`. The arguments are in place.
    #[inline(always)]
    pub(crate) fn push_frame(&mut self, entry: &Entry, fp: usize) -> Result<(), Error> {
        let Some(code) = LinkedCode::of(entry) else { return Err(Error::TypeMismatch) };
        let Extent { slots, zeroed, zeroed_count, params: _ } = code.extent();
        self.make_room(fp + usize::from(slots))?;
        if zeroed_count > 0 {
            self.stack.slots_mut()[fp + usize::from(zeroed)..][..zeroed_count.into()].fill(0);
        }
        self.context.ip = code.start();
        self.now.fp = fp;
        Ok(())
    }

    /// Moves the current frame, in which all locals are in their slots, to a loop of the code of `entry`, which is of the same
    /// function: a cell starts there, as the translator has checked (I2). Registers may get what no local has been given yet: nothing but copies reads that (rule 8 of the translator).
    pub(crate) fn land(&mut self, entry: &Entry, landing: &Landing) -> Result<(), Error> {
        let Some(code) = LinkedCode::of(entry) else { return Err(Error::TypeMismatch) };
        let fp = self.now.fp;
        self.make_room(fp + usize::from(code.extent().slots))?;
        for (dst, class, slot) in landing.registers() {
            let value = self.stack.slots()[fp + usize::from(slot.0)];
            self.context.values.set_local(dst, class, value);
        }
        self.context.ip = code.start().after(landing.word as usize);
        Ok(())
    }

    /// How many callers there are.
    fn depth(&self) -> usize {
        distance(self.callers.items().as_ptr(), self.context.caller)
    }

    /// Makes room for `count` callers.
    #[inline]
    pub(crate) fn reserve_callers(&mut self, count: usize) -> Result<(), Error> {
        if self.context.has_room(count) { Ok(()) } else { self.grow_callers(count) }
    }

    /// Makes room for the callers that did not fit: one at a time, so that none is asked for in vain.
    pub(crate) fn make_room_for_callers(&mut self) -> Result<(), Error> {
        self.reserve_callers(1 + usize::from(self.context.has_room(1)))
    }

    #[cold]
    fn grow_callers(&mut self, count: usize) -> Result<(), Error> {
        let depth = self.depth();
        self.callers.grow(depth + count)?;
        let start = self.callers.start();
        self.context.caller = start.wrapping_add(depth);
        self.context.callers_end = start.wrapping_add(self.callers.items().len());
        Ok(())
    }

    /// Enters the function of `entry`, which has code, with the first frame of the innermost activation, where `args` are copied to,
    /// one for each parameter.
    #[inline(always)]
    pub(crate) fn push_first_frame(&mut self, entry: &Entry, args: &[u64]) -> Result<(), Error> {
        let Some(code) = LinkedCode::of(entry) else { return Err(Error::TypeMismatch) };
        let Extent { params, slots, zeroed, zeroed_count } = code.extent();
        if args.len() != usize::from(params) {
            return Err(Error::TypeMismatch);
        }
        let fp = self.now.base;
        self.make_room(fp + usize::from(slots))?;
        let frame = &mut self.stack.slots_mut()[fp..];
        frame[..args.len()].copy_from_slice(args);
        if zeroed_count > 0 {
            frame[usize::from(zeroed)..][..zeroed_count.into()].fill(0);
        }
        self.context.ip = code.start();
        self.now.fp = fp;
        self.push_finish()
    }

    /// Adds what the first frame of an activation returns to.
    #[inline(always)]
    fn push_finish(&mut self) -> Result<(), Error> {
        if !self.context.has_room(1) {
            self.grow_callers(1)?;
        }
        // SAFETY: I7, there is room.
        unsafe {
            self.context.caller.write(Caller::finish());
            self.context.caller = self.context.caller.add(1);
        }
        Ok(())
    }

    /// Makes the innermost activation ready after a host function, and gives the values with which it goes on: the first result in the
    /// accumulators, and what calls keep.
    #[inline]
    pub(crate) fn resume(&mut self) -> Values {
        let result = self.stack.slots().get(self.now.window).copied();
        let mut values = self.context.values.kept();
        values.set_accs(result.unwrap_or(0));
        self.now.state = State::Ready;
        values
    }

    /// Goes back to the last caller.
    #[inline]
    pub(crate) fn pop_caller(&mut self) {
        let depth = self.depth() - 1;
        self.context.caller = self.callers.start().wrapping_add(depth);
        let caller = self.callers.items()[depth];
        self.context.ip = caller.ip;
        // SAFETY: I2, it was a caller.
        self.now.fp -= unsafe { caller.distance() };
        caller.restore(&mut self.context.values);
    }

    /// The callers of the innermost activation, the innermost last.
    pub(crate) fn callers(&self) -> &[Caller] {
        let outer = self.now.outer_callers as usize / WORDS;
        &self.callers.items()[outer..self.depth()]
    }
}

/// How many items there are between two pointers into one stack.
fn distance<T>(start: *const T, end: *const T) -> usize {
    end.addr().wrapping_sub(start.addr()) / size_of::<T>()
}

impl Store {
    /// Brings the context up to date for executing code of `instance` (I4).
    #[inline]
    pub(crate) fn refresh(&mut self, instance: u32) {
        let machine = &self.machine;
        if machine.epoch != self.epoch() || machine.context.instance() != instance {
            self.reload(instance);
        }
    }

    #[cold]
    fn reload(&mut self, instance: u32) {
        let epoch = self.epoch();
        let Machine { context, epoch: reloaded, .. } = &mut self.machine;
        // Not even an instance's address if the host has called a function of its own.
        if instance as usize >= self.instances.len() {
            return;
        }
        context.instances = self.instances.as_ptr();
        context.funcs = self.funcs.as_ptr();
        context.func_count = self.funcs.len() as u64;
        context.memories = self.memories.as_ptr();
        context.tables = self.tables.as_ptr();
        context.cells = self.globals.as_mut_ptr();
        // SAFETY: I4, all of them were just brought up to date, and there is such an instance.
        unsafe { context.switch(instance) };
        *reloaded = epoch;
    }

    /// Brings the context, which was up to date, up to date after the memory at `addr` has grown.
    #[inline]
    pub(crate) fn reload_memory(&mut self, addr: u32) {
        let epoch = self.epoch();
        let Machine { context, epoch: reloaded, now, .. } = &mut self.machine;
        let memories = &self.instances[now.instance as usize].memories;
        if memories.first() == Some(&addr) {
            // SAFETY: I4, memories are where they were.
            unsafe { context.set_memory(Some(addr)) };
        }
        *reloaded = epoch;
    }
}
