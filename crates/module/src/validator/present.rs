//! Validation by wasmparser, which is kept from taking more heap than there is.

use super::Function;
use super::heap::{self, Stacks};
use crate::Error;
use wasmite_core::OutOfMemory;
use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody,
    Operator, Payload, Validator, ValidatorResources, VisitOperator, WasmFeatures,
};

/// Validates sections, one by one.
pub(crate) struct SectionValidator(Validator);

/// What validating bodies needs of everything else.
pub(crate) type Resources = ValidatorResources;

/// Validates a body.
pub struct BodyValidator {
    validator: FuncValidator<ValidatorResources>,
    stacks: Stacks,
    /// Operands that an operator pushes at most.
    pushes: u32,
}

/// Buffers that one [`BodyValidator`] hands to the next.
#[derive(Default)]
pub struct Allocations {
    buffers: FuncValidatorAllocations,
    stacks: Stacks,
}

impl SectionValidator {
    pub(crate) fn new(features: WasmFeatures) -> Self {
        Self(Validator::new_with_features(features))
    }

    /// Validates what is not a body, in a module with `types` types so far.
    pub(crate) fn section(&mut self, payload: &Payload<'_>, types: usize) -> Result<(), Error> {
        heap::section(payload, types)?;
        Ok(self.0.payload(payload).map(drop)?)
    }

    /// Takes note of a body, and returns what validating it needs.
    pub(crate) fn body(&mut self, body: &FunctionBody<'_>) -> Result<Resources, BinaryReaderError> {
        Ok(self.0.code_section_entry(body)?.resources)
    }
}

/// A validator for the body of a function.
pub(crate) fn body_validator(
    resources: Resources,
    function: &Function,
    allocations: Allocations,
) -> Result<BodyValidator, OutOfMemory> {
    let Function { index, ty, params, widest, features } = *function;
    heap::body(params, widest)?;
    let function = FuncToValidate { resources, index, ty, features };
    let Allocations { buffers, stacks } = allocations;
    // An operator without a type pushes two values at most.
    Ok(BodyValidator {
        validator: function.into_validator(buffers),
        stacks,
        pushes: widest.max(2) as u32,
    })
}

impl BodyValidator {
    /// Validates the locals of `body`.
    pub fn read_locals(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        heap::body_locals(body)?;
        Ok(self.validator.read_locals(&mut body.get_binary_reader())?)
    }

    /// Makes sure that there is memory for validating an operator.
    #[doc(hidden)]
    #[inline(always)]
    pub fn make_room(&mut self) -> Result<(), OutOfMemory> {
        let Self { validator, stacks, pushes } = self;
        let (operands, blocks) =
            (validator.operand_stack_height(), validator.control_stack_height());
        match stacks.have_room(operands, *pushes, blocks) {
            true => Ok(()),
            false => stacks.ask(operands, *pushes, blocks),
        }
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
        Ok(self.validator.op(offset, operator)?)
    }

    /// Validates the whole body.
    pub fn validate(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        self.read_locals(body)?;
        let mut reader = body.get_binary_reader_for_operators()?;
        while !reader.eof() {
            self.make_room()?;
            let offset = reader.original_position();
            reader.visit_operator(&mut self.validator.visitor(offset))??;
        }
        Ok(reader.finish_expression(&self.validator.visitor(reader.original_position()))?)
    }

    /// Gives the buffers back.
    pub fn into_allocations(self) -> Allocations {
        Allocations { buffers: self.validator.into_allocations(), stacks: self.stacks }
    }
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
