//! The walk over a body's operators: each is decoded once, and validated and translated while it is at hand.
//!
//! Not what operators mean. Invariant: an operator is translated only if it is valid.

use crate::Error;
use crate::function::FuncTranslator;
use alloc::{boxed::Box, vec::Vec};
use wasmparser::{
    BinaryReader, FrameKind, FrameStack, FuncValidator, FunctionBody, Operator, ValidatorResources,
    VisitOperator,
};

/// Validates bodies, unless they are known to be valid.
pub(crate) type Validator = FuncValidator<ValidatorResources>;

struct Walk<'w, 'a> {
    translator: &'w mut FuncTranslator<'a>,
    validator: Option<&'w mut Validator>,
    /// Of the current operator.
    offset: u64,
}

impl FuncTranslator<'_> {
    /// Translates the operators of `body`, whose locals have been declared; `validator` has read them too.
    pub(crate) fn operators(
        &mut self,
        body: &FunctionBody<'_>,
        validator: Option<&mut Validator>,
    ) -> Result<(), Error> {
        let mut reader: BinaryReader<'_> = body.get_binary_reader_for_operators()?;
        let mut walk = Walk { translator: self, validator, offset: 0 };
        while !reader.eof() {
            walk.offset = reader.original_position();
            reader.visit_operator(&mut walk)?.map_err(|error| *error)?;
        }
        match walk.validator {
            Some(validator) => {
                let end = reader.original_position();
                Ok(reader.finish_expression(&validator.visitor(end))?)
            }
            None => Ok(()),
        }
    }
}

impl FrameStack for Walk<'_, '_> {
    fn current_frame(&self) -> Option<FrameKind> {
        match &self.validator {
            Some(validator) => validator.get_control_frame(0).map(|frame| frame.kind),
            // The reader asks so that it can refuse what is not valid: this is.
            None => Some(FrameKind::If),
        }
    }
}

/// A boxed error keeps what is returned for each operator small.
type Outcome = Result<(), Box<Error>>;

macro_rules! visit {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Outcome {
            if let Some(validator) = &mut self.validator {
                validator.visitor(self.offset).$visit($($($arg.clone()),*)?).map_err(invalid)?;
            }
            self.translate(&Operator::$op $({ $($arg),* })?)
        }
    )* };
}

#[cold]
fn invalid(error: wasmparser::BinaryReaderError) -> Box<Error> {
    Box::new(error.into())
}

impl Walk<'_, '_> {
    #[inline(always)]
    fn translate(&mut self, operator: &Operator<'_>) -> Outcome {
        self.translator.offset = self.offset as usize;
        if self.translator.options.source_map {
            self.translator.asm.mark_source(self.offset as u32);
        }
        self.translator.operator(operator).map_err(Box::new)
    }
}

// Arguments are cloned whatever they are: a branch table's cannot be copied.
#[allow(clippy::clone_on_copy)]
impl<'a> VisitOperator<'a> for Walk<'_, '_> {
    type Output = Outcome;
    wasmparser::for_each_visit_operator!(visit);
}
