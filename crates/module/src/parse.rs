//! Parsing: section by section, each validated first and decoded second.
//!
//! Not validation itself, which is the validator's. Invariant: nothing is allocated for a count that a section declares
//! before the section's bytes have been seen to hold it, and function bodies are not read, only located.

use crate::{
    Error, Export, ExternIdx, Global, Import, ImportType, Module, SMALL, Section, Table, convert,
    error::in_memory,
    item,
    module::Contents,
    names::Names,
    page_size::Familiar,
    section::byte_range,
    unlisted::Unlisted,
    validator::{Before, SectionValidator},
    wasm_features,
};
use alloc::vec::Vec;
use wasmite_core::heap::{Grow, boxed_str};
use wasmite_core::{
    Features, FuncIdx, GlobalIdx, Limits, MemoryIdx, OutOfMemory, TableIdx, TypeIdx,
};
use wasmparser::{
    BinaryReader, DataSectionReader, ElementSectionReader, ExportSectionReader, ExternalKind,
    FunctionBody, FunctionSectionReader, GlobalSectionReader, ImportSectionReader,
    MemorySectionReader, Parser, Payload, SectionLimited, TableSectionReader, TypeRef,
    TypeSectionReader,
};

/// How to parse a module.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// The proposals the module may use.
    pub features: Features,
    /// Limits on its size. Those on locals, branch targets and nesting are for whoever translates bodies.
    pub limits: Limits,
    /// Who validates function bodies.
    pub bodies: BodyValidation,
    /// Whether to remember custom sections, names included.
    pub keep_custom_sections: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            features: Features::default(),
            limits: Limits::default(),
            bodies: BodyValidation::default(),
            keep_custom_sections: true,
        }
    }
}

/// Who validates function bodies.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum BodyValidation {
    /// All are validated by [`Module::parse`].
    #[default]
    Eager,
    /// None are: whoever translates one validates it with [`Module::body_validator`].
    Deferred,
}

const MAGIC: &[u8] = b"\0asm";

/// Looks at what needs no parser: the header and the size.
pub(crate) fn check_header(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    if !bytes.iter().zip(MAGIC).all(|(byte, magic)| byte == magic) {
        return Err(Error::NotWasm);
    }
    if let [_, _, _, _, low, high, 1, 0, ..] = *bytes {
        return Err(Error::Component { version: u16::from_le_bytes([low, high]) });
    }
    // Ranges of bytes are kept as `u32`.
    let max = limits.module_bytes.min(u32::MAX.into());
    Error::limit(Limits::check("module bytes", bytes.len() as u64, max), 0)
}

/// Parses and validates bytes that passed [`check_header`].
#[cfg(feature = "validate")]
pub(crate) fn parse(bytes: Vec<u8>, options: &ParseOptions) -> Result<Module, Error> {
    let validator = SectionValidator::new(wasm_features(options.features));
    let mut module = read(bytes, options, Some(validator))?;
    if options.bodies == BodyValidation::Eager {
        module.validate_bodies()?;
        module.bodies_are_valid();
    }
    Ok(module)
}

/// Parses bytes that passed [`check_header`] and are promised to be valid.
pub(crate) fn parse_unchecked(bytes: Vec<u8>, options: &ParseOptions) -> Result<Module, Error> {
    read(bytes, options, None)
}

fn read(
    bytes: Vec<u8>,
    options: &ParseOptions,
    validator: Option<SectionValidator>,
) -> Result<Module, Error> {
    let mut parser = Parser::new(0);
    parser.set_features(wasm_features(options.features));
    let contents = Contents::default();
    let promised = validator.is_none();
    let mut reading = Reading { options, bytes: &bytes, validator, contents };
    for payload in parser.parse_all(&bytes) {
        reading.payload(payload?)?;
    }
    let Reading { contents, .. } = reading;
    // The parser compares counts if there are both sections.
    if contents.bodies.len() != contents.defined_funcs() as usize {
        let message = "function and code section have inconsistent lengths";
        return Err(Error::invalid(message, bytes.len() as u64));
    }
    Ok(Module::new(bytes, options.features, contents, promised)?)
}

struct Reading<'o> {
    bytes: &'o [u8],
    options: &'o ParseOptions,
    validator: Option<SectionValidator>,
    contents: Contents,
}

