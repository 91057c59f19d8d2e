//! Memory types: index type, page size, limits, and all arithmetic on them.
//!
//! Not linear memory itself. Invariant: pages and bytes are never mixed: a function's name says which it takes, and
//! each conversion is checked in `u128` or `u64`.

use core::fmt;

/// The type of an index into a memory or table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IndexType {
    /// 32-bit indices.
    I32,
    /// 64-bit indices (memory64 proposal).
    I64,
}

impl IndexType {
    /// The largest index, which is also the most elements a table of this index type may have.
    pub const fn max_index(self) -> u64 {
        match self {
            Self::I32 => u32::MAX as u64,
            Self::I64 => u64::MAX,
        }
    }
}

/// The size of a page in bytes: a power of two from 1 to 65 536 (custom-page-sizes proposal).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSize {
    log2: u8,
}

impl PageSize {
    /// 65 536 bytes, the page size of a memory that does not name one.
    pub const WASM: Self = Self { log2: 16 };
    /// One byte.
    pub const BYTE: Self = Self { log2: 0 };

    /// The page size of `2^log2` bytes, if that is a page size at all (`log2 <= 16`). Whether a module may use it is
    /// decided by the enabled proposals.
    pub const fn from_log2(log2: u8) -> Option<Self> {
        if log2 <= 16 { Some(Self { log2 }) } else { None }
    }

    /// Log2 of the size in bytes.
    #[inline]
    pub const fn log2(self) -> u8 {
        self.log2
    }

    /// The size in bytes.
    #[inline]
    pub const fn bytes(self) -> u64 {
        1 << self.log2
    }

    /// Bytes of `pages` pages, `None` above `u64::MAX`.
    #[inline]
    pub const fn bytes_of(self, pages: u64) -> Option<u64> {
        pages.checked_mul(1 << self.log2)
    }

    /// Whole pages in `bytes` bytes.
    #[inline]
    pub const fn pages_in(self, bytes: u64) -> u64 {
        bytes >> self.log2
    }
}

impl fmt::Debug for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageSize({} bytes)", self.bytes())
    }
}

/// The type of a linear memory. Sizes are in pages of [`MemoryType::page_size`] bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType {
    index: IndexType,
    page_size: PageSize,
    min: u64,
    max: Option<u64>,
    shared: bool,
}

/// Why a [`MemoryType`] cannot exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MemoryTypeError {
    /// Not a power of two from 1 to 65 536.
    #[error("invalid custom page size: 2^{log2} bytes")]
    InvalidPageSize {
        /// Log2 of the size asked for.
        log2: u8,
    },
    /// More pages than the index type can address.
    #[error("memory size must be at most {max} pages, {pages} asked for")]
    TooLarge {
        /// Pages asked for.
        pages: u64,
        /// The most pages possible.
        max: u64,
    },
    /// `max < min`.
    #[error("size minimum must not be greater than maximum")]
    MinExceedsMax,
    /// A shared memory needs a maximum (threads proposal).
    #[error("shared memory must have maximum size")]
    SharedWithoutMaximum,
}

impl MemoryType {
    /// A 32-bit memory of 64 KiB pages.
    ///
    /// # Panics
    /// If the limits are not those of a valid memory (at most 65 536 pages, `min <= max`): use
    /// [`MemoryType::builder`] to get an error instead.
    pub fn new(min: u32, max: Option<u32>) -> Self {
        let built = Self::builder().min(min.into()).max(max.map(u64::from)).build();
        built.expect("memory limits must be valid")
    }

    /// A 64-bit memory of 64 KiB pages (memory64 proposal).
    ///
    /// # Panics
    /// As [`MemoryType::new`].
    pub fn new64(min: u64, max: Option<u64>) -> Self {
        let built = Self::builder().memory64(true).min(min).max(max).build();
        built.expect("memory limits must be valid")
    }

    /// A builder, which starts with a 32-bit memory of 64 KiB pages, minimum 0, no maximum.
    pub const fn builder() -> MemoryTypeBuilder {
        MemoryTypeBuilder {
            index: IndexType::I32,
            log2: PageSize::WASM.log2,
            min: 0,
            max: None,
            shared: false,
        }
    }

    /// The type of an address.
    pub const fn index_type(&self) -> IndexType {
        self.index
    }

    /// Whether addresses are 64-bit.
    pub const fn is_64(&self) -> bool {
        matches!(self.index, IndexType::I64)
    }

    /// Whether the memory is shared between threads (threads proposal).
    pub const fn is_shared(&self) -> bool {
        self.shared
    }

    /// Pages at creation.
    pub const fn minimum(&self) -> u64 {
        self.min
    }

    /// Pages at most, if declared.
    pub const fn maximum(&self) -> Option<u64> {
        self.max
    }

    /// The page size.
    pub const fn page(&self) -> PageSize {
        self.page_size
    }

    /// The page size in bytes.
    pub const fn page_size(&self) -> u64 {
        self.page_size.bytes()
    }

    /// Log2 of the page size in bytes.
    pub const fn page_size_log2(&self) -> u8 {
        self.page_size.log2()
    }

    /// The most pages that an index type can address with this page size.
    ///
    /// With 1-byte pages and 32-bit indices that is `2^32 - 1`, not `2^32`: `memory.size` must be able to tell it and
    /// `memory.grow` must be able to tell it from its failure value.
    pub const fn limit_pages(index: IndexType, page_size: PageSize) -> u64 {
        match (index, page_size.log2) {
            (_, 0) => index.max_index(),
            (IndexType::I32, log2) => 1 << (32 - log2),
            (IndexType::I64, log2) => 1 << (64 - log2),
        }
    }

