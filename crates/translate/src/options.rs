//! What the translator may do: limits, and a switch for each family of fusions so that on and off can be compared.
//!
//! Results never depend on the switches; speed does.

use wasmite_core::Limits;

/// Options of a translation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Limits on function bodies.
    pub limits: Limits,
    /// Read operands from the accumulator where it mirrors them.
    pub accumulator: bool,
    /// Drop the store of a temporary that is only read from the accumulator.
    pub dead_stores: bool,
    /// Fold `local.set` into the op that produces its value.
    pub fold_locals: bool,
    /// Keep the two most used locals of each class in registers, having weighed them in a walk of its own.
    pub hot_locals: bool,
    /// Compute ops on constants while translating.
    pub fold_constants: bool,
    /// Fuse comparisons into the branches on them, and tests for zero into selects.
    pub fuse_branches: bool,
    /// Fold additions into the addresses of loads and stores.
    pub fuse_addresses: bool,
    /// Execute neighbouring cells with one dispatch where the engine can: linking reads this, translation does not.
    pub sequences: bool,
    /// Emit nothing for `i64.extend_i32_u`.
    pub skip_extensions: bool,
    /// Repeat the test that a loop begins with where it goes on. Not where fuel is charged.
    pub rotate_loops: bool,
    /// Charge fuel.
    pub fuel: bool,
    /// Look at every call and every turn of a loop whether the host wants the guest to stop.
    pub interruption: bool,
    /// Run loops that copy or fill memory element by element natively, as far as that is safe. Not where fuel is charged.
    pub native_loops: bool,
    /// Let the engine look at function entries and turns of loops what is hot: see [`Options::first_tier`].
    pub heat: bool,
    /// Record which instruction each cell came from.
    pub source_map: bool,
}

impl Options {
    /// Everything that makes code faster.
    pub const ALL: Self = Self {
        limits: Limits::STANDARD,
        accumulator: true,
        dead_stores: true,
        fold_locals: true,
        hot_locals: true,
        fold_constants: true,
        fuse_branches: true,
        fuse_addresses: true,
        sequences: true,
        skip_extensions: true,
        rotate_loops: true,
        fuel: false,
        interruption: false,
        native_loops: true,
        heat: false,
        source_map: false,
    };

    /// The plainest translation: every operand in its slot, every op a cell.
    pub const fn none() -> Self {
        Self {
            accumulator: false,
            dead_stores: false,
            fold_locals: false,
            hot_locals: false,
            fold_constants: false,
            fuse_branches: false,
            fuse_addresses: false,
            sequences: false,
            skip_extensions: false,
            rotate_loops: false,
            native_loops: false,
            ..Self::ALL
        }
    }

    /// The same for code that is to be had soon and to be replaced where it turns out to be hot: without what takes a walk of its
    /// own. Both have the same values in the same slots wherever the first may be left for the other, and use as much fuel.
    pub const fn first_tier(self) -> Self {
        Self {
            hot_locals: false,
            sequences: false,
            rotate_loops: false,
            native_loops: false,
            heat: true,
            ..self
        }
    }

    /// Whether [`Options::first_tier`] leaves anything out.
    pub fn has_first_tier(self) -> bool {
        self.first_tier() != Self { heat: true, ..self }
    }

    /// Each fusion family switched off alone, by name: for tests that compare.
    pub const fn one_off() -> [(&'static str, Self); 11] {
        [
            ("accumulator", Self { accumulator: false, ..Self::ALL }),
            ("dead_stores", Self { dead_stores: false, ..Self::ALL }),
            ("fold_locals", Self { fold_locals: false, ..Self::ALL }),
            ("hot_locals", Self { hot_locals: false, ..Self::ALL }),
            ("fold_constants", Self { fold_constants: false, ..Self::ALL }),
            ("fuse_branches", Self { fuse_branches: false, ..Self::ALL }),
            ("fuse_addresses", Self { fuse_addresses: false, ..Self::ALL }),
            ("sequences", Self { sequences: false, ..Self::ALL }),
            ("skip_extensions", Self { skip_extensions: false, ..Self::ALL }),
            ("rotate_loops", Self { rotate_loops: false, ..Self::ALL }),
            ("native_loops", Self { native_loops: false, ..Self::ALL }),
        ]
    }
}

impl Default for Options {
    fn default() -> Self {
        let mut options = Self::ALL;
        options.limits = Limits::default();
        options
    }
}
