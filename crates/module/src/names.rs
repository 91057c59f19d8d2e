//! The name section: where names are, decoded on demand.
//!
//! Not part of validity: a malformed name section counts only up to its first defect. Invariant: parsing costs one step
//! per subsection, whatever the number of names.

use crate::error::Fault;
use crate::reader::Reader;
use core::ops::Range;
use wasmite_core::{Features, FuncIdx};

/// Byte ranges of the names that matter.
#[derive(Clone, Default, Debug)]
pub(crate) struct Names {
    module: Option<Range<u32>>,
    functions: Option<Range<u32>>,
}

impl Names {
    /// Finds the names in the contents of a name section.
    pub(crate) fn find(mut section: Reader<'_>) -> Self {
        let mut names = Self::default();
        // What comes first has the smallest id.
        let mut least = 0;
        while !section.is_empty() && names.subsection(&mut section, &mut least).is_ok() {}
        names
    }

    /// Looks at a subsection, whose id must be the `least` there may be or a larger one.
    fn subsection(&mut self, section: &mut Reader<'_>, least: &mut u8) -> Result<(), Fault> {
        const MODULE: u8 = 0;
        const FUNCTION: u8 = 1;
        let offset = section.offset();
        let id = section.byte()?;
        let mut contents = section.sized()?;
        if id < *least {
            return Err(Fault::invalid("name subsection out of order", offset));
        }
        *least = id.saturating_add(1);
        match id {
            MODULE => {
                let name = contents.sized()?;
                if !contents.is_empty() {
                    return Err(Fault::invalid("trailing data at the end of a name", offset));
                }
                self.module = Some(name.range());
            }
            FUNCTION => self.functions = Some(contents.range()),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn module<'a>(&self, bytes: &'a [u8]) -> Option<&'a str> {
        core::str::from_utf8(slice(bytes, self.module.as_ref()?)?).ok()
    }

    /// Function names in increasing order of index, up to the first defect.
    pub(crate) fn functions<'a>(
        &self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = (FuncIdx, &'a str)> + use<'a> {
        let range = self.functions.as_ref();
        let bytes = range.and_then(|range| slice(bytes, range)).unwrap_or_default();
        let mut reader = Reader::new(bytes, 0, Features::MVP);
        let count = reader.u32().unwrap_or(0);
        let mut least = 0;
        (0..count).map_while(move |_| {
            let (index, name) = (reader.u32().ok()?, reader.name().ok()?);
            let in_order = u64::from(index) >= least;
            least = u64::from(index) + 1;
            in_order.then_some((FuncIdx(index), name))
        })
    }
}

fn slice<'a>(bytes: &'a [u8], range: &Range<u32>) -> Option<&'a [u8]> {
    bytes.get(range.start as usize..range.end as usize)
}
