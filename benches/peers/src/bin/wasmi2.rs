//! Measures Wasmi 2 as it is asked to on standard input.

extern crate wasmi2 as wasmi;

#[path = "../wasmi.rs"]
mod engine;

fn main() -> anyhow::Result<()> {
    wasmite_benches::serve::<engine::Wasmi>()
}
