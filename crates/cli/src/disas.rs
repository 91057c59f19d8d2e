//! `wasmite disas`: WebAssembly beside the code it was translated to.
//!
//! Not a decompiler, and not what runs: addresses are put in when code is linked. Invariant: every cell of the code is
//! shown once, beside the instruction that it came from.

use crate::{failure::Failure, input};
use clap::Args;
use std::{
    io::{self, Write},
    path::PathBuf,
};
use wasmite::{CompilationMode, Module};
use wasmite_core::FuncIdx;
use wasmite_isa::{Code, Frame};
use wasmite_module::ExternIdx;
use wasmite_wast::one_line;

/// Show functions as WebAssembly, beside the code they are translated to
///
/// On the left are instructions with their byte offsets in the module, on the right the cells translated from them, with
/// the index of their first word. Instructions without cells were folded into others. In cells, `s3` is slot 3 of the
/// frame, `acc` the accumulator, `hot` the local that the function keeps in a register, and `@7` the cell at word 7.
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite disas program.wasm                   all functions
  wasmite disas --func fib program.wat         by name or export
  wasmite disas --func 3 program.wasm          by index, imports first")]
pub(crate) struct Disas {
    /// Only this function: its index, or a name from the name section or the exports
    #[arg(long, value_name = "NAME|INDEX", allow_hyphen_values = true)]
    func: Option<String>,
    /// The module: binary (.wasm) or text (.wat)
    file: PathBuf,
}

/// An instruction of the module's text: where it is and how it is printed.
struct Line<'a> {
    offset: u64,
    text: &'a str,
}

impl Disas {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = input::engine(CompilationMode::LazyTranslation)?;
        let module = input::module(&engine, &self.file)?;
        let chosen = self.func.as_deref().map(|func| self.find(&module, func)).transpose()?;

        let mut storage = String::new();
        let printed = wasmprinter::Config::new()
            .offsets_and_lines(module.program().module().bytes(), &mut storage)
            .map_err(|error| Failure::input(&self.file, format_args!("{error:#}")))?;
        let lines: Vec<Line<'_>> = printed.filter_map(instruction).collect();

        for func in module.program().module().defined_funcs() {
            if chosen.is_none_or(|chosen| chosen == func.0) {
                let code = module.program().code(func);
                let code = code.map_err(|error| Failure::input(&self.file, error))?;
                let range = module.program().module().body_range(func);
                let lines = lines.iter().filter(|line| {
                    usize::try_from(line.offset).is_ok_and(|offset| range.contains(&offset))
                });
                header(out, &module, func.0, &code)?;
                body(out, &lines.collect::<Vec<_>>(), &cells(&code))?;
            }
        }
        Ok(())
    }

    /// The index of the function that `func` names.
    fn find(&self, module: &Module, func: &str) -> Result<u32, Failure> {
        let wasm = module.program().module();
        let index = func.parse().ok().or_else(|| {
            let mut named = wasm.defined_funcs().filter(|at| wasm.func_name(*at) == Some(func));
            named.next().map(|at| at.0).or_else(|| exported(module, func))
        });
        let fail = |reason: String| Err(Failure::input(&self.file, reason));
        match index {
            Some(index) if index < wasm.imported_func_count() => {
                fail(format!("function {index} is imported"))
            }
            Some(index) if index < wasm.func_count() => Ok(index),
            Some(index) => {
                fail(format!("there is no function {index}, only {}", wasm.func_count()))
            }
            None => fail(format!("there is no function `{func}`")),
        }
    }
}

/// The index of the function exported as `name`.
fn exported(module: &Module, name: &str) -> Option<u32> {
    match module.program().module().export(name)? {
        ExternIdx::Func(func) => Some(func.0),
        _ => None,
    }
}

/// The line if it is an instruction; declarations and comments are in parentheses.
fn instruction((offset, text): (Option<u64>, &str)) -> Option<Line<'_>> {
    /// How far a function's instructions are indented in a module.
    const INDENT: &str = "    ";
    let text = text.strip_prefix(INDENT).unwrap_or(text).trim_end();
    let start = text.trim_start();
    let is_instruction = !start.is_empty() && !start.starts_with(['(', ')']);
    is_instruction.then_some(Line { offset: offset?, text })
}

/// Every cell: where in the module it came from, and how it is printed.
fn cells(code: &Code) -> Vec<(u64, String)> {
    let cells = code.listing().map(|cell| {
        let offset = code.source_of(cell.word).unwrap_or_default();
        (u64::from(offset), format!("{:>5}  {cell}", cell.word))
    });
    cells.collect()
}

fn header(out: &mut impl Write, module: &Module, func: u32, code: &Code) -> io::Result<()> {
    let wasm = module.program().module();
    let index = FuncIdx(func);
    let ty = wasm.func_type(index);
    let name = wasm.func_name(index).map(|name| format!(" ${}", one_line(name)));
    writeln!(out, "function {func}{}: {ty}", name.unwrap_or_default())?;
    let Frame { params, results, locals, slots, .. } = code.frame();
    writeln!(
        out,
        "  frame: {slots} slots, {params} for parameters, {results} for results, {locals} for locals"
    )
}

/// Two columns: instructions, and beside each the cells that came from it, in the order in which they run.
fn body(out: &mut impl Write, lines: &[&Line<'_>], cells: &[(u64, String)]) -> io::Result<()> {
    const WIDTH: usize = 40;
    let before = |offset: u64| lines.partition_point(|line| line.offset <= offset);
    let mut beside: Vec<Vec<&str>> = vec![Vec::new(); lines.len() + 1];
    for (offset, cell) in cells {
        // Place 0 is for cells from before the first instruction, e.g. the zeroing of locals.
        beside[before(*offset)].push(cell);
    }
    for cell in &beside[0] {
        writeln!(out, "  {:8}  {:WIDTH$} |{cell}", "", "")?;
    }
    for (line, cells) in lines.iter().zip(&beside[1..]) {
        write!(out, "  {:#08x}  ", line.offset)?;
        match cells.split_first() {
            None => writeln!(out, "{}", line.text)?,
            Some((first, rest)) => {
                writeln!(out, "{:WIDTH$} |{first}", line.text)?;
                for cell in rest {
                    writeln!(out, "  {:8}  {:WIDTH$} |{cell}", "", "")?;
                }
            }
        }
    }
    writeln!(out)
}
