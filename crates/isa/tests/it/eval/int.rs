//! `i32` and `i64` operators: one model in wide integers serves both widths.

use super::{any_bits, boundary_integers};
use proptest::prelude::*;
use wasmite_core::Trap;
use wasmite_isa::eval;

/// An operand as the model sees it: its width and its two readings.
#[derive(Clone, Copy)]
struct Operand {
    width: u32,
    unsigned: i128,
    signed: i128,
}

impl Operand {
    fn new(bits: u64, width: u32) -> Operand {
        let modulus = 1_i128 << width;
        let unsigned = i128::from(bits) % modulus;
        let signed = if unsigned < modulus / 2 { unsigned } else { unsigned - modulus };
        Operand { width, unsigned, signed }
    }

    fn bit(self, index: u32) -> bool {
        self.unsigned >> index & 1 == 1
    }

    fn count(self) -> u32 {
        (self.unsigned % i128::from(self.width)) as u32
    }

    /// The operand's low bits as a signed number.
    fn low_signed(self, width: u32) -> i128 {
        Operand::new(self.unsigned as u64, width).signed
    }

    /// The bits twice over: a rotation is a window into them.
    fn twice(self) -> u128 {
        self.unsigned as u128 | (self.unsigned as u128) << self.width
    }
}

type Outcome = Result<u64, Trap>;

/// One operator in both widths with its model. Unary operators ignore the second operand.
struct Row {
    name: &'static str,
    i32: fn(u32, u32) -> Outcome,
    i64: fn(u64, u64) -> Outcome,
    model: fn(Operand, Operand) -> Result<i128, Trap>,
}

macro_rules! rows {
    ($($kind:ident $i32:ident $i64:ident = |$a:pat_param, $b:pat_param| $model:expr;)*) => {
        vec![$(Row {
            name: stringify!($i64),
            i32: |a, b| rows!(@$kind eval::$i32, a, b),
            i64: |a, b| rows!(@$kind eval::$i64, a, b),
            model: |$a, $b| rows!(@model $kind $model),
        }),*]
    };
    (@binary $op:path, $a:ident, $b:ident) => { Ok(u64::from($op($a, $b))) };
    (@unary $op:path, $a:ident, $b:ident) => {{ let _ = $b; Ok(u64::from($op($a))) }};
    (@traps $op:path, $a:ident, $b:ident) => { $op($a, $b).map(u64::from) };
    (@model traps $model:expr) => { $model };
    (@model $kind:ident $model:expr) => { Ok(i128::from($model)) };
}

fn division(a: i128, b: i128, width: u32) -> Result<i128, Trap> {
    match a.checked_div(b) {
        None => Err(Trap::IntegerDivideByZero),
        Some(quotient) if a < 0 && b < 0 && quotient >> (width - 1) != 0 => {
            Err(Trap::IntegerOverflow)
        }
        Some(quotient) => Ok(quotient),
    }
}

fn remainder(a: i128, b: i128) -> Result<i128, Trap> {
    a.checked_rem(b).ok_or(Trap::IntegerDivideByZero)
}

