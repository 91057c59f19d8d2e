//! The parsed module and its accessors.
//!
//! Not how it came to be (parse) nor its bodies (body). Invariant: immutable after parsing; index spaces have imports
//! first; accessors that take an index panic only if the index is not one of this module's.

use crate::{
    ConstExpr, DataSegment, ElementItems, ElementSegment, Error, Export, ExternIdx, Global, Import,
    ImportType, ParseOptions, Section, Table, names::Names, parse, reader::Reader,
};
use alloc::{boxed::Box, collections::BinaryHeap, vec::Vec};
use core::{fmt, ops::Range};
use wasmite_core::{
    DataIdx, ExternKind, ExternType, Features, FuncIdx, FuncType, GlobalIdx, MemoryIdx, MemoryType,
    OutOfMemory, TableIdx, TypeIdx,
    heap::{Grow, boxed_slice},
};

/// A WebAssembly module: valid, immutable, without pointers into anything else.
pub struct Module {
    bytes: Vec<u8>,
    features: Features,
    contents: Contents,
    referable_funcs: Box<[FuncIdx]>,
    most_results: usize,
    /// Whether all bodies are known, or promised, to be valid.
    pub(crate) bodies_are_valid: bool,
}

/// What the sections say.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) types: Vec<FuncType>,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<Export>,
    /// Positions in `exports`, sorted by name; of the same name, in order.
    pub(crate) exports_by_name: Box<[u32]>,
    pub(crate) func_types: Vec<TypeIdx>,
    pub(crate) tables: Vec<Table>,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) globals: Vec<Global>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) data: Vec<DataSegment>,
    /// How many data segments there will be, if a section said so before the bodies.
    pub(crate) data_count: Option<u32>,
    pub(crate) start: Option<FuncIdx>,
    /// Of defined functions.
    pub(crate) bodies: Vec<Range<u32>>,
    pub(crate) sections: Vec<Section>,
    pub(crate) names: Option<Names>,
    /// How many of each kind are imported, by [`ExternKind`].
    imported: [u32; 4],
}

impl Contents {
    /// Remembers how much of each index space is imported: all of it, right after the import section.
    pub(crate) fn count_imports(&mut self) {
        for kind in [ExternKind::Func, ExternKind::Table, ExternKind::Memory, ExternKind::Global] {
            self.imported[kind as usize] = self.count(kind);
        }
    }

    /// Functions that must have a body.
    pub(crate) fn defined_funcs(&self) -> u32 {
        self.count(ExternKind::Func) - self.imported(ExternKind::Func)
    }

    /// How many of a kind are imported.
    pub(crate) fn imported(&self, kind: ExternKind) -> u32 {
        self.imported[kind as usize]
    }

    fn count(&self, kind: ExternKind) -> u32 {
        let count = match kind {
            ExternKind::Func => self.func_types.len(),
            ExternKind::Table => self.tables.len(),
            ExternKind::Memory => self.memories.len(),
            ExternKind::Global => self.globals.len(),
        };
        // An item takes at least a byte of a module of at most `u32::MAX` bytes.
        count as u32
    }

    /// Sorts exports by name, by a heap: the standard library's other ways take ten times the flash.
    pub(crate) fn sort_exports(&mut self) -> Result<(), OutOfMemory> {
        let named = |at: u32| (&*self.exports[at as usize].name, at);
        let names = boxed_slice((0..self.exports.len() as u32).map(named))?;
        let sorted = BinaryHeap::from(names.into_vec()).into_sorted_vec();
        self.exports_by_name = boxed_slice(sorted.into_iter().map(|(_, at)| at))?;
        Ok(())
    }

    /// Functions that exports, segments and constant expressions can make references to (spec 3.0, "Modules": C.refs).
    fn referable_funcs(&self) -> Result<Box<[FuncIdx]>, OutOfMemory> {
        let exported = self.exports.iter().filter_map(|export| match export.item {
            ExternIdx::Func(func) => Some(func),
            _ => None,
        });
        let listed = self.elements.iter().flat_map(|segment| match &segment.items {
            ElementItems::Funcs(funcs) => &funcs[..],
            ElementItems::Exprs(_) => &[],
        });
        let elements = self.elements.iter().flat_map(|segment| match &segment.items {
            ElementItems::Funcs(_) => &[],
            ElementItems::Exprs(exprs) => &exprs[..],
        });
        let tables = self.tables.iter().filter_map(|table| table.init.as_ref());
        let globals = self.globals.iter().filter_map(|global| global.init.as_ref());
        let exprs = elements.chain(tables).chain(globals);
        // Marked and collected in order, each once.
        let mut marks = Vec::new();
        marks.try_resize(self.func_types.len(), false)?;
        for func in exported.chain(listed.copied()).chain(exprs.flat_map(ConstExpr::func_refs)) {
            // A module that was not validated may name what is not there.
            marks.get_mut(func.index()).into_iter().for_each(|mark| *mark = true);
        }
        let mut funcs = Vec::with_room(marks.iter().filter(|marked| **marked).count())?;
        let marked = marks.iter().zip(0..).filter(|(marked, _)| **marked);
        marked.for_each(|(_, func)| funcs.put(FuncIdx(func)));
        funcs.try_into_box()
    }
}

