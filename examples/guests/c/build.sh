#!/bin/sh
# Builds morse.wasm. CLANG compiles for WebAssembly, LINKER is LLVM's wasm-ld 22 or newer.
set -eu
cd "$(dirname "$0")"
: "${CLANG:=${PYTHON:-python3} -m ziglang cc}"
: "${LINKER:=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/gcc-ld/wasm-ld}"
set -x
$CLANG --target=wasm32-freestanding -mcpu=mvp -std=c17 -Os -g0 -fno-builtin -Wall -Wextra -Werror -c morse.c -o morse.o
"$LINKER" --no-entry --page-size=1 --stack-first -zstack-size=256 --strip-all morse.o -o morse.wasm
rm morse.o
