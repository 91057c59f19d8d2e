//! Measures Wasmite as it is asked to on standard input.

fn main() -> anyhow::Result<()> {
    wasmite_benches::serve::<wasmite_benches::Wasmite>()
}
