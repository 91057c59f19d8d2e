//! Building for other machines: with the toolchain's own libraries where they are installed, else with Debian's compiler,
//! which comes with the sources of its libraries.
//!
//! Not running what was built. Invariant: no toolchain is changed by this.

use crate::{apt, process};
use anyhow::{Context, Result};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// Debian's compiler, cargo and library sources.
const COMPILER: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";
const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// A machine to build for.
pub(crate) struct Target {
    /// As rustc calls it.
    pub(crate) name: &'static str,
    /// The libraries it needs, for cargo's `build-std`.
    libraries: &'static str,
    /// Whether this toolchain has them.
    installed: bool,
}

impl Target {
    /// A machine without an operating system.
    pub(crate) fn bare(name: &'static str) -> Result<Self> {
        Self::find(name, "core,alloc,compiler_builtins")
    }

    /// A machine with Linux.
    pub(crate) fn linux(name: &'static str) -> Result<Self> {
        Self::find(name, "std,panic_abort")
    }

    fn find(name: &'static str, libraries: &'static str) -> Result<Self> {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", name]);
        let folder = process::output(&mut rustc)?;
        let installed = Path::new(folder.trim()).exists();
        if !installed {
            apt::provide(&[COMPILER, CARGO, SOURCES], PACKAGES).with_context(|| {
                format!("building for {name}; `rustup target add {name}` would do as well")
            })?;
        }
        Ok(Self { name, libraries, installed })
    }

    /// `cargo <subcommand> --target <this one>`, not yet started.
    pub(crate) fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut cargo = process::cargo([]);
        if !self.installed {
            cargo = Command::new(CARGO);
            cargo.current_dir(process::root()).env("RUSTC", COMPILER);
            // What builds libraries from sources is not a stable part of cargo.
            cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTUP_TOOLCHAIN");
            // The compiler's companions that Debian leaves out: rust-lld.
            cargo.env("PATH", path_with(linker_folder()?)?);
        }
        cargo.args([subcommand, "--target", self.name]);
        if !self.installed {
            cargo.arg(format!("-Zbuild-std={}", self.libraries));
        }
        Ok(cargo)
    }
}

/// Where the toolchain that builds this keeps rust-lld.
fn linker_folder() -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let folder = process::output(rustc.args(["--print", "target-libdir"]))?;
    Ok(Path::new(folder.trim()).parent().context("no sysroot")?.join("bin"))
}

fn path_with(folder: PathBuf) -> Result<OsString> {
    let before = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(env::split_paths(&before));
    env::join_paths(folders).context("PATH")
}
