//! Handles used with another store than their own: always a panic that says so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmite::{
    Engine, Extern, ExternRef, Func, Global, GlobalType, Instance, Linker, Memory, MemoryType,
    Module, Ref, RefType, Store, Table, TableType, Val, ValType,
};

/// One of each kind of handle.
struct Handles {
    func: Func,
    memory: Memory,
    table: Table,
    global: Global,
    value: ExternRef,
    instance: Instance,
}

fn handles(store: &mut Store<()>) -> Handles {
    let module = Module::new(store.engine(), r#"(module (func (export "f")))"#).unwrap();
    Handles {
        func: Func::wrap(&mut *store, || {}),
        memory: Memory::new(&mut *store, MemoryType::new(1, None)).unwrap(),
        table: Table::new(&mut *store, table_type(), Ref::Func(None)).unwrap(),
        global: Global::new(&mut *store, GlobalType::new(ValType::FUNCREF, true), NULL).unwrap(),
        value: ExternRef::new(&mut *store, 1).unwrap(),
        instance: Instance::new(&mut *store, &module, &[]).unwrap(),
    }
}

const NULL: Val = Val::FuncRef(None);

fn table_type() -> TableType {
    TableType::new(RefType::FUNCREF, 1, None)
}

#[track_caller]
fn panics<R>(act: impl FnOnce() -> R) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(act)) else { panic!("did not panic") };
    let message = payload.downcast_ref::<&str>().map(|s| s.to_string());
    let message = message.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap();
    assert!(message.contains("another store"), "{message}");
}

#[test]
fn functions_and_instances() {
    let engine = Engine::default();
    let mut own = Store::new(&engine, ());
    let mut s = Store::new(&engine, ());
    let Handles { func, instance, .. } = handles(&mut own);
    let typed = func.typed::<(), ()>(&own).unwrap();
    panics(|| func.ty(&s));
    panics(|| func.call(&mut s, &[], &mut []));
    panics(|| func.typed::<(), ()>(&s));
    panics(|| typed.call(&mut s, ()));
    panics(|| instance.get_export(&s, "f"));
    panics(|| instance.exports(&s).count());
    panics(|| instance.module(&s));
    panics(|| Linker::new(&engine).instance(&s, "m", instance).map(drop));
    func.call(&mut own, &[], &mut []).unwrap();
    func.call(&mut own, &[], &mut []).unwrap();
}

#[test]
fn memories_tables_and_globals() {
    let engine = Engine::default();
    let mut own = Store::new(&engine, ());
    let mut s = Store::new(&engine, ());
    let Handles { memory, table, global, .. } = handles(&mut own);
    panics(|| memory.ty(&s));
    panics(|| memory.size(&s));
    panics(|| memory.grow(&mut s, 0));
    panics(|| memory.data(&s).len());
    panics(|| memory.data_mut(&mut s).len());
    panics(|| memory.read(&s, 0, &mut []));
    panics(|| memory.write(&mut s, 0, &[]));
    panics(|| table.ty(&s));
    panics(|| table.size(&s));
    panics(|| table.get(&s, 0));
    panics(|| table.set(&mut s, 0, Ref::Func(None)));
    panics(|| table.grow(&mut s, 0, Ref::Func(None)));
    panics(|| table.fill(&mut s, 0, Ref::Func(None), 0));
    let other = handles(&mut s).table;
    panics(|| Table::copy(&mut s, &other, 0, &table, 0, 0));
    panics(|| Table::copy(&mut s, &table, 0, &other, 0, 0));
    panics(|| global.ty(&s));
    panics(|| global.get(&s));
    panics(|| global.set(&mut s, NULL));
}

#[test]
fn references_and_imports() {
    let engine = Engine::default();
    let mut own = Store::new(&engine, ());
    let mut s = Store::new(&engine, ());
    let foreign = handles(&mut own);
    let Handles { table, global, .. } = handles(&mut s);
    let (func, value) = (foreign.func, foreign.value);
    panics(|| value.data(&s).is::<i32>());
    panics(|| table.set(&mut s, 0, func.into()));
    panics(|| Table::new(&mut s, table_type(), func.into()));
    panics(|| global.set(&mut s, func.into()));
    panics(|| Global::new(&mut s, GlobalType::new(ValType::EXTERNREF, true), value.into()));
    let id = Func::wrap(&mut s, |value: Option<ExternRef>| value);
    panics(|| id.call(&mut s, &[value.into()], &mut [NULL]));
    let typed = id.typed::<Option<ExternRef>, Option<ExternRef>>(&s).unwrap();
    panics(|| typed.call(&mut s, Some(value)));
    let returns = Func::wrap(&mut s, move || Some(func));
    panics(|| returns.call(&mut s, &[], &mut [NULL]));
    let module = Module::new(&engine, r#"(module (import "h" "f" (func)))"#).unwrap();
    panics(|| Instance::new(&mut s, &module, &[func.into()]));
    panics(|| Linker::new(&engine).define(&s, "h", "f", func).map(drop));
    panics(|| Extern::from(foreign.memory).ty(&s));
    assert_eq!(typed.call(&mut s, None).unwrap(), None);
}

#[test]
fn modules_of_another_engine_are_an_error() {
    let module = Module::new(&Engine::default(), "(module)").unwrap();
    let mut store = Store::new(&Engine::default(), ());
    assert!(Instance::new(&mut store, &module, &[]).is_err());
}
