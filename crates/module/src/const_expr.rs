//! Constant expressions (spec 3.0, "Constant Expressions"), decoded.
//!
//! Not their evaluation: that needs an instance. Invariant: the ops of a `ConstExpr` are a valid postfix expression
//! that leaves exactly one value.

use crate::error::Fault;
use crate::operator::unknown;
use crate::reader::Reader;
use crate::validator::Typing;
use alloc::{boxed::Box, vec::Vec};
use core::slice;
use wasmite_core::{FuncIdx, GlobalIdx, HeapType, heap::Grow};

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

    /// Reads an expression and its end, each operator typed right away if somebody types them.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        mut typing: Option<Typing<'_>>,
    ) -> Result<Self, Fault> {
        let (mut first, mut ops) = (None, Vec::new());
        loop {
            let offset = reader.offset();
            let op = read_op(reader)?;
            if let Some(typing) = &mut typing {
                typing.step(op, offset)?;
            }
            match (op, first) {
                (Some(op), None) => first = Some(op),
                (Some(op), Some(first)) => {
                    if ops.is_empty() {
                        ops.try_push(first)?;
                    }
                    ops.try_push(op)?;
                }
                (None, Some(first)) => {
                    let many = !ops.is_empty();
                    let ops = if many { Ops::Many(ops.try_into_box()?) } else { Ops::One(first) };
                    return Ok(Self { ops });
                }
                (None, None) => return Err(Fault::invalid("empty expression", offset)),
            }
        }
    }
}

/// Reads an operator, none at the expression's end. The opcodes are those of the spec's "Instructions" in its binary format.
fn read_op(reader: &mut Reader<'_>) -> Result<Option<ConstOp>, Fault> {
    const NOT_CONSTANT: &str = "constant expression required: non-constant operator";
    let offset = reader.offset();
    Ok(Some(match reader.byte()? {
        0x0b => return Ok(None),
        0x23 => ConstOp::GlobalGet(GlobalIdx(reader.u32()?)),
        0x41 => ConstOp::I32Const(reader.i32()?.cast_unsigned()),
        0x42 => ConstOp::I64Const(reader.i64()?.cast_unsigned()),
        0x43 => ConstOp::F32Const(reader.f32()?),
        0x44 => ConstOp::F64Const(reader.f64()?),
        0x6a => ConstOp::I32Add,
        0x6b => ConstOp::I32Sub,
        0x6c => ConstOp::I32Mul,
        0x7c => ConstOp::I64Add,
        0x7d => ConstOp::I64Sub,
        0x7e => ConstOp::I64Mul,
        0xd0 => ConstOp::RefNull(reader.null_type()?.heap),
        0xd2 => ConstOp::RefFunc(FuncIdx(reader.u32()?)),
        // Proposals that have constants of their own.
        opcode @ (0xfb | 0xfd) => return Err(unknown(opcode.into(), offset)),
        _ => return Err(Fault::invalid(NOT_CONSTANT, offset)),
    }))
}
