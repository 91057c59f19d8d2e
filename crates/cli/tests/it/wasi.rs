//! Options of `wasmite run`, and what a program's end looks like from outside.

use crate::{Dir, wasmite};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// Exits with the number of its arguments.
const COUNT: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (drop (call $sizes (i32.const 0) (i32.const 4)))
        (call $exit (i32.load (i32.const 0)))))"#;

#[test]
fn arguments_go_to_the_program() {
    let dir = Dir::new("arguments");
    let file = dir.file("count.wat", COUNT);
    for (args, code) in [(&[][..], 1), (&["a", "--dir", "-x"], 4), (&["--", "b"], 2)] {
        let ran = wasmite(&[&["run", &file], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(code), "", ""));
    }
    // Called by name it is a function, which takes none.
    let line = wasmite(&["run", "--invoke", "_start", &file, "a"]).error();
    assert!(line.contains("`_start` takes 0 arguments"), "{line}");
    assert_eq!(wasmite(&["run", "--invoke", "_start", &file]).code, Some(1));
}

#[test]
fn exit_codes_have_eight_bits() {
    let dir = Dir::new("exit_codes");
    for (status, code) in [(0, 0), (255, 255), (256, 0), (-1, 255)] {
        let module = format!(
            r#"(module
                (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (func (export "_start") (call $exit (i32.const {status}))))"#
        );
        assert_eq!(wasmite(&["run", &dir.file("exit.wat", module)]).code, Some(code));
    }
}

#[test]
fn the_module_may_come_from_standard_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wasmite"))
        .args(["run", "-", "x"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(COUNT.as_bytes()).expect("input");
    drop(stdin);
    assert_eq!(child.wait().expect("the program ends").code(), Some(2));
}

#[test]
fn libraries_are_initialized_first() {
    let dir = Dir::new("library");
    let module = r#"(module
        (global $ready (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $ready (i32.const 7)))
        (func (export "get") (result i32) (global.get $ready)))"#;
    let file = dir.file("library.wat", module);
    assert_eq!(wasmite(&["run", "--invoke", "get", &file]).ok(), "7\n");
}

#[test]
fn a_timeout_is_a_trap_that_shows_where() {
    let dir = Dir::new("timeout");
    for start in [
        r#"(func $start (export "_start") (call $spin))"#,
        r#"(func $start (call $spin)) (start $start) (func (export "f"))"#,
    ] {
        let module = format!("(module $m (func $spin (loop $again (br $again))) {start})");
        let file = dir.file("busy.wat", module);
        let ran = wasmite(&["run", "--timeout", "50ms", &file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(124), ""), "{}", ran.stderr);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        let reason = format!("{file}: trap: interrupt (timed out after 50ms)");
        assert!(lines[0].ends_with(&reason), "{}", ran.stderr);
        // Where a slow machine has come by then is its business.
        let last = lines[1..].last().expect("a frame");
        assert!(last.ends_with("m!start"), "{}", ran.stderr);
    }
    // In time.
    let file = dir.file("count.wat", COUNT);
    assert_eq!(wasmite(&["run", "--timeout", "1h", &file]).code, Some(1));
}

/// Waits for a minute, or for input, in a call of its host.
const WAITS: [&str; 2] = [
    r#"(module
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (i32.store (i32.const 16) (i32.const 1))
            (i64.store (i32.const 24) (i64.const 60_000_000_000))
            (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))))"#,
    r#"(module
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\10\00\00\00\10\00\00\00")
        (func (export "_start")
            (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))"#,
];

#[test]
fn a_timeout_ends_waiting_too() {
    let dir = Dir::new("timeout_waiting");
    for module in WAITS {
        let file = dir.file("waits.wat", module);
        let ends_waiting = |timeout: &&str| {
            let mut child = Command::new(env!("CARGO_BIN_EXE_wasmite"))
                .args(["run", "--timeout", timeout, &file])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts");
            // Open and silent until the program has ended.
            let stdin = child.stdin.take();
            let output = child.wait_with_output().expect("the program ends");
            drop(stdin);
            let said = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.code(), Some(124), "{said}");
            said.contains(&format!("waits.wat: timed out after {timeout}, in a host function\n"))
        };
        // A slow machine may not have come to the waiting in a short time.
        assert!(["50ms", "500ms", "5s", "20s"].iter().any(ends_waiting), "{module}");
    }
}

#[test]
fn memory_and_stack_are_limited() {
    let dir = Dir::new("limited");

    let grow = r#"(module (memory 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let grow = dir.file("grow.wat", grow);
    let limited = ["run", "--invoke", "grow", "--max-memory", "128KiB", &grow];
    assert_eq!(wasmite(&[&limited[..], &["1"]].concat()).ok(), "1\n");
    assert_eq!(wasmite(&[&limited[..], &["2"]].concat()).ok(), "-1\n");
    let line = wasmite(&["run", "--invoke", "grow", "--max-memory", "1", &grow, "0"]).error();
    assert!(line.contains("grow.wat") && line.contains("--max-memory is 1 bytes"), "{line}");

    let deep = r#"(module (func $f (export "f") (param i32) (result i32)
        (if (result i32) (local.get 0)
            (then (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
            (else (i32.const 0)))))"#;
    let deep = dir.file("deep.wat", deep);
    assert_eq!(wasmite(&["run", &deep, "500"]).ok(), "500\n");
    let ran = wasmite(&["run", "--max-stack", "4KiB", &deep, "500"]);
    assert_eq!(ran.code, Some(134));
    assert!(ran.stderr.contains("call stack exhausted"), "{}", ran.stderr);
}

