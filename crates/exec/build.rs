//! Decides the dispatch back-end, once: `cfg(tail_dispatch)` where the compiler turns a call in tail position with all
//! arguments in registers into a jump, the portable loop everywhere else. And whether the table of sequences is built:
//! `cfg(sequences)` where it is asked for and the build is optimised, since without that it only costs a minute to compile.
//! And whether memories can reserve address space: `cfg(reserves)`.
//!
//! Not in question here: debug assertions and miri, which `dispatch` excludes by itself (a build script cannot see them).

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(tail_dispatch, sequences, reserves)");
    if jumps_optimised() && twelve_register_arguments() && !feature("PORTABLE_DISPATCH") {
        println!("cargo::rustc-cfg=tail_dispatch");
    }
    if feature("SEQUENCES") && variable("OPT_LEVEL") != "0" {
        println!("cargo::rustc-cfg=sequences");
    }
    // As the manifest has the dependency that does it.
    let unix = env::var_os("CARGO_CFG_UNIX").is_some();
    if feature("STD") && unix && variable("CARGO_CFG_TARGET_POINTER_WIDTH") == "64" {
        println!("cargo::rustc-cfg=reserves");
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn feature(name: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}

/// At levels 0 and 1 a tail call stays a call and the native stack would grow with every op.
fn jumps_optimised() -> bool {
    matches!(variable("OPT_LEVEL").as_str(), "2" | "3" | "s" | "z")
}

/// Six integer and six float arguments in registers: the System V and AArch64 procedure call standards.
fn twelve_register_arguments() -> bool {
    matches!(variable("CARGO_CFG_TARGET_ARCH").as_str(), "x86_64" | "aarch64")
        && variable("CARGO_CFG_TARGET_OS") != "windows"
        && variable("CARGO_CFG_TARGET_POINTER_WIDTH") == "64"
}
