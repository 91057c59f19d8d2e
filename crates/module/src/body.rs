//! Function bodies: reading and validating them, now or later.
//!
//! Not translation. Invariant: a module without validator resources has only valid bodies.

use crate::validator::{self, Allocations, BodyValidator, Function};
use crate::{Error, Module, wasm_features};
use wasmite_core::{FuncIdx, OutOfMemory};
use wasmparser::{BinaryReader, FunctionBody};

impl Module {
    /// A defined function's body, whose offsets are offsets in the module.
    ///
    /// # Panics
    /// If `func` is imported or not in the module.
    pub fn function_body(&self, func: FuncIdx) -> FunctionBody<'_> {
        let range = self.body_range(func);
        let offset = range.start as u64;
        let flags = wasm_features(self.features());
        FunctionBody::new(BinaryReader::new_features(&self.bytes()[range], offset, flags))
    }

    /// A validator for a defined function's body, `None` if all bodies are known, or promised, to be valid. It takes over
    /// `allocations`, which [`BodyValidator::into_allocations`] gives back.
    ///
    /// # Panics
    /// If bodies are deferred and `func` is not in the module.
    pub fn body_validator(
        &self,
        func: FuncIdx,
        allocations: Allocations,
    ) -> Result<Option<BodyValidator>, OutOfMemory> {
        let Some(resources) = self.resources.clone() else { return Ok(None) };
        let body = self.function_body(func);
        let function = Function {
            index: func.0,
            ty: self.func_type_index(func).0,
            params: self.func_type(func).params().len(),
            body: &body,
            widest: self.most_params().max(self.most_results()),
            features: wasm_features(self.features()),
        };
        validator::body_validator(resources, &function, allocations).map(Some)
    }

    /// Lets go of what validating bodies needs, for whoever has validated all of them with [`Module::body_validator`].
    pub fn bodies_are_valid(&mut self) {
        self.resources = None;
    }

    /// Validates the bodies that have not been validated: all of them or none.
    pub fn validate_bodies(&self) -> Result<(), Error> {
        let mut allocations = Allocations::default();
        for func in self.defined_funcs() {
            let Some(mut validator) = self.body_validator(func, allocations)? else {
                return Ok(());
            };
            validator.validate(&self.function_body(func))?;
            allocations = validator.into_allocations();
        }
        Ok(())
    }
}
