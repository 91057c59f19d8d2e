//! Host functions of every kind of signature, called by WebAssembly and by the host.

use crate::call;
use wasmite::{
    Caller, Engine, Error, F32, F64, Func, FuncType, Linker, Module, Result, Store, Val, ValType,
};

/// Imports `h` `f` with the given type and exports a function `f` that passes everything through.
fn through(ty: &str, params: usize) -> String {
    let gets: String = (0..params).map(|at| format!("(local.get {at})")).collect();
    format!(r#"(module (import "h" "f" (func $f {ty})) (func (export "f") {ty} (call $f {gets})))"#)
}

/// Calls `func` directly and through a module; both must give `expected`.
fn check(store: &mut Store<u32>, func: Func, ty: &str, params: &[Val], expected: &[Val]) {
    let module = Module::new(store.engine(), through(ty, params.len())).unwrap();
    let mut linker = Linker::new(store.engine());
    linker.define(&*store, "h", "f", func).unwrap();
    let instance = linker.instantiate(&mut *store, &module).unwrap();
    let wasm = instance.get_func(&*store, "f").unwrap();
    for func in [func, wasm] {
        let mut results = vec![Val::I32(-1); expected.len()];
        func.call(&mut *store, params, &mut results).unwrap();
        assert_eq!(results, expected, "{ty}");
    }
}

fn store() -> Store<u32> {
    Store::new(&Engine::default(), 0)
}

#[test]
fn closures_of_few_parameters() {
    let mut s = store();
    let f = Func::wrap(&mut s, || {});
    check(&mut s, f, "", &[], &[]);
    let f = Func::wrap(&mut s, |mut caller: Caller<'_, u32>| *caller.data_mut() += 1);
    check(&mut s, f, "", &[], &[]);
    assert_eq!(*s.data(), 2);
    let f = Func::wrap(&mut s, |a: i32| a.wrapping_neg());
    check(&mut s, f, "(param i32) (result i32)", &[Val::I32(i32::MIN)], &[Val::I32(i32::MIN)]);
    let f = Func::wrap(&mut s, |a: u32| u64::from(a));
    check(&mut s, f, "(param i32) (result i64)", &[Val::I32(-1)], &[Val::I64(0xffff_ffff)]);
    let f = Func::wrap(&mut s, |_: Caller<'_, u32>, a: i64, b: u64| a as u64 ^ b);
    let params = [Val::I64(-1), Val::I64(5)];
    check(&mut s, f, "(param i64 i64) (result i64)", &params, &[Val::I64(!5)]);
    let f = Func::wrap(&mut s, |a: f32, b: f64| -> (f64, f32) { (b, a) });
    let params = [1.5f32.into(), 2.5f64.into()];
    check(&mut s, f, "(param f32 f64) (result f64 f32)", &params, &[2.5f64.into(), 1.5f32.into()]);
}

#[test]
fn floats_keep_their_bits() {
    let mut s = store();
    let (a, b) = (F32::from_bits(0x7fa0_0001), F64::from_bits(0xfff4_0000_0000_0001));
    let f = Func::wrap(&mut s, |a: F32, b: F64| (a, b));
    let values = [Val::F32(a), Val::F64(b)];
    check(&mut s, f, "(param f32 f64) (result f32 f64)", &values, &values);
}

#[test]
fn results_may_be_fallible() {
    let mut s = store();
    let f = Func::wrap(&mut s, || -> Result<(), Error> { Ok(()) });
    check(&mut s, f, "", &[], &[]);
    let f = Func::wrap(&mut s, |a: i32| -> Result<i32> { Ok(a + 1) });
    check(&mut s, f, "(param i32) (result i32)", &[Val::I32(1)], &[Val::I32(2)]);
    let f = Func::wrap(&mut s, |_: Caller<'_, u32>, a: i32| -> Result<(i32, i64, f32)> {
        Ok((a, 2, 3.0))
    });
    let results = [Val::I32(1), Val::I64(2), 3f32.into()];
    check(&mut s, f, "(param i32) (result i32 i64 f32)", &[Val::I32(1)], &results);
    let f = Func::wrap(&mut s, || -> Result<i32> { Err(Error::msg("no")) });
    let error = f.typed::<(), i32>(&s).unwrap().call(&mut s, ()).unwrap_err();
    assert_eq!(error.to_string(), "no");
}

/// Sixteen distinct values of type i64.
fn sixteen() -> Vec<Val> {
    (0..16).map(|at| Val::I64(at << 40)).collect()
}

#[test]
fn sixteen_parameters_and_results() {
    type Sixteen = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);
    let i64s = "i64 ".repeat(16);
    let ty = format!("(param {i64s}) (result {i64s})");
    let mut s = store();
    #[allow(clippy::too_many_arguments)]
    fn id(
        a: i64,
        b: i64,
        c: i64,
        d: i64,
        e: i64,
        f: i64,
        g: i64,
        h: i64,
        i: i64,
        j: i64,
        k: i64,
        l: i64,
        m: i64,
        n: i64,
        o: i64,
        p: i64,
    ) -> Sixteen {
        (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
    }
    let f = Func::wrap(&mut s, id);
    check(&mut s, f, &ty, &sixteen(), &sixteen());
    let values: Sixteen = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let typed = f.typed::<Sixteen, Sixteen>(&s).unwrap();
    let got = typed.call(&mut s, values).unwrap();
    assert_eq!(format!("{:?}", (got.0, got.1, got.8, got.15)), "(0, 1, 8, 15)");
}

#[test]
fn typed_and_untyped_calls_agree() {
    let mut s = store();
    let ty = FuncType::new([ValType::I32, ValType::I64], [ValType::I64, ValType::I32]);
    let f = Func::new(&mut s, ty.clone(), |mut caller, params, results| {
        *caller.data_mut() += 1;
        results[0] = params[1];
        results[1] = params[0];
        Ok(())
    });
    assert_eq!(f.ty(&s), ty);
    let params = [Val::I32(-7), Val::I64(i64::MIN)];
    let expected = [Val::I64(i64::MIN), Val::I32(-7)];
    check(&mut s, f, "(param i32 i64) (result i64 i32)", &params, &expected);
    let typed = f.typed::<(i32, i64), (i64, i32)>(&s).unwrap();
    assert_eq!(typed.call(&mut s, (3, 4)).unwrap(), (4, 3));
    assert_eq!(*s.data(), 3);
    assert!(f.typed::<(i32, i64), (i64, i64)>(&s).is_err());
    assert!(f.typed::<i32, (i64, i32)>(&s).is_err());
}

#[test]
fn wrong_arguments_and_results_are_errors() {
    let mut s = store();
    let ty = FuncType::new([ValType::I32], [ValType::I32]);
    let f = Func::new(&mut s, ty, |_, _, results| {
        results[0] = Val::I64(0);
        Ok(())
    });
    let mut one = [Val::I32(0)];
    for params in [&[][..], &[Val::I64(0)], &[Val::I32(0), Val::I32(0)]] {
        assert_eq!(f.call(&mut s, params, &mut one).unwrap_err().kind(), wasmite::ErrorKind::Usage);
    }
    assert!(f.call(&mut s, &[Val::I32(0)], &mut []).is_err());
    let error = f.call(&mut s, &[Val::I32(0)], &mut one).unwrap_err();
    assert!(error.to_string().contains("expected i32, found i64"), "{error}");
}

#[test]
fn functions_added_during_a_call_can_be_called() {
    let engine = Engine::default();
    let text = r#"(module
        (import "h" "add" (func $add))
        (table (export "table") 1 funcref)
        (type $t (func (result i32)))
        (func (export "run") (result i32)
            (call $add)
            (call_indirect (type $t) (i32.const 0))))"#;
    let mut linker: Linker<i32> = Linker::new(&engine);
    let add = |mut caller: Caller<'_, i32>| -> Result<()> {
        *caller.data_mut() += 1;
        let value = *caller.data();
        let func = Func::wrap(&mut caller, move || value);
        let table = caller.get_export("table").unwrap().into_table().unwrap();
        table.set(&mut caller, 0, func.into())
    };
    linker.func_wrap("h", "add", add).unwrap();
    let mut s = Store::new(&engine, 0);
    let module = Module::new(&engine, text).unwrap();
    let instance = linker.instantiate(&mut s, &module).unwrap();
    for expected in 1..5 {
        assert_eq!(call::<(), i32, _>(&mut s, instance, "run", ()).unwrap(), expected);
    }
}

#[test]
fn a_panicking_closure_leaves_the_store_usable() {
    let mut s = store();
    let text = r#"(module
        (import "h" "f" (func $f (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (call $f (local.get 0))))"#;
    let module = Module::new(s.engine(), text).unwrap();
    let mut linker = Linker::new(s.engine());
    linker.func_wrap("h", "f", |n: i32| if n == 0 { panic!("as intended") } else { n }).unwrap();
    let instance = linker.instantiate(&mut s, &module).unwrap();
    let f = instance.get_typed_func::<i32, i32>(&s, "f").unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    // More often than calls fit on the value stack: a panic frees its part of it.
    for _ in 0..5000 {
        let call = std::panic::AssertUnwindSafe(|| f.call(&mut s, 0));
        assert!(std::panic::catch_unwind(call).is_err());
    }
    drop(std::panic::take_hook());
    assert_eq!(f.call(&mut s, 3).unwrap(), 3);
}
