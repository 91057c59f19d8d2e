//! `wasmite completions` and `wasmite man`: what shells and readers of manuals want, made from the definitions that
//! also make `--help`.

use crate::{Cli, failure::Failure};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite completions bash > ~/.local/share/bash-completion/completions/wasmite
  wasmite completions fish > ~/.config/fish/completions/wasmite.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "wasmite", &mut script);
        Ok(out.write_all(&script)?)
    }
}

/// Print the manual page of the program, or of one of its commands
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite man | man -l -
  wasmite man run > wasmite-run.1")]
pub(crate) struct Man {
    /// A command
    command: Option<String>,
}

impl Man {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let mut program = Cli::command();
        program.build();
        let page = match &self.command {
            None => program,
            Some(name) => {
                let found = program.find_subcommand(name).cloned();
                found.ok_or_else(|| Failure::Input(format!("there is no command `{name}`")))?
            }
        };
        Ok(clap_mangen::Man::new(page).render(out)?)
    }
}
