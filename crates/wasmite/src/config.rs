//! What an engine is told before it is made.
//!
//! Not the checks: setters only record, and [`crate::Engine::new`] refuses what cannot be done.

use crate::Error;
use wasmite_core::{FeatureError, Features, Limits, Proposal};
use wasmite_exec::{CompilationMode, MemoryGrowth};

/// Configures an [`Engine`](crate::Engine). Setters record; the engine's constructor reports errors.
///
/// Switches of proposals are named as in Wasmtime and Wasmi. [`Config::proposal`] and [`Config::features`] are
/// Wasmite's own. There is nothing asynchronous yet.
#[derive(Clone, Debug, Default)]
pub struct Config {
    engine: wasmite_exec::Config,
    /// Proposals asked for that are not executed yet, one bit each.
    refused: u32,
}

macro_rules! switches {
    ($($(#[$doc:meta])* $setter:ident $proposal:ident;)*) => {
        /// One switch per proposal. Enabling a proposal enables what it needs; disabling one disables what needs it.
        /// Everything supported that is part of the standard is on by default.
        impl Config { $(
            $(#[$doc])*
            pub fn $setter(&mut self, enable: bool) -> &mut Self {
                self.proposal(Proposal::$proposal, enable)
            }
        )* }
    };
}

switches! {
    /// Import and export of mutable globals.
    wasm_mutable_global MutableGlobal;
    /// Conversions from float to integer that saturate.
    wasm_saturating_float_to_int SaturatingFloatToInt;
    /// Sign extension operators.
    wasm_sign_extension SignExtension;
    /// Several results; block parameters.
    wasm_multi_value MultiValue;
    /// `funcref` and `externref` values, several tables.
    wasm_reference_types ReferenceTypes;
    /// Bulk memory and table operations.
    wasm_bulk_memory BulkMemory;
    /// 128-bit vectors. Not supported yet.
    wasm_simd Simd;
    /// Relaxed vector operations. Not supported yet.
    wasm_relaxed_simd RelaxedSimd;
    /// Tail calls.
    wasm_tail_call TailCall;
    /// Arithmetic in constant expressions.
    wasm_extended_const ExtendedConst;
    /// Several memories in one module.
    wasm_multi_memory MultiMemory;
    /// 64-bit memories and tables.
    wasm_memory64 Memory64;
    /// Memories with pages of one byte. Off by default.
    wasm_custom_page_sizes CustomPageSizes;
    /// 128-bit integer arithmetic on pairs of `i64`. Off by default.
    wasm_wide_arithmetic WideArithmetic;
    /// Typed function references. Not supported yet.
    wasm_function_references FunctionReferences;
    /// Structs and arrays collected by the engine. Not supported yet.
    wasm_gc Gc;
    /// Exceptions. Not supported yet.
    wasm_exceptions ExceptionHandling;
    /// Shared memories and atomic operations. Not supported yet.
    wasm_threads Threads;
}

impl Config {
    /// The default configuration: all supported standard proposals, standard limits, eager compilation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Switches a proposal by value instead of by name.
    pub fn proposal(&mut self, proposal: Proposal, enable: bool) -> &mut Self {
        if !enable {
            self.engine.features.disable(proposal);
            let taken_back = Proposal::ALL.iter().filter(|other| needs(**other, proposal));
            self.refused = taken_back.fold(self.refused, |refused, other| refused & !bit(*other));
        } else if self.engine.features.enable(proposal).is_err() {
            self.refused |= bit(proposal);
        }
        self
    }

    /// Whether pages of memories may have every power of two from 1 to 65 536 bytes. The custom-page-sizes proposal, which
    /// this enables, has 1 and 65 536 today and may allow the others later. Default: no. Wasmite's own.
    pub fn wasm_custom_page_sizes_all(&mut self, enable: bool) -> &mut Self {
        self.engine.features.allow_all_page_sizes(enable);
        self
    }

    /// Replaces the whole set of enabled proposals.
    pub fn features(&mut self, features: Features) -> &mut Self {
        self.engine.features = features;
        self.refused = 0;
        self
    }

    /// The most WebAssembly calls active at once; one more traps with "call stack exhausted". Default 1000.
    /// Wasmi's `set_max_recursion_depth`; Wasmtime limits bytes only.
    pub fn max_recursion_depth(&mut self, calls: usize) -> &mut Self {
        self.engine.limits.call_depth = u32::try_from(calls).unwrap_or(u32::MAX);
        self
    }

    /// The size of the value stack in bytes, rounded down to whole 8-byte slots. Default 1 MiB (16 KiB without `std`).
    /// Wasmi's `set_max_stack_height`, and the counterpart of Wasmtime's `max_wasm_stack`.
    pub fn max_stack_height(&mut self, bytes: usize) -> &mut Self {
        self.engine.limits.stack_slots = u32::try_from(bytes / 8).unwrap_or(u32::MAX);
        self
    }

    /// Sets every limit, those of [`Config::max_recursion_depth`] and [`Config::max_stack_height`] included.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.engine.limits = limits;
        self
    }

    /// Same as [`Config::limits`]: Wasmi's name. There is always a limit; by default Wasmi enforces none.
    pub fn enforced_limits(&mut self, limits: Limits) -> &mut Self {
        self.limits(limits)
    }

    /// When functions are validated and translated. Default: [`CompilationMode::Eager`].
    pub fn compilation_mode(&mut self, mode: CompilationMode) -> &mut Self {
        self.engine.mode = mode;
        self
    }

    /// How memories get the bytes they grow by. Default: [`MemoryGrowth::Amortised`], [`MemoryGrowth::Exact`] without `std`.
    /// Wasmite's own.
    pub fn memory_growth(&mut self, growth: MemoryGrowth) -> &mut Self {
        self.engine.memory_growth = growth;
        self
    }

    /// Whether custom sections are dropped; names in backtraces are lost with them. Default: kept.
    pub fn ignore_custom_sections(&mut self, ignore: bool) -> &mut Self {
        self.engine.keep_custom_sections = !ignore;
        self
    }

    /// Whether guests consume fuel (see [`Store::set_fuel`](crate::Store::set_fuel)): one unit for each operator, those that
    /// only structure code excepted, one for each 64 bytes of locals, and one for each 64 bytes that bulk operations, growth
    /// and active segments write (an element of a table has 8). Operators are charged where regions of code are entered,
    /// sizes after bounds are checked; in both cases before anything is done. What depends on the host is not charged:
    /// translation while guests run, allocation beyond what a memory grows by. Default: no, which costs nothing.
    pub fn consume_fuel(&mut self, enable: bool) -> &mut Self {
        self.engine.translation.fuel = enable;
        self
    }

    /// Whether guests look at every call and every turn of a loop whether they have to stop (see
    /// [`Store::set_epoch_deadline`](crate::Store::set_epoch_deadline)). Default: no, which costs nothing.
    pub fn epoch_interruption(&mut self, enable: bool) -> &mut Self {
        self.engine.translation.interruption = enable;
        self
    }

    /// How functions are translated: for tests and measurements. It replaces what [`Config::consume_fuel`] and
    /// [`Config::epoch_interruption`] have set.
    #[doc(hidden)]
    pub fn translation(&mut self, options: wasmite_translate::Options) -> &mut Self {
        self.engine.translation = options;
        self
    }

    /// How often guests enter functions and turns of loops that were translated in haste before the one they are in then is
    /// translated again, as [`Config::translation`] says. With none, everything is at once. For tests and measurements.
    #[doc(hidden)]
    pub fn heat(&mut self, heat: Option<u32>) -> &mut Self {
        self.engine.heat = heat;
        self
    }

    /// The engine's configuration, or what of it cannot be had.
    pub(crate) fn check(&self) -> Result<wasmite_exec::Config, Error> {
        if !self.engine.memory_growth.is_available() {
            return Err(Error::usage("address space can only be reserved with std on 64-bit Unix"));
        }
        let refused = |proposal: &&Proposal| self.refused & bit(**proposal) != 0;
        match Proposal::ALL.iter().find(refused) {
            Some(proposal) => Err(FeatureError(*proposal).into()),
            None => {
                let mut engine = self.engine.clone();
                engine.translation.limits = engine.limits;
                Ok(engine)
            }
        }
    }
}

const fn bit(proposal: Proposal) -> u32 {
    1 << proposal as u8
}

/// Whether `proposal` is `base` or cannot be enabled without it.
fn needs(proposal: Proposal, base: Proposal) -> bool {
    proposal == base || proposal.implies().iter().any(|implied| needs(*implied, base))
}
