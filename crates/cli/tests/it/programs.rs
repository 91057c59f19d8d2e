//! WASI programs through `wasmite run`: exit code, standard output and error, byte by byte.
//!
//! Programs, cases and what is expected are data in `crates/wasi/tests`. `BLESS=1` writes what is expected anew. With
//! `WASMITE_TEST_PEER` set to a program that takes Wasmtime's options, that program runs instead of ours: what is expected
//! must be what it does too (`cargo xtask wasi --compare`). Invariant: every case has its expectation, and every
//! program a case.

use crate::Dir;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Longer output is compared by length and hash.
const SHOWN: usize = 1 << 14;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasi/tests/programs")
}

fn cases() -> Vec<Value> {
    let text = fs::read_to_string(folder().join("cases.json")).expect("the list of cases");
    serde_json::from_str(&text).expect("a list in JSON")
}

fn strings<'a>(case: &'a Value, key: &str) -> Vec<&'a str> {
    let list = case[key].as_array().map_or(&[][..], |list| list);
    list.iter().map(|value| value.as_str().expect("a string")).collect()
}

/// Runs a case in a fresh copy of the fixture.
fn run(case: &Value, program: &str) -> Output {
    let name = case["program"].as_str().expect("a program");
    let dir = Dir::new(&format!("programs/{}", case["name"].as_str().expect("a name")));
    copy(&folder().join("fixture"), &dir.0);
    let mut command = Command::new(program);
    let access = if case["read_only"] == true { "--dir-ro" } else { "--dir" };
    command.current_dir(&dir.0).args(["run", access, ".", "--argv0", name]);
    for variable in strings(case, "env") {
        command.args(["--env", variable]);
    }
    command.arg(folder().join(format!("{name}.wasm"))).args(strings(case, "args"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program may end without reading its input.
    let _ = stdin.write_all(case["stdin"].as_str().unwrap_or_default().as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the fixture") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}

/// What is compared: the same wherever the programs are.
fn shown(output: &Output) -> String {
    let mut text = match output.status.code() {
        Some(code) => format!("exit {code}\n"),
        None => "killed\n".into(),
    };
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let body = if bytes.len() > SHOWN {
            let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
            });
            format!("{} bytes, FNV-1a {hash:016x}\n", bytes.len())
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        let _ = write!(text, "--- {name}\n{body}");
    }
    text.replace(folder().to_str().expect("a path in UTF-8"), "programs")
}

/// Without standard error: what engines say of a trap is their own.
fn without_stderr(shown: &str) -> &str {
    shown.split_once("--- stderr").map_or(shown, |(before, _)| before)
}

#[test]
fn programs_do_what_is_expected() {
    let peer = env::var("WASMITE_TEST_PEER").ok();
    let program = peer.as_deref().unwrap_or(env!("CARGO_BIN_EXE_wasmite"));
    let mut failures = String::new();
    for case in cases() {
        let name = case["name"].as_str().expect("a name");
        // Wasmtime's program has no directories that can only be read.
        let differs = case["differs"].is_string() || case["read_only"] == true;
        if peer.is_some() && differs {
            println!("{name}: not compared: {}", case["differs"].as_str().unwrap_or("read-only"));
            continue;
        }
        let got = shown(&run(&case, program));
        let path = folder().join(format!("expected/{name}.txt"));
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &got).expect("an expectation");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let same = match case["traps"] == true && peer.is_some() {
            true => without_stderr(&got) == without_stderr(&expected),
            false => got == expected,
        };
        if !same {
            let _ = write!(failures, "== {name}, expected:\n{expected}== but got:\n{got}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_program_has_a_case() {
    let used: BTreeSet<String> =
        cases().iter().map(|case| format!("{}.wasm", case["program"].as_str().unwrap())).collect();
    let files = fs::read_dir(folder()).expect("the folder").map(|entry| entry.unwrap().file_name());
    let names = files.map(|name| name.into_string().expect("a name in UTF-8"));
    let there: BTreeSet<String> = names.filter(|name| name.ends_with(".wasm")).collect();
    assert_eq!(used, there);
}
