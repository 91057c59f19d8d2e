//! Constant expressions (spec 3.0, "Constant Expressions"), decoded.
//!
//! Not their evaluation: that needs an instance. Invariant: the ops of a `ConstExpr` are a valid postfix expression
//! that leaves exactly one value.

use crate::{Error, convert};
use alloc::{boxed::Box, vec::Vec};
use core::slice;
use wasmite_core::{FuncIdx, GlobalIdx, HeapType, heap::Grow};
use wasmparser::Operator;

/// An operator of a constant expression. Floats are their bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum ConstOp {
    I32Const(u32),
    I64Const(u64),
    F32Const(u32),
    F64Const(u64),
    GlobalGet(GlobalIdx),
    RefNull(HeapType),
    RefFunc(FuncIdx),
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

/// A constant expression: operators in postfix order, without the final `end`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstExpr {
    ops: Ops,
}

/// Nearly all constant expressions have one operator; element segments have many such expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Ops {
    One(ConstOp),
    Many(Box<[ConstOp]>),
}

impl ConstExpr {
    /// The operators in postfix order.
    #[inline]
    pub fn ops(&self) -> &[ConstOp] {
        match &self.ops {
            Ops::One(op) => slice::from_ref(op),
            Ops::Many(ops) => ops,
        }
    }

    /// The functions it makes references to.
    pub(crate) fn func_refs(&self) -> impl Iterator<Item = FuncIdx> {
        self.ops().iter().filter_map(|op| match op {
            ConstOp::RefFunc(func) => Some(*func),
            _ => None,
        })
    }

    /// Decodes an expression that the validator has accepted.
    pub(crate) fn decode(expr: &wasmparser::ConstExpr<'_>) -> Result<Self, Error> {
        let mut reader = expr.get_operators_reader();
        let (operator, offset) = reader.read_with_offset()?;
        let first = decode_op(operator, offset)?;
        let mut ops = Vec::new();
        loop {
            let (operator, offset) = reader.read_with_offset()?;
            if matches!(operator, Operator::End) {
                break;
            }
            if ops.is_empty() {
                ops.try_push(first)?;
            }
            ops.try_push(decode_op(operator, offset)?)?;
        }
        let ops = if ops.is_empty() { Ops::One(first) } else { Ops::Many(ops.try_into_box()?) };
        Ok(Self { ops })
    }
}

fn decode_op(operator: Operator<'_>, offset: u64) -> Result<ConstOp, Error> {
    Ok(match operator {
        Operator::I32Const { value } => ConstOp::I32Const(value.cast_unsigned()),
        Operator::I64Const { value } => ConstOp::I64Const(value.cast_unsigned()),
        Operator::F32Const { value } => ConstOp::F32Const(value.bits()),
        Operator::F64Const { value } => ConstOp::F64Const(value.bits()),
        Operator::GlobalGet { global_index } => ConstOp::GlobalGet(GlobalIdx(global_index)),
        Operator::RefNull { hty } => {
            ConstOp::RefNull(convert::heap_type(hty).map_err(|error| error.at(offset))?)
        }
        Operator::RefFunc { function_index } => ConstOp::RefFunc(FuncIdx(function_index)),
        Operator::I32Add => ConstOp::I32Add,
        Operator::I32Sub => ConstOp::I32Sub,
        Operator::I32Mul => ConstOp::I32Mul,
        Operator::I64Add => ConstOp::I64Add,
        Operator::I64Sub => ConstOp::I64Sub,
        Operator::I64Mul => ConstOp::I64Mul,
        _ => {
            let what = "this operator is not supported in constant expressions yet";
            return Err(Error::unsupported(what, offset));
        }
    })
}
