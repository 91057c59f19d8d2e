//! Measures Wasmi 1 as it is asked to on standard input.

extern crate wasmi1 as wasmi;

#[path = "../wasmi.rs"]
mod engine;

fn main() -> anyhow::Result<()> {
    wasmite_benches::serve::<engine::Wasmi>()
}
