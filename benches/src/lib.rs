//! What is measured, of any engine, and the protocol by which one process per engine is asked to do it.
//!
//! Not the measuring itself: `cargo xtask bench` drives the workers in turn, and the criterion benches measure in one
//! process. Invariant: what a case does and what it must return is written here once, for all engines.
#![forbid(unsafe_code)]

#[cfg(feature = "wasmite")]
mod embedding;
mod large;
mod programs;
mod runtime;
mod suite;
mod worker;

#[cfg(feature = "wasmite")]
pub use embedding::{Metered, Wasmite};
pub use large::large_module;
pub use programs::{Program, programs};
pub use runtime::{Mode, Runtime};
pub use suite::{Case, Job, Suite, WrongResult};
pub use worker::serve;
