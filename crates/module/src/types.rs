//! Reads types of functions, tables, memories and globals (spec 3.0, "Types" of the binary format).
//!
//! Not value types, which bodies have too, and not whether a type may be used: that is the validator's. Invariant: no type is
//! of a proposal that is not supported, and memories fit their address space.

use crate::error::Fault;
use crate::reader::Reader;
use alloc::vec::Vec;
use wasmite_core::heap::Grow;
use wasmite_core::{
    FuncType, GlobalType, MemoryType, OutOfMemory, PageSize, Proposal, TableType, ValType,
};

/// Bits of the flags of limits.
const HAS_MAX: u8 = 1;
const SHARED: u8 = 2;
const IS_64: u8 = 4;
const HAS_PAGE_SIZE: u8 = 8;

/// What tables and memories begin with: flags, a minimum, and a maximum if there is one.
type Limits = (u8, u64, Option<u64>);

impl Reader<'_> {
    /// A function type. Offsets of errors are those of its first byte and of each value type.
    pub(crate) fn func_type(&mut self) -> Result<FuncType, Fault> {
        const OTHER: &str = "types other than function types are disabled";
        let offset = self.offset();
        match self.byte()? {
            0x60 => {}
            // Groups, subtypes, arrays and structs.
            0x4e..=0x50 | 0x5e | 0x5f => {
                return Err(Fault::of_proposal(OTHER, Proposal::Gc, offset));
            }
            byte => return Err(leading_byte(byte, "type", offset)),
        }
        let mut types = Vec::new();
        self.val_types(&mut types)?;
        let params = types.len();
        self.val_types(&mut types)?;
        Ok(FuncType::from_list(types, params)?)
    }

    fn val_types(&mut self, types: &mut Vec<ValType>) -> Result<(), Fault> {
        let count = self.u32()? as usize;
        // A type takes at least a byte.
        types.try_reserve_exact(count.min(self.rest().len())).map_err(OutOfMemory::from)?;
        for _ in 0..count {
            types.try_push(self.val_type()?)?;
        }
        Ok(())
    }

    /// Limits with the flags that are `known`, or else the error `unknown`.
    fn limits(&mut self, known: u8, unknown: &str) -> Result<Limits, Fault> {
        let offset = self.offset();
        let flags = self.byte()?;
        if flags & !known != 0 {
            return Err(Fault::invalid(unknown, offset));
        }
        let min = self.size()?;
        let max = if flags & HAS_MAX != 0 { Some(self.size()?) } else { None };
        Ok((flags, min, max))
    }

    pub(crate) fn table_type(&mut self) -> Result<TableType, Fault> {
        const FLAGS: &str = "invalid table resizable limits flags";
        const NO_SHARED: &str = "shared tables require the shared-everything-threads proposal";
        const TOO_LARGE: &str = "table size must be at most 0xffffffff entries";
        let offset = self.offset();
        let element = self.reference("malformed reference type")?;
        let (flags, min, max) = self.limits(HAS_MAX | SHARED | IS_64, FLAGS)?;
        if flags & SHARED != 0 {
            return Err(Fault::invalid(NO_SHARED, offset));
        }
        if flags & IS_64 != 0 {
            return Ok(TableType::new64(element, min, max));
        }
        let narrow = |size| u32::try_from(size).map_err(|_| Fault::invalid(TOO_LARGE, offset));
        Ok(TableType::new(element, narrow(min)?, max.map(narrow).transpose()?))
    }

    pub(crate) fn memory_type(&mut self) -> Result<MemoryType, Fault> {
        const FLAGS: &str = "invalid memory limits flags";
        const NO_SHARED: &str = "threads must be enabled for shared memories";
        let offset = self.offset();
        let (flags, min, max) = self.limits(HAS_MAX | SHARED | IS_64 | HAS_PAGE_SIZE, FLAGS)?;
        let mut log2 = PageSize::WASM.log2();
        if flags & HAS_PAGE_SIZE != 0 {
            log2 = self.page_size(offset)?;
        }
        if flags & SHARED != 0 {
            return Err(Fault::of_proposal(NO_SHARED, Proposal::Threads, offset));
        }
        let builder = MemoryType::builder().memory64(flags & IS_64 != 0).page_size_log2(log2);
        let built = builder.min(min).max(max).build();
        built.map_err(|error| Fault::invalid(error, offset))
    }

    /// The page size, by its logarithm, of the memory whose type is at `offset`.
    fn page_size(&mut self, offset: usize) -> Result<u8, Fault> {
        const OFF: &str =
            "the custom page sizes proposal must be enabled to customize a memory's page size";
        let (byte, wasm) = (PageSize::BYTE.log2(), PageSize::WASM.log2());
        let log2 = self.u32()?;
        if !self.features.contains(Proposal::CustomPageSizes) {
            return Err(Fault::of_proposal(OFF, Proposal::CustomPageSizes, offset));
        }
        match u8::try_from(log2) {
            Ok(log2) if log2 == byte || log2 == wasm => Ok(log2),
            Ok(log2) if log2 < wasm && self.features.allows_all_page_sizes() => Ok(log2),
            _ => Err(Fault::invalid("invalid custom page size", offset)),
        }
    }

    pub(crate) fn global_type(&mut self) -> Result<GlobalType, Fault> {
        const NO_SHARED: &str = "shared globals require the shared-everything-threads proposal";
        let content = self.val_type()?;
        let offset = self.offset();
        match self.byte()? {
            flag @ (0 | 1) => Ok(GlobalType::new(content, flag == 1)),
            2 | 3 => Err(Fault::invalid(NO_SHARED, offset)),
            _ => Err(Fault::invalid("malformed global flags", offset)),
        }
    }
}

/// The error for a byte that nothing begins with that there could be.
#[cold]
pub(crate) fn leading_byte(byte: u8, of: &str, offset: usize) -> Fault {
    Fault::invalid(format_args!("invalid leading byte ({byte:#x}) for {of}"), offset)
}
