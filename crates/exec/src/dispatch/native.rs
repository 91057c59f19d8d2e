//! Instructions of x86-64 that the compiler does not choose: it takes them for useless, or for missing.
//!
//! The only assembly there is. Invariant: what is done here is a matter of speed alone, so other machines go without.

use crate::raw::Destination;
use wasmite_isa::{Scalar, ops};

/// Clears the float register that a result of type `T` goes to, where its old value is not wanted. What comes next writes the lower
/// part of it, and would wait for whatever wrote it last. (LLVM knows of this, but takes arguments that are not read for free.)
#[inline(always)]
pub(crate) fn vacate<T: Scalar, D: Destination>() {
    #[cfg(all(target_arch = "x86_64", tail_dispatch, not(debug_assertions), not(miri)))]
    {
        use wasmite_isa::{Dst, Ty};
        const HOT: u8 = Dst::Hot.form();
        const WARM: u8 = Dst::Warm.form();
        macro_rules! zero {
            ($register:tt) => {
                // SAFETY: I3 and all else that is about memory: the instruction writes a register, which is declared.
                unsafe {
                    core::arch::asm!(
                        concat!("xorps ", $register, ", ", $register),
                        out($register) _,
                        options(nomem, nostack, preserves_flags),
                    );
                }
            };
        }
        // Arguments in the order of `Handler`.
        match (T::TY, D::DIGIT) {
            (Ty::F32, HOT) => zero!("xmm2"),
            (Ty::F32, WARM) => zero!("xmm4"),
            (Ty::F32, _) => zero!("xmm0"),
            (Ty::F64, HOT) => zero!("xmm3"),
            (Ty::F64, WARM) => zero!("xmm5"),
            (Ty::F64, _) => zero!("xmm1"),
            (Ty::I32 | Ty::I64, _) => {}
        }
    }
}

/// Whether this machine has instructions that round, which are younger than x86-64. Only the machine can say yes.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
pub(crate) struct Rounding(bool);

impl Rounding {
    pub(crate) fn of_machine() -> Self {
        #[cfg(all(target_arch = "x86_64", feature = "std"))]
        return Self(!cfg!(miri) && std::is_x86_feature_detected!("sse4.1"));
        #[cfg(not(all(target_arch = "x86_64", feature = "std")))]
        return Self(false);
    }

    /// What `O` makes of `x`, if `O` rounds to an integer and the machine has an instruction for that.
    #[inline(always)]
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables))]
    pub(crate) fn round<O: ops::Unary>(self, x: O::In) -> Option<O::Out> {
        #[cfg(target_arch = "x86_64")]
        if self.0 {
            use wasmite_isa::Op;
            macro_rules! round {
                ($instruction:tt, $float:ty, $mode:literal) => {{
                    let mut x = <$float>::from_slot(x.to_slot());
                    // SAFETY: I3 and all else that is about memory: the instruction changes a register, which is declared. The
                    // machine has it.
                    unsafe {
                        core::arch::asm!(
                            concat!($instruction, " {x}, {x}, ", $mode),
                            x = inlateout(xmm_reg) x,
                            options(pure, nomem, nostack, preserves_flags),
                        );
                    }
                    Some(O::Out::from_slot(x.to_slot()))
                }};
            }
            // Modes without the exception that tells of an inexact result: nobody asks.
            return match O::OP {
                Op::F32Nearest => round!("roundss", f32, 8),
                Op::F32Floor => round!("roundss", f32, 9),
                Op::F32Ceil => round!("roundss", f32, 10),
                Op::F32Trunc => round!("roundss", f32, 11),
                Op::F64Nearest => round!("roundsd", f64, 8),
                Op::F64Floor => round!("roundsd", f64, 9),
                Op::F64Ceil => round!("roundsd", f64, 10),
                Op::F64Trunc => round!("roundsd", f64, 11),
                _ => None,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn agrees<O: ops::Unary>(values: &[u64]) {
        for bits in values {
            let x = || O::In::from_slot(*bits);
            let Some(d) = Rounding::of_machine().round::<O>(x()) else { return };
            let expected = O::eval(x()).unwrap_or_else(|trap| panic!("{trap}"));
            assert_eq!(d.to_slot(), expected.to_slot(), "{:?} of {bits:#x}", O::OP);
        }
    }

    #[test]
    fn instructions_round_as_arithmetic_does() {
        let quarters = (-40..40).map(|n| f64::from(n) / 4.0);
        let large = [23, 24, 52, 53, 62, 100].map(|n| 2_f64.powi(n));
        let near = large.iter().flat_map(|x| [*x, x - 0.5, x - 1.0, -x, 0.5 - x, 1.0 - x]);
        let odd = [-0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -1e-300, f64::MAX];
        let values: Vec<f64> = quarters.chain(near).chain(odd).collect();
        // Quiet and signalling, of either sign.
        let nans = [
            0x7ff8_0000_0000_0001,
            0x7ff0_0000_0000_0001,
            0xfff8_1234_0000_0000,
            0xfff4_0000_0000_0000,
        ];
        let doubles: Vec<u64> = values.iter().map(|x| x.to_bits()).chain(nans).collect();
        let nans = [0x7fc0_0001, 0x7f80_0001, 0xffc1_2340, 0xffa0_0000];
        let singles: Vec<u64> =
            values.iter().map(|x| u64::from((*x as f32).to_bits())).chain(nans).collect();
        agrees::<ops::F32Nearest>(&singles);
        agrees::<ops::F32Floor>(&singles);
        agrees::<ops::F32Ceil>(&singles);
        agrees::<ops::F32Trunc>(&singles);
        agrees::<ops::F64Nearest>(&doubles);
        agrees::<ops::F64Floor>(&doubles);
        agrees::<ops::F64Ceil>(&doubles);
        agrees::<ops::F64Trunc>(&doubles);
    }
}
