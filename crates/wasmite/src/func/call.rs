//! Running a function: the loop between the engine and the host's closures.
//!
//! Invariant: an activation is left exactly once, also if a host closure fails or panics.

use super::host::HostCall;
use crate::{Error, store::StoreInner};
use wasmite_exec::{Activation, Outcome};

/// A call under way. Dropping it frees its part of the value stack.
pub(super) struct Call<'a, T> {
    store: &'a mut StoreInner<T>,
    activation: Activation,
}

/// Runs a start function.
pub(crate) fn call_start<T>(
    store: &mut StoreInner<T>,
    start: wasmite_exec::Func,
) -> Result<(), Error> {
    Call::enter(store, start, &[])?.run().map(drop)
}

impl<'a, T> Call<'a, T> {
    /// Prepares a call. There is one slot per parameter, of the right type. Always inline: what is returned would cost more
    /// to move than to make, and the number of parameters is known then.
    #[inline(always)]
    pub(super) fn enter(
        store: &'a mut StoreInner<T>,
        func: wasmite_exec::Func,
        params: &[u64],
    ) -> Result<Self, Error> {
        let activation = store.exec.enter(func, params)?;
        Ok(Self { store, activation })
    }

    /// Runs to the end and gives the slots of the results. Must be called once.
    #[inline(always)]
    pub(super) fn run(&mut self) -> Result<(&[u64], &wasmite_exec::Store), Error> {
        let Self { store, activation } = self;
        if let Outcome::Host = advance(store, activation)? {
            run_hosts(store, activation)?;
        }
        Ok((store.exec.results(activation), &store.exec))
    }
}

impl<T> Drop for Call<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.store.exec.leave(&self.activation);
    }
}

/// Executes until the call is finished or wants a host function run.
#[inline(always)]
fn advance<T>(store: &mut StoreInner<T>, activation: &mut Activation) -> Result<Outcome, Error> {
    store
        .limited(|exec, limiter| exec.run(activation, limiter))
        .map_err(|error| located(error, store, activation))
}

/// Goes on after a host function, as [`advance`] does.
#[inline(always)]
fn resume<T>(store: &mut StoreInner<T>, activation: &mut Activation) -> Result<Outcome, Error> {
    if store.limiter.is_some() {
        return advance(store, activation);
    }
    match store.exec.resume(activation) {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(located(error.into(), store, activation)),
    }
}

/// Runs the host functions that are wanted until the call is finished.
#[inline(never)]
fn run_hosts<T>(store: &mut StoreInner<T>, activation: &mut Activation) -> Result<(), Error> {
    loop {
        let number = store.exec.next_host_call().host;
        // Owned, since the store is lent to it; and kept while the same is called again and again.
        let host = store.hosts[number as usize].parts.clone();
        let body = &host.body;
        while store.exec.next_host_call().host == number {
            if let Err(error) = body(HostCall { store }) {
                return Err(with_frames(error, store, activation));
            }
            if let Outcome::Finished = resume(store, activation)? {
                return Ok(());
            }
        }
    }
}

/// An error that ended the activation, with its frames. Traps know where they happened; errors of the resource limiter do not.
#[cold]
fn located<T>(error: Error, store: &StoreInner<T>, activation: &Activation) -> Error {
    match error.backtrace() {
        Some(_) => error,
        None => with_frames(error, store, activation),
    }
}

/// Adds the frames of the activation that the error is about to end.
#[cold]
fn with_frames<T>(mut error: Error, store: &StoreInner<T>, activation: &Activation) -> Error {
    error.add_frames(store.exec.backtrace(activation));
    error
}
