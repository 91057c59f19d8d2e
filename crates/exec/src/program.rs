//! Programs: modules with their translated and linked code, shared by instances, stores and threads.
//!
//! Not instances: a program has no state that running changes, except that code appears. Invariant: an entry's code is
//! null or points into a buffer of `linked`; what is in one is never changed, moved or freed while the program lives.

use crate::link::{Linked, linker};
use crate::raw::Shared;
use crate::tiers::{Replaced, Tier};
use crate::types::{CanonicalTypes, TypeId};
use crate::{CompilationMode, Engine, Error};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::{
    fmt,
    ptr::null_mut,
    sync::atomic::{AtomicPtr, Ordering},
};
use spin::Mutex;
use wasmite_core::{FuncIdx, TypeIdx, heap::boxed_slice};
use wasmite_isa::{Assembled, Code};
use wasmite_module::{BodyValidation, Module, ParseOptions};
use wasmite_translate::{Landing, Options, Translator};

/// A module and its translated code. Cheap to clone; all clones are the same program.
#[derive(Clone)]
pub struct Program {
    inner: Shared<Inner>,
}

struct Inner {
    module: Module,
    /// By type index.
    types: CanonicalTypes,
    /// Of defined functions.
    entries: Box<[Entry]>,
    /// What entries point into; only ever added to.
    linked: Mutex<Linked>,
    /// The functions that have code of two tiers, in order. Locked before `linked`.
    replaced: Mutex<Vec<Replaced>>,
    /// How many of the referable functions are imported; they come first.
    referable_imports: u32,
}

/// Where a defined function's code is.
#[repr(C)]
pub(crate) struct Entry {
    /// Null until the function is translated, then its first op word: see [`crate::link`].
    pub(crate) code: AtomicPtr<u64>,
}

impl Program {
    /// Parses, validates and translates a module, as far as the engine's mode says.
    #[cfg(feature = "validate")]
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_module(engine, Module::parse(bytes, &parse_options(engine))?)
    }

    /// A program of a module that is valid: I9 relies on it. Translates it if the engine's mode says so.
    pub(crate) fn from_module(engine: &Engine, module: Module) -> Result<Self, Error> {
        let mut program = Self::untranslated(engine, module)?;
        if engine.config().mode == CompilationMode::Eager {
            program.translate_all()?;
            if let Some(inner) = program.inner.get_mut() {
                inner.module.bodies_are_valid();
            }
        }
        Ok(program)
    }

    fn untranslated(engine: &Engine, module: Module) -> Result<Self, Error> {
        let mut types = CanonicalTypes::new(engine);
        types.reserve(module.types().len())?;
        module.types().iter().try_for_each(|ty| types.add(ty).map(drop))?;
        let entry = |_| Entry { code: AtomicPtr::new(null_mut()) };
        let entries = boxed_slice(module.defined_funcs().map(entry))?;
        let imported = module.imported_func_count();
        let referable_imports =
            module.referable_funcs().partition_point(|func| func.0 < imported) as u32;
        let (linked, replaced) = Default::default();
        let inner = Inner { module, types, entries, linked, replaced, referable_imports };
        Ok(Self { inner: Shared::new(inner)? })
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.inner.module
    }

    /// The engine that made the program.
    pub fn engine(&self) -> &Engine {
        self.inner.types.engine()
    }

    /// A fresh translation of a defined function, with its source map: for disassembly. So it runs once it is hot.
    ///
    /// # Panics
    /// If `func` is imported or not in the module.
    pub fn code(&self, func: FuncIdx) -> Result<Code, Error> {
        self.code_of(func, Tier::Full)
    }

    /// The same of a tier: for backtraces. Its words stand where those of the code that runs stand.
    pub(crate) fn code_of(&self, func: FuncIdx, tier: Tier) -> Result<Code, Error> {
        let options = Options { source_map: true, ..self.options(tier) };
        let translate =
            |translator: &mut Translator| translator.translate(self.module(), func, &options);
        Ok(self.engine().with_translator(translate)?)
    }

    /// Makes sure that a defined function has code. An error leaves it without: the next attempt starts anew.
    pub(crate) fn translate(&self, func: FuncIdx) -> Result<(), Error> {
        if self.entry(func).is_translated() {
            return Ok(());
        }
        self.with_assembled(func, self.first_tier(), |code, _| self.publish(func, code))
    }

    /// Translates all functions.
    fn translate_all(&self) -> Result<(), Error> {
        // There a translator's buffers are not kept from one function to the next.
        if !cfg!(feature = "std") {
            return self.module().defined_funcs().try_for_each(|func| self.translate(func));
        }
        let options = self.options(self.first_tier());
        self.engine().with_translator(|translator| {
            self.module().defined_funcs().try_for_each(|func| {
                let linker = linker(self, options.sequences);
                let code = translator.assemble(self.module(), func, &options, None, linker)?;
                self.publish(func, code)
            })
        })
    }

    /// Calls `f` with a fresh translation of a defined function, its cells linked, and the places where frames of the first tier,
    /// if there are any, can land.
    pub(crate) fn with_assembled<R>(
        &self,
        func: FuncIdx,
        tier: Tier,
        f: impl FnOnce(Assembled<'_>, Vec<Landing>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let options = self.options(tier);
        self.engine().with_translator(|translator| {
            let mut landings = Vec::new();
            let wanted = (tier != self.first_tier()).then_some(&mut landings);
            let linker = linker(self, options.sequences);
            let code = translator.assemble(self.module(), func, &options, wanted, linker)?;
            f(code, landings)
        })
    }

    /// Keeps linked code and makes it visible to all threads, unless another thread was faster.
    fn publish(&self, func: FuncIdx, code: Assembled<'_>) -> Result<(), Error> {
        let mut linked = self.linked().lock();
        if !self.entry(func).is_translated() {
            let start = linked.add(code)?;
            self.entry(func).code.store(start.cast_mut(), Ordering::Release);
        }
        Ok(())
    }

    /// Entries of defined functions, in order.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.inner.entries
    }

    /// The entry of a defined function.
    pub(crate) fn entry(&self, func: FuncIdx) -> &Entry {
        &self.inner.entries[(func.0 - self.module().imported_func_count()) as usize]
    }

    /// The function whose entry is at the address `entry`, if it is one of this program's.
    pub(crate) fn func_of(&self, entry: usize) -> Option<FuncIdx> {
        let distance = entry.checked_sub(self.entries().as_ptr().addr())?;
        let at = distance / size_of::<Entry>();
        (at < self.entries().len())
            .then(|| FuncIdx(at as u32 + self.module().imported_func_count()))
    }

    /// What entries point into.
    pub(crate) fn linked(&self) -> &Mutex<Linked> {
        &self.inner.linked
    }

    /// The functions that have code of two tiers, in order. To be locked before [`Program::linked`].
    pub(crate) fn replaced(&self) -> &Mutex<Vec<Replaced>> {
        &self.inner.replaced
    }

    /// The functions that have been translated, and the addresses of the code that their entries point to.
    pub(crate) fn starts(&self) -> impl Iterator<Item = (FuncIdx, usize)> {
        self.module().defined_funcs().zip(self.entries()).filter_map(|(func, entry)| {
            let code = entry.code.load(Ordering::Acquire);
            (!code.is_null()).then(|| (func, code.addr()))
        })
    }

    /// The engine's number for a type of the module.
    pub(crate) fn type_id(&self, ty: TypeIdx) -> TypeId {
        self.inner.types.id(ty.index())
    }

    /// How many of [`Module::referable_funcs`] are imported; they come first.
    pub(crate) fn referable_imports(&self) -> u32 {
        self.inner.referable_imports
    }

    /// The number of a defined function among those that can be referred to. The start function has the next one, if nothing else
    /// refers to it.
    pub(crate) fn referable_number(&self, func: FuncIdx) -> u32 {
        let referable = self.module().referable_funcs();
        // Often all are, or all from one on.
        let first = referable.first().map_or(0, |first| first.index());
        let guess = func.index().saturating_sub(first);
        let at = match referable.get(guess) {
            Some(found) if *found == func => guess,
            _ => referable.binary_search(&func).unwrap_or(referable.len()),
        };
        at as u32 - self.referable_imports()
    }

    /// Whether both are clones of one program.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.inner.same(&other.inner)
    }
}

