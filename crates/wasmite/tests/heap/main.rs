//! Running out of memory is an error: whichever allocation fails, and whatever the heap's size, loading, instantiating,
//! calling and growing end in one, the store goes on working, and nothing leaks.
//!
//! A binary of its own, for it has its own allocator. An allocation that may not fail ends the process, and so the test.

mod allocator;
mod generated;
mod modules;

use allocator::{Failing, Outcome, failing, held};
use modules::Sample;
use wasmite::{
    Caller, CompilationMode, Config, Engine, Error, ErrorKind, Extern, FuncType, Linker, Module,
    Ref, Store, Val, ValType,
};

/// When functions are translated, and again.
type Mode = (CompilationMode, Option<u32>);

const MODES: [Mode; 5] = [
    (CompilationMode::Eager, None),
    (CompilationMode::LazyTranslation, None),
    (CompilationMode::Lazy, None),
    (CompilationMode::Eager, Some(0)),
    (CompilationMode::Lazy, Some(1)),
];

/// How a module is loaded.
type Load = fn(&Engine, &[u8]) -> Result<Module, Error>;

/// Without validation.
fn unchecked(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    // SAFETY: promised by the caller: only valid modules are loaded so.
    unsafe { Module::new_unchecked(engine, bytes) }
}

struct World {
    engine: Engine,
    linker: Linker<()>,
    store: Store<()>,
    bystander: wasmite::TypedFunc<i32, i32>,
}

impl World {
    fn new((mode, heat): Mode) -> Self {
        let mut config = Config::new();
        config
            .compilation_mode(mode)
            .heat(heat)
            .wasm_wide_arithmetic(true)
            .wasm_custom_page_sizes(true);
        config.wasm_memory64(true);
        let engine = Engine::new(&config).unwrap();
        let mut store = Store::new(&engine, ());
        let bytes = wat::parse_str(
            r#"(module (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))"#,
        );
        let module = unchecked(&engine, &bytes.unwrap()).unwrap();
        let linker = linker(&engine);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let bystander = instance.get_typed_func(&store, "f").unwrap();
        Self { engine, linker, store, bystander }
    }

    /// Loads, instantiates, calls and grows; gives what the call returned.
    fn live(&mut self, load: Load, sample: &Sample) -> Result<Option<i32>, Error> {
        let module = load(&self.engine, &sample.bytes)?;
        let instance = self.linker.instantiate(&mut self.store, &module)?;
        let mut results = [Val::I32(0)];
        let run = instance.get_func(&self.store, "run").filter(|_| sample.called);
        if let Some(run) = run {
            run.call(&mut self.store, &[Val::I32(5)], &mut results)?;
        }
        if let Some(memory) = instance.get_memory(&self.store, "memory") {
            memory.grow(&mut self.store, 1)?;
        }
        if let Some(table) = instance.get_table(&self.store, "table") {
            table.grow(&mut self.store, 100, Ref::Func(None))?;
        }
        Ok(run.and_then(|_| results[0].i32()))
    }

    /// What was there before still works.
    fn check(&mut self) {
        assert_eq!(self.bystander.call(&mut self.store, 21).unwrap(), 42);
    }
}

fn linker(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "add", |a: i32, b: i32| a + b).unwrap();
    let ty = FuncType::new([ValType::I32, ValType::I64], [ValType::I32]);
    let untyped = |_: Caller<'_, ()>, params: &[Val], results: &mut [Val]| {
        results[0] = params[0];
        Ok(())
    };
    linker.func_new("host", "untyped", ty, untyped).unwrap();
    let nested = |mut caller: Caller<'_, ()>, n: i32| -> Result<i32, Error> {
        let inner = caller.get_export("inner").and_then(Extern::into_func);
        let mut results = [Val::I32(0)];
        inner.unwrap().call(&mut caller, &[Val::I32(n)], &mut results)?;
        Ok(results[0].i32().unwrap())
    };
    linker.func_wrap("host", "nested", nested).unwrap();
    linker
}

fn is_out_of_memory(error: &Error) -> bool {
    error.kind() == ErrorKind::Limit && error.to_string() == "out of memory"
}

/// What a life ends with, so that lives can be compared.
fn summary(result: Result<Option<i32>, Error>) -> Result<Option<i32>, String> {
    result.map_err(|error| error.to_string())
}

