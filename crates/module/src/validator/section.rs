//! Validation of sections: their items, one by one, against what the module has so far.
//!
//! Not types of constant expressions, nor what is known when an item has been read. Invariant: an error's offset is that of the
//! item.

use super::constant::Typing;
use super::index_type;
use super::operand::Type;
use crate::error::Fault;
use crate::module::Contents;
use crate::operator::NO_REFERENCES;
use crate::reader::Reader;
use crate::{ExternIdx, ImportType, Section, SegmentMode};
use wasmite_core::{
    Features, FuncIdx, FuncType, GlobalIdx, MemoryIdx, MemoryType, Printable, Proposal, RefType,
    TableIdx, TableType, TypeIdx, ValType,
};

/// Validates sections, item by item.
pub(crate) struct SectionValidator {
    features: Features,
}

impl SectionValidator {
    pub(crate) fn new(features: Features) -> Self {
        Self { features }
    }

    /// The error `message` if `proposal` is off.
    fn require(&self, proposal: Proposal, message: &str, offset: usize) -> Result<(), Fault> {
        match self.features.contains(proposal) {
            true => Ok(()),
            false => Err(Fault::of_proposal(message, proposal, offset)),
        }
    }

    fn references(&self, offset: usize) -> Result<(), Fault> {
        self.require(Proposal::ReferenceTypes, NO_REFERENCES, offset)
    }

    /// Looks at how many items there will be of a section. So many at most, whatever the limits: engines agree on that, and items take
    /// more memory than bytes of a module.
    pub(crate) fn count(
        &self,
        contents: &Contents,
        id: u8,
        count: u32,
        offset: usize,
    ) -> Result<(), Fault> {
        let (before, most, what) = match id {
            Section::TABLE => return self.tables(contents, count, offset),
            Section::MEMORY => return self.memories(contents, count, offset),
            Section::TYPE => (0, 1_000_000, "types"),
            Section::IMPORT => (0, 1_000_000, "imports"),
            Section::FUNCTION => (contents.func_types.len(), 1_000_000, "functions"),
            Section::GLOBAL => (contents.globals.len(), 1_000_000, "globals"),
            Section::EXPORT => (0, 1_000_000, "exports"),
            Section::ELEMENT => (0, 100_000, "element segments"),
            Section::DATA => (0, 100_000, "data segments"),
            _ => return Ok(()),
        };
        at_most(before, count, most, what, offset)
    }

    /// Looks at how many tables there are with `more` of them.
    fn tables(&self, contents: &Contents, more: u32, offset: usize) -> Result<(), Fault> {
        let many = self.features.contains(Proposal::ReferenceTypes);
        at_most(contents.tables.len(), more, if many { 100_000 } else { 1 }, "tables", offset)
    }

    /// Looks at how many memories there are with `more` of them.
    fn memories(&self, contents: &Contents, more: u32, offset: usize) -> Result<(), Fault> {
        let many = self.features.contains(Proposal::MultiMemory);
        at_most(contents.memories.len(), more, if many { 100 } else { 1 }, "memories", offset)
    }

    pub(crate) fn func_type(&self, ty: &FuncType, offset: usize) -> Result<(), Fault> {
        const OFF: &str =
            "func type returns multiple values but the multi-value feature is not enabled";
        match ty.results().len() {
            0 | 1 => Ok(()),
            _ => self.require(Proposal::MultiValue, OFF, offset),
        }
    }

    pub(crate) fn import(
        &self,
        contents: &Contents,
        ty: &ImportType,
        offset: usize,
    ) -> Result<(), Fault> {
        match ty {
            ImportType::Func(ty) => self.function(contents, *ty, offset),
            ImportType::Table(ty) => {
                self.table(ty, false, offset)?;
                self.tables(contents, 1, offset)
            }
            ImportType::Memory(ty) => {
                self.memory(ty, offset)?;
                self.memories(contents, 1, offset)
            }
            ImportType::Global(ty) if ty.mutable => self.mutable_global(offset),
            ImportType::Global(_) => Ok(()),
        }
    }

