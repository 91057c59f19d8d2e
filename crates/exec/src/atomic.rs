//! Counters that threads share: the machine's own, or on machines without compare-and-swap those of a crate that makes them.
//!
//! Invariant: all counting of this crate uses these.

#[cfg(target_has_atomic = "ptr")]
pub(crate) use core::sync::atomic::{AtomicU32, AtomicUsize};
#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic::{AtomicU32, AtomicUsize};
