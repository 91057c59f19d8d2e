//! The suites that are about time, for work on one thing: `cargo bench -p wasmite-benches -- calls/host_to_wasm`.
//! `cargo xtask bench` compares engines.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;
use wasmite_benches::{Suite, Wasmite};

fn suites(criterion: &mut Criterion) {
    for (name, suite) in
        [("execution", Suite::Execution), ("startup", Suite::Startup), ("calls", Suite::Calls)]
    {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        for case in suite.cases().expect("the programs are there") {
            group.throughput(Throughput::Elements(case.turns));
            group.bench_function(BenchmarkId::from_parameter(&case.name), |bencher| {
                let mut job = suite.prepare::<Wasmite>(&case.name).expect("Wasmite has it all");
                bencher.iter_custom(|count| {
                    Duration::from_nanos(job(count).expect("results are right"))
                });
            });
        }
    }
}

criterion_group!(benches, suites);
criterion_main!(benches);
