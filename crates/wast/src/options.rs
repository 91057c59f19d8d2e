//! How scripts are run.
//!
//! Not what is run: see the runner and the suite. Invariant: the options alone decide the engine, so two runs with equal
//! options give equal reports.

use wasmite::{CompilationMode, Config, Features};
use wasmite_translate::Options;

/// How to run scripts. By default every supported proposal is on, functions are compiled eagerly, and at once with all fusions.
#[derive(Clone, Debug)]
pub struct RunnerOptions {
    /// Limits and proposals. Compilation mode and translation are replaced by the fields below.
    pub config: Config,
    /// When functions are validated and translated.
    pub mode: CompilationMode,
    /// Whether the translator may fuse operators.
    pub fusions: bool,
    /// Whether guests consume fuel, of which there is as much as they need.
    pub fuel: bool,
    /// How often guests enter functions and loops before one of these is translated again; with none, all are translated at once
    /// with everything.
    pub heat: Option<u32>,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        let mut config = Config::new();
        config.features(Features::all_supported());
        Self { config, mode: CompilationMode::Eager, fusions: true, fuel: false, heat: None }
    }
}

impl RunnerOptions {
    /// The default options in another mode.
    pub fn new(mode: CompilationMode, fusions: bool) -> Self {
        Self { mode, fusions, ..Self::default() }
    }

    /// The engine's configuration.
    pub(crate) fn engine_config(&self) -> Config {
        let translation = if self.fusions { Options::default() } else { Options::none() };
        let mut config = self.config.clone();
        let translation = Options { fuel: self.fuel, ..translation };
        config.compilation_mode(self.mode).translation(translation).heat(self.heat);
        config
    }
}
