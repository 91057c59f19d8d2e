//! Tests of the crate from outside, by concept. Inputs are WAT where WAT can say them and bytes where it cannot.

mod accessors;
mod flags;
mod hostile;
mod inputs;
mod limits;
mod names;
mod oracle;
mod page_sizes;
mod proposals;
mod sections_generated;
mod sections_messages;
mod sections_oracle;
mod verdicts;

use wasmite_core::{Features, Proposal};
