//! Parsing: section by section, and what holds between sections.
//!
//! Not items of sections, and not what is valid about them. Invariant: nothing is allocated for a count that a section declares
//! before the section's bytes have been seen to hold it, and function bodies are not read, only located.

use crate::error::Fault;
use crate::module::Contents;
use crate::names::Names;
use crate::reader::Reader;
use crate::validator::SectionValidator;
use crate::{Error, Module, Section};
use alloc::vec::Vec;
use wasmite_core::heap::Grow;
use wasmite_core::{Features, FuncIdx, Limits, OutOfMemory, Proposal};

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
    Error::limit("module bytes", bytes.len() as u64, max, 0)
}

/// Parses and validates bytes that passed [`check_header`].
#[cfg(feature = "validate")]
pub(crate) fn parse(bytes: Vec<u8>, options: &ParseOptions) -> Result<Module, Error> {
    let validator = SectionValidator::new(options.features);
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

/// Not in line, so that what comes after parsing does not stand on its native frame.
#[inline(never)]
fn read(
    bytes: Vec<u8>,
    options: &ParseOptions,
    validator: Option<SectionValidator>,
) -> Result<Module, Error> {
    let promised = validator.is_none();
    let mut reading = Reading { options, validator, contents: Contents::default() };
    reading.module(Reader::new(&bytes, 0, options.features))?;
    let Reading { contents, .. } = reading;
    Ok(Module::new(bytes, options.features, contents, promised)?)
}

/// Bytes that a function body may have. So many at most, whatever the limits: engines agree on that.
pub(crate) fn body_limit(limits: &Limits) -> u64 {
    const MOST: u32 = 7_654_321;
    limits.body_bytes.min(MOST).into()
}

/// A module that is being read.
pub(crate) struct Reading<'o> {
    pub(crate) options: &'o ParseOptions,
    pub(crate) validator: Option<SectionValidator>,
    pub(crate) contents: Contents,
}

/// Where a section's place is among the others, by id: custom sections are everywhere (spec 3.0, "Modules" of the binary format).
const ORDER: [u8; 14] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

const UNEQUAL_CODE: &str = "function and code section have inconsistent lengths";
const UNEQUAL_DATA: &str = "data count and data section have inconsistent lengths";

