//! The match over operators; those that take and leave operands of fixed types are done here.
//!
//! Invariant: what is valid takes one way through few comparisons; everything else is out of line.

use super::BodyValidator;
use super::control::Kind;
use super::operand::Type;
use crate::error::Fault;
use crate::operator::{MemArg, Operator, for_each_operator};

/// What an operator does to the operands, as its row in the table says.
enum Effect {
    Constant(Type),
    Unary(Type, Type),
    Binary(Type, Type),
    Load(MemArg, u8, Type),
    Store(MemArg, u8, Type),
    Other,
}

macro_rules! effect {
    (@ constant($to:ident) $value:ident) => {
        Effect::Constant(Type::$to)
    };
    (@ unary($from:ident, $to:ident)) => {
        Effect::Unary(Type::$from, Type::$to)
    };
    (@ binary($from:ident, $to:ident)) => {
        Effect::Binary(Type::$from, Type::$to)
    };
    (@ load($log2:literal, $to:ident) $memarg:ident) => {
        Effect::Load(*$memarg, $log2, Type::$to)
    };
    (@ store($log2:literal, $from:ident) $memarg:ident) => {
        Effect::Store(*$memarg, $log2, Type::$from)
    };
    (@ other $($arg:ident)*) => {
        Effect::Other
    };
    ($($code:literal $name:ident $({ $($arg:ident: $ty:ty = $read:ident),* })?
        $class:ident $(($($of:tt)*))? $(@ $proposal:ident)?;)*) => {
        /// What `operator` does.
        #[inline(always)]
        #[allow(unused_variables, reason = "most immediates do not matter")]
        fn effect(operator: &Operator<'_>) -> Effect {
            match operator {
                $(Operator::$name $({ $($arg),* })? => {
                    effect!(@ $class $(($($of)*))? $($($arg)*)?)
                })*
            }
        }
    };
}

for_each_operator!(effect);

impl BodyValidator<'_> {
    /// Validates the operator at an offset in the module.
    #[inline(always)]
    pub fn operator(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Fault> {
        match effect(operator) {
            Effect::Constant(to) => self.push(to),
            Effect::Unary(from, to) => self.unary(from, to, offset),
            Effect::Binary(from, to) => self.binary(from, to, offset),
            Effect::Load(memarg, log2, to) => {
                let address = self.access(memarg, log2, offset)?;
                self.unary(address, to, offset)
            }
            Effect::Store(memarg, log2, from) => {
                let address = self.access(memarg, log2, offset)?;
                self.pop(from, offset)?;
                self.pop(address, offset)
            }
            Effect::Other => self.other(operator, offset),
        }
    }

    /// The same, once for all visitors.
    #[inline(never)]
    pub(crate) fn step(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Fault> {
        self.operator(operator, offset)
    }

    /// Validates an `i32.const` and the operator at `offset` after it, which takes two `i32` and leaves one.
    #[inline(always)]
    pub(crate) fn operator_on_constant(&mut self, offset: usize) -> Result<(), Fault> {
        if self.operands.last() == Some(&Type::I32) {
            return Ok(());
        }
        self.push(Type::I32)?;
        self.binary(Type::I32, Type::I32, offset)
    }

    #[inline(always)]
    fn unary(&mut self, from: Type, to: Type, offset: usize) -> Result<(), Fault> {
        match self.operands.last_mut() {
            Some(top) if *top == from => {
                *top = to;
                Ok(())
            }
            _ => self.replace(&[from], to, offset),
        }
    }

    #[inline(always)]
    fn binary(&mut self, from: Type, to: Type, offset: usize) -> Result<(), Fault> {
        match self.operands.as_mut_slice() {
            [.., left, right] if *left == from && *right == from => {
                *left = to;
                self.operands.pop();
                Ok(())
            }
            _ => self.replace(&[from, from], to, offset),
        }
    }

    #[inline(always)]
    fn other(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Fault> {
        match *operator {
            Operator::Nop => Ok(()),
            Operator::Unreachable => {
                self.leave();
                Ok(())
            }
            Operator::Block { blockty } => self.open(Kind::Block, blockty, offset),
            Operator::Loop { blockty } => self.open(Kind::Loop, blockty, offset),
            Operator::If { blockty } => self.open(Kind::If, blockty, offset),
            Operator::Else => self.else_(offset),
            Operator::End => self.end(offset),
            Operator::Br { relative_depth } => self.br(relative_depth, offset),
            Operator::BrIf { relative_depth } => self.br_if(relative_depth, offset),
            Operator::BrTable { ref targets } => self.br_table(targets, offset),
            Operator::Return => self.return_(offset),
            Operator::Call { function_index } => {
                let ty = self.callee(function_index, offset)?;
                self.call(ty, offset)
            }
            Operator::CallIndirect { type_index, table_index } => {
                let ty = self.callee_in_table(type_index, table_index, offset)?;
                self.call(ty, offset)
            }
            Operator::ReturnCall { function_index } => {
                let ty = self.callee(function_index, offset)?;
                self.tail_call(ty, offset)
            }
            Operator::ReturnCallIndirect { type_index, table_index } => {
                let ty = self.callee_in_table(type_index, table_index, offset)?;
                self.tail_call(ty, offset)
            }
            Operator::Drop => self.pop_any(Type::Unknown, offset).map(drop),
            Operator::Select => self.select(offset),
            Operator::TypedSelect { ty } => {
                let ty = ty.into();
                self.replace(&[ty, ty, Type::I32], ty, offset)
            }
            Operator::LocalGet { local_index } => {
                let ty = self.local(local_index, offset)?;
                self.push(ty)
            }
            Operator::LocalSet { local_index } => {
                let ty = self.local(local_index, offset)?;
                self.pop(ty, offset)
            }
            Operator::LocalTee { local_index } => {
                let ty = self.local(local_index, offset)?;
                self.unary(ty, ty, offset)
            }
            Operator::GlobalGet { global_index } => {
                let (ty, _) = self.global(global_index, offset)?;
                self.push(ty)
            }
            Operator::GlobalSet { global_index } => self.global_set(global_index, offset),
            _ => self.rare(operator, offset),
        }
    }

    /// Takes operands of types `from`, the first of which is lowest, and leaves one of type `to`.
    #[cold]
    pub(super) fn replace(&mut self, from: &[Type], to: Type, offset: usize) -> Result<(), Fault> {
        self.take(from, offset)?;
        self.push(to)
    }

    /// Takes operands of types `from`, the first of which is lowest.
    pub(super) fn take(&mut self, from: &[Type], offset: usize) -> Result<(), Fault> {
        from.iter().rev().try_for_each(|from| self.pop(*from, offset))
    }
}
