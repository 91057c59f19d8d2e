//! Programs and files that Debian packages bring, installed where they are missing and that is possible.
//!
//! Only for tools that cargo cannot fetch. Invariant: what cannot be installed is an error that names the packages.

use anyhow::{Result, bail};
use std::{env, path::Path, process::Command};

/// Makes sure that all of `files` are there: names of programs, or paths. Else installs `packages`.
pub(crate) fn provide(files: &[&str], packages: &[&str]) -> Result<()> {
    let missing = |file: &&&str| !exists(file);
    let Some(file) = files.iter().find(missing) else { return Ok(()) };
    println!("installing {}, for {file}", packages.join(" "));
    let installed = apt(&["update"]) && apt(&[&["install", "-y"], packages].concat());
    match files.iter().find(missing) {
        None => Ok(()),
        Some(file) if installed => bail!("the packages {} have no {file}", packages.join(" ")),
        Some(file) => bail!(
            "{file} is missing, and apt-get could not install it: install it by hand (on Debian and Ubuntu the packages {})",
            packages.join(" ")
        ),
    }
}

fn exists(file: &str) -> bool {
    if file.contains('/') {
        return Path::new(file).exists();
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(file).is_file())
}

/// Whether apt-get did it, as root or by sudo if that asks no questions.
fn apt(arguments: &[&str]) -> bool {
    let arguments = [&["-q", "--no-install-recommends"], arguments].concat();
    let mut commands = [Command::new("apt-get"), Command::new("sudo")];
    commands[1].args(["-n", "apt-get"]);
    commands.iter_mut().any(|command| {
        command.env("DEBIAN_FRONTEND", "noninteractive").args(&arguments);
        command.status().is_ok_and(|status| status.success())
    })
}
