//! Element segments for the validator, without the functions that they list: it would put each into a tree, for bodies that it does
//! not validate.
//!
//! Not what is out of the ordinary, which the validator sees as it is. Invariant: what is left out is right. What is left is the
//! same in each segment but for a constant, so if the validator refuses one, that is the first, whose offset holds.

use crate::error::in_memory;
use alloc::vec::Vec;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmparser::{BinaryReader, ElementSectionReader, WasmFeatures};

/// A section in which no segment lists a function.
pub(crate) struct Unlisted {
    bytes: Vec<u8>,
    start: u64,
    flags: WasmFeatures,
}

/// Functions that a segment may list, to the validator.
const MOST: u32 = 10_000_000;

impl Unlisted {
    /// `None` if there is something out of the ordinary in `section`, which is part of `module`, or wrong. Of the functions
    /// that may be listed there are `funcs`.
    pub(crate) fn of(
        section: &ElementSectionReader<'_>,
        module: &[u8],
        funcs: u32,
        flags: WasmFeatures,
    ) -> Result<Option<Self>, OutOfMemory> {
        let range = section.range();
        let start = range.start;
        let section_bytes = &module[in_memory(start)..in_memory(range.end)];
        let mut reader = BinaryReader::new(section_bytes, start);
        let (mut bytes, mut kept) = (Vec::new(), 0);
        for _ in 0..reader.read_var_u32().unwrap_or(0) {
            let Some(list) = list(&mut reader, funcs) else { return Ok(None) };
            bytes.try_append(&section_bytes[kept..list])?;
            bytes.try_push(0)?;
            kept = in_memory(reader.original_position() - start);
        }
        bytes.try_append(&section_bytes[kept..])?;
        Ok(Some(Self { bytes, start, flags }))
    }

    /// The section as the validator is to see it.
    pub(crate) fn section(&self) -> wasmparser::Result<ElementSectionReader<'_>> {
        ElementSectionReader::new(BinaryReader::new_features(&self.bytes, self.start, self.flags))
    }
}

/// Reads an element segment, and gives the place of its list if it puts functions into table 0 from a constant index on, and the
/// module has them all.
fn list(reader: &mut BinaryReader<'_>, funcs: u32) -> Option<usize> {
    const ACTIVE: u8 = 0;
    const I32_CONST: u8 = 0x41;
    const END: u8 = 0x0b;
    let opened = reader.read_bytes(2).ok()? == [ACTIVE, I32_CONST];
    reader.read_var_i32().ok()?;
    let closed = reader.read_u8().ok()? == END;
    let place = reader.current_position();
    let count = reader.read_var_u32().ok()?;
    if !opened || !closed || count > MOST {
        return None;
    }
    for _ in 0..count {
        if reader.read_var_u32().ok()? >= funcs {
            return None;
        }
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_there_are_are_left_out() {
        let unlisted = |section: &[u8], funcs| {
            let reader = ElementSectionReader::new(BinaryReader::new(section, 0)).unwrap();
            let unlisted = Unlisted::of(&reader, section, funcs, WasmFeatures::all()).unwrap();
            unlisted.map(|unlisted| unlisted.bytes)
        };
        let two = [2, 0, 0x41, 5, 0x0b, 2, 0, 1, 0, 0x41, 0x80, 1, 0x0b, 1, 0x81, 0];
        let without = [2, 0, 0x41, 5, 0x0b, 0, 0, 0x41, 0x80, 1, 0x0b, 0];
        assert_eq!(unlisted(&two, 2).as_deref(), Some(&without[..]));
        assert_eq!(unlisted(&two, 1), None, "an index that is too large");
        assert_eq!(unlisted(&two[..15], 2), None, "a list that is too short");
        assert_eq!(
            unlisted(&[1, 0, 0x41, 0, 0x0b, 0, 9], 2),
            Some([1, 0, 0x41, 0, 0x0b, 0, 9].into())
        );
        assert_eq!(unlisted(&[1, 1, 0, 1, 0], 2), None, "a passive segment");
        assert_eq!(unlisted(&[1, 0, 0x23, 0, 0x0b, 1, 0], 2), None, "not a constant");
    }
}
