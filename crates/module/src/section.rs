//! Where the sections of a module are.
//!
//! Not their contents: those are decoded into the module. Invariant: twelve bytes per section and no copies, since a
//! hostile module can consist of millions of three-byte custom sections.

use core::ops::Range;

/// A section as it stands in the bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// The section's id (spec 3.0, "Sections"): 0 for custom sections.
    pub id: u8,
    /// Its contents in the module's bytes, without id and size; of a custom section including the name.
    pub range: Range<u32>,
}

impl Section {
    /// The id of custom sections.
    pub const CUSTOM: u8 = 0;

    /// What the standard calls the section. A custom section's own name: [`crate::Module::section_name`].
    pub const fn kind(&self) -> &'static str {
        match self.id {
            Self::CUSTOM => "custom",
            1 => "type",
            2 => "import",
            3 => "function",
            4 => "table",
            5 => "memory",
            6 => "global",
            7 => "export",
            8 => "start",
            9 => "element",
            10 => "code",
            11 => "data",
            12 => "data count",
            13 => "tag",
            _ => "unknown",
        }
    }
}

/// A range that the parser reported, narrowed. Parsing refuses modules above `u32::MAX` bytes, so nothing is lost; the
/// declared end of a truncated code section may lie beyond, but then there will be no module.
pub(crate) fn byte_range(range: Range<u64>) -> Range<u32> {
    let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    narrow(range.start)..narrow(range.end)
}
