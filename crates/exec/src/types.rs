//! Canonical function types: one number per distinct type of an engine, so that comparing types is comparing numbers.
//!
//! Not subtyping. Invariant: an id names one type for as long as a [`CanonicalType`] with that id exists; after that the
//! id is free for another type.

use crate::{Engine, Error};
use alloc::{sync::Arc, vec::Vec};
use hashbrown::HashMap;
use wasmite_core::FuncType;

/// The number of a function type in its engine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub(crate) struct TypeId(pub(crate) u32);

/// The types in use.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    ids: HashMap<Arc<FuncType>, TypeId>,
    /// How many [`CanonicalType`]s there are of each id.
    users: Vec<u32>,
    free: Vec<TypeId>,
}

impl TypeRegistry {
    fn acquire(&mut self, ty: &FuncType) -> Result<(TypeId, Arc<FuncType>), Error> {
        if let Some((ty, id)) = self.ids.get_key_value(ty) {
            self.users[id.0 as usize] += 1;
            return Ok((*id, ty.clone()));
        }
        self.ids.try_reserve(1).map_err(|_| Error::OutOfMemory)?;
        let id = match self.free.pop() {
            Some(id) => id,
            None => {
                self.users.try_reserve(1)?;
                // So that releasing never allocates.
                self.free.try_reserve(self.users.len() + 1)?;
                self.users.push(0);
                TypeId(self.users.len() as u32 - 1)
            }
        };
        let ty = Arc::new(ty.clone());
        self.users[id.0 as usize] = 1;
        self.ids.insert(ty.clone(), id);
        Ok((id, ty))
    }

    fn release(&mut self, id: TypeId, ty: &FuncType) {
        let users = &mut self.users[id.0 as usize];
        *users -= 1;
        if *users == 0 {
            self.ids.remove(ty);
            self.free.push(id);
        }
    }
}

/// A type with its id, which it keeps in use.
pub(crate) struct CanonicalType {
    engine: Engine,
    id: TypeId,
    /// The longer of the two lists, in slots.
    window: u32,
    ty: Arc<FuncType>,
}

impl CanonicalType {
    pub(crate) fn new(engine: &Engine, ty: &FuncType) -> Result<Self, Error> {
        let (id, ty) = engine.types().lock().acquire(ty)?;
        let window = ty.params().len().max(ty.results().len()) as u32;
        Ok(Self { engine: engine.clone(), id, window, ty })
    }

    pub(crate) fn id(&self) -> TypeId {
        self.id
    }

    pub(crate) fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// Slots for parameters that results replace.
    #[inline]
    pub(crate) fn window(&self) -> usize {
        self.window as usize
    }
}

impl Drop for CanonicalType {
    fn drop(&mut self) {
        self.engine.types().lock().release(self.id, &self.ty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmite_core::ValType;

    #[test]
    fn equal_types_share_an_id_until_the_last_is_gone() {
        let engine = Engine::default();
        let unary = FuncType::new([ValType::I32], [ValType::I32]);
        let nullary = FuncType::new([], []);
        let first = CanonicalType::new(&engine, &unary).unwrap();
        let second = CanonicalType::new(&engine, &unary.clone()).unwrap();
        let other = CanonicalType::new(&engine, &nullary).unwrap();
        assert_eq!(first.id(), second.id());
        assert_ne!(first.id(), other.id());
        let id = first.id();
        drop(first);
        assert_eq!(CanonicalType::new(&engine, &unary).unwrap().id(), id);
        drop(second);
        let reused = CanonicalType::new(&engine, &FuncType::new([ValType::F64], [])).unwrap();
        assert_eq!(reused.id(), id, "a free id is used again");
        assert_eq!(reused.ty().params(), [ValType::F64]);
        assert_eq!(engine.types().lock().ids.len(), 2);
    }
}
