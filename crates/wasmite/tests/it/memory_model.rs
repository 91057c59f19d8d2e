//! Memories against a model of their sizes in 128 bits: page size x index type x way to grow x random growth, access, copies,
//! fills and segments near every limit, each with constant or with computed operands.
//!
//! `WASMITE_MODEL_STEPS` says how many steps to check; CI checks a million in an optimised build (`cargo xtask ci model`).

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestCaseError, TestRunner},
};
use std::{collections::BTreeMap, fmt::Write};
use wasmite::{
    Engine, Instance, MemoryGrowth, Module, Store, StoreLimits, StoreLimitsBuilder, Trap,
};

/// Steps of one case: one memory, one module.
const CASE: usize = 64;
/// Steps that are checked if nobody says how many: a few seconds without optimisation.
const STEPS: u32 = 10_000;
/// Bytes that one step fills or copies at most, so that memories of gigabytes cost nothing.
const SPAN: u64 = 50;
/// What `memory.init` copies from.
const DATA: &[u8] = b"0123456789";

/// A number near one that matters: which, and how far from it.
type Near = (u8, i8);

/// What to do to the memory. Numbers are addresses, offsets, counts or pages.
#[derive(Clone, Copy, Debug)]
enum Op {
    Size,
    Grow(Near),
    Load { log2: u8, at: Near, offset: Near },
    Store { log2: u8, at: Near, offset: Near, value: u64 },
    Fill { at: Near, value: u8, count: Near },
    Copy { to: Near, from: Near, count: Near },
    Init { at: Near, from: u8, count: Near },
}

/// A memory and what is done to it.
#[derive(Clone, Debug)]
struct Case {
    log2: u8,
    is_64: bool,
    /// Whether another memory comes first, so that this one is not addressed in the shortest way.
    second: bool,
    growth: u8,
    limit: u8,
    min: Near,
    max: Option<Near>,
    /// Each with whether its operands are constants.
    ops: Vec<(Op, bool)>,
}

fn near() -> impl Strategy<Value = Near> {
    (any::<u8>(), -9i8..=9)
}

/// A number of pages, most often a few.
fn pages() -> impl Strategy<Value = Near> {
    prop_oneof![2 => (Just(0), 0i8..=5), 1 => near()]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => Just(Op::Size),
        3 => pages().prop_map(Op::Grow),
        4 => (0u8..4, near(), near()).prop_map(|(log2, at, offset)| Op::Load { log2, at, offset }),
        4 => (0u8..4, near(), near(), any::<u64>())
            .prop_map(|(log2, at, offset, value)| Op::Store { log2, at, offset, value }),
        2 => (near(), any::<u8>(), near()).prop_map(|(at, value, count)| Op::Fill { at, value, count }),
        2 => (near(), near(), near()).prop_map(|(to, from, count)| Op::Copy { to, from, count }),
        2 => (near(), 0u8..12, near()).prop_map(|(at, from, count)| Op::Init { at, from, count }),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let shape = (0u8..=16, any::<bool>(), any::<bool>(), any::<u8>(), any::<u8>());
    let ops = prop::collection::vec((op(), any::<bool>()), CASE);
    (shape, pages(), prop::option::of(near()), ops).prop_map(|(shape, min, max, ops)| {
        let (log2, is_64, second, growth, limit) = shape;
        Case { log2, is_64, second, growth, limit, min, max, ops }
    })
}

/// What a step must come to.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Outcome {
    Value(u64),
    Trap,
}

/// The memory as it must be. All sizes in 128 bits, so that nothing wraps.
struct Model {
    log2: u8,
    is_64: bool,
    /// In pages.
    size: u128,
    max: u128,
    /// The limiter's, in bytes.
    limit: u128,
    /// Bytes that are not zero, perhaps.
    bytes: BTreeMap<u128, u8>,
}

impl Model {
    fn len(&self) -> u128 {
        self.size << self.log2
    }

    fn index_max(&self) -> u64 {
        if self.is_64 { u64::MAX } else { u32::MAX.into() }
    }

