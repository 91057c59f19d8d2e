//! The walk in one: an operator is validated and visited where it is decoded, by code that knows which one it is.
//!
//! Not the small one: there is a function for each operator and visitor.

use super::{Outcome, Visitor};
use crate::Error;
use alloc::{boxed::Box, vec::Vec};
use wasmite_module::{BodyValidator, validate_operator};
use wasmparser::{FunctionBody, Operator, VisitOperator};

/// Reads the operators of `body` for `visitor`, and validates them if there is a `validator`, which has read the body's locals.
pub(crate) fn walk(
    body: &FunctionBody<'_>,
    validator: Option<&mut BodyValidator>,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    let mut reader = body.get_operators_reader()?;
    let mut walk = Walk { visitor, validator, offset: 0 };
    while !reader.eof() {
        walk.offset = reader.original_position();
        reader.visit_operator(&mut walk)?.map_err(|error| *error)?;
    }
    Ok(reader.finish()?)
}

struct Walk<'w, V> {
    visitor: &'w mut V,
    validator: Option<&'w mut BodyValidator>,
    /// Of the current operator.
    offset: u64,
}

macro_rules! visit {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Outcome {
            if let Some(validator) = &mut self.validator {
                validate_operator!(validator, self.offset, $visit($($($arg.clone()),*)?))
                    .map_err(invalid)?;
            }
            self.visitor.operator(&Operator::$op $({ $($arg),* })?, self.offset)
        }
    )* };
}

#[cold]
fn invalid(error: wasmparser::BinaryReaderError) -> Box<Error> {
    Box::new(error.into())
}

// Arguments are cloned whatever they are: a branch table's cannot be copied.
#[allow(clippy::clone_on_copy)]
impl<'a, V: Visitor> VisitOperator<'a> for Walk<'_, V> {
    type Output = Outcome;
    wasmparser::for_each_visit_operator!(visit);
}
