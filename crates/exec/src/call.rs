//! Calls that cross a border: from the host into Wasm, from Wasm to the host, from one instance to another.
//!
//! Not calls within an instance, which handlers do. Invariant: a caller gets the address of a cell that can be returned to:
//! the stubs that finish or return to another instance, or the cell after a call.

use crate::link::Extent;
use crate::program::Entry;
use crate::raw::{Activation, Caller, State};
use crate::{Error, Func, Store};
use wasmite_isa::shape;

impl Store {
    /// Starts a call of `func` from the host: [`Store::run`] executes it, [`Store::leave`] must end it. `args` has a slot
    /// for each parameter, whose types the caller answers for.
    #[inline(always)]
    pub fn enter(&mut self, func: Func, args: &[u64]) -> Result<Activation, Error> {
        let addr = func.addr(self.id());
        let extent = self.callee_extent(addr)?;
        let activation = self.machine.open(self.id())?;
        let begun = match extent {
            Some(extent) => self.begin_wasm(addr, extent, args),
            None => self.begin_host(addr, args),
        };
        match begun {
            Ok(()) => Ok(activation),
            Err(error) => {
                self.machine.close();
                Err(error)
            }
        }
    }

    #[inline(always)]
    fn begin_wasm(&mut self, addr: u32, extent: Extent, args: &[u64]) -> Result<(), Error> {
        if args.len() != usize::from(extent.params) {
            return Err(Error::TypeMismatch);
        }
        let base = self.machine.now.base;
        self.machine.make_room(base + usize::from(extent.slots))?;
        self.machine.stack.slots_mut()[base..][..args.len()].copy_from_slice(args);
        self.machine.now.results = self.funcs[addr as usize].results;
        self.machine.reserve_callers(1)?;
        self.push_callee(addr, base)?;
        self.machine.push_caller(Caller::default());
        Ok(())
    }

    #[cold]
    fn begin_host(&mut self, addr: u32, args: &[u64]) -> Result<(), Error> {
        let ty = self.func_type_at(addr);
        if args.len() != ty.params().len() {
            return Err(Error::TypeMismatch);
        }
        self.machine.now.results = self.funcs[addr as usize].results;
        let base = self.machine.now.base;
        self.open_window(addr, base)?;
        self.machine.stack.slots_mut()[base..][..args.len()].copy_from_slice(args);
        self.machine.now.state = State::CallHost(addr);
        Ok(())
    }

    /// What entering the function at `addr` needs of its frame; translates it if it has not been. None for a host function.
    #[inline]
    fn callee_extent(&self, addr: u32) -> Result<Option<Extent>, Error> {
        match self.funcs[addr as usize].entry().and_then(Entry::extent) {
            Some(extent) => Ok(Some(extent)),
            None => self.new_extent(addr),
        }
    }

    /// As [`Store::callee_extent`], of a function that has no code yet.
    #[cold]
    fn new_extent(&self, addr: u32) -> Result<Option<Extent>, Error> {
        let func = &self.funcs[addr as usize];
        let Some(entry) = func.entry() else { return Ok(None) };
        self.instances[func.instance as usize].program.translate(func.func)?;
        Ok(entry.extent())
    }

    /// Enters the function at `addr`, which has code.
    #[inline(always)]
    fn push_callee(&mut self, addr: u32, fp: usize) -> Result<(), Error> {
        let func = &self.funcs[addr as usize];
        let Some(entry) = func.entry() else { return Err(Error::TypeMismatch) };
        self.machine.push_frame(entry, fp)?;
        self.machine.now.instance = func.instance;
        Ok(())
    }

    /// A call of an imported function.
    #[inline]
    pub(crate) fn call_import(&mut self) -> Result<(), Error> {
        let addr = self.imported_func(self.machine.now.u32(shape::EXTRA));
        self.call(addr)
    }