impl Module {
    /// Parses and validates a module (feature `validate`). Copies `bytes`; see [`Module::parse_owned`].
    #[cfg(feature = "validate")]
    pub fn parse(bytes: &[u8], options: &ParseOptions) -> Result<Self, Error> {
        // Before the copy, so that bytes which cannot be a module cost nothing.
        parse::check_header(bytes, &options.limits)?;
        parse::parse(copy(bytes)?, options)
    }

    /// Parses a module that is known to be valid. Copies `bytes`. What is malformed or exceeds a limit is an error, but what
    /// is invalid may go unnoticed: then accessors of the module, and its translation, may panic or make no sense.
    pub fn parse_unchecked(bytes: &[u8], options: &ParseOptions) -> Result<Self, Error> {
        parse::check_header(bytes, &options.limits)?;
        parse::parse_unchecked(copy(bytes)?, options)
    }

    /// Parses and validates a module without copying it (feature `validate`).
    #[cfg(feature = "validate")]
    pub fn parse_owned(bytes: Vec<u8>, options: &ParseOptions) -> Result<Self, Error> {
        parse::check_header(&bytes, &options.limits)?;
        parse::parse(bytes, options)
    }

    pub(crate) fn new(
        bytes: Vec<u8>,
        features: Features,
        contents: Contents,
        bodies_are_valid: bool,
    ) -> Result<Self, OutOfMemory> {
        let referable_funcs = contents.referable_funcs()?;
        let most_results = contents.types.iter().map(|ty| ty.results().len()).max().unwrap_or(0);
        Ok(Self { bytes, features, contents, referable_funcs, most_results, bodies_are_valid })
    }

    /// The module's bytes, as given.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The proposals the module was allowed to use.
    pub fn features(&self) -> Features {
        self.features
    }

    /// Function types, by type index.
    pub fn types(&self) -> &[FuncType] {
        &self.contents.types
    }

    /// The results of the type that has most of them.
    pub fn most_results(&self) -> usize {
        self.most_results
    }

    /// Imports, in module order.
    pub fn imports(&self) -> &[Import] {
        &self.contents.imports
    }

    /// Exports, in module order.
    pub fn exports(&self) -> &[Export] {
        &self.contents.exports
    }

    /// What is exported as `name`.
    pub fn export(&self, name: &str) -> Option<ExternIdx> {
        let Contents { exports, exports_by_name, .. } = &self.contents;
        let name_of = |at: &u32| &*exports[*at as usize].name;
        let found = exports_by_name.binary_search_by_key(&name, name_of).ok()?;
        Some(exports[exports_by_name[found] as usize].item)
    }

    /// The type that an import of this module expects.
    pub fn import_type(&self, import: &Import) -> Result<ExternType, OutOfMemory> {
        Ok(match import.ty {
            ImportType::Func(ty) => ExternType::Func(self.types()[ty.index()].try_clone()?),
            ImportType::Table(ty) => ExternType::Table(ty),
            ImportType::Memory(ty) => ExternType::Memory(ty),
            ImportType::Global(ty) => ExternType::Global(ty),
        })
    }

    /// The type of something that is or could be exported.
    pub fn extern_type(&self, item: ExternIdx) -> Result<ExternType, OutOfMemory> {
        Ok(match item {
            ExternIdx::Func(func) => ExternType::Func(self.func_type(func).try_clone()?),
            ExternIdx::Table(TableIdx(at)) => ExternType::Table(self.tables()[at as usize].ty),
            ExternIdx::Memory(MemoryIdx(at)) => ExternType::Memory(self.memories()[at as usize]),
            ExternIdx::Global(GlobalIdx(at)) => ExternType::Global(self.globals()[at as usize].ty),
        })
    }

    /// Functions, imports included.
    pub fn func_count(&self) -> u32 {
        self.contents.count(ExternKind::Func)
    }

    /// Imported functions, which come first.
    pub fn imported_func_count(&self) -> u32 {
        self.contents.imported(ExternKind::Func)
    }

    /// Tables, imports included.
    pub fn table_count(&self) -> u32 {
        self.contents.count(ExternKind::Table)
    }

    /// Imported tables, which come first.
    pub fn imported_table_count(&self) -> u32 {
        self.contents.imported(ExternKind::Table)
    }

