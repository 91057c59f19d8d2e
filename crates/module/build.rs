//! Decides between speed and size: `cfg(small)` where the build asks for small code. Bodies are read in steps then, which is
//! slower but a fraction of the size.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(small)");
    if matches!(env::var("OPT_LEVEL").as_deref(), Ok("s" | "z")) {
        println!("cargo::rustc-cfg=small");
    }
}
