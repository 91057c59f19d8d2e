//! Reads what follows opcodes.
//!
//! Not whether it is valid, but for what the format itself forbids and for proposals that are off. Invariant: what is read has
//! a meaning with the features that are on.

use super::{BlockType, BrTable, MemArg};
use crate::error::Fault;
use crate::reader::Reader;
use wasmite_core::{HeapType, Proposal, RefType, ValType};

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
    pub(super) fn f32(&mut self) -> Result<u32, Fault> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// Bits of a float.
    #[inline(always)]
    pub(super) fn f64(&mut self) -> Result<u64, Fault> {
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
        let index = index.map_err(|_| Fault::invalid("invalid block type", offset as u64))?;
        self.require(Proposal::MultiValue, offset)?;
        Ok(BlockType::FuncType(index))
    }

    /// A value type of a proposal that is on.
    pub(crate) fn val_type(&mut self) -> Result<ValType, Fault> {
        let offset = self.offset();
        Ok(match self.byte()? {
            0x7f => ValType::I32,
            0x7e => ValType::I64,
            0x7d => ValType::F32,
            0x7c => ValType::F64,
            0x7b => return Err(Fault::lacks(Proposal::Simd, offset)),
            REF_NULL => ValType::Ref(self.null_type()?),
            REF => return Err(Fault::lacks(Proposal::FunctionReferences, offset)),
            byte => ValType::Ref(self.abstract_type(byte, offset)?),
        })
    }

    /// The type of null for a heap type.
    pub(super) fn null_type(&mut self) -> Result<RefType, Fault> {
        let offset = self.offset();
        match self.peek()? {
            byte @ 0x40..=0x7f => {
                self.byte()?;
                self.abstract_type(byte, offset)
            }
            _ if self.signed::<33>()? < 0 => {
                Err(Fault::invalid("malformed heap type", offset as u64))
            }
            _ => Err(Fault::lacks(Proposal::FunctionReferences, offset)),
        }
    }

    /// References to an abstract heap type of a proposal that is on.
    fn abstract_type(&self, byte: u8, offset: usize) -> Result<RefType, Fault> {
        let heap = match byte {
            FUNC => HeapType::Func,
            EXTERN => HeapType::Extern,
            0x6a..=0x6e | 0x71..=0x73 => return Err(Fault::lacks(Proposal::Gc, offset)),
            0x69 | 0x74 => return Err(Fault::lacks(Proposal::ExceptionHandling, offset)),
            _ => return Err(Fault::invalid("malformed value type", offset as u64)),
        };
        self.require(Proposal::ReferenceTypes, offset)?;
        Ok(RefType { nullable: true, heap })
    }

    /// The type of a select that has one: the format leaves place for several.
    pub(super) fn selected_type(&mut self) -> Result<ValType, Fault> {
        let offset = self.offset();
        match self.u32()? {
            1 => self.val_type(),
            _ => Err(Fault::invalid("invalid result arity", offset as u64)),
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
            return Err(Fault::invalid("malformed memop flags", at as u64));
        }
        let memory = if has_memory { self.u32()? } else { 0 };
        let offset = match self.features.contains(Proposal::Memory64) {
            true => self.u64()?,
            false => self.u32()?.into(),
        };
        Ok(MemArg { align: align as u8, memory, offset })
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
            _ => Err(Fault::invalid("zero byte expected", offset as u64)),
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
