//! Every case of every suite does in Wasmite what it should, with small arguments where there are some.

use wasmite_benches::{Mode, Runtime, Suite, Wasmite, large_module, programs};

#[test]
fn every_program_returns_what_the_list_says() {
    let programs = programs().expect("list.toml is well formed");
    assert!(programs.len() >= 6, "only {} programs", programs.len());
    let wasmite = Wasmite::new(None).expect("defaults are supported");
    for program in programs {
        let wasm = program.bytes().expect("the program is there");
        let result =
            wasmite.load(&wasm).and_then(|mut guest| Wasmite::run(&mut guest, program.small_arg));
        match result {
            Ok(result) => assert_eq!(result, program.small_expected, "{}", program.name),
            Err(error) => panic!("{}: {error}", program.name),
        }
    }
}

#[test]
fn every_case_can_be_sampled() {
    for suite in [Suite::Counted, Suite::Startup, Suite::Calls] {
        let cases = suite.cases().expect("the programs are there");
        assert!(cases.len() >= 6, "only {} cases", cases.len());
        for case in cases {
            let sample = suite.prepare::<Wasmite>(&case.name).and_then(|mut job| job(1));
            assert!(sample.is_ok_and(|time| time > 0), "{}", case.name);
        }
    }
}

#[test]
fn large_modules_are_large_and_run_the_same_in_all_modes() {
    let wasm = large_module(12_000);
    assert!(wasm.len() > 1 << 20, "only {} bytes", wasm.len());
    assert!(wasm == large_module(12_000), "not deterministic");
    let results = Mode::ALL.map(|mode| {
        let mut guest =
            Wasmite::new(Some(mode)).and_then(|wasmite| wasmite.load(&wasm)).expect("it is valid");
        Wasmite::run(&mut guest, 1234).expect("it does not trap")
    });
    assert_eq!(results, [results[0]; 3]);
}
