//! The walk in steps: an operator is decoded, then validated, then visited, each by one function for all operators.
//!
//! Not the fast one: each step looks anew at which operator it is.

use super::Visitor;
use crate::Error;
use wasmite_module::BodyValidator;
use wasmparser::FunctionBody;

/// Reads the operators of `body` for `visitor`, and validates them if there is a `validator`, which has read the body's locals.
pub(crate) fn walk(
    body: &FunctionBody<'_>,
    mut validator: Option<&mut BodyValidator>,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset()?;
        if let Some(validator) = &mut validator {
            validator.op(offset, &operator)?;
        }
        visitor.operator(&operator, offset)?;
    }
    Ok(reader.finish()?)
}
