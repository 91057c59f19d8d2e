//! Function bodies: reading and validating them, now or later.
//!
//! Not translation. Invariant: a module whose bodies are known to be valid has no validator for them.

use crate::reader::Reader;
use crate::validator::{self, Allocations, BodyValidator};
use crate::{Error, Module, Operators};
use wasmite_core::{Features, FuncIdx, OutOfMemory, ValType};

/// The bytes of a function body, whose offsets are offsets in the module.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a>(Reader<'a>);

impl<'a> Body<'a> {
    /// Bytes that begin at `start` of a module with these features.
    pub fn new(bytes: &'a [u8], start: usize, features: Features) -> Self {
        Self(Reader::new(bytes, start, features))
    }

    /// All bytes, from the declarations of locals.
    pub fn bytes(&self) -> &'a [u8] {
        self.0.rest()
    }

    /// The declarations of locals.
    pub fn locals(&self) -> Result<Locals<'a>, Error> {
        let mut reader = self.0;
        let groups = reader.u32()?;
        Ok(Locals { reader, groups })
    }

    /// The operators, which follow the locals.
    pub fn operators(&self) -> Result<Operators<'a>, Error> {
        let mut locals = self.locals()?;
        while locals.group()?.is_some() {}
        Ok(locals.operators())
    }

    /// The operators from byte `offset` of the module on, with one block to be closed; none if that is not in the body.
    pub fn operators_from(&self, offset: usize) -> Option<Operators<'a>> {
        let start = offset.checked_sub(self.0.offset())?;
        let rest = self.bytes().get(start..)?;
        Some(Operators::new(Reader::new(rest, offset, self.0.features)))
    }
}

/// Declarations of locals (spec 3.0, "Code Section").
pub struct Locals<'a> {
    reader: Reader<'a>,
    groups: u32,
}

impl<'a> Locals<'a> {
    /// The operators, which follow the last group.
    pub fn operators(self) -> Operators<'a> {
        Operators::new(self.reader)
    }

    /// The next group: how many locals, their type, and its offset in the module; none after the last.
    #[inline]
    pub fn group(&mut self) -> Result<Option<(u32, ValType, usize)>, Error> {
        let Some(groups) = self.groups.checked_sub(1) else { return Ok(None) };
        self.groups = groups;
        let offset = self.reader.offset();
        let count = self.reader.u32()?;
        Ok(Some((count, self.reader.val_type()?, offset)))
    }
}

impl Module {
    /// A defined function's body.
    ///
    /// # Panics
    /// If `func` is imported or not in the module.
    pub fn body(&self, func: FuncIdx) -> Body<'_> {
        let range = self.body_range(func);
        let start = range.start;
        Body::new(&self.bytes()[range], start, self.features())
    }

    /// A validator for a defined function's body, `None` if all bodies are known, or promised, to be valid. It takes over
    /// `allocations`, which [`BodyValidator::into_allocations`] gives back.
    ///
    /// # Panics
    /// If bodies are deferred and `func` is not in the module.
    #[inline]
    pub fn body_validator(
        &self,
        func: FuncIdx,
        allocations: Allocations,
    ) -> Result<Option<BodyValidator<'_>>, OutOfMemory> {
        match self.bodies_are_valid {
            true => Ok(None),
            false => validator::body_validator(self, func, allocations),
        }
    }

    /// Notes that all bodies are valid, for whoever has validated them with [`Module::body_validator`].
    pub fn bodies_are_valid(&mut self) {
        self.bodies_are_valid = true;
    }

    /// Validates the bodies that have not been validated: all of them or none.
    pub fn validate_bodies(&self) -> Result<(), Error> {
        let mut allocations = Allocations::default();
        for func in self.defined_funcs() {
            let Some(mut validator) = self.body_validator(func, allocations)? else {
                return Ok(());
            };
            validator.validate(&self.body(func))?;
            allocations = validator.into_allocations();
        }
        Ok(())
    }
}
