#!/bin/sh
# Builds the programs. C: zig cc, as PyPI's package `ziglang` has it (0.17.1), with its wasi-libc. Rust: a rustc with the
# target wasm32-wasi (or wasm32-wasip1), here Debian's rustc 1.63 with libstd-rust-dev-wasm32 and lld-14.
set -e
cd "$(dirname "$0")"
for source in *.c; do
    ${ZIG:-python3 -m ziglang} cc --target=wasm32-wasi -Os -s -o "${source%.c}.wasm" "$source"
done
for source in *.rs; do
    ${RUSTC:-rustc} --edition 2021 --target "${RUST_TARGET:-wasm32-wasi}" -C opt-level=s -C lto=fat -C panic=abort \
        -C strip=symbols -C linker="${WASM_LD:-wasm-ld-14}" -o "${source%.rs}.wasm" "$source"
done
