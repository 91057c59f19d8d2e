//! The validator's types as Wasmite's types. The only place where one becomes the other.
//!
//! Not validation: a type that converts may still be disabled. Invariant: a type that Wasmite has no word for is an
//! error that names it, never another type.

use crate::Error;
use alloc::vec::Vec;
use wasmite_core::heap::Grow;
use wasmite_core::{
    FuncType, GlobalType, HeapType, MemoryType, OutOfMemory, RefType, TableType, TypeIdx, ValType,
};
use wasmparser::{AbstractHeapType, BinaryReader, UnpackedIndex};

/// A type that Wasmite has no word for yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0} are not supported yet")]
pub(crate) struct UnsupportedType(pub(crate) &'static str);

impl UnsupportedType {
    /// Attaches the offset at which the type was read.
    pub(crate) fn at(self, offset: u64) -> Error {
        Error::unsupported(self, offset)
    }
}

/// The value type `ty`.
pub(crate) fn val_type(ty: wasmparser::ValType) -> Result<ValType, UnsupportedType> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty)?),
    })
}

/// The reference type `ty`.
pub(crate) fn ref_type(ty: wasmparser::RefType) -> Result<RefType, UnsupportedType> {
    Ok(RefType { nullable: ty.is_nullable(), heap: heap_type(ty.heap_type())? })
}

/// The heap type `ty`.
pub(crate) fn heap_type(ty: wasmparser::HeapType) -> Result<HeapType, UnsupportedType> {
    match ty {
        wasmparser::HeapType::Abstract { shared: false, ty } => abstract_heap_type(ty),
        wasmparser::HeapType::Concrete(UnpackedIndex::Module(index)) => {
            Ok(HeapType::Concrete(TypeIdx(index)))
        }
        wasmparser::HeapType::Abstract { shared: true, .. } => {
            Err(UnsupportedType("shared heap types"))
        }
        wasmparser::HeapType::Exact(_) => Err(UnsupportedType("exact heap types")),
        wasmparser::HeapType::Concrete(_) => Err(UnsupportedType("recursion groups")),
    }
}

fn abstract_heap_type(ty: AbstractHeapType) -> Result<HeapType, UnsupportedType> {
    Ok(match ty {
        AbstractHeapType::Func => HeapType::Func,
        AbstractHeapType::Extern => HeapType::Extern,
        AbstractHeapType::Any => HeapType::Any,
        AbstractHeapType::None => HeapType::None,
        AbstractHeapType::NoExtern => HeapType::NoExtern,
        AbstractHeapType::NoFunc => HeapType::NoFunc,
        AbstractHeapType::Eq => HeapType::Eq,
        AbstractHeapType::Struct => HeapType::Struct,
        AbstractHeapType::Array => HeapType::Array,
        AbstractHeapType::I31 => HeapType::I31,
        AbstractHeapType::Exn => HeapType::Exn,
        AbstractHeapType::NoExn => HeapType::NoExn,
        AbstractHeapType::Cont | AbstractHeapType::NoCont => {
            return Err(UnsupportedType("continuation references"));
        }
    })
}

/// Reads a function type.
pub(crate) fn func_type(reader: &mut BinaryReader<'_>) -> Result<FuncType, Error> {
    const FUNC: u8 = 0x60;
    let offset = reader.original_position();
    if reader.read_u8()? != FUNC {
        return Err(UnsupportedType("types other than function types").at(offset));
    }
    let mut types = Vec::new();
    val_types(reader, &mut types)?;
    let params = types.len();
    val_types(reader, &mut types)?;
    Ok(FuncType::from_list(types, params)?)
}

fn val_types(reader: &mut BinaryReader<'_>, types: &mut Vec<ValType>) -> Result<(), Error> {
    let count = reader.read_var_u32()? as usize;
    // A type takes at least a byte.
    let room = count.min(reader.bytes_remaining());
    types.try_reserve_exact(room).map_err(OutOfMemory::from)?;
    for _ in 0..count {
        let offset = reader.original_position();
        let ty = val_type(reader.read()?).map_err(|error| error.at(offset))?;
        types.try_push(ty)?;
    }
    Ok(())
}

pub(crate) fn global_type(ty: wasmparser::GlobalType) -> Result<GlobalType, UnsupportedType> {
    if ty.shared {
        return Err(UnsupportedType("shared globals"));
    }
    Ok(GlobalType::new(val_type(ty.content_type)?, ty.mutable))
}

pub(crate) fn table_type(ty: wasmparser::TableType) -> Result<TableType, UnsupportedType> {
    if ty.shared {
        return Err(UnsupportedType("shared tables"));
    }
    let element = ref_type(ty.element_type)?;
    let narrow = |size| {
        u32::try_from(size).map_err(|_| UnsupportedType("32-bit tables of more than 2^32 elements"))
    };
    Ok(if ty.table64 {
        TableType::new64(element, ty.initial, ty.maximum)
    } else {
        TableType::new(element, narrow(ty.initial)?, ty.maximum.map(narrow).transpose()?)
    })
}

pub(crate) fn memory_type(ty: wasmparser::MemoryType, offset: u64) -> Result<MemoryType, Error> {
    // An exponent beyond `u8` is refused by the builder just as `u8::MAX` is.
    let log2 = u8::try_from(ty.page_size_log2()).unwrap_or(u8::MAX);
    let builder = MemoryType::builder().memory64(ty.memory64).shared(ty.shared);
    let built = builder.page_size_log2(log2).min(ty.initial).max(ty.maximum).build();
    built.map_err(|error| Error::invalid(error, offset))
}
