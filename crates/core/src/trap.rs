//! Traps: the aborts that WebAssembly code can see, with the messages the official test suite expects.
//!
//! Not host errors, link errors or bad modules: each layer has its own error for those.

/// Why execution stopped (spec 3.0, "Traps"). `Display` gives the test suite's message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[repr(u8)]
pub enum Trap {
    /// The `unreachable` instruction was executed.
    #[error("unreachable")]
    Unreachable,
    /// A memory access reached beyond the end of the memory or data segment.
    #[error("out of bounds memory access")]
    MemoryOutOfBounds,
    /// A table access reached beyond the end of the table or element segment.
    #[error("out of bounds table access")]
    TableOutOfBounds,
    /// `call_indirect` with an index beyond the end of the table.
    #[error("undefined element")]
    UndefinedElement,
    /// `call_indirect` through a null table element.
    #[error("uninitialized element")]
    UninitializedElement,
    /// `call_indirect` to a function of another type.
    #[error("indirect call type mismatch")]
    IndirectCallTypeMismatch,
    /// Integer division or remainder by zero.
    #[error("integer divide by zero")]
    IntegerDivideByZero,
    /// The result of an integer division or truncation does not fit.
    #[error("integer overflow")]
    IntegerOverflow,
    /// Truncation of a NaN to an integer.
    #[error("invalid conversion to integer")]
    InvalidConversionToInteger,
    /// Calls nested too deeply, or the value stack is full.
    #[error("call stack exhausted")]
    StackExhausted,
    /// A null reference where an object was needed.
    #[error("null reference")]
    NullReference,
    /// The fuel given to the store is used up.
    #[error("all fuel consumed")]
    OutOfFuel,
    /// The host asked the guest to stop.
    #[error("interrupt")]
    Interrupt,
}
