//! WebAssembly's operators, each mapped to what translates it.
//!
//! Nothing is decided here.

use crate::Error;
use crate::function::FuncTranslator;
use wasmite_isa::{Op, Ty};
use wasmite_module::Operator;

/// One match over all operators: those whose name is an op's, by what translates them, then the rest.
macro_rules! operators {
    (
        match $self:ident, $operator:ident;
        $($method:ident($($arg:ident)?): [$($name:ident)*])*
        { $($rest:tt)* }
    ) => {
        operators!(@ $self, $operator, [$($method ($($arg)?) [$($name)*])*] { $($rest)* })
    };
    (@ $self:ident, $operator:ident,
        [
            $unary:ident () [$($u:ident)*]
            $binary:ident () [$($b:ident)*]
            $compare:ident () [$($c:ident)*]
            $wide:ident () [$($w:ident)*]
            $load:ident (memarg) [$($l:ident)*]
            $store:ident (memarg) [$($s:ident)*]
        ] { $($rest:tt)* }
    ) => {
        match *$operator {
            $(Operator::$u => $self.$unary(Op::$u),)*
            $(Operator::$b => $self.$binary(Op::$b),)*
            $(Operator::$c => $self.$compare(Op::$c),)*
            $(Operator::$w => $self.$wide(Op::$w),)*
            $(Operator::$l { memarg } => $self.$load(Op::$l, memarg),)*
            $(Operator::$s { memarg } => $self.$store(Op::$s, memarg),)*
            $($rest)*
        }
    };
}

/// The op of an operator that takes two `i32` and leaves one.
#[inline(always)]
pub(crate) fn op_on_i32(operator: &Operator<'_>) -> Op {
    macro_rules! ops {
        ($($name:ident)*) => {
            match operator {
                $(Operator::$name => Op::$name,)*
                _ => unreachable!("no operator on two `i32`"),
            }
        };
    }
    ops! {
        I32Add I32Sub I32Mul I32DivS I32DivU I32RemS I32RemU I32And I32Or I32Xor
        I32Shl I32ShrS I32ShrU I32Rotl I32Rotr
        I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU I32LeS I32LeU I32GeS I32GeU
    }
}

