//! References: functions and host values in tables, globals, parameters and results.

use crate::call;
use wasmite::{
    Engine, ExternRef, Func, Instance, Linker, Module, Ref, RefType, Store, Table, TableType, Val,
};

const TEXT: &str = r#"(module
    (import "h" "swap" (func $swap (param externref funcref) (result funcref externref)))
    (table $externs (export "externs") 4 externref)
    (table $funcs (export "funcs") 4 funcref)
    (global (export "global") (mut externref) (ref.null extern))
    (func (export "swap") (param externref funcref) (result funcref externref)
        (call $swap (local.get 0) (local.get 1)))
    (func (export "put") (param i32 externref)
        (table.set $externs (local.get 0) (local.get 1)))
    (func (export "get") (param i32) (result externref) (table.get $externs (local.get 0)))
    (func (export "is null") (param externref) (result i32) (ref.is_null (local.get 0)))
    (func $one (export "one") (result i32) (i32.const 1))
    (func (export "ref") (result funcref) (ref.func $one)))"#;

fn setup() -> (Store<()>, Instance) {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    let swap = |value: Option<ExternRef>, func: Option<Func>| (func, value);
    linker.func_wrap("h", "swap", swap).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, TEXT).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

#[test]
fn host_values_pass_through_guests() {
    let (mut s, i) = setup();
    let values: Vec<_> =
        (0..4).map(|n| ExternRef::new(&mut s, format!("value {n}")).unwrap()).collect();
    for (at, value) in values.iter().enumerate() {
        call::<_, (), _>(&mut s, i, "put", (at as i32, Some(*value))).unwrap();
    }
    for (at, value) in values.iter().enumerate() {
        let got: Option<ExternRef> = call(&mut s, i, "get", at as i32).unwrap();
        assert_eq!(got, Some(*value));
        let text = got.unwrap().data(&s).downcast_ref::<String>().unwrap();
        assert_eq!(*text, format!("value {at}"));
        assert_eq!(call::<_, i32, _>(&mut s, i, "is null", got).unwrap(), 0);
    }
    assert_eq!(call::<_, i32, _>(&mut s, i, "is null", None::<ExternRef>).unwrap(), 1);
    let global = i.get_global(&s, "global").unwrap();
    assert_eq!(global.get(&s), Val::ExternRef(None));
    global.set(&mut s, values[1].into()).unwrap();
    assert_eq!(global.get(&s), values[1].into());
}

#[test]
fn functions_pass_through_guests() {
    let (mut s, i) = setup();
    let value = ExternRef::new(&mut s, 1u8).unwrap();
    let one = i.get_func(&s, "one").unwrap();
    let swapped: (Option<Func>, Option<ExternRef>) =
        call(&mut s, i, "swap", (Some(value), Some(one))).unwrap();
    assert_eq!(swapped, (Some(one), Some(value)));
    let reference: Option<Func> = call(&mut s, i, "ref", ()).unwrap();
    assert_eq!(reference, Some(one));
    let swap = i.get_func(&s, "swap").unwrap();
    let mut results = [Val::I32(0), Val::I32(0)];
    swap.call(&mut s, &[Val::ExternRef(None), one.into()], &mut results).unwrap();
    assert_eq!(results, [one.into(), Val::ExternRef(None)]);
    assert!(swap.call(&mut s, &[one.into(), one.into()], &mut results).is_err());
}

#[test]
fn tables_check_types_and_bounds() {
    let (mut s, i) = setup();
    let (externs, funcs) = (i.get_table(&s, "externs").unwrap(), i.get_table(&s, "funcs").unwrap());
    let one = Ref::from(i.get_func(&s, "one").unwrap());
    assert!(externs.set(&mut s, 0, one).is_err());
    assert!(externs.fill(&mut s, 0, one, 0).is_err());
    assert!(externs.grow(&mut s, 1, one).is_err());
    assert!(Table::copy(&mut s, &externs, 0, &funcs, 0, 1).is_err());
    funcs.fill(&mut s, 1, one, 3).unwrap();
    assert!(funcs.fill(&mut s, 2, Ref::Func(None), 3).is_err());
    assert!(funcs.set(&mut s, 4, one).is_err());
    let read = |s: &Store<()>, table: Table| -> Vec<bool> {
        (0..table.size(s)).map(|at| !table.get(s, at).unwrap().is_null()).collect()
    };
    assert_eq!(read(&s, funcs), [false, true, true, true]);
    Table::copy(&mut s, &funcs, 1, &funcs, 0, 3).unwrap();
    assert_eq!(read(&s, funcs), [false, false, true, true]);
    assert!(Table::copy(&mut s, &funcs, 2, &funcs, 0, 3).is_err());
    let ty = TableType::new(RefType::FUNCREF, 1, Some(2));
    let other = Table::new(&mut s, ty, Ref::Func(None)).unwrap();
    Table::copy(&mut s, &other, 0, &funcs, 3, 1).unwrap();
    assert_eq!(other.get(&s, 0), Some(one));
    assert_eq!(other.grow(&mut s, 1, Ref::Func(None)).unwrap(), 1);
    assert!(other.grow(&mut s, 1, Ref::Func(None)).is_err());
    assert_eq!(other.ty(&s).minimum(), 2);
}