    /// What is said of a mutable global that comes from elsewhere or goes there.
    fn mutable_global(&self, offset: usize) -> Result<(), Fault> {
        self.require(Proposal::MutableGlobal, "mutable global support is not enabled", offset)
    }

    pub(crate) fn function(
        &self,
        contents: &Contents,
        ty: TypeIdx,
        offset: usize,
    ) -> Result<(), Fault> {
        match contents.types.get(ty.index()) {
            Some(_) => Ok(()),
            None => Err(unknown("type", ty.0, "type index", offset)),
        }
    }

    pub(crate) fn table(
        &self,
        ty: &TableType,
        initialised: bool,
        offset: usize,
    ) -> Result<(), Fault> {
        const WIDE: &str = "memory64 must be enabled for 64-bit tables";
        const INITIALISED: &str =
            "tables with expression initializers require the function-references proposal";
        // Tables of functions are older than references.
        if ty.element() != RefType::FUNCREF {
            self.references(offset)?;
        }
        if ty.maximum().is_some_and(|max| max < ty.minimum()) {
            let what = "size minimum must not be greater than maximum";
            return Err(Fault::invalid(what, offset));
        }
        if ty.is_64() {
            self.require(Proposal::Memory64, WIDE, offset)?;
        }
        match initialised {
            true => self.require(Proposal::FunctionReferences, INITIALISED, offset),
            false => Ok(()),
        }
    }

    /// A memory's sizes have been looked at.
    pub(crate) fn memory(&self, ty: &MemoryType, offset: usize) -> Result<(), Fault> {
        const WIDE: &str = "memory64 must be enabled for 64-bit memories";
        match ty.is_64() {
            true => self.require(Proposal::Memory64, WIDE, offset),
            false => Ok(()),
        }
    }

    pub(crate) fn export(
        &self,
        contents: &Contents,
        item: ExternIdx,
        offset: usize,
    ) -> Result<(), Fault> {
        let (what, index, count) = match item {
            ExternIdx::Func(FuncIdx(at)) => ("function", at, contents.func_types.len()),
            ExternIdx::Table(TableIdx(at)) => ("table", at, contents.tables.len()),
            ExternIdx::Memory(MemoryIdx(at)) => ("memory", at, contents.memories.len()),
            ExternIdx::Global(GlobalIdx(at)) => ("global", at, contents.globals.len()),
        };
        if index as usize >= count {
            let message =
                format_args!("unknown {what} {index}: exported {what} index out of bounds");
            return Err(Fault::invalid(message, offset));
        }
        match item {
            ExternIdx::Global(global) if contents.globals[global.index()].ty.mutable => {
                self.mutable_global(offset)
            }
            _ => Ok(()),
        }
    }

    /// Looks for two exports of the same name. They are sorted, and `section` is where they were read.
    pub(crate) fn exports(&self, contents: &Contents, section: Reader<'_>) -> Result<(), Fault> {
        let name = |at: u32| &contents.exports[at as usize].name;
        let pairs = contents.exports_by_name.windows(2);
        let seconds = pairs.filter(|pair| name(pair[0]) == name(pair[1])).map(|pair| pair[1]);
        match seconds.min() {
            None => Ok(()),
            Some(second) => Err(duplicate(name(second), second, section)),
        }
    }

    pub(crate) fn start(
        &self,
        contents: &Contents,
        func: FuncIdx,
        offset: usize,
    ) -> Result<(), Fault> {
        self.listed(contents, func, offset)?;
        let ty = &contents.types[contents.func_types[func.index()].index()];
        match ty.params().len() + ty.results().len() {
            0 => Ok(()),
            _ => Err(Fault::invalid("invalid start function type", offset)),
        }
    }

