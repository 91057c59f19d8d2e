//! Oracle `translate`: every valid module can be translated, and what comes out passes the assembler's verifier, which
//! runs whenever a function is finished.

use crate::{
    Finding, Verdict, generate,
    wasmite_guest::{engine, translations},
};
use wasmite::{CompilationMode, ErrorKind, Module};

pub(crate) fn check(data: &[u8]) -> Result<Verdict, Finding> {
    generate::loadable(data).map_or(Ok(Verdict::Nothing), |module| check_module(&module))
}

pub(crate) fn check_module(module: &[u8]) -> Result<Verdict, Finding> {
    for (name, mut options) in translations() {
        for source_map in [false, true] {
            options.source_map = source_map;
            match Module::new(&engine(CompilationMode::Eager, options), module) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Limit => return Ok(Verdict::Nothing),
                Err(error) => {
                    return Err(Finding::new(module, format!("with {name}: {error:#}")));
                }
            }
        }
    }
    Ok(Verdict::Held)
}
