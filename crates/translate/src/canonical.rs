//! One op for what several ops do to a constant: fewer different cells, so more of them have a sequence.
//!
//! Not folding: the first operand is not known. Invariant: results are the same for every first operand.

use wasmite_isa::{Op, Src};

/// An op with the constant `bits` as its second operand, as another op with another constant if that one is to be preferred.
#[inline]
pub(crate) fn canonical(op: Op, bits: u64) -> (Op, u64) {
    if may_change(op) { preferred(op, bits) } else { (op, bits) }
}

/// The branch taken where the comparison `op` with `b` as its second operand holds, with that operand.
pub(crate) fn branch(op: Op, b: Src) -> Option<(Op, Src)> {
    let (op, b) = match b {
        Src::Imm(bits) => {
            let (op, bits) = canonical(op, bits);
            (op, Src::Imm(bits))
        }
        b => (op, b),
    };
    Some((op.branch()?, b))
}

/// Whether there are constants with which another op is to be preferred.
#[inline(always)]
fn may_change(op: Op) -> bool {
    use Op::*;
    let narrow = matches!(
        op,
        I32Shl | I32Rotr | I32Sub | I32LeS | I32GeS | I32LeU | I32GeU | I32LtU | I32GtU
    );
    let wide = matches!(
        op,
        I64Shl | I64Rotr | I64Sub | I64LeS | I64GeS | I64LeU | I64GeU | I64LtU | I64GtU
    );
    narrow || wide
}

#[inline(never)]
fn preferred(op: Op, bits: u64) -> (Op, u64) {
    let (narrow, wide) = (bits as u32, bits);
    let narrowly = |op, bits: u32| (op, u64::from(bits));
    let preferred = match op {
        // A multiplication takes fewer machine instructions than a shift by what is in a register.
        Op::I32Shl => narrowly(Op::I32Mul, 1 << (narrow & 31)),
        Op::I64Shl => (Op::I64Mul, 1 << (wide & 63)),
        Op::I32Rotr => narrowly(Op::I32Rotl, 32u32.wrapping_sub(narrow) & 31),
        Op::I64Rotr => (Op::I64Rotl, 64u64.wrapping_sub(wide) & 63),
        Op::I32Sub => narrowly(Op::I32Add, narrow.wrapping_neg()),
        Op::I64Sub => (Op::I64Add, wide.wrapping_neg()),
        Op::I32LeS if narrow as i32 != i32::MAX => narrowly(Op::I32LtS, narrow.wrapping_add(1)),
        Op::I32GeS if narrow as i32 != i32::MIN => narrowly(Op::I32GtS, narrow.wrapping_sub(1)),
        Op::I64LeS if wide as i64 != i64::MAX => (Op::I64LtS, wide.wrapping_add(1)),
        Op::I64GeS if wide as i64 != i64::MIN => (Op::I64GtS, wide.wrapping_sub(1)),
        Op::I32LeU if narrow == 0 => (Op::I32Eq, 0),
        Op::I64LeU if wide == 0 => (Op::I64Eq, 0),
        Op::I32LeU if narrow != u32::MAX => narrowly(Op::I32LtU, narrow + 1),
        Op::I64LeU if wide != u64::MAX => (Op::I64LtU, wide + 1),
        Op::I32LtU if narrow == 1 => (Op::I32Eq, 0),
        Op::I64LtU if wide == 1 => (Op::I64Eq, 0),
        Op::I32GtU if narrow == 0 => (Op::I32Ne, 0),
        Op::I64GtU if wide == 0 => (Op::I64Ne, 0),
        Op::I32GeU if narrow == 1 => (Op::I32Ne, 0),
        Op::I64GeU if wide == 1 => (Op::I64Ne, 0),
        Op::I32GeU if narrow != 0 => narrowly(Op::I32GtU, narrow - 1),
        Op::I64GeU if wide != 0 => (Op::I64GtU, wide - 1),
        _ => return (op, bits),
    };
    let (op_preferred, bits_preferred) = preferred;
    if op_preferred.fits(1, bits_preferred) { preferred } else { (op, bits) }
}

#[cfg(test)]
mod tests {
    use super::{canonical, may_change, preferred};
    use alloc::{format, vec::Vec};
    use wasmite_isa::Op;

    #[test]
    fn canonical_ops_give_the_same_results() {
        let values =
            [0, 1, 2, 31, 32, 33, 63, 64, 65, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
        let wide = values.into_iter().chain([
            1 << 32,
            i64::MAX as u64,
            i64::MIN as u64,
            u64::MAX - 1,
            u64::MAX,
        ]);
        let wide: Vec<u64> = wide.collect();
        let mut changed = 0;
        for op in Op::ALL {
            if op.eval_binary(2, 1).is_none() {
                continue;
            }
            let operands = if op.info().input.is_wide() { &wide[..] } else { &values[..] };
            for constant in operands {
                let (other, bits) = canonical(*op, *constant);
                changed += u32::from(other != *op);
                let same = preferred(*op, *constant) == (*op, *constant);
                assert!(same || may_change(*op), "{op:?} {constant}");
                for value in operands {
                    let (one, two) =
                        (op.eval_binary(*value, *constant), other.eval_binary(*value, bits));
                    assert_eq!(format!("{one:?}"), format!("{two:?}"), "{op:?} {value} {constant}");
                }
            }
        }
        assert!(changed > 100, "{changed}");
    }
}
