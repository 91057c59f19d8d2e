//! Proposals, what each implies, and which of them Wasmite executes.
//!
//! Proposals are run-time switches, never cargo features. A proposal that is known but not executed yet has its switch
//! here, and enabling it is an error that names it.

use core::fmt;

macro_rules! proposals {
    ($($(#[$doc:meta])* $name:ident $text:literal $state:ident [$($implied:ident)*];)*) => {
        /// A WebAssembly proposal (or a part of the standard that began as one).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Proposal { $($(#[$doc])* $name),* }

        impl Proposal {
            /// Every proposal, in table order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The proposal's usual name, as in the names of repositories and command-line flags.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Whether Wasmite executes it.
            pub const fn is_supported(self) -> bool {
                match self { $(Self::$name => supported!($state)),* }
            }

            /// What must be enabled with it.
            pub const fn implies(self) -> &'static [Self] {
                match self { $(Self::$name => &[$(Self::$implied),*]),* }
            }
        }
    };
}

macro_rules! supported {
    (yes) => {
        true
    };
    (later) => {
        false
    };
}

// name, usual name, whether it is executed, what it implies
proposals! {
    /// Import and export of mutable globals.
    MutableGlobal "mutable-global" yes [];
    /// Conversions that saturate.
    SaturatingFloatToInt "saturating-float-to-int" yes [];
    /// Sign extension operators.
    SignExtension "sign-extension" yes [];
    /// Several results; block parameters.
    MultiValue "multi-value" yes [];
    /// `funcref` and `externref` values, several tables.
    ReferenceTypes "reference-types" yes [];
    /// Bulk memory and table operations, passive segments.
    BulkMemory "bulk-memory" yes [];
    /// 128-bit vectors.
    Simd "simd" later [];
    /// Vector operations whose results may differ between machines.
    RelaxedSimd "relaxed-simd" later [Simd];
    /// Tail calls.
    TailCall "tail-call" yes [];
    /// Arithmetic in constant expressions.
    ExtendedConst "extended-const" yes [];
    /// Several memories.
    MultiMemory "multi-memory" yes [];
    /// 64-bit memories and tables.
    Memory64 "memory64" yes [];
    /// Memories with pages of one byte.
    CustomPageSizes "custom-page-sizes" yes [];
    /// 128-bit integer addition, subtraction and widening multiplication.
    WideArithmetic "wide-arithmetic" yes [];
    /// Typed function references.
    FunctionReferences "function-references" later [ReferenceTypes];
    /// Structs, arrays and `i31` collected by the engine.
    Gc "gc" later [FunctionReferences];
    /// Exceptions.
    ExceptionHandling "exception-handling" later [ReferenceTypes];
    /// Shared memories and atomic operations.
    Threads "threads" later [];
}

/// A set of enabled proposals.
///
/// Invariant: whatever a member implies is a member, and every member is supported.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features {
    bits: u32,
}

/// The bit for page sizes that the custom-page-sizes proposal leaves to its future. No proposal has it.
const ALL_PAGE_SIZES: u32 = 1 << 31;

/// Why a proposal cannot be enabled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the {} proposal is not supported yet", .0.name())]
pub struct FeatureError(pub Proposal);

impl Features {
    /// WebAssembly 1.0: no proposal.
    pub const MVP: Self = Self { bits: 0 };

    /// What is on unless the user says otherwise: everything supported that is part of the standard.
    /// custom-page-sizes and wide-arithmetic are not.
    pub const fn standard() -> Self {
        let bits = Self::all_supported().bits;
        Self { bits: bits & !bit(Proposal::CustomPageSizes) & !bit(Proposal::WideArithmetic) }
    }

    /// Every supported proposal.
    pub const fn all_supported() -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < Proposal::ALL.len() {
            if Proposal::ALL[i].is_supported() {
                bits |= bit(Proposal::ALL[i]);
            }
            i += 1;
        }
        Self { bits }
    }

    /// Whether `proposal` is enabled.
    pub const fn contains(self, proposal: Proposal) -> bool {
        self.bits & bit(proposal) != 0
    }

    /// Enables `proposal` and what it implies, or says that one of them is not supported yet.
    pub fn enable(&mut self, proposal: Proposal) -> Result<(), FeatureError> {
        if !proposal.is_supported() {
            return Err(FeatureError(proposal));
        }
        self.bits |= bit(proposal);
        proposal.implies().iter().try_for_each(|implied| self.enable(*implied))
    }

    /// Disables `proposal` and whatever implies it.
    pub fn disable(&mut self, proposal: Proposal) {
        self.bits &= !bit(proposal);
        for other in Proposal::ALL {
            if self.contains(*other) && other.implies().contains(&proposal) {
                self.disable(*other);
            }
        }
        if matches!(proposal, Proposal::CustomPageSizes) {
            self.bits &= !ALL_PAGE_SIZES;
        }
    }

    /// Whether pages may have every power of two from 1 to 65 536 bytes, where the custom-page-sizes proposal has 1 and
    /// 65 536 today. Allowing them enables the proposal. Never on by itself, not in [`Features::all_supported`] either.
    pub fn allow_all_page_sizes(&mut self, allow: bool) {
        if allow {
            self.bits |= ALL_PAGE_SIZES | bit(Proposal::CustomPageSizes);
        } else {
            self.bits &= !ALL_PAGE_SIZES;
        }
    }

    /// Whether pages may have every size, as [`Features::allow_all_page_sizes`] says.
    pub const fn allows_all_page_sizes(self) -> bool {
        self.bits & ALL_PAGE_SIZES != 0
    }
}

const fn bit(proposal: Proposal) -> u32 {
    1 << proposal as u8
}

impl Default for Features {
    fn default() -> Self {
        Self::standard()
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        set.entries(Proposal::ALL.iter().filter(|p| self.contains(**p)));
        if self.allows_all_page_sizes() {
            set.entry(&format_args!("all page sizes"));
        }
        set.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsupported_proposals_are_named() {
        for proposal in Proposal::ALL.iter().filter(|p| !p.is_supported()) {
            let error = Features::default().enable(*proposal).unwrap_err();
            let text = alloc::format!("{error}");
            assert!(text.contains(proposal.name()) && text.contains("not supported yet"), "{text}");
        }
    }

    #[test]
    fn sets_stay_closed_under_implication() {
        for proposal in Proposal::ALL {
            let mut features = Features::all_supported();
            features.disable(*proposal);
            for member in Proposal::ALL.iter().filter(|p| features.contains(**p)) {
                assert!(member.implies().iter().all(|implied| features.contains(*implied)));
            }
        }
    }

    #[test]
    fn custom_page_sizes_are_off_by_default() {
        assert!(!Features::default().contains(Proposal::CustomPageSizes));
        assert!(Features::default().contains(Proposal::Memory64));
    }

    #[test]
    fn all_page_sizes_are_a_switch_of_their_own() {
        assert!(!Features::all_supported().allows_all_page_sizes());
        let mut features = Features::default();
        features.allow_all_page_sizes(true);
        assert!(features.allows_all_page_sizes() && features.contains(Proposal::CustomPageSizes));
        assert!(alloc::format!("{features:?}").contains("all page sizes"));
        features.allow_all_page_sizes(false);
        assert!(!features.allows_all_page_sizes() && features.contains(Proposal::CustomPageSizes));
        features.allow_all_page_sizes(true);
        features.disable(Proposal::CustomPageSizes);
        assert!(!features.allows_all_page_sizes());
    }
}
