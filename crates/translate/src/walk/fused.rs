//! The walk in one: an operator is validated and visited where it is decoded, by code that knows which one it is.
//!
//! Not the small one: there is a function for each operator and visitor.

use super::{Visitor, took_memory};
use crate::Error;
use alloc::vec::Vec;
use core::ops::ControlFlow;
use wasmite_module::{BodyValidator, Frames, validate_operator};
use wasmparser::{FrameKind, FrameStack, FunctionBody, Operator, VisitOperator};

pub(super) fn walk(
    body: &FunctionBody<'_>,
    validator: Option<&mut BodyValidator>,
    visitor: &mut impl Visitor,
) -> Result<(), Error> {
    let mut reader = body.get_binary_reader_for_operators()?;
    let mut walk = Walk { visitor, validator, frames: Frames::default(), offset: 0, error: None };
    while !reader.eof() {
        walk.offset = reader.original_position();
        if let ControlFlow::Break(()) = reader.visit_operator(&mut walk)? {
            break;
        }
    }
    match walk.error {
        Some(error) => Err(error),
        None => Ok(reader.finish_expression(&walk)?),
    }
}

struct Walk<'w, V> {
    visitor: &'w mut V,
    validator: Option<&'w mut BodyValidator>,
    frames: Frames,
    /// Of the current operator.
    offset: u64,
    /// Why the walk ended early. Kept here, so that what is returned for each operator is small.
    error: Option<Error>,
}

macro_rules! visit {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> ControlFlow<()> {
            let invalid = match &mut self.validator {
                Some(validator) => {
                    validate_operator!(validator, self.offset, $visit($($($arg.clone()),*)?)).err()
                }
                None => None,
            };
            if let Some(error) = invalid {
                return self.fail(error.into());
            }
            let operator = Operator::$op $({ $($arg),* })?;
            let took_memory = match self.frames.apply(&operator) {
                Ok(took_memory) => took_memory,
                Err(error) => return self.fail(error.into()),
            };
            if let Err(error) = self.visitor.operator(&operator, self.offset) {
                return self.fail(error);
            }
            match took_memory | self.visitor.took_memory() {
                true => self.tell(),
                false => ControlFlow::Continue(()),
            }
        }
    )* };
}

impl<V> Walk<'_, V> {
    #[cold]
    fn tell(&mut self) -> ControlFlow<()> {
        match took_memory(self.validator.as_deref_mut()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => self.fail(error.into()),
        }
    }

    #[cold]
    fn fail(&mut self, error: Error) -> ControlFlow<()> {
        self.error = Some(error);
        ControlFlow::Break(())
    }
}

impl<V> FrameStack for Walk<'_, V> {
    #[inline(always)]
    fn current_frame(&self) -> Option<FrameKind> {
        self.frames.current_frame()
    }
}

// Arguments are cloned whatever they are: a branch table's cannot be copied.
#[allow(clippy::clone_on_copy)]
impl<'a, V: Visitor> VisitOperator<'a> for Walk<'_, V> {
    type Output = ControlFlow<()>;
    wasmparser::for_each_visit_operator!(visit);
}
