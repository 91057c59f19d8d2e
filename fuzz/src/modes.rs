//! Oracle `modes`: how a module was compiled cannot be seen in what it does.
//!
//! The dispatch back-ends are chosen when the program is built, so they are compared from outside: see `trace`.

use crate::{
    Finding, Verdict, generate,
    observe::{Observation, difference, observe},
    wasmite_guest::{Wasmite, engine_of_tiers, translations},
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
    let mut paid = None;
    for (name, run) in runs {
        if run.exhausted {
            return Ok(Verdict::Nothing);
        }
        if let Some(fuel) = run.fuel {
            let (other, before) = *paid.get_or_insert((name, fuel));
            if fuel != before {
                let what = format!("{other} and {name} use {before} and {fuel} units of fuel");
                return Err(Finding::new(module, what));
            }
        }
        if let Some(what) = difference([first, name], &plain.events, &run.events) {
            return Err(Finding::new(module, what));
        }
    }
    Ok(Verdict::Held)
}

/// The module run in every way that must not matter.
fn runs(module: &[u8]) -> impl Iterator<Item = (&'static str, Observation)> {
    let eager = translations().map(|(name, options)| (name, CompilationMode::Eager, options, None));
    let lazy = [
        ("lazy, all fusions", CompilationMode::Lazy, Options::default(), None),
        ("lazy, no fusion", CompilationMode::Lazy, Options::none(), None),
        ("lazy translation", CompilationMode::LazyTranslation, Options::default(), None),
        ("fuel, all fusions", CompilationMode::Eager, metered(Options::default()), None),
        ("fuel, no fusion", CompilationMode::Eager, metered(Options::none()), None),
        ("fuel, lazy", CompilationMode::Lazy, metered(Options::default()), None),
        ("everything hot", CompilationMode::Eager, Options::default(), Some(0)),
        ("something hot", CompilationMode::Eager, Options::default(), Some(5)),
        ("fuel, much hot", CompilationMode::Lazy, metered(Options::default()), Some(1)),
    ];
    eager.chain(lazy).map(|(name, mode, options, heat)| {
        let instance = Wasmite::new(&engine_of_tiers(mode, options, heat), module);
        (name, observe(module, instance))
    })
}

/// The same with fuel, of which all ways must use as much.
fn metered(options: Options) -> Options {
    Options { fuel: true, ..options }
}
