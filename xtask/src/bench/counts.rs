//! Counts instructions with valgrind's callgrind: exact figures on a machine that is not quiet.
//!
//! A worker does a case once, and another one does it twice: the difference is what one run takes, without start-up,
//! compilation and what the first run translates.

use super::{
    engine::Engine,
    suite::Suite,
    worker::{Answer, Case, Refusal},
};
use anyhow::{Context, Result, ensure};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Whether valgrind can be used.
pub(super) fn check() -> Result<()> {
    let there = Command::new("valgrind").arg("--version").output();
    ensure!(
        there.is_ok_and(|output| output.status.success()),
        "counting instructions needs valgrind: install it (package `valgrind`)"
    );
    Ok(())
}

/// Instructions of one run of a case.
pub(super) fn count(engine: &Engine, case: &Case) -> Result<Answer<u64>> {
    let once = match collect(engine, case, 1)? {
        Ok(count) => count,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(collect(engine, case, 2)?.map(|twice| twice.saturating_sub(once)))
}

/// Instructions of a process that does a case so many times.
fn collect(engine: &Engine, case: &Case, runs: u32) -> Result<Answer<u64>> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(&engine.worker).args(&engine.arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    let requests = format!("prepare {} {}\nsample {runs}\n", Suite::Counted.name(), case.name);
    child.stdin.take().context("no input")?.write_all(requests.as_bytes())?;
    let output = child.wait_with_output()?;
    let answers = String::from_utf8_lossy(&output.stdout);
    if let Some(line) = answers.lines().find(|line| !line.starts_with("ok")) {
        ensure!(!line.starts_with("error"), "{}: {line}", engine.name);
        return Ok(Err(Refusal(line.trim_start_matches("refused ").to_owned())));
    }
    let log = String::from_utf8_lossy(&output.stderr);
    Ok(collected(&log).ok_or_else(|| Refusal(format!("valgrind: {}", output.status))))
}

/// The sum in what callgrind prints at the end.
fn collected(log: &str) -> Option<u64> {
    let line = log.lines().find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_found() {
        let log = "==7== Events    : Ir\n==7== Collected : 4242\n==7== \n";
        assert_eq!(collected(log), Some(4242));
        assert_eq!(collected("==7== killed"), None);
    }
}
