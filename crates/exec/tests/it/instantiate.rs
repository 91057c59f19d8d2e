//! Instantiation: what is checked, made, copied, and left behind by failures.

use crate::{engine, export, instantiate, program};
use wasmite_core::{FuncType, GlobalType, MemoryType, RefType, TableType, Trap, ValType};
use wasmite_exec::{Error, Extern, Limiter, Program, Store, Verdict};

fn table_of(store: &mut Store, size: u32) -> Extern {
    let ty = TableType::new(RefType::FUNCREF, size, None);
    store.new_table(ty, 0, &mut None).unwrap().into()
}

#[test]
fn imports_must_match() {
    let mut store = Store::new(&engine());
    let func = store.host_func(&FuncType::new([ValType::I32], []), 0).unwrap();
    let memory = store.new_memory(MemoryType::new(1, Some(2)), &mut None).unwrap();
    let table = table_of(&mut store, 3);
    let global = store.new_global(GlobalType::new(ValType::I32, true), 0).unwrap();
    let cases: [(&str, Extern, bool); 14] = [
        ("(func (param i32))", func.into(), true),
        ("(func (param i64))", func.into(), false),
        ("(func (param i32))", memory.into(), false),
        ("(memory 1)", memory.into(), true),
        ("(memory 1 2)", memory.into(), true),
        ("(memory 2)", memory.into(), false),
        ("(memory 1 1)", memory.into(), false),
        ("(memory i64 1)", memory.into(), false),
        ("(memory 65536 (pagesize 1))", memory.into(), false),
        ("(table 3 funcref)", table, true),
        ("(table 4 funcref)", table, false),
        ("(table 3 externref)", table, false),
        ("(global (mut i32))", global.into(), true),
        ("(global i32)", global.into(), false),
    ];
    for (import, given, matches) in cases {
        let text = format!(r#"(module (import "env" "it" {import}))"#);
        let made = instantiate(&mut store, &text, &[given]);
        assert_eq!(made.is_ok(), matches, "{import}");
        if let Err(error) = made {
            let text = error.to_string();
            assert!(text.starts_with("incompatible import type for `env` `it`: "), "{text}");
        }
    }
}

#[test]
fn imports_are_seen_at_their_current_size() {
    let mut store = Store::new(&engine());
    let memory = store.new_memory(MemoryType::new(1, Some(3)), &mut None).unwrap();
    let text = r#"(module (import "" "" (memory 2)))"#;
    assert!(matches!(instantiate(&mut store, text, &[memory.into()]), Err(Error::Link(_))));
    store.memory_grow(memory, 1, &mut None).unwrap();
    instantiate(&mut store, text, &[memory.into()]).unwrap();
}

#[test]
fn imports_are_counted_and_engines_compared() {
    let mut store = Store::new(&engine());
    let made = instantiate(&mut store, r#"(module (import "" "" (func)))"#, &[]);
    assert!(matches!(made, Err(Error::ImportCount { expected: 1, given: 0 })));
    let foreign = Program::new(&engine(), &wat::parse_str("(module)").unwrap()).unwrap();
    assert!(matches!(store.instantiate(&foreign, &[], &mut None), Err(Error::ForeignEngine)));
}

#[test]
fn exports_name_what_the_module_says() {
    let mut store = Store::new(&engine());
    let host = store.host_func(&FuncType::new([ValType::F64], []), 9).unwrap();
    let text = r#"(module
        (import "" "" (func $host (param f64)))
        (func $hidden)
        (func $f (result i64) (i64.const 0))
        (memory 2) (table 5 externref) (global $g i32 (i32.const 3))
        (export "host" (func $host)) (export "f" (func $f)) (export "m" (memory 0))
        (export "t" (table 0)) (export "g" (global $g)))"#;
    let instance = instantiate(&mut store, text, &[host.into()]).unwrap();
    assert_eq!(export(&store, instance, "host"), host.into());
    let func = export(&store, instance, "f").into_func().unwrap();
    assert_eq!(*store.func_type(func), FuncType::new([], [ValType::I64]));
    let memory = export(&store, instance, "m").into_memory().unwrap();
    assert_eq!(store.memory_pages(memory), 2);
    let table = export(&store, instance, "t").into_table().unwrap();
    assert_eq!(store.table_size(table), 5);
    let global = export(&store, instance, "g").into_global().unwrap();
    assert_eq!(store.global_get(global), 3);
    let names: Vec<_> = store.instance_exports(instance).map(|(name, _)| name).collect();
    assert_eq!(names, ["host", "f", "m", "t", "g"]);
    assert_eq!(store.instance_export(instance, "hidden"), None);
    assert_eq!(store.instance_start(instance), None);
}

#[test]
fn start_functions_need_no_other_reference() {
    let mut store = Store::new(&engine());
    let text = r#"(module (func (param i32)) (func $start) (func (export "f") (result i32) (i32.const 1))
        (start $start))"#;
    let instance = instantiate(&mut store, text, &[]).unwrap();
    let start = store.instance_start(instance).unwrap();
    assert_eq!(*store.func_type(start), FuncType::new([], []));
    let f = export(&store, instance, "f").into_func().unwrap();
    assert_ne!(start, f);
    assert_eq!(store.func_type(f).results(), [ValType::I32]);
    let imported = store.host_func(&FuncType::new([], []), 0).unwrap();
    let text = r#"(module (import "" "" (func $start)) (start $start))"#;
    let instance = instantiate(&mut store, text, &[imported.into()]).unwrap();
    assert_eq!(store.instance_start(instance), Some(imported));
}

