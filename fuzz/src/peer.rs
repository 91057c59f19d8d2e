//! Oracle `peer`: Wasmi, another interpreter, sees the same results, traps and final state.
//!
//! Where two engines may differ and both be right, the difference is removed here: names of traps, how deep calls nest,
//! and the reason for which an instantiation fails.

use crate::{
    Finding, Verdict, generate,
    guest::{Cell, Guest, Item, Kind, State, Stop},
    host,
    observe::{Event, difference, observe},
    rng::hash,
    wasmite_guest::{Wasmite, engine},
};
use std::panic;
use wasmi::{
    Caller, Engine, Error, Extern, ExternType, F32, F64, Instance, Linker, Module, Nullable, Ref,
    Store, TrapCode, Val, ValType,
};
use wasmite::{CompilationMode, Trap};
use wasmite_translate::Options;

pub(crate) fn check(data: &[u8]) -> Result<Verdict, Finding> {
    generate::runnable(data).map_or(Ok(Verdict::Nothing), |module| check_module(&module))
}

pub(crate) fn check_module(module: &[u8]) -> Result<Verdict, Finding> {
    let engine = engine(CompilationMode::Eager, Options::default());
    let ours = observe(module, Wasmite::new(&engine, module));
    let Some(theirs) = wasmi_events(module) else { return Ok(Verdict::Nothing) };
    if ours.exhausted {
        return Ok(Verdict::Nothing);
    }
    let ours: Vec<Event> = ours.events.into_iter().map(normal).collect();
    match difference(["Wasmite", "Wasmi"], &ours, &theirs) {
        Some(what) if is_stable(module, &theirs) => Err(Finding::new(module, what)),
        Some(_) => Ok(Verdict::Nothing),
        None => Ok(Verdict::Held),
    }
}

/// What Wasmi does, unless it panics, which is not ours to mend, or uses up its stack.
fn wasmi_events(module: &[u8]) -> Option<Vec<Event>> {
    let theirs = panic::catch_unwind(|| observe(module, Wasmi::new(module))).ok()?;
    let events = theirs.events.into_iter().map(normal).collect();
    (!theirs.exhausted).then_some(events)
}

/// Whether Wasmi does the same every time. Where it does not (it reads stack slots that nothing has written, which differ
/// with what ran before in the process and thread), a difference from it says nothing.
fn is_stable(module: &[u8], events: &[Event]) -> bool {
    let again = |round: usize| {
        let run = move |module: &[u8]| {
            // Other contents of the heap and of the native stack than last time.
            let dirt: Vec<Vec<u64>> = (1..64).map(|size| vec![round as u64; size * 8]).collect();
            drop(dirt);
            wasmi_events(module)
        };
        std::thread::scope(|scope| scope.spawn(|| run(module)).join().ok().flatten())
    };
    (1..=8).all(|round| again(round).as_deref() == Some(events))
}

/// The event without what engines may choose.
fn normal(event: Event) -> Event {
    match event {
        Event::NotInstantiated(_) => Event::NotInstantiated(Stop::Error(String::new())),
        Event::Called { name, arguments, outcome: Err(Stop::Trap(Trap::UndefinedElement)) } => {
            Event::Called { name, arguments, outcome: Err(Stop::Trap(Trap::TableOutOfBounds)) }
        }
        event => event,
    }
}

struct Wasmi {
    module: Module,
    store: Store<u64>,
    instance: Instance,
}

impl Wasmi {
    fn new(wasm: &[u8]) -> Result<Self, Stop> {
        let mut config = wasmi::Config::default();
        config
            .wasm_custom_page_sizes(true)
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_wide_arithmetic(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, 0);
        let instance = linker(&engine)?.instantiate_and_start(&mut store, &module)?;
        Ok(Self { module, store, instance })
    }
}

fn linker(engine: &Engine) -> Result<Linker<u64>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(host::MODULE, "mix", host::mix)?;
    linker.func_wrap(host::MODULE, "pair", |value: F64| {
        let (bits, high) = host::pair(value.to_bits());
        (F64::from_bits(bits), high)
    })?;
    linker.func_wrap(host::MODULE, "note", |mut caller: Caller<'_, u64>, value: i32| {
        *caller.data_mut() = host::note(*caller.data(), value);
    })?;
    Ok(linker)
}

