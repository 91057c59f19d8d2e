//! Weights of cells: how often they are assumed to execute, which is by the loops and calls around them.
//!
//! Nothing is executed to know. Invariant: a cell outside of loops, in a function that is never called directly, weighs 1.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Included};
use wasmite_core::FuncIdx;
use wasmite_isa::{
    Code, Op, Opcode,
    shape::{self, Field},
};

/// How much more often than what is around it a loop's body is assumed to execute, and up to which depth.
const LOOP: f64 = 3.0;
const DEEPEST: usize = 4;
/// The same again for a loop without another in it, and for one with calls: programs spend most of their time in innermost loops
/// that call nothing.
const INNERMOST: f64 = 8.0;
const CALLING: f64 = 0.2;

/// How often a call is assumed to be reached where its neighbours are, and the most that calls make of a function.
const CALLED: f64 = 0.5;
const MOST_CALLED: f64 = 64.0;
/// Over how many calls that leads.
const CHAIN: usize = 4;

/// A function.
pub(crate) struct Body {
    pub(crate) func: FuncIdx,
    /// Its cells with their weights in one call.
    pub(crate) cells: Vec<(Opcode, f64)>,
    /// The functions that it calls directly, with the weights of the calls.
    calls: Vec<(FuncIdx, f64)>,
}

impl Body {
    pub(crate) fn new(func: FuncIdx, code: &Code) -> Self {
        let cells = weighed(code);
        let calls = code.listing().zip(&cells).filter(|(_, (opcode, _))| opcode.op == Op::Call);
        let callee = |word: u32| FuncIdx(code.words()[word as usize + shape::EXTRA / 8] as u32);
        let calls = calls.map(|(cell, (_, weight))| (callee(cell.word), *weight)).collect();
        Self { func, cells, calls }
    }

    /// What it consists of, without what differs between cells of one form.
    pub(crate) fn words(&self) -> Vec<u64> {
        self.cells.iter().map(|(opcode, _)| opcode.word()).collect()
    }
}

/// How often each function of a module is assumed to be called: as often as where it is called most.
pub(crate) fn calls(bodies: &[Body]) -> HashMap<FuncIdx, f64> {
    let once: HashMap<_, _> = bodies.iter().map(|body| (body.func, 1.0)).collect();
    let mut calls = once.clone();
    for _ in 0..CHAIN {
        let mut next = once.clone();
        for body in bodies {
            for (callee, weight) in &body.calls {
                let times = (CALLED * calls[&body.func] * weight).min(MOST_CALLED);
                next.entry(*callee).and_modify(|most| *most = times.max(*most));
            }
        }
        calls = next;
    }
    calls
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

#[cfg(test)]
mod tests {
    use super::*;

    fn body(func: u32, calls: &[(u32, f64)]) -> Body {
        let calls = calls.iter().map(|(callee, weight)| (FuncIdx(*callee), *weight)).collect();
        Body { func: FuncIdx(func), cells: Vec::new(), calls }
    }

    #[test]
    fn what_loops_call_weighs_more_and_so_does_what_that_calls() {
        let bodies =
            [body(0, &[(1, 24.0), (3, 1.0)]), body(1, &[(2, 4.0)]), body(2, &[]), body(3, &[])];
        let calls = calls(&bodies);
        assert_eq!([0, 1, 2, 3].map(|func| calls[&FuncIdx(func)]), [1.0, 12.0, 24.0, 1.0]);
    }

    #[test]
    fn recursion_has_a_limit_and_imports_have_no_weight() {
        let calls = calls(&[body(5, &[(5, 1000.0), (0, 8.0)])]);
        assert_eq!(calls.get(&FuncIdx(5)), Some(&MOST_CALLED));
        assert_eq!(calls.len(), 1);
    }
}
