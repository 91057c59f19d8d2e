//! The layers of the house: which crate may depend on which, and which file may name a neighbour.
//!
//! The table here is the architecture's picture as data; a new edge is a decision, made here and recorded in
//! docs/decisions.md.

use super::source::{Source, words};
use anyhow::{Context, Result};
use std::{fs, path::Path};

/// Folder of a package and the crates of this workspace it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("crates/core", &[]),
    ("crates/module", &["wasmite-core"]),
    ("crates/isa", &["wasmite-core"]),
    ("crates/translate", &["wasmite-core", "wasmite-module", "wasmite-isa"]),
    ("crates/exec", &["wasmite-core", "wasmite-module", "wasmite-isa", "wasmite-translate"]),
    (
        "crates/wasmite",
        &["wasmite-core", "wasmite-module", "wasmite-isa", "wasmite-translate", "wasmite-exec"],
    ),
    ("crates/wasi", &["wasmite"]),
    // Tools that compare translations name the translator's options, and nothing else of it.
    ("crates/wast", &["wasmite", "wasmite-translate"]),
    // `inspect` and `disas` show what lies below the facade.
    (
        "crates/cli",
        &[
            "wasmite",
            "wasmite-wasi",
            "wasmite-wast",
            "wasmite-core",
            "wasmite-module",
            "wasmite-isa",
        ],
    ),
    ("benches", &["wasmite"]),
    ("benches/peers", &["wasmite-benches"]),
    // One oracle judges bodies one by one.
    ("fuzz", &["wasmite", "wasmite-module", "wasmite-translate"]),
    ("training", &["wasmite-core", "wasmite-module", "wasmite-isa", "wasmite-translate"]),
    ("xtask", &[]),
    ("xtask/no-std-probe", &["wasmite", "wasmite-wasi"]),
    ("examples/firmware", &["wasmite"]),
];

/// A name, the folder it is watched in, and the only places there that may use it.
const NAMES: &[(&str, &str, &[&str])] = &[
    // It is what tests compare verdicts with.
    ("wasmparser", "crates/", &["crates/module/tests/"]),
    // Programs call the translator, the engine keeps its buffers; options and errors are plain data.
    (
        "Translator",
        "crates/exec/src/",
        &["crates/exec/src/program.rs", "crates/exec/src/engine.rs"],
    ),
    // The functions of WASI know neither an engine nor an operating system.
    ("wasmite", "crates/wasi/src/", &["crates/wasi/src/linker.rs"]),
    ("cap_std", "crates/wasi/src/", &["crates/wasi/src/native/"]),
];

/// Checks the dependencies in every manifest.
pub(crate) fn check_manifests(root: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for entry in fs::read_dir(root.join("crates")).context("reading crates")? {
        let folder = format!("crates/{}", entry?.file_name().to_string_lossy());
        if !EDGES.iter().any(|(known, _)| *known == folder) {
            findings.push(format!("{folder}: not in the table of layers"));
        }
    }
    for (folder, allowed) in EDGES {
        let path = root.join(folder).join("Cargo.toml");
        let manifest =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        for dependency in dependencies(&manifest) {
            let ours = dependency == "wasmite" || dependency.starts_with("wasmite-");
            if ours && !allowed.contains(&dependency) {
                findings.push(format!("{folder}/Cargo.toml: must not depend on {dependency}"));
            }
        }
    }
    Ok(findings)
}

/// Checks the names a file uses.
pub(crate) fn check(source: &Source, findings: &mut Vec<String>) {
    for (name, folder, allowed) in NAMES {
        let watched = source.path.starts_with(folder)
            && !allowed.iter().any(|place| source.path.starts_with(place));
        if let Some(index) = words(&source.code, name).next().filter(|_| watched) {
            let line = Source::line_of(&source.code, index);
            findings.push(format!("{}:{line}: `{name}` must not be named here", source.path));
        }
    }
}

/// The names in every dependency table of a manifest, platform-dependent ones included.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = table.ends_with("dependencies");
            names.extend(table.split_once("dependencies.").map(|(_, name)| name));
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside) {
            names.push(name.trim().trim_end_matches(".workspace").trim_matches('"'));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_dependency_is_seen() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb.workspace = true\n\
            [dev-dependencies.c]\nversion = \"1\"\n[target.'cfg(unix)'.dependencies]\nd = { path = \"y\" }\n";
        assert_eq!(dependencies(manifest), ["a", "b", "c", "d"]);
    }

    #[test]
    fn names_are_watched() {
        let mut findings = Vec::new();
        let text = "use wasmparser::Parser;";
        check(&Source::new("crates/isa/src/x.rs".into(), text.into()), &mut findings);
        check(&Source::new("crates/module/tests/it/x.rs".into(), text.into()), &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
