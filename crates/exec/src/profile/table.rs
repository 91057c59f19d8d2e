//! Tables of a profile: counts by function, op, sequence of cells, and call stack.
//!
//! Not their printing. Invariant: names are in one line and have no semicolon, whatever an untrusted module calls its
//! functions, so that call stacks can be told apart again.

use super::recorder::{Executed, Recorder};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use hashbrown::HashMap;

/// Dispatches of one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// What it is.
    pub name: String,
    /// Cells executed; for sequences of cells, how often the whole sequence was.
    pub dispatches: u64,
}

/// What a store has executed. All tables have the most dispatched first.
///
/// Cells are named as the disassembler prints them, without what differs between cells of one form: `s` is a slot, `#` a
/// constant or an index, `@` a branch target. In sequences `;` joins cells that stand one after the other in the code, `=>`
/// cells that a branch, call or return brought together. Sequences end where dispatch is left, e.g. for a call of a host
/// function.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Cells executed.
    pub dispatches: u64,
    /// By function: cells of its own, not of functions that it calls.
    pub functions: Vec<Count>,
    /// By op.
    pub ops: Vec<Count>,
    /// By op and operand forms.
    pub forms: Vec<Count>,
    /// By two cells executed one after the other.
    pub pairs: Vec<Count>,
    /// By three cells executed one after the other.
    pub triples: Vec<Count>,
    /// By call stack, named by functions with `;` between them, the outermost first: with name and count in a line these
    /// are the "folded stacks" that flame graph tools read. Calls from host functions back into WebAssembly stand on the
    /// stack that called the host. Of deep recursion the outermost 64 frames are told apart.
    pub stacks: Vec<Count>,
}

/// A cell that may have been executed.
struct Cell {
    /// Number of its function.
    function: usize,
    /// Op and operand forms.
    form: String,
    /// The address after it.
    end: usize,
}

/// Dispatches by what is to be named in the end.
#[derive(Default)]
struct Counts(HashMap<String, u64>);

impl Profile {
    /// The tables of what was recorded.
    pub(super) fn new(recorder: &Recorder) -> Self {
        let names: Vec<String> = recorder.functions.iter().map(name).collect();
        let mut cells = HashMap::new();
        for (number, function) in recorder.functions.iter().enumerate() {
            add_cells(&mut cells, number, function);
        }
        let mut dispatches = 0;
        let mut functions = names.iter().map(|name| count(name.clone(), 0)).collect::<Vec<_>>();
        let [mut ops, mut forms, mut pairs, mut triples] = [(); 4].map(|()| Counts::default());
        for (addresses, times) in &recorder.triples {
            let [Some(third), second, first] = [2, 1, 0].map(|at| cells.get(&addresses[at])) else {
                continue;
            };
            dispatches += times;
            functions[third.function].dispatches += times;
            ops.add(op(&third.form), *times);
            forms.add(&third.form, *times);
            let Some(second) = second else { continue };
            let pair = format!("{}{}", join(second, addresses[2]), third.form);
            pairs.add(&pair, *times);
            let Some(first) = first else { continue };
            triples.add(&format!("{}{pair}", join(first, addresses[1])), *times);
        }
        let [ops, forms, pairs, triples] = [ops, forms, pairs, triples].map(Counts::sorted);
        let stacks = sorted(stacks(recorder, &names));
        Self { dispatches, functions: sorted(functions), ops, forms, pairs, triples, stacks }
    }
}

impl Counts {
    fn add(&mut self, name: &str, times: u64) {
        *self.0.entry_ref(name).or_default() += times;
    }

    fn sorted(self) -> Vec<Count> {
        sorted(self.0.into_iter().map(|(name, dispatches)| count(name, dispatches)).collect())
    }
}

fn count(name: String, dispatches: u64) -> Count {
    Count { name, dispatches }
}

/// The most dispatched first; of equal ones by name, so that equal runs print the same.
fn sorted(mut counts: Vec<Count>) -> Vec<Count> {
    counts
        .sort_unstable_by(|a, b| b.dispatches.cmp(&a.dispatches).then_with(|| a.name.cmp(&b.name)));
    counts
}

