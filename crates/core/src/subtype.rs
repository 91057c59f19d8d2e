//! Subtyping and import matching (spec 3.0, "Matching").
//!
//! Without function references and GC, value types match only themselves; the trait is where that changes.

use crate::{ExternType, FuncType, GlobalType, MemoryType, RefType, TableType, ValType};

/// Whether a value or entity of one type may be used where another is expected.
pub trait Matches {
    /// Whether `self` (what is there) may be used as `expected`.
    fn matches(&self, expected: &Self) -> bool;
}

impl Matches for RefType {
    fn matches(&self, expected: &Self) -> bool {
        self.heap == expected.heap && (expected.nullable || !self.nullable)
    }
}

impl Matches for ValType {
    fn matches(&self, expected: &Self) -> bool {
        match (self, expected) {
            (Self::Ref(this), Self::Ref(expected)) => this.matches(expected),
            _ => self == expected,
        }
    }
}

impl Matches for FuncType {
    fn matches(&self, expected: &Self) -> bool {
        self == expected
    }
}

impl Matches for GlobalType {
    fn matches(&self, expected: &Self) -> bool {
        self.mutable == expected.mutable
            && if self.mutable {
                self.content == expected.content
            } else {
                self.content.matches(&expected.content)
            }
    }
}

impl Matches for TableType {
    fn matches(&self, expected: &Self) -> bool {
        self.element() == expected.element()
            && self.index_type() == expected.index_type()
            && limits_match(
                (self.minimum(), self.maximum()),
                (expected.minimum(), expected.maximum()),
            )
    }
}

impl Matches for MemoryType {
    fn matches(&self, expected: &Self) -> bool {
        self.index_type() == expected.index_type()
            && self.page() == expected.page()
            && self.is_shared() == expected.is_shared()
            && limits_match(
                (self.minimum(), self.maximum()),
                (expected.minimum(), expected.maximum()),
            )
    }
}

impl Matches for ExternType {
    fn matches(&self, expected: &Self) -> bool {
        match (self, expected) {
            (Self::Func(this), Self::Func(expected)) => this.matches(expected),
            (Self::Table(this), Self::Table(expected)) => this.matches(expected),
            (Self::Memory(this), Self::Memory(expected)) => this.matches(expected),
            (Self::Global(this), Self::Global(expected)) => this.matches(expected),
            _ => false,
        }
    }
}

fn limits_match(this: (u64, Option<u64>), expected: (u64, Option<u64>)) -> bool {
    let max_fits = match (this.1, expected.1) {
        (_, None) => true,
        (Some(this), Some(expected)) => this <= expected,
        (None, Some(_)) => false,
    };
    this.0 >= expected.0 && max_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_need_equal_page_sizes() {
        let bytes = MemoryType::builder().page_size_log2(0).min(65_536).build().unwrap();
        let wasm = MemoryType::new(1, None);
        assert!(!bytes.matches(&wasm) && !wasm.matches(&bytes) && wasm.matches(&wasm));
    }

    #[test]
    fn limits_widen() {
        let ty = |min, max| TableType::new(RefType::FUNCREF, min, max);
        assert!(ty(5, Some(7)).matches(&ty(3, Some(9))));
        assert!(!ty(5, None).matches(&ty(3, Some(9))));
        assert!(!ty(2, None).matches(&ty(3, None)));
    }

    #[test]
    fn non_null_matches_nullable_only_one_way() {
        let non_null = RefType { nullable: false, ..RefType::FUNCREF };
        assert!(non_null.matches(&RefType::FUNCREF) && !RefType::FUNCREF.matches(&non_null));
    }
}