    /// The number that `near` means now, as an index.
    fn index(&self, (which, distance): Near) -> u64 {
        let anchors = [
            0,
            self.len(),
            self.len(),
            self.size,
            self.max - self.size,
            self.max << self.log2,
            self.limit,
            (self.limit >> self.log2).saturating_sub(self.size),
            1 << self.log2,
            1 << 16,
            1 << 31,
            1 << 32,
            1 << 63,
            1 << 64,
        ];
        let anchor = anchors[usize::from(which) % anchors.len()];
        // Wraps as an index does: what is below zero is near the end.
        anchor.wrapping_add_signed(distance.into()) as u64 & self.index_max()
    }

    /// A count for a span that ends near what `near` means, if it starts at `start`; short if all of it is there.
    fn count(&self, near: Near, starts: &[u64]) -> u64 {
        let count = self.index(near);
        let fits = starts.iter().all(|start| self.span(*start, count).is_some());
        if fits { count.min(SPAN) } else { count }
    }

    fn span(&self, at: u64, count: u64) -> Option<std::ops::Range<u128>> {
        let end = u128::from(at) + u128::from(count);
        (end <= self.len()).then_some(at.into()..end)
    }

    fn grow(&mut self, delta: u64) -> Outcome {
        let grown = self.size + u128::from(delta);
        if grown > self.max || (delta != 0 && grown << self.log2 > self.limit) {
            return Outcome::Value(self.index_max());
        }
        Outcome::Value(std::mem::replace(&mut self.size, grown) as u64 & self.index_max())
    }

    fn read(&self, at: u128, len: usize) -> Vec<u8> {
        let byte = |at| self.bytes.get(&at).copied().unwrap_or(0);
        (at..at + len as u128).map(byte).collect()
    }

    fn write(&mut self, at: u128, bytes: &[u8]) {
        self.bytes.extend((at..).zip(bytes.iter().copied()));
    }

    /// Access of `len` bytes at `at` plus `offset`.
    fn access(&self, at: u64, offset: u64, len: u64) -> Option<u128> {
        let start = u128::from(at) + u128::from(offset);
        (start + u128::from(len) <= self.len()).then_some(start)
    }

    /// Does a step: its operands as numbers, and what it must come to.
    fn step(&mut self, op: Op) -> ([u64; 3], Outcome) {
        const DONE: Outcome = Outcome::Value(0);
        match op {
            Op::Size => ([0; 3], Outcome::Value(self.size as u64 & self.index_max())),
            Op::Grow(delta) => {
                let delta = self.index(delta);
                ([delta, 0, 0], self.grow(delta))
            }
            Op::Load { log2, at, offset } => {
                let (at, offset, len) = (self.index(at), self.index(offset), 1 << log2);
                let value = self.access(at, offset, len).map(|start| {
                    let mut value = [0; 8];
                    value[..len as usize].copy_from_slice(&self.read(start, len as usize));
                    Outcome::Value(u64::from_le_bytes(value))
                });
                ([at, offset, 0], value.unwrap_or(Outcome::Trap))
            }
            Op::Store { log2, at, offset, value } => {
                let (at, offset, len) = (self.index(at), self.index(offset), 1 << log2);
                let start = self.access(at, offset, len);
                let done =
                    start.map(|start| self.write(start, &value.to_le_bytes()[..len as usize]));
                ([at, offset, value], done.map_or(Outcome::Trap, |()| DONE))
            }
            Op::Fill { at, value, count } => {
                let at = self.index(at);
                let count = self.count(count, &[at]);
                let done = self
                    .span(at, count)
                    .map(|to| self.write(to.start, &vec![value; count as usize]));
                ([at, count, value.into()], done.map_or(Outcome::Trap, |()| DONE))
            }
            Op::Copy { to, from, count } => {
                let (to, from) = (self.index(to), self.index(from));
                let count = self.count(count, &[to, from]);
                let spans = self.span(to, count).zip(self.span(from, count));
                let done = spans.map(|(to, from)| {
                    let bytes = self.read(from.start, count as usize);
                    self.write(to.start, &bytes);
                });
                ([to, from, count], done.map_or(Outcome::Trap, |()| DONE))
            }
            Op::Init { at, from, count } => {
                // Both are `i32` whatever the memory's addresses are.
                let (at, count) = (self.index(at), self.index(count) & u64::from(u32::MAX));
                let source = usize::from(from).checked_add(count as usize);
                let source = source.and_then(|end| DATA.get(from.into()..end));
                let done = source
                    .zip(self.span(at, count))
                    .map(|(source, to)| self.write(to.start, source));
                ([at, from.into(), count], done.map_or(Outcome::Trap, |()| DONE))
            }
        }
    }
}

