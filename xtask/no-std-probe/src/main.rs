//! Proves that the library works without std: a panic handler and an allocator of its own, and a module that runs.
//!
//! It exits with the number of the first step that failed, 0 if none did. Any crate that brings std into the graph defines
//! the panic handler a second time, which the compiler refuses.
#![no_std]
#![no_main]

extern crate alloc;

mod heap;

use core::{ffi::c_int, panic::PanicInfo};
use wasmite::{Config, Engine, Error, ErrorKind, Linker, Module, Store};
use wasmite_wasi::{FUNCTIONS, MemoryOutputPipe, Outcome, Random, WasiCtx, WasiCtxBuilder};

#[global_allocator]
static HEAP: heap::Heap = heap::Heap::new();

#[link(name = "c")]
unsafe extern "C" {
    fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: aborting has no conditions.
    unsafe { abort() }
}

/// Referred to by the prebuilt core, never called: panics abort.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// As above.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() {}

/// A memory of 1000 one-byte pages; `sum(n)` writes 1..=n into it and adds it up again; `grow` adds one byte.
///
/// ```wat
/// (module
///   (memory (export "memory") 1000 (pagesize 1))
///   (func (export "sum") (param $n i32) (result i32) ...)
///   (func (export "grow") (result i32) (memory.grow (i32.const 1))))
/// ```
const MODULE: &[u8] = include_bytes!("probe.wasm");

#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const u8) -> c_int {
    match probe() {
        Ok(()) => 0,
        Err(step) => step,
    }
}

fn probe() -> Result<(), c_int> {
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true);
    let engine = Engine::new(&config).map_err(|_| 1)?;
    let module = Module::new(&engine, MODULE).map_err(|_| 2)?;
    let mut store = Store::new(&engine, wasi(MemoryOutputPipe::new(0)));
    let mut linker = Linker::new(&engine);
    wasmite_wasi::add_to_linker(&mut linker, |wasi| wasi).map_err(|_| 11)?;
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(|_| 3)?;
    let sum = instance.get_typed_func::<i32, i32>(&store, "sum").map_err(|_| 4)?;
    check(sum.call(&mut store, 100).is_ok_and(|sum| sum == 5050), 5)?;
    check(sum.call(&mut store, 1001).is_err(), 6)?;
    let grow = instance.get_typed_func::<(), i32>(&store, "grow").map_err(|_| 7)?;
    check(grow.call(&mut store, ()).is_ok_and(|old| old == 1000), 8)?;
    let memory = instance.get_memory(&store, "memory").ok_or(9)?;
    check(memory.data_size(&store) == 1001, 10)?;
    write_and_draw()?;
    sweep()
}

/// Heaps that are tried, in bytes.
const LARGEST: usize = 64 << 10;
const STEP: usize = 64;

/// Whatever the heap's size, the engine does its work or says that there is no memory: too little of it never panics.
fn sweep() -> Result<(), c_int> {
    let (mut too_small, mut enough) = (0, 0);
    for bytes in (0..LARGEST).step_by(STEP) {
        let outcome = HEAP.with_at_most(bytes, || match live() {
            Ok(grown) => Ok(grown),
            Err(error) if error.kind() == ErrorKind::Limit => Ok(false),
            Err(_) => Err(16),
        });
        if outcome? { enough += 1 } else { too_small += 1 }
    }
    check(too_small > 0 && enough > 0, 17)
}

/// Loads the module, calls it, and has it grow; whether there was memory for that.
fn live() -> Result<bool, Error> {
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, MODULE)?;
    let mut store = Store::try_new(&engine, ())?;
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let sum = instance.get_typed_func::<i32, i32>(&store, "sum")?.call(&mut store, 100)?;
    let old = instance.get_typed_func::<(), i32>(&store, "grow")?.call(&mut store, ())?;
    Ok(sum == 5050 && old == 1000)
}

/// A source of random bytes as firmware may have one of its own.
struct Fours;

impl Random for Fours {
    fn fill(&mut self, buffer: &mut [u8]) -> wasmite_wasi::Result<()> {
        buffer.fill(4);
        Ok(())
    }
}

fn wasi(stdout: MemoryOutputPipe) -> WasiCtx {
    WasiCtxBuilder::new().arg("probe").stdout(stdout).random(Fours).build()
}

/// Functions of WASI without an engine: one buffer with two bytes to standard output, then random bytes over it.
fn write_and_draw() -> Result<(), c_int> {
    let stdout = MemoryOutputPipe::new(8);
    let mut ctx = wasi(stdout.clone());
    let mut bytes = *b"\x08\0\0\0\x02\0\0\0hi\0\0\0\0";
    let mut memory = &mut bytes[..];
    let mut call = |name: &str, args: &[u64]| {
        let function = FUNCTIONS.iter().find(|function| function.name() == name);
        function.map(|function| function.call(&mut ctx, &mut memory, args))
    };
    check(call("fd_write", &[1, 0, 1, 10]) == Some(Outcome::Return(0)), 12)?;
    check(call("random_get", &[8, 2]) == Some(Outcome::Return(0)), 13)?;
    check(call("clock_time_get", &[0, 0, 0]) != Some(Outcome::Return(0)), 14)?;
    check(stdout.contents() == b"hi" && bytes[8..12] == [4, 4, 2, 0], 15)
}

fn check(condition: bool, step: c_int) -> Result<(), c_int> {
    if condition { Ok(()) } else { Err(step) }
}
