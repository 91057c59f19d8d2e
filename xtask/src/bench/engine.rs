//! The engines that can be measured, and how their workers are built.
//!
//! Invariant: all are built alike, in the release profile with the flags of `.cargo/config.toml`.

use super::suite::Suite;
use crate::process::{self, Binary};
use anyhow::{Context, Result, ensure};
use std::{env, fs, path::PathBuf, process::Command};

/// An engine whose worker is built.
pub(crate) struct Engine {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The worker and its arguments.
    pub(crate) worker: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// Another engine to compare with.
struct Peer {
    name: &'static str,
    /// The feature and binary of `benches/peers`.
    worker: &'static str,
    /// The worker's argument.
    variant: Option<&'static str>,
    /// The package and how its version begins.
    package: (&'static str, &'static str),
    /// Whether its heap is Rust's, so that it can be counted.
    counted: bool,
    /// What is needed to build it.
    tools: &'static [Tool],
}

/// Something that is not a Rust package.
#[derive(Clone, Copy)]
enum Tool {
    Cmake,
    Libclang,
}

const RUST: Peer =
    Peer { name: "", worker: "", variant: None, package: ("", ""), counted: true, tools: &[] };

const WASMTIME: Peer =
    Peer { worker: "wasmtime", package: ("wasmtime", ""), counted: false, ..RUST };

const PEERS: &[Peer] = &[
    Peer { name: "wasmi2", worker: "wasmi2", package: ("wasmi", "2."), ..RUST },
    Peer { name: "silverfir", worker: "silverfir", package: ("sf-nano-core", ""), ..RUST },
    Peer { name: "wasmi1", worker: "wasmi1", package: ("wasmi", "1."), ..RUST },
    Peer { name: "tinywasm", worker: "tinywasm", package: ("tinywasm", ""), ..RUST },
    Peer {
        name: "wasm3",
        worker: "wasm3",
        package: ("wasm3x", ""),
        counted: false,
        tools: &[Tool::Libclang],
        ..RUST
    },
    Peer {
        name: "wamr",
        worker: "wamr",
        package: ("wamrx", ""),
        counted: false,
        tools: &[Tool::Libclang, Tool::Cmake],
        ..RUST
    },
    Peer { name: "pulley", variant: Some("pulley"), ..WASMTIME },
    Peer { name: "winch", variant: Some("winch"), ..WASMTIME },
    Peer { name: "cranelift", variant: Some("cranelift"), ..WASMTIME },
];

/// Stands for the fastest interpreters.
pub(crate) const DEFAULT: &str = "fast";
const FAST: &[&str] = &["wasmi2", "silverfir"];
const ALL: &str = "all";

/// The names of peers, and of groups of them.
pub(crate) fn names() -> Vec<&'static str> {
    [DEFAULT, ALL].into_iter().chain(PEERS.iter().map(|peer| peer.name)).collect()
}

/// Wasmite first, with fuel if asked for, then the peers in the order of the table.
pub(crate) fn build(
    suite: Suite,
    peers: &[String],
    portable: bool,
    fuel: bool,
) -> Result<Vec<Engine>> {
    let wanted = |peer: &&Peer| {
        peers.iter().any(|name| match name.as_str() {
            // What cannot be counted is left out of groups, and an error by name.
            ALL => suite != Suite::Memory || peer.counted,
            DEFAULT => FAST.contains(&peer.name),
            name => name == peer.name,
        })
    };
    let wanted: Vec<&Peer> = PEERS.iter().filter(wanted).collect();
    for peer in &wanted {
        peer.check(suite)?;
    }
    let mut engines = vec![wasmite(suite, portable)?];
    if fuel {
        engines.push(engines[0].metered());
    }
    for peer in wanted {
        engines.push(peer.build(suite)?);
    }
    Ok(engines)
}

impl Engine {
    /// The same, with fuel.
    fn metered(&self) -> Self {
        Self {
            name: format!("{}-fuel", self.name),
            version: self.version.clone(),
            worker: self.worker.clone(),
            arguments: vec!["fuel".to_owned()],
        }
    }
}

fn wasmite(suite: Suite, portable: bool) -> Result<Engine> {
    let mut features = Vec::new();
    features.extend(portable.then_some("portable-dispatch"));
    features.extend((suite == Suite::Memory).then_some("heap"));
    let binary = Binary {
        package: "wasmite-benches",
        name: "worker-wasmite",
        profile: "release",
        features: &features,
    };
    Ok(Engine {
        name: "wasmite".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        worker: binary.build()?,
        arguments: Vec::new(),
    })
}

