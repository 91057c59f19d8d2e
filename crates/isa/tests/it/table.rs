//! The table: relations between ops are mutual, opcodes survive their encoding.

use wasmite_isa::shape::Imm;
use wasmite_isa::{Op, Opcode, Ty};

#[test]
fn ops_are_numbered_in_order() {
    for (index, op) in Op::ALL.iter().enumerate() {
        assert_eq!(*op as usize, index);
        assert_eq!(op.name(), format!("{op:?}"));
    }
}

#[test]
fn opcodes_survive_their_encoding() {
    let mut seen = 0;
    for op in Op::ALL {
        for form in 0..op.shape().forms() {
            let opcode = Opcode { op: *op, form };
            assert_eq!(Opcode::from_word(opcode.word()), Some(opcode));
            seen += 1;
        }
        let beyond = Opcode { op: *op, form: op.shape().forms() };
        assert_eq!(Opcode::from_word(beyond.word()), None);
    }
    assert!(seen > 2000);
    assert_eq!(Opcode::from_word(Op::ALL.len() as u64), None);
}

#[test]
fn negation_and_swapping_undo_themselves() {
    let values = |ty: Ty| -> &'static [u64] {
        match ty {
            Ty::F32 => &[0, 0x3f80_0000, 0xbf80_0000, 0x7fc0_0000, 0x8000_0000],
            Ty::F64 => &[0, 0x3ff0 << 48, 0xbff0 << 48, 0x7ff8 << 48, 1 << 63],
            Ty::I32 => &[0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff],
            Ty::I64 => &[0, 1, u64::MAX >> 1, 1 << 63, u64::MAX],
        }
    };
    let mut comparisons = 0;
    for op in Op::ALL.iter().filter(|op| op.negated().is_some()) {
        let negated = op.negated().expect("filtered");
        let swapped = op.swapped().expect("comparisons can be swapped");
        assert_eq!(negated.negated(), Some(*op));
        assert_eq!(swapped.swapped(), Some(*op));
        assert!(op.branch().is_some(), "{op:?} has a branch");
        for a in values(op.info().input) {
            for b in values(op.info().input) {
                let verdict = op.eval_binary(*a, *b);
                assert_ne!(negated.eval_binary(*a, *b), verdict, "{op:?} {a:#x} {b:#x}");
                assert_eq!(swapped.eval_binary(*b, *a), verdict, "{op:?} {a:#x} {b:#x}");
            }
        }
        comparisons += 1;
    }
    assert_eq!(comparisons, 40);
}

#[test]
fn commuting_ops_commute() {
    for op in Op::ALL.iter().filter(|op| op.info().commutes) {
        for (a, b) in [(3, 5), (0, u64::MAX), (1 << 63, 7), (0xffff_ffff, 1)] {
            assert_eq!(op.eval_binary(a, b), op.eval_binary(b, a), "{op:?}");
        }
    }
}

#[test]
fn loads_and_stores_have_all_variants() {
    let plain: Vec<_> = Op::ALL.iter().filter(|op| op.access_size().is_some()).collect();
    assert_eq!(plain.len(), 14 + 9);
    for op in plain {
        assert!(op.indexed().is_some() && op.general().is_some(), "{op:?}");
    }
}

#[test]
fn narrow_immediates_leave_the_first_two_slots_alone() {
    for op in Op::ALL {
        for src in op.shape().srcs {
            if let Imm::Narrow(byte) = src.imm {
                // A slot or a destination may be in those, whatever the immediate's place.
                assert!(byte % 4 == 0 && byte >= 12, "{op:?}");
            }
        }
    }
}