/// The text of a function that does a step on memory `memory`, with operands as constants or as parameters.
fn function(op: Op, operands: [u64; 3], constant: bool, is_64: bool, memory: usize) -> String {
    let wide = |which: usize| match constant {
        true => format!("(i64.const {})", operands[which] as i64),
        false => format!("(local.get {which})"),
    };
    let narrow = |which: usize| match constant {
        true => format!("(i32.const {})", operands[which] as u32 as i32),
        false => format!("(i32.wrap_i64 (local.get {which}))"),
    };
    let index = |which| if is_64 { wide(which) } else { narrow(which) };
    let result = |text: String| if is_64 { text } else { format!("(i64.extend_i32_u {text})") };
    let width = |log2: u8| if log2 == 3 { String::new() } else { (8 << log2).to_string() };
    let offset = operands[1];
    match op {
        Op::Size => result(format!("(memory.size {memory})")),
        Op::Grow(_) => result(format!("(memory.grow {memory} {})", index(0))),
        Op::Load { log2, .. } => {
            let sign = if log2 == 3 { "" } else { "_u" };
            format!("(i64.load{}{sign} {memory} offset={offset} {})", width(log2), index(0))
        }
        Op::Store { log2, .. } => {
            let (width, address, value) = (width(log2), index(0), wide(2));
            format!("(i64.store{width} {memory} offset={offset} {address} {value}) (i64.const 0)")
        }
        Op::Fill { .. } => {
            format!("(memory.fill {memory} {} {} {}) (i64.const 0)", index(0), narrow(2), index(1))
        }
        Op::Copy { .. } => {
            let (to, from, count) = (index(0), index(1), index(2));
            format!("(memory.copy {memory} {memory} {to} {from} {count}) (i64.const 0)")
        }
        Op::Init { .. } => {
            format!(
                "(memory.init {memory} 0 {} {} {}) (i64.const 0)",
                index(0),
                narrow(1),
                narrow(2)
            )
        }
    }
}

impl Case {
    /// How memories grow here, and the limiter's limit in bytes. Only reserved space is as good as endless.
    fn budget(&self) -> (MemoryGrowth, u128) {
        const SMALL: &[u128] = &[1000, 1 << 16, (1 << 16) + 1, 3 << 16];
        const LARGE: &[u128] = &[
            1 << 31,
            (1 << 31) + 1,
            (1 << 32) - 1,
            1 << 32,
            (1 << 32) + 1,
            1 << 33,
            1000,
            3 << 16,
        ];
        let growth = match self.growth % 4 {
            0 => MemoryGrowth::Exact,
            1 => MemoryGrowth::Amortised,
            _ if MemoryGrowth::Reserved.is_available() => MemoryGrowth::Reserved,
            _ => MemoryGrowth::default(),
        };
        let limits = if growth == MemoryGrowth::Reserved { LARGE } else { SMALL };
        (growth, limits[usize::from(self.limit) % limits.len()])
    }

    fn model(&self) -> Model {
        let (_, limit) = self.budget();
        let Self { log2, is_64, .. } = *self;
        let space = if is_64 { 64 } else { 32 };
        // One-byte pages end one before the number of pages would need another bit.
        let most = (1u128 << (space - log2)).min((1 << space) - 1);
        let mut model = Model { log2, is_64, size: 0, max: most, limit, bytes: BTreeMap::new() };
        let min = u128::from(model.index(self.min)).min(limit >> log2).min(most);
        let max = self.max.map(|max| u128::from(model.index(max)).clamp(min, most));
        model.size = min;
        model.max = max.unwrap_or(most);
        model
    }

