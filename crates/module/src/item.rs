//! Items of sections, each read, checked, and kept.
//!
//! Not what is checked: that is the validator's, if there is one. Invariant: an item is kept only if it is valid, and nothing is
//! allocated for a count before there are as many bytes.

use crate::error::Fault;
use crate::parse::{Reading, body_limit};
use crate::reader::Reader;
use crate::types::leading_byte;
use crate::{ConstExpr, DataSegment, ElementItems, ElementSegment, Export, ExternIdx, Global};
use crate::{Error, Import, ImportType, Section, SegmentMode, Table};
use alloc::{boxed::Box, vec::Vec};
use wasmite_core::heap::{Grow, boxed_str};
use wasmite_core::{FuncIdx, GlobalIdx, MemoryIdx, Proposal, RefType, TableIdx, TypeIdx, ValType};

impl Reading<'_> {
    /// Reads the next item of a section.
    pub(crate) fn item(&mut self, id: u8, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let offset = reader.offset();
        match id {
            Section::TYPE => self.func_type(reader, offset),
            Section::IMPORT => self.import(reader, offset),
            Section::FUNCTION => self.function(reader, offset),
            Section::TABLE => self.table(reader, offset),
            Section::MEMORY => self.memory(reader, offset),
            Section::GLOBAL => self.global(reader),
            Section::EXPORT => self.export(reader, offset),
            Section::ELEMENT => self.element(reader, offset),
            Section::CODE => self.body(reader),
            _ => self.data(reader, offset),
        }
    }

    fn func_type(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        /// So many at most, whatever the limits: engines agree on that.
        const MOST: u32 = 1000;
        let limits = &self.options.limits;
        let ty = reader.func_type()?;
        let counts = [ty.params(), ty.results()].map(|types| types.len() as u64);
        Error::limit("parameters", counts[0], limits.params.min(MOST).into(), offset)?;
        Error::limit("results", counts[1], limits.results.min(MOST).into(), offset)?;
        if let Some(validator) = &self.validator {
            validator.func_type(&ty, offset)?;
        }
        Ok(self.contents.types.try_push(ty)?)
    }

    fn import(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let (module, name) = (reader.name()?, reader.name()?);
        let at = reader.offset();
        let ty = match reader.byte()? {
            0 => ImportType::Func(TypeIdx(reader.u32()?)),
            1 => ImportType::Table(reader.table_type()?),
            2 => ImportType::Memory(reader.memory_type()?),
            3 => ImportType::Global(reader.global_type()?),
            kind => {
                if kind == TAG {
                    // What is left of it has to be there.
                    reader.byte()?;
                    reader.u32()?;
                }
                return Err(unknown_kind(kind, at));
            }
        };
        if let Some(validator) = &self.validator {
            validator.import(&self.contents, &ty, offset)?;
        }
        let contents = &mut self.contents;
        match ty {
            ImportType::Func(ty) => contents.func_types.try_push(ty)?,
            ImportType::Table(ty) => contents.tables.try_push(Table { ty, init: None })?,
            ImportType::Memory(ty) => contents.memories.try_push(ty)?,
            ImportType::Global(ty) => contents.globals.try_push(Global { ty, init: None })?,
        }
        let (module, name) = (boxed_str(module)?, boxed_str(name)?);
        contents.imports.try_push(Import { module, name, ty })?;
        self.check_functions(self.contents.func_types.len(), offset)
    }

    fn function(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let ty = TypeIdx(reader.u32()?);
        if let Some(validator) = &self.validator {
            validator.function(&self.contents, ty, offset)?;
        }
        Ok(self.contents.func_types.try_push(ty)?)
    }

    /// A table and what its elements are at first (spec 3.0, "Table Section").
    fn table(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        const WITH_INITIAL_VALUE: [u8; 2] = [0x40, 0x00];
        let initialised = reader.next() == Some(WITH_INITIAL_VALUE[0]);
        if initialised && reader.bytes()? != WITH_INITIAL_VALUE {
            return Err(Fault::invalid("invalid table encoding", offset + 1));
        }
        let ty = reader.table_type()?;
        if let Some(validator) = &self.validator {
            validator.table(&ty, initialised, offset)?;
        }
        let init = if initialised {
            Some(self.constant(reader, ValType::Ref(ty.element()))?)
        } else {
            None
        };
        Ok(self.contents.tables.try_push(Table { ty, init })?)
    }

    fn memory(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let ty = reader.memory_type()?;
        if let Some(validator) = &self.validator {
            validator.memory(&ty, offset)?;
        }
        Ok(self.contents.memories.try_push(ty)?)
    }

    fn global(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let ty = reader.global_type()?;
        let init = Some(self.constant(reader, ty.content)?);
        Ok(self.contents.globals.try_push(Global { ty, init })?)
    }

    fn export(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let name = reader.name()?;
        let at = reader.offset();
        let (kind, index) = (reader.byte()?, reader.u32()?);
        let item = match kind {
            0 => ExternIdx::Func(FuncIdx(index)),
            1 => ExternIdx::Table(TableIdx(index)),
            2 => ExternIdx::Memory(MemoryIdx(index)),
            3 => ExternIdx::Global(GlobalIdx(index)),
            kind => return Err(unknown_kind(kind, at)),
        };
        if let Some(validator) = &self.validator {
            validator.export(&self.contents, item, offset)?;
        }
        let name = boxed_str(name)?;
        Ok(self.contents.exports.try_push(Export { name, item })?)
    }

    /// An element segment. What its flags are: spec 3.0, "Element Section".
    fn element(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let flags = reader.u32()?;
        let [inactive, second, exprs] = [1, 2, 4].map(|flag| flags & flag != 0);
        if flags > 7 {
            return Err(Fault::invalid("invalid flags byte in element segment", offset));
        }
        let mode = match (inactive, second) {
            (true, true) => SegmentMode::Declared,
            (true, false) => SegmentMode::Passive,
            (false, with_index) => {
                let index = TableIdx(if with_index { reader.u32()? } else { 0 });
                let typing = match &self.validator {
                    Some(validator) => Some(validator.in_table(&self.contents, index, offset)?),
                    None => None,
                };
                SegmentMode::Active { index, offset: ConstExpr::read(reader, typing)? }
            }
        };
        let ty = element_type(reader, inactive || second, exprs)?;
        if let Some(validator) = &self.validator {
            validator.element(&self.contents, ty, &mode, exprs, offset)?;
        }
        let items = match exprs {
            true => {
                let constant = |it: &mut _| self.constant(it, ValType::Ref(ty));
                ElementItems::Exprs(elements(reader, offset, constant)?)
            }
            false => ElementItems::Funcs(elements(reader, offset, |it| self.listed(it))?),
        };
        Ok(self.contents.elements.try_push(ElementSegment { ty, mode, items })?)
    }

    /// A function that a segment lists.
    fn listed(&self, reader: &mut Reader<'_>) -> Result<FuncIdx, Fault> {
        let offset = reader.offset();
        let func = FuncIdx(reader.u32()?);
        if let Some(validator) = &self.validator {
            validator.listed(&self.contents, func, offset)?;
        }
        Ok(func)
    }

    fn body(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let body = reader.sized()?;
        let (bytes, offset) = (body.rest().len() as u64, body.offset());
        let most = body_limit(&self.options.limits);
        Error::limit("bytes of a function body", bytes, most, offset)?;
        Ok(self.contents.bodies.try_push(body.range())?)
    }

    fn data(&mut self, reader: &mut Reader<'_>, offset: usize) -> Result<(), Fault> {
        let mode = match reader.u32()? {
            1 => {
                if let Some(validator) = &self.validator {
                    validator.passive_data(offset)?;
                }
                SegmentMode::Passive
            }
            flags @ (0 | 2) => {
                let index = MemoryIdx(if flags == 0 { 0 } else { reader.u32()? });
                let typing = match &self.validator {
                    Some(validator) => Some(validator.in_memory(&self.contents, index, offset)?),
                    None => None,
                };
                SegmentMode::Active { index, offset: ConstExpr::read(reader, typing)? }
            }
            _ => return Err(Fault::invalid("invalid flags byte in data segment", offset)),
        };
        let range = reader.sized()?.range();
        Ok(self.contents.data.try_push(DataSegment { mode, range })?)
    }

    /// A constant expression that leaves a value of type `ty`.
    fn constant(&self, reader: &mut Reader<'_>, ty: ValType) -> Result<ConstExpr, Fault> {
        let typing = self.validator.as_ref().map(|it| it.value(&self.contents, ty));
        ConstExpr::read(reader, typing)
    }
}

