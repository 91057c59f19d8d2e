//! The instruction set: the table of ops, the shapes of their cells, `Code` and how it is assembled, verified and
//! printed, and the numeric semantics that handlers, constant folding and constant expressions share.
//!
//! Not here: WebAssembly's own instructions, or anything that runs code. Invariant: a [`Code`] or [`Assembled`] only
//! comes out of [`Assembler::finish`], which has checked every cell of it.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// First, so that its macro is in scope for the modules below.
#[macro_use]
mod table;
mod sequence;
mod sequences;

mod asm;
mod assembled;
mod code;
mod disasm;
pub mod element_loop;
pub mod eval;
mod form;
mod operand;
pub mod ops;
mod scalar;
pub mod shape;
mod verify;

pub use asm::{Assembler, Label, Position};
pub use assembled::Assembled;
pub use code::{Code, Frame, SourceMap};
pub use disasm::Listing;
pub use element_loop::ElementLoop;
pub use operand::{Dst, Opcode, Slot, Src};
pub use scalar::{Class, Scalar, Ty};
pub use table::{Op, OpInfo};
pub use verify::{Error, VerifyError};
