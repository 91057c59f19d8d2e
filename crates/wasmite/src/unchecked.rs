//! Modules that nobody validates. The only file of this crate that says `unsafe`: it passes a promise on, and has none of
//! its own to keep.

use crate::{Engine, Error, Module};
use wasmite_exec::Program;

impl Module {
    /// As [`Module::from_binary`], but without validation: what is malformed or exceeds a limit is an error, and everything
    /// else is taken as it is. Without the feature `validate` this is the only way to load a module, and the validator, a good
    /// part of a small firmware, is not there at all. As in Wasmi; Wasmtime loads unchecked what it has compiled before.
    ///
    /// # Errors
    /// As [`Module::from_binary`], but for invalid modules.
    ///
    /// # Safety
    /// The bytes are a valid module, with the proposals that the engine's configuration enables. Anything may happen else:
    /// check modules before they are stored where only this constructor reads them.
    pub unsafe fn new_unchecked(engine: &Engine, wasm: &[u8]) -> Result<Self, Error> {
        // SAFETY: promised by the caller.
        let program = unsafe { Program::new_unchecked(&engine.engine, wasm)? };
        Ok(Self { engine: engine.clone(), program })
    }
}
