#!/bin/sh
# Builds every program of this folder to Wasm, beside its source. The results are committed: this is needed only after a
# change. The compilers come from PyPI at fixed versions, into target/programs-venv, so that the results are the same bytes.
set -eu
cd "$(dirname "$0")"

ZIGLANG=0.17.1  # its clang 22 compiles C
WASMTIME=50.0.1 # its wat2wasm assembles text
venv=../../target/programs-venv
if ! "$venv/bin/python" -c 'import ziglang, wasmtime' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "ziglang==$ZIGLANG" "wasmtime==$WASMTIME"
fi

# Plain WebAssembly 1.0 unless a second argument adds features. Names of functions are kept, for profiles and backtraces.
c() {
    set -x
    "$venv/bin/python" -m ziglang cc --target=wasm32-freestanding -mcpu="mvp${2:-}" -std=c17 -O2 -g0 \
        -nostdlib -fno-sanitize=undefined -ffp-contract=off -Wall -Wextra -Werror \
        -Wl,--no-entry -Wl,--gc-sections -Wl,-z,stack-size=16384 \
        "$1.c" freestanding.c -o "$1.wasm"
    { set +x; } 2>/dev/null
    chmod 644 "$1.wasm"
}

wat() {
    set -x
    "$venv/bin/python" -c 'import sys, wasmtime; open(sys.argv[2], "wb").write(wasmtime.wat2wasm(open(sys.argv[1]).read()))' \
        "$1.wat" "$1.wasm"
    { set +x; } 2>/dev/null
}

wat count_loop
wat tail_recursion
c bulk_memory +bulk_memory
for program in compress crc fft_f32 fibonacci hash_table mandelbrot matrix_f64 matrix_i32 memory_hash mix modular_u64 \
    nbody ray_f32 recursion sha256 sieve sort sort_dyn spectral_norm sponge state_machine; do
    c "$program"
done
# Code for today's default features of the compilers sign-extends with one operation.
for program in json regex text_transform word_count; do
    c "$program" +sign_ext
done
