//! The walk over a body's operators: each is decoded once, and validated and translated while it is at hand.
//!
//! Not what operators mean. Invariant: an operator is translated only if it is valid.

use crate::Error;
use crate::function::FuncTranslator;
use alloc::{boxed::Box, vec::Vec};
use wasmparser::{FuncValidator, FunctionBody, Operator, ValidatorResources, VisitOperator};

/// Validates bodies, unless they are known to be valid.
pub(crate) type Validator = FuncValidator<ValidatorResources>;

/// What is done with valid operators.
pub(crate) trait Visitor {
    /// Visits the operator at byte `offset` of the module. Inlined where the operator is known, so that nothing is left of a
    /// match on it.
    fn operator(&mut self, operator: &Operator<'_>, offset: u64) -> Outcome;
}

/// Reads the operators of `body` for `visitor`, and validates them if there is a `validator`, which has read the body's locals.
pub(crate) fn walk(
    body: &FunctionBody<'_>,
    validator: Option<&mut Validator>,
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
    validator: Option<&'w mut Validator>,
    /// Of the current operator.
    offset: u64,
}

/// A boxed error keeps what is returned for each operator small.
pub(crate) type Outcome = Result<(), Box<Error>>;

macro_rules! visit {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Outcome {
            if let Some(validator) = &mut self.validator {
                validator.visitor(self.offset).$visit($($($arg.clone()),*)?).map_err(invalid)?;
            }
            self.visitor.operator(&Operator::$op $({ $($arg),* })?, self.offset)
        }
    )* };
}

#[cold]
fn invalid(error: wasmparser::BinaryReaderError) -> Box<Error> {
    Box::new(error.into())
}

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

// Arguments are cloned whatever they are: a branch table's cannot be copied.
#[allow(clippy::clone_on_copy)]
impl<'a, V: Visitor> VisitOperator<'a> for Walk<'_, V> {
    type Output = Outcome;
    wasmparser::for_each_visit_operator!(visit);
}
