//! Evaluation of constant expressions (spec 3.0, "Constant Expressions").
//!
//! Not decoding or validation, which module has done. Invariant: evaluation has no effects, so that it can be done when
//! the value is needed.

use crate::{Error, entity::InstanceEntity};
use alloc::vec::Vec;
use wasmite_core::heap::Grow;
use wasmite_isa::eval;
use wasmite_module::{ConstExpr, ConstOp};

/// The slot value of `expr` in `instance`; `globals` are the cells of its store. Globals and functions that `expr` names
/// must have been made.
pub(crate) fn evaluate(
    expr: &ConstExpr,
    instance: &InstanceEntity,
    globals: &[u64],
) -> Result<u64, Error> {
    let [.., last] = expr.ops() else { return Ok(0) };
    if expr.ops().len() == 1 {
        return Ok(leaf(*last, instance, globals));
    }
    let mut stack = Vec::new();
    stack.try_reserve_exact(expr.ops().len())?;
    for op in expr.ops() {
        let value = match op {
            ConstOp::I32Add => binary32(&mut stack, eval::i32_add),
            ConstOp::I32Sub => binary32(&mut stack, eval::i32_sub),
            ConstOp::I32Mul => binary32(&mut stack, eval::i32_mul),
            ConstOp::I64Add => binary64(&mut stack, eval::i64_add),
            ConstOp::I64Sub => binary64(&mut stack, eval::i64_sub),
            ConstOp::I64Mul => binary64(&mut stack, eval::i64_mul),
            _ => leaf(*op, instance, globals),
        };
        stack.put(value);
    }
    Ok(pop(&mut stack))
}

/// The slot value of an expression of reference type: always a single operator, so this cannot fail.
pub(crate) fn reference(expr: &ConstExpr, instance: &InstanceEntity, globals: &[u64]) -> u64 {
    expr.ops().last().map_or(0, |op| leaf(*op, instance, globals))
}

/// The value of an operator without operands.
fn leaf(op: ConstOp, instance: &InstanceEntity, globals: &[u64]) -> u64 {
    match op {
        ConstOp::I32Const(bits) | ConstOp::F32Const(bits) => bits.into(),
        ConstOp::I64Const(bits) | ConstOp::F64Const(bits) => bits,
        ConstOp::GlobalGet(global) => globals[instance.global_addr(global) as usize],
        ConstOp::RefFunc(func) => instance.func_ref(func),
        // Null; and operators with operands, which a valid expression does not have here.
        _ => 0,
    }
}

fn binary32(stack: &mut Vec<u64>, op: fn(u32, u32) -> u32) -> u64 {
    let b = pop(stack) as u32;
    let a = pop(stack) as u32;
    op(a, b).into()
}

fn binary64(stack: &mut Vec<u64>, op: fn(u64, u64) -> u64) -> u64 {
    let b = pop(stack);
    let a = pop(stack);
    op(a, b)
}

/// A valid expression never finds the stack empty.
fn pop(stack: &mut Vec<u64>) -> u64 {
    stack.pop().unwrap_or_default()
}
