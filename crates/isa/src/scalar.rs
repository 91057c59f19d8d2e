//! The four scalar types that slots, accumulators and immediates hold.
//!
//! Not WebAssembly's value types: references are `I64` here, integers have no sign.

/// A scalar type as the engine sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Ty {
    I32,
    I64,
    F32,
    F64,
}

/// Which accumulator holds a value: one per class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Class {
    Int,
    F32,
    F64,
}

impl Class {
    /// Number of classes.
    pub const COUNT: usize = 3;
}

impl Ty {
    /// Every type: `ALL[ty as usize] == ty`.
    pub const ALL: [Self; 4] = [Self::I32, Self::I64, Self::F32, Self::F64];

    /// The accumulator a value of this type lives in.
    #[inline]
    pub const fn class(self) -> Class {
        match self {
            Self::I32 | Self::I64 => Class::Int,
            Self::F32 => Class::F32,
            Self::F64 => Class::F64,
        }
    }

    /// Whether it is an integer or a reference.
    #[inline]
    pub const fn is_int(self) -> bool {
        matches!(self, Self::I32 | Self::I64)
    }

    /// Whether an immediate of this type takes 64 bits.
    #[inline]
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::I64 | Self::F64)
    }
}

/// A Rust type that represents one of the scalar types.
///
/// A slot holds `to_slot` of a value: 32-bit values are zero-extended, so a slot read as 64 bits is always defined.
pub trait Scalar: Copy + PartialEq + core::fmt::Debug + Send + Sync + 'static {
    /// The type represented.
    const TY: Ty;
    /// The slot that holds `self`.
    fn to_slot(self) -> u64;
    /// The value in a slot.
    fn from_slot(slot: u64) -> Self;
}

macro_rules! scalars {
    ($($rust:ident $ty:ident |$value:ident| $to:expr, |$slot:ident| $from:expr;)*) => { $(
        impl Scalar for $rust {
            const TY: Ty = Ty::$ty;
            #[inline(always)]
            fn to_slot(self) -> u64 {
                let $value = self;
                $to
            }
            #[inline(always)]
            fn from_slot($slot: u64) -> Self {
                $from
            }
        }
    )* };
}

scalars! {
    u32 I32 |v| v as u64, |s| s as u32;
    u64 I64 |v| v, |s| s;
    f32 F32 |v| v.to_bits() as u64, |s| f32::from_bits(s as u32);
    f64 F64 |v| v.to_bits(), |s| f64::from_bits(s);
}
