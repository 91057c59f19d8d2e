//! WASI for programs that Wasmite runs.
//!
//! The only place of this crate that knows the engine. Invariant: every row of the table of functions is defined, under
//! both module names that have it.

use crate::{
    FUNCTIONS, Function, Outcome, ParamType, SNAPSHOT_PREVIEW1, UNSTABLE, WasiCtx,
    unstable_functions,
};
use wasmite::{Caller, Error, Extern, FuncType, Linker, Memory, Result, Val, ValType};

/// Defines all functions of preview 1 in `linker`; `get` finds the program's state in the host's data.
///
/// A program's `proc_exit` ends the call with an error that has an [exit status](Error::i32_exit_status). Pointers point
/// into the memory that the calling instance exports as `memory`; without one, all of them are out of bounds.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    get: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<()> {
    for function in FUNCTIONS {
        define(linker, SNAPSHOT_PREVIEW1, function, get)?;
    }
    for function in unstable_functions() {
        define(linker, UNSTABLE, function, get)?;
    }
    Ok(())
}

fn define<T: 'static>(
    linker: &mut Linker<T>,
    module: &str,
    function: &'static Function,
    get: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<()> {
    let results = function.returns().then_some(ValType::I32);
    let ty = FuncType::new(function.params().iter().map(value_type), results);
    let body = move |mut caller: Caller<'_, T>, params: &[Val], results: &mut [Val]| {
        // As many as the longest row has.
        let mut args = [0; 9];
        for (arg, param) in args.iter_mut().zip(params) {
            *arg = slot(param);
        }
        let outcome = match memory(&mut caller) {
            Some(memory) => {
                let (mut bytes, data) = memory.data_and_store_mut(&mut caller);
                function.call(get(data), &mut bytes, &args)
            }
            None => function.call(get(caller.data_mut()), &mut <&mut [u8]>::default(), &args),
        };
        match outcome {
            Outcome::Exit(status) => Err(Error::i32_exit(status)),
            Outcome::Return(errno) => {
                results.fill(Val::I32(errno.into()));
                Ok(())
            }
        }
    };
    linker.func_new(module, function.name(), ty, body).map(drop)
}

fn value_type(ty: &ParamType) -> ValType {
    match ty {
        ParamType::I32 => ValType::I32,
        ParamType::I64 => ValType::I64,
    }
}

fn slot(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        // The linker has checked the types.
        _ => 0,
    }
}

/// The memory that the caller's pointers point into.
fn memory<T>(caller: &mut Caller<'_, T>) -> Option<Memory> {
    caller.get_export("memory").and_then(Extern::into_memory)
}