impl Reading<'_> {
    fn module(&mut self, mut reader: Reader<'_>) -> Result<(), Fault> {
        const VERSION: u32 = 1;
        reader.bytes::<{ MAGIC.len() }>()?;
        let offset = reader.offset();
        let version = u32::from_le_bytes(reader.bytes()?);
        if version != VERSION {
            let what = format_args!("unknown binary version: {version:#10x}");
            return Err(Fault::invalid(what, offset));
        }
        let mut last = 0;
        while !reader.is_empty() {
            let offset = reader.offset();
            let id = reader.byte()?;
            let Some(place) = ORDER.get(usize::from(id)) else {
                return Err(Fault::invalid("malformed section id", offset));
            };
            let len = reader.u32()?;
            if id != Section::CUSTOM {
                if *place <= last {
                    return Err(Fault::invalid("section out of order", reader.offset()));
                }
                last = *place;
            }
            self.section(id, reader.part(len)?)?;
        }
        let Contents { bodies, data, data_count, .. } = &self.contents;
        if bodies.len() != self.contents.defined_funcs() as usize {
            return Err(Fault::invalid(UNEQUAL_CODE, reader.offset()));
        }
        if data_count.is_some_and(|count| count as usize != data.len()) {
            return Err(Fault::invalid(UNEQUAL_DATA, reader.offset()));
        }
        Ok(())
    }

    fn section(&mut self, id: u8, mut reader: Reader<'_>) -> Result<(), Fault> {
        let whole = reader;
        match id {
            Section::CUSTOM => {
                self.custom(&mut reader)?;
                if !self.options.keep_custom_sections {
                    return Ok(());
                }
            }
            Section::START => self.start(&mut reader)?,
            Section::DATA_COUNT => self.data_count(&mut reader)?,
            Section::TAG => {
                const OFF: &str = "exceptions proposal not enabled";
                // Their count, which has to be there.
                reader.u32()?;
                let (proposal, offset) = (Proposal::ExceptionHandling, whole.offset());
                return Err(Fault::of_proposal(OFF, proposal, offset));
            }
            _ => self.items(id, &mut reader)?,
        }
        if !reader.is_empty() {
            let what = match id {
                Section::CODE => "trailing bytes at end of section",
                _ => "section size mismatch: unexpected data at the end of the section",
            };
            return Err(Fault::invalid(what, reader.offset()));
        }
        Ok(self.contents.sections.try_push(Section { id, range: whole.range() })?)
    }

    fn items(&mut self, id: u8, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let whole = *reader;
        let offset = reader.offset();
        let count = reader.u32()?;
        self.check_count(id, count, offset)?;
        self.make_room(id, count as usize, reader.rest().len())?;
        for _ in 0..count {
            self.item(id, reader)?;
        }
        match id {
            Section::IMPORT => self.contents.count_imports(),
            Section::EXPORT => {
                self.contents.sort_exports()?;
                if let Some(validator) = &self.validator {
                    validator.exports(&self.contents, whole)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks at what a section's count has to be, or may be.
    fn check_count(&self, id: u8, count: u32, offset: usize) -> Result<(), Fault> {
        let contents = &self.contents;
        if let Some(validator) = &self.validator {
            validator.count(contents, id, count, offset)?;
        }
        match id {
            Section::FUNCTION => {
                let total = contents.func_types.len().saturating_add(count as usize);
                self.check_functions(total, offset)
            }
            Section::CODE if count != contents.defined_funcs() => {
                Err(Fault::invalid(UNEQUAL_CODE, offset))
            }
            Section::DATA if contents.data_count.is_some_and(|told| told != count) => {
                Err(Fault::invalid(UNEQUAL_DATA, offset))
            }
            _ => Ok(()),
        }
    }

    /// Looks at how many functions there are, imports included.
    pub(crate) fn check_functions(&self, count: usize, offset: usize) -> Result<(), Fault> {
        let most = self.options.limits.functions.into();
        Ok(Error::limit("functions", count as u64, most, offset)?)
    }

    /// Makes room for a section's items, as far as there are bytes enough for them.
    fn make_room(&mut self, id: u8, count: usize, bytes: usize) -> Result<(), OutOfMemory> {
        // So many bytes an item takes at least.
        let items = |least| count.min(bytes / least);
        let contents = &mut self.contents;
        match id {
            Section::TYPE => contents.types.try_reserve_exact(items(3)),
            Section::IMPORT => contents.imports.try_reserve_exact(items(4)),
            Section::FUNCTION => contents.func_types.try_reserve_exact(items(1)),
            Section::GLOBAL => contents.globals.try_reserve_exact(items(4)),
            Section::EXPORT => contents.exports.try_reserve_exact(items(3)),
            Section::ELEMENT => contents.elements.try_reserve_exact(items(3)),
            Section::CODE => contents.bodies.try_reserve_exact(items(1)),
            Section::DATA => contents.data.try_reserve_exact(items(2)),
            _ => Ok(()),
        }
        .map_err(OutOfMemory::from)
    }

    fn custom(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let name = reader.name()?;
        let contents = reader.part(reader.rest().len() as u32)?;
        if self.options.keep_custom_sections && self.contents.names.is_none() && name == "name" {
            self.contents.names = Some(Names::find(contents));
        }
        Ok(())
    }

    fn start(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let offset = reader.offset();
        let func = FuncIdx(reader.u32()?);
        if let Some(validator) = &self.validator {
            validator.start(&self.contents, func, offset)?;
        }
        self.contents.start = Some(func);
        Ok(())
    }

    fn data_count(&mut self, reader: &mut Reader<'_>) -> Result<(), Fault> {
        let offset = reader.offset();
        if let Some(validator) = &self.validator {
            validator.data_count(offset)?;
        }
        self.contents.data_count = Some(reader.u32()?);
        Ok(())
    }
}
