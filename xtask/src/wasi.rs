//! WASI programs beside other engines: the tests' programs beside Wasmtime, and a larger one, SQLite, beside Wasmi.
//!
//! Not part of CI, which compares with what is expected; this shows that what is expected is what others do. Peers are
//! installed by cargo below the target folder, so no lock file of ours knows them.

use crate::process::{self, Binary};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{
    env::consts::EXE_SUFFIX,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run the tests' programs with Wasmtime: they must do what is expected of ours
    #[arg(long)]
    compare: bool,
    /// Build SQLite with zig, run it, check its output, and print its time beside Wasmi's
    #[arg(long)]
    sqlite: bool,
    /// A program to use as Wasmtime (or with --sqlite as Wasmi), instead of installing it
    #[arg(long, value_name = "PROGRAM")]
    peer: Option<PathBuf>,
    /// How to start zig
    #[arg(long, value_name = "COMMAND", default_value = "python3 -m ziglang")]
    zig: String,
}

/// Another engine as cargo installs it.
struct Peer {
    package: &'static str,
    version: &'static str,
    program: &'static str,
    /// What of it is built, if not all: Wasmtime has much that programs do not need.
    features: Option<&'static str>,
}

const WASMTIME: Peer = Peer {
    package: "wasmtime-cli",
    version: "48.0.8",
    program: "wasmtime",
    features: Some("run,cranelift"),
};

const WASMI: Peer =
    Peer { package: "wasmi_cli", version: "2.0.0", program: "wasmi", features: None };

pub(crate) fn run(options: &Options) -> Result<()> {
    ensure!(options.compare || options.sqlite, "nothing to do: give --compare or --sqlite");
    if options.compare {
        compare(&WASMTIME.path(options.peer.as_deref())?)?;
    }
    if options.sqlite {
        sqlite(&options.zig, &WASMI.path(options.peer.as_deref().filter(|_| !options.compare))?)?;
    }
    Ok(())
}

impl Peer {
    /// The program: the given one, or else one that is installed here now if it is not there yet.
    fn path(&self, given: Option<&Path>) -> Result<PathBuf> {
        if let Some(given) = given {
            return Ok(given.into());
        }
        let root = process::scratch()?.join(format!("{}-{}", self.package, self.version));
        let program = root.join("bin").join(format!("{}{EXE_SUFFIX}", self.program));
        if !program.exists() {
            let version = format!("={}", self.version);
            let mut install =
                process::cargo(["install", "--locked", self.package, "--version", &version]);
            if let Some(features) = self.features {
                install.args(["--no-default-features", "--features", features]);
            }
            process::run(install.arg("--root").arg(&root))?;
        }
        Ok(program)
    }
}

/// The tests of the program, with the peer in its place.
fn compare(peer: &Path) -> Result<()> {
    let arguments =
        ["test", "--package", "wasmite-cli", "--test", "it", "programs", "--", "--nocapture"];
    let mut cargo = process::cargo(arguments);
    process::run(cargo.env("WASMITE_TEST_PEER", peer))
}

/// Builds SQLite from the sources that a crate carries, with `examples/sqlite/main.c` around it.
fn build_sqlite(zig: &str) -> Result<PathBuf> {
    let folder = process::scratch()?.join("sqlite");
    let wasm = folder.join("sqlite.wasm");
    let sources = fetch_sqlite(&folder)?;
    if wasm.exists() {
        return Ok(wasm);
    }
    let mut words = zig.split_whitespace();
    let mut command = Command::new(words.next().context("no zig")?);
    command.args(words).args(["cc", "--target=wasm32-wasi", "-O2", "-s"]);
    for name in [
        "SQLITE_THREADSAFE=0",
        "SQLITE_OMIT_LOAD_EXTENSION",
        "SQLITE_OMIT_WAL",
        "SQLITE_OMIT_SHARED_CACHE",
    ] {
        command.arg(format!("-D{name}"));
    }
    // What the library of WASI has no system calls for.
    for name in ["getpid", "mman", "process-clocks", "signal"] {
        command.arg(format!("-D_WASI_EMULATED_{}", name.replace('-', "_").to_uppercase()));
        command.arg(format!("-lwasi-emulated-{name}"));
    }
    command.arg("-I").arg(&sources).arg("-o").arg(&wasm);
    command.arg(process::root().join("examples/sqlite/main.c")).arg(sources.join("sqlite3.c"));
    process::run(&mut command)?;
    Ok(wasm)
}

/// The folder of SQLite's sources, fetched by cargo for a package that is made for this.
fn fetch_sqlite(folder: &Path) -> Result<PathBuf> {
    const MANIFEST: &str = "[package]\nname = \"fetch\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n\
        [dependencies]\nlibsqlite3-sys = \"=0.35.0\"\n";
    fs::create_dir_all(folder)?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    fs::write(folder.join("lib.rs"), "")?;
    let mut metadata = process::cargo(["metadata", "--format-version", "1", "--manifest-path"]);
    let metadata = process::output(metadata.arg(folder.join("Cargo.toml")))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo's metadata")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let package = packages.iter().find(|package| package["name"] == "libsqlite3-sys");
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let folder = Path::new(manifest.context("the crate is missing")?).parent();
    Ok(folder.context("no folder")?.join("sqlite3"))
}

/// Runs the work in `examples/sqlite` with both engines, checks what they say, and prints how long they took.
fn sqlite(zig: &str, peer: &Path) -> Result<()> {
    const RUNS: usize = 3;
    let wasm = build_sqlite(zig)?;
    let binary =
        Binary { package: "wasmite-cli", name: "wasmite", profile: "release", features: &[] };
    let wasmite = binary.build()?;
    let mut best = [Duration::MAX; 2];
    for _ in 0..RUNS {
        // In turn, so that what else the machine does hits both.
        let runs = [(wasmite.as_path(), &["run"][..]), (peer, &[])];
        for (best, (program, arguments)) in best.iter_mut().zip(runs) {
            *best = time_sqlite(program, arguments, &wasm)?.min(*best);
        }
    }
    let [ours, theirs] = best.map(|time| time.as_secs_f64());
    println!(
        "sqlite: {ours:.3} s, Wasmi {theirs:.3} s, ratio {:.3} (best of {RUNS})",
        ours / theirs
    );
    Ok(())
}

fn time_sqlite(program: &Path, arguments: &[&str], wasm: &Path) -> Result<Duration> {
    let examples = process::root().join("examples/sqlite");
    let folder = process::scratch()?.join("sqlite/run");
    fs::create_dir_all(&folder)?;
    let database = folder.join("words.db");
    if database.exists() {
        fs::remove_file(&database)?;
    }
    let mut command = Command::new(program);
    command.current_dir(&folder).args(arguments).args(["--dir", "."]).arg(wasm).arg("words.db");
    command.stdin(fs::File::open(examples.join("work.sql"))?).stderr(Stdio::inherit());
    let start = Instant::now();
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    let time = start.elapsed();
    let expected = fs::read(examples.join("expected.txt"))?;
    if !output.status.success() || output.stdout != expected {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stdout));
    }
    Ok(time)
}
