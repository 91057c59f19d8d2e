//! What the commands print when all is well.

use crate::{ANSWER, Dir, MATH, wasmite};
use std::{
    fs,
    process::{Command, Stdio},
};

#[test]
fn results_one_per_line() {
    let dir = Dir::new("results");
    let math = dir.file("math.wat", MATH);
    for (name, args, output) in [
        ("add", &["2", "40"][..], "42\n"),
        ("add", &["0xffffffff", "-1"], "-2\n"),
        ("add", &["4294967295", "0"], "-1\n"),
        ("half", &["1"], "0.5\n"),
        ("half", &["-inf"], "-inf\n"),
        ("half", &["nan"], "NaN\n"),
        ("square", &["-1.5"], "2.25\n"),
        ("square", &["1e3"], "1000000\n"),
        ("swap", &["-9223372036854775808", "7"], "7\n-9223372036854775808\n"),
        ("null", &[], "<null funcref>\n<null externref>\n"),
    ] {
        let args = [&["run", "--invoke", name, &math], args].concat();
        assert_eq!(wasmite(&args).ok(), output, "{args:?}");
    }
}

#[test]
fn the_function_to_call_is_found() {
    let dir = Dir::new("entry");
    assert_eq!(wasmite(&["run", &dir.file("answer.wasm", ANSWER)]).ok(), "42\n");
    let start = r#"(module
        (func (export "other") (result i32) (i32.const 1))
        (func (export "_start") (result i32) (i32.const 2)))"#;
    assert_eq!(wasmite(&["run", &dir.file("start.wat", start)]).ok(), "2\n");
}

#[test]
fn text_may_begin_with_a_byte_order_mark() {
    let dir = Dir::new("mark");
    let module = "\u{feff}(module (func (export \"f\") (result i32) (i32.const 7)))";
    assert_eq!(wasmite(&["run", &dir.file("mark.wat", module)]).ok(), "7\n");
    let script = dir.file("mark.wast", "\u{feff}(module)");
    assert_eq!(wasmite(&["wast", &script]).ok(), "1 passed, 0 failed, 0 skipped\n");
    // Errors still name the line.
    let line = wasmite(&["run", &dir.file("mark.wat", "\u{feff}\n  (module (func nop)")]).error();
    assert!(line.contains("mark.wat:2:"), "{line}");
}

#[test]
fn proposals_are_on() {
    let dir = Dir::new("proposals");
    let module = r#"(module
        (memory 1000 (pagesize 1))
        (memory i64 1)
        (func (export "f") (result i64 i64 i32)
            (i64.add128 (i64.const -1) (i64.const 1) (i64.const 1) (i64.const 1))
            (memory.size 0)))"#;
    assert_eq!(wasmite(&["run", &dir.file("all.wat", module)]).ok(), "0\n3\n1000\n");
}

#[test]
fn inspect_lists_what_is_in_a_module() {
    let dir = Dir::new("inspect");
    let module = r#"(module $name
        (import "env" "log" (func $log (param i32)))
        (memory (export "memory") 1000 2000 (pagesize 1))
        (memory i64 2)
        (table 3 funcref)
        (global (mut f64) (f64.const 1))
        (func $f (export "f") (result i32) (i32.const 1))
        (@custom "extra" "0123456789"))"#;
    let shown = wasmite(&["inspect", &dir.file("all.wat", module)]).ok();
    for expected in [
        "module \"name\"",
        "\"env\" \"log\": function (i32) -> ()",
        "\"f\": function () -> (i32)",
        "functions: 2 (1 imported)",
        "0: 1000 pages (1000 bytes), at most 2000 pages (2000 bytes), pages of 1 byte, 32-bit",
        "1: 2 pages (131072 bytes), no maximum, pages of 65536 bytes, 64-bit addresses",
        "0: funcref, 3 elements, no maximum",
        "0: mutable f64",
        "code, ",
        "custom \"extra\", 16 bytes",
    ] {
        assert!(shown.contains(expected), "no {expected:?} in:\n{shown}");
    }
}

#[test]
fn disas_shows_wasm_beside_code() {
    let dir = Dir::new("disas");
    let math = dir.file("math.wat", MATH);
    let all = wasmite(&["disas", &math]).ok();
    let functions = all.lines().filter(|line| line.starts_with("function "));
    assert_eq!(functions.count(), 8, "{all}");
    for func in ["add", "0"] {
        let one = wasmite(&["disas", "--func", func, &math]).ok();
        assert!(one.starts_with("function 0 $add: (i32, i32) -> (i32)\n"), "{one}");
        assert!(one.lines().any(|line| line.ends_with("local.get 1")), "{one}");
        let sum = one.lines().find(|line| line.contains("i32.add")).expect("the addition");
        assert!(sum.contains("0x") && sum.contains('|'), "{sum}");
        assert_eq!(one.matches("function ").count(), 1, "{one}");
    }
    for (func, reason) in
        [("sub", "no function `sub`"), ("99", "there is no function 99"), ("-1", "`-1`")]
    {
        let line = wasmite(&["disas", "--func", func, &math]).error();
        assert!(line.contains(reason), "{line}");
    }
}

