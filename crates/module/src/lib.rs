//! WebAssembly bytes to a validated, immutable [`Module`].
//!
//! Not here: translation, instances, execution. Invariant: a `Module` exists only if everything outside its function
//! bodies is valid, and its bodies are valid too unless it was parsed with [`BodyValidation::Deferred`]; so every
//! index and byte range that the accessors hand out is in bounds. Of a module that was [parsed without
//! validation](Module::parse_unchecked) all this holds because somebody promised it.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod body;
mod const_expr;
mod error;
mod item;
mod linkage;
mod module;
mod names;
mod operator;
mod parse;
mod reader;
mod section;
mod segment;
mod types;
mod validator;

pub use body::{Body, Locals};
pub use const_expr::{ConstExpr, ConstOp};
pub use error::{Error, Fault};
pub use linkage::{Export, ExternIdx, Global, Import, ImportType, Table};
pub use module::Module;
pub use operator::{BlockType, BrTable, MemArg, Operator, Operators, Visitor};
pub use parse::{BodyValidation, ParseOptions};
pub use section::Section;
pub use segment::{DataSegment, ElementItems, ElementSegment, SegmentMode};
pub use validator::{Allocations, BodyValidator};

/// Whether the build asks for small code rather than fast code.
pub const SMALL: bool = cfg!(small);
