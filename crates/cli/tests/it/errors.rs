//! Bad input: one clear line and exit code 1; traps: message, backtrace and exit code 134.

use crate::{ANSWER, Dir, MATH, wasmite};

#[test]
fn files_that_are_no_modules() {
    let dir = Dir::new("no_modules");
    let path = dir.0.to_str().unwrap();
    let cases: [(String, &str); 7] = [
        (path.into(), "is a directory"),
        (format!("{path}/missing.wasm"), "No such file"),
        (dir.file("empty.wasm", ""), "the file is empty"),
        (dir.file("notes.txt", "Dear diary,\n"), "notes.txt:1:1: not a WebAssembly module"),
        (dir.file("image.png", b"\x89PNG\r\n\x1a\n\xff"), "not a WebAssembly module"),
        (dir.file("magic.wasm", b"\0elf\x01\0\0\0"), "magic header not detected"),
        (dir.file("line.wat", "(module\n  (func (export \"f\") i32.nop))"), "line.wat:2:"),
    ];
    for command in ["run", "inspect", "disas"] {
        for (file, reason) in &cases {
            let line = wasmite(&[command, file]).error();
            assert!(line.contains(file.as_str()) && line.contains(reason), "{line}");
        }
    }
}

#[test]
fn truncated_modules_name_the_offset() {
    let dir = Dir::new("truncated");
    for len in 1..ANSWER.len() {
        // The first eight bytes, and these plus whole sections, are valid modules without the export.
        let file = dir.file("truncated.wasm", &ANSWER[..len]);
        let line = wasmite(&["run", "--invoke", "answer", &file]).error();
        assert!(line.contains(&file), "{line}");
        if len == ANSWER.len() - 1 {
            assert!(line.contains("offset 0x"), "{line}");
        }
    }
}

#[test]
fn invalid_modules_name_the_offset() {
    let dir = Dir::new("invalid");
    let file = dir.file("invalid.wat", "(module (func (export \"f\") (result i32)))");
    let line = wasmite(&["run", &file]).error();
    assert!(line.contains("type mismatch") && line.contains("offset 0x"), "{line}");
}

#[test]
fn unsupported_proposals_are_named() {
    let dir = Dir::new("unsupported");
    let module = "(module (func (export \"f\") (result v128) (v128.const i32x4 0 0 0 0)))";
    let line = wasmite(&["run", &dir.file("vector.wat", module)]).error();
    assert!(line.contains("simd") && line.contains("not supported yet"), "{line}");
}

#[test]
fn unknown_imports_are_named() {
    let dir = Dir::new("imports");
    let module = r#"(module
        (import "env" "log" (func (param i32)))
        (import "env" "memory" (memory 1))
        (func (export "f")))"#;
    let line = wasmite(&["run", &dir.file("imports.wat", module)]).error();
    assert!(line.contains("function `env` `log`, memory `env` `memory`"), "{line}");

    let many: String = (0..20).map(|i| format!("(import \"m\\0a\" \"f{i}\" (func))")).collect();
    let file = dir.file("many.wat", format!("(module {many} (func (export \"f\")))"));
    let line = wasmite(&["run", &file]).error();
    assert!(line.contains("and 12 more") && line.contains("`m\\n`"), "{line}");
}

#[test]
fn unknown_imports_come_first() {
    let dir = Dir::new("imports_first");
    for rest in
        ["", "(func (export \"f\") (param i32))", "(func (export \"f\")) (func (export \"g\"))"]
    {
        let module = format!("(module (import \"env\" \"log\" (func)) {rest})");
        let file = dir.file("imports.wat", module);
        for args in [&["run", &file][..], &["run", "--invoke", "nothing", &file]] {
            let line = wasmite(args).error();
            assert!(line.contains("unknown imports: function `env` `log`"), "{line}");
        }
    }
}

#[test]
fn names_cannot_control_the_terminal() {
    let dir = Dir::new("terminal");
    let module = r#"(module (func $"a\n\1b[31mb" unreachable) (start 0) (func (export "f")))"#;
    let ran = wasmite(&["run", &dir.file("start.wat", module)]);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!((ran.code, lines.len()), (Some(134), 2), "{}", ran.stderr);
    assert!(lines[1].ends_with(r"!a\n\u{1b}[31mb"), "{}", ran.stderr);

    let script = "(module)\n(invoke \"a\x1b[31m\") (; \x1b[0m ;)";
    let ran = wasmite(&["wast", &dir.file("control.wast", script)]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(1), 3), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\x1b') && ran.stdout.contains(r"\u{1b}[31m"), "{}", ran.stdout);
}

#[test]
fn wrong_calls() {
    let dir = Dir::new("wrong_calls");
    let math = dir.file("math.wat", MATH);
    for (args, reason) in [
        (&["--invoke", "sub", &math][..], "there is no export `sub`"),
        (&[math.as_str()], "choose with --invoke among add, half"),
        (&["--invoke", "add", &math, "1"], "`add` takes 2 arguments, 1 given: (i32, i32) -> (i32)"),
        (&["--invoke", "add", &math, "1", "two"], "\"two\" is not a value of type i32"),
        (&["--invoke", "add", &math, "1", "4294967296"], "is not a value of type i32"),
    ] {
        let line = wasmite(&[&["run"], args].concat()).error();
        assert!(line.contains(&math) && line.contains(reason), "{line}");
    }
    let memory = dir.file("memory.wat", "(module (memory (export \"m\") 1))");
    assert!(wasmite(&["run", &memory]).error().contains("no function is exported"));
    let line = wasmite(&["run", "--invoke", "m", &memory]).error();
    assert!(line.contains("export `m` is a memory"), "{line}");
}

#[test]
fn traps_show_message_and_backtrace() {
    let dir = Dir::new("traps");
    let math = dir.file("math.wat", MATH);
    let ran = wasmite(&["run", "--invoke", "divide", &math, "1", "0"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(134), ""));
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].ends_with("math.wat: trap: integer divide by zero"), "{}", ran.stderr);
    assert!(lines[1].contains("0x") && lines[1].ends_with("math!divide"), "{}", ran.stderr);
    assert!(lines[2].ends_with("math!outer") && lines.len() == 3, "{}", ran.stderr);

    let ran = wasmite(&["run", "--invoke", "forever", &math]);
    assert_eq!(ran.code, Some(134));
    assert!(ran.stderr.contains("trap: call stack exhausted"), "{}", ran.stderr);

    let start = "(module (func $init unreachable) (start $init) (func (export \"f\")))";
    let ran = wasmite(&["run", &dir.file("start.wat", start)]);
    assert_eq!(ran.code, Some(134));
    assert!(ran.stderr.contains("trap: unreachable"), "{}", ran.stderr);
}

#[test]
fn files_in_a_command_s_place() {
    let dir = Dir::new("no_command");
    let ran = wasmite(&[&dir.file("math.wat", MATH)]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("use `wasmite run "), "{}", ran.stderr);
    let ran = wasmite(&["missing.wat"]);
    assert!(!ran.stderr.contains("use `wasmite run "), "{}", ran.stderr);
}

#[test]
fn wrong_usage_of_the_command_line() {
    for args in [&["run"][..], &["wast"], &["frobnicate"], &["run", "--frobnicate", "f"]] {
        let ran = wasmite(args);
        assert_eq!(ran.code, Some(2), "{args:?}");
        assert!(ran.stderr.contains("Usage"), "{}", ran.stderr);
    }
}
