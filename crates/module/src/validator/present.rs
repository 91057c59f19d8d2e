//! Validation by wasmparser, which is kept from taking more heap than there is.

use super::heap::{self, Heights, Stacks, taking};
use super::{Before, ERROR, Function};
use crate::Error;
use crate::operators::{Operators, UNSUPPORTED, if_supported};
use wasmite_core::OutOfMemory;
use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody,
    Operator, Payload, Validator, ValidatorResources, VisitOperator, WasmFeatures,
};

/// Validates sections, one by one.
pub(crate) struct SectionValidator {
    validator: Validator,
    /// Whether there has been a body: at the first one the validator moves what all bodies share.
    shared: bool,
}

/// What validating bodies needs of everything else.
pub(crate) type Resources = ValidatorResources;

/// Validates a body.
pub struct BodyValidator {
    validator: FuncValidator<ValidatorResources>,
    stacks: Stacks,
    /// Operands that an operator pushes at most.
    pushes: u32,
    /// How far ahead of the stacks the heap is asked.
    ahead: Heights,
}

/// Buffers that one [`BodyValidator`] hands to the next.
#[derive(Default)]
pub struct Allocations {
    buffers: FuncValidatorAllocations,
    stacks: Stacks,
}

impl SectionValidator {
    pub(crate) fn new(features: WasmFeatures) -> Self {
        Self { validator: Validator::new_with_features(features), shared: false }
    }

    /// Validates what is not a body.
    pub(crate) fn section(&mut self, payload: &Payload<'_>, before: Before) -> Result<(), Error> {
        heap::section(payload, before)?;
        Ok(taking(|| self.validator.payload(payload).map(drop))?)
    }

    /// Takes note of a body, and returns what validating it needs.
    pub(crate) fn body(&mut self, body: &FunctionBody<'_>) -> Result<Resources, Error> {
        if !self.shared {
            heap::first_body()?;
            self.shared = true;
        }
        Ok(taking(|| self.validator.code_section_entry(body))?.resources)
    }
}

/// A validator for the body of a function.
pub(crate) fn body_validator(
    resources: Resources,
    function: &Function<'_>,
    allocations: Allocations,
) -> Result<BodyValidator, OutOfMemory> {
    let Function { index, ty, widest, features, .. } = *function;
    let Allocations { buffers, mut stacks } = allocations;
    stacks.take_back();
    // An operator without a type pushes two values at most.
    let pushes = widest.max(2) as u32;
    // Large bodies have high stacks: then the heap is asked for more at once.
    let len = (function.body.range().end - function.body.range().start) as u32;
    let ahead = Heights { operands: pushes + (len / 8).min(48), blocks: 1 + (len / 16).min(15) };
    heap::body(function, stacks.grant(Heights::default(), ahead))?;
    let function = FuncToValidate { resources, index, ty, features };
    let validator = taking(|| function.into_validator(buffers));
    Ok(BodyValidator { validator, stacks, pushes, ahead })
}

impl BodyValidator {
    /// Validates the locals of `body`.
    pub fn read_locals(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        Ok(taking(|| self.validator.read_locals(&mut body.get_binary_reader()))?)
    }

    /// Asks the heap anew, because others took memory since the validator was last told or made.
    pub fn memory_was_taken(&mut self) -> Result<(), OutOfMemory> {
        self.stacks.take_back();
        self.ask()
    }

    /// Makes sure that there is memory for validating an operator.
    #[doc(hidden)]
    #[inline(always)]
    pub fn make_room(&mut self) -> Result<(), OutOfMemory> {
        let now = self.heights();
        let wanted = Heights { operands: now.operands + self.pushes, blocks: now.blocks + 1 };
        if self.stacks.are_granted(wanted) { Ok(()) } else { self.ask() }
    }

    #[inline(always)]
    fn heights(&self) -> Heights {
        let operands = self.validator.operand_stack_height();
        Heights { operands, blocks: self.validator.control_stack_height() }
    }

    #[cold]
    fn ask(&mut self) -> Result<(), OutOfMemory> {
        let now = self.heights();
        let Heights { operands, blocks } = self.ahead;
        let wanted = Heights { operands: now.operands + operands, blocks: now.blocks + blocks };
        heap::ask(self.stacks.grant(now, wanted) + ERROR)
    }

    /// What validates the operator at `offset`, after [`BodyValidator::make_room`].
    #[doc(hidden)]
    #[inline(always)]
    pub fn visitor<'this, 'a: 'this>(
        &'this mut self,
        offset: u64,
    ) -> impl VisitOperator<'a, Output = Result<(), BinaryReaderError>> + 'this {
        self.validator.visitor(offset)
    }

    /// Validates the operator at an offset.
    pub fn op(&mut self, offset: u64, operator: &Operator<'_>) -> Result<(), Error> {
        self.make_room()?;
        taking(|| visit(&mut self.validator.visitor(offset), offset, operator))
    }

    /// Validates the whole body.
    pub fn validate(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        self.read_locals(body)?;
        if crate::SMALL { self.stepwise(body) } else { self.fused(body) }
    }

    /// Decodes each operator and then validates it.
    fn stepwise(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        let mut operators = Operators::new(body.get_binary_reader_for_operators()?);
        while let Some((operator, offset)) = operators.read()? {
            self.op(offset, &operator)?;
            if operators.took_memory() {
                self.memory_was_taken()?;
            }
        }
        Ok(())
    }

    /// Validates each operator where it is decoded, by code that knows which one it is.
    fn fused(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        let mut reader = body.get_binary_reader_for_operators()?;
        while !reader.eof() {
            self.make_room()?;
            let offset = reader.original_position();
            taking(|| reader.visit_operator(&mut self.validator.visitor(offset)))??;
        }
        Ok(reader.finish_expression(&self.validator.visitor(reader.original_position()))?)
    }

    /// Gives the buffers back.
    pub fn into_allocations(self) -> Allocations {
        Allocations { buffers: self.validator.into_allocations(), stacks: self.stacks }
    }
}

/// Validates an operator, if it can be a supported one: so nothing is compiled for the others.
#[allow(unused_variables, reason = "the others have arguments too")]
fn visit<'a>(
    visitor: &mut impl VisitOperator<'a, Output = Result<(), BinaryReaderError>>,
    offset: u64,
    operator: &Operator<'a>,
) -> Result<(), Error> {
    macro_rules! visit {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            match operator {
                $(Operator::$op $({ $($arg),* })? => if_supported!(
                    @$proposal
                    visitor.$visit($($($arg.clone()),*)?).map_err(Error::from),
                    Err(Error::unsupported(UNSUPPORTED, offset))
                ),)*
                _ => Err(Error::unsupported(UNSUPPORTED, offset)),
            }
        };
    }
    wasmparser::for_each_visit_operator!(visit)
}

/// Validates the operator that `$visit` is wasmparser's word for.
#[doc(hidden)]
#[macro_export]
macro_rules! validate_operator {
    ($validator:expr, $offset:expr, $visit:ident($($arg:expr),*)) => {
        match $validator.make_room() {
            Ok(()) => $validator.visitor($offset).$visit($($arg),*).map_err($crate::Error::from),
            Err(error) => Err($crate::Error::from(error)),
        }
    };
}
