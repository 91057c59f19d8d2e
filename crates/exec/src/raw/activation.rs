//! Activations: calls from the host, and what a store knows of them while nothing executes.
//!
//! Not the registers that handlers see, nor where the innermost goes on: the context has that. Invariant: what a store knows of an activation is true for as long as it is open; only the innermost activation of a store executes.

use crate::StoreId;

/// A call from the host into a store, until it is left. Activations of one store nest: only the innermost can be used.
///
/// It only names the call: what is known of it is in the store.
#[derive(Debug)]
pub struct Activation {
    pub(super) store: StoreId,
    /// Its number among all activations of its store.
    pub(super) serial: u64,
}

/// What a store knows of an activation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    /// The activation's number; 0 if there is none.
    pub(super) serial: u64,
    /// Its first slot on the value stack, which is the first argument's and the first result's.
    pub(crate) base: usize,
    /// Number of results.
    pub(crate) results: u32,
    /// How many slots there are for a host function's arguments and results, while in one.
    pub(crate) window_len: u32,
    /// Words of callers that belong to outer activations: there are no more than 32 bits can tell.
    pub(crate) outer_callers: u32,
    /// The instance of the current frame.
    pub(crate) instance: u32,
    /// How far it has come.
    pub(crate) state: State,
    /// Slot 0 of the current frame.
    pub(crate) fp: usize,
    /// The first slot of those.
    pub(crate) window: usize,
    /// What the host calls that function.
    pub(crate) host: u32,
    /// The instance that called it; none if it is not one's address.
    pub(crate) caller: u32,
}

/// How far an activation has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Executing, or ready to.
    Ready,
    /// About to call a host function.
    CallHost,
    /// In a host function: instruction and frame pointer say where its caller goes on.
    InHost,
    /// Done, results are at `base`.
    Finished,
    /// An error ended it.
    Failed,
}

impl Running {
    /// No activation.
    pub(super) fn nothing() -> Self {
        Self {
            serial: 0,
            base: 0,
            results: 0,
            outer_callers: 0,
            instance: u32::MAX,
            state: State::Failed,
            fp: 0,
            window: 0,
            window_len: 0,
            host: 0,
            caller: u32::MAX,
        }
    }
}
