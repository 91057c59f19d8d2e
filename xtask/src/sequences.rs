//! Chooses the engine's sequences of cells from a folder of modules: runs the package `training`, which knows the
//! instruction set, and formats nothing itself.

use crate::process;
use anyhow::Result;

/// What to choose from, and how much.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Options of the package `training`: a folder of modules, `--pairs N`, `--triples N`, `--held-out`; `--help` has them all
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let start = ["run", "--quiet", "--profile", "ci", "--package", "wasmite-training", "--"];
    let arguments = options.arguments.iter().map(String::as_str);
    process::run(&mut process::cargo(start.into_iter().chain(arguments)))
}