    /// The module that does the steps, and for each its operands and what it must come to. `model` is then as at the end.
    fn module(&self, model: &mut Model) -> (String, Vec<([u64; 3], Outcome)>) {
        let (index, first) =
            (if self.is_64 { "i64" } else { "i32" }, if self.second { "(memory 1)" } else { "" });
        let max = if self.max.is_some() { model.max.to_string() } else { String::new() };
        let (min, page) = (model.size, 1u32 << self.log2);
        let mut text = format!(
            r#"(module {first} (memory $m {index} {min} {max} (pagesize {page})) (export "m" (memory $m))
            (data "{}")"#,
            str::from_utf8(DATA).unwrap()
        );
        let mut steps = Vec::new();
        for (at, (op, constant)) in self.ops.iter().enumerate() {
            let (operands, outcome) = model.step(*op);
            let body = function(*op, operands, *constant, self.is_64, self.second.into());
            write!(text, "\n(func (export \"{at}\") (param i64 i64 i64) (result i64) {body})")
                .unwrap();
            steps.push((operands, outcome));
        }
        (text + ")", steps)
    }

    fn engine(&self) -> Engine {
        let mut config = wasmite::Config::new();
        config.wasm_custom_page_sizes_all(true).memory_growth(self.budget().0);
        Engine::new(&config).unwrap()
    }

    /// Runs the steps, and compares each with the model, and all bytes at the end.
    fn check(&self) -> Result<(), TestCaseError> {
        let mut model = self.model();
        let (text, steps) = self.module(&mut model);
        let limit = usize::try_from(model.limit).unwrap_or(usize::MAX);
        let limits = StoreLimitsBuilder::new().memory_size(limit.max(1 << 16)).build();
        let mut store = Store::new(&self.engine(), limits);
        store.limiter(|limits| limits);
        let module = Module::new(store.engine(), text).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        // The memory that comes first needs a page.
        *store.data_mut() = StoreLimitsBuilder::new().memory_size(limit).build();
        for (at, (operands, expected)) in steps.into_iter().enumerate() {
            let found = run(&mut store, instance, &at.to_string(), operands);
            prop_assert_eq!(found, expected, "step {} {:?}: {:x?}", at, self.ops[at], operands);
        }
        let memory = instance.get_memory(&store, "m").unwrap();
        prop_assert_eq!(u128::from(memory.size(&store)), model.size);
        let data = memory.data(&store);
        prop_assert_eq!(data.len() as u128, model.len());
        for (at, byte) in &model.bytes {
            prop_assert_eq!(data[*at as usize], *byte, "byte {:x}", at);
        }
        Ok(())
    }
}

fn run(
    store: &mut Store<StoreLimits>,
    instance: Instance,
    name: &str,
    operands: [u64; 3],
) -> Outcome {
    let [a, b, c] = operands.map(|operand| operand as i64);
    match crate::call::<(i64, i64, i64), i64, _>(store, instance, name, (a, b, c)) {
        Ok(value) => Outcome::Value(value as u64),
        Err(error) => {
            assert_eq!(error.as_trap(), Some(Trap::MemoryOutOfBounds), "{error}");
            Outcome::Trap
        }
    }
}

#[test]
fn memories_do_as_their_model() {
    let steps = std::env::var("WASMITE_MODEL_STEPS").map_or(STEPS, |steps| steps.parse().unwrap());
    let cases = steps.div_ceil(CASE as u32);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    if let Err(error) = TestRunner::new(config).run(&case(), |case| case.check()) {
        panic!("{error}");
    }
}

/// Cases that only ever failed, or never did, would be content with anything.
#[test]
fn cases_reach_both_sides_of_limits() {
    let mut runner = TestRunner::deterministic();
    let (mut traps, mut values, mut refused, mut grown) = (0, 0, 0, 0);
    for _ in 0..100 {
        let case = case().new_tree(&mut runner).unwrap().current();
        let mut model = case.model();
        for (op, _) in &case.ops {
            let before = model.size;
            match (op, model.step(*op).1) {
                (Op::Grow(_), _) if model.size > before => grown += 1,
                (Op::Grow(_), outcome) => {
                    refused += u32::from(outcome == Outcome::Value(model.index_max()))
                }
                (_, Outcome::Trap) => traps += 1,
                (_, Outcome::Value(_)) => values += 1,
            }
        }
    }
    for (what, count) in
        [("traps", traps), ("values", values), ("refused", refused), ("grown", grown)]
    {
        assert!(count > 150, "{what}: only {count}");
    }
}
