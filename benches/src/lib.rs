//! The benchmark programs, and the protocol by which one process per engine is asked to run them.
//!
//! Not the measuring itself: `cargo xtask bench` drives the workers in turn, and the criterion benches measure in one
//! process. Invariant: what a program must return stands in `programs/list.toml` and nowhere else.
#![forbid(unsafe_code)]

mod programs;
mod worker;

pub use programs::{Program, programs};
pub use worker::{Guest, serve};
