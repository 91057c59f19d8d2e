//! Validation of everything but bodies by wasmparser, which is kept from taking more heap than there is.

use super::Before;
use super::heap::{self, taking};
use crate::Error;
use wasmparser::{Payload, Validator, WasmFeatures};

/// Validates sections, one by one.
pub(crate) struct SectionValidator {
    validator: Validator,
}

impl SectionValidator {
    pub(crate) fn new(features: WasmFeatures) -> Self {
        Self { validator: Validator::new_with_features(features) }
    }

    /// Validates what is not a body.
    pub(crate) fn section(&mut self, payload: &Payload<'_>, before: Before) -> Result<(), Error> {
        heap::section(payload, before)?;
        Ok(taking(|| self.validator.payload(payload).map(drop))?)
    }
}
