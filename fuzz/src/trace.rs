//! One number for all that can be seen of a run, to compare builds of the engine that cannot be in one process: dispatch
//! back-ends, machines, optimisation levels.

use crate::{
    generate,
    observe::observe,
    rng::hash,
    wasmite_guest::{Wasmite, engine},
};
use wasmite::CompilationMode;
use wasmite_translate::Options;

/// A hash of everything seen of the module that `data` makes; none if it makes none.
///
/// Running out of call stack is part of it: builds of one version agree on the size of frames.
pub fn trace(data: &[u8]) -> Option<u64> {
    let module = generate::runnable(data)?;
    let engine = engine(CompilationMode::Eager, Options::default());
    let seen = observe(&module, Wasmite::new(&engine, &module));
    Some(hash(format!("{:?}", seen.events).as_bytes()))
}
