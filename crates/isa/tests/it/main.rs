//! Tests of the instruction set.

mod code;
mod eval;
mod table;
