//! The execution engine: programs (modules with translated code), stores of entities, and the running of functions.
//!
//! Not here: host closures and typed values (the facade's), validation and translation (module, translate). Invariant:
//! references and handles are indices; only `raw`, `dispatch` and `handlers` may hold pointers into a store's entities,
//! and only for as long as the store's epoch stands.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod atomic;
mod backtrace;
mod call;
mod cold;
mod config;
mod const_expr;
#[allow(unsafe_code)]
mod dispatch;
mod engine;
mod entity;
mod error;
mod fuel;
mod handle;
#[allow(unsafe_code)]
mod handlers;
mod instantiate;
mod limiter;
mod link;
// A development tool, which takes memory without limit anyway.
#[cfg(feature = "profile")]
#[allow(clippy::disallowed_methods, clippy::disallowed_macros)]
mod profile;
mod program;
#[allow(unsafe_code)]
mod raw;
mod run;
mod segment;
mod store;
mod tiers;
mod types;

pub use backtrace::FrameInfo;
pub use config::{CompilationMode, Config, MemoryGrowth};
pub use engine::Engine;
pub use entity::MemoryUsage;
pub use error::{Error, LinkError, LinkReason};
pub use handle::{Extern, Func, Global, Instance, Memory, StoreId, Table};
pub use limiter::{Limiter, Verdict};
#[cfg(feature = "profile")]
pub use profile::{Count, Profile};
pub use program::Program;
pub use raw::Activation;
pub use run::{HostCall, Outcome};
pub use store::Store;
