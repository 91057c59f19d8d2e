//! Functions: those of instances, and the host's.
//!
//! Not their code, which a program owns, nor host closures, which the facade owns. Invariant: a non-null `entry` is one
//! of the program of the instance, which the store keeps alive.

use crate::program::Entry;
use crate::types::{self, TypeId};
use crate::{Error, Func, Store};
use core::ptr::null;
use wasmite_core::{FuncIdx, FuncType, HeapType, ValType, heap::Grow};

/// A function that can be referred to.
// Aligned to its size, so that its address is one shift away from its index.
#[repr(C, align(32))]
pub(crate) struct FuncEntity {
    /// Null for a host function.
    pub(crate) entry: *const Entry,
    pub(crate) ty: TypeId,
    /// The address of the instance, [`FuncEntity::NO_INSTANCE`] for a host function.
    pub(crate) instance: u32,
    /// The facade's number of a host function.
    pub(crate) host: u32,
    /// The index in the instance's module; for a host function, in the store's list of host types.
    pub(crate) func: FuncIdx,
    /// How many slots its results take.
    pub(crate) results: u32,
    /// Of a host function, the longer of its two lists, in slots: results replace parameters.
    pub(crate) window: u32,
}

impl FuncEntity {
    /// What host functions have for an instance.
    pub(crate) const NO_INSTANCE: u32 = u32::MAX;

    pub(crate) fn is_host(&self) -> bool {
        self.instance == Self::NO_INSTANCE
    }

    /// What tells functions of one type and instance from all others.
    #[inline(always)]
    pub(crate) fn kind(&self) -> u64 {
        // They lie together: a single load.
        u64::from(self.ty.0) | u64::from(self.instance) << 32
    }
}

/// The reference to the function at `addr`, as a slot value.
#[inline]
pub(crate) fn func_slot(addr: u32) -> u64 {
    u64::from(addr) + 1
}

impl Store {
    /// A new host function of type `ty`; `host` is what [`HostCall`](crate::HostCall) will say.
    pub fn host_func(&mut self, ty: &FuncType, host: u32) -> Result<Func, Error> {
        self.host_types.try_reserve(1)?;
        self.funcs.try_reserve(1)?;
        let host_type = ty.try_clone()?;
        self.funcs.put(FuncEntity {
            entry: null(),
            instance: FuncEntity::NO_INSTANCE,
            ty: types::acquire(self.engine(), ty)?,
            host,
            func: FuncIdx(self.host_types.len() as u32),
            results: ty.results().len() as u32,
            window: ty.params().len().max(ty.results().len()) as u32,
        });
        self.host_types.put(host_type);
        self.moved();
        Ok(Func::new(self.id(), self.funcs.len() as u32 - 1))
    }

    /// The function's type.
    pub fn func_type(&self, func: Func) -> &FuncType {
        self.func_type_at(func.addr(self.id()))
    }

    /// The type of the function at `addr`.
    pub(crate) fn func_type_at(&self, addr: u32) -> &FuncType {
        let func = &self.funcs[addr as usize];
        if func.is_host() {
            &self.host_types[func.func.index()]
        } else {
            self.instances[func.instance as usize].program.module().func_type(func.func)
        }
    }

    /// The reference to a function, as a slot value.
    pub fn func_ref(&self, func: Func) -> u64 {
        func_slot(func.addr(self.id()))
    }

    /// The function that a slot value refers to; `None` for null and for what is no reference to a function.
    pub fn ref_func(&self, slot: u64) -> Option<Func> {
        let addr = slot.checked_sub(1).filter(|addr| *addr < self.funcs.len() as u64)?;
        Some(Func::new(self.id(), addr as u32))
    }

    /// Whether `slot` is a value of type `ty` in this store. Whatever comes from outside has to pass this: code that
    /// runs trusts its values.
    pub(crate) fn is_value(&self, ty: ValType, slot: u64) -> bool {
        match ty {
            ValType::I32 | ValType::F32 => slot <= u32::MAX.into(),
            ValType::I64 | ValType::F64 => true,
            ValType::V128 => false,
            ValType::Ref(ty) if slot == 0 => ty.nullable,
            ValType::Ref(ty) if ty.heap == HeapType::Extern => true,
            ValType::Ref(_) => slot <= self.funcs.len() as u64,
        }
    }

    /// An error unless `slot` is a value of type `ty`.
    pub(crate) fn check_value(&self, ty: ValType, slot: u64) -> Result<(), Error> {
        if self.is_value(ty, slot) { Ok(()) } else { Err(Error::TypeMismatch) }
    }
}
