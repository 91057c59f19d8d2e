//! Validation by wasmparser.

use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody,
    Payload, Validator, ValidatorResources, WasmFeatures,
};

/// Validates sections, one by one.
pub(crate) struct SectionValidator(Validator);

/// What validating bodies needs of everything else.
pub(crate) type Resources = ValidatorResources;

/// Validates a body.
pub type BodyValidator = FuncValidator<ValidatorResources>;

/// Buffers that one [`BodyValidator`] hands to the next.
pub type Allocations = FuncValidatorAllocations;

impl SectionValidator {
    pub(crate) fn new(features: WasmFeatures) -> Self {
        Self(Validator::new_with_features(features))
    }

    /// Validates what is not a body.
    pub(crate) fn section(&mut self, payload: &Payload<'_>) -> Result<(), BinaryReaderError> {
        self.0.payload(payload).map(drop)
    }

    /// Takes note of a body, and returns what validating it needs.
    pub(crate) fn body(&mut self, body: &FunctionBody<'_>) -> Result<Resources, BinaryReaderError> {
        Ok(self.0.code_section_entry(body)?.resources)
    }
}

/// A validator for the body of the function `index` with the type `ty`.
pub(crate) fn body_validator(
    resources: Resources,
    index: u32,
    ty: u32,
    features: WasmFeatures,
    allocations: Allocations,
) -> Option<BodyValidator> {
    Some(FuncToValidate { resources, index, ty, features }.into_validator(allocations))
}

/// Validates the operator that `$visit` is wasmparser's word for.
#[doc(hidden)]
#[macro_export]
macro_rules! validate_operator {
    ($validator:expr, $offset:expr, $visit:ident($($arg:expr),*)) => {
        $validator.visitor($offset).$visit($($arg),*)
    };
}
