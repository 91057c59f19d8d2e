//! Oracle `modes`: how a module was compiled cannot be seen in what it does.
//!
//! The dispatch back-ends are chosen when the program is built, so they are compared from outside: see `trace`.

use crate::{
    Finding, Verdict, generate,
    observe::{Observation, difference, observe},
    wasmite_guest::{Wasmite, engine, translations},
};
use wasmite::CompilationMode;
use wasmite_translate::Options;

pub(crate) fn check(data: &[u8]) -> Result<Verdict, Finding> {
    generate::runnable(data).map_or(Ok(Verdict::Nothing), |module| check_module(&module))
}

pub(crate) fn check_module(module: &[u8]) -> Result<Verdict, Finding> {
    let mut runs = runs(module);
    let (first, plain) = runs.next().expect("there is more than one way to run");
    if plain.exhausted {
        return Ok(Verdict::Nothing);
    }
    for (name, run) in runs {
        if run.exhausted {
            return Ok(Verdict::Nothing);
        }
        if let Some(what) = difference([first, name], &plain.events, &run.events) {
            return Err(Finding::new(module, what));
        }
    }
    Ok(Verdict::Held)
}

/// The module run in every way that must not matter.
fn runs(module: &[u8]) -> impl Iterator<Item = (&'static str, Observation)> {
    let eager = translations().map(|(name, options)| (name, CompilationMode::Eager, options));
    let lazy = [
        ("lazy, all fusions", CompilationMode::Lazy, Options::default()),
        ("lazy, no fusion", CompilationMode::Lazy, Options::none()),
        ("lazy translation", CompilationMode::LazyTranslation, Options::default()),
    ];
    eager.chain(lazy).map(|(name, mode, options)| {
        let instance = Wasmite::new(&engine(mode, options), module);
        (name, observe(module, instance))
    })
}
