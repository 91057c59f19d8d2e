//! Oracle `bytes`: whatever the bytes, loading them answers, never panics, and answers alike in all modes.
//!
//! It only loads: a damaged module may well never end.

use crate::{Finding, Rng, Verdict, generate, rng::hash, wasmite_guest::engine};
use wasmite::{CompilationMode, ErrorKind, Module};
use wasmite_translate::Options;

/// The header of a module: bytes without it would be refused, or taken for text, before anything is tried.
const HEADER: &[u8] = b"\0asm\x01\0\0\0";

pub(crate) fn check(data: &[u8]) -> Result<Verdict, Finding> {
    let mut rng = Rng::new(hash(data));
    let bytes = match rng.below(8) {
        0 => data.to_vec(),
        1 => [HEADER, data].concat(),
        _ => match generate::loadable(data) {
            Some(module) => damaged(module, &mut rng),
            None => return Ok(Verdict::Nothing),
        },
    };
    check_module(&bytes)
}

pub(crate) fn check_module(bytes: &[u8]) -> Result<Verdict, Finding> {
    let load = |mode| Module::new(&engine(mode, Options::default()), bytes).err();
    let eager = load(CompilationMode::Eager);
    let lazy_translation = load(CompilationMode::LazyTranslation);
    let lazy = load(CompilationMode::Lazy);
    let valid = Module::validate(&engine(CompilationMode::Eager, Options::default()), bytes);
    let finding = |what: &str| Err(Finding::new(bytes, what));
    let limited = eager.as_ref().is_some_and(|error| error.kind() == ErrorKind::Limit);
    if valid.is_ok() != lazy_translation.is_none() {
        return finding("validation and loading for lazy translation disagree");
    }
    if eager.is_some() != lazy_translation.is_some() && !limited {
        return finding(&format!("valid, but does not translate: {eager:?}"));
    }
    if lazy.is_some() && lazy_translation.is_none() {
        return finding("a valid module is refused by lazy loading");
    }
    Ok(Verdict::Held)
}

/// The module with a few bytes changed, added, removed or repeated.
fn damaged(mut module: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..=rng.below(4) {
        let length = module.len() as u64;
        // The header stays: everything behind it is more interesting.
        let at = (HEADER.len() as u64 + rng.below(length.saturating_sub(HEADER.len() as u64)))
            .min(length) as usize;
        let end = (at + rng.below(16) as usize).min(module.len());
        match rng.below(6) {
            0 => module.truncate(at),
            1 => drop(module.drain(at..end)),
            2 => module.insert(at, rng.next() as u8),
            3 => module.extend_from_within(at..end),
            4 if at < module.len() => module[at] ^= 1 << rng.below(8),
            _ if at < module.len() => module[at] = rng.next() as u8,
            _ => {}
        }
    }
    module
}