fn rows() -> Vec<Row> {
    rows! {
        binary i32_add i64_add = |a, b| a.unsigned + b.unsigned;
        binary i32_sub i64_sub = |a, b| a.unsigned - b.unsigned;
        binary i32_mul i64_mul = |a, b| a.signed * b.signed;
        traps i32_div_s i64_div_s = |a, b| division(a.signed, b.signed, a.width);
        traps i32_div_u i64_div_u = |a, b| division(a.unsigned, b.unsigned, a.width);
        traps i32_rem_s i64_rem_s = |a, b| remainder(a.signed, b.signed);
        traps i32_rem_u i64_rem_u = |a, b| remainder(a.unsigned, b.unsigned);
        binary i32_and i64_and = |a, b| by_bit(a, |k| a.bit(k) && b.bit(k));
        binary i32_or i64_or = |a, b| by_bit(a, |k| a.bit(k) || b.bit(k));
        binary i32_xor i64_xor = |a, b| by_bit(a, |k| a.bit(k) != b.bit(k));
        binary i32_shl i64_shl = |a, b| a.signed << b.count();
        binary i32_shr_s i64_shr_s = |a, b| a.signed.div_euclid(1 << b.count());
        binary i32_shr_u i64_shr_u = |a, b| a.unsigned / (1 << b.count());
        binary i32_rotl i64_rotl = |a, b| (a.twice() >> (a.width - b.count())) as i128;
        binary i32_rotr i64_rotr = |a, b| (a.twice() >> b.count()) as i128;
        unary i32_clz i64_clz = |a, _| (0..a.width).rev().take_while(|k| !a.bit(*k)).count() as i128;
        unary i32_ctz i64_ctz = |a, _| (0..a.width).take_while(|k| !a.bit(*k)).count() as i128;
        unary i32_popcnt i64_popcnt = |a, _| (0..a.width).filter(|k| a.bit(*k)).count() as i128;
        binary i32_eq i64_eq = |a, b| a.signed == b.signed;
        binary i32_ne i64_ne = |a, b| a.signed != b.signed;
        binary i32_lt_s i64_lt_s = |a, b| a.signed < b.signed;
        binary i32_lt_u i64_lt_u = |a, b| a.unsigned < b.unsigned;
        binary i32_gt_s i64_gt_s = |a, b| a.signed > b.signed;
        binary i32_gt_u i64_gt_u = |a, b| a.unsigned > b.unsigned;
        binary i32_le_s i64_le_s = |a, b| a.signed <= b.signed;
        binary i32_le_u i64_le_u = |a, b| a.unsigned <= b.unsigned;
        binary i32_ge_s i64_ge_s = |a, b| a.signed >= b.signed;
        binary i32_ge_u i64_ge_u = |a, b| a.unsigned >= b.unsigned;
        unary i32_extend8_s i64_extend8_s = |a, _| a.low_signed(8);
        unary i32_extend16_s i64_extend16_s = |a, _| a.low_signed(16);
    }
}

fn by_bit(shape: Operand, bit: impl Fn(u32) -> bool) -> i128 {
    (0..shape.width).map(|k| i128::from(bit(k)) << k).sum()
}

/// Runs every operator of both widths on one pair.
fn check(rows: &[Row], a: u64, b: u64) {
    for row in rows {
        let model = |width: u32| {
            let result = (row.model)(Operand::new(a, width), Operand::new(b, width))?;
            Ok(result.rem_euclid(1 << width) as u64)
        };
        assert_eq!(
            (row.i32)(a as u32, b as u32),
            model(32),
            "{} in 32 bits, {a:#x}, {b:#x}",
            row.name
        );
        assert_eq!((row.i64)(a, b), model(64), "{}, {a:#x}, {b:#x}", row.name);
    }
}

#[test]
fn boundaries() {
    let (rows, values) = (rows(), boundary_integers());
    for &a in &values {
        values.iter().for_each(|&b| check(&rows, a, b));
    }
}

#[test]
fn division_by_the_letter() {
    let (min32, min64) = (i32::MIN as u32, i64::MIN as u64);
    assert_eq!(eval::i32_div_s(min32, u32::MAX), Err(Trap::IntegerOverflow));
    assert_eq!(eval::i64_div_s(min64, u64::MAX), Err(Trap::IntegerOverflow));
    assert_eq!(eval::i32_div_s(min32, 0), Err(Trap::IntegerDivideByZero));
    assert_eq!(eval::i64_div_s(min64, 0), Err(Trap::IntegerDivideByZero));
    assert_eq!(eval::i32_rem_s(min32, u32::MAX), Ok(0));
    assert_eq!(eval::i64_rem_s(min64, u64::MAX), Ok(0));
    assert_eq!(eval::i32_rem_s(-7_i32 as u32, 2), Ok(-1_i32 as u32));
    assert_eq!(eval::i64_div_u(u64::MAX, 0), Err(Trap::IntegerDivideByZero));
    assert_eq!(eval::i64_rem_u(u64::MAX, 0), Err(Trap::IntegerDivideByZero));
}

proptest! {
    #[test]
    fn random(pairs in prop::collection::vec((any_bits(), any_bits()), 64)) {
        let rows = rows();
        pairs.into_iter().for_each(|(a, b)| check(&rows, a, b));
    }
}
