//! Chooses which neighbouring cells the engine executes with one dispatch, from what neighbours in a corpus of modules.
//!
//! Not part of the engine: it writes `crates/isa/src/sequences.rs`. Invariant: equal corpora and options give equal tables,
//! and no module has more influence than another of its size of family.
#![forbid(unsafe_code)]

mod corpus;
mod model;
mod ngrams;
mod table;
mod weights;

use anyhow::{Result, bail};
use clap::Parser;
use corpus::Corpus;
use model::Mix;
use std::path::PathBuf;

/// Choose the engine's sequences of cells from a corpus of modules.
#[derive(Parser)]
#[command(bin_name = "cargo xtask sequences")]
struct Arguments {
    /// Folder with the modules; the start of a file's name up to its version number says which belong together
    corpus: PathBuf,
    /// Sequences of two cells, besides those that differ from one by which hot local is which
    #[arg(long, default_value_t = 24_000)]
    pairs: usize,
    /// Sequences of three cells
    #[arg(long, default_value_t = 14_000)]
    triples: usize,
    /// Sequences of two cells more, of which the first charges fuel
    #[arg(long, default_value_t = 3000)]
    metered_pairs: usize,
    /// Sequences of three cells more, of which the first charges fuel
    #[arg(long, default_value_t = 6000)]
    metered_triples: usize,
    /// Modules with more bytes are skipped
    #[arg(long, default_value_t = 12_000_000)]
    most_bytes: u64,
    /// Where to write the table
    #[arg(long, default_value = "crates/isa/src/sequences.rs")]
    output: PathBuf,
    /// Write nothing; say what tables of several sizes cover of families that they were not chosen from
    #[arg(long)]
    held_out: bool,
    /// Weights of the model's parts: opcodes, ops, classes, twins, mirrored
    #[arg(long, num_args = 5)]
    mix: Option<Vec<f64>>,
}

/// Parts the families are divided into to find out how a table does on others.
const FOLDS: usize = 5;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mix = match arguments.mix.as_deref() {
        Some(&[opcodes, ops, classes, twins, mirrored]) => {
            Mix { opcodes, ops, classes, twins, mirrored }
        }
        _ => Mix::default(),
    };
    let corpus = Corpus::read(&arguments.corpus, arguments.most_bytes)?;
    for (name, why) in &corpus.skipped {
        println!("skipped {name}: {why}");
    }
    if corpus.modules.is_empty() {
        bail!("no module in {}", arguments.corpus.display());
    }
    println!("{} modules of {} families", corpus.modules.len(), corpus.families().len());
    if arguments.held_out {
        report_held_out(&corpus, &mix);
        return Ok(());
    }
    let counts = corpus.counts(|_| true);
    let mut table = model::choose(&counts, &mix, arguments.pairs, arguments.triples);
    let (pairs, triples) = table.covered(&counts);
    println!("of neighbours {pairs:.3} are pairs, of three in a row {triples:.3} are triples");
    let Arguments { metered_pairs, metered_triples, .. } = arguments;
    table.append(model::choose(&corpus.metered(), &mix, metered_pairs, metered_triples));
    Ok(std::fs::write(&arguments.output, table.to_string())?)
}

/// Prints coverage by size, averaged over the parts.
fn report_held_out(corpus: &Corpus, mix: &Mix) {
    println!("   pairs covered    triples covered");
    let parts = |fold| {
        let inside = move |family: usize| family % FOLDS == fold;
        (corpus.counts(move |family| !inside(family)), corpus.counts(inside))
    };
    let parts: Vec<_> = (0..FOLDS).map(parts).collect();
    let chosen: Vec<_> =
        parts.iter().map(|(rest, _)| model::choose(rest, mix, 20_000, 8_000)).collect();
    for (pairs, triples) in
        [(2000, 500), (4000, 1000), (8000, 2000), (12_000, 4000), (16_000, 6000), (20_000, 8000)]
    {
        let mut sums = [0.0; 2];
        for (table, (_, part)) in chosen.iter().zip(&parts) {
            let (two, three) = table.first(pairs, triples).covered(part);
            sums[0] += two / FOLDS as f64;
            sums[1] += three / FOLDS as f64;
        }
        println!("{pairs:8} {:7.3} {triples:10} {:7.3}", sums[0], sums[1]);
    }
}