    /// Memories, imports included.
    pub fn memory_count(&self) -> u32 {
        self.contents.count(ExternKind::Memory)
    }

    /// Imported memories, which come first.
    pub fn imported_memory_count(&self) -> u32 {
        self.contents.imported(ExternKind::Memory)
    }

    /// Globals, imports included.
    pub fn global_count(&self) -> u32 {
        self.contents.count(ExternKind::Global)
    }

    /// Imported globals, which come first.
    pub fn imported_global_count(&self) -> u32 {
        self.contents.imported(ExternKind::Global)
    }

    /// The functions that have a body, in order.
    pub fn defined_funcs(&self) -> impl ExactSizeIterator<Item = FuncIdx> + use<> {
        (self.imported_func_count()..self.func_count()).map(FuncIdx)
    }

    /// The type index of a function.
    pub fn func_type_index(&self, func: FuncIdx) -> TypeIdx {
        self.contents.func_types[func.index()]
    }

    /// The type of a function.
    pub fn func_type(&self, func: FuncIdx) -> &FuncType {
        &self.contents.types[self.func_type_index(func).index()]
    }

    /// Tables, imports first.
    pub fn tables(&self) -> &[Table] {
        &self.contents.tables
    }

    /// Memories, imports first.
    pub fn memories(&self) -> &[MemoryType] {
        &self.contents.memories
    }

    /// Globals, imports first.
    pub fn globals(&self) -> &[Global] {
        &self.contents.globals
    }

    /// Element segments.
    pub fn elements(&self) -> &[ElementSegment] {
        &self.contents.elements
    }

    /// Data segments.
    pub fn data(&self) -> &[DataSegment] {
        &self.contents.data
    }

    /// How many data segments there are, if the data count section says so: bodies may name segments only then.
    pub fn data_count(&self) -> Option<u32> {
        self.contents.data_count
    }

    /// The bytes of a data segment.
    pub fn data_bytes(&self, data: DataIdx) -> &[u8] {
        self.slice(&self.contents.data[data.index()].range)
    }

    /// The function to call at instantiation.
    pub fn start(&self) -> Option<FuncIdx> {
        self.contents.start
    }

    /// The functions that references can be made to, sorted, each once: exported ones, those in element segments
    /// (declared segments too), and those that constant expressions name.
    pub fn referable_funcs(&self) -> &[FuncIdx] {
        &self.referable_funcs
    }

    /// The range of a defined function's body in [`Module::bytes`], from the declarations of its locals.
    ///
    /// # Panics
    /// If `func` is imported or not in the module.
    pub fn body_range(&self, func: FuncIdx) -> Range<usize> {
        let defined = func.0.checked_sub(self.imported_func_count());
        let at = defined.expect("an imported function has no body");
        let range = &self.contents.bodies[at as usize];
        range.start as usize..range.end as usize
    }

    /// The module's name (name section).
    pub fn name(&self) -> Option<&str> {
        self.contents.names.as_ref()?.module(&self.bytes)
    }

    /// The name of a function (name section). Searches the names one by one: to list many, use
    /// [`Module::func_names`].
    pub fn func_name(&self, func: FuncIdx) -> Option<&str> {
        let mut names = self.func_names().skip_while(|(at, _)| *at < func);
        names.next().filter(|(at, _)| *at == func).map(|(_, name)| name)
    }

    /// The names of functions that have one, in order (name section). Names stop at the section's first defect; they
    /// may name functions that do not exist.
    pub fn func_names(&self) -> impl Iterator<Item = (FuncIdx, &str)> {
        self.contents.names.iter().flat_map(|names| names.functions(&self.bytes))
    }

    /// Names and contents of custom sections, in order.
    pub fn custom_sections(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.sections().iter().filter_map(|section| self.custom_section(section))
    }

    /// All sections in order; custom sections only if they are kept.
    pub fn sections(&self) -> &[Section] {
        &self.contents.sections
    }

    /// The name of a section of this module: a custom section's own, else [`Section::kind`].
    pub fn section_name(&self, section: &Section) -> &str {
        self.custom_section(section).map_or(section.kind(), |(name, _)| name)
    }

    fn custom_section(&self, section: &Section) -> Option<(&str, &[u8])> {
        if section.id != Section::CUSTOM {
            return None;
        }
        let mut reader = Reader::new(self.slice(&section.range), 0, self.features);
        let name = reader.name().ok()?;
        Some((name, reader.rest()))
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }
}

fn copy(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut copy = Vec::with_room(bytes.len())?;
    copy.put_all(bytes);
    Ok(copy)
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name())
            .field("bytes", &self.bytes.len())
            .field("funcs", &self.func_count())
            .finish_non_exhaustive()
    }
}
