//! Calls between host and Wasm, in both directions.
//!
//! Not calls within and among instances, which handlers do. Invariant: a caller gets the address of a cell that can be
//! returned to: the stub that finishes, or the cell after a call.

use crate::entity::FuncEntity;
use crate::raw::{Activation, State};
use crate::{Error, Func, Store};
use wasmite_isa::shape;

impl Store {
    /// Starts a call of `func` from the host: [`Store::run`] executes it, [`Store::leave`] must end it. `args` has a slot
    /// for each parameter, whose types the caller answers for.
    #[inline(always)]
    pub fn enter(&mut self, func: Func, args: &[u64]) -> Result<Activation, Error> {
        let addr = func.addr(self.id());
        if self.funcs[addr as usize].entry().is_some_and(|entry| !entry.is_translated()) {
            self.translate(addr)?;
        }
        let activation = self.machine.open(self.id())?;
        let func = &self.funcs[addr as usize];
        let begun = match func.entry() {
            Some(entry) => {
                (self.machine.now.results, self.machine.now.instance) =
                    (func.results, func.instance);
                self.machine.push_first_frame(entry, args)
            }
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
        self.machine.now.state = State::CallHost;
        Ok(())
    }

    /// Translates the function at `addr`, which is an instance's.
    #[cold]
    fn translate(&self, addr: u32) -> Result<(), Error> {
        let func = &self.funcs[addr as usize];
        self.instances[func.instance as usize].program.translate(func.func)
    }

    /// A call of a function of the host by the current cell.
    #[inline]
    pub(crate) fn call_host(&mut self) -> Result<(), Error> {
        let (addr, now) = (self.machine.callee(), &self.machine.now);
        let (fp, instance) = (now.fp + usize::from(self.machine.cell_u16(shape::A)), now.instance);
        self.open_window(addr, fp)?;
        self.machine.skip(shape::CALL.words);
        self.hand_over(instance);
        Ok(())
    }

    /// As [`Store::call_host`], in place of the current frame.
    #[inline(never)]
    pub(crate) fn tail_call_host(&mut self) -> Result<(), Error> {
        let (addr, now) = (self.machine.callee(), &self.machine.now);
        let (fp, instance) = (now.fp, now.instance);
        let from = fp + usize::from(self.machine.cell_u16(shape::A));
        let count = self.func_type_at(addr).params().len();
        self.open_window(addr, fp)?;
        self.machine.stack.slots_mut().copy_within(from..from + count, fp);
        self.machine.pop_caller();
        self.hand_over(instance);
        Ok(())
    }

    /// Makes room at `start` for arguments and results of the host function at `addr`, which is called next.
    #[inline]
    fn open_window(&mut self, addr: u32, start: usize) -> Result<(), Error> {
        let FuncEntity { window: len, host, .. } = self.funcs[addr as usize];
        self.machine.make_room(start + len as usize)?;
        self.machine.now.window = start;
        self.machine.now.window_len = len;
        self.machine.now.host = host;
        Ok(())
    }

    /// Hands over to the host; what it calls in turn goes after the window.
    #[inline]
    pub(crate) fn hand_over(&mut self, caller: u32) {
        let now = &mut self.machine.now;
        now.state = State::InHost;
        now.caller = caller;
        self.machine.top = now.window + now.window_len as usize;
    }
}
