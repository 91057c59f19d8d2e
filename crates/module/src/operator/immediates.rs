//! Reads what follows opcodes, and types of values.
//!
//! Not whether it is valid, but for what the format itself forbids and for proposals that are off. Invariant: what is read has
//! a meaning with the features that are on, and no type is of a proposal that is not supported.

use super::{BlockType, BrTable, MemArg};
use crate::error::Fault;
use crate::reader::Reader;
use wasmite_core::{Proposal, RefType, ValType};

/// What is said where there are no references but those in tables.
pub(crate) const NO_REFERENCES: &str = "reference types support is not enabled";
/// Bit of an access's flags: a memory index follows (multi-memory proposal).
const HAS_MEMORY: u32 = 1 << 6;
const FUNC: u8 = 0x70;
const EXTERN: u8 = 0x6f;
/// Before a heap type: references to it, or null.
const REF_NULL: u8 = 0x63;
const REF: u8 = 0x64;

impl<'a> Reader<'a> {
    /// The error if `proposal` is off.
    #[inline(always)]
    pub(crate) fn require(&self, proposal: Proposal, offset: usize) -> Result<(), Fault> {
        match self.features.contains(proposal) {
            true => Ok(()),
            false => Err(Fault::lacks(proposal, offset)),
        }
    }

    /// Bits of a float.
    #[inline(always)]
    pub(crate) fn f32(&mut self) -> Result<u32, Fault> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// Bits of a float.
    #[inline(always)]
    pub(crate) fn f64(&mut self) -> Result<u64, Fault> {
        self.bytes().map(u64::from_le_bytes)
    }

    #[inline(always)]
    pub(super) fn block_type(&mut self) -> Result<BlockType, Fault> {
        const EMPTY: u8 = 0x40;
        if self.next() == Some(EMPTY) {
            self.byte()?;
            return Ok(BlockType::Empty);
        }
        self.other_block_type()
    }

    #[inline(never)]
    fn other_block_type(&mut self) -> Result<BlockType, Fault> {
        // Types are negative numbers of one byte, indices are not negative.
        if let 0x40..=0x7f = self.peek()? {
            return self.val_type().map(BlockType::Type);
        }
        let offset = self.offset();
        let index = self.signed::<33>()?;
        let index = u32::try_from(index);
        let index = index.map_err(|_| Fault::invalid("invalid block type", offset))?;
        self.require(Proposal::MultiValue, offset)?;
        Ok(BlockType::FuncType(index))
    }

    /// A value type of a proposal that is on.
    pub(crate) fn val_type(&mut self) -> Result<ValType, Fault> {
        const SIMD: &str = "SIMD support is not enabled";
        let offset = self.offset();
        Ok(match self.peek()? {
            0x7f => self.passed(ValType::I32),
            0x7e => self.passed(ValType::I64),
            0x7d => self.passed(ValType::F32),
            0x7c => self.passed(ValType::F64),
            0x7b => return Err(Fault::of_proposal(SIMD, Proposal::Simd, offset)),
            _ => {
                let ty = self.reference("invalid value type")?;
                self.require_references(offset)?;
                ValType::Ref(ty)
            }
        })
    }

    /// `value`, of whose byte has been looked at.
    fn passed<T>(&mut self, value: T) -> T {
        self.skip();
        value
    }

    /// The error if there are no references but those in tables.
    fn require_references(&self, offset: usize) -> Result<(), Fault> {
        match self.features.contains(Proposal::ReferenceTypes) {
            true => Ok(()),
            false => Err(Fault::of_proposal(NO_REFERENCES, Proposal::ReferenceTypes, offset)),
        }
    }

    /// A reference type, in tables of all versions; or else the error `malformed`.
    pub(crate) fn reference(&mut self, malformed: &str) -> Result<RefType, Fault> {
        const NOT_NULL: &str = "function references required for non-nullable types";
        let offset = self.offset();
        match self.byte()? {
            REF_NULL => self.null_type(),
            REF => {
                self.null_type()?;
                Err(Fault::of_proposal(NOT_NULL, Proposal::FunctionReferences, offset))
            }
            byte => abstract_type(byte, malformed, offset),
        }
    }

