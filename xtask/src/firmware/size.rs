//! What takes how much flash, by the names of symbols.
//!
//! An estimate: functions are inlined into others, and constants have no names. Invariant: parts and what has no name add up
//! to the flash.

use crate::process;
use anyhow::{Context, Result};
use std::{path::Path, process::Command};

/// A part of the firmware: symbols of these crates (or with these words in their names). The first that matches counts.
pub(super) struct Part {
    pub(super) name: &'static str,
    crates: &'static [&'static str],
}

pub(super) const PARTS: &[Part] = &[
    Part { name: "validator", crates: &["wasmite_module::validator"] },
    Part { name: "parser", crates: &["wasmite_module", "wasmite_core"] },
    Part { name: "translator", crates: &["wasmite_translate", "wasmite_isa"] },
    Part { name: "handlers", crates: &["wasmite_exec::handlers", "wasmite_exec::dispatch"] },
    Part { name: "store", crates: &["wasmite_exec", "wasmite", "hashbrown", "foldhash"] },
    Part { name: "firmware", crates: &["firmware", "cortex_m", "linked_list_allocator", "itoa"] },
    Part { name: "core, alloc, soft floats", crates: &[""] },
];

/// Entries of a part that are printed when all are asked for.
const LARGEST: usize = 40;

#[derive(Default)]
pub(super) struct PartSize {
    pub(super) bytes: u64,
    /// Bytes and name, the largest first.
    symbols: Vec<(u64, String)>,
}

pub(super) struct Size {
    /// Code and constants.
    pub(super) flash: u64,
    /// One for each of [`PARTS`].
    pub(super) parts: Vec<PartSize>,
}

impl Size {
    /// What no symbol accounts for.
    pub(super) fn nameless(&self) -> u64 {
        self.flash.saturating_sub(self.parts.iter().map(|part| part.bytes).sum())
    }

    pub(super) fn print_largest(&self) {
        for (part, size) in PARTS.iter().zip(&self.parts) {
            println!("{}: {} bytes", part.name, size.bytes);
            for (bytes, name) in size.symbols.iter().take(LARGEST) {
                println!("  {bytes:6} {name:.150}");
            }
        }
    }
}

pub(super) fn measure(file: &Path) -> Result<Size> {
    let totals = process::output(Command::new("size").arg(file))?;
    let mut nm = Command::new("nm");
    nm.args(["--print-size", "--size-sort", "--reverse-sort", "--demangle"]).arg(file);
    let symbols = process::output(&mut nm)?;
    let mut parts: Vec<PartSize> = PARTS.iter().map(|_| PartSize::default()).collect();
    for (bytes, name) in symbols.lines().filter_map(symbol) {
        if let Some(at) = part_of(name) {
            parts[at].bytes += bytes;
            parts[at].symbols.push((bytes, name.into()));
        }
    }
    Ok(Size { flash: flash(&totals).context("`size` prints something else")?, parts })
}

/// Code, constants and initial values of variables, of what `size` prints.
fn flash(text: &str) -> Option<u64> {
    let mut figures = text.lines().nth(1)?.split_whitespace();
    let code: u64 = figures.next()?.parse().ok()?;
    let data: u64 = figures.next()?.parse().ok()?;
    Some(code + data)
}

/// Bytes and name, of what is in flash.
fn symbol(line: &str) -> Option<(u64, &str)> {
    let mut fields = line.splitn(4, ' ');
    let (_, bytes, kind, name) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let in_flash = !matches!(kind, "b" | "B");
    Some((u64::from_str_radix(bytes, 16).ok()?, name)).filter(|_| in_flash)
}

/// The part whose crate is named first: the function's own, before those it is generic over. None for nameless constants.
fn part_of(name: &str) -> Option<usize> {
    if name.starts_with(".L") {
        return None;
    }
    let place = |part: &Part| part.crates.iter().filter_map(|word| position(name, word)).min();
    let named = PARTS.iter().enumerate().filter_map(|(at, part)| Some((place(part)?, at)));
    // Of two parts at the same place the first is the more special one.
    named.min_by_key(|(place, at)| (*place, *at)).map(|(_, at)| at)
}

/// Where `word` begins a path in `name`; at the end if it is empty.
fn position(name: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return Some(name.len());
    }
    let starts = |at: &usize| !name[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let ends = |at: &usize| name[at + word.len()..].starts_with("::");
    name.match_indices(word).map(|(at, _)| at).find(|at| starts(at) && ends(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_belong_to_parts() {
        let part = |name: &str| part_of(name).map(|at| PARTS[at].name);
        let validator = "<wasmite_module::validator::body::BodyValidator>::step";
        assert_eq!(part(validator), Some("validator"));
        assert_eq!(part("<wasmite_module::parse::Reading>::module"), Some("parser"));
        assert_eq!(part("wasmite_exec::handlers::TABLE"), Some("handlers"));
        assert_eq!(part("<wasmite_exec::store::Store>::run"), Some("store"));
        let generic = "<alloc::vec::Vec<wasmite_isa::Ty>>::push::<wasmite::Store>";
        assert_eq!(part(generic), Some("translator"));
        assert_eq!(part("memcpy"), Some("core, alloc, soft floats"));
        assert_eq!(part(".Lanon.1"), None);
    }

    #[test]
    fn what_binutils_print_is_read() {
        assert_eq!(flash("text data bss dec hex filename\n 10 2 300 312 138 f\n"), Some(12));
        assert_eq!(symbol("00000040 000003c0 R <a as b>::c"), Some((0x3c0, "<a as b>::c")));
        assert_eq!(symbol("20000000 00100000 b arena"), None);
    }
}
