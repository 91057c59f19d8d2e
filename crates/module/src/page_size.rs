//! Page sizes that the validator does not know, put so that it does.
//!
//! Not the check of sizes against the page size: `convert` does that, with the true one. Invariant: what the validator
//! sees differs in page sizes only, which no other rule depends on, and is as long, so that its offsets hold.

use alloc::vec::Vec;
use core::marker::PhantomData;
use wasmite_core::{OutOfMemory, PageSize, heap::Grow};
use wasmparser::{
    BinaryReader, FromReader, Imports, MemoryType, SectionLimited, TypeRef, WasmFeatures,
};

/// A section whose items end in memory types, with the page sizes that the validator refuses made 1. One-byte pages have
/// the most room, so every size that is allowed stays allowed.
pub(crate) struct Familiar<T> {
    bytes: Vec<u8>,
    start: u64,
    flags: WasmFeatures,
    items: PhantomData<T>,
}

/// An item of a section that may end in a memory type.
pub(crate) trait EndsInMemory {
    /// That memory type.
    fn memory(&self) -> Option<&MemoryType>;
}

impl EndsInMemory for MemoryType {
    fn memory(&self) -> Option<&MemoryType> {
        Some(self)
    }
}

impl EndsInMemory for Imports<'_> {
    fn memory(&self) -> Option<&MemoryType> {
        match self {
            Self::Single(_, import) => match &import.ty {
                TypeRef::Memory(ty) => Some(ty),
                _ => None,
            },
            Self::Compact1 { .. } | Self::Compact2 { .. } => None,
        }
    }
}

impl<'a, T: FromReader<'a> + EndsInMemory> Familiar<T> {
    /// `None` if the validator knows all page sizes of `section`, which is part of `module`. Malformed items are left for the
    /// validator to find.
    pub(crate) fn of(
        section: &SectionLimited<'a, T>,
        module: &[u8],
        flags: WasmFeatures,
    ) -> Result<Option<Self>, OutOfMemory> {
        let start = section.range().start;
        let mut bytes: Option<Vec<u8>> = None;
        let mut items = section.clone().into_iter();
        while let Some(Ok(item)) = items.next() {
            if !item.memory().is_some_and(is_between) {
                continue;
            }
            let bytes = match &mut bytes {
                Some(bytes) => bytes,
                bytes => {
                    let range = start as usize..section.range().end as usize;
                    let mut copy = Vec::with_room(range.len())?;
                    copy.put_all(&module[range]);
                    bytes.insert(copy)
                }
            };
            clear_last(&mut bytes[..(items.original_position() - start) as usize]);
        }
        Ok(bytes.map(|bytes| Self { bytes, start, flags, items: PhantomData }))
    }
}

impl<T> Familiar<T> {
    /// The section as the validator is to see it.
    pub(crate) fn section(&self) -> wasmparser::Result<SectionLimited<'_, T>> {
        SectionLimited::new(BinaryReader::new_features(&self.bytes, self.start, self.flags))
    }
}

/// Whether the page size is one that the proposal leaves to its future.
fn is_between(ty: &MemoryType) -> bool {
    let bounds = PageSize::BYTE.log2().into()..=PageSize::WASM.log2().into();
    let log2 = ty.page_size_log2();
    bounds.contains(&log2) && log2 != *bounds.start() && log2 != *bounds.end()
}

/// Makes the number in LEB128 at the end of `bytes`, which is below 128, zero.
fn clear_last(bytes: &mut [u8]) {
    const MORE: u8 = 0x80;
    let Some((last, before)) = bytes.split_last_mut() else { return };
    let padded = before.iter_mut().rev().take_while(|byte| **byte & MORE != 0);
    *padded.last().unwrap_or(last) &= MORE;
}

#[cfg(test)]
mod tests {
    use super::clear_last;

    #[test]
    fn numbers_are_cleared_at_any_length() {
        for (before, after) in [
            (&[0x89, 5, 12][..], &[0x89, 5, 0][..]),
            (&[3, 0x8c, 0x80, 0], &[3, 0x80, 0x80, 0]),
            (&[0x81, 0x82, 3, 0x8f, 0], &[0x81, 0x82, 3, 0x80, 0]),
        ] {
            let mut bytes = before.to_vec();
            clear_last(&mut bytes);
            assert_eq!(bytes, after);
        }
    }
}
