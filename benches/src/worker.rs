//! The worker's half of the protocol between `cargo xtask bench` and one process per engine: lines on standard input and
//! output.
//!
//! | request | answer |
//! |---|---|
//! | `list` | `program NAME ARG EXPECTED` for each program, then `ok` |
//! | `load NAME` | `ok NANOSECONDS` to compile and instantiate |
//! | `run ARG ITERATIONS` | `ok RESULT NANOSECONDS` for all iterations together |
//!
//! Anything that goes wrong answers `error TEXT`. Invariant: nothing but answers is written to standard output.

use crate::programs::{Program, programs};
use anyhow::{Context, Result, ensure};
use std::{
    fmt::Write as _,
    io::{self, BufRead, Write},
    time::Instant,
};

/// A program ready to run in some engine.
pub trait Guest: Sized {
    /// Compiles and instantiates the module.
    fn load(bytes: &[u8]) -> Result<Self>;
    /// Calls the export `run`.
    fn run(&mut self, arg: i32) -> Result<i64>;
}

/// Answers requests until standard input ends.
pub fn serve<G: Guest>() -> Result<()> {
    let mut guest: Option<G> = None;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = answer(&line?, &mut guest).unwrap_or_else(|error| {
            // The protocol is one line per answer.
            format!("error {error:#}").replace('\n', " ")
        });
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn answer<G: Guest>(request: &str, guest: &mut Option<G>) -> Result<String> {
    let words: Vec<&str> = request.split_whitespace().collect();
    match words[..] {
        ["list"] => list(),
        ["load", name] => {
            let bytes = Program::find(name)?.bytes()?;
            // The old guest's memory goes before the clock starts.
            *guest = None;
            let start = Instant::now();
            *guest = Some(G::load(&bytes)?);
            Ok(format!("ok {}", start.elapsed().as_nanos()))
        }
        ["run", arg, iterations] => {
            let guest = guest.as_mut().context("nothing is loaded")?;
            run(guest, arg.parse()?, iterations.parse()?)
        }
        _ => anyhow::bail!("unknown request `{request}`"),
    }
}

fn list() -> Result<String> {
    let mut text = String::new();
    for Program { name, arg, expected, .. } in programs()? {
        writeln!(text, "program {name} {arg} {expected}")?;
    }
    Ok(text + "ok")
}

fn run(guest: &mut impl Guest, arg: i32, iterations: u32) -> Result<String> {
    let start = Instant::now();
    let first = guest.run(arg)?;
    for _ in 1..iterations {
        ensure!(guest.run(arg)? == first, "results of the same call differ");
    }
    Ok(format!("ok {first} {}", start.elapsed().as_nanos()))
}
