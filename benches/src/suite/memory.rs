//! What engines keep on the heap, counted by the global allocator. What they map or allocate in C is not seen.
//!
//! Linear memory is left out: modules have none, or one of a known size. The first of everything pays for tables that grow,
//! so instances are counted when others are there already.

use super::{Case, Job, check, startup};
use crate::{Mode, Runtime};
use allocation_counter::measure;
use anyhow::{Context, Result};

/// The heap of an engine with one module, by module and mode; the module's own bytes included.
const MODULE: &str = "module/";
/// Translated code in bytes per byte of the large module: what eager compilation keeps more than lazy translation does.
const CODE: &str = "code_per_wasm_byte";
/// A store and an instance of a small module in it.
const STORE: &str = "store_and_instance";
/// An instance in a store that has some.
const INSTANCE: &str = "further_instance";
/// Allocations (not bytes) of a call by a handle.
const CALL: &str = "allocations_per_call";

const PAGES: i64 = 1000;

const SMALL: &str = r#"(module
    (memory (export "memory") 1000 (pagesize 1))
    (func (export "run") (param i32) (result i64) (i64.extend_i32_s (local.get 0))))"#;

/// Calls, or instances, for one figure: fewer than stores have by default.
const COUNT: u64 = 500;

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = startup::cases()?;
    for case in &mut cases {
        case.name.insert_str(0, MODULE);
    }
    let bytes = startup::module("large")?.len() as u64;
    for (name, turns) in [(CODE, bytes), (STORE, COUNT), (INSTANCE, COUNT), (CALL, COUNT)] {
        cases.push(Case { name: name.to_owned(), turns });
    }
    Ok(cases)
}

pub(super) fn prepare<R: Runtime>(case: &str) -> Result<Job> {
    let value = match case {
        CODE => {
            let wasm = startup::module("large")?;
            module::<R>(&wasm, Mode::Eager)? - module::<R>(&wasm, Mode::LazyTranslation)?
        }
        STORE => stores::<R>()?,
        INSTANCE => instances::<R>()?,
        CALL => calls::<R>()?,
        _ => {
            let (name, mode) = startup::parts(case.strip_prefix(MODULE).context(case.to_owned())?)?;
            module::<R>(&startup::module(name)?, mode)?
        }
    };
    let value = u64::try_from(value).context("more was freed than allocated")?;
    Ok(Box::new(move |count| Ok(value * count)))
}

/// Bytes that stay allocated after `work`, while its result lives.
fn kept<T>(work: impl FnOnce() -> T) -> (T, i64) {
    let mut result = None;
    let info = measure(|| result = Some(work()));
    (result.expect("measured work is done"), info.bytes_current)
}

fn module<R: Runtime>(wasm: &[u8], mode: Mode) -> Result<i64> {
    let compile = || {
        let runtime = R::new(Some(mode))?;
        let module = runtime.compile(wasm)?;
        anyhow::Ok((runtime, module))
    };
    let (kept_alive, bytes) = kept(compile);
    kept_alive?;
    Ok(bytes)
}

/// One further store and instance, of which there are many.
fn stores<R: Runtime>() -> Result<i64> {
    let runtime = R::new(None)?;
    let module = runtime.compile(&wat::parse_str(SMALL)?)?;
    let mut guests = Vec::with_capacity(COUNT as usize);
    let _first = runtime.instantiate(&module)?;
    let (done, bytes) = kept(|| {
        (0..COUNT).try_for_each(|_| runtime.instantiate(&module).map(|guest| guests.push(guest)))
    });
    done?;
    Ok(bytes - COUNT as i64 * PAGES)
}

fn instances<R: Runtime>() -> Result<i64> {
    let runtime = R::new(None)?;
    let module = runtime.compile(&wat::parse_str(SMALL)?)?;
    let mut guest = runtime.instantiate(&module)?;
    let (done, bytes) =
        kept(|| (0..COUNT).try_for_each(|_| runtime.add_instance(&mut guest, &module)));
    done?;
    Ok(bytes - COUNT as i64 * PAGES)
}

fn calls<R: Runtime>() -> Result<i64> {
    let mut guest = R::new(None)?.load(&wat::parse_str(SMALL)?)?;
    check(R::run(&mut guest, 7)?, 7)?;
    let mut done = Ok(());
    let info = measure(|| {
        done = (0..COUNT).try_for_each(|_| check(R::run(&mut guest, 7)?, 7));
    });
    done?;
    Ok(info.count_total as i64)
}
