//! Programs of modules that nobody validates: the caller's promise takes the validator's place.
//!
//! Invariant: nothing else makes a program of a module that was not validated.

use crate::{Engine, Error, Program, program::parse_options};
use wasmite_module::Module;

impl Program {
    /// Parses and translates a module without validating it. Malformed modules, and those that exceed a limit, are errors.
    ///
    /// # Safety
    /// The module is valid with the proposals that the engine's configuration enables: I9 relies on it.
    pub unsafe fn new_unchecked(engine: &Engine, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_module(engine, Module::parse_unchecked(bytes, &parse_options(engine))?)
    }
}