/// A cell as part of a sequence that goes on at `next`.
fn join(cell: &Cell, next: usize) -> String {
    let joint = if cell.end == next { ";" } else { "=>" };
    format!("{} {joint} ", cell.form)
}

/// The function's name, with its module's if that has one.
fn name(function: &Executed) -> String {
    let module = function.program.module();
    let own = match module.func_name(function.func) {
        Some(name) => name.to_string(),
        None => format!("<wasm function {}>", function.func.0),
    };
    let whole = match module.name() {
        Some(module) => format!("{module}!{own}"),
        None => own,
    };
    whole.replace(';', ":").replace(char::is_control, "?")
}

/// Adds the cells of a function, by address.
fn add_cells(cells: &mut HashMap<usize, Cell>, number: usize, function: &Executed) {
    let Executed { code, addresses, .. } = function;
    let address = |word: u32| addresses.start + word as usize * size_of::<u64>();
    let starts: Vec<usize> = code.listing().map(|cell| address(cell.word)).collect();
    let ends = starts.iter().copied().skip(1).chain([addresses.end]);
    for ((cell, start), end) in code.listing().zip(&starts).zip(ends) {
        cells.insert(*start, Cell { function: number, form: form(&cell.to_string()), end });
    }
}

/// The op of a form.
fn op(form: &str) -> &str {
    form.split(' ').next().unwrap_or(form)
}

/// A cell as the disassembler prints it, without what differs between cells of one form.
fn form(cell: &str) -> String {
    let Some((op, operands)) = cell.split_once(' ') else { return cell.into() };
    let (sources, destination) = match operands.split_once("-> ") {
        Some((sources, destination)) => (sources.trim_end(), Some(destination)),
        None => (operands, None),
    };
    let mut form = String::from(op);
    for (at, source) in sources.split(", ").filter(|source| !source.is_empty()).enumerate() {
        form.push_str(if at == 0 { " " } else { ", " });
        form.push_str(operand(source));
    }
    if let Some(destination) = destination {
        form.push_str(" -> ");
        form.push_str(operand(destination));
    }
    form
}

/// What kind of operand it is: registers have names of their own, everything else begins with its kind or is a number.
fn operand(text: &str) -> &str {
    let slot = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match text {
        "inf" | "NaN" => "#",
        _ if text.strip_prefix('s').is_some_and(slot) => "s",
        _ if text.starts_with(['@', '[']) => "@",
        _ if text.starts_with(|c: char| c.is_ascii_alphabetic()) => text,
        _ => "#",
    }
}

/// Call stacks that executed something of their own.
fn stacks(recorder: &Recorder, names: &[String]) -> Vec<Count> {
    let executed = recorder.stacks.iter().filter(|stack| stack.dispatches > 0);
    let counts = executed.map(|stack| {
        let mut frames = Vec::new();
        let mut at = Some(stack);
        while let Some(frame) = at {
            frames.push(names[frame.function].as_str());
            at = frame.caller.map(|caller| &recorder.stacks[caller]);
        }
        frames.reverse();
        count(frames.join(";"), stack.dispatches)
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_what_cells_have_in_common() {
        for (cell, expected) in [
            ("i32.add s3, acc -> s12", "i32.add s, acc -> s"),
            ("i32.add hot, -5 -> hot", "i32.add hot, # -> hot"),
            ("f64.copy NaN -> acc", "f64.copy # -> acc"),
            ("f64.copy 1.5 -> s1", "f64.copy # -> s"),
            ("i32.load 16 -> acc", "i32.load # -> acc"),
            ("br_table s1, [@3 @4]", "br_table s, @"),
            ("br @7", "br @"),
            ("call s4.., s1.., 3", "call s, s, #"),
            ("i32.const -> acc", "i32.const -> acc"),
            ("nop", "nop"),
        ] {
            assert_eq!(form(cell), expected);
            assert_eq!(op(expected), cell.split(' ').next().unwrap());
        }
    }
}
