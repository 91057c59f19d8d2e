//! Decides how bodies are walked: `cfg(stepwise)` where the build asks for small code, which is slower but a fraction of the
//! size.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(stepwise)");
    if matches!(env::var("OPT_LEVEL").as_deref(), Ok("s" | "z")) {
        println!("cargo::rustc-cfg=stepwise");
    }
}
