//! Builds and runs `xtask/no-std-probe`: a program with neither std nor an operating system's allocator behind it.
//!
//! Checking the library crates with `--no-default-features` would prove nothing, because a dependency may still bring std.
//! The probe has a panic handler of its own, so std anywhere in its graph is an error (two panic handlers), and it runs,
//! on a small heap and on heaps of all sizes below it: an engine that has become greedy, or panics where memory is short,
//! fails too.

use crate::process;
use anyhow::Result;

pub(crate) fn run() -> Result<()> {
    let manifest = process::root().join("xtask/no-std-probe/Cargo.toml");
    let folder = process::target().join("no-std-probe");
    for profile in ["dev", "release"] {
        let mut cargo = process::cargo(["run", "--profile", profile, "--manifest-path"]);
        process::run(cargo.arg(&manifest).arg("--target-dir").arg(&folder))?;
        println!("no_std probe, {profile}: runs");
    }
    Ok(())
}
