//! Floats that keep every bit.
//!
//! Not for arithmetic: passing a NaN through a machine's float registers may change its payload on some targets, so
//! values travel as bits.

use core::fmt;

macro_rules! floats {
    ($($(#[$doc:meta])* $name:ident $bits:ident $float:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[repr(transparent)]
        pub struct $name($bits);

        impl $name {
            /// The float with these bits.
            pub const fn from_bits(bits: $bits) -> Self {
                Self(bits)
            }

            /// The bits.
            pub const fn to_bits(self) -> $bits {
                self.0
            }

            /// The float.
            pub const fn to_float(self) -> $float {
                $float::from_bits(self.0)
            }
        }

        impl From<$float> for $name {
            fn from(float: $float) -> Self {
                Self(float.to_bits())
            }
        }

        impl From<$name> for $float {
            fn from(float: $name) -> Self {
                float.to_float()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.to_float(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.to_float(), f)
            }
        }
    )* };
}

floats! {
    /// An `f32` by its bits: equal if all bits are equal, NaNs included.
    F32 u32 f32;
    /// An `f64` by its bits: equal if all bits are equal, NaNs included.
    F64 u64 f64;
}
