//! Modules as users see them.
//!
//! Not parsing or translation: those are in the program behind.

#[cfg(feature = "validate")]
use crate::Error;
use crate::{CustomSection, Engine, ExportType, ImportType, linkage::owned};
#[cfg(feature = "validate")]
use alloc::borrow::Cow;
use core::fmt;
use wasmite_core::ExternType;

/// A valid module. Cheap to clone; to be used with any number of stores of its engine, on any thread.
#[derive(Clone)]
pub struct Module {
    pub(crate) engine: Engine,
    pub(crate) program: wasmite_exec::Program,
}

impl Module {
    /// A module from its binary form, or (with feature `wat`) from text.
    ///
    /// # Errors
    /// If the bytes are malformed or invalid, exceed a limit, or use a proposal that is disabled or not supported yet.
    /// With lazy compilation errors in function bodies may only be found at their first call.
    #[cfg(feature = "validate")]
    pub fn new(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<Self, Error> {
        Self::from_binary(engine, &binary(wasm.as_ref())?)
    }

    /// As [`Module::new`], but from the binary form only: text is refused even if the crate can read it.
    ///
    /// # Errors
    /// As [`Module::new`].
    #[cfg(feature = "validate")]
    pub fn from_binary(engine: &Engine, wasm: &[u8]) -> Result<Self, Error> {
        let program = wasmite_exec::Program::new(&engine.engine, wasm)?;
        Ok(Self { engine: engine.clone(), program })
    }

    /// Whether the bytes (or text) are a module that this engine accepts. Always checks function bodies, whatever the
    /// compilation mode. Wasmtime and Wasmi take the binary form only.
    ///
    /// # Errors
    /// As [`Module::new`].
    #[cfg(feature = "validate")]
    pub fn validate(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<(), Error> {
        let bytes = binary(wasm.as_ref())?;
        let config = engine.engine.config();
        let options = wasmite_module::ParseOptions {
            features: config.features,
            limits: config.limits,
            bodies: wasmite_module::BodyValidation::Eager,
            keep_custom_sections: false,
        };
        let checked = wasmite_module::Module::parse(&bytes, &options);
        checked.map(drop).map_err(|error| wasmite_exec::Error::from(error).into())
    }

    /// The engine the module was made with.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The imports, in module order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        let module = self.program.module();
        module.imports().iter().map(|import| {
            ImportType::new(&import.module, &import.name, owned(module.import_type(import)))
        })
    }

    /// The exports, in module order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        let module = self.program.module();
        module
            .exports()
            .iter()
            .map(|export| ExportType::new(&export.name, owned(module.extern_type(export.item))))
    }

    /// The type of what is exported as `name`.
    pub fn get_export(&self, name: &str) -> Option<ExternType> {
        let module = self.program.module();
        Some(owned(module.extern_type(module.export(name)?)))
    }

    /// The custom sections, in module order; none if the configuration ignores them.
    pub fn custom_sections(&self) -> impl Iterator<Item = CustomSection<'_>> {
        self.program.module().custom_sections().map(|(name, data)| CustomSection::new(name, data))
    }

    /// The module's name (name section).
    pub fn name(&self) -> Option<&str> {
        self.program.module().name()
    }

    /// The program behind the module: for tools such as disassemblers.
    #[doc(hidden)]
    pub fn program(&self) -> &wasmite_exec::Program {
        &self.program
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.program.module(), f)
    }
}

/// The binary form of a module that is given as bytes or, if the crate can read that, as text.
#[cfg(feature = "wat")]
fn binary(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    /// What some editors begin a text with: no text format has it.
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    wat::parse_bytes(bytes).map_err(Error::new)
}

#[cfg(all(feature = "validate", not(feature = "wat")))]
fn binary(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    Ok(Cow::Borrowed(bytes))
}
