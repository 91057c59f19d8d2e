//! libFuzzer target of the oracle `validator`: see README.md for how to build and run it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wasmite_fuzz::assert_held("validator", data));
