//! `wasmite run --profile`: what a run executed, as tables for people and as folded stacks for flame graph tools.
//!
//! Not the counting, which is the engine's and has to be built in. Invariant: a program without it says so before anything
//! runs.

use crate::failure::Failure;
use clap::Args;
use std::path::PathBuf;
use wasmite::Store;

/// What to keep of a run.
#[derive(Args)]
pub(crate) struct Options {
    /// Count executed cells: call stacks to FILE, folded for flame graphs, and tables to stderr
    ///
    /// Needs a program that was built with the cargo feature `profile`. Counts dispatches, not time.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Rows of each table of --profile
    #[arg(long, value_name = "N", default_value_t = 30, requires = "profile")]
    profile_top: usize,
}

#[cfg(not(feature = "profile"))]
impl Options {
    /// Refuses what this program cannot do.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        match &self.profile {
            None => Ok(()),
            Some(_) => Err(Failure::Input(
                "--profile needs a program that counts: build it with `--features profile`".into(),
            )),
        }
    }

    /// There is nothing to report.
    pub(crate) fn report<T>(&self, _: &Store<T>) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(feature = "profile")]
mod counted {
    use super::{Failure, Options, Store};
    use std::{
        fs::File,
        io::{self, BufWriter, Write},
    };
    use wasmite::{Count, Profile};

    impl Options {
        /// Makes sure that the file can be written: better now than after a long run.
        pub(crate) fn prepare(&self) -> Result<(), Failure> {
            let Some(path) = &self.profile else { return Ok(()) };
            File::create(path).map(drop).map_err(|error| Failure::input(path, error))
        }

        /// Writes what the store has executed.
        pub(crate) fn report<T>(&self, store: &Store<T>) -> Result<(), Failure> {
            let Some(path) = &self.profile else { return Ok(()) };
            let profile = store.profile();
            let folded = File::create(path).and_then(|file| fold(file, &profile.stacks));
            folded.map_err(|error| Failure::input(path, error))?;
            Ok(tables(&mut BufWriter::new(io::stderr().lock()), &profile, self.profile_top)?)
        }
    }

    /// One line per call stack, with its count.
    fn fold(file: File, stacks: &[Count]) -> io::Result<()> {
        let mut file = BufWriter::new(file);
        for Count { name, dispatches } in stacks {
            writeln!(file, "{name} {dispatches}")?;
        }
        file.flush()
    }

    fn tables(out: &mut impl Write, profile: &Profile, rows: usize) -> io::Result<()> {
        writeln!(out, "dispatches: {}", profile.dispatches)?;
        for (title, counts) in [
            ("functions", &profile.functions),
            ("ops", &profile.ops),
            ("ops with operand forms", &profile.forms),
            ("pairs", &profile.pairs),
            ("triples", &profile.triples),
        ] {
            writeln!(out, "\n{title}: {}", counts.len())?;
            for Count { name, dispatches } in counts.iter().take(rows) {
                let share = *dispatches as f64 * 100.0 / profile.dispatches.max(1) as f64;
                writeln!(out, "{share:6.2} % {dispatches:>14}  {name}")?;
            }
        }
        out.flush()
    }
}
