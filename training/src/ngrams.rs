//! Counts of neighbouring cells in one module's translated code.
//!
//! Counts are weighed by how often cells are assumed to execute (`weights.rs`). Invariant: only neighbours that may be a sequence
//! are counted.

use crate::weights::{self, Body};
use std::collections::{HashMap, HashSet};
use wasmite_isa::{Op, Opcode};
use wasmite_module::Module;
use wasmite_translate::{Options, Translator};

/// Functions of at least as many cells count once: programs share what libraries they are linked with.
const LEAST_SHARED: usize = 16;

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

/// Functions that have been counted, by their cells.
pub(crate) type Known = HashSet<Vec<u64>>;

impl Counts {
    /// The neighbours in a module's functions, but for those that are `known`, and how many functions could not be translated. Nothing
    /// if only short functions are new: the module is another one once more.
    pub(crate) fn of_module(
        module: &Module,
        options: &Options,
        known: &mut Known,
    ) -> (Self, usize) {
        let mut counts = Self::default();
        let (mut bodies, mut failed) = (Vec::new(), 0);
        let mut translator = Translator::default();
        for func in module.defined_funcs() {
            match translator.translate(module, func, options) {
                Ok(code) => bodies.push(Body::new(func, &code)),
                Err(_) => failed += 1,
            }
        }
        let calls = weights::calls(&bodies);
        let is_short = |body: &Body| body.cells.len() < LEAST_SHARED;
        bodies.retain(|body| is_short(body) || known.insert(body.words()));
        if !bodies.iter().all(is_short) {
            for body in bodies {
                counts.add_code(&body.cells, calls[&body.func]);
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

    /// Adds the neighbours in a function that is called so many times.
    fn add_code(&mut self, cells: &[(Opcode, f64)], calls: f64) {
        let mut before: Option<u64> = None;
        for neighbours in cells.windows(2) {
            let [(first, weight), (second, other)] = [neighbours[0], neighbours[1]];
            let taken = if first.op.name().starts_with("Br") { NOT_TAKEN } else { 1.0 };
            let weight = calls * weight.min(other) * taken;
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

#[cfg(test)]
mod tests {
    use super::*;
    use wasmite_module::ParseOptions;

    /// The weight of all neighbours of a module with a long function that multiplies by `constant` again and again, and a short one.
    fn total(constant: u32, known: &mut Known) -> f64 {
        let steps = format!("(i32.mul (i32.const {constant})) (i32.rotl (i32.const 3))").repeat(20);
        let text = format!(
            "(module (func (param i32) (result i32) local.get 0 {steps})
                (func (param i32) (result i32) (i32.mul (local.get 0) (i32.const 5))))"
        );
        let module = Module::parse(&wat::parse_str(text).unwrap(), &ParseOptions::default());
        let (counts, failed) = Counts::of_module(&module.unwrap(), &Options::default(), known);
        assert_eq!(failed, 0);
        counts.total
    }

    #[test]
    fn functions_count_once_whatever_their_constants_and_short_ones_not_alone() {
        let mut known = Known::default();
        assert!(total(7, &mut known) > 20.0);
        assert_eq!(total(9, &mut known), 0.0);
        assert!(total(7, &mut Known::default()) > 20.0);
    }
}
