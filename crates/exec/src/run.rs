//! The run loop: executes an activation, and does what handlers leave to it until the host is wanted.
//!
//! Not calls ([`crate::call`]) or the ops done here ([`crate::cold`]). Invariant: the context is refreshed before every
//! execution, and an activation in which something failed never executes again.

use crate::config::TIERS;
use crate::raw::{Activation, Exit, Running, State};
use crate::{Error, Instance, Limiter, Store};
use wasmite_core::Trap;
use wasmite_isa::{Op, shape};

/// The address of no instance.
const NO_CALLER: u32 = u32::MAX;

/// What an activation wants from the host.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// Nothing more: the results are there.
    Finished,
    /// A host function has to run: [`Store::host_call`] says which.
    Host,
}

/// A call of a host function: its parameters are in the activation's host slots, where its results belong.
#[derive(Clone, Copy, Debug)]
pub struct HostCall {
    /// What the host called it when it was made.
    pub host: u32,
    /// The instance that calls; none if the host itself does.
    pub caller: Option<Instance>,
}

impl Store {
    /// Goes on with an activation until it is finished or wants a host function run; after that, until the next time.
    ///
    /// An error ends the activation, which then can only be left. The store stays usable.
    ///
    /// # Panics
    /// If the activation is not the innermost one, is finished, or has failed.
    #[inline(never)]
    pub fn run(
        &mut self,
        activation: &mut Activation,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Outcome, Error> {
        self.machine.check(activation, self.id());
        // Told apart one by one, what happens most often first.
        if self.machine.now.state == State::InHost {
            *self.machine.values_mut() = self.machine.resume();
        } else if self.machine.now.state == State::CallHost {
            self.hand_over(NO_CALLER);
            return Ok(Outcome::Host);
        }
        assert!(self.machine.now.state == State::Ready, "this activation has ended");
        self.proceed(limiter).map_err(|error| self.fail(error))
    }

    /// As [`Store::run`] without a limiter, after a host function has run: what happens most often, for the loop that calls hosts.
    /// Always inline: to return and to be called again would cost a third of it.
    ///
    /// # Panics
    /// If the activation is not the innermost one, or is not in a host function.
    #[inline(always)]
    pub fn resume(&mut self, activation: &mut Activation) -> Result<Outcome, Error> {
        self.in_host(activation);
        let values = self.machine.resume();
        self.refresh(self.machine.now.instance);
        match self.machine.execute(values) {
            Exit::CallHost => match self.call_host() {
                Ok(()) => Ok(Outcome::Host),
                Err(error) => Err(self.fail(error)),
            },
            exit => self.go_on(exit),
        }
    }

    /// What [`Store::resume`] does after handlers have returned for anything but a host function.
    #[inline(never)]
    fn go_on(&mut self, exit: Exit) -> Result<Outcome, Error> {
        let settled = match self.settle(exit, &mut None) {
            Ok(None) => self.proceed(&mut None),
            Ok(Some(outcome)) => Ok(outcome),
            Err(error) => Err(error),
        };
        settled.map_err(|error| self.fail(error))
    }

    /// The call of a host function that an activation wants run.
    ///
    /// # Panics
    /// If the activation is not the innermost one, or wants no host function run.
    #[inline]
    pub fn host_call(&self, activation: &Activation) -> HostCall {
        self.in_host(activation);
        self.next_host_call()
    }

    /// The same of the innermost activation, which has just wanted one run: [`Outcome::Host`]. Of one that wants none, what it wanted last.
    #[inline]
    pub fn next_host_call(&self) -> HostCall {
        let Running { host, caller, .. } = self.machine.now;
        HostCall { host, caller: (caller != NO_CALLER).then(|| Instance::new(self.id(), caller)) }
    }

    /// What is known of an activation that wants a host function run.
    #[inline]
    fn in_host(&self, activation: &Activation) -> &Running {
        self.machine.check(activation, self.id());
        let now = &self.machine.now;
        assert!(now.state == State::InHost, "this activation is not in a host function");
        now
    }

    /// Executes until handlers return.
    #[inline(always)]
    fn step(&mut self) -> Exit {
        self.refresh(self.machine.now.instance);
        self.machine.execute(*self.machine.values())
    }

    /// Executes until the innermost activation, which is ready, is not ready any more.
    #[inline]
    fn proceed(&mut self, limiter: &mut Option<&mut dyn Limiter>) -> Result<Outcome, Error> {
        loop {
            let exit = self.step();
            if let Some(outcome) = self.settle(exit, limiter)? {
                return Ok(outcome);
            }
        }
    }

    /// Does what handlers returned for. None if they are to go on.
    #[inline(always)]
    fn settle(
        &mut self,
        exit: Exit,
        limiter: &mut Option<&mut dyn Limiter>,
    ) -> Result<Option<Outcome>, Error> {
        match exit {
            Exit::Finished => {
                self.machine.now.state = State::Finished;
                return Ok(Some(Outcome::Finished));
            }
            Exit::CallHost => {
                self.call_host()?;
                return Ok(Some(Outcome::Host));
            }
            Exit::TailCallHost => {
                self.tail_call_host()?;
                return Ok(Some(Outcome::Host));
            }
            Exit::Cold(Op::MemoryGrow) => self.cold_memory_grow(limiter)?,
            Exit::Cold(op) => self.cold(op, limiter)?,
            exit => self.serve(exit)?,
        }
        Ok(None)
    }

    /// Does what handlers leave to do more rarely. Apart, so that the loop stays small.
    #[inline(never)]
    fn serve(&mut self, exit: Exit) -> Result<(), Error> {
        match exit {
            Exit::Compile => self.translate_callee(),
            Exit::StackFull => self.machine.make_wanted_room(),
            Exit::CallersFull => self.machine.make_room_for_callers(),
            Exit::Trap(trap) => Err(trap.into()),
            Exit::OutOfFuel => {
                let charged = self.machine.cell_u32(shape::B);
                self.machine.fuel_mut().refund(charged);
                Err(Trap::OutOfFuel.into())
            }
            Exit::HeatEntry if TIERS => self.heat_up_entry(),
            Exit::HeatLoop if TIERS => self.heat_up_loop(),
            Exit::HeatEntry | Exit::HeatLoop => Ok(()),
            Exit::Finished | Exit::CallHost | Exit::TailCallHost | Exit::Cold(_) => Ok(()),
        }
    }

    /// Gives the function that a call found without code its code.
    fn translate_callee(&mut self) -> Result<(), Error> {
        let program = |instance: u32| &self.instances[instance as usize].program;
        let own = program(self.machine.now.instance);
        if let Some(func) = own.func_of(self.machine.wanted_entry()) {
            return own.translate(func);
        }
        let callee = &self.funcs[self.machine.callee() as usize];
        program(callee.instance).translate(callee.func)
    }

    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.machine.now.state = State::Failed;
        match error {
            Error::Trap { trap, frames } if frames.is_empty() => {
                Error::Trap { trap, frames: self.frames() }
            }
            other => other,
        }
    }

