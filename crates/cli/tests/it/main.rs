//! The program as a user sees it: output, errors and exit codes.
//!
//! Invariant: each test runs the binary; files are written to a directory of the test's own.

mod commands;
mod errors;
mod profile;
mod programs;
mod wasi;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

/// A directory that is removed with its files at the end of a test.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    /// Writes a file and gives its path.
    fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, contents).expect("a temporary file");
        path.to_str().expect("a path in UTF-8").into()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // What cannot be removed is overwritten by the next run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a run of the program gave.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn wasmite(args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_wasmite")).args(args).output();
    let Output { status, stdout, stderr } = output.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("output in UTF-8");
    Ran { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Ran {
    /// Succeeded without a word on stderr; gives stdout.
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// Failed because of its input: one line on stderr, nothing on stdout; gives the line.
    #[track_caller]
    fn error(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{}", self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(self.stderr.starts_with("wasmite: error: "), "{}", self.stderr);
        self.stderr
    }
}

/// Functions to call; exported, so not one of them is the only one.
const MATH: &str = r#"(module $math
    (func $add (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
    (func (export "square") (param f64) (result f64) (f64.mul (local.get 0) (local.get 0)))
    (func (export "swap") (param i64 i32) (result i32 i64) (local.get 1) (local.get 0))
    (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func $outer (export "divide") (param i32 i32) (result i32)
        (i32.add (call $divide (local.get 0) (local.get 1)) (i32.const 0)))
    (func (export "forever") (result i32) (i32.add (call 6) (i32.const 1)))
    (func (export "null") (result funcref externref) (ref.null func) (ref.null extern)))"#;

/// A module in binary form that exports `answer`, which returns 42.
const ANSWER: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x05\x01\x60\0\x01\x7f\
    \x03\x02\x01\0\
    \x07\x0a\x01\x06answer\0\0\
    \x0a\x06\x01\x04\0\x41\x2a\x0b";
