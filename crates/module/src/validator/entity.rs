//! Operators that name locals, globals, memories, tables, segments or functions, and those that are rare.
//!
//! Invariant: an index that the module does not have is an error.

use super::body::mismatch;
use super::operand::Type;
use super::{BodyValidator, index_type};
use crate::error::Fault;
use crate::operator::{MemArg, Operator};
use wasmite_core::{FuncIdx, RefType, TableType};

impl<'m> BodyValidator<'m> {
    #[inline(always)]
    pub(super) fn local(&self, index: u32, offset: usize) -> Result<Type, Fault> {
        match self.locals.get(index as usize) {
            Some(ty) => Ok(*ty),
            None => Err(Self::unknown("local", index, offset)),
        }
    }

    /// A global's type, and whether it can be changed.
    #[inline(always)]
    pub(super) fn global(&self, index: u32, offset: usize) -> Result<(Type, bool), Fault> {
        match self.module.globals().get(index as usize) {
            Some(global) => Ok((global.ty.content.into(), global.ty.mutable)),
            None => Err(Self::unknown("global", index, offset)),
        }
    }

    #[inline(always)]
    pub(super) fn global_set(&mut self, index: u32, offset: usize) -> Result<(), Fault> {
        match self.global(index, offset)? {
            (ty, true) => self.pop(ty, offset),
            _ => Err(Fault::invalid("global is immutable", offset)),
        }
    }

    /// The type of addresses of a memory.
    #[inline(always)]
    fn address(&self, memory: u32, offset: usize) -> Result<Type, Fault> {
        match self.address {
            Some(ty) if memory == 0 => Ok(ty),
            _ => self.address_of(memory, offset),
        }
    }

    #[cold]
    fn address_of(&self, memory: u32, offset: usize) -> Result<Type, Fault> {
        let memory_type = self.module.memories().get(memory as usize);
        let ty = memory_type.map(|memory| index_type(memory.is_64()));
        ty.ok_or_else(|| Self::unknown("memory", memory, offset))
    }

    /// The type of the address of an access whose natural alignment is `2^log2`.
    #[inline(always)]
    pub(super) fn access(&self, memarg: MemArg, log2: u8, at: usize) -> Result<Type, Fault> {
        let MemArg { align, memory, offset } = memarg;
        let address = self.address(memory, at)?;
        if align > log2 {
            return Err(Fault::invalid("alignment must not be larger than natural", at));
        }
        if offset > u32::MAX.into() && address == Type::I32 {
            return Err(Fault::invalid("offset out of range", at));
        }
        Ok(address)
    }

    pub(super) fn table(&self, index: u32, offset: usize) -> Result<TableType, Fault> {
        let table = self.module.tables().get(index as usize);
        table.map(|table| table.ty).ok_or_else(|| Self::unknown("table", index, offset))
    }

    fn segment(&self, index: u32, offset: usize) -> Result<RefType, Fault> {
        let segment = self.module.elements().get(index as usize);
        let ty = segment.map(|segment| segment.ty);
        ty.ok_or_else(|| Self::unknown("elem segment", index, offset))
    }

    fn data(&self, index: u32, offset: usize) -> Result<(), Fault> {
        match self.module.data_count() {
            Some(count) if index < count => Ok(()),
            Some(_) => Err(Self::unknown("data segment", index, offset)),
            None => Err(Fault::invalid("data count section required", offset)),
        }
    }

    /// A select without a type, which references must have.
    pub(super) fn select(&mut self, offset: usize) -> Result<(), Fault> {
        self.pop(Type::I32, offset)?;
        let second = self.pop_any(Type::Unknown, offset)?;
        let first = self.pop_any(Type::Unknown, offset)?;
        if first.is_reference() || second.is_reference() {
            return Err(mismatch(format_args!("a select of references needs a type"), offset));
        }
        if !first.is(second) && !second.is(first) {
            return Err(mismatch(format_args!("a select of {first} or {second}"), offset));
        }
        self.push(if first == Type::Unknown { second } else { first })
    }

