//! Canonical function types: one number per distinct type of an engine, so that comparing types is comparing numbers.
//!
//! Not subtyping. Invariant: an id names one type from when it is acquired until all who acquired it have released it; after
//! that it is free for another type.

use crate::Engine;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use hashbrown::{DefaultHashBuilder, HashTable};
use wasmite_core::{FuncType, OutOfMemory, heap::Grow};

/// The number of a function type in its engine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub(crate) struct TypeId(pub(crate) u32);

impl TypeId {
    /// What no id has in it: cells add it to one where their function is not to be looked for in the usual place.
    pub(crate) const ELSEWHERE: u32 = 1 << 31;
}

/// The types in use.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    /// Found by type.
    ids: HashTable<TypeId>,
    hasher: DefaultHashBuilder,
    /// By id.
    types: Vec<Registered>,
    free: Vec<TypeId>,
}

#[derive(Default)]
struct Registered {
    ty: FuncType,
    /// How many have acquired the id.
    users: u32,
}

impl TypeRegistry {
    fn acquire(&mut self, ty: &FuncType) -> Result<TypeId, OutOfMemory> {
        let Self { ids, hasher, types, free } = self;
        let hash = hasher.hash_one(ty);
        if let Some(id) = ids.find(hash, |id| types[id.0 as usize].ty == *ty) {
            types[id.0 as usize].users += 1;
            return Ok(*id);
        }
        ids.try_reserve(1, rehash(hasher, types)).map_err(|_| OutOfMemory)?;
        let registered = Registered { ty: ty.try_clone()?, users: 1 };
        let id = match free.pop() {
            Some(id) => {
                types[id.0 as usize] = registered;
                id
            }
            None if types.len() >= TypeId::ELSEWHERE as usize => return Err(OutOfMemory),
            None => {
                // So that releasing never allocates.
                free.try_reserve(types.len() + 1)?;
                types.try_push(registered)?;
                TypeId(types.len() as u32 - 1)
            }
        };
        #[expect(clippy::disallowed_methods, reason = "room was made above")]
        ids.insert_unique(hash, id, rehash(hasher, types));
        Ok(id)
    }

    fn release(&mut self, id: TypeId) {
        let registered = &mut self.types[id.0 as usize];
        registered.users -= 1;
        if registered.users == 0 {
            let hash = self.hasher.hash_one(&registered.ty);
            if let Ok(found) = self.ids.find_entry(hash, |other| *other == id) {
                found.remove();
            }
            registered.ty = FuncType::default();
            self.free.put(id);
        }
    }
}

/// What tells the table the hash of a type in it. One function, so that the table's code is there once.
fn rehash(hasher: &DefaultHashBuilder, types: &[Registered]) -> impl Fn(&TypeId) -> u64 {
    |id| hasher.hash_one(&types[id.0 as usize].ty)
}

/// Types of one engine by their order here, which are in use for as long.
pub(crate) struct CanonicalTypes {
    engine: Engine,
    ids: Vec<TypeId>,
}

impl CanonicalTypes {
    /// No types.
    pub(crate) fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), ids: Vec::new() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes room for `count` more types.
    pub(crate) fn reserve(&mut self, count: usize) -> Result<(), OutOfMemory> {
        Ok(self.ids.try_reserve_exact(count)?)
    }

    pub(crate) fn add(&mut self, ty: &FuncType) -> Result<TypeId, OutOfMemory> {
        self.ids.try_reserve(1)?;
        let id = acquire(&self.engine, ty)?;
        self.ids.put(id);
        Ok(id)
    }

    /// The type that was added after `index` others.
    pub(crate) fn id(&self, index: usize) -> TypeId {
        self.ids[index]
    }
}

impl Drop for CanonicalTypes {
    fn drop(&mut self) {
        release(&self.engine, self.ids.iter().copied());
    }
}

/// The number of a type, which stays in use until it is released.
pub(crate) fn acquire(engine: &Engine, ty: &FuncType) -> Result<TypeId, OutOfMemory> {
    engine.types().lock().acquire(ty)
}

/// Lets go of types.
pub(crate) fn release(engine: &Engine, ids: impl Iterator<Item = TypeId>) {
    let mut ids = ids.peekable();
    // Most stores have none.
    if ids.peek().is_some() {
        let mut registry = engine.types().lock();
        ids.for_each(|id| registry.release(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmite_core::ValType;

    /// Types with only `ty` among them, and its id.
    fn canonical(engine: &Engine, ty: &FuncType) -> (CanonicalTypes, TypeId) {
        let mut types = CanonicalTypes::new(engine);
        let id = types.add(ty).unwrap();
        assert_eq!(types.id(0), id);
        (types, id)
    }

    #[test]
    fn equal_types_share_an_id_until_the_last_is_gone() {
        let engine = Engine::default();
        let unary = FuncType::new([ValType::I32], [ValType::I32]);
        let nullary = FuncType::new([], []);
        let (first, id) = canonical(&engine, &unary);
        let (second, same) = canonical(&engine, &unary.clone());
        let (_other, other) = canonical(&engine, &nullary);
        assert_eq!(same, id);
        assert_ne!(other, id);
        drop(first);
        assert_eq!(canonical(&engine, &unary).1, id);
        drop(second);
        let (_reused, reused) = canonical(&engine, &FuncType::new([ValType::F64], []));
        assert_eq!(reused, id, "a free id is used again");
        let registry = engine.types().lock();
        assert_eq!(registry.types[id.0 as usize].ty.params(), [ValType::F64]);
        assert_eq!(registry.ids.len(), 2);
    }
}
