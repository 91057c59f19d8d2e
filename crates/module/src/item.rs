//! Items of sections, decoded one by one.
//!
//! Not validation. The parser's own readers are not used where they make boxes without asking whether there is memory, or know
//! all operators that a constant expression may not have. Invariant: nothing is allocated for a count before there are as
//! many bytes.

use crate::{ConstExpr, DataSegment, ElementItems, ElementSegment, Error, Global, SegmentMode};
use crate::{Table, convert, section::byte_range};
use alloc::{boxed::Box, vec::Vec};
use wasmite_core::heap::Grow;
use wasmite_core::{FuncIdx, MemoryIdx, RefType, TableIdx};
use wasmparser::BinaryReader;

/// A table and what its elements are at first (spec 3.0, "Table Section").
pub(crate) fn table(reader: &mut BinaryReader<'_>) -> Result<Table, Error> {
    const WITH_INITIAL_VALUE: [u8; 2] = [0x40, 0x00];
    let offset = reader.original_position();
    let initialised = reader.clone().read_u8()? == WITH_INITIAL_VALUE[0];
    if initialised && reader.read_bytes(2)? != WITH_INITIAL_VALUE {
        return Err(Error::invalid("invalid table encoding", offset));
    }
    let ty = convert::table_type(reader.read()?).map_err(|error| error.at(offset))?;
    let init = if initialised { Some(ConstExpr::read(reader)?) } else { None };
    Ok(Table { ty, init })
}

/// A global and its initial value.
pub(crate) fn global(reader: &mut BinaryReader<'_>) -> Result<Global, Error> {
    let offset = reader.original_position();
    let ty = convert::global_type(reader.read()?).map_err(|error| error.at(offset))?;
    Ok(Global { ty, init: Some(ConstExpr::read(reader)?) })
}

/// A data segment.
pub(crate) fn data(reader: &mut BinaryReader<'_>) -> Result<DataSegment, Error> {
    let offset = reader.original_position();
    let mode = match reader.read_var_u32()? {
        1 => SegmentMode::Passive,
        flags @ (0 | 2) => {
            let index = if flags == 0 { 0 } else { reader.read_var_u32()? };
            SegmentMode::Active { index: MemoryIdx(index), offset: ConstExpr::read(reader)? }
        }
        _ => return Err(Error::invalid("invalid flags byte in data segment", offset)),
    };
    let bytes = reader.read_reader()?;
    Ok(DataSegment { mode, range: byte_range(bytes.range()) })
}

/// An element segment. What its flags are: spec 3.0, "Element Section".
pub(crate) fn element(reader: &mut BinaryReader<'_>) -> Result<ElementSegment, Error> {
    let offset = reader.original_position();
    let flags = reader.read_var_u32()?;
    let [inactive, second, exprs] = [1, 2, 4].map(|flag| flags & flag != 0);
    if flags > 7 {
        return Err(Error::invalid("invalid flags byte in element segment", offset));
    }
    let mode = match (inactive, second) {
        (true, true) => SegmentMode::Declared,
        (true, false) => SegmentMode::Passive,
        (false, with_index) => {
            let index = if with_index { reader.read_var_u32()? } else { 0 };
            SegmentMode::Active { index: TableIdx(index), offset: ConstExpr::read(reader)? }
        }
    };
    let offset = reader.original_position();
    let ty = match (inactive || second, exprs) {
        (false, _) => RefType::FUNCREF,
        (true, true) => convert::ref_type(reader.read()?).map_err(|error| error.at(offset))?,
        // Not nullable to the validator, but without function references nothing can tell the difference.
        (true, false) if reader.read_u8()? == 0 => RefType::FUNCREF,
        (true, false) => return Err(Error::invalid("invalid element kind", offset)),
    };
    let items = match exprs {
        true => ElementItems::Exprs(list(reader, ConstExpr::read)?),
        false => ElementItems::Funcs(list(reader, |it| Ok(FuncIdx(it.read_var_u32()?)))?),
    };
    Ok(ElementSegment { ty, mode, items })
}

/// Items after their count.
fn list<'a, T>(
    reader: &mut BinaryReader<'a>,
    item: impl Fn(&mut BinaryReader<'a>) -> Result<T, Error>,
) -> Result<Box<[T]>, Error> {
    let count = reader.read_var_u32()? as usize;
    // An item takes at least a byte.
    let mut items = Vec::with_room(count.min(reader.bytes_remaining()))?;
    for _ in 0..count {
        items.try_push(item(reader)?)?;
    }
    Ok(items.try_into_box()?)
}
