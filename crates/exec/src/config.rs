//! How an engine treats modules and guests.
//!
//! Not per-store state such as limiters. Invariant: plain data; an engine's configuration never changes.

use wasmite_core::{Features, Limits};

/// Whether there are two tiers: where nothing is kept in registers, the second would hardly be faster.
pub(crate) const TIERS: bool = cfg!(feature = "hot-locals");

/// What is hot is found within milliseconds, and what is not hardly ever.
const HEAT: u32 = 1000;

/// The configuration of an [`Engine`](crate::Engine).
#[derive(Clone, Debug)]
pub struct Config {
    /// The proposals that modules may use.
    pub features: Features,
    /// Limits on modules and guests.
    pub limits: Limits,
    /// How bodies are translated. Its own limits do not count: [`Config::limits`] do.
    pub translation: wasmite_translate::Options,
    /// When bodies are validated and translated.
    pub mode: CompilationMode,
    /// Functions are translated in haste first. Each time guests of a store have called functions and begun turns of loops so often,
    /// as far as those have been translated so, the one they are in is translated again, with all that
    /// [`Config::translation`] says. None: all are at once, which is the default where code is profiled.
    pub heat: Option<u32>,
    /// How memories get their bytes.
    pub memory_growth: MemoryGrowth,
    /// Whether programs remember custom sections, names included.
    pub keep_custom_sections: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            features: Features::default(),
            limits: Limits::default(),
            translation: wasmite_translate::Options::default(),
            mode: CompilationMode::default(),
            heat: (TIERS && !cfg!(feature = "profile")).then_some(HEAT),
            memory_growth: MemoryGrowth::default(),
            keep_custom_sections: true,
        }
    }
}

/// When function bodies are validated and translated.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum CompilationMode {
    /// Both in one pass when the program is made.
    #[default]
    Eager,
    /// All are validated when the program is made; each is translated when it is first called.
    LazyTranslation,
    /// Both when the function is first called: a program may have invalid functions, and calling one is an error.
    Lazy,
}

/// How memories get the bytes they grow by. In each case a limiter is asked for what is held before it is, and new bytes are
/// zero. Tables grow as [`MemoryGrowth::Amortised`] says, exactly with [`MemoryGrowth::Exact`] or a limiter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemoryGrowth {
    /// No byte more than a memory has. Growing may copy all of it. The default without `std`.
    Exact,
    /// Half as much again as is needed, and 64 bytes, when a memory has to be copied to grow: many small steps take linear
    /// time. Not beyond what the memory may reach at all, nor beyond a limit, nor more than half of what a store's limit
    /// leaves; whole pages; with a limiter, as much as
    /// [`Limiter::memory_capacity`](crate::Limiter::memory_capacity) says. The default with `std`.
    Amortised,
    /// Address space for all that a memory may reach is reserved at once (for 64-bit addresses at most 64 GiB, which it then
    /// cannot exceed); bytes are committed as they are touched. Memories never move, and growing copies nothing.
    ///
    /// With `std` on 64-bit Unix only: see [`MemoryGrowth::is_available`].
    Reserved,
}

impl MemoryGrowth {
    /// Whether this machine can do it. Where it cannot, making a memory fails with [`Error::OutOfMemory`](crate::Error).
    pub const fn is_available(self) -> bool {
        !matches!(self, Self::Reserved) || crate::raw::Region::RESERVES
    }
}

impl Default for MemoryGrowth {
    fn default() -> Self {
        if cfg!(feature = "std") { Self::Amortised } else { Self::Exact }
    }
}