    /// The type of null for a heap type.
    pub(crate) fn null_type(&mut self) -> Result<RefType, Fault> {
        const INDEXED: &str = "function references required for index reference types";
        const MALFORMED: &str = "invalid heap type";
        let offset = self.offset();
        match self.peek()? {
            byte @ 0x40..=0x7f => {
                self.skip();
                abstract_type(byte, MALFORMED, offset)
            }
            _ if self.signed::<33>()? < 0 => Err(Fault::invalid(MALFORMED, offset)),
            _ => Err(Fault::of_proposal(INDEXED, Proposal::FunctionReferences, offset)),
        }
    }

    /// The type of a select that has one: the format leaves place for several.
    pub(super) fn selected_type(&mut self) -> Result<ValType, Fault> {
        let offset = self.offset();
        match self.u32()? {
            1 => self.val_type(),
            _ => Err(Fault::invalid("invalid result arity", offset)),
        }
    }

    #[inline(always)]
    pub(super) fn access(&mut self) -> Result<MemArg, Fault> {
        match self.rest() {
            [align @ 0..0x40, offset @ 0..0x80, ..] => {
                let memarg = MemArg { align: *align, memory: 0, offset: (*offset).into() };
                self.bytes::<2>()?;
                Ok(memarg)
            }
            _ => self.long_access(),
        }
    }

    #[inline(never)]
    fn long_access(&mut self) -> Result<MemArg, Fault> {
        let at = self.offset();
        let flags = self.u32()?;
        let has_memory = flags & HAS_MEMORY != 0 && self.features.contains(Proposal::MultiMemory);
        let align = if has_memory { flags & !HAS_MEMORY } else { flags };
        if align >= HAS_MEMORY {
            return Err(Fault::invalid("malformed memop flags", at));
        }
        let memory = if has_memory { self.u32()? } else { 0 };
        Ok(MemArg { align: align as u8, memory, offset: self.size()? })
    }

    /// A memory's index: a byte that is zero before there were several memories.
    pub(super) fn memory(&mut self) -> Result<u32, Fault> {
        self.index_or_zero(Proposal::MultiMemory)
    }

    /// The index of the table of an indirect call: a byte that is zero before there were several tables.
    #[inline(always)]
    pub(super) fn table_of_call(&mut self) -> Result<u32, Fault> {
        self.index_or_zero(Proposal::ReferenceTypes)
    }

    #[inline(always)]
    fn index_or_zero(&mut self, proposal: Proposal) -> Result<u32, Fault> {
        if self.features.contains(proposal) {
            return self.u32();
        }
        let offset = self.offset();
        match self.byte()? {
            0 => Ok(0),
            _ => Err(Fault::invalid("zero byte expected", offset)),
        }
    }

    #[inline(never)]
    pub(super) fn branch_table(&mut self) -> Result<BrTable<'a>, Fault> {
        let count = self.u32()?;
        let targets = *self;
        for _ in 0..count {
            self.u32()?;
        }
        Ok(BrTable { targets, count, default: self.u32()? })
    }
}

/// References to an abstract heap type of a proposal that is supported; for no heap type at all, the error `malformed`.
fn abstract_type(byte: u8, malformed: &str, offset: usize) -> Result<RefType, Fault> {
    const GC: &str = "heap types not supported without the gc feature";
    const EXN: &str = "exception refs not supported without the exception handling feature";
    match byte {
        FUNC => Ok(RefType::FUNCREF),
        EXTERN => Ok(RefType::EXTERNREF),
        0x6a..=0x6e | 0x71..=0x73 => Err(Fault::of_proposal(GC, Proposal::Gc, offset)),
        0x69 | 0x74 => Err(Fault::of_proposal(EXN, Proposal::ExceptionHandling, offset)),
        _ => Err(Fault::invalid(malformed, offset)),
    }
}
