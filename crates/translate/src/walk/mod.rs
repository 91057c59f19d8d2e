//! The walk over a body's operators: each is validated and then given to a visitor. Two siblings with the same interface, of
//! which the build chooses one.
//!
//! Not what operators mean. Invariant: a visitor sees only valid operators.

mod fused;
mod stepwise;

use crate::Error;
use crate::function::FuncTranslator;
use wasmite_core::{OutOfMemory, heap};
use wasmite_module::BodyValidator;
use wasmparser::{FunctionBody, Operator};

/// Reads the operators of `body` for `visitor`, and validates them if there is a `validator`, which has read the body's locals.
pub(crate) fn walk(
    body: &FunctionBody<'_>,
    validator: Option<&mut BodyValidator>,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    match wasmite_module::SMALL {
        true => stepwise::walk(body, validator, visitor),
        false => fused::walk(body, validator, visitor),
    }
}

/// Notes that memory was taken: the validator knows nothing of what others take, and it and the parser make their errors
/// without asking whether there is memory.
#[cold]
pub(crate) fn took_memory(validator: Option<&mut BodyValidator>) -> Result<(), OutOfMemory> {
    match validator {
        Some(validator) => validator.memory_was_taken(),
        None => heap::has_room(wasmite_module::ERROR),
    }
}

/// What is done with valid operators.
pub(crate) trait Visitor {
    /// Visits the operator at byte `offset` of the module. Inlined where the operator is known, so that nothing is left of a
    /// match on it.
    fn operator(&mut self, operator: &Operator<'_>, offset: u64) -> Result<(), Error>;

    /// Whether it has taken memory since it was last asked.
    fn took_memory(&mut self) -> bool;
}

impl Visitor for FuncTranslator<'_> {
    #[inline(always)]
    fn operator(&mut self, operator: &Operator<'_>, offset: u64) -> Result<(), Error> {
        self.offset = offset as usize;
        self.make_room(operator)?;
        if self.options.source_map {
            self.asm.mark_source(offset as u32)?;
            self.took_memory = true;
        }
        self.translate(operator)
    }

    #[inline(always)]
    fn took_memory(&mut self) -> bool {
        core::mem::take(&mut self.took_memory)
    }
}
