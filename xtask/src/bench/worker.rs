//! The driver's half of the protocol with the workers; `benches/src/worker.rs` describes it.

use super::{engine::Engine, suite::Suite};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

/// A case as workers list it.
pub(super) struct Case {
    pub(super) name: String,
    /// What a sample's value is divided by.
    pub(super) turns: u64,
}

/// Why an engine does not do what it was asked for: it cannot, or it died of it.
pub(super) struct Refusal(pub(super) String);

/// What an engine answers. Wrong results are errors and no answers.
pub(super) type Answer<T> = Result<T, Refusal>;

/// An engine in a process of its own, started when it is needed: again if it died.
pub(super) struct Worker {
    engine: Engine,
    process: Option<Process>,
}

/// Ends when its standard input closes.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// The core that all workers share: they run in turn. Not the first, which serves most interrupts.
const CORE: &str = "1";

impl Worker {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine, process: None }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The cases of a suite.
    pub(super) fn list(&mut self, suite: Suite) -> Result<Vec<Case>> {
        let mut line = self.ask(&format!("list {}", suite.name()))?;
        let mut cases = Vec::new();
        loop {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["case", name, turns] => {
                    cases.push(Case { name: name.to_owned(), turns: turns.parse()? });
                }
                ["ok"] => return Ok(cases),
                _ => bail!("{}: {line}", self.engine.name),
            }
            line = self.process()?.receive()?.context("the worker ended")?;
        }
    }

    /// Makes a case ready.
    pub(super) fn prepare(&mut self, suite: Suite, case: &Case) -> Result<Answer<()>> {
        let line = self.ask(&format!("prepare {} {}", suite.name(), case.name))?;
        Ok(self.answer(&line)?.map(drop))
    }

    /// The sum of so many samples.
    pub(super) fn sample(&mut self, count: u64) -> Result<Answer<u64>> {
        let line = self.ask(&format!("sample {count}"))?;
        let answer = self.answer(&line)?;
        answer
            .map(|value| Ok(value.parse()?))
            .map_or_else(|refusal| Ok(Err(refusal)), |value| value.map(Ok))
    }

    /// What follows `ok`.
    fn answer<'a>(&self, line: &'a str) -> Result<Answer<&'a str>> {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("ok", value) => Ok(Ok(value)),
            ("refused", reason) => Ok(Err(Refusal(reason.to_owned()))),
            _ => bail!("{}: {line}", self.engine.name),
        }
    }

    /// The first line of the answer.
    fn ask(&mut self, request: &str) -> Result<String> {
        let process = self.process()?;
        // A process that died while nobody asked is noticed when no answer comes.
        let _ = writeln!(process.input.as_mut().context("input is closed")?, "{request}");
        if let Some(line) = process.receive()? {
            return Ok(line);
        }
        let ended = self.process.take().map(|mut process| process.child.wait());
        let status = ended.transpose()?.map(|status| status.to_string());
        Ok(format!("refused the process died: {}", status.unwrap_or_default()))
    }

    fn process(&mut self) -> Result<&mut Process> {
        if self.process.is_none() {
            self.process = Some(Process::start(&self.engine)?);
        }
        self.process.as_mut().context("the process was started above")
    }
}

impl Process {
    fn start(engine: &Engine) -> Result<Self> {
        let mut command = pinned(engine);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Self { child, input, output })
    }

    /// The next line; none if the process ended.
    fn receive(&mut self) -> Result<Option<String>> {
        let mut line = String::new();
        let length = self.output.read_line(&mut line)?;
        Ok((length > 0).then(|| line.trim().to_owned()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// The command that starts an engine's worker on one core, where there are several and `taskset` is there.
fn pinned(engine: &Engine) -> Command {
    let several = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let works = || {
        let mut probe = Command::new("taskset");
        probe.args(["--cpu-list", CORE, "true"]).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    let mut command = if several && works() {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", CORE]).arg(&engine.worker);
        command
    } else {
        Command::new(&engine.worker)
    };
    command.args(&engine.arguments);
    command
}
