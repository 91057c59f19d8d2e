//! Checks of the source tree that the compiler does not make: layers, lengths, words, and where unsafe code may stand.
//!
//! It reads source as text, not as syntax: `source` tells code from comments and strings, the rest looks at lines and
//! words. Invariant: what is allowed stands in tables here, never in the files being checked.

mod layers;
mod source;
mod style;
mod unsafe_code;

use crate::process;
use anyhow::{Context, Result, bail};
use source::Source;
use std::{fs, path::Path};

/// Folders of Rust source.
const FOLDERS: &[&str] = &["crates", "xtask", "benches", "fuzz", "examples"];

pub(crate) fn run() -> Result<()> {
    let findings = check(process::root())?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: nothing to mend");
            Ok(())
        }
        count => bail!("tidy: {count} to mend"),
    }
}

/// Everything to mend in the tree at `root`, each as one line that begins with its place.
fn check(root: &Path) -> Result<Vec<String>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        read_sources(root, &root.join(folder), &mut sources)?;
    }
    let mut findings = layers::check_manifests(root)?;
    for source in &sources {
        layers::check(source, &mut findings);
        style::check(source, &mut findings);
        unsafe_code::check(source, &mut findings);
    }
    style::check_exceptions(&sources, &mut findings);
    Ok(findings)
}

fn read_sources(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("target") {
                read_sources(root, &path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            sources.push(Source::new(name, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let findings = check(process::root()).expect("the tree is readable");
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}
