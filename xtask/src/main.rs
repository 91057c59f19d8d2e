//! `cargo xtask <command>`: the checks and measurements that contributors and CI call.
//!
//! It depends on no crate of the engine: it starts cargo and the programs cargo builds. Whatever CI checks is a command
//! here, so that nothing can pass on one machine by being checked differently on another.
#![forbid(unsafe_code)]

mod apt;
mod asm;
mod bench;
mod ci;
mod cross;
mod firmware;
mod fuzz;
mod no_std;
mod process;
mod sequences;
mod spec;
mod targets;
mod tidy;
mod wasi;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Checks and measurements of Wasmite.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check layers, file and function lengths, words, and the confinement of unsafe code
    Tidy,
    /// Run the spec test scripts over both dispatch back-ends, all compilation modes, fusions on and off
    Spec(spec::Options),
    /// Check the machine code of the handlers: tail jumps, no native frames
    Asm(asm::Options),
    /// Run the fuzz oracles with seeded inputs
    Fuzz(fuzz::Options),
    /// Measure the benchmark programs, with --peers against other engines
    Bench(bench::Options),
    /// Choose the sequences of cells that the engine executes with one dispatch, from a folder of modules
    #[command(disable_help_flag = true)]
    Sequences(sequences::Options),
    /// Build and run a program without std on top of the library crates
    NoStd,
    /// Build the firmware example, run it on an emulated Cortex-M4, and print its size, heap, stack and instructions
    Firmware(firmware::Options),
    /// Run scripts on emulated 32-bit and big-endian machines, and check the library for others
    Targets,
    /// Run WASI programs beside other engines
    Wasi(wasi::Options),
    /// Run everything CI runs, or only the named steps
    Ci(ci::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What failed was told by whoever failed; our own call stack would only hide it.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Tidy => tidy::run(),
        Command::Spec(options) => spec::run(&options),
        Command::Asm(options) => asm::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Sequences(options) => sequences::run(&options),
        Command::NoStd => no_std::run(),
        Command::Firmware(options) => firmware::run(&options),
        Command::Targets => targets::run(),
        Command::Wasi(options) => wasi::run(&options),
        Command::Ci(options) => ci::run(&options),
    }
}
