//! Wasmite: a fast, small, embeddable WebAssembly interpreter.
//!
//! This crate is the public face: names and argument order follow Wasmtime (and Wasmi where it goes further). It holds
//! no engine of its own: every handle is checked and passed on. Invariant: no unsafe code but for one promise that is
//! passed on ([`Module::new_unchecked`]), and no argument of a safe function is undefined behaviour; wrong ones are errors, or panics where the item's documentation says so.
//!
//! ```
//! # #[cfg(feature = "wat")] {
//! use wasmite::{Caller, Engine, Linker, Module, Store};
//!
//! let engine = Engine::default();
//! let module = Module::new(
//!     &engine,
//!     r#"(module
//!         (import "host" "add" (func $add (param i32)))
//!         (func (export "twice") (param i32) (result i32)
//!             (call $add (local.get 0))
//!             (call $add (local.get 0))
//!             (i32.const 7)))"#,
//! )?;
//!
//! let mut linker = Linker::new(&engine);
//! linker.func_wrap("host", "add", |mut caller: Caller<'_, i32>, n: i32| *caller.data_mut() += n)?;
//!
//! let mut store = Store::new(&engine, 0);
//! let instance = linker.instantiate(&mut store, &module)?;
//! let twice = instance.get_typed_func::<i32, i32>(&mut store, "twice")?;
//! assert_eq!(twice.call(&mut store, 21)?, 7);
//! assert_eq!(*store.data(), 42);
//! # }
//! # Ok::<(), wasmite::Error>(())
//! ```
//!
//! # Handles and stores
//! [`Func`], [`Memory`], [`Table`], [`Global`], [`Instance`] and [`ExternRef`] are small handles to what a [`Store`]
//! owns. Using one with another store than its own panics.
//!
//! # Differences from Wasmtime and Wasmi
//! Each item's documentation names its own. Of the types re-exported from the core: [`FuncType::new`] takes no engine
//! (as in Wasmi), [`Trap`] is Wasmi's `TrapCode`, [`Limits`] its `EnforcedLimits`. There is nothing
//! asynchronous, no serialized module and no component yet.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod backtrace;
mod config;
mod context;
mod engine;
mod error;
mod externref;
mod float;
mod fuel;
mod func;
mod global;
mod instance;
mod limiter;
mod linkage;
mod linker;
mod memory;
mod module;
mod store;
mod table;
#[allow(unsafe_code)]
mod unchecked;
mod value;

pub use backtrace::{FrameInfo, WasmBacktrace};
pub use config::Config;
pub use context::{AsContext, AsContextMut, Caller, StoreContext, StoreContextMut};
pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use externref::ExternRef;
pub use float::{F32, F64};
pub use func::{Func, IntoFunc, TypedFunc, WasmParams, WasmResults, WasmRet, WasmTy};
pub use global::Global;
pub use instance::{Instance, InstancePre};
pub use limiter::{ResourceLimiter, StoreLimits, StoreLimitsBuilder};
pub use linkage::{CustomSection, Export, ExportType, Extern, ImportType};
pub use linker::{Linker, UnknownImportError};
pub use memory::{Memory, MemoryAccessError};
pub use module::Module;
pub use store::Store;
pub use table::Table;
pub use value::{Ref, Val};

pub use wasmite_core::{
    ExternKind, ExternType, FeatureError, Features, FuncType, GlobalType, HeapType, IndexType,
    LimitError, Limits, MemoryType, MemoryTypeBuilder, MemoryTypeError, PageSize, Proposal,
    RefType, TableType, Trap, ValType,
};
pub use wasmite_exec::{CompilationMode, MemoryGrowth, MemoryUsage};
#[cfg(feature = "profile")]
pub use wasmite_exec::{Count, Profile};
