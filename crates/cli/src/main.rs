//! The `wasmite` program: run, test, inspect and disassemble WebAssembly.
//!
//! Not an engine: everything goes through the facade. Invariant: bad input ends in one line on stderr that names the file
//! and the reason (for test scripts on stdout, among the other failures), never in a panic; the exit code is 0 for
//! success, a WASI program's own, 134 for a trap, 124 for a timeout, 1 for anything else (2 for wrong usage of the command
//! line).
#![forbid(unsafe_code)]

mod disas;
mod failure;
mod input;
mod inspect;
mod manual;
mod profile;
mod quantity;
mod run;
mod script;
mod value;
mod waiting;
mod watchdog;

use clap::{
    Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use std::{
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

/// Runs WebAssembly, and shows what is in it.
#[derive(Parser)]
#[command(name = "wasmite", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Wast(script::Wast),
    Inspect(inspect::Inspect),
    Disas(disas::Disas),
    Completions(manual::Completions),
    Man(manual::Man),
}

fn main() -> ExitCode {
    let command = Cli::try_parse().unwrap_or_else(|error| with_hint(error).exit()).command;
    let mut out = BufWriter::new(io::stdout().lock());
    let result = match command {
        Command::Run(run) => run.run(&mut out),
        Command::Wast(wast) => wast.run(&mut out),
        Command::Inspect(inspect) => inspect.run(&mut out),
        Command::Disas(disas) => disas.run(&mut out),
        Command::Completions(completions) => completions.run(&mut out),
        Command::Man(man) => man.run(&mut out),
    };
    let result = result.and_then(|()| Ok(out.flush()?));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // What was printed before the failure belongs before it; if it cannot be printed, the failure still can.
            let _ = out.flush();
            failure.report().into()
        }
    }
}

/// Helps those who expect `wasmite FILE` to run the file.
fn with_hint(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand)
        && Path::new(name).is_file()
    {
        let hint = format!("to run that file, use `wasmite run {name}`");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error
}