    /// A function that is named by a segment or as the one to start with.
    pub(crate) fn listed(
        &self,
        contents: &Contents,
        func: FuncIdx,
        offset: usize,
    ) -> Result<(), Fault> {
        match func.index() < contents.func_types.len() {
            true => Ok(()),
            false => Err(unknown("function", func.0, "func index", offset)),
        }
    }

    /// An element segment but for its elements and its place in the table.
    pub(crate) fn element(
        &self,
        contents: &Contents,
        ty: RefType,
        mode: &SegmentMode<TableIdx>,
        exprs: bool,
        offset: usize,
    ) -> Result<(), Fault> {
        if exprs {
            self.references(offset)?;
        }
        let SegmentMode::Active { index, .. } = mode else {
            return self.require(Proposal::BulkMemory, "bulk memory must be enabled", offset);
        };
        let found = if exprs { Type::from(ty) } else { Type::Func };
        let expected = Type::from(contents.tables[index.index()].ty.element());
        if found.is(expected) {
            return Ok(());
        }
        let what = format_args!(
            "type mismatch: invalid element type `{found}` for table type `{expected}`"
        );
        Err(Fault::invalid(what, offset))
    }

    pub(crate) fn passive_data(&self, offset: usize) -> Result<(), Fault> {
        const OFF: &str = "passive data segments require the bulk-memory proposal";
        self.require(Proposal::BulkMemory, OFF, offset)
    }

    pub(crate) fn data_count(&self, offset: usize) -> Result<(), Fault> {
        const OFF: &str = "data count section requires the bulk-memory proposal";
        self.require(Proposal::BulkMemory, OFF, offset)
    }

    /// Types a constant that is to be of type `ty`.
    pub(crate) fn value<'c>(&self, contents: &'c Contents, ty: ValType) -> Typing<'c> {
        Typing::new(contents, self.features, ty.into())
    }

    /// Types a constant that is to be an index in a table.
    pub(crate) fn in_table<'c>(
        &self,
        contents: &'c Contents,
        table: TableIdx,
        offset: usize,
    ) -> Result<Typing<'c>, Fault> {
        let Some(found) = contents.tables.get(table.index()) else {
            return Err(unknown("table", table.0, "table index", offset));
        };
        Ok(Typing::new(contents, self.features, index_type(found.ty.is_64())))
    }

    /// Types a constant that is to be an address in a memory.
    pub(crate) fn in_memory<'c>(
        &self,
        contents: &'c Contents,
        memory: MemoryIdx,
        offset: usize,
    ) -> Result<Typing<'c>, Fault> {
        let Some(found) = contents.memories.get(memory.index()) else {
            return Err(unknown("memory", memory.0, "memory index", offset));
        };
        Ok(Typing::new(contents, self.features, index_type(found.is_64())))
    }
}

fn at_most(count: usize, more: u32, most: usize, what: &str, offset: usize) -> Result<(), Fault> {
    if count.saturating_add(more as usize) <= most {
        return Ok(());
    }
    Err(match most {
        1 => Fault::invalid(format_args!("multiple {what}"), offset),
        _ => Fault::invalid(format_args!("{what} count exceeds limit of {most}"), offset),
    })
}

/// The error for what is not in the module.
#[cold]
fn unknown(what: &str, index: u32, kind: &str, offset: usize) -> Fault {
    Fault::invalid(format_args!("unknown {what} {index}: {kind} out of bounds"), offset)
}

/// The error for the export that is number `at` of a section, whose name another before it has. Where it is has to be found out.
#[cold]
fn duplicate(name: &str, at: u32, mut section: Reader<'_>) -> Fault {
    let mut skip = || {
        section.u32()?;
        for _ in 0..at {
            section.name()?;
            section.byte()?;
            section.u32()?;
        }
        Ok(section.offset())
    };
    match skip() {
        Ok(offset) => {
            let name = Printable(name);
            let what = format_args!("duplicate export name `{name}` already defined");
            Fault::invalid(what, offset)
        }
        Err(fault) => fault,
    }
}