impl FuncTranslator<'_> {
    /// Translates one operator of validated code that is reached, or ends what is not. Inlined where the operator is known, so
    /// that nothing is left of the match.
    #[inline(always)]
    pub(crate) fn translate(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        operators! {
            match self, operator;
            unary(): [
                I32Clz I32Ctz I32Popcnt I32Extend8S I32Extend16S
                I64Clz I64Ctz I64Popcnt I64Extend8S I64Extend16S I64Extend32S
                I32WrapI64 I64ExtendI32S
                F32Abs F32Neg F32Ceil F32Floor F32Trunc F32Nearest F32Sqrt
                F64Abs F64Neg F64Ceil F64Floor F64Trunc F64Nearest F64Sqrt
                I32TruncF32S I32TruncF32U I32TruncF64S I32TruncF64U
                I64TruncF32S I64TruncF32U I64TruncF64S I64TruncF64U
                I32TruncSatF32S I32TruncSatF32U I32TruncSatF64S I32TruncSatF64U
                I64TruncSatF32S I64TruncSatF32U I64TruncSatF64S I64TruncSatF64U
                F32ConvertI32S F32ConvertI32U F32ConvertI64S F32ConvertI64U
                F64ConvertI32S F64ConvertI32U F64ConvertI64S F64ConvertI64U
                F32DemoteF64 F64PromoteF32
                I32ReinterpretF32 I64ReinterpretF64 F32ReinterpretI32 F64ReinterpretI64
            ]
            binary(): [
                I32Add I32Sub I32Mul I32DivS I32DivU I32RemS I32RemU I32And I32Or I32Xor
                I32Shl I32ShrS I32ShrU I32Rotl I32Rotr
                I64Add I64Sub I64Mul I64DivS I64DivU I64RemS I64RemU I64And I64Or I64Xor
                I64Shl I64ShrS I64ShrU I64Rotl I64Rotr
                F32Add F32Sub F32Mul F32Div F32Min F32Max F32Copysign
                F64Add F64Sub F64Mul F64Div F64Min F64Max F64Copysign
            ]
            binary(): [
                I32Eq I32Ne I32LtS I32LtU I32GtS I32GtU I32LeS I32LeU I32GeS I32GeU
                I64Eq I64Ne I64LtS I64LtU I64GtS I64GtU I64LeS I64LeU I64GeS I64GeU
                F32Eq F32Ne F32Lt F32Gt F32Le F32Ge F64Eq F64Ne F64Lt F64Gt F64Le F64Ge
            ]
            wide(): [I64Add128 I64Sub128 I64MulWideS I64MulWideU]
            load(memarg): [
                I32Load I32Load8S I32Load8U I32Load16S I32Load16U
                I64Load I64Load8S I64Load8U I64Load16S I64Load16U I64Load32S I64Load32U
                F32Load F64Load
            ]
            store(memarg): [
                I32Store I32Store8 I32Store16 I64Store I64Store8 I64Store16 I64Store32
                F32Store F64Store
            ]
            {
                Operator::I32Const { value } => self.constant(Ty::I32, u64::from(value as u32)),
                Operator::I64Const { value } => self.constant(Ty::I64, value as u64),
                Operator::F32Const { value } => self.constant(Ty::F32, value.into()),
                Operator::F64Const { value } => self.constant(Ty::F64, value),
                Operator::I64ExtendI32U => self.extend_unsigned(),
                Operator::I32Eqz => self.eqz(Op::I32Eq),
                Operator::I64Eqz | Operator::RefIsNull => self.eqz(Op::I64Eq),
                Operator::RefNull { .. } => self.constant(Ty::I64, 0),
                Operator::Drop => {
                    self.pop_pending();
                }
                Operator::Select | Operator::TypedSelect { .. } => self.select(),
                Operator::LocalGet { local_index } => self.local_get(local_index),
                Operator::LocalSet { local_index } => self.local_set(local_index),
                Operator::LocalTee { local_index } => self.local_tee(local_index),
                Operator::GlobalGet { global_index } => self.global_get(global_index),
                Operator::GlobalSet { global_index } => self.global_set(global_index),
                _ => return self.control_operator(operator),
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn control_operator(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        match *operator {
            Operator::Nop => {}
            Operator::Unreachable => {
                self.asm.emit(Op::Unreachable, &[], None, &[]);
                self.leave();
            }
            Operator::Block { blockty } => self.block(blockty)?,
            Operator::Loop { blockty } => self.loop_(blockty)?,
            Operator::If { blockty } => self.if_(blockty)?,
            Operator::Else => self.else_(),
            Operator::End => self.end()?,
            Operator::Br { relative_depth } => self.br(relative_depth)?,
            Operator::BrIf { relative_depth } => self.br_if(relative_depth)?,
            Operator::BrTable { ref targets } => self.br_table(targets)?,
            Operator::Return => self.ret(),
            Operator::Call { function_index } => self.call(function_index),
            Operator::CallIndirect { type_index, table_index } => {
                self.call_indirect(type_index, table_index);
            }
            Operator::ReturnCall { function_index } => self.tail_call(function_index),
            Operator::ReturnCallIndirect { type_index, table_index } => {
                self.tail_call_indirect(type_index, table_index);
            }
            _ => return self.bulk_operator(operator),
        }
        Ok(())
    }

    #[inline(always)]
    fn bulk_operator(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        match *operator {
            Operator::MemorySize { mem } => self.memory_size(mem),
            Operator::MemoryGrow { mem } => {
                self.cold(Op::MemoryGrow, mem, 0, Some(self.memory_ty(mem)))
            }
            Operator::MemoryFill { mem } => self.bulk(Op::MemoryFill, [0, 0, 0, mem.into()]),
            Operator::MemoryCopy { dst_mem, src_mem } => {
                self.bulk(Op::MemoryCopy, [0, 0, 0, dst_mem.into(), src_mem.into()]);
            }
            Operator::MemoryInit { data_index, mem } => {
                self.bulk(Op::MemoryInit, [0, 0, 0, mem.into(), data_index.into()]);
            }
            Operator::DataDrop { data_index } => self.cold(Op::DataDrop, data_index, 0, None),
            Operator::TableGet { table } => self.table_get(table),
            Operator::TableSet { table } => self.table_set(table),
            Operator::TableSize { table } => {
                self.emit_result(Op::TableSize, &[], self.table_ty(table), &[table.into()]);
            }
            Operator::TableGrow { table } => {
                self.cold(Op::TableGrow, table, 0, Some(self.table_ty(table)))
            }
            Operator::TableFill { table } => self.bulk(Op::TableFill, [0, 0, 0, table.into()]),
            Operator::TableCopy { dst_table, src_table } => {
                self.cold(Op::TableCopy, dst_table, src_table, None);
            }
            Operator::TableInit { elem_index, table } => {
                self.cold(Op::TableInit, table, elem_index, None)
            }
            Operator::ElemDrop { elem_index } => self.cold(Op::ElemDrop, elem_index, 0, None),
            Operator::RefFunc { function_index } => {
                self.emit_result(Op::RefFunc, &[], Ty::I64, &[function_index.into()]);
            }
            // All others have been matched.
            _ => {}
        }
        Ok(())
    }

    /// Keeps count of blocks in unreachable code; whether the operator is to be translated all the same.
    pub(crate) fn unreachable_operator(&mut self, operator: &Operator<'_>) -> Result<bool, Error> {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.loops_seen += usize::from(matches!(operator, Operator::Loop { .. }));
                self.skip_block()?;
                Ok(false)
            }
            Operator::Else => Ok(self.skipped == 0),
            Operator::End if self.skipped == 0 => Ok(true),
            Operator::End => {
                self.skipped -= 1;
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}
