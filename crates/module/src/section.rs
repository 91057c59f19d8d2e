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
    pub(crate) const TYPE: u8 = 1;
    pub(crate) const IMPORT: u8 = 2;
    pub(crate) const FUNCTION: u8 = 3;
    pub(crate) const TABLE: u8 = 4;
    pub(crate) const MEMORY: u8 = 5;
    pub(crate) const GLOBAL: u8 = 6;
    pub(crate) const EXPORT: u8 = 7;
    pub(crate) const START: u8 = 8;
    pub(crate) const ELEMENT: u8 = 9;
    pub(crate) const CODE: u8 = 10;
    pub(crate) const DATA: u8 = 11;
    pub(crate) const DATA_COUNT: u8 = 12;
    pub(crate) const TAG: u8 = 13;

    /// What the standard calls the section. A custom section's own name: [`crate::Module::section_name`].
    pub const fn kind(&self) -> &'static str {
        match self.id {
            Self::CUSTOM => "custom",
            Self::TYPE => "type",
            Self::IMPORT => "import",
            Self::FUNCTION => "function",
            Self::TABLE => "table",
            Self::MEMORY => "memory",
            Self::GLOBAL => "global",
            Self::EXPORT => "export",
            Self::START => "start",
            Self::ELEMENT => "element",
            Self::CODE => "code",
            Self::DATA => "data",
            Self::DATA_COUNT => "data count",
            Self::TAG => "tag",
            _ => "unknown",
        }
    }
}
