//! Every benchmark program returns what the list says, with its small argument, in Wasmite.

use wasmite::{Engine, Linker, Module, Store};
use wasmite_benches::{Program, programs};

fn run(program: &Program) -> Result<i64, Box<dyn std::error::Error>> {
    let engine = Engine::default();
    let module = Module::new(&engine, program.bytes()?)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let run = instance.get_typed_func::<i32, i64>(&store, "run")?;
    Ok(run.call(&mut store, program.small_arg)?)
}

#[test]
fn every_program_returns_what_the_list_says() {
    let programs = programs().expect("list.toml is well formed");
    assert!(programs.len() >= 6, "only {} programs", programs.len());
    for program in programs {
        match run(&program) {
            Ok(result) => assert_eq!(result, program.small_expected, "{}", program.name),
            Err(error) => panic!("{}: {error}", program.name),
        }
    }
}
