//! Translation and instantiation: what a program costs before its first instruction.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wasmite::{CompilationMode, Config, Engine, Linker, Module, Store};
use wasmite_benches::Program;

const MODES: &[(&str, CompilationMode)] = &[
    ("eager", CompilationMode::Eager),
    ("lazy_translation", CompilationMode::LazyTranslation),
    ("lazy", CompilationMode::Lazy),
];

fn engine(mode: CompilationMode) -> Engine {
    let mut config = Config::default();
    config.compilation_mode(mode).wasm_custom_page_sizes(true);
    Engine::new(&config).expect("the proposal is supported")
}

fn translation(criterion: &mut Criterion) {
    let program = Program::find("regex").expect("the program is in the list");
    let bytes = program.bytes().expect("the program is there");
    let mut group = criterion.benchmark_group("translation");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    for (name, mode) in MODES {
        let engine = engine(*mode);
        group.bench_function(*name, |bencher| {
            bencher.iter(|| Module::new(&engine, &bytes).expect("the program is valid"));
        });
    }
}

fn instantiation(criterion: &mut Criterion) {
    let engine = engine(CompilationMode::Lazy);
    let linker = Linker::<()>::new(&engine);
    let mut group = criterion.benchmark_group("instantiation");
    let modules = [
        ("empty", "(module)"),
        (
            "1000 one-byte pages",
            "(module (memory (export \"memory\") 1000 (pagesize 1)) (func (export \"f\")))",
        ),
        ("64 KiB memory", "(module (memory 1) (data (i32.const 0) \"data\"))"),
    ];
    for (name, text) in modules {
        let module = Module::new(&engine, text).expect("the module is valid");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut store = Store::new(&engine, ());
                linker.instantiate_and_start(&mut store, &module).expect("it imports nothing")
            });
        });
    }
}

criterion_group!(benches, translation, instantiation);
criterion_main!(benches);
