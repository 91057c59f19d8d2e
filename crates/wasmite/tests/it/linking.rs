//! Imports and exports across instances, and the linker.

use crate::call;
use wasmite::{
    Engine, ErrorKind, Extern, ExternKind, ExternType, Func, FuncType, Global, GlobalType,
    Instance, Linker, Memory, MemoryType, Module, Ref, RefType, Store, Table, TableType,
    UnknownImportError, Val, ValType,
};

const PROVIDER: &str = r#"(module $provider
    (memory (export "memory") 1 4)
    (table (export "table") 2 8 funcref)
    (global $count (export "count") (mut i32) (i32.const 10))
    (global (export "seven") i32 (i32.const 7))
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count)))"#;

const CONSUMER: &str = r#"(module
    (import "p" "memory" (memory 1))
    (import "p" "table" (table 1 funcref))
    (import "p" "count" (global $count (mut i32)))
    (import "p" "seven" (global $seven i32))
    (import "p" "next" (func $next (result i32)))
    (global $copy (export "copy") i32 (global.get $seven))
    (func $nine (result i32) (i32.const 9))
    (elem (i32.const 1) func $nine)
    (data (i32.const 3) "abc")
    (func (export "run") (result i32)
        (i32.add (call $next)
            (i32.add (global.get $count)
                (call_indirect (result i32) (i32.const 1))))))"#;

#[test]
fn everything_is_shared_between_instances() {
    let engine = Engine::default();
    let mut s = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let provider = Module::new(&engine, PROVIDER).unwrap();
    let provider = linker.instantiate(&mut s, &provider).unwrap();
    linker.instance(&s, "p", provider).unwrap();
    let consumer = linker.instantiate(&mut s, &Module::new(&engine, CONSUMER).unwrap()).unwrap();
    assert_eq!(call::<(), i32, _>(&mut s, consumer, "run", ()).unwrap(), 11 + 11 + 9);
    let count = provider.get_global(&s, "count").unwrap();
    assert_eq!(count.get(&s), Val::I32(11));
    count.set(&mut s, Val::I32(20)).unwrap();
    assert_eq!(call::<(), i32, _>(&mut s, consumer, "run", ()).unwrap(), 21 + 21 + 9);
    let memory = provider.get_memory(&s, "memory").unwrap();
    assert_eq!(&memory.data(&s)[3..6], b"abc");
    let table = provider.get_table(&s, "table").unwrap();
    let nine = table.get(&s, 1).unwrap().as_func().unwrap();
    assert_eq!(nine.typed::<(), i32>(&s).unwrap().call(&mut s, ()).unwrap(), 9);
    assert_eq!(table.get(&s, 0), Some(Ref::Func(None)));
    assert_eq!(table.get(&s, 2), None);
    let names: Vec<_> = provider.exports(&s).map(|export| export.name()).collect();
    assert_eq!(names, ["memory", "table", "count", "seven", "next"]);
    assert_eq!(consumer.get_global(&s, "copy").unwrap().get(&s), Val::I32(7));
    assert!(consumer.get_func(&s, "copy").is_none() && consumer.get_func(&s, "x").is_none());
}

#[test]
fn host_items_can_be_imported() {
    let engine = Engine::default();
    let mut s = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let memory = Memory::new(&mut s, MemoryType::new(2, None)).unwrap();
    let ty = TableType::new(RefType::FUNCREF, 2, None);
    let table = Table::new(&mut s, ty, Ref::Func(None)).unwrap();
    let mutable = GlobalType::new(ValType::I32, true);
    let count = Global::new(&mut s, mutable, Val::I32(1)).unwrap();
    let constant = GlobalType::new(ValType::I32, false);
    let seven = Global::new(&mut s, constant, Val::I32(70)).unwrap();
    let next = Func::wrap(&mut s, || 100);
    let items: [(&str, Extern); 5] = [
        ("memory", memory.into()),
        ("table", table.into()),
        ("count", count.into()),
        ("seven", seven.into()),
        ("next", next.into()),
    ];
    for (name, item) in items {
        linker.define(&s, "p", name, item).unwrap();
    }
    let consumer = linker.instantiate(&mut s, &Module::new(&engine, CONSUMER).unwrap()).unwrap();
    assert_eq!(call::<(), i32, _>(&mut s, consumer, "run", ()).unwrap(), 100 + 1 + 9);
    assert_eq!(consumer.get_global(&s, "copy").unwrap().get(&s), Val::I32(70));
    assert!(seven.set(&mut s, Val::I32(1)).is_err());
    assert!(count.set(&mut s, Val::I64(1)).is_err());
    assert!(Global::new(&mut s, constant, Val::I64(0)).is_err());
}

