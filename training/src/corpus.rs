//! The corpus: modules that were not written for this project.
//!
//! Not what is made of their counts. Invariant: the order of modules and families is that of their names.

use crate::ngrams::{Counts, Known};
use anyhow::{Context, Result};
use std::{fs, path::Path};
use wasmite_core::Features;
use wasmite_isa::Op;
use wasmite_module::{BodyValidation, Module, ParseOptions};
use wasmite_translate::Options;

/// The share of a module's weight that a single pair may have.
const CAP: f64 = 0.02;

pub(crate) struct Member {
    family: String,
    counts: Counts,
    /// Of what begins with a charge of fuel, where that is charged.
    metered: Counts,
}

#[derive(Default)]
pub(crate) struct Corpus {
    pub(crate) modules: Vec<Member>,
    /// Names, and why.
    pub(crate) skipped: Vec<(String, String)>,
    /// Functions that have been counted.
    known: Known,
    /// The same with charges of fuel.
    known_metered: Known,
}

impl Corpus {
    /// Reads, translates and counts every module of a folder that has at most `most_bytes`.
    pub(crate) fn read(folder: &Path, most_bytes: u64) -> Result<Self> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            paths.push(entry?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
        paths.sort();
        let options = ParseOptions {
            features: Features::default(),
            bodies: BodyValidation::Deferred,
            keep_custom_sections: false,
            ..ParseOptions::default()
        };
        let mut corpus = Self::default();
        for path in paths {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if fs::metadata(&path)?.len() > most_bytes {
                corpus.skipped.push((name, format!("more than {most_bytes} bytes")));
                continue;
            }
            match Module::parse(&fs::read(&path)?, &options) {
                Ok(module) => corpus.add(&name, &module),
                Err(error) => corpus.skipped.push((name, error.to_string())),
            }
        }
        Ok(corpus)
    }

    fn add(&mut self, name: &str, module: &Module) {
        let (counts, failed) = Counts::of_module(module, &Options::default(), &mut self.known);
        let metered = Options { fuel: true, ..Options::default() };
        let (mut metered, _) = Counts::of_module(module, &metered, &mut self.known_metered);
        metered.keep_first(Op::Fuel);
        if failed > 0 {
            self.skipped.push((name.to_owned(), format!("{failed} of its functions")));
        }
        let family = family(name).to_owned();
        if counts.total == 0.0 {
            self.skipped.push((name.to_owned(), "nothing that others have not".into()));
        } else {
            self.modules.push(Member { family, counts, metered });
        }
    }

    /// The families, in order.
    pub(crate) fn families(&self) -> Vec<&str> {
        let mut families: Vec<_> =
            self.modules.iter().map(|module| module.family.as_str()).collect();
        families.dedup();
        families
    }

    /// The counts of the families whose number `wanted` accepts. A family of many modules has more weight than a single
    /// module, but less than as many families.
    pub(crate) fn counts(&self, wanted: impl Fn(usize) -> bool) -> Counts {
        self.sum(wanted, |module| &module.counts)
    }

    /// The counts of what begins with a charge of fuel, of all families.
    pub(crate) fn metered(&self) -> Counts {
        self.sum(|_| true, |module| &module.metered)
    }

    fn sum(&self, wanted: impl Fn(usize) -> bool, counted: impl Fn(&Member) -> &Counts) -> Counts {
        let mut counts = Counts::default();
        let families = self.families().into_iter().enumerate();
        for (_, family) in families.filter(|(number, _)| wanted(*number)) {
            let members = || self.modules.iter().filter(|module| module.family == family);
            let share = (members().count() as f64).sqrt().recip();
            members().for_each(|module| counts.add_share(counted(module), share, CAP));
        }
        counts
    }
}

/// A file's name up to a hyphen with a version number behind it.
fn family(name: &str) -> &str {
    let version = name
        .match_indices('-')
        .find(|(at, _)| name[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    version.map_or(name, |(at, _)| &name[..at])
}
