//! The table that was chosen, and how it is written.
//!
//! Invariant: what is written is what `wasmite_isa::for_each_sequence` promises, in the order of the opcodes.

use crate::ngrams::Counts;
use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};
use wasmite_isa::Opcode;

/// Longest line.
const WIDTH: usize = 128;

const HEADER: &str = include_str!("header.txt");

/// Sequences, best first; a pair and its mirror image side by side.
pub(crate) struct Table {
    pub(crate) pairs: Vec<[u64; 2]>,
    pub(crate) triples: Vec<[u64; 3]>,
}

impl Table {
    /// The shares of neighbours that are a pair of the table, and of three neighbours that are a triple.
    pub(crate) fn covered(&self, counts: &Counts) -> (f64, f64) {
        let pairs: f64 = self.pairs.iter().filter_map(|pair| counts.pairs.get(pair)).sum();
        let triples: f64 =
            self.triples.iter().filter_map(|triple| counts.triples.get(triple)).sum();
        (pairs / counts.total, triples / counts.total)
    }

    /// Adds sequences that begin differently.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.pairs.append(&mut other.pairs);
        self.triples.append(&mut other.triples);
    }

    /// The best of the table.
    pub(crate) fn first(&self, pairs: usize, triples: usize) -> Self {
        let pairs = self.pairs[..pairs.min(self.pairs.len())].to_vec();
        let kept: HashSet<_> = pairs.iter().collect();
        let begins = |triple: &&[u64; 3]| kept.contains(&[triple[0], triple[1]]);
        let triples = self.triples.iter().filter(begins).take(triples).copied().collect();
        Self { triples, pairs }
    }
}

/// Name and forms of an opcode.
fn parts(word: u64) -> (&'static str, String) {
    let opcode = Opcode::from_word(word).expect("tables are of opcodes");
    let shape = opcode.op.shape();
    let (sources, result) = opcode.digits();
    let sources = sources.iter().take(shape.srcs.len());
    let forms = sources.chain(shape.dst.then_some(&result));
    let letters: Vec<_> =
        forms.map(|digit| ["S", "A", "H", "W", "K"][usize::from(*digit)]).collect();
    (opcode.op.name(), letters.join(" "))
}

/// Sequences whose handlers would need more native registers than there are, so a native frame: `cargo xtask asm` finds them.
const EXCLUDED: &str = include_str!("excluded.txt");

/// Whether a sequence must not be in the table.
pub(crate) fn is_excluded(sequence: &[u64]) -> bool {
    let cells: Vec<_> = sequence.iter().map(|word| cell(*word)).collect();
    let name = cells.join("; ");
    EXCLUDED.lines().any(|line| line == name)
}

/// A cell as rows begin with it.
fn cell(word: u64) -> String {
    let (op, forms) = parts(word);
    format!("{op}<{}>", forms.replace(' ', ", "))
}

/// A row: the cells before the last one, as types, then the last cells by op.
fn write_row(f: &mut fmt::Formatter<'_>, before: &[u64], last: &[u64]) -> fmt::Result {
    let before: Vec<_> = before.iter().map(|word| cell(*word)).collect();
    let mut by_op: BTreeMap<u64, (&str, String)> = BTreeMap::new();
    for word in last {
        let (op, forms) = parts(*word);
        let entry = by_op.entry(word & 0xffff).or_insert((op, String::new()));
        entry.1 += &format!("[{forms}]");
    }
    let mut line = format!("        {}:", before.join(", "));
    for (op, forms) in by_op.into_values() {
        if line.len() + op.len() + forms.len() > WIDTH {
            writeln!(f, "{line}")?;
            line = " ".repeat(11);
        }
        line += &format!(" {op}{forms}");
    }
    writeln!(f, "{line};")
}

/// The last cells by those before them.
fn grouped<const N: usize, const M: usize>(sequences: &[[u64; N]]) -> BTreeMap<[u64; M], Vec<u64>> {
    let mut rows: BTreeMap<[u64; M], Vec<u64>> = BTreeMap::new();
    // By op first: the lower half of the word.
    for sequence in sequences {
        let mut before = [0; M];
        before.copy_from_slice(&sequence[..M]);
        rows.entry(before.map(|word| word.rotate_right(16)))
            .or_default()
            .push(sequence[M].rotate_right(16));
    }
    for last in rows.values_mut() {
        last.sort_unstable();
        last.iter_mut().for_each(|word| *word = word.rotate_left(16));
    }
    rows
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        writeln!(f, "        pairs {{")?;
        for (before, last) in grouped::<2, 1>(&self.pairs) {
            write_row(f, &before.map(|word| word.rotate_left(16)), &last)?;
        }
        writeln!(f, "        }}\n        triples {{")?;
        for (before, last) in grouped::<3, 2>(&self.triples) {
            write_row(f, &before.map(|word| word.rotate_left(16)), &last)?;
        }
        writeln!(f, "        }}\n    }} }};\n}}")
    }
}
