//! The host module `spectest` that scripts may import from (spec repository, `interpreter/README.md`).
//!
//! Invariant: it is the same for every script; printing functions print nothing.

use wasmite::{
    Engine, Error, FuncType, Global, GlobalType, Linker, Memory, MemoryType, Ref, RefType, Store,
    Table, TableType, Val, ValType,
};

const MODULE: &str = "spectest";

/// A linker that knows `spectest`.
pub(crate) fn linker(engine: &Engine, store: &mut Store<()>) -> Result<Linker<()>, Error> {
    let mut linker = Linker::new(engine);
    linker.allow_shadowing(true);
    printing(&mut linker)?;
    globals(&mut linker, store)?;
    tables(&mut linker, store)?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(&mut *store, MODULE, "memory", memory)?;
    Ok(linker)
}

fn printing(linker: &mut Linker<()>) -> Result<(), Error> {
    use ValType::{F32, F64, I32, I64};
    let functions: [(&str, &[ValType]); 7] = [
        ("print", &[]),
        ("print_i32", &[I32]),
        ("print_i64", &[I64]),
        ("print_f32", &[F32]),
        ("print_f64", &[F64]),
        ("print_i32_f32", &[I32, F32]),
        ("print_f64_f64", &[F64, F64]),
    ];
    for (name, params) in functions {
        let ty = FuncType::new(params.iter().copied(), []);
        linker.func_new(MODULE, name, ty, |_, _, _| Ok(()))?;
    }
    Ok(())
}

fn globals(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<(), Error> {
    let globals = [
        ("global_i32", ValType::I32, Val::I32(666)),
        ("global_i64", ValType::I64, Val::I64(666)),
        ("global_f32", ValType::F32, Val::from(666.6_f32)),
        ("global_f64", ValType::F64, Val::from(666.6_f64)),
    ];
    for (name, ty, value) in globals {
        let global = Global::new(&mut *store, GlobalType::new(ty, false), value)?;
        linker.define(&mut *store, MODULE, name, global)?;
    }
    Ok(())
}

fn tables(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<(), Error> {
    let tables = [
        ("table", TableType::new(RefType::FUNCREF, 10, Some(20))),
        ("table64", TableType::new64(RefType::FUNCREF, 10, Some(20))),
    ];
    for (name, ty) in tables {
        let table = Table::new(&mut *store, ty, Ref::Func(None))?;
        linker.define(&mut *store, MODULE, name, table)?;
    }
    Ok(())
}