#[test]
fn wast_ends_with_the_count() {
    let dir = Dir::new("wast");
    let good = dir.file(
        "good.wast",
        "(module (func (export \"f\") (result i32) (i32.const 1)))
         (assert_return (invoke \"f\") (i32.const 1))",
    );
    let bad =
        dir.file("bad.wast", "(module)\n\n(invoke \"nothing\")\n(assert_exception (get \"g\"))");
    for mode in ["eager", "lazy-translation", "lazy"] {
        let flags = ["wast", "--mode", mode, "--no-fusion", &good];
        assert_eq!(wasmite(&flags).ok(), "2 passed, 0 failed, 0 skipped\n");
    }
    let ran = wasmite(&["wast", &good, &bad]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    assert!(ran.stdout.contains(&format!("{bad}:3: ")), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().last(), Some("3 passed, 1 failed, 1 skipped"));

    let missing = wasmite(&["wast", &good, "missing.wast"]);
    assert_eq!(missing.code, Some(1));
    let lines: Vec<&str> = missing.stdout.lines().collect();
    assert!(lines[0].starts_with("missing.wast: No such file"), "{}", missing.stdout);
    assert_eq!(lines[1..], ["2 passed, 1 failed, 0 skipped"]);
}

#[test]
fn scripts_that_cannot_be_read_fail() {
    let dir = Dir::new("unread");
    let good = dir.file("good.wast", "(module)");
    let folder = dir.0.join("folder").to_str().expect("a path in UTF-8").to_string();
    fs::create_dir_all(&folder).expect("a folder");
    let empty = wasmite(&["wast", &folder, &good]);
    assert_eq!(empty.code, Some(1));
    let expected = format!("{folder}: no .wast files\n1 passed, 1 failed, 0 skipped\n");
    assert_eq!((empty.stdout.as_str(), empty.stderr.as_str()), (expected.as_str(), ""));

    let bad = dir.file("folder/bad.wast", b"(module)\xff");
    dir.file("folder/good.wast", "(module)");
    for (argument, name, passed) in [(&bad, bad.as_str(), 0), (&folder, "bad.wast", 1)] {
        let ran = wasmite(&["wast", argument]);
        assert_eq!(ran.code, Some(1));
        let counts = format!("{passed} passed, 1 failed, 0 skipped\n");
        let expected = format!("{name}: not text: no UTF-8 (at offset 0x8)\n{counts}");
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected.as_str(), ""));
    }
}

#[test]
fn disas_names_the_hot_local_where_there_is_one() {
    let dir = Dir::new("hot");
    let module = r#"(module
        (func $plain (param i32) (result i32) (local.get 0))
        (func $loop (param i32) (result i32) (local $sum i32)
            (loop $again
                (local.set $sum (i32.add (local.get $sum) (local.get 0)))
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (br_if $again (local.get 0)))
            (local.get $sum)))"#;
    let file = dir.file("hot.wat", module);
    let plain = wasmite(&["disas", "--func", "plain", &file]).ok();
    assert!(!plain.contains("hot"), "{plain}");
    let with = wasmite(&["disas", "--func", "loop", &file]).ok();
    assert!(with.contains("-> hot") && with.contains("hot,"), "{with}");
    let help = wasmite(&["disas", "--help"]).ok();
    assert!(help.contains("`hot`"), "{help}");
}

#[test]
fn a_reader_may_go_away() {
    let dir = Dir::new("pipe");
    let functions: String = (0..5000)
        .map(|i| format!("(func (export \"f{i}\") (result i32) (i32.const {i}))"))
        .collect();
    let file = dir.file("many.wat", format!("(module {functions})"));
    let mut program = Command::new(env!("CARGO_BIN_EXE_wasmite"))
        .args(["disas", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(program.stdout.take());
    let output = program.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn help_shows_examples() {
    for command in ["run", "wast", "inspect", "disas"] {
        let help = wasmite(&[command, "--help"]).ok();
        assert!(help.contains("Examples:"), "{help}");
        assert!(!help.contains("--no-fusion"), "{help}");
    }
    assert!(wasmite(&["--version"]).ok().starts_with("wasmite "));
}
