//! Counts of neighbouring cells in one module's translated code.
//!
//! Counts are weighed by loop depth: a static stand-in for how often cells execute. Invariant: only neighbours that may be a
//! sequence are counted.

use std::collections::HashMap;
use wasmite_isa::{Code, Op, Opcode, shape::Field};
use wasmite_module::Module;
use wasmite_translate::{Options, Translator};

/// How much more often than what is around it a loop's body is assumed to execute, and up to which depth.
const LOOP: f64 = 8.0;
const DEEPEST: i32 = 4;

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

/// The cells of a function with their weights. Loops are what backward branches span.
fn weighed(code: &Code) -> Vec<(Opcode, f64)> {
    let cells: Vec<_> = code.listing().map(|cell| (cell.word, cell.opcode())).collect();
    let mut starts: HashMap<u32, i32> = HashMap::new();
    let mut ends: HashMap<u32, i32> = HashMap::new();
    for (word, opcode) in &cells {
        for field in opcode.op.shape().fields {
            let Field::Target(byte) = field else { continue };
            let target = code.words()[*word as usize + byte / 8] as u32;
            if target <= *word {
                *starts.entry(target).or_default() += 1;
                *ends.entry(*word).or_default() += 1;
            }
        }
    }
    let mut depth = 0;
    let mut weigh = |(word, opcode): (u32, Opcode)| {
        depth += starts.get(&word).unwrap_or(&0);
        let weight = LOOP.powi(depth.min(DEEPEST));
        depth -= ends.get(&word).unwrap_or(&0);
        (opcode, weight)
    };
    cells.into_iter().map(&mut weigh).collect()
}
