//! Counts of neighbouring cells in one module's translated code.
//!
//! Counts are weighed by loop depth: a static stand-in for how often cells execute. Invariant: only neighbours that may be a
//! sequence are counted.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Included};
use wasmite_isa::{Code, Op, Opcode, shape::Field};
use wasmite_module::Module;
use wasmite_translate::{Options, Translator};

/// How much more often than what is around it a loop's body is assumed to execute, and up to which depth.
const LOOP: f64 = 8.0;
const DEEPEST: usize = 4;
/// The same again for a loop without another in it, and for one with calls: programs spend most of their time in innermost loops
/// that call nothing.
const INNERMOST: f64 = 8.0;
const CALLING: f64 = 0.2;

/// How often a conditional branch is assumed not to be taken.
const NOT_TAKEN: f64 = 0.5;

/// Weights of neighbouring cells, by the first words of their cells ([`Opcode::word`]).
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) pairs: HashMap<[u64; 2], f64>,
    pub(crate) triples: HashMap<[u64; 3], f64>,
    /// Of all neighbours, also those that can be no sequence.
    pub(crate) total: f64,
}

impl Counts {
    /// The neighbours in a module's functions, and how many functions could not be translated.
    pub(crate) fn of_module(module: &Module, options: &Options) -> (Self, usize) {
        let mut counts = Self::default();
        let mut failed = 0;
        let mut translator = Translator::default();
        for func in module.defined_funcs() {
            match translator.translate(module, func, options) {
                Ok(code) => counts.add_code(&code),
                Err(_) => failed += 1,
            }
        }
        (counts, failed)
    }

    /// Leaves only what begins with `op`.
    pub(crate) fn keep_first(&mut self, op: Op) {
        let is = |word: u64| Opcode::from_word(word).is_some_and(|opcode| opcode.op == op);
        self.pairs.retain(|pair, _| is(pair[0]));
        self.triples.retain(|triple, _| is(triple[0]));
    }

    fn add_code(&mut self, code: &Code) {
        let cells: Vec<(Opcode, f64)> = weighed(code);
        let mut before: Option<u64> = None;
        for neighbours in cells.windows(2) {
            let [(first, weight), (second, other)] = [neighbours[0], neighbours[1]];
            let taken = if first.op.name().starts_with("Br") { NOT_TAKEN } else { 1.0 };
            let weight = weight.min(other) * taken;
            let words = [first.word(), second.word()];
            if first.op.can_continue_sequence() {
                self.total += weight;
            }
            if first.op.can_continue_sequence() && second.op.can_end_sequence() {
                *self.pairs.entry(words).or_default() += weight;
                if let Some(before) = before {
                    *self.triples.entry([before, words[0], words[1]]).or_default() += weight;
                }
                before = Some(words[0]);
            } else {
                before = None;
            }
        }
    }

    /// Adds a module's counts so that it has `share` in all; none of its pairs counts for more than `cap` of that.
    pub(crate) fn add_share(&mut self, module: &Self, share: f64, cap: f64) {
        if module.total == 0.0 {
            return;
        }
        let scaled = |weight: &f64| (weight / module.total).min(cap) * share;
        for (pair, weight) in &module.pairs {
            *self.pairs.entry(*pair).or_default() += scaled(weight);
        }
        for (triple, weight) in &module.triples {
            *self.triples.entry(*triple).or_default() += scaled(weight);
        }
        self.total += share;
    }
}

/// A loop: from the cell that backward branches go to up to the last of these.
struct Loop {
    start: u32,
    end: u32,
    /// How much more often than what is around it its body is assumed to execute.
    weight: f64,
}

/// The loops of a function, from the first on.
fn loops(code: &Code, cells: &[(u32, Opcode)]) -> Vec<Loop> {
    let mut spans: BTreeMap<u32, u32> = BTreeMap::new();
    for (word, opcode) in cells {
        for field in opcode.op.shape().fields {
            let Field::Target(byte) = field else { continue };
            let target = code.words()[*word as usize + byte / 8] as u32;
            if target <= *word {
                let end = spans.entry(target).or_default();
                *end = (*end).max(*word);
            }
        }
    }
    let calls = cells.iter().filter(|(_, opcode)| opcode.op.name().contains("Call"));
    let calls: Vec<u32> = calls.map(|(word, _)| *word).collect();
    let weigh = |(start, end): (&u32, &u32)| {
        let is_innermost =
            spans.range((Excluded(start), Included(end.max(start)))).next().is_none();
        let has_calls = calls.iter().any(|call| (start..=end).contains(&call));
        let innermost = if is_innermost { INNERMOST } else { 1.0 };
        let calling = if has_calls { CALLING } else { 1.0 };
        Loop { start: *start, end: *end, weight: LOOP * innermost * calling }
    };
    spans.iter().filter(|(start, end)| start < end).map(weigh).collect()
}

/// The cells of a function with their weights.
fn weighed(code: &Code) -> Vec<(Opcode, f64)> {
    let cells: Vec<_> = code.listing().map(|cell| (cell.word, cell.opcode())).collect();
    let loops = loops(code, &cells);
    let weight = |word: u32| {
        let around = loops.iter().filter(|one| (one.start..=one.end).contains(&word));
        around.take(DEEPEST).map(|one| one.weight).product()
    };
    cells.iter().map(|(word, opcode)| (*opcode, weight(*word))).collect()
}
