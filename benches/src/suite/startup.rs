//! Compilation and instantiation, by size of the module and mode. The engine is there already.

use super::{Case, Job, nanoseconds};
use crate::{Mode, Program, Runtime, large_module};
use anyhow::{Context, Result};
use std::time::Instant;

/// Names of the modules, from small to large.
pub(super) const MODULES: [&str; 3] = ["small", "medium", "large"];

/// About 4 KB, 50 KB and 1.3 MB.
pub(super) fn module(name: &str) -> Result<Vec<u8>> {
    match name {
        "small" => Program::find("json")?.bytes(),
        "medium" => Ok(large_module(500)),
        "large" => Ok(large_module(12_000)),
        _ => anyhow::bail!("there is no module `{name}`"),
    }
}

pub(super) fn cases() -> Result<Vec<Case>> {
    let name = |module: &str, mode: Mode| format!("{module}/{}", mode.name());
    let cases = Mode::ALL.iter().flat_map(|mode| MODULES.map(|module| name(module, *mode)));
    Ok(cases.map(|name| Case { name, turns: 1 }).collect())
}

/// The two halves of a case's name.
pub(super) fn parts(case: &str) -> Result<(&str, Mode)> {
    let (module, mode) = case.split_once('/').context("no mode in the name")?;
    let mode = Mode::ALL.into_iter().find(|known| known.name() == mode);
    Ok((module, mode.with_context(|| format!("no known mode in `{case}`"))?))
}

pub(super) fn prepare<R: Runtime>(case: &str) -> Result<Job> {
    let (name, mode) = parts(case)?;
    let wasm = module(name)?;
    let runtime = R::new(Some(mode))?;
    // Whether the engine takes it at all.
    drop(runtime.load(&wasm)?);
    Ok(Box::new(move |count| {
        let mut sum = 0;
        for _ in 0..count {
            let start = Instant::now();
            let guest = runtime.load(&wasm)?;
            sum += nanoseconds(start);
            drop(guest);
        }
        Ok(sum)
    }))
}
