//! The blocks that the parser wants to know about, and operators as values. The parser's own reader of operators keeps blocks
//! in a vector that grows without asking whether there is memory.
//!
//! Not what blocks mean. Invariant: there is a frame for each block that is open, the function first.

use crate::Error;
use alloc::vec::Vec;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmparser::{BinaryReader, FrameKind, FrameStack, Operator, VisitOperator};

/// The open blocks of a body, or of a part of it.
pub(crate) struct Frames {
    /// Without the innermost.
    outer: Vec<FrameKind>,
    innermost: Option<FrameKind>,
}

impl Frames {
    pub(crate) fn new() -> Self {
        Self { outer: Vec::new(), innermost: Some(FrameKind::Block) }
    }

    /// Opens or closes a block, if `operator` does so. Gives whether that took memory.
    #[inline(always)]
    pub(crate) fn apply(&mut self, operator: &Operator<'_>) -> Result<bool, OutOfMemory> {
        match operator {
            Operator::Block { .. } => self.open(FrameKind::Block),
            Operator::Loop { .. } => self.open(FrameKind::Loop),
            Operator::If { .. } => self.open(FrameKind::If),
            Operator::Else => {
                self.innermost = Some(FrameKind::Else);
                Ok(false)
            }
            Operator::End => {
                self.innermost = self.outer.pop();
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn open(&mut self, kind: FrameKind) -> Result<bool, OutOfMemory> {
        let full = self.outer.len() == self.outer.capacity();
        if let Some(outer) = self.innermost.replace(kind) {
            self.outer.try_push(outer)?;
        }
        Ok(full)
    }
}

impl FrameStack for Frames {
    #[inline(always)]
    fn current_frame(&self) -> Option<FrameKind> {
        self.innermost
    }
}

/// Reads operators as values.
pub(crate) struct Operators<'a> {
    reader: BinaryReader<'a>,
    frames: Frames,
    took_memory: bool,
}

impl<'a> Operators<'a> {
    /// Those that `reader` is at.
    pub(crate) fn new(reader: BinaryReader<'a>) -> Self {
        Self { reader, frames: Frames::new(), took_memory: false }
    }

    /// Whether memory was taken since this was last asked.
    #[cfg(small)]
    pub(crate) fn took_memory(&mut self) -> bool {
        core::mem::take(&mut self.took_memory)
    }

    /// The next operator, and its offset in the module; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(Operator<'a>, u64)>, Error> {
        if self.reader.eof() {
            self.reader.finish_expression(&self.frames)?;
            return Ok(None);
        }
        let offset = self.reader.original_position();
        let operator = self.reader.visit_operator(&mut Factory(&self.frames))?;
        self.took_memory |= self.frames.apply(&operator)?;
        Ok(Some((operator, offset)))
    }
}

/// Makes values of operators.
struct Factory<'f>(&'f Frames);

impl FrameStack for Factory<'_> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.0.current_frame()
    }
}

macro_rules! value {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Operator<'a> {
            Operator::$op $({ $($arg),* })?
        }
    )* };
}

impl<'a> VisitOperator<'a> for Factory<'_> {
    type Output = Operator<'a>;
    wasmparser::for_each_visit_operator!(value);
}
