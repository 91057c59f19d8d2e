//! A hundred thousand instances of one module with a thousand one-byte pages, in one store and each in its own: the time that
//! making one takes, and what the process holds for it.
//!
//! What is held is resident memory as the system counts it, the allocator's share included; linear memory is left out.

use super::{Case, Job, nanoseconds};
use crate::{Mode, Runtime};
use anyhow::{Context, Result, bail};
use std::time::Instant;

const TOGETHER: &str = "in_one_store";
const APART: &str = "in_a_store_each";

/// Instances for one sample.
const COUNT: u64 = 100_000;
const PAGES: u64 = 1000;

const MODULE: &str = r#"(module
    (memory (export "memory") 1000 (pagesize 1))
    (func (export "run") (param i32) (result i64) (i64.extend_i32_s (local.get 0))))"#;

pub(super) fn cases() -> Vec<Case> {
    [TOGETHER, APART].map(|name| Case { name: name.to_owned(), turns: COUNT }).into()
}

/// The time that a sample takes.
pub(super) fn prepare<R: Runtime>(case: &str) -> Result<Job> {
    let together = is_together(case)?;
    let (runtime, module) = ready::<R>()?;
    Ok(Box::new(move |count| {
        let mut sum = 0;
        for _ in 0..count {
            let start = Instant::now();
            let guests = make(&runtime, &module, together)?;
            sum += nanoseconds(start);
            drop(guests);
        }
        Ok(sum)
    }))
}

/// What becomes resident, measured once: what was freed would be used again, so nothing is.
pub(super) fn prepare_resident<R: Runtime>(case: &str) -> Result<Job> {
    let (runtime, module) = ready::<R>()?;
    let before = resident()?;
    std::mem::forget(make(&runtime, &module, is_together(case)?)?);
    let value = resident()?.saturating_sub(before + COUNT * PAGES);
    Ok(Box::new(move |count| Ok(value * count)))
}

fn is_together(case: &str) -> Result<bool> {
    match case {
        TOGETHER => Ok(true),
        APART => Ok(false),
        _ => bail!("there is no case `{case}`"),
    }
}

fn ready<R: Runtime>() -> Result<(R, R::Module)> {
    let runtime = R::new(Some(Mode::Eager))?;
    let module = runtime.compile(&wat::parse_str(MODULE)?)?;
    // The first of everything pays for tables that grow.
    drop(runtime.instantiate(&module)?);
    Ok((runtime, module))
}

/// As many instances as there are in a sample, and what keeps them.
fn make<R: Runtime>(runtime: &R, module: &R::Module, together: bool) -> Result<Vec<R::Guest>> {
    if together {
        let mut guest = runtime.instantiate(module)?;
        (1..COUNT).try_for_each(|_| runtime.add_instance(&mut guest, module))?;
        return Ok(vec![guest]);
    }
    let mut guests = Vec::with_capacity(COUNT as usize);
    (0..COUNT).try_for_each(|_| runtime.instantiate(module).map(|guest| guests.push(guest)))?;
    Ok(guests)
}

/// Bytes of the process that are resident.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux says")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.context("no resident size")?.parse()?;
    Ok(kilobytes * 1024)
}