    /// The results of an activation that has finished.
    ///
    /// # Panics
    /// If the activation is not the innermost one, or has not finished.
    #[inline]
    pub fn results(&self, activation: &Activation) -> &[u64] {
        self.machine.check(activation, self.id());
        assert!(self.machine.now.state == State::Finished, "this activation has not finished");
        &self.machine.stack.slots()[self.machine.now.base..][..self.machine.now.results as usize]
    }

    /// The parameters of the host function that an activation wants run; its results go over them, the first into slot 0.
    /// There are as many slots as the longer of the two lists needs.
    ///
    /// # Panics
    /// If the activation is not the innermost one, or wants no host function run.
    #[inline]
    pub fn host_slots(&mut self, activation: &Activation) -> &mut [u64] {
        self.in_host(activation);
        self.next_host_slots()
    }

    /// The same of the innermost activation, which has just wanted one run.
    ///
    /// # Panics
    /// If the innermost activation wants no host function run.
    #[inline]
    pub fn next_host_slots(&mut self) -> &mut [u64] {
        let Running { window, window_len, state, .. } = self.machine.now;
        assert!(state == State::InHost, "no activation is in a host function");
        &mut self.machine.stack.slots_mut()[window..][..window_len as usize]
    }

    /// Ends an activation, finished or not, and frees what it has of the value stack.
    ///
    /// # Panics
    /// If the activation is not the innermost one.
    #[inline]
    pub fn leave(&mut self, activation: &Activation) {
        self.machine.check(activation, self.id());
        self.machine.close();
    }
}
