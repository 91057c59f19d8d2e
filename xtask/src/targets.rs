//! Tests on other machines: the scripts that depend on the size of words and the order of bytes run under an emulator, unless
//! this machine can run them itself, and the library is checked for another machine without an operating system.
//!
//! Not Cortex-M4: that is `firmware`. Invariant: what is not run here is at least compiled here.

use crate::{apt, cross::Target, process};
use anyhow::Result;
use std::process::Command;

/// A machine with Linux that QEMU emulates program by program.
struct Machine {
    target: &'static str,
    emulator: &'static str,
    /// What starts its programs on a machine that can run them: many times faster than the emulator.
    loader: Option<&'static str>,
    /// Debian's word for the machine: where its linker and libraries are.
    triple: &'static str,
    packages: &'static [&'static str],
}

impl Machine {
    /// The command that runs its programs.
    fn runner(&self) -> String {
        let libraries = format!("/usr/{}", self.triple);
        let works = |loader: &&str| {
            Command::new(loader).arg("--version").output().is_ok_and(|done| done.status.success())
        };
        match self.loader.filter(works) {
            Some(loader) => format!("{loader} --library-path {libraries}/lib"),
            None => format!("{} -L {libraries}", self.emulator),
        }
    }
}

const MACHINES: &[Machine] = &[
    Machine {
        target: "i686-unknown-linux-gnu",
        emulator: "qemu-i386",
        loader: Some("/usr/i686-linux-gnu/lib/ld-linux.so.2"),
        triple: "i686-linux-gnu",
        packages: &["qemu-user", "gcc-i686-linux-gnu", "libc6-dev-i386-cross"],
    },
    Machine {
        target: "s390x-unknown-linux-gnu",
        emulator: "qemu-s390x",
        loader: None,
        triple: "s390x-linux-gnu",
        packages: &["qemu-user", "gcc-s390x-linux-gnu", "libc6-dev-s390x-cross"],
    },
];

/// A machine without an operating system that the library is checked for.
struct Bare {
    target: &'static str,
    /// Features of the library.
    features: &'static [&'static str],
    /// What the compiler is told.
    flags: &'static str,
}

const CHECKED: &[Bare] = &[
    Bare { target: "riscv32imac-unknown-none-elf", features: &["", "validate"], flags: "" },
    Bare {
        target: "thumbv6m-none-eabi",
        features: &["", "validate"],
        flags: "--cfg portable_atomic_unsafe_assume_single_core",
    },
];

/// The test that runs the scripts which depend on the machine.
const TEST: &[&str] =
    &["--package", "wasmite-wast", "--test", "it", "words_and_bytes", "--", "--nocapture"];

pub(crate) fn run() -> Result<()> {
    CHECKED.iter().try_for_each(check)?;
    MACHINES.iter().try_for_each(test)
}

/// Checks the library as firmware uses it.
fn check(machine: &Bare) -> Result<()> {
    let target = Target::bare(machine.target)?;
    for features in machine.features {
        let mut cargo = target.cargo("check")?;
        cargo.args(["--package", "wasmite", "--no-default-features", "--features", features]);
        if !machine.flags.is_empty() {
            cargo.env("RUSTFLAGS", machine.flags);
        }
        process::run(cargo.arg("--target-dir").arg(process::target().join("targets")))?;
    }
    println!("{}: compiles", target.name);
    Ok(())
}

fn test(machine: &Machine) -> Result<()> {
    let linker = format!("{}-gcc", machine.triple);
    apt::provide(&[machine.emulator, &linker], machine.packages)?;
    let target = Target::linux(machine.target)?;
    let mut cargo = target.cargo("test")?;
    cargo.arg("--target-dir").arg(process::target().join("targets")).args(TEST);
    let variable = |name: &str| {
        format!("CARGO_TARGET_{}_{name}", machine.target.to_uppercase().replace('-', "_"))
    };
    cargo.env(variable("LINKER"), linker);
    cargo.env(variable("RUNNER"), machine.runner());
    process::run(&mut cargo)?;
    println!("{}: runs", target.name);
    Ok(())
}
