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

#[cfg(test)]
mod tests {
    use crate::{Config, Engine, ErrorKind, Limits, Linker, Module, Result, Store};
    use alloc::vec::Vec;
    use wasmite_exec::CompilationMode;

    fn double() -> Vec<u8> {
        let text = r#"(module (func (export "double") (param i32) (result i32)
            (i32.add (local.get 0) (local.get 0))))"#;
        wat::parse_str(text).unwrap()
    }

    fn load(engine: &Engine, wasm: &[u8]) -> Result<Module> {
        // SAFETY: tests load what is valid, or is refused whatever the validator says.
        unsafe { Module::new_unchecked(engine, wasm) }
    }

    #[test]
    fn valid_modules_run_in_every_mode() {
        for mode in
            [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy]
        {
            let engine = Engine::new(Config::new().compilation_mode(mode)).unwrap();
            let module = load(&engine, &double()).unwrap();
            let mut store = Store::new(&engine, ());
            let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
            let double = instance.get_typed_func::<i32, i32>(&store, "double").unwrap();
            assert_eq!(double.call(&mut store, 21).unwrap(), 42);
        }
    }

    #[test]
    fn malformed_modules_are_errors_all_the_same() {
        let (engine, wasm) = (Engine::default(), double());
        for len in 0..wasm.len() {
            // A module may end after a section, as long as no body is missing.
            let kind = |module: Result<Module>| module.map(drop).map_err(|error| error.kind());
            let checked = kind(Module::new(&engine, &wasm[..len]));
            assert_eq!(kind(load(&engine, &wasm[..len])), checked, "{len}");
            assert!(matches!(checked, Ok(()) | Err(ErrorKind::Module)), "{len}");
        }
    }

    #[test]
    fn limits_hold_all_the_same() {
        let limits = Limits { module_bytes: 16, ..Limits::STANDARD };
        let engine = Engine::new(Config::new().limits(limits)).unwrap();
        assert!(load(&engine, &double()).is_err());
    }
}
