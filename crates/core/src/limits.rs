//! Limits on what a module may ask for and a guest may use. All configurable, all errors, on by default.
//!
//! Not the limits a memory or table declares for itself.

/// Implementation limits (spec 3.0, appendix "Implementation Limitations").
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a module.
    pub module_bytes: u64,
    /// Functions of a module, imports included.
    pub functions: u32,
    /// Bytes of one function body.
    pub body_bytes: u32,
    /// Locals of one function, parameters included.
    pub locals: u32,
    /// Parameters of one function type.
    pub params: u32,
    /// Results of one function type.
    pub results: u32,
    /// Labels of one `br_table`, default excluded.
    pub branch_targets: u32,
    /// Nested blocks in one function.
    pub block_nesting: u32,
    /// Elements one table may reach.
    pub table_elements: u64,
    /// Bytes one memory may reach.
    pub memory_bytes: u64,
    /// Bytes all memories and tables of a store may reach together.
    pub store_bytes: u64,
    /// Instances of a store.
    pub instances: u32,
    /// Wasm frames at once. A call into another instance counts as two, since coming back takes a step of its own.
    pub call_depth: u32,
    /// 64-bit slots of the value stack.
    pub stack_slots: u32,
    /// Nested calls from host into Wasm.
    pub host_nesting: u32,
}

impl Limits {
    /// The defaults for servers and desktops.
    pub const STANDARD: Self = Self {
        module_bytes: 16 << 20,
        functions: 100_000,
        body_bytes: 1 << 20,
        locals: 50_000,
        params: 1000,
        results: 1000,
        branch_targets: 65_536,
        block_nesting: 1000,
        table_elements: 100_000,
        memory_bytes: u64::MAX,
        store_bytes: u64::MAX,
        instances: 1000,
        call_depth: 1000,
        stack_slots: 1 << 17,
        host_nesting: 64,
    };

    /// The defaults for small machines: a value stack of 16 KiB, else as [`Limits::STANDARD`].
    pub const SMALL: Self = Self { stack_slots: 1 << 11, ..Self::STANDARD };

    /// The error for `what` if `count` exceeds `max`.
    pub const fn check(what: &'static str, count: u64, max: u64) -> Result<(), LimitError> {
        if count > max { Err(LimitError { what, count, max }) } else { Ok(()) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        if cfg!(feature = "std") { Self::STANDARD } else { Self::SMALL }
    }
}

/// A limit was exceeded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}: {count} exceeds the limit of {max}")]
pub struct LimitError {
    /// What there is too much of.
    pub what: &'static str,
    /// How much was asked for.
    pub count: u64,
    /// How much is allowed.
    pub max: u64,
}
