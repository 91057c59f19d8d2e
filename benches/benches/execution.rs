//! Execution of a few programs of different kinds. `cargo xtask bench` measures all of them, and against other engines.

use criterion::{Criterion, criterion_group, criterion_main};
use wasmite::{Engine, Linker, Module, Store};
use wasmite_benches::Program;

const PROGRAMS: &[&str] =
    &["fibonacci", "sort", "sieve", "matrix_f64", "json", "state_machine", "bulk_memory", "mix"];

fn execution(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("execution");
    group.sample_size(20);
    for name in PROGRAMS {
        let program = Program::find(name).expect("the program is in the list");
        let engine = Engine::default();
        let bytes = program.bytes().expect("the program is there");
        let module = Module::new(&engine, bytes).expect("the program is valid");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .expect("the program imports nothing");
        let run = instance.get_typed_func::<i32, i64>(&store, "run").expect("it exports `run`");
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                let result = run.call(&mut store, program.arg).expect("it does not trap");
                assert_eq!(result, program.expected);
            });
        });
    }
}

criterion_group!(benches, execution);
criterion_main!(benches);