#[test]
fn stats_go_to_standard_error() {
    let dir = Dir::new("stats");
    let module =
        "(module (memory (export \"memory\") 2) (func (export \"f\") (result i32) (i32.const 1)))";
    let ran = wasmite(&["run", "--stats", &dir.file("stats.wat", module)]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "1\n"));
    assert!(ran.stderr.starts_with("wasmite: loaded in "), "{}", ran.stderr);
    let [times, memory] = ran.stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", ran.stderr)
    };
    assert!(times.ends_with(" 131072 bytes of memory"), "{times}");
    let expected =
        "wasmite: memory 0: 2 pages of 65536 bytes, 131072 bytes, peak 131072 bytes, 0 growths";
    assert_eq!(memory, expected);
}

#[test]
fn stats_tell_of_each_memory() {
    let dir = Dir::new("memories");
    let module = r#"(module (memory 1 (pagesize 1)) (memory i64 3 9 (pagesize 1)) (memory 0)
        (func (export "f") (result i32)
            (drop (memory.grow 1 (i64.const 1)))
            (drop (memory.grow 1 (i64.const 0)))
            (drop (memory.grow 1 (i64.const 6)))
            (memory.grow 0 (i32.const 100))))"#;
    let file = dir.file("memories.wat", module);
    let ran = wasmite(&["run", "--stats", &file]);
    assert_eq!(ran.stdout, "1\n");
    for line in [
        "bytes of memory\nwasmite: memory 0: 101 pages of 1 byte, 101 bytes, peak 215 bytes, 1 growth\n",
        "\nwasmite: memory 1: 4 pages of 1 byte, 4 bytes, peak 9 bytes, 1 growth\n",
        "\nwasmite: memory 2: 0 pages of 65536 bytes, 0 bytes, peak 0 bytes, 0 growths\n",
    ] {
        assert!(ran.stderr.contains(line), "{}", ran.stderr);
    }
    // A limit holds for what is got in advance, too, and to the byte.
    for (most, result, line) in [
        ("101", "1", "memory 0: 101 pages of 1 byte, 101 bytes, peak 101 bytes, 1 growth"),
        ("100", "-1", "memory 0: 1 page of 1 byte, 1 byte, peak 1 byte, 0 growths"),
    ] {
        let ran = wasmite(&["run", "--stats", "--max-memory", most, &file]);
        assert_eq!(ran.stdout.trim(), result);
        assert!(ran.stderr.contains(line), "{}", ran.stderr);
    }
}

#[test]
fn page_sizes_in_between_are_asked_for() {
    let dir = Dir::new("page-sizes");
    let module =
        r#"(module (memory 3 (pagesize 512)) (func (export "f") (result i32) (memory.size)))"#;
    let file = dir.file("pages.wat", module);
    assert!(wasmite(&["run", &file]).error().contains("invalid custom page size"));
    assert_eq!(wasmite(&["run", "--all-page-sizes", &file]).ok(), "3\n");
    let shown = wasmite(&["inspect", &file]).ok();
    assert!(shown.contains("3 pages (1536 bytes), no maximum, pages of 512 bytes"), "{shown}");
}

#[test]
fn options_are_checked() {
    let dir = Dir::new("options");
    let file = dir.file("count.wat", COUNT);
    for option in [["--env", "novalue"], ["--max-memory", "much"], ["--timeout", "soon"]] {
        let ran = wasmite(&["run", option[0], option[1], &file]);
        assert_eq!(ran.code, Some(2), "{option:?}");
        assert!(ran.stderr.contains(option[1]), "{}", ran.stderr);
    }
    let line = wasmite(&["run", "--dir", "missing::/", &file]).error();
    assert!(line.contains("missing: No such file"), "{line}");
}

#[test]
fn shells_and_manuals_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = wasmite(&["completions", shell]).ok();
        assert!(script.contains("wasmite") && script.contains("max-memory"), "{shell}");
    }
    assert!(wasmite(&["man"]).ok().starts_with(".ie "));
    let page = wasmite(&["man", "run"]).ok();
    assert!(page.contains("max\\-memory") && page.contains("wasmite\\-run"), "{page}");
    assert!(wasmite(&["man", "nothing"]).error().contains("`nothing`"));
}

#[test]
fn colours_are_for_terminals() {
    let plain = wasmite(&["run", "missing.wasm"]);
    assert!(plain.stderr.starts_with("wasmite: error: "), "{}", plain.stderr);
    let forced = Command::new(env!("CARGO_BIN_EXE_wasmite"))
        .args(["run", "missing.wasm"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("the program starts");
    assert!(forced.stderr.starts_with(b"wasmite: \x1b["));
    let refused = Command::new(env!("CARGO_BIN_EXE_wasmite"))
        .args(["run", "missing.wasm"])
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    assert!(!refused.stderr.contains(&0x1b));
}
