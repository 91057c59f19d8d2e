//! The worker's half of the protocol between `cargo xtask bench` and one process per engine: lines on standard input and
//! output.
//!
//! | request | answer |
//! |---|---|
//! | `list SUITE` | `case NAME TURNS` for each case, then `ok` |
//! | `prepare SUITE CASE` | `ok` when the case can be sampled |
//! | `sample COUNT` | `ok VALUE`: the sum over so many samples, in the suite's unit |
//!
//! An engine that cannot do a case answers `refused TEXT`; what must not happen, such as a wrong result, is `error TEXT`.
//! Invariant: nothing but answers is written to standard output.

use crate::{Job, Runtime, Suite, WrongResult};
use anyhow::{Context, Result, bail};
use std::{
    fmt::Write as _,
    io::{self, BufRead, Write},
};

/// Answers requests until standard input ends.
pub fn serve<R: Runtime>() -> Result<()> {
    let mut job = None;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = answer::<R>(&line?, &mut job).unwrap_or_else(|error| {
            let word = if error.is::<WrongResult>() { "error" } else { "refused" };
            // The protocol is one line per answer.
            format!("{word} {error:#}").replace('\n', " ")
        });
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn answer<R: Runtime>(request: &str, job: &mut Option<Job>) -> Result<String> {
    let words: Vec<&str> = request.split_whitespace().collect();
    match words[..] {
        ["list", suite] => list(suite.parse()?),
        ["prepare", suite, case] => {
            // The old guest's memory goes first.
            *job = None;
            *job = Some(suite.parse::<Suite>()?.prepare::<R>(case)?);
            Ok("ok".to_owned())
        }
        ["sample", count] => {
            let sample = job.as_mut().context("nothing is prepared")?;
            Ok(format!("ok {}", sample(count.parse()?)?))
        }
        _ => bail!("unknown request `{request}`"),
    }
}

fn list(suite: Suite) -> Result<String> {
    let mut text = String::new();
    for case in suite.cases()? {
        writeln!(text, "case {} {}", case.name, case.turns)?;
    }
    Ok(text + "ok")
}
