//! What an engine must be able to do to be measured.
//!
//! Not an abstraction of WebAssembly: only what the suites ask for. Invariant: an engine that cannot do something says so
//! with an error; it does not do something cheaper instead.

use anyhow::{Result, bail};

/// When functions are validated and translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Both when the module is compiled.
    Eager,
    /// Validated when the module is compiled, translated at the first call.
    LazyTranslation,
    /// Both at the first call.
    Lazy,
}

impl Mode {
    /// All modes, eager first.
    pub const ALL: [Self; 3] = [Self::Eager, Self::LazyTranslation, Self::Lazy];

    /// Its name in the names of cases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::LazyTranslation => "lazy-translation",
            Self::Lazy => "lazy",
        }
    }
}

/// An engine, configured. It has the proposals that it supports and the cases use: bulk memory, sign extension, tail calls and
/// custom page sizes.
///
/// Guests export `run: (i32) -> i64`. They may import `identity: (i32) -> i32` of `host`, which returns its argument and is
/// defined in the way that the engine's documentation recommends for known types.
pub trait Runtime: Sized + 'static {
    /// A module that can be instantiated any number of times, and whatever can be prepared for that.
    type Module: 'static;
    /// An instance in a store of its own, ready to be called.
    type Guest: 'static;

    /// The engine in its default mode, or in the mode that is asked for.
    fn new(mode: Option<Mode>) -> Result<Self>;

    /// Compiles a module.
    fn compile(&self, wasm: &[u8]) -> Result<Self::Module>;

    /// Makes a store and an instance in it.
    fn instantiate(&self, module: &Self::Module) -> Result<Self::Guest>;

    /// Makes a further instance in the store of a guest, and leaves the guest as it is.
    fn add_instance(&self, _guest: &mut Self::Guest, _module: &Self::Module) -> Result<()> {
        bail!("stores have one instance")
    }

    /// Compiles and instantiates a module.
    fn load(&self, wasm: &[u8]) -> Result<Self::Guest> {
        self.instantiate(&self.compile(wasm)?)
    }

    /// Compiles and instantiates two modules in one store, the second of which imports functions from the first as `library`.
    fn load_with_library(&self, _library: &[u8], _wasm: &[u8]) -> Result<Self::Guest> {
        bail!("not written for this engine")
    }

    /// Calls the export `run`, by a handle of its type where the engine has such handles.
    fn run(guest: &mut Self::Guest, arg: i32) -> Result<i64>;
}
