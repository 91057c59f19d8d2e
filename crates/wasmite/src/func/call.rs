//! Running a function: the loop between the engine and the host's closures.
//!
//! Invariant: an activation is left exactly once, also if a host closure fails or panics.

use super::host::{HostBody, HostCall};
use crate::{Error, store::StoreInner};
use alloc::{sync::Arc, vec::Vec};
use wasmite_exec::{Activation, Outcome};

/// A call under way. Dropping it frees its part of the value stack.
pub(super) struct Call<'a, T> {
    store: &'a mut StoreInner<T>,
    /// Taken when dropped.
    activation: Option<Activation>,
}

/// Runs a start function.
pub(crate) fn call_start<T>(
    store: &mut StoreInner<T>,
    start: wasmite_exec::Func,
) -> Result<(), Error> {
    Call::enter(store, start, &[])?.run().map(drop)
}

impl<'a, T> Call<'a, T> {
    /// Prepares a call. There is one slot per parameter, of the right type.
    pub(super) fn enter(
        store: &'a mut StoreInner<T>,
        func: wasmite_exec::Func,
        params: &[u64],
    ) -> Result<Self, Error> {
        let activation = store.exec.enter(func, params)?;
        Ok(Self { store, activation: Some(activation) })
    }

    /// Runs to the end and gives the slots of the results. Must be called once.
    pub(super) fn run(&mut self) -> Result<(&[u64], &wasmite_exec::Store), Error> {
        let Self { store, activation } = self;
        let activation = activation.as_mut().expect("present until dropped");
        drive(store, activation)?;
        Ok((store.exec.results(activation), &store.exec))
    }
}

impl<T> Drop for Call<'_, T> {
    fn drop(&mut self) {
        if let Some(activation) = self.activation.take() {
            self.store.exec.leave(activation);
        }
    }
}

fn drive<T>(store: &mut StoreInner<T>, activation: &mut Activation) -> Result<(), Error> {
    let mut hosts: Option<Arc<Vec<Arc<HostBody<T>>>>> = None;
    loop {
        let outcome = store.limited(|exec, limiter| exec.run(activation, limiter));
        let call = match outcome {
            Ok(Outcome::Finished) => return Ok(()),
            Ok(Outcome::Host(call)) => call,
            // Traps know where they happened; errors of the resource limiter do not.
            Err(error) if error.backtrace().is_some() => return Err(error),
            Err(error) => return Err(with_frames(error, store, activation)),
        };
        let index = call.host as usize;
        let hosts = hosts.get_or_insert_with(|| store.hosts.clone());
        if index >= hosts.len() {
            // Added since the call began.
            *hosts = store.hosts.clone();
        }
        let host_call = HostCall { store, activation, instance: call.caller };
        if let Err(error) = hosts[index](host_call) {
            return Err(with_frames(error, store, activation));
        }
    }
}

/// Adds the frames of the activation that the error is about to end.
fn with_frames<T>(mut error: Error, store: &StoreInner<T>, activation: &Activation) -> Error {
    error.add_frames(store.exec.backtrace(activation));
    error
}
