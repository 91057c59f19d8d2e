//! Measures Wasmite as it is asked to on standard input; with the argument `fuel`, guests consume that.

use wasmite_benches::{Metered, Wasmite, serve};

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => serve::<Wasmite>(),
        Some("fuel") => serve::<Metered>(),
        Some(other) => anyhow::bail!("unknown argument `{other}`"),
    }
}
