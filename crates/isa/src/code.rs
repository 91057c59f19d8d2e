//! Translated code of one function, relocatable, and the frame it runs in.
//!
//! # Frames and calls
//! A frame is a window of the value stack: `[parameters | locals | temporaries by stack height]`, one 64-bit slot each (two
//! for `v128`). The callee's frame starts at the caller's outgoing arguments, which are temporaries of the caller at
//! consecutive heights. Results are written from slot 0 of the callee's frame, which is where the caller expects them, and
//! a single result is in the accumulator too. Those locals that may be read before they are written are zeroed at entry. A
//! frame is checked against the end of the value stack once, at entry.
//!
//! Where to return to is not in the frame: the engine keeps it, with the caller's hot integers, on a stack of its own. So
//! calls keep those, but no floats in registers, and code cannot overwrite a return address.
//!
//! Not here: addresses. Branch targets are word indices, calls name functions by index: the engine links.

use alloc::{boxed::Box, vec::Vec};

/// The frame of a function, in slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    /// Slots of parameters; the locals follow them.
    pub params: u16,
    /// Slots of results, which overlap the frame's start.
    pub results: u16,
    /// Slots of locals.
    pub locals: u16,
    /// The first slot that is zeroed at entry.
    pub zeroed: u16,
    /// The end of those slots; if there are none, the same.
    pub zeroed_end: u16,
    /// Slots in all: parameters and locals at least, and at least `results`.
    pub slots: u16,
}

impl Frame {
    /// The slot of the first temporary, which may be just beyond what slots can name.
    #[inline]
    pub const fn first_temporary(&self) -> usize {
        self.params as usize + self.locals as usize
    }
}

/// Which WebAssembly instruction each cell came from: pairs of word index and byte offset into the module, ascending.
pub type SourceMap = Vec<(u32, u32)>;

/// The code of one function.
///
/// Invariant: every cell is well-formed, reads and writes only slots of [`Code::frame`], and branches only to cells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    pub(crate) words: Box<[u64]>,
    pub(crate) frame: Frame,
    pub(crate) source: Box<[(u32, u32)]>,
}

impl Code {
    /// The cells, as words.
    #[inline]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The frame the code runs in.
    #[inline]
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Where cells came from; empty unless it was asked for.
    pub fn source_map(&self) -> &[(u32, u32)] {
        &self.source
    }

    /// Byte offset into the module of the instruction that the cell at `word` came from, if known.
    pub fn source_of(&self, word: u32) -> Option<u32> {
        let after = self.source.partition_point(|(start, _)| *start <= word);
        Some(self.source.get(after.checked_sub(1)?)?.1)
    }
}
