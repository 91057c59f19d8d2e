//! Backtraces: what they say, where they are cut, and that names cannot forge them.

use crate::{call, instantiate};
use wasmite::{Caller, Engine, ErrorKind, Extern, Linker, Module, Store, Trap};

#[test]
fn traps_have_a_backtrace_with_names_and_offsets() {
    let (mut store, instance) = instantiate(
        r#"(module $m
            (func $outer (export "f") (call $inner))
            (func $inner (call 2))
            (func (unreachable)))"#,
    );
    let error = call::<(), (), _>(&mut store, instance, "f", ()).unwrap_err();
    assert_eq!(error.as_trap(), Some(Trap::Unreachable));
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Unreachable));
    assert_eq!(error.kind(), ErrorKind::Trap);
    let backtrace = error.backtrace().unwrap();
    let lines: Vec<String> = backtrace.to_string().lines().map(String::from).collect();
    assert_eq!(lines.len(), 3, "{backtrace}");
    for (at, end) in ["m!<wasm function 2>", "m!inner", "m!outer"].iter().enumerate() {
        assert!(lines[at].starts_with(&format!("  {at}: ")), "{backtrace}");
        assert!(
            lines[at].contains(" 0x") && lines[at].ends_with(&format!(" - {end}")),
            "{backtrace}"
        );
    }
    let offset = backtrace.frames()[0].module_offset().unwrap();
    let module = instance.module(&store);
    assert_eq!(module.program().module().bytes()[offset], 0, "the opcode of unreachable");
    assert!(format!("{error:?}").contains("wasm backtrace:\n  0: "));
}

#[test]
fn long_backtraces_say_where_they_are_cut() {
    let text = r#"(module (import "h" "again" (func $again))
        (func $down (export "down") (param i32)
            (if (local.get 0)
                (then (call $down (i32.sub (local.get 0) (i32.const 1))))
                (else (call $again))))
        (func (export "63") (call $down (i32.const 62)) (unreachable))
        (func (export "64") (call $down (i32.const 63)) (unreachable))
        (func (export "trap") (unreachable)))"#;
    let engine = Engine::default();
    let mut linker: Linker<()> = Linker::new(&engine);
    let again = |mut caller: Caller<'_, ()>| {
        let trap = caller.get_export("trap").and_then(Extern::into_func).unwrap();
        trap.call(&mut caller, &[], &mut [])
    };
    linker.func_wrap("h", "again", again).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, text).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();

    let error = call::<(), (), _>(&mut store, instance, "63", ()).unwrap_err();
    let backtrace = error.backtrace().unwrap();
    assert_eq!(backtrace.frames().len(), 1 + 64);
    assert!(!backtrace.to_string().contains("more"), "{backtrace}");

    let error = call::<(), (), _>(&mut store, instance, "64", ()).unwrap_err();
    let backtrace = error.backtrace().unwrap();
    assert_eq!(backtrace.frames().len(), 1 + 64);
    let lines: Vec<String> = backtrace.to_string().lines().map(String::from).collect();
    assert_eq!(lines.len(), 1 + 64 + 1, "{backtrace}");
    assert_eq!(lines.last().unwrap(), "     ... more frames");
}

#[test]
fn names_are_shown_on_one_line_without_control_characters() {
    let (mut store, instance) = instantiate(
        "(module $\"m\\1b[2J\"
            (func $\"a\\nb\\7f\\e2\\80\\ae<'\\c3\\a9>\" (export \"f\") (unreachable)))",
    );
    let error = call::<(), (), _>(&mut store, instance, "f", ()).unwrap_err();
    let backtrace = error.backtrace().unwrap();
    let shown = backtrace.to_string();
    assert!(shown.ends_with(r" - m\u{1b}[2J!a\nb\u{7f}\u{202e}<'é>"), "{shown:?}");
    assert_eq!(shown.lines().count(), 1);
    let name = backtrace.frames()[0].func_name();
    assert_eq!(name, Some("a\nb\u{7f}\u{202e}<'é>"), "as it is in the module");
}