    /// The most pages this memory may ever have: its maximum, or what its index type can address.
    pub fn max_pages(&self) -> u64 {
        let limit = Self::limit_pages(self.index, self.page_size);
        self.max.map_or(limit, |max| max.min(limit))
    }

    /// The most bytes this memory may ever have, `u64::MAX` if there may be more.
    pub fn max_bytes(&self) -> u64 {
        self.page_size.bytes_of(self.max_pages()).unwrap_or(u64::MAX)
    }

    /// Bytes at creation, `None` above `u64::MAX`.
    pub const fn minimum_bytes(&self) -> Option<u64> {
        self.page_size.bytes_of(self.min)
    }

    /// The size in pages after growing `current` by `delta` pages, `None` if that exceeds [`MemoryType::max_pages`].
    pub fn grown(&self, current: u64, delta: u64) -> Option<u64> {
        current.checked_add(delta).filter(|pages| *pages <= self.max_pages())
    }

    /// The same type with another minimum: what a memory that has grown looks like to an importer.
    #[must_use]
    pub const fn with_minimum(mut self, min: u64) -> Self {
        self.min = min;
        self
    }
}

/// Builds a [`MemoryType`]; all sizes in pages.
#[derive(Clone, Copy, Debug)]
pub struct MemoryTypeBuilder {
    index: IndexType,
    log2: u8,
    min: u64,
    max: Option<u64>,
    shared: bool,
}

impl MemoryTypeBuilder {
    /// Pages at creation.
    #[must_use]
    pub const fn min(mut self, min: u64) -> Self {
        self.min = min;
        self
    }

    /// Pages at most; `None` for no maximum.
    #[must_use]
    pub const fn max(mut self, max: Option<u64>) -> Self {
        self.max = max;
        self
    }

    /// Whether addresses are 64-bit (memory64 proposal).
    #[must_use]
    pub const fn memory64(mut self, memory64: bool) -> Self {
        self.index = if memory64 { IndexType::I64 } else { IndexType::I32 };
        self
    }

    /// Whether the memory is shared (threads proposal).
    #[must_use]
    pub const fn shared(mut self, shared: bool) -> Self {
        self.shared = shared;
        self
    }

    /// Log2 of the page size in bytes: 16 unless set, 0 for 1-byte pages (custom-page-sizes proposal).
    #[must_use]
    pub const fn page_size_log2(mut self, log2: u8) -> Self {
        self.log2 = log2;
        self
    }

    /// The memory type, or why it cannot exist.
    pub fn build(self) -> Result<MemoryType, MemoryTypeError> {
        let Some(page_size) = PageSize::from_log2(self.log2) else {
            return Err(MemoryTypeError::InvalidPageSize { log2: self.log2 });
        };
        let limit = MemoryType::limit_pages(self.index, page_size);
        for pages in [Some(self.min), self.max].into_iter().flatten() {
            if pages > limit {
                return Err(MemoryTypeError::TooLarge { pages, max: limit });
            }
        }
        if self.max.is_some_and(|max| max < self.min) {
            return Err(MemoryTypeError::MinExceedsMax);
        }
        if self.shared && self.max.is_none() {
            return Err(MemoryTypeError::SharedWithoutMaximum);
        }
        let Self { index, min, max, shared, .. } = self;
        Ok(MemoryType { index, page_size, min, max, shared })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn byte_pages_stop_before_size_wraps() {
        let limit =
            |index, log2| MemoryType::limit_pages(index, PageSize::from_log2(log2).unwrap());
        assert_eq!(limit(IndexType::I32, 0), u64::from(u32::MAX));
        assert_eq!(limit(IndexType::I32, 1), 1 << 31);
        assert_eq!(limit(IndexType::I32, 16), 65_536);
        assert_eq!(limit(IndexType::I64, 0), u64::MAX);
        assert_eq!(limit(IndexType::I64, 16), 1 << 48);
    }

    #[test]
    fn builder_reports_each_error() {
        let base = MemoryType::builder();
        assert_eq!(
            base.page_size_log2(17).build(),
            Err(MemoryTypeError::InvalidPageSize { log2: 17 })
        );
        assert_eq!(
            base.min(65_537).build(),
            Err(MemoryTypeError::TooLarge { pages: 65_537, max: 65_536 })
        );
        assert_eq!(base.min(2).max(Some(1)).build(), Err(MemoryTypeError::MinExceedsMax));
        assert_eq!(base.shared(true).build(), Err(MemoryTypeError::SharedWithoutMaximum));
        let bytes = base.min(1000).page_size_log2(0).build().unwrap();
        assert_eq!((bytes.minimum_bytes(), bytes.page_size()), (Some(1000), 1));
    }

    proptest! {
        #[test]
        fn arithmetic_agrees_with_u128(
            log2 in 0u8..=16,
            is_64: bool,
            min: u64,
            max: Option<u64>,
            current: u64,
            delta: u64,
        ) {
            let index = if is_64 { IndexType::I64 } else { IndexType::I32 };
            let page = PageSize::from_log2(log2).unwrap();
            let bytes = u128::from(min) << log2;
            prop_assert_eq!(page.bytes_of(min).map(u128::from), (bytes <= u64::MAX.into()).then_some(bytes));
            let limit = MemoryType::limit_pages(index, page);
            prop_assert!(u128::from(limit) << log2 <= u128::from(index.max_index()) + 1);
            let built =
                MemoryType::builder().memory64(is_64).page_size_log2(log2).min(min).max(max).build();
            prop_assert_eq!(built.is_ok(), min <= limit && max.is_none_or(|max| min <= max && max <= limit));
            if let Ok(ty) = built {
                let grown = u128::from(current) + u128::from(delta);
                let fits = grown <= u128::from(max.unwrap_or(limit));
                prop_assert_eq!(ty.grown(current, delta).map(u128::from), fits.then_some(grown));
            }
        }
    }
}
