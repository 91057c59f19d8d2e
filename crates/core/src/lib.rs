//! The vocabulary of Wasmite: types, page sizes, proposals, limits and traps.
//!
//! Not here: anything that reads bytes, translates or runs code. Invariant: everything in this crate is plain data;
//! every calculation on sizes is checked and none allocates in proportion to guest input. [`heap`] is how all library
//! crates allocate.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod features;
mod func;
pub mod heap;
mod index;
mod limits;
mod memory;
mod printable;
mod subtype;
mod table;
mod trap;
mod value;

pub use features::{FeatureError, Features, Proposal};
pub use func::FuncType;
pub use heap::OutOfMemory;
pub use index::{DataIdx, ElemIdx, FuncIdx, GlobalIdx, MemoryIdx, TableIdx, TypeIdx};
pub use limits::{LimitError, Limits};
pub use memory::{IndexType, MemoryType, MemoryTypeBuilder, MemoryTypeError, PageSize};
pub use printable::Printable;
pub use subtype::Matches;
pub use table::{ExternKind, ExternType, GlobalType, TableType};
pub use trap::Trap;
pub use value::{HeapType, RefType, ValType};
