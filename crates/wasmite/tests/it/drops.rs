//! Every order of dropping engine, module, linker and store.

use wasmite::{Engine, Instance, Linker, Module, Store};

struct All {
    engine: Option<Engine>,
    module: Option<Module>,
    linker: Option<Linker<()>>,
    store: Option<Store<()>>,
    instance: Instance,
}

impl All {
    fn new() -> Self {
        let engine = Engine::default();
        let text = r#"(module
            (import "h" "two" (func $two (result i32)))
            (memory 1)
            (table funcref (elem $two))
            (func (export "f") (result i32) (call_indirect (result i32) (i32.const 0))))"#;
        let module = Module::new(&engine, text).unwrap();
        let mut linker = Linker::new(&engine);
        linker.func_wrap("h", "two", || 2).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let (engine, module) = (Some(engine), Some(module));
        Self { engine, module, linker: Some(linker), store: Some(store), instance }
    }

    fn drop_nth(&mut self, nth: usize) {
        match nth {
            0 => drop(self.engine.take()),
            1 => drop(self.module.take()),
            2 => drop(self.linker.take()),
            _ => drop(self.store.take()),
        }
    }

    /// Uses whatever is left.
    fn check(&mut self) {
        if let Some(store) = &mut self.store {
            let result: i32 = crate::call(store, self.instance, "f", ()).unwrap();
            assert_eq!(result, 2);
        }
        if let (Some(linker), Some(module)) = (&self.linker, &self.module) {
            let mut store = Store::new(module.engine(), ());
            linker.instantiate(&mut store, module).unwrap();
        }
    }
}

#[test]
fn any_order() {
    for order in 0..256 {
        let order = [order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3];
        if (0..4).any(|nth| !order.contains(&nth)) {
            continue;
        }
        let mut all = All::new();
        for nth in order {
            all.drop_nth(nth);
            all.check();
        }
    }
}

#[test]
fn closures_and_host_values_are_dropped_with_the_store() {
    use std::sync::Arc;
    let alive = Arc::new(());
    let mut store = Store::new(&Engine::default(), alive.clone());
    let held = alive.clone();
    wasmite::Func::wrap(&mut store, move || drop(held.clone()));
    wasmite::ExternRef::new(&mut store, alive.clone()).unwrap();
    assert_eq!(Arc::strong_count(&alive), 4);
    drop(store.into_data());
    assert_eq!(Arc::strong_count(&alive), 1);
}
