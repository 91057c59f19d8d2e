//! Wasmite as a guest of the oracles, and the configurations they compare.

use crate::{
    guest::{Cell, Guest, Item, Kind, State, Stop},
    host,
    rng::hash,
};
use wasmite::{
    Caller, CompilationMode, Config, Engine, Error, Extern, ExternType, F32, F64, Features,
    HeapType, Instance, Linker, Module, Store, Val, ValType,
};
use wasmite_translate::Options;

/// An engine with every supported proposal, which translates everything at once as it is told.
pub(crate) fn engine(mode: CompilationMode, translation: Options) -> Engine {
    engine_of_tiers(mode, translation, None)
}

/// The same, which translates in haste first, and again what is executed when functions and loops have been entered so often.
pub(crate) fn engine_of_tiers(
    mode: CompilationMode,
    translation: Options,
    heat: Option<u32>,
) -> Engine {
    let mut config = Config::default();
    config.features(Features::all_supported()).compilation_mode(mode);
    config.translation(translation).heat(heat);
    Engine::new(&config).expect("supported features are accepted")
}

/// Every way to translate that must give the same results, by name: all fusions, none, and each family off.
pub(crate) fn translations() -> impl Iterator<Item = (&'static str, Options)> {
    let ends = [("all fusions", Options::default()), ("no fusion", Options::none())];
    ends.into_iter().chain(Options::one_off())
}

/// A module instantiated in Wasmite.
pub(crate) struct Wasmite {
    module: Module,
    store: Store<u64>,
    instance: Instance,
}

impl Wasmite {
    pub(crate) fn new(engine: &Engine, wasm: &[u8]) -> Result<Self, Stop> {
        let module = Module::new(engine, wasm)?;
        let mut store = Store::new(engine, 0);
        if store.get_fuel().is_ok() {
            store.set_fuel(u64::MAX)?;
        }
        let instance = linker(engine)?.instantiate(&mut store, &module)?;
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

impl Guest for Wasmite {
    fn items(&self) -> Vec<(String, Item)> {
        self.module.exports().map(|export| (export.name().to_owned(), item(export.ty()))).collect()
    }

    fn call(&mut self, name: &str, arguments: &[Cell]) -> Result<Vec<Cell>, Stop> {
        let missing = || Stop::Error(format!("no function {name}"));
        let func = self.instance.get_func(&self.store, name).ok_or_else(missing)?;
        let arguments: Vec<Val> = arguments.iter().map(|cell| to_val(*cell)).collect();
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        func.call(&mut self.store, &arguments, &mut results)?;
        Ok(results.iter().map(|value| to_cell(*value)).collect())
    }

    fn state(&self, name: &str) -> Option<State> {
        let store = &self.store;
        Some(match self.instance.get_export(store, name)? {
            Extern::Global(global) => State::Global(to_cell(global.get(store))),
            Extern::Memory(memory) => {
                State::Memory { pages: memory.size(store), hash: hash(memory.data(store)) }
            }
            Extern::Table(table) => {
                let null = |index| table.get(store, index).is_some_and(|element| element.is_null());
                State::Table((0..table.size(store)).map(null).collect())
            }
            _ => return None,
        })
    }

    fn fuel(&self) -> Option<u64> {
        self.store.get_fuel().ok().map(|left| u64::MAX - left)
    }

    fn data(&self) -> u64 {
        *self.store.data()
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        error.as_trap().map_or_else(|| Self::Error(format!("{error:#}")), Self::Trap)
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
        ValType::Ref(ty) if ty.heap == HeapType::Func => Kind::Func,
        ValType::Ref(_) => Kind::Extern,
        ValType::V128 => unreachable!("the generator makes no vectors"),
    }
}

fn to_val(cell: Cell) -> Val {
    match cell {
        Cell::I32(bits) => Val::I32(bits as i32),
        Cell::I64(bits) => Val::I64(bits as i64),
        Cell::F32(bits) => Val::F32(F32::from_bits(bits)),
        Cell::F64(bits) => Val::F64(F64::from_bits(bits)),
        Cell::Func { .. } => Val::FuncRef(None),
        Cell::Extern { .. } => Val::ExternRef(None),
    }
}

fn to_cell(value: Val) -> Cell {
    match value {
        Val::I32(value) => Cell::I32(value as u32),
        Val::I64(value) => Cell::I64(value as u64),
        Val::F32(value) => Cell::F32(value.to_bits()),
        Val::F64(value) => Cell::F64(value.to_bits()),
        Val::FuncRef(func) => Cell::Func { null: func.is_none() },
        Val::ExternRef(value) => Cell::Extern { null: value.is_none() },
        _ => unreachable!("the generator makes no others"),
    }
}