#[test]
fn missing_and_unfit_imports_are_link_errors() {
    let engine = Engine::default();
    let mut s = Store::new(&engine, ());
    let module = Module::new(&engine, r#"(module (import "m" "n" (func (param i32))))"#).unwrap();
    let mut linker = Linker::new(&engine);
    let error = linker.instantiate(&mut s, &module).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Link);
    let unknown = error.downcast_ref::<UnknownImportError>().unwrap();
    assert_eq!((unknown.module(), unknown.name()), ("m", "n"));
    linker.func_wrap("m", "n", |_: i64| {}).unwrap();
    let error = linker.instantiate(&mut s, &module).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Link);
    assert!(error.to_string().contains("incompatible import type"), "{error}");
    let error = Instance::new(&mut s, &module, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Link);
}

#[test]
fn messages_cannot_control_a_terminal() {
    let engine = Engine::default();
    let mut s = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let text = r#"(module (import "m\n" "\1b[31m" (func)))"#;
    let module = Module::new(&engine, text).unwrap();
    let unknown = linker.instantiate(&mut s, &module).unwrap_err();
    let unknown = unknown.downcast_ref::<UnknownImportError>().unwrap();
    assert_eq!((unknown.module(), unknown.name()), ("m\n", "\x1b[31m"));
    linker.func_wrap("m\n", "\x1b[31m", |_: i64| {}).unwrap();
    let incompatible = linker.instantiate(&mut s, &module).unwrap_err();
    let twice = linker.func_wrap("m\n", "\x1b[31m", || {}).unwrap_err();
    let text = r#"(module (func) (export "\1b[31m" (func 0)) (export "\1b[31m" (func 0)))"#;
    let invalid = Module::new(&engine, text).unwrap_err();
    for message in
        [unknown.to_string(), incompatible.to_string(), twice.to_string(), invalid.to_string()]
    {
        let quiet = message.chars().all(|c| !c.is_control());
        assert!(quiet && message.contains(r"\u{1b}[31m"), "{message:?}");
    }
}

#[test]
fn shadowing_and_aliases() {
    let engine = Engine::default();
    let mut s = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("a", "f", || 1).unwrap();
    let error = linker.func_wrap("a", "f", || 2).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Link);
    linker.allow_shadowing(true).func_wrap("a", "f", || 2).unwrap();
    linker.func_wrap("a", "g", || 3).unwrap();
    linker.alias_module("a", "b").unwrap().alias("a", "g", "c", "h").unwrap();
    assert!(linker.alias("a", "none", "c", "none").is_err());
    for (module, name, expected) in [("b", "f", 2), ("b", "g", 3), ("c", "h", 3)] {
        let func = linker.get(&mut s, module, name).unwrap().into_func().unwrap();
        assert_eq!(func.typed::<(), i32>(&s).unwrap().call(&mut s, ()).unwrap(), expected);
    }
    assert!(linker.get(&mut s, "c", "f").is_none());
    let first = linker.get(&mut s, "a", "f");
    assert_eq!(first, linker.get(&mut s, "a", "f"), "one function per definition and store");
}

#[test]
fn unknown_imports_can_be_made_traps() {
    let engine = Engine::default();
    let text = r#"(module
        (import "m" "known" (func $known (result i32)))
        (import "m" "unknown" (func $unknown (param i64) (result i32)))
        (func (export "known") (result i32) (call $known))
        (func (export "unknown") (result i32) (call $unknown (i64.const 1))))"#;
    let module = Module::new(&engine, text).unwrap();
    let mut linker: Linker<()> = Linker::new(&engine);
    linker.func_wrap("m", "known", || 4).unwrap();
    linker.define_unknown_imports_as_traps(&module).unwrap();
    let pre = linker.instantiate_pre(&module).unwrap();
    for _ in 0..3 {
        let mut s = Store::new(&engine, ());
        let instance = pre.instantiate(&mut s).unwrap();
        assert_eq!(call::<(), i32, _>(&mut s, instance, "known", ()).unwrap(), 4);
        let error = call::<(), i32, _>(&mut s, instance, "unknown", ()).unwrap_err();
        assert_eq!(error.downcast_ref::<UnknownImportError>().unwrap().name(), "unknown");
    }
}

#[test]
fn modules_tell_their_imports_and_exports() {
    let engine = Engine::default();
    let module = Module::new(&engine, CONSUMER).unwrap();
    let kinds: Vec<_> = module.imports().map(|import| import.ty().kind()).collect();
    use ExternKind::{Func, Global, Memory, Table};
    assert_eq!(kinds, [Memory, Table, Global, Global, Func]);
    assert!(module.imports().all(|import| import.module() == "p"));
    assert_eq!(module.exports().len(), 2);
    let run = ExternType::Func(FuncType::new([], [ValType::I32]));
    assert_eq!(module.get_export("run"), Some(run));
    assert_eq!(module.get_export("none"), None);
    let named = Module::new(&engine, r#"(module $n (@custom "c" "data"))"#).unwrap();
    assert_eq!(named.name(), Some("n"));
    let custom: Vec<_> = named.custom_sections().map(|c| (c.name(), c.data().len())).collect();
    assert!(custom.contains(&("c", 4)), "{custom:?}");
}
