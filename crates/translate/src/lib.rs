//! One WebAssembly function body to one [`Code`], in a single pass with a symbolic operand stack.
//!
//! Not here: linking, or choosing when to translate. Invariant: what comes out has passed the assembler's verifier, so a
//! bug here gives an error or a wrong value, not a wrong access (the exception, indices, is the engine's I9).
//!
//! # Rules that keep the translation sound
//! 1. An accumulator mirrors at most one slot; every bound label and call forgets it (`operand.rs`).
//! 2. The store to a temporary's slot is dropped only when the temporary is consumed from the accumulator; values that a
//!    branch carries lose their producer first (`operand.rs`, `control.rs`).
//! 3. `local.set x` folds into the producer of its value only if the producer lies after the last barrier (label or
//!    branch) and `x` was not touched since: neither read, written, nor flushed (`local.rs`).
//! 4. Pending reads of locals, alone or in a sum, are flushed at block entry, and those of `x` before `x` is overwritten
//!    (`stack.rs`).
//! 5. Ops fuse only with the cell that ends exactly where the next would start; taking it back restores what the
//!    accumulators mirrored before it (`fuse.rs`).
//! 6. No label is bound at an `end` that nothing branches to (`control.rs`).
//! 7. A fused form that does not exist falls back to the separate ops (`fuse.rs`, `memory.rs`).
//! 8. A local is zeroed at entry unless each read follows a write in the same block or one around it; a block that is only
//!    left at its end counts as part of the one around it (`local.rs`, `control.rs`).
//! 9. A local is in its slot unless the code around keeps it in a register; on each way between code that keeps different
//!    locals there are copies, and nothing before them changes its destination afterwards (`hot.rs`).
//! 10. Cells are repeated elsewhere only if they are straight code after a label: they need nothing from before it but slots
//!     and the registers of locals, which are as they were at the label (`rotate.rs`).
//! 11. An `i32` is zero-extended in slots, accumulators and registers, so that a 64-bit read of it is its unsigned extension
//!     (`numeric.rs`; `isa/scalar.rs` says so of what handlers write).
//! 12. Where a frame can be moved to other code of its function, in front of a loop, both rely on the same slots: entries of the
//!     operand stack are the same, in their homes or constant; locals are in their slots in the one, in slots and registers
//!     known in the other; both need the same locals zeroed, but that those in registers need no slot (`tier.rs`).
//! 13. A temporary is in a register that no local has only between its producer and its consumer, with no label, branch or call
//!     between them and no other use of the register; nothing is emitted between reading it and the cell that does
//!     (`spare.rs`).
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod branch_table;
mod bulk;
mod call;
mod canonical;
mod control;
mod element_loop;
mod error;
mod fuel;
mod function;
mod fuse;
mod hot;
mod local;
mod memory;
mod numeric;
mod operand;
mod options;
mod room;
mod rotate;
mod spare;
mod stack;
mod tier;
mod visit;
mod weigh;

pub use error::Error;
pub use function::Translator;
pub use options::Options;
pub use tier::Landing;
