//! The price of one call in each direction between host and Wasm, and of growing a memory by one byte.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use wasmite::{Config, Engine, Instance, Linker, Module, Store};

/// Calls, or grows, in one iteration, so that entering Wasm does not count.
const COUNT: i32 = 1000;

const MODULE: &str = r#"
(module
  (import "host" "identity" (func $host (param i32) (result i32)))
  (memory 0 (pagesize 1))
  (func $wasm (export "identity") (param i32) (result i32) local.get 0)

  (func (export "call_host") (param $n i32)
    (loop $again
      (local.set $n (i32.sub (call $host (local.get $n)) (i32.const 1)))
      (br_if $again (local.get $n))))

  (func (export "call_wasm") (param $n i32)
    (loop $again
      (local.set $n (i32.sub (call $wasm (local.get $n)) (i32.const 1)))
      (br_if $again (local.get $n))))

  (func (export "grow") (param $n i32)
    (loop $again
      (drop (memory.grow (i32.const 1)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))))
"#;

struct Guest {
    store: Store<()>,
    instance: Instance,
}

fn guest() -> Guest {
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true);
    let engine = Engine::new(&config).expect("the proposal is supported");
    let module = Module::new(&engine, MODULE).expect("the module is valid");
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "identity", |value: i32| value).expect("it is the only definition");
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate_and_start(&mut store, &module).expect("imports are there");
    Guest { store, instance }
}

fn host_to_wasm(criterion: &mut Criterion) {
    let Guest { mut store, instance } = guest();
    let identity = instance.get_typed_func::<i32, i32>(&store, "identity").expect("it is exported");
    criterion.bench_function("calls/host to wasm, typed", |bencher| {
        bencher.iter(|| identity.call(&mut store, 7).expect("it does not trap"));
    });
}

fn from_wasm(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("calls");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (name, export) in [("wasm to host", "call_host"), ("wasm to wasm", "call_wasm")] {
        let Guest { mut store, instance } = guest();
        let run = instance.get_typed_func::<i32, ()>(&store, export).expect("it is exported");
        group.bench_function(name, |bencher| {
            bencher.iter(|| run.call(&mut store, COUNT).expect("it does not trap"));
        });
    }
}

fn memory_growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("memory.grow");
    group.throughput(Throughput::Elements(COUNT as u64));
    group.bench_function("by one byte", |bencher| {
        let grow = |Guest { mut store, instance }: Guest| {
            let run = instance.get_typed_func::<i32, ()>(&store, "grow").expect("it is exported");
            run.call(&mut store, COUNT).expect("it does not trap");
            store
        };
        bencher.iter_batched(guest, grow, BatchSize::SmallInput);
    });
}

criterion_group!(benches, host_to_wasm, from_wasm, memory_growth);
criterion_main!(benches);