impl<'o> Reading<'o> {
    /// What reads a section's items.
    fn items<T>(&self, section: &SectionLimited<'_, T>) -> BinaryReader<'o> {
        let (start, end) = (section.original_position(), section.range().end);
        BinaryReader::new(&self.bytes[in_memory(start)..in_memory(end)], start)
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<(), Error> {
        if let Payload::CodeSectionEntry(body) = payload {
            return self.body(&body);
        }
        self.check_counts(&payload)?;
        self.validate(&payload)?;
        self.section(&payload)?;
        match payload {
            Payload::TypeSection(section) => self.types(&section),
            Payload::ImportSection(section) => self.imports(section),
            Payload::FunctionSection(section) => self.functions(section),
            Payload::TableSection(section) => self.tables(&section),
            Payload::MemorySection(section) => self.memories(section),
            Payload::GlobalSection(section) => self.globals(&section),
            Payload::ExportSection(section) => self.exports(section),
            Payload::ElementSection(section) => self.elements(&section),
            Payload::DataSection(section) => self.data(&section),
            Payload::CodeSectionStart { count, .. } => {
                // The parser has compared it with the function section's count.
                self.contents
                    .bodies
                    .try_reserve_exact(count as usize)
                    .map_err(OutOfMemory::from)?;
                Ok(())
            }
            Payload::DataCountSection { count, .. } => {
                self.contents.data_count = Some(count);
                Ok(())
            }
            Payload::StartSection { func, .. } => {
                self.contents.start = Some(FuncIdx(func));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Has the validator check a section, if there is one.
    fn validate(&mut self, payload: &Payload<'_>) -> Result<(), Error> {
        let (flags, all) = (wasm_features(self.options.features), self.all_page_sizes());
        let Contents { types, imports, func_types, .. } = &self.contents;
        let funcs = func_types.len() as u32;
        let before = Before { types: types.len(), imports: imports.len() };
        let Some(validator) = &mut self.validator else { return Ok(()) };
        match payload {
            Payload::MemorySection(section) if all => {
                if let Some(familiar) = Familiar::of(section, self.bytes, flags)? {
                    return validator.section(&Payload::MemorySection(familiar.section()?), before);
                }
            }
            Payload::ImportSection(section) if all => {
                if let Some(familiar) = Familiar::of(section, self.bytes, flags)? {
                    return validator.section(&Payload::ImportSection(familiar.section()?), before);
                }
            }
            // Where code is to be small, the validator's way does.
            Payload::ElementSection(section) if !SMALL => {
                if let Some(unlisted) = Unlisted::of(section, self.bytes, funcs, flags)? {
                    return validator
                        .section(&Payload::ElementSection(unlisted.section()?), before);
                }
            }
            _ => {}
        }
        validator.section(payload, before)
    }

    /// Whether page sizes that the validator refuses are allowed.
    fn all_page_sizes(&self) -> bool {
        self.options.features.allows_all_page_sizes()
    }

    /// Refuses counts that cannot be true before the validator reserves memory for them.
    fn check_counts(&self, payload: &Payload<'_>) -> Result<(), Error> {
        match payload {
            Payload::TypeSection(section) => check_count(section),
            Payload::ImportSection(section) => check_count(section),
            Payload::TableSection(section) => check_count(section),
            Payload::MemorySection(section) => check_count(section),
            Payload::GlobalSection(section) => check_count(section),
            Payload::ExportSection(section) => check_count(section),
            Payload::ElementSection(section) => check_count(section),
            Payload::FunctionSection(section) => {
                check_count(section)?;
                let count = self.contents.func_types.len() as u64 + u64::from(section.count());
                self.check_functions(count, section.range().start)
            }
            _ => Ok(()),
        }
    }

    fn check_functions(&self, count: u64, offset: u64) -> Result<(), Error> {
        Error::limit(
            Limits::check("functions", count, self.options.limits.functions.into()),
            offset,
        )
    }

    fn section(&mut self, payload: &Payload<'_>) -> Result<(), Error> {
        if let Payload::CustomSection(custom) = payload {
            if !self.options.keep_custom_sections {
                return Ok(());
            }
            if self.contents.names.is_none() {
                self.contents.names = Names::find(custom);
            }
        }
        if let Some((id, range)) = payload.as_section() {
            self.contents.sections.try_push(Section { id, range: byte_range(range) })?;
        }
        Ok(())
    }

    fn types(&mut self, section: &TypeSectionReader<'_>) -> Result<(), Error> {
        let limits = &self.options.limits;
        room(&mut self.contents.types, section)?;
        let mut reader = self.items(section);
        for _ in 0..section.count() {
            let offset = reader.original_position();
            let ty = convert::func_type(&mut reader)?;
            let (params, results) = (ty.params().len() as u64, ty.results().len() as u64);
            Error::limit(Limits::check("parameters", params, limits.params.into()), offset)?;
            Error::limit(Limits::check("results", results, limits.results.into()), offset)?;
            self.contents.types.put(ty);
        }
        Ok(())
    }

    fn imports(&mut self, section: ImportSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.imports, &section)?;
        for import in section.into_imports_with_offsets() {
            let (offset, import) = import?;
            let ty = import_type(import.ty, offset)?;
            let contents = &mut self.contents;
            match ty {
                ImportType::Func(ty) => contents.func_types.try_push(ty)?,
                ImportType::Table(ty) => contents.tables.try_push(Table { ty, init: None })?,
                ImportType::Memory(ty) => contents.memories.try_push(ty)?,
                ImportType::Global(ty) => contents.globals.try_push(Global { ty, init: None })?,
            }
            let (module, name) = (boxed_str(import.module)?, boxed_str(import.name)?);
            contents.imports.try_push(Import { module, name, ty })?;
            self.check_functions(self.contents.func_types.len() as u64, offset)?;
        }
        self.contents.count_imports();
        Ok(())
    }

    fn functions(&mut self, section: FunctionSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.func_types, &section)?;
        for ty in section {
            self.contents.func_types.put(TypeIdx(ty?));
        }
        Ok(())
    }

    fn tables(&mut self, section: &TableSectionReader<'_>) -> Result<(), Error> {
        let mut reader = self.items(section);
        for _ in 0..section.count() {
            self.contents.tables.try_push(item::table(&mut reader)?)?;
        }
        Ok(())
    }

    fn memories(&mut self, section: MemorySectionReader<'_>) -> Result<(), Error> {
        for memory in section.into_iter_with_offsets() {
            let (offset, memory) = memory?;
            self.contents.memories.try_push(convert::memory_type(memory, offset)?)?;
        }
        Ok(())
    }

    fn globals(&mut self, section: &GlobalSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.globals, section)?;
        let mut reader = self.items(section);
        for _ in 0..section.count() {
            self.contents.globals.put(item::global(&mut reader)?);
        }
        Ok(())
    }

    fn exports(&mut self, section: ExportSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.exports, &section)?;
        for export in section.into_iter_with_offsets() {
            let (offset, export) = export?;
            let item = match export.kind {
                ExternalKind::Func => ExternIdx::Func(FuncIdx(export.index)),
                ExternalKind::Table => ExternIdx::Table(TableIdx(export.index)),
                ExternalKind::Memory => ExternIdx::Memory(MemoryIdx(export.index)),
                ExternalKind::Global => ExternIdx::Global(GlobalIdx(export.index)),
                ExternalKind::Tag | ExternalKind::FuncExact => {
                    return Err(Error::unsupported("this export is not supported yet", offset));
                }
            };
            self.contents.exports.put(Export { name: boxed_str(export.name)?, item });
        }
        Ok(())
    }

    fn elements(&mut self, section: &ElementSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.elements, section)?;
        let mut reader = self.items(section);
        for _ in 0..section.count() {
            self.contents.elements.put(item::element(&mut reader)?);
        }
        Ok(())
    }