    /// Operators of which code has few.
    #[inline(never)]
    pub(super) fn rare(&mut self, operator: &Operator<'_>, at: usize) -> Result<(), Fault> {
        match *operator {
            Operator::MemorySize { mem } => {
                let address = self.address(mem, at)?;
                self.push(address)
            }
            Operator::MemoryGrow { mem } => {
                let address = self.address(mem, at)?;
                self.replace(&[address], address, at)
            }
            Operator::MemoryInit { data_index, mem } => {
                let address = self.address(mem, at)?;
                self.data(data_index, at)?;
                self.take(&[address, Type::I32, Type::I32], at)
            }
            Operator::MemoryCopy { dst_mem, src_mem } => {
                let (to, from) = (self.address(dst_mem, at)?, self.address(src_mem, at)?);
                self.take(&[to, from, narrower(to, from)], at)
            }
            Operator::MemoryFill { mem } => {
                let address = self.address(mem, at)?;
                self.take(&[address, Type::I32, address], at)
            }
            Operator::DataDrop { data_index } => self.data(data_index, at),
            Operator::I64Add128 | Operator::I64Sub128 => {
                self.replace(&[Type::I64; 4], Type::I64, at)?;
                self.push(Type::I64)
            }
            Operator::I64MulWideS | Operator::I64MulWideU => {
                self.replace(&[Type::I64; 2], Type::I64, at)?;
                self.push(Type::I64)
            }
            _ => self.reference(operator, at),
        }
    }

    fn reference(&mut self, operator: &Operator<'_>, at: usize) -> Result<(), Fault> {
        match *operator {
            Operator::RefNull { ty } => self.push(ty.into()),
            Operator::RefIsNull => {
                let found = self.pop_any(Type::Unknown, at)?;
                if found != Type::Unknown && !found.is_reference() {
                    return Err(mismatch(format_args!("expected a reference, found {found}"), at));
                }
                self.push(Type::I32)
            }
            Operator::RefFunc { function_index } => self.ref_func(function_index, at),
            Operator::TableGet { table } => {
                let table = self.table(table, at)?;
                self.replace(&[index_type(table.is_64())], table.element().into(), at)
            }
            Operator::TableSet { table } => {
                let table = self.table(table, at)?;
                self.take(&[index_type(table.is_64()), table.element().into()], at)
            }
            Operator::TableGrow { table } => {
                let table = self.table(table, at)?;
                let index = index_type(table.is_64());
                self.replace(&[table.element().into(), index], index, at)
            }
            Operator::TableSize { table } => {
                let table = self.table(table, at)?;
                self.push(index_type(table.is_64()))
            }
            Operator::TableFill { table } => {
                let table = self.table(table, at)?;
                let index = index_type(table.is_64());
                self.take(&[index, table.element().into(), index], at)
            }
            Operator::TableCopy { dst_table, src_table } => {
                self.table_copy(dst_table, src_table, at)
            }
            Operator::TableInit { elem_index, table } => self.table_init(elem_index, table, at),
            Operator::ElemDrop { elem_index } => self.segment(elem_index, at).map(drop),
            // All others have been seen to.
            _ => Err(Fault::invalid("illegal opcode", at)),
        }
    }

    fn ref_func(&mut self, func: u32, offset: usize) -> Result<(), Fault> {
        if func >= self.module.func_count() {
            return Err(Self::unknown("function", func, offset));
        }
        if self.module.referable_funcs().binary_search(&FuncIdx(func)).is_err() {
            return Err(Fault::invalid("undeclared function reference", offset));
        }
        self.push(Type::Func)
    }

    fn table_copy(&mut self, to: u32, from: u32, offset: usize) -> Result<(), Fault> {
        let (to, from) = (self.table(to, offset)?, self.table(from, offset)?);
        same_elements(from.element(), to.element(), offset)?;
        let (to, from) = (index_type(to.is_64()), index_type(from.is_64()));
        self.take(&[to, from, narrower(to, from)], offset)
    }

    fn table_init(&mut self, segment: u32, table: u32, offset: usize) -> Result<(), Fault> {
        let (table, segment) = (self.table(table, offset)?, self.segment(segment, offset)?);
        same_elements(segment, table.element(), offset)?;
        self.take(&[index_type(table.is_64()), Type::I32, Type::I32], offset)
    }
}

/// The type of a length that fits both.
fn narrower(to: Type, from: Type) -> Type {
    if from == Type::I32 { from } else { to }
}

fn same_elements(from: RefType, to: RefType, offset: usize) -> Result<(), Fault> {
    match Type::from(from).is(to.into()) {
        true => Ok(()),
        false => Err(mismatch(format_args!("elements of type {from} in a table of {to}"), offset)),
    }
}
