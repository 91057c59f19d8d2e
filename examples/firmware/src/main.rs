//! Wasmite on a microcontroller: loads a module with a memory of 1 KiB, calls it, grows its memory up to the limit, and
//! survives its traps, with a heap as small as it is told.
//!
//! It prints a line after each stage: its name, the most heap in use so far, the native stack it took, and instructions it
//! executed. If it is told a file with another module, it loads, instantiates and calls that one, and no more: so the native
//! stack that modules of all shapes take is measured. Not a benchmark of real hardware: an emulated Cortex-M4 knows neither caches nor waiting for flash.
#![no_std]
#![no_main]

mod heap;
mod host;
mod stack;

use cortex_m_rt::entry;
use host::Counter;
use wasmite::{Config, Engine, Error, ErrorKind, Instance, Linker, Module, Store, Trap};

/// `guest.wat`.
const GUEST: &[u8] = include_bytes!("guest.wasm");

#[entry]
fn main() -> ! {
    let (Some(arguments), Some(board)) = (host::arguments(), cortex_m::Peripherals::take()) else {
        host::print(&[
            "the arguments are the size of the heap in bytes, and perhaps a module's file",
        ]);
        host::exit(false)
    };
    heap::give(arguments.heap);
    match demonstrate(&mut Counter::new(board.SYST), arguments.module) {
        Ok(()) => host::print(&["done"]),
        Err(Failure { stage, reason: Reason::Memory }) => host::print(&["no memory to", stage]),
        Err(Failure { stage, reason: Reason::Defect }) => {
            host::print(&["failed to", stage]);
            host::exit(false)
        }
    }
    host::exit(true)
}

/// A stage that did not go as it should.
struct Failure {
    stage: &'static str,
    reason: Reason,
}

enum Reason {
    /// There was not enough heap: a result like any other.
    Memory,
    /// Something else, which should not happen.
    Defect,
}

impl Failure {
    fn defect(stage: &'static str) -> Self {
        Self { stage, reason: Reason::Defect }
    }
}

/// Goes through all stages. Each needs a bit more of the heap than the one before.
fn demonstrate(counter: &mut Counter, module: Option<&[u8]>) -> Result<(), Failure> {
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true).max_stack_height(2048).max_recursion_depth(32);
    let engine = stage(counter, "engine", || Engine::new(&config))?;
    let bytes = module.unwrap_or(GUEST);
    let other = module.is_some();
    let module = stage(counter, "load", || load(&engine, bytes))?;
    // `Store::new` panics without memory.
    let no_memory = |_| Failure { stage: "instantiate", reason: Reason::Memory };
    let mut store = Store::try_new(&engine, ()).map_err(no_memory)?;
    let instance = stage(counter, "instantiate", || {
        Linker::new(&engine).instantiate_and_start(&mut store, &module)
    })?;
    let work = stage(counter, "run", || call(&mut store, instance, "work", 1000))?;
    if other {
        return Ok(());
    }
    check("run", work == 0xabaf_c9f9_u32.cast_signed())?;
    grow(counter, &mut store, instance)?;
    trap(counter, &mut store, instance)
}

/// A module, checked.
#[cfg(feature = "validate")]
fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    Module::new(engine, bytes)
}

/// A module, taken as it is.
#[cfg(not(feature = "validate"))]
fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    // SAFETY: the guest was validated when it was built, and is in flash; who passes another promises as much.
    unsafe { Module::new_unchecked(engine, bytes) }
}

fn call(store: &mut Store<()>, instance: Instance, name: &str, arg: i32) -> Result<i32, Error> {
    instance.get_typed_func::<i32, i32>(&*store, name)?.call(store, arg)
}

/// The memory grows to the byte, and no further than its type says.
fn grow(counter: &mut Counter, store: &mut Store<()>, instance: Instance) -> Result<(), Failure> {
    let old = stage(counter, "grow", || call(store, instance, "grow", 24))?;
    if old == -1 {
        return Err(Failure { stage: "grow", reason: Reason::Memory });
    }
    let memory = instance.get_memory(&*store, "memory").ok_or(Failure::defect("grow"))?;
    check("grow", old == 1024 && memory.data_size(&*store) == 1048)?;
    let refused = stage(counter, "limit", || call(store, instance, "grow", 1025))?;
    check("limit", refused == -1)
}

/// A trap ends a call, not the instance.
fn trap(counter: &mut Counter, store: &mut Store<()>, instance: Instance) -> Result<(), Failure> {
    let trapped = stage(counter, "trap", || match call(store, instance, "peek", 4000) {
        Err(error) if error.as_trap() == Some(Trap::MemoryOutOfBounds) => Ok(true),
        other => other.map(|_| false),
    })?;
    check("trap", trapped)?;
    let read = stage(counter, "again", || call(store, instance, "peek", 16))?;
    check("again", read == i32::from(b'g'))
}

/// Does something measured, and prints the figures.
fn stage<R>(
    counter: &mut Counter,
    stage: &'static str,
    act: impl FnOnce() -> Result<R, Error>,
) -> Result<R, Failure> {
    let ((result, instructions), stack) = stack::measured(|| counter.counted(act));
    let mut numbers = [(); 3].map(|()| itoa::Buffer::new());
    let [heap_text, stack_text, instructions_text] = &mut numbers;
    host::print(&[
        stage,
        heap_text.format(heap::peak()),
        stack_text.format(stack),
        instructions_text.format(instructions),
    ]);
    result.map_err(|error| {
        let memory = matches!(error.kind(), ErrorKind::Limit);
        Failure { stage, reason: if memory { Reason::Memory } else { Reason::Defect } }
    })
}

fn check(stage: &'static str, as_expected: bool) -> Result<(), Failure> {
    if as_expected { Ok(()) } else { Err(Failure::defect(stage)) }
}
