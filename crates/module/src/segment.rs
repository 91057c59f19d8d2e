//! Element and data segments.
//!
//! Not their application to tables and memories. Invariant: a data segment's range lies within the module's bytes.

use crate::ConstExpr;
use alloc::boxed::Box;
use core::ops::Range;
use wasmite_core::{FuncIdx, MemoryIdx, RefType, TableIdx};

/// When a segment is copied to the table or memory of index type `I`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SegmentMode<I> {
    /// At instantiation.
    Active {
        /// The table or memory.
        index: I,
        /// Where in it.
        offset: ConstExpr,
    },
    /// By instructions (bulk memory proposal).
    Passive,
    /// Never: the segment only declares that references to its functions are made (reference types proposal).
    Declared,
}

/// An element segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElementSegment {
    /// The type of its elements.
    pub ty: RefType,
    /// When it is copied to a table.
    pub mode: SegmentMode<TableIdx>,
    /// Its elements.
    pub items: ElementItems,
}

/// The elements of a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ElementItems {
    /// References to functions.
    Funcs(Box<[FuncIdx]>),
    /// Constant expressions.
    Exprs(Box<[ConstExpr]>),
}

impl ElementItems {
    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::Funcs(funcs) => funcs.len(),
            Self::Exprs(exprs) => exprs.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A data segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataSegment {
    /// When it is copied to a memory; never [`SegmentMode::Declared`].
    pub mode: SegmentMode<MemoryIdx>,
    /// Its bytes, as a range of the module's bytes.
    pub range: Range<u32>,
}
