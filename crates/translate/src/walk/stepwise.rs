//! The walk in steps: an operator is decoded, then validated, then visited, each by one function for all operators.
//!
//! Not the fast one: each step looks anew at which operator it is.

use super::{Visitor, took_memory};
use crate::Error;
use wasmite_module::{BodyValidator, Operators};
use wasmparser::FunctionBody;

pub(super) fn walk(
    body: &FunctionBody<'_>,
    mut validator: Option<&mut BodyValidator>,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    let mut operators = Operators::new(body.get_binary_reader_for_operators()?);
    while let Some((operator, offset)) = operators.read()? {
        if let Some(validator) = &mut validator {
            validator.op(offset, &operator)?;
        }
        visitor.operator(&operator, offset)?;
        if visitor.took_memory() | operators.took_memory() {
            took_memory(validator.as_deref_mut())?;
        }
    }
    Ok(())
}