    /// A call through a table of a function of another instance or the host.
    pub(crate) fn call_foreign(&mut self) -> Result<(), Error> {
        let addr = self.machine.callee();
        self.call(addr)
    }

    /// The address of the function that the current instance imports as number `index`.
    fn imported_func(&self, index: u32) -> u32 {
        self.instances[self.machine.now.instance as usize].funcs[index as usize]
    }

    /// A call of the function at `addr` by the current cell.
    #[inline(always)]
    fn call(&mut self, addr: u32) -> Result<(), Error> {
        let now = &self.machine.now;
        let distance = now.u16(shape::A);
        let (fp, instance) = (now.fp + usize::from(distance), now.instance);
        let ip = now.ip.after(shape::CALL.words);
        if !self.funcs[addr as usize].is_host() {
            return self.call_wasm(addr, fp, Caller::new(ip, distance, self.machine.values()));
        }
        self.open_window(addr, fp)?;
        self.machine.now.ip = ip;
        self.call_host(addr, instance);
        Ok(())
    }

    /// A call of the function at `addr`, an instance's, with its frame at `fp`, after which `caller` goes on.
    #[inline(never)]
    fn call_wasm(&mut self, addr: u32, fp: usize, caller: Caller) -> Result<(), Error> {
        let instance = self.machine.now.instance;
        self.callee_extent(addr)?;
        self.machine.reserve_callers(2)?;
        self.push_callee(addr, fp)?;
        self.machine.push_caller(caller);
        self.machine.push_caller(Caller::border(instance));
        Ok(())
    }

    /// A tail call of an imported function.
    pub(crate) fn tail_call_import(&mut self) -> Result<(), Error> {
        let addr = self.imported_func(self.machine.now.u32(shape::EXTRA));
        let count = self.machine.now.u32(shape::B) as usize;
        self.tail_call(addr, count)
    }

    /// A tail call through a table of a function of another instance or the host.
    pub(crate) fn tail_call_foreign(&mut self) -> Result<(), Error> {
        let addr = self.machine.callee();
        let count = usize::from(self.machine.now.u16(shape::C));
        self.tail_call(addr, count)
    }

    /// A call of the function at `addr` with `count` arguments that takes the place of the current frame.
    fn tail_call(&mut self, addr: u32, count: usize) -> Result<(), Error> {
        let (fp, instance) = (self.machine.now.fp, self.machine.now.instance);
        let from = fp + usize::from(self.machine.now.u16(shape::A));
        if let Some(extent) = self.callee_extent(addr)? {
            self.machine.make_room(fp + usize::from(extent.slots))?;
            // A frame that returns across a border already keeps it: tail calls in a circle need no space.
            let crossed =
                self.machine.callers().last().is_some_and(|last| last.instance().is_some());
            self.machine.reserve_callers(usize::from(!crossed))?;
            self.machine.stack.slots_mut().copy_within(from..from + count, fp);
            self.push_callee(addr, fp)?;
            if !crossed {
                self.machine.push_caller(Caller::border(instance));
            }
            return Ok(());
        }
        self.open_window(addr, fp)?;
        self.machine.stack.slots_mut().copy_within(from..from + count, fp);
        self.machine.pop_caller();
        self.call_host(addr, instance);
        Ok(())
    }

    /// Makes room at `start` for arguments and results of the host function at `addr`.
    #[inline]
    fn open_window(&mut self, addr: u32, start: usize) -> Result<(), Error> {
        let len = self.host_types[self.funcs[addr as usize].func.index()].window;
        self.machine.make_room(start + len)?;
        self.machine.now.window = start;
        self.machine.now.window_len = len as u32;
        Ok(())
    }

    /// Hands over to the host; what it calls in turn goes after the window.
    #[inline]
    pub(crate) fn call_host(&mut self, addr: u32, caller: u32) {
        let now = &mut self.machine.now;
        now.state = State::InHost;
        (now.callee, now.caller) = (addr, caller);
        self.machine.top = now.window + now.window_len as usize;
    }
}