/// One life in a world of its own in which allocations fail; afterwards that world is as good as before. Gives what came
/// of it.
fn attempt(mode: Mode, load: Load, sample: &Sample, when: Failing) -> Outcome<()> {
    let before = held();
    let mut world = World::new(mode);
    let expected = summary(World::new(mode).live(load, sample));
    let when = match when {
        Failing::Beyond(more) => Failing::Beyond(held() + more),
        when => when,
    };
    let start = held();
    let Outcome { result, failed, wanted } = failing(when, || world.live(load, sample));
    match result {
        Err(error) if is_out_of_memory(&error) => assert!(failed, "there was memory"),
        result => assert_eq!(summary(result), expected),
    }
    world.check();
    assert_eq!(summary(world.live(load, sample)), expected, "a second life");
    drop((world, expected));
    assert_eq!(held(), before, "something leaked");
    Outcome { result: (), failed, wanted: wanted - start }
}

/// Lets each allocation of each module's life fail.
fn each_allocation(failing: fn(u64) -> Failing) {
    let each = |sample: &Sample, load: Load, modes: &[Mode]| {
        for mode in modes {
            (0..).find(|number| !attempt(*mode, load, sample, failing(*number)).failed);
        }
    };
    for sample in modules::accepted() {
        each(&sample, Module::from_binary, &MODES);
        each(&sample, unchecked, &MODES[..1]);
    }
    for sample in modules::refused() {
        each(&sample, Module::from_binary, &MODES[..1]);
    }
}

#[test]
fn any_allocation_may_fail() {
    each_allocation(Failing::Only);
}

#[test]
fn any_allocation_may_be_the_last() {
    each_allocation(Failing::From);
}

/// Lives on heaps of growing size, from nothing to enough; each is larger than the one before by a part of it at least.
fn each_heap(samples: &[Sample], modes: &[Mode], part: i64) {
    for sample in samples {
        for &mode in modes {
            let mut heap = 0;
            loop {
                let outcome = attempt(mode, Module::from_binary, sample, Failing::Beyond(heap));
                if !outcome.failed {
                    break;
                }
                heap = outcome.wanted.max(heap + 1 + heap / part);
            }
        }
    }
}

#[test]
fn any_heap_will_do_for_validation() {
    each_heap(&modules::accepted(), &MODES, i64::MAX);
}

#[test]
fn any_heap_will_do_for_what_is_refused() {
    each_heap(&modules::refused(), &MODES, i64::MAX);
}

#[test]
fn any_heap_will_do_for_large_sections() {
    each_heap(&modules::large(), &MODES[..1], 100);
}

/// How many numbers there are generated modules of.
const GENERATED: u64 = 400;

/// The generated modules, on heaps of growing size. Few numbers may have no module.
fn each_generated(generate: fn(u64) -> Option<Sample>) {
    let samples: Vec<_> = (0..GENERATED).filter_map(generate).collect();
    assert!(samples.len() as u64 > GENERATED / 2, "only {} modules", samples.len());
    each_heap(&samples, &[MODES[0], MODES[2]], 400);
}

#[test]
fn any_heap_will_do_for_generated_modules() {
    let loads = |sample: &Sample| World::new(MODES[0]).live(Module::from_binary, sample).is_ok();
    let loaded = (0..GENERATED).filter_map(generated::valid).filter(loads).count();
    assert!(loaded > 20, "only {loaded} modules can be loaded and have no imports");
    each_generated(generated::valid);
}

#[test]
fn any_heap_will_do_for_damaged_modules() {
    each_generated(generated::damaged);
}

/// Linear memory is left out. The figures are those of docs/performance.md.
#[test]
fn stores_and_instances_are_small() {
    const PAGES: i64 = 1000;
    const COUNT: i64 = 100;
    let engine = Engine::new(Config::new().wasm_custom_page_sizes(true)).unwrap();
    let text = r#"(module
        (memory (export "memory") 1000 (pagesize 1))
        (func (export "run") (param i32) (result i64) (i64.extend_i32_s (local.get 0))))"#;
    let module = Module::from_binary(&engine, &wat::parse_str(text).unwrap()).unwrap();
    let pre = Linker::new(&engine).instantiate_pre(&module).unwrap();
    let mut stores = Vec::with_capacity(COUNT as usize);
    let before = held();
    for _ in 0..COUNT {
        let mut store = Store::new(&engine, ());
        pre.instantiate(&mut store).unwrap();
        stores.push(store);
    }
    let store = (held() - before) / COUNT - PAGES;
    let before = held();
    (0..COUNT).for_each(|_| _ = pre.instantiate(&mut stores[0]).unwrap());
    let instance = (held() - before) / COUNT - PAGES;
    println!("{store} bytes for a store, {instance} for an instance");
    assert!(store <= 1000, "{store} bytes for a store with an instance");
    assert!(instance <= 400, "{instance} bytes for a further instance");
}
