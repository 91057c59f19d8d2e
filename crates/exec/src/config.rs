//! How an engine treats modules and guests.
//!
//! Not per-store state such as limiters. Invariant: plain data; an engine's configuration never changes.

use wasmite_core::{Features, Limits};

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
