//! Constant expressions (spec 3.0, "Constant Expressions"), decoded.
//!
//! Not their evaluation: that needs an instance. Invariant: the ops of a `ConstExpr` are a valid postfix expression
//! that leaves exactly one value.

use crate::{Error, convert};
use alloc::{boxed::Box, vec::Vec};
use core::slice;
use wasmite_core::{FuncIdx, GlobalIdx, HeapType, heap::Grow};
use wasmparser::BinaryReader;

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

    /// Reads an expression, which the validator has accepted if there is one, and its end.
    pub(crate) fn read(reader: &mut BinaryReader<'_>) -> Result<Self, Error> {
        let offset = reader.original_position();
        let first = read_op(reader)?.ok_or_else(|| Error::invalid("empty expression", offset))?;
        let mut ops = Vec::new();
        while let Some(op) = read_op(reader)? {
            if ops.is_empty() {
                ops.try_push(first)?;
            }
            ops.try_push(op)?;
        }
        let ops = if ops.is_empty() { Ops::One(first) } else { Ops::Many(ops.try_into_box()?) };
        Ok(Self { ops })
    }
}

/// Reads an operator, none at the expression's end. The opcodes are those of the spec's "Instructions" in its binary format.
fn read_op(reader: &mut BinaryReader<'_>) -> Result<Option<ConstOp>, Error> {
    let offset = reader.original_position();
    Ok(Some(match reader.read_u8()? {
        0x0b => return Ok(None),
        0x23 => ConstOp::GlobalGet(GlobalIdx(reader.read_var_u32()?)),
        0x41 => ConstOp::I32Const(reader.read_var_i32()?.cast_unsigned()),
        0x42 => ConstOp::I64Const(reader.read_var_i64()?.cast_unsigned()),
        0x43 => ConstOp::F32Const(reader.read_f32()?.bits()),
        0x44 => ConstOp::F64Const(reader.read_f64()?.bits()),
        0x6a => ConstOp::I32Add,
        0x6b => ConstOp::I32Sub,
        0x6c => ConstOp::I32Mul,
        0x7c => ConstOp::I64Add,
        0x7d => ConstOp::I64Sub,
        0x7e => ConstOp::I64Mul,
        0xd0 => {
            ConstOp::RefNull(convert::heap_type(reader.read()?).map_err(|error| error.at(offset))?)
        }
        0xd2 => ConstOp::RefFunc(FuncIdx(reader.read_var_u32()?)),
        _ => {
            let what = "this operator is not supported in constant expressions yet";
            return Err(Error::unsupported(what, offset));
        }
    }))
}
