//! Function types.

use crate::{OutOfMemory, ValType, heap::Grow};
use alloc::{boxed::Box, vec::Vec};
use core::fmt;

/// The parameters and results of a function.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct FuncType {
    /// Parameters, then results, in one allocation.
    types: Box<[ValType]>,
    params: usize,
}

impl FuncType {
    /// A function type from its parameters and results. Aborts if there is no memory for them: see
    /// [`FuncType::try_new`].
    #[expect(clippy::disallowed_methods, reason = "for hosts, whose types are few and known")]
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Self {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let params = types.len();
        types.extend(results);
        Self { types: types.into_boxed_slice(), params }
    }

    /// A function type from its parameters and results.
    pub fn try_new(params: &[ValType], results: &[ValType]) -> Result<Self, OutOfMemory> {
        let mut types = Vec::with_room(params.len() + results.len())?;
        types.try_append(params)?;
        types.try_append(results)?;
        Ok(Self { types: types.try_into_box()?, params: params.len() })
    }

    /// A function type from all its types: parameters, of which there are `params`, then results.
    ///
    /// # Panics
    /// If there are more parameters than types.
    pub fn from_list(types: Vec<ValType>, params: usize) -> Result<Self, OutOfMemory> {
        assert!(params <= types.len(), "parameters are among the types");
        Ok(Self { types: types.try_into_box()?, params })
    }

    /// A copy. (`clone` aborts if there is no memory for it.)
    pub fn try_clone(&self) -> Result<Self, OutOfMemory> {
        Self::try_new(self.params(), self.results())
    }

    /// Parameter types, in order.
    #[inline]
    pub fn params(&self) -> &[ValType] {
        &self.types[..self.params]
    }

    /// Result types, in order.
    #[inline]
    pub fn results(&self) -> &[ValType] {
        &self.types[self.params..]
    }

    /// 64-bit slots that the parameters take.
    pub fn param_slots(&self) -> u32 {
        self.params().iter().map(|ty| ty.slots()).sum()
    }

    /// 64-bit slots that the results take.
    pub fn result_slots(&self) -> u32 {
        self.results().iter().map(|ty| ty.slots()).sum()
    }
}

impl fmt::Debug for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for FuncType {
    /// Prints `(i32, i64) -> (f32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, self.params())?;
        f.write_str(" -> ")?;
        list(f, self.results())
    }
}

fn list(f: &mut fmt::Formatter<'_>, types: &[ValType]) -> fmt::Result {
    f.write_str("(")?;
    for (i, ty) in types.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{ty}")?;
    }
    f.write_str(")")
}
