//! Taking memory from the heap so that there being none is an error: the words with which the library crates allocate.
//!
//! Not limits, which say what may be asked for. Invariant: nothing here panics or aborts because memory is short. Clippy
//! keeps what does out of the library crates (`clippy.toml`).
#![expect(clippy::disallowed_methods, reason = "each call is preceded by a reservation")]

use alloc::{boxed::Box, collections::TryReserveError, string::String, vec::Vec};
use core::{fmt, ops};

/// The heap has no room left for what was to be put there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("out of memory")]
pub struct OutOfMemory;

impl From<TryReserveError> for OutOfMemory {
    fn from(_: TryReserveError) -> Self {
        Self
    }
}

/// Vectors that grow only where that may fail.
pub trait Grow<T>: Sized {
    /// An empty vector with room for exactly `count` items.
    fn with_room(count: usize) -> Result<Self, OutOfMemory>;

    /// Appends an item for which room was reserved, as debug builds check.
    fn put(&mut self, item: T);

    /// Appends copies of items for which room was reserved, as debug builds check.
    fn put_all(&mut self, items: &[T])
    where
        T: Copy;

    /// Appends an item.
    fn try_push(&mut self, item: T) -> Result<(), OutOfMemory>;

    /// Appends copies of `item` until there are `len` items, or drops those beyond.
    fn try_resize(&mut self, len: usize, item: T) -> Result<(), OutOfMemory>
    where
        T: Clone;

    /// Appends copies of `items`.
    fn try_append(&mut self, items: &[T]) -> Result<(), OutOfMemory>
    where
        T: Copy;

    /// The items in a box of their size: copied to one unless they fill the vector.
    fn try_into_box(self) -> Result<Box<[T]>, OutOfMemory>;
}

impl<T> Grow<T> for Vec<T> {
    #[inline]
    fn with_room(count: usize) -> Result<Self, OutOfMemory> {
        let mut items = Self::new();
        items.try_reserve_exact(count)?;
        Ok(items)
    }

    #[inline]
    fn put(&mut self, item: T) {
        debug_assert!(self.len() < self.capacity(), "no room was reserved");
        self.push(item);
    }

    #[inline]
    fn put_all(&mut self, items: &[T])
    where
        T: Copy,
    {
        debug_assert!(items.len() <= self.capacity() - self.len(), "no room was reserved");
        self.extend_from_slice(items);
    }

    #[inline]
    fn try_push(&mut self, item: T) -> Result<(), OutOfMemory> {
        if self.len() == self.capacity() {
            self.try_reserve(1)?;
        }
        self.push(item);
        Ok(())
    }

    #[inline]
    fn try_resize(&mut self, len: usize, item: T) -> Result<(), OutOfMemory>
    where
        T: Clone,
    {
        self.try_reserve(len.saturating_sub(self.len()))?;
        self.resize(len, item);
        Ok(())
    }

    #[inline]
    fn try_append(&mut self, items: &[T]) -> Result<(), OutOfMemory>
    where
        T: Copy,
    {
        self.try_reserve(items.len())?;
        self.extend_from_slice(items);
        Ok(())
    }

    fn try_into_box(mut self) -> Result<Box<[T]>, OutOfMemory> {
        if self.len() < self.capacity() {
            let mut items = Self::with_room(self.len())?;
            items.append(&mut self);
            self = items;
        }
        Ok(self.into_boxed_slice())
    }
}

/// The items of `items`, which knows how many there are, in a box of their size.
pub fn boxed_slice<T>(items: impl ExactSizeIterator<Item = T>) -> Result<Box<[T]>, OutOfMemory> {
    let mut list = Vec::with_room(items.len())?;
    list.extend(items);
    Ok(list.into_boxed_slice())
}

/// `text` in a box of its size.
pub fn boxed_str(text: &str) -> Result<Box<str>, OutOfMemory> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len())?;
    copy.push_str(text);
    Ok(copy.into_boxed_str())
}

/// What `message` displays.
pub fn text(message: impl fmt::Display) -> Result<String, OutOfMemory> {
    let mut text = Text(String::new());
    match fmt::Write::write_fmt(&mut text, format_args!("{message}")) {
        Ok(()) => Ok(text.0),
        Err(fmt::Error) => Err(OutOfMemory),
    }
}

/// A text that grows as it is written.
struct Text(String);

impl fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.try_reserve(part.len()).map_err(|_| fmt::Error)?;
        self.0.push_str(part);
        Ok(())
    }
}

/// Whether the heap has `bytes` in one piece: for what can only be asked of code that takes them without asking.
pub fn has_room(bytes: usize) -> Result<(), OutOfMemory> {
    // The optimiser may not conclude that memory which is not used need not be had.
    core::hint::black_box(Vec::<u8>::with_room(bytes)?);
    Ok(())
}

/// A box whose making may fail. (The standard library's can only be made so from a vector.)
#[derive(Clone, PartialEq, Eq)]
pub struct Boxed<T>(Box<[T; 1]>);

impl<T> Boxed<T> {
    /// Puts `value` on the heap.
    pub fn new(value: T) -> Result<Self, OutOfMemory> {
        let mut values = Vec::with_room(1)?;
        values.push(value);
        // The length is that of the array.
        values.into_boxed_slice().try_into().map(Self).map_err(|_| OutOfMemory)
    }

    /// The box, which can be coerced to one of what its array implements.
    pub fn into_box(self) -> Box<[T; 1]> {
        self.0
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        let [value] = *self.0;
        value
    }
}

impl<T> ops::Deref for Boxed<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let [value] = &*self.0;
        value
    }
}

impl<T> ops::DerefMut for Boxed<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        let [value] = &mut *self.0;
        value
    }
}

impl<T: fmt::Debug> fmt::Debug for Boxed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: fmt::Display> fmt::Display for Boxed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_have_the_size_of_what_is_in_them() {
        let mut items = Vec::with_room(2).unwrap();
        items.put(1);
        assert_eq!(*items.try_into_box().unwrap(), [1]);
        assert_eq!(*boxed_slice([1, 2].into_iter()).unwrap(), [1, 2]);
        assert_eq!(&*boxed_str("ab").unwrap(), "ab");
        let mut boxed = Boxed::new(1).unwrap();
        *boxed += 1;
        assert_eq!(boxed.into_inner(), 2);
    }

    #[test]
    fn what_the_heap_cannot_have_is_an_error() {
        assert_eq!(Vec::<u64>::with_room(usize::MAX), Err(OutOfMemory));
        assert_eq!(Vec::new().try_resize(usize::MAX, 1_u64), Err(OutOfMemory));
        assert_eq!(has_room(usize::MAX), Err(OutOfMemory));
        assert_eq!(has_room(0), Ok(()));
    }

    #[test]
    fn text_is_what_is_displayed() {
        assert_eq!(text(format_args!("{} {}", 1, "two")).unwrap(), "1 two");
    }

    #[test]
    #[should_panic = "no room was reserved"]
    #[cfg(debug_assertions)]
    fn what_is_put_needs_room() {
        Vec::new().put(1);
    }
}
