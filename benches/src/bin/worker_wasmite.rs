//! Measures Wasmite as it is asked to on standard input; with the argument `fuel`, guests consume that.

use wasmite_benches::{Wasmite, serve};

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => serve::<Wasmite>(),
        Some("fuel") => serve::<Wasmite<true>>(),
        Some(other) => anyhow::bail!("unknown argument `{other}`"),
    }
}
