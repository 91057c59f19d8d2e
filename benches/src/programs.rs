//! Reads `programs/list.toml`: what the benchmark programs are, what they are given and what they must return.
//!
//! Programs are read from the source tree when asked for, so that a changed program needs no rebuild.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::{fs, path::Path};

/// One benchmark program. It exports `run: (i32) -> i64` and imports nothing.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Program {
    /// Name of the program.
    pub name: String,
    /// Its Wasm file in the folder of programs.
    pub file: String,
    /// What kind of work it is.
    pub kind: String,
    /// Argument for measuring.
    pub arg: i32,
    /// What `run(arg)` must return.
    pub expected: i64,
    /// Argument for tests.
    pub small_arg: i32,
    /// What `run(small_arg)` must return.
    pub small_expected: i64,
    /// Whether `cargo xtask bench --counts` counts its instructions.
    #[serde(default)]
    pub counted: bool,
}

#[derive(Deserialize)]
struct List {
    program: Vec<Program>,
}

/// All programs in the order of the list.
pub fn programs() -> Result<Vec<Program>> {
    let list: List = toml::from_str(include_str!("../programs/list.toml")).context("list.toml")?;
    Ok(list.program)
}

impl Program {
    /// The program called `name`.
    pub fn find(name: &str) -> Result<Self> {
        let found = programs()?.into_iter().find(|program| program.name == name);
        found.with_context(|| format!("there is no program `{name}`"))
    }

    /// The Wasm bytes.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(&self.file);
        fs::read(&path).with_context(|| format!("reading {}", path.display()))
    }
}
