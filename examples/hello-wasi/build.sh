#!/bin/sh
# Builds hello.wasm with zig 0.17 (`pip install ziglang`); any compiler for wasm32-wasi does.
cd "$(dirname "$0")" && ${ZIG:-python3 -m ziglang} cc --target=wasm32-wasi -Os -s -o hello.wasm main.c