/// How modules of `engine` are parsed.
pub(crate) fn parse_options(engine: &Engine) -> ParseOptions {
    let config = engine.config();
    let bodies = match config.mode {
        // Validated by translation, so that bodies are read once.
        CompilationMode::Eager | CompilationMode::Lazy => BodyValidation::Deferred,
        CompilationMode::LazyTranslation => BodyValidation::Eager,
    };
    ParseOptions {
        features: config.features,
        limits: config.limits,
        bodies,
        keep_custom_sections: config.keep_custom_sections,
    }
}

impl Entry {
    pub(crate) fn is_translated(&self) -> bool {
        !self.code.load(Ordering::Acquire).is_null()
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("module", self.module()).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::Config;
    use std::thread;

    fn lazy(text: &str) -> Program {
        let config = Config { mode: CompilationMode::Lazy, ..Config::default() };
        Program::new(&Engine::new(config), &wat::parse_str(text).unwrap()).unwrap()
    }

    #[test]
    fn eager_programs_are_translated() {
        let bytes = wat::parse_str("(module (func) (func))").unwrap();
        let program = Program::new(&Engine::default(), &bytes).unwrap();
        assert!(program.entries().iter().all(Entry::is_translated));
    }

    #[test]
    fn threads_agree_on_one_translation() {
        let program = lazy("(module (func) (func) (func) (func))");
        assert!(!program.entries().iter().any(Entry::is_translated));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for func in program.module().defined_funcs() {
                        program.translate(func).unwrap();
                        assert!(program.entry(func).is_translated());
                    }
                });
            }
        });
        for func in program.module().defined_funcs() {
            let entry = program.entry(func);
            assert_eq!(program.func_of(core::ptr::from_ref(entry).addr()), Some(func));
            let code = entry.code.load(Ordering::Acquire);
            assert_eq!(program.locate(code.addr()), Some((func, program.tier(func), 0)));
        }
        assert_eq!(program.func_of(0), None);
        assert_eq!(program.locate(0), None);
    }

    #[test]
    fn failed_translation_can_be_tried_again() {
        let program = lazy("(module (func (result i32)) (func))");
        for _ in 0..2 {
            assert!(matches!(program.translate(FuncIdx(0)), Err(Error::Translate(_))));
            assert!(!program.entry(FuncIdx(0)).is_translated());
        }
        program.translate(FuncIdx(1)).unwrap();
    }

    #[test]
    fn types_are_released_with_the_program() {
        let program = lazy("(module (type (func (param i32 i64 f32))))");
        let engine = program.engine().clone();
        let ids = |ty: &wasmite_core::FuncType| CanonicalTypes::new(&engine).add(ty).unwrap();
        let first = program.type_id(TypeIdx(0));
        assert_eq!(ids(&program.module().types()[0]), first);
        let other = wasmite_core::FuncType::new([], []);
        assert_ne!(ids(&other), first);
        drop(program);
        assert_eq!(ids(&other), first, "the id is free again");
    }
}