/// The type of a segment's elements: given, or of functions.
fn element_type(reader: &mut Reader<'_>, given: bool, exprs: bool) -> Result<RefType, Fault> {
    const FUNCTION: u8 = 0;
    const OTHER: &str = "only the function external type is supported in elem segment";
    let offset = reader.offset();
    match (given, exprs) {
        (false, _) => Ok(RefType::FUNCREF),
        (true, true) => reader.reference("malformed reference type"),
        // Not nullable by the standard, but without function references nothing can tell the difference.
        (true, false) if reader.byte()? == FUNCTION => Ok(RefType::FUNCREF),
        (true, false) => Err(Fault::invalid(OTHER, offset)),
    }
}

/// The elements of a segment at `offset`, after their count.
fn elements<'a, T>(
    reader: &mut Reader<'a>,
    offset: usize,
    item: impl Fn(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<Box<[T]>, Fault> {
    /// So many at most, whatever the limits: engines agree on that.
    const MOST: usize = 10_000_000;
    let count = reader.u32()? as usize;
    if count > MOST {
        return Err(Fault::invalid("number of elements is out of bounds", offset));
    }
    // An item takes at least a byte.
    let mut items = Vec::with_room(count.min(reader.rest().len()))?;
    for _ in 0..count {
        items.try_push(item(reader)?)?;
    }
    Ok(items.try_into_box()?)
}

/// The kind of what is not supported yet, but not unknown.
const TAG: u8 = 4;

/// The error for what is imported or exported that is nothing Wasmite knows.
#[cold]
fn unknown_kind(kind: u8, offset: usize) -> Fault {
    const TAGS: &str = "exceptions proposal not enabled";
    match kind {
        TAG => Fault::of_proposal(TAGS, Proposal::ExceptionHandling, offset),
        _ => leading_byte(kind, "external kind", offset),
    }
}
