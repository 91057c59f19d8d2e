//! Proves that the library works without std: a panic handler and an allocator of its own, and a module that runs.
//!
//! It exits with the number of the first step that failed, 0 if none did. Any crate that brings std into the graph defines
//! the panic handler a second time, which the compiler refuses.
#![no_std]
#![no_main]

extern crate alloc;

mod heap;

use core::{ffi::c_int, panic::PanicInfo};
use wasmite::{Config, Engine, Linker, Module, Store};

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
    let mut store = Store::new(&engine, ());
    let linker = Linker::new(&engine);
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(|_| 3)?;
    let sum = instance.get_typed_func::<i32, i32>(&store, "sum").map_err(|_| 4)?;
    check(sum.call(&mut store, 100).is_ok_and(|sum| sum == 5050), 5)?;
    check(sum.call(&mut store, 1001).is_err(), 6)?;
    let grow = instance.get_typed_func::<(), i32>(&store, "grow").map_err(|_| 7)?;
    check(grow.call(&mut store, ()).is_ok_and(|old| old == 1000), 8)?;
    let memory = instance.get_memory(&store, "memory").ok_or(9)?;
    check(memory.data_size(&store) == 1001, 10)
}

fn check(condition: bool, step: c_int) -> Result<(), c_int> {
    if condition { Ok(()) } else { Err(step) }
}
