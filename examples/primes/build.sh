#!/bin/sh
# Builds primes.wasm from main.c with the clang of PyPI's ziglang package: pip install ziglang==0.17.1
set -eu
cd "$(dirname "$0")"
set -x
"${PYTHON:-python3}" -m ziglang cc --target=wasm32-freestanding -mcpu=mvp -std=c17 -O2 -g0 -nostdlib -Wall -Wextra -Werror \
    -Wl,--no-entry -Wl,-z,stack-size=4096 main.c -o primes.wasm
chmod 644 primes.wasm