#[test]
fn initial_values_are_computed() {
    let mut store = Store::new(&engine());
    let base = store.new_global(GlobalType::new(ValType::I32, false), 10).unwrap();
    let text = r#"(module
        (import "" "" (global $base i32))
        (global $a (export "a") i32 (i32.sub (i32.mul (global.get $base) (i32.const 3)) (i32.const 31)))
        (global (export "b") i64 (i64.add (i64.const -1) (i64.const 3)))
        (global (export "c") f32 (f32.const 1))
        (global (export "d") funcref (ref.func $f))
        (global (export "e") externref (ref.null extern))
        (func $f (export "f")))"#;
    let instance = instantiate(&mut store, text, &[base.into()]).unwrap();
    let value = |name| store.global_get(export(&store, instance, name).into_global().unwrap());
    assert_eq!(value("a"), u64::from(u32::MAX));
    assert_eq!(value("b"), 2);
    assert_eq!(value("c"), u64::from(1f32.to_bits()));
    let f = export(&store, instance, "f").into_func();
    assert_eq!(store.ref_func(value("d")), f);
    assert_eq!(value("e"), 0);
}

#[test]
fn active_segments_are_copied() {
    let mut store = Store::new(&engine());
    let null = store.new_global(GlobalType::new(ValType::FUNCREF, false), 0).unwrap();
    let text = r#"(module
        (import "" "" (global $null funcref))
        (table (export "t") 5 funcref) (memory (export "m") 1) (memory $n (export "n") i64 1)
        (func $f (export "f")) (func $g (export "g"))
        (elem (i32.const 1) $f $g $f)
        (elem (i32.const 3) funcref (global.get $null) (ref.func $g))
        (data (i32.const 65533) "abc") (data (memory $n) (i64.const 4) "xyz"))"#;
    let instance = instantiate(&mut store, text, &[null.into()]).unwrap();
    let table = export(&store, instance, "t").into_table().unwrap();
    let [f, g] = ["f", "g"].map(|name| export(&store, instance, name).into_func());
    let elements: Vec<_> =
        (0..5).map(|at| store.ref_func(store.table_get(table, at).unwrap())).collect();
    assert_eq!(elements, [None, f, g, None, g]);
    let memory = |name| store.memory_bytes(export(&store, instance, name).into_memory().unwrap());
    assert_eq!(&memory("m")[65_533..], b"abc");
    assert_eq!(&memory("n")[3..8], b"\0xyz\0");
}

#[test]
fn segments_that_do_not_fit_trap_and_leave_what_came_before() {
    let mut store = Store::new(&engine());
    let table = table_of(&mut store, 4);
    let memory = store.new_memory(MemoryType::new(1, None), &mut None).unwrap();
    let imports = [table, memory.into()];
    let with = |segments| {
        format!(
            r#"(module (import "" "t" (table 4 funcref)) (import "" "m" (memory 1))
            (func $f (result i32) (i32.const 1)) {segments})"#
        )
    };
    let text =
        with("(data (i32.const 0) \"a\") (elem (i32.const 0) $f) (elem (i32.const 3) $f $f)");
    let error = instantiate(&mut store, &text, &imports).unwrap_err();
    assert!(matches!(error, Error::Trap { trap: Trap::TableOutOfBounds, .. }));
    let text =
        with("(elem (i32.const 1) $f) (data (i32.const 5) \"b\") (data (i32.const 65535) \"cd\")");
    let error = instantiate(&mut store, &text, &imports).unwrap_err();
    assert!(matches!(error, Error::Trap { trap: Trap::MemoryOutOfBounds, .. }));
    let bytes = store.memory_bytes(memory);
    assert_eq!((bytes[0], bytes[5], bytes[65_535]), (0, b'b', 0));
    let elements = |at| store.table_get(table.into_table().unwrap(), at).unwrap();
    assert_eq!((elements(2), elements(3)), (0, 0));
    for at in [0, 1] {
        let escaped = store.ref_func(elements(at)).unwrap();
        assert_eq!(store.func_type(escaped).results(), [ValType::I32]);
    }
    assert_ne!(elements(0), elements(1), "each belongs to an instance of its own");
}

#[test]
fn failures_before_segments_leave_nothing() {
    struct OneMemory;
    impl Limiter for OneMemory {
        fn memory_growing(&mut self, _: u64, desired: u64, _: Option<u64>) -> Verdict {
            if desired <= 1 << 16 { Verdict::Granted } else { Verdict::Refused }
        }
        fn table_growing(&mut self, _: u64, _: u64, _: Option<u64>) -> Verdict {
            Verdict::Granted
        }
    }
    let mut store = Store::new(&engine());
    let before = format!("{store:?}");
    let program = program(
        &store,
        r#"(module (memory 1) (memory 2) (global i32 (i32.const 1)) (func (export "f")))"#,
    );
    let made = store.instantiate(&program, &[], &mut Some(&mut OneMemory));
    assert!(matches!(made, Err(Error::GrowthDenied)));
    assert_eq!(format!("{store:?}"), before);
    store.instantiate(&program, &[], &mut None).unwrap();
    assert_ne!(format!("{store:?}"), before);
}
