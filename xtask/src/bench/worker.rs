//! The driver's half of the protocol with the workers; `benches/src/worker.rs` describes it.

use anyhow::{Context, Result, bail, ensure};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

/// A program to run: as the worker lists it.
pub(super) struct Task {
    pub(super) name: String,
    arg: i32,
    expected: i64,
}

/// An engine in a process of its own. It ends when its standard input closes.
pub(super) struct Worker {
    pub(super) engine: String,
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// The core that all workers share: they run in turn. Not the first, which serves most interrupts.
const CORE: &str = "1";

impl Worker {
    pub(super) fn start(engine: &str, binary: &Path) -> Result<Self> {
        let mut command = pinned(binary);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Self { engine: engine.to_owned(), process, input, output })
    }

    /// The programs.
    pub(super) fn list(&mut self) -> Result<Vec<Task>> {
        self.send("list")?;
        let mut tasks = Vec::new();
        loop {
            let line = self.receive()?;
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["program", name, arg, expected] => tasks.push(Task {
                    name: name.to_owned(),
                    arg: arg.parse()?,
                    expected: expected.parse()?,
                }),
                ["ok"] => return Ok(tasks),
                _ => bail!("{}: {line}", self.engine),
            }
        }
    }

    /// Loads a program; nanoseconds.
    pub(super) fn load(&mut self, task: &Task) -> Result<u64> {
        self.send(&format!("load {}", task.name))?;
        let line = self.receive()?;
        let time = line.strip_prefix("ok ").with_context(|| format!("{}: {line}", self.engine))?;
        Ok(time.parse()?)
    }

    /// Runs the loaded program once and checks its result; nanoseconds.
    pub(super) fn run(&mut self, task: &Task) -> Result<u64> {
        self.send(&format!("run {} 1", task.arg))?;
        let line = self.receive()?;
        let ["ok", result, time] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            bail!("{}: {line}", self.engine);
        };
        let Task { name, expected, .. } = task;
        ensure!(
            result.parse() == Ok(*expected),
            "{}: {name} returned {result}, expected {expected}",
            self.engine
        );
        Ok(time.parse()?)
    }

    fn send(&mut self, request: &str) -> Result<()> {
        let input = self.input.as_mut().context("the worker has ended")?;
        writeln!(input, "{request}")
            .and_then(|()| input.flush())
            .with_context(|| self.engine.clone())
    }

    fn receive(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.output.read_line(&mut line)? > 0, "{} ended", self.engine);
        Ok(line.trim().to_owned())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

/// The command that starts `binary` on one core, where there are several and `taskset` is there.
fn pinned(binary: &Path) -> Command {
    let several = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let works = || {
        let mut probe = Command::new("taskset");
        probe.args(["--cpu-list", CORE, "true"]).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    if several && works() {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", CORE]).arg(binary);
        command
    } else {
        Command::new(binary)
    }
}
