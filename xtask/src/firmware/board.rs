//! The emulated board, and what the firmware prints on it.

use anyhow::{Context, Result};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What the firmware does, in order.
pub(super) const STAGES: &[&str] =
    &["engine", "load", "instantiate", "run", "grow", "limit", "trap", "again"];

/// Figures of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stage {
    /// Bytes of heap in use at once, at most, until its end.
    pub(super) heap: u64,
    /// Bytes of native stack.
    pub(super) stack: u64,
    pub(super) instructions: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    Done,
    /// There was not enough heap for the stage.
    NoMemory(String),
    /// Where.
    Panicked(String),
    /// Anything else, in the firmware's words: a wrong result, nothing.
    Failed(String),
}

/// What a run printed.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    stages: Vec<(String, Stage)>,
    pub(super) end: End,
}

impl Run {
    /// The figures of the stage of that name; nothing if it was not reached.
    pub(super) fn of(&self, name: &str) -> Stage {
        let found = self.stages.iter().find(|(stage, _)| stage == name);
        found.map_or_else(Stage::default, |(_, stage)| *stage)
    }

    pub(super) fn deepest_stack(&self) -> u64 {
        self.stages.iter().map(|(_, stage)| stage.stack).max().unwrap_or(0)
    }

    fn parse(text: &str) -> Self {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<_> = text.lines().map(words).collect();
        let stages = lines.iter().filter_map(|line| {
            let [name, heap, stack, instructions] = line.as_slice() else { return None };
            let figure = |text: &String| text.parse().ok();
            let stage = Stage {
                heap: figure(heap)?,
                stack: figure(stack)?,
                instructions: figure(instructions)?,
            };
            Some((name.clone(), stage))
        });
        let last: Vec<&str> = lines.last().into_iter().flatten().map(String::as_str).collect();
        let end = match last[..] {
            ["done"] => End::Done,
            ["no", "memory", "to", stage] => End::NoMemory(stage.into()),
            ["panicked", ..] => End::Panicked(last[1..].join(" ")),
            _ => End::Failed(last.join(" ")),
        };
        Self { stages: stages.collect(), end }
    }
}

/// Runs the firmware with that many bytes of heap, and another module if one is given. Time in the emulator is instructions, so
/// every run is the same.
pub(super) fn run(file: &Path, heap: usize, module: Option<&Path>) -> Result<Run> {
    let mut qemu = Command::new("timeout");
    qemu.args(["60", "qemu-system-arm", "-machine", "mps2-an386", "-cpu", "cortex-m4"]);
    qemu.args(["-display", "none", "-serial", "none", "-monitor", "none", "-icount", "shift=0"]);
    let mut arguments = format!("enable=on,target=native,arg=firmware,arg={heap}");
    if let Some(module) = module {
        arguments += &format!(",arg={}", module.display());
    }
    qemu.args(["-semihosting-config", &arguments, "-kernel"]).arg(file);
    // It ends with an error if the firmware says so, which its last line tells better.
    let output = qemu.stderr(Stdio::inherit()).output().context("starting qemu-system-arm")?;
    Ok(Run::parse(&String::from_utf8_lossy(&output.stdout)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read() {
        let run = Run::parse("load 10 20 40\nrun 30 10 80\ndone\n");
        assert_eq!(run.of("run"), Stage { heap: 30, stack: 10, instructions: 80 });
        assert_eq!((run.end.clone(), run.deepest_stack()), (End::Done, 20));
        assert_eq!(Run::parse("no memory to load").end, End::NoMemory("load".into()));
        let panic = Run::parse("load 1 2 3\npanicked alloc.rs 7\n");
        assert_eq!(panic.end, End::Panicked("alloc.rs 7".into()));
        assert_eq!(Run::parse("").end, End::Failed(String::new()));
    }
}
