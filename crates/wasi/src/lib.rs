//! WASI preview 1: what programs compiled for `wasm32-wasi` import.
//!
//! Three layers: the functions and their semantics, which know neither an engine nor an operating system; the host's side
//! as traits ([`File`], [`Dir`], [`Clocks`], [`Random`], [`Scheduler`]), implemented here for operating systems with
//! feature `std`; and [`add_to_linker`], the only place that knows Wasmite. Invariant: nothing a guest passes panics the
//! host, makes it allocate without bound ([`WasiLimits`]), or reaches a file outside the directories it was given.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use wasmite::{Engine, Linker, Module, Store};
//! use wasmite_wasi::{MemoryOutputPipe, WasiCtx, WasiCtxBuilder};
//!
//! struct State {
//!     wasi: WasiCtx,
//! }
//!
//! let engine = Engine::default();
//! let module = Module::new(
//!     &engine,
//!     r#"(module
//!         (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
//!         (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
//!         (memory (export "memory") 1)
//!         (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
//!         (func (export "_start")
//!             (call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))"#,
//! )?;
//! let mut linker = Linker::new(&engine);
//! wasmite_wasi::add_to_linker(&mut linker, |state: &mut State| &mut state.wasi)?;
//!
//! let stdout = MemoryOutputPipe::new(1 << 20);
//! let wasi = WasiCtxBuilder::new().arg("hello").stdout(stdout.clone()).build();
//! let mut store = Store::new(&engine, State { wasi });
//! let instance = linker.instantiate(&mut store, &module)?;
//! let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
//! let end = start.call(&mut store, ()).unwrap_err();
//! assert_eq!(end.i32_exit_status(), Some(0));
//! assert_eq!(stdout.contents(), b"hello\n");
//! # }
//! # Ok::<(), wasmite::Error>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod calls;
mod ctx;
mod descriptors;
mod errno;
mod functions;
mod host;
mod limits;
mod linker;
mod memory;
#[cfg(feature = "std")]
mod native;
mod pipe;
mod rights;
mod types;

pub use ctx::{WasiCtx, WasiCtxBuilder};
pub use errno::{Errno, Result};
pub use functions::{
    FUNCTIONS, Function, Outcome, ParamType, SNAPSHOT_PREVIEW1, UNSTABLE, unstable_functions,
};
pub use host::{
    Clocks, Dir, DirEntry, File, Interest, OpenOptions, Opened, Random, Readiness, Scheduler,
};
pub use limits::WasiLimits;
pub use linker::add_to_linker;
pub use memory::GuestMemory;
#[cfg(feature = "std")]
pub use native::{Stderr, Stdin, Stdout};
pub use pipe::{MemoryInputPipe, MemoryOutputPipe};
pub use rights::{DirPerms, FilePerms, Rights};
pub use types::{
    Advice, ClockId, FdFlags, FileStat, FileType, FstFlags, LookupFlags, OFlags, SetTime, SetTimes,
    Whence,
};