impl Peer {
    fn check(&self, suite: Suite) -> Result<()> {
        ensure!(
            suite != Suite::Memory || self.counted,
            "{} does not allocate by Rust's allocator, so its memory cannot be counted",
            self.name
        );
        for tool in self.tools {
            let hint = tool.hint();
            ensure!(tool.is_there(), "{} cannot be built here: {hint}", self.name);
        }
        Ok(())
    }

    fn build(&self, suite: Suite) -> Result<Engine> {
        let folder = process::root().join("benches/peers");
        let target = process::target().join("peers");
        let heap = suite == Suite::Memory;
        let features = if heap { format!("{},heap", self.worker) } else { self.worker.to_owned() };
        let mut command =
            process::cargo(["build", "--release", "--bin", self.worker, "--features", &features]);
        command.arg("--manifest-path").arg(folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(&target);
        process::run(&mut command).with_context(|| format!("building {}", self.name))?;
        let built =
            target.join("release").join(self.worker).with_extension(env::consts::EXE_EXTENSION);
        let worker = process::scratch()?.join(format!("peer-{features}"));
        fs::copy(&built, &worker).with_context(|| format!("copying {}", built.display()))?;
        Ok(Engine {
            name: self.name.to_owned(),
            version: self.version(&fs::read_to_string(folder.join("Cargo.lock"))?)?,
            worker,
            arguments: self.variant.iter().map(|&variant| variant.to_owned()).collect(),
        })
    }

    /// The version in a lock file.
    fn version(&self, lock: &str) -> Result<String> {
        let lock: toml::Table = lock.parse().context("Cargo.lock")?;
        let packages = lock.get("package").and_then(|packages| packages.as_array());
        let (name, start) = self.package;
        let version = packages.into_iter().flatten().find_map(|package| {
            let version = package.get("version")?.as_str()?;
            (package.get("name")?.as_str()? == name && version.starts_with(start))
                .then(|| version.to_owned())
        });
        version.with_context(|| format!("{name} {start} is not in the lock file"))
    }
}

impl Tool {
    fn is_there(self) -> bool {
        match self {
            Self::Cmake => Command::new("cmake").arg("--version").output().is_ok(),
            Self::Libclang => {
                let named = env::var_os("LIBCLANG_PATH").map(PathBuf::from);
                named.into_iter().chain(library_folders()).any(|folder| has_libclang(&folder))
            }
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Cmake => {
                "install cmake (package `cmake` of Debian or PyPI) and have it in the PATH"
            }
            Self::Libclang => {
                "install libclang (`libclang-dev` of Debian), or set LIBCLANG_PATH to the folder with libclang.so \
                 (`clang/native` of PyPI's package `libclang`, which also needs \
                 BINDGEN_EXTRA_CLANG_ARGS=-I$(cc -print-file-name=include))"
            }
        }
    }
}

/// Where bindgen looks for libclang, roughly.
fn library_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu"]
            .map(PathBuf::from)
            .into();
    let versions = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.extend(
        versions
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm"))
            .map(|entry| entry.path().join("lib")),
    );
    folders
}

fn has_libclang(folder: &std::path::Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).any(|name| {
        name.starts_with("libclang.") || name.starts_with("libclang-") && !name.contains("cpp")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(path: &str) -> toml::Table {
        let text = fs::read_to_string(process::root().join(path)).unwrap();
        text.parse().unwrap()
    }

    #[test]
    fn peers_are_built_as_wasmite_is() {
        let release = |manifest: &toml::Table| manifest["profile"]["release"].clone();
        assert_eq!(
            release(&manifest("Cargo.toml")),
            release(&manifest("benches/peers/Cargo.toml"))
        );
    }

    #[test]
    fn every_peer_has_a_worker_and_a_version() {
        let peers = manifest("benches/peers/Cargo.toml");
        let lock = fs::read_to_string(process::root().join("benches/peers/Cargo.lock")).unwrap();
        for peer in PEERS {
            assert!(peers["features"].get(peer.worker).is_some(), "{}", peer.name);
            assert!(peer.version(&lock).is_ok(), "{}", peer.name);
        }
    }
}
