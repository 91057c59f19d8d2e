//! The name section: where names are, decoded on demand.
//!
//! Not part of validity: a malformed name section counts only up to its first defect. Invariant: parsing costs one step
//! per subsection, whatever the number of names.

use crate::section::byte_range;
use core::ops::Range;
use wasmite_core::FuncIdx;
use wasmparser::{
    BinaryReader, CustomSectionReader, Name, NameMap, NameSectionReader, SectionLimited,
};

/// Byte ranges of the names that matter.
#[derive(Clone, Default, Debug)]
pub(crate) struct Names {
    module: Option<Range<u32>>,
    functions: Option<Range<u32>>,
}

impl Names {
    /// Finds the names in a custom section; `None` if it is not a name section.
    pub(crate) fn find(section: &CustomSectionReader<'_>) -> Option<Self> {
        if section.name() != "name" {
            return None;
        }
        let reader = BinaryReader::new(section.data(), section.data_offset());
        let subsections = NameSectionReader::new(reader);
        let mut names = Self::default();
        for subsection in subsections.map_while(Result::ok) {
            match subsection {
                Name::Module { name, name_range } => {
                    let start = name_range.end - name.len() as u64;
                    names.module = Some(byte_range(start..name_range.end));
                }
                Name::Function(map) => {
                    names.functions = Some(byte_range(SectionLimited::from(map.names).range()));
                }
                _ => {}
            }
        }
        Some(names)
    }

    pub(crate) fn module<'a>(&self, bytes: &'a [u8]) -> Option<&'a str> {
        core::str::from_utf8(slice(bytes, self.module.as_ref()?)?).ok()
    }

    /// Function names in increasing order of index, up to the first defect.
    pub(crate) fn functions<'a>(
        &self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = (FuncIdx, &'a str)> + use<'a> {
        let map = self.functions.as_ref().and_then(|range| {
            let reader = BinaryReader::new(slice(bytes, range)?, u64::from(range.start));
            NameMap::new(reader).ok()
        });
        let namings = map.into_iter().flatten().map_while(Result::ok);
        namings.map(|naming| (FuncIdx(naming.index), naming.name))
    }
}

fn slice<'a>(bytes: &'a [u8], range: &Range<u32>) -> Option<&'a [u8]> {
    bytes.get(range.start as usize..range.end as usize)
}