impl Guest for Wasmi {
    fn items(&self) -> Vec<(String, Item)> {
        self.module.exports().map(|export| (export.name().to_owned(), item(export.ty()))).collect()
    }

    fn call(&mut self, name: &str, arguments: &[Cell]) -> Result<Vec<Cell>, Stop> {
        let missing = || Stop::Error(format!("no function {name}"));
        let func = self.instance.get_func(&self.store, name).ok_or_else(missing)?;
        let arguments: Vec<Val> = arguments.iter().map(|cell| to_val(*cell)).collect();
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        func.call(&mut self.store, &arguments, &mut results)?;
        Ok(results.iter().map(to_cell).collect())
    }

    fn state(&self, name: &str) -> Option<State> {
        let store = &self.store;
        Some(match self.instance.get_export(store, name)? {
            Extern::Func(_) => return None,
            Extern::Global(global) => State::Global(to_cell(&global.get(store))),
            Extern::Memory(memory) => {
                State::Memory { pages: memory.size(store), hash: hash(memory.data(store)) }
            }
            Extern::Table(table) => {
                let null = |index| table.get(store, index).as_ref().is_some_and(is_null);
                State::Table((0..table.size(store)).map(null).collect())
            }
        })
    }

    fn data(&self) -> u64 {
        *self.store.data()
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let trap = match error.as_trap_code() {
            Some(TrapCode::UnreachableCodeReached) => Trap::Unreachable,
            Some(TrapCode::MemoryOutOfBounds) => Trap::MemoryOutOfBounds,
            Some(TrapCode::TableOutOfBounds) => Trap::TableOutOfBounds,
            Some(TrapCode::IndirectCallToNull) => Trap::UninitializedElement,
            Some(TrapCode::IntegerDivisionByZero) => Trap::IntegerDivideByZero,
            Some(TrapCode::IntegerOverflow) => Trap::IntegerOverflow,
            Some(TrapCode::BadConversionToInteger) => Trap::InvalidConversionToInteger,
            Some(TrapCode::StackOverflow) => Trap::StackExhausted,
            Some(TrapCode::BadSignature) => Trap::IndirectCallTypeMismatch,
            _ => return Self::Error(error.to_string()),
        };
        Self::Trap(trap)
    }
}

fn item(ty: &ExternType) -> Item {
    match ty {
        ExternType::Func(ty) => Item::Func(ty.params().iter().map(kind).collect()),
        ExternType::Global(_) => Item::Global,
        ExternType::Memory(_) => Item::Memory,
        ExternType::Table(_) => Item::Table,
    }
}

fn kind(ty: &ValType) -> Kind {
    match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::FuncRef => Kind::Func,
        ValType::ExternRef => Kind::Extern,
        ValType::V128 => unreachable!("the generator makes no vectors"),
    }
}

fn is_null(reference: &Ref) -> bool {
    match reference {
        Ref::Func(func) => func.is_null(),
        Ref::Extern(value) => value.is_null(),
    }
}

fn to_val(cell: Cell) -> Val {
    match cell {
        Cell::I32(bits) => Val::I32(bits as i32),
        Cell::I64(bits) => Val::I64(bits as i64),
        Cell::F32(bits) => Val::F32(F32::from_bits(bits)),
        Cell::F64(bits) => Val::F64(F64::from_bits(bits)),
        Cell::Func { .. } => Val::FuncRef(Nullable::Null),
        Cell::Extern { .. } => Val::ExternRef(Nullable::Null),
    }
}

fn to_cell(value: &Val) -> Cell {
    match value {
        Val::I32(value) => Cell::I32(*value as u32),
        Val::I64(value) => Cell::I64(*value as u64),
        Val::F32(value) => Cell::F32(value.to_bits()),
        Val::F64(value) => Cell::F64(value.to_bits()),
        Val::FuncRef(func) => Cell::Func { null: func.is_null() },
        Val::ExternRef(value) => Cell::Extern { null: value.is_null() },
        Val::V128(_) => unreachable!("the generator makes no vectors"),
    }
}
