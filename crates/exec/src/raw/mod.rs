//! The unsafe ground the engine stands on: registers, cells, the context, the value stack, frames.
//!
//! Not here: what ops do ([`crate::handlers`]) and how one follows another ([`crate::dispatch`]); those two and this are
//! the only modules with `unsafe` in them. Each block cites the invariants it relies on:
//!
//! * **I1** Code comes from the assembler's `link`, which verified each cell before it was linked: opcodes with allowed
//!   forms, slots inside the frame, branches to cells only, an end that nothing runs over.
//! * **I2** The instruction pointer points at the op word of a cell of linked code, or of a stub of [`ip`]. Linked code is
//!   kept by its `Program`, and the program by every instance of it. Each [`Caller`] holds such a pointer, which
//!   comes after the cell of a call or as many words of a stub, and each frame has a caller. Any op word holds the address of a handler.
//! * **I3** A frame's slots lie inside the value stack: its end is checked once, when the frame is entered. Four more slots
//!   follow the end that is checked against.
//! * **I4** What [`Context`] caches of the store and the current instance equals what the store has: everything that can move or
//!   resize it changes `Store::epoch`, and the run loop refreshes the context before it executes again. Nothing that handlers
//!   do moves or resizes any of it; those that change the instance load what is the other's. The [`View`] that a memory or
//!   table has of itself is what it is.
//! * **I5** An instance outlives its frames: a store never drops one.
//! * **I6** A reference is a number: `0` for null, else an address in the store plus one, checked where it is used.
//! * **I7** The value stack and the stack of callers move only between executions, when they grow: what is kept at rest is offsets
//!   from their starts, but for the pointers in [`Context`], which growing adapts. They are filled when they grow, so every slot can be read. Callers go up to `callers_end`.
//! * **I8** One thread runs a store: running takes `&mut Store`.
//! * **I9** Indices in cells name what the module has: the translator takes them from operators that are valid, because they were
//!   validated or whoever called `Program::new_unchecked` promised it.
//! * **I10** A [`Region`] has `capacity` bytes at `start`, of which `len` are in use. It is the only way to them, besides what
//!   [`Context`] caches of it.
//! * **I11** `Context::last_callee` and `Context::last_loop` are addresses to compare with: nothing is read there unless what was just
//!   found (I2) is the same.

mod activation;
mod caller;
mod cell;
mod context;
mod expected;
mod frame;
mod ip;
mod machine;
mod operand;
mod region;
mod regs;
mod shared;
mod stack;
mod unchecked;
mod zeroed;

pub use activation::Activation;
pub(crate) use activation::{Running, State};
pub(crate) use caller::Caller;
pub(crate) use cell::{OperandForms, Operands};
pub(crate) use context::{Context, View};
pub(crate) use expected::repeat;
pub(crate) use frame::{call, call_across, copy_up, leave_frame, return_across};
pub(crate) use frame::{tail_call, tail_call_func};
pub(crate) use ip::Ip;
pub(crate) use machine::Machine;
pub(crate) use operand::{AccForm, Destination, HotForm, ImmForm, SlotForm, Source, WarmForm};
pub(crate) use region::Region;
pub(crate) use regs::{ACCUMULATOR, Exit, ExitCode, Flow, Regs, Values};
pub(crate) use shared::Shared;
pub(crate) use zeroed::zeroed;
