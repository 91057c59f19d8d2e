//! The benchmark programs as cases.

use super::{Case, Job, time_runs};
use crate::{Program, Runtime, programs};
use anyhow::Result;

pub(super) fn cases(chosen: impl Fn(&Program) -> bool) -> Result<Vec<Case>> {
    let programs = programs()?.into_iter().filter(chosen);
    Ok(programs.map(|program| Case { name: program.name, turns: 1 }).collect())
}

/// `run` says what the program is given and must return.
pub(super) fn prepare<R: Runtime>(name: &str, run: impl Fn(&Program) -> (i32, i64)) -> Result<Job> {
    let program = Program::find(name)?;
    let (arg, expected) = run(&program);
    let mut guest = R::new(None)?.load(&program.bytes()?)?;
    Ok(Box::new(move |count| time_runs::<R>(&mut guest, arg, expected, count)))
}
