//! Entities: what a store owns and handles name.
//!
//! Not handles, and nothing that runs code. Invariant: entities refer to each other by address (an index in the store),
//! and an entity once created stays at its address while the store lives.

mod func;
mod global;
mod instance;
mod lent;
mod memory;
mod storage;
mod table;

pub(crate) use func::{FuncEntity, func_slot};
pub(crate) use instance::{IndexSet, InstanceEntity};
pub(crate) use lent::Lent;
pub(crate) use memory::MemoryEntity;
pub use memory::MemoryUsage;
pub(crate) use table::{TableEntity, copy_elements};

use crate::Error;
use alloc::vec::Vec;
use core::ops::Range;

/// Makes room for `count` more entities. Most stores have few of a kind, and a vector's first room would be for four.
pub(crate) fn room_for<T>(count: usize, entities: &mut Vec<T>) -> Result<(), Error> {
    match entities.is_empty() {
        true => entities.try_reserve_exact(count)?,
        false => entities.try_reserve(count)?,
    }
    Ok(())
}

/// The range of `count` items from `at`, if it lies within `len` items.
#[inline]
pub(crate) fn span(at: u64, count: u64, len: usize) -> Option<Range<usize>> {
    let end = at.checked_add(count)?;
    // Both fit because they are at most `len`.
    (end <= len as u64).then_some(at as usize..end as usize)
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_end_within_the_length() {
        assert_eq!(span(3, 2, 5), Some(3..5));
        assert_eq!(span(5, 0, 5), Some(5..5));
        assert_eq!(span(6, 0, 5), None);
        assert_eq!(span(4, 2, 5), None);
        assert_eq!(span(u64::MAX, 2, 5), None);
        assert_eq!(span(2, u64::MAX, 5), None);
    }
}
