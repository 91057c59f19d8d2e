//! `wasmite inspect`: what is in a module.
//!
//! Not its code: that is `disas`. Invariant: sizes are in bytes wherever they are not counts.

use crate::{failure::Failure, input, quantity::counted};
use clap::Args;
use std::{
    io::{self, Write},
    path::PathBuf,
};
use wasmite::{CompilationMode, ExternType, MemoryType, Module, TableType};
use wasmite_wast::one_line;

/// Show imports, exports, memories, tables, globals, functions and sections of a module
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite inspect program.wasm
  wasmite inspect program.wasm | grep memory")]
pub(crate) struct Inspect {
    /// The module: binary (.wasm) or text (.wat)
    file: PathBuf,
}

impl Inspect {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = input::engine(CompilationMode::LazyTranslation)?;
        let module = input::module(&engine, &self.file)?;
        let bytes = module.program().module().bytes().len();
        write!(out, "{}: module", self.file.display())?;
        if let Some(name) = module.name() {
            write!(out, " \"{}\"", one_line(name))?;
        }
        writeln!(out, ", {}", counted(bytes as u64, "byte"))?;
        interface(out, &module)?;
        contents(out, &module)?;
        Ok(sections(out, &module)?)
    }
}

fn interface(out: &mut impl Write, module: &Module) -> io::Result<()> {
    writeln!(out, "\nimports: {}", module.imports().len())?;
    for import in module.imports() {
        let (from, name) = (one_line(import.module()), one_line(import.name()));
        writeln!(out, "  \"{from}\" \"{name}\": {}", described(import.ty()))?;
    }
    writeln!(out, "\nexports: {}", module.exports().len())?;
    for export in module.exports() {
        writeln!(out, "  \"{}\": {}", one_line(export.name()), described(export.ty()))?;
    }
    Ok(())
}

fn contents(out: &mut impl Write, module: &Module) -> io::Result<()> {
    let module = module.program().module();
    let (funcs, imported) = (module.func_count(), module.imported_func_count());
    writeln!(out, "\nfunctions: {funcs} ({imported} imported)")?;
    if let Some(start) = module.start() {
        writeln!(out, "  start: function {}", start.0)?;
    }
    writeln!(
        out,
        "\nmemories: {} ({} imported)",
        module.memory_count(),
        module.imported_memory_count()
    )?;
    for (index, memory) in module.memories().iter().enumerate() {
        writeln!(out, "  {index}: {}", memory_text(memory))?;
    }
    writeln!(
        out,
        "\ntables: {} ({} imported)",
        module.table_count(),
        module.imported_table_count()
    )?;
    for (index, table) in module.tables().iter().enumerate() {
        writeln!(out, "  {index}: {}", table_text(&table.ty))?;
    }
    writeln!(
        out,
        "\nglobals: {} ({} imported)",
        module.global_count(),
        module.imported_global_count()
    )?;
    for (index, global) in module.globals().iter().enumerate() {
        writeln!(out, "  {index}: {}", global_text(&global.ty))?;
    }
    Ok(())
}

fn sections(out: &mut impl Write, module: &Module) -> io::Result<()> {
    let module = module.program().module();
    writeln!(out, "\nsections: {}", module.sections().len())?;
    for section in module.sections() {
        let range = &section.range;
        let kind = match (section.kind(), one_line(module.section_name(section))) {
            (kind, name) if kind == name => name,
            (kind, name) => format!("{kind} \"{name}\""),
        };
        let size = u64::from(range.end - range.start);
        writeln!(out, "  {:#8x}: {kind}, {}", range.start, counted(size, "byte"))?;
    }
    Ok(())
}

/// What an import or export is.
fn described(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("function {ty}"),
        ExternType::Table(ty) => format!("table of {}", table_text(ty)),
        ExternType::Memory(ty) => format!("memory of {}", memory_text(ty)),
        ExternType::Global(ty) => format!("global {}", global_text(ty)),
    }
}

fn memory_text(ty: &MemoryType) -> String {
    let size = |pages: u64| match ty.page().bytes_of(pages) {
        Some(bytes) => format!("{} ({})", counted(pages, "page"), counted(bytes, "byte")),
        None => format!("{} (more than 2^64 bytes)", counted(pages, "page")),
    };
    let mut text = size(ty.minimum());
    match ty.maximum() {
        Some(max) => text += &format!(", at most {}", size(max)),
        None => text += ", no maximum",
    }
    text += &format!(", pages of {}", counted(ty.page_size(), "byte"));
    text + if ty.is_64() { ", 64-bit addresses" } else { ", 32-bit addresses" }
}

fn table_text(ty: &TableType) -> String {
    let mut text = format!("{}, {}", ty.element(), counted(ty.minimum(), "element"));
    match ty.maximum() {
        Some(max) => text += &format!(", at most {max}"),
        None => text += ", no maximum",
    }
    text + if ty.is_64() { ", 64-bit indices" } else { ", 32-bit indices" }
}

fn global_text(ty: &wasmite::GlobalType) -> String {
    format!("{}{}", if ty.mutable { "mutable " } else { "" }, ty.content)
}