    fn data(&mut self, section: &DataSectionReader<'_>) -> Result<(), Error> {
        room(&mut self.contents.data, section)?;
        let mut reader = self.items(section);
        for _ in 0..section.count() {
            self.contents.data.put(item::data(&mut reader)?);
        }
        Ok(())
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), Error> {
        let range = body.range();
        let max = self.options.limits.body_bytes.into();
        let size = Limits::check("bytes of a function body", range.end - range.start, max);
        Error::limit(size, range.start)?;
        self.contents.bodies.try_push(byte_range(range))?;
        Ok(())
    }
}

/// An item takes at least a byte. Small counts are left to the validator, whose errors say more.
fn check_count<T>(section: &SectionLimited<'_, T>) -> Result<(), Error> {
    const FEW: u64 = 1024;
    let end = section.range().end;
    if u64::from(section.count()) > FEW + (end - section.original_position()) {
        return Err(Error::invalid("unexpected end-of-file", end));
    }
    Ok(())
}

/// Makes room for all items of a section, whose count has been checked.
fn room<T, S>(items: &mut Vec<T>, section: &SectionLimited<'_, S>) -> Result<(), OutOfMemory> {
    Ok(items.try_reserve_exact(section.count() as usize)?)
}

fn import_type(ty: TypeRef, offset: u64) -> Result<ImportType, Error> {
    match ty {
        TypeRef::Func(index) => Ok(ImportType::Func(TypeIdx(index))),
        TypeRef::Table(ty) => convert::table_type(ty).map(ImportType::Table),
        TypeRef::Memory(ty) => return convert::memory_type(ty, offset).map(ImportType::Memory),
        TypeRef::Global(ty) => convert::global_type(ty).map(ImportType::Global),
        TypeRef::Tag(_) => Err(convert::UnsupportedType("tags")),
        TypeRef::FuncExact(_) => Err(convert::UnsupportedType("exact function types")),
    }
    .map_err(|error| error.at(offset))
}
