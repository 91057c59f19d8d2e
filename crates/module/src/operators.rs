//! Operators as values, and the blocks that the parser wants to know about. The parser's own reader of operators keeps blocks
//! in a vector that grows without asking whether there is memory.
//!
//! Not what operators and blocks mean. Invariants: there is a frame for each block that is open, the function first; operators
//! of proposals that are not supported have no values, so that nothing is compiled for them.

use crate::Error;
use alloc::vec::Vec;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmparser::{BinaryReader, FrameKind, FrameStack, Operator, VisitOperator};

/// The open blocks of a body, or of a part of it.
pub struct Frames {
    /// Without the innermost.
    outer: Vec<FrameKind>,
    innermost: Option<FrameKind>,
}

impl Default for Frames {
    fn default() -> Self {
        Self { outer: Vec::new(), innermost: Some(FrameKind::Block) }
    }
}

impl Frames {
    /// Opens or closes a block, if `operator` does so. Gives whether that took memory.
    #[inline(always)]
    pub fn apply(&mut self, operator: &Operator<'_>) -> Result<bool, OutOfMemory> {
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
pub struct Operators<'a> {
    reader: BinaryReader<'a>,
    frames: Frames,
    took_memory: bool,
}

impl<'a> Operators<'a> {
    /// Those that `reader` is at.
    pub fn new(reader: BinaryReader<'a>) -> Self {
        Self { reader, frames: Frames::default(), took_memory: false }
    }

    /// Whether memory was taken since this was last asked.
    pub fn took_memory(&mut self) -> bool {
        core::mem::take(&mut self.took_memory)
    }

    /// The next operator, and its offset in the module; none at the end. An operator of a proposal that is not supported is
    /// an error.
    pub fn read(&mut self) -> Result<Option<(Operator<'a>, u64)>, Error> {
        if self.reader.eof() {
            self.reader.finish_expression(&self.frames)?;
            return Ok(None);
        }
        let offset = self.reader.original_position();
        let Some(operator) = self.reader.visit_operator(&mut Factory(&self.frames))? else {
            return Err(Error::unsupported(UNSUPPORTED, offset));
        };
        self.took_memory |= self.frames.apply(&operator)?;
        Ok(Some((operator, offset)))
    }
}

/// What is said of an operator that has no value.
pub(crate) const UNSUPPORTED: &str = "this instruction is not supported yet";

/// What is done with an operator of a proposal: something, or something else if the proposal is not supported.
macro_rules! if_supported {
    (@mvp $then:expr, $else:expr) => {
        $then
    };
    (@sign_extension $then:expr, $else:expr) => {
        $then
    };
    (@saturating_float_to_int $then:expr, $else:expr) => {
        $then
    };
    (@bulk_memory $then:expr, $else:expr) => {
        $then
    };
    (@reference_types $then:expr, $else:expr) => {
        $then
    };
    (@tail_call $then:expr, $else:expr) => {
        $then
    };
    (@wide_arithmetic $then:expr, $else:expr) => {
        $then
    };
    (@$other:ident $then:expr, $else:expr) => {
        $else
    };
}

#[cfg(feature = "validate")]
pub(crate) use if_supported;

/// Makes values of operators, of those that are supported.
struct Factory<'f>(&'f Frames);

impl FrameStack for Factory<'_> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.0.current_frame()
    }
}

macro_rules! value {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => { $(
        fn $visit(&mut self $($(, $arg: $argty)*)?) -> Option<Operator<'a>> {
            if_supported!(@$proposal Some(Operator::$op $({ $($arg),* })?), None)
        }
    )* };
}

#[allow(unused_variables, reason = "what has no value has arguments too")]
impl<'a> VisitOperator<'a> for Factory<'_> {
    type Output = Option<Operator<'a>>;
    wasmparser::for_each_visit_operator!(value);
}
