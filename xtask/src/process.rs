//! Starting cargo and the programs it builds: the only place that knows where the workspace and its binaries are.
//!
//! Invariant: a command that fails is an error that shows the command.

use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A folder under the target folder for what xtask itself keeps, created if missing.
pub(crate) fn scratch() -> Result<PathBuf> {
    let folder = target().join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}

/// `cargo <arguments>` in the workspace's folder, not yet started.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Runs `command` to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(())
}

/// Runs `command` to its end and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", output.status);
    }
    String::from_utf8(output.stdout).context("output is not UTF-8")
}

/// A binary to build: two builds may differ only in features, so each is kept under a name of its own.
pub(crate) struct Binary<'a> {
    pub(crate) package: &'a str,
    pub(crate) name: &'a str,
    /// A cargo profile: `dev`, `release`, `ci`.
    pub(crate) profile: &'a str,
    pub(crate) features: &'a [&'a str],
}

/// Makes the symbols of generic functions tell what for, as `cargo xtask asm` needs; the code stays the same.
const SYMBOL_NAMES: &str = "build.rustflags=['-Csymbol-mangling-version=v0']";

impl Binary<'_> {
    /// Builds the binary and returns the path of a copy that later builds do not overwrite.
    pub(crate) fn build(&self) -> Result<PathBuf> {
        let features = self.features.join(",");
        let mut arguments = vec!["build", "--package", self.package, "--bin", self.name];
        if self.profile == "release" {
            arguments.extend(["--config", SYMBOL_NAMES]);
        }
        arguments.extend(["--profile", self.profile]);
        if !features.is_empty() {
            arguments.extend(["--features", &features]);
        }
        run(&mut cargo(arguments))?;
        // The folder of the dev profile is called debug.
        let folder = if self.profile == "dev" { "debug" } else { self.profile };
        let built =
            target().join(folder).join(self.name).with_extension(env::consts::EXE_EXTENSION);
        let kept =
            scratch()?.join(format!("{}-{folder}-{}", self.name, features.replace(',', "-")));
        fs::copy(&built, &kept).with_context(|| format!("copying {}", built.display()))?;
        Ok(kept)
    }
}
