//! The walk over a body's operators: each is validated and then given to a visitor. Two siblings with the same interface, of
//! which `build.rs` chooses one.
//!
//! Not what operators mean. Invariant: a visitor sees only valid operators.

#[cfg(not(small))]
mod fused;
#[cfg(small)]
mod stepwise;

#[cfg(not(small))]
pub(crate) use fused::walk;
#[cfg(small)]
pub(crate) use stepwise::walk;

use crate::Error;
use crate::function::FuncTranslator;
use alloc::boxed::Box;
use wasmparser::Operator;

/// What is done with valid operators.
pub(crate) trait Visitor {
    /// Visits the operator at byte `offset` of the module. Inlined where the operator is known, so that nothing is left of a
    /// match on it.
    fn operator(&mut self, operator: &Operator<'_>, offset: u64) -> Outcome;
}

/// A boxed error keeps what is returned for each operator small.
pub(crate) type Outcome = Result<(), Box<Error>>;

impl Visitor for FuncTranslator<'_> {
    #[inline(always)]
    fn operator(&mut self, operator: &Operator<'_>, offset: u64) -> Outcome {
        self.offset = offset as usize;
        if self.options.source_map {
            self.asm.mark_source(offset as u32);
        }
        self.translate(operator).map_err(Box::new)
    }
}
