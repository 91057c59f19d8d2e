//! THE TABLE: one row per op. Everything else about ops derives from it: the enum, the marker types with their
//! semantics ([`crate::ops`]), encoding, printing, constant folding, and the engine's handlers.
//!
//! A row is `Family Name (operands)`; the family names the shape here and the generic handler in the engine.
//! Not here: operand forms and cell layout ([`crate::shape`]), numeric semantics ([`crate::eval`]).

use crate::scalar::{Scalar, Ty};
use crate::shape::{self, Shape};

/// Calls the macro `$callback` with every row of the table, in order.
#[macro_export]
#[rustfmt::skip]
macro_rules! for_each_op {
    ($callback:path) => { $callback! {
        // Copies and constants, by immediate width and accumulator class.
        Copy Copy32 (u32);
        Copy Copy64 (u64);
        Copy CopyF32 (f32);
        Copy CopyF64 (f64);
        // One operand.
        Unary I32Clz (u32 -> u32 = i32_clz);
        Unary I32Ctz (u32 -> u32 = i32_ctz);
        Unary I32Popcnt (u32 -> u32 = i32_popcnt);
        Unary I32Extend8S (u32 -> u32 = i32_extend8_s);
        Unary I32Extend16S (u32 -> u32 = i32_extend16_s);
        Unary I64Clz (u64 -> u64 = i64_clz);
        Unary I64Ctz (u64 -> u64 = i64_ctz);
        Unary I64Popcnt (u64 -> u64 = i64_popcnt);
        Unary I64Extend8S (u64 -> u64 = i64_extend8_s);
        Unary I64Extend16S (u64 -> u64 = i64_extend16_s);
        Unary I64Extend32S (u64 -> u64 = i64_extend32_s);
        Unary I32WrapI64 (u64 -> u32 = i32_wrap_i64);
        Unary I64ExtendI32S (u32 -> u64 = i64_extend_i32_s);
        Unary I64ExtendI32U (u32 -> u64 = i64_extend_i32_u);
        Unary F32Abs (f32 -> f32 = f32_abs);
        Unary F32Neg (f32 -> f32 = f32_neg);
        Unary F32Ceil (f32 -> f32 = f32_ceil);
        Unary F32Floor (f32 -> f32 = f32_floor);
        Unary F32Trunc (f32 -> f32 = f32_trunc);
        Unary F32Nearest (f32 -> f32 = f32_nearest);
        Unary F32Sqrt (f32 -> f32 = f32_sqrt);
        Unary F64Abs (f64 -> f64 = f64_abs);
        Unary F64Neg (f64 -> f64 = f64_neg);
        Unary F64Ceil (f64 -> f64 = f64_ceil);
        Unary F64Floor (f64 -> f64 = f64_floor);
        Unary F64Trunc (f64 -> f64 = f64_trunc);
        Unary F64Nearest (f64 -> f64 = f64_nearest);
        Unary F64Sqrt (f64 -> f64 = f64_sqrt);
        Unary I32TruncF32S (f32 -> u32 ? i32_trunc_f32_s);
        Unary I32TruncF32U (f32 -> u32 ? i32_trunc_f32_u);
        Unary I32TruncF64S (f64 -> u32 ? i32_trunc_f64_s);
        Unary I32TruncF64U (f64 -> u32 ? i32_trunc_f64_u);
        Unary I64TruncF32S (f32 -> u64 ? i64_trunc_f32_s);
        Unary I64TruncF32U (f32 -> u64 ? i64_trunc_f32_u);
        Unary I64TruncF64S (f64 -> u64 ? i64_trunc_f64_s);
        Unary I64TruncF64U (f64 -> u64 ? i64_trunc_f64_u);
        Unary I32TruncSatF32S (f32 -> u32 = i32_trunc_sat_f32_s);
        Unary I32TruncSatF32U (f32 -> u32 = i32_trunc_sat_f32_u);
        Unary I32TruncSatF64S (f64 -> u32 = i32_trunc_sat_f64_s);
        Unary I32TruncSatF64U (f64 -> u32 = i32_trunc_sat_f64_u);
        Unary I64TruncSatF32S (f32 -> u64 = i64_trunc_sat_f32_s);
        Unary I64TruncSatF32U (f32 -> u64 = i64_trunc_sat_f32_u);
        Unary I64TruncSatF64S (f64 -> u64 = i64_trunc_sat_f64_s);
        Unary I64TruncSatF64U (f64 -> u64 = i64_trunc_sat_f64_u);
        Unary F32ConvertI32S (u32 -> f32 = f32_convert_i32_s);
        Unary F32ConvertI32U (u32 -> f32 = f32_convert_i32_u);
        Unary F32ConvertI64S (u64 -> f32 = f32_convert_i64_s);
        Unary F32ConvertI64U (u64 -> f32 = f32_convert_i64_u);
        Unary F64ConvertI32S (u32 -> f64 = f64_convert_i32_s);
        Unary F64ConvertI32U (u32 -> f64 = f64_convert_i32_u);
        Unary F64ConvertI64S (u64 -> f64 = f64_convert_i64_s);
        Unary F64ConvertI64U (u64 -> f64 = f64_convert_i64_u);
        Unary F32DemoteF64 (f64 -> f32 = f32_demote_f64);
        Unary F64PromoteF32 (f32 -> f64 = f64_promote_f32);
        Unary I32ReinterpretF32 (f32 -> u32 = i32_reinterpret_f32);
        Unary I64ReinterpretF64 (f64 -> u64 = i64_reinterpret_f64);
        Unary F32ReinterpretI32 (u32 -> f32 = f32_reinterpret_i32);
        Unary F64ReinterpretI64 (u64 -> f64 = f64_reinterpret_i64);
        // Two operands; `commutes` lets the translator swap them.
        Binary I32Add (u32 = i32_add commutes);
        Binary I32Sub (u32 = i32_sub ordered);
        Binary I32Mul (u32 = i32_mul commutes);
        Binary I32DivS (u32 ? i32_div_s ordered);
        Binary I32DivU (u32 ? i32_div_u ordered);
        Binary I32RemS (u32 ? i32_rem_s ordered);
        Binary I32RemU (u32 ? i32_rem_u ordered);
        Binary I32And (u32 = i32_and commutes);
        Binary I32Or (u32 = i32_or commutes);
        Binary I32Xor (u32 = i32_xor commutes);
        Binary I32Shl (u32 = i32_shl ordered);
        Binary I32ShrS (u32 = i32_shr_s ordered);
        Binary I32ShrU (u32 = i32_shr_u ordered);
        Binary I32Rotl (u32 = i32_rotl ordered);
        Binary I32Rotr (u32 = i32_rotr ordered);
        Binary I64Add (u64 = i64_add commutes);
        Binary I64Sub (u64 = i64_sub ordered);
        Binary I64Mul (u64 = i64_mul commutes);
        Binary I64DivS (u64 ? i64_div_s ordered);
        Binary I64DivU (u64 ? i64_div_u ordered);
        Binary I64RemS (u64 ? i64_rem_s ordered);
        Binary I64RemU (u64 ? i64_rem_u ordered);
        Binary I64And (u64 = i64_and commutes);
        Binary I64Or (u64 = i64_or commutes);
        Binary I64Xor (u64 = i64_xor commutes);
        Binary I64Shl (u64 = i64_shl ordered);
        Binary I64ShrS (u64 = i64_shr_s ordered);
        Binary I64ShrU (u64 = i64_shr_u ordered);
        Binary I64Rotl (u64 = i64_rotl ordered);
        Binary I64Rotr (u64 = i64_rotr ordered);
        Binary F32Add (f32 = f32_add ordered);
        Binary F32Sub (f32 = f32_sub ordered);
        Binary F32Mul (f32 = f32_mul ordered);
        Binary F32Div (f32 = f32_div ordered);
        Binary F32Min (f32 = f32_min ordered);
        Binary F32Max (f32 = f32_max ordered);
        Binary F32Copysign (f32 = f32_copysign ordered);
        Binary F64Add (f64 = f64_add ordered);
        Binary F64Sub (f64 = f64_sub ordered);
        Binary F64Mul (f64 = f64_mul ordered);
        Binary F64Div (f64 = f64_div ordered);
        Binary F64Min (f64 = f64_min ordered);
        Binary F64Max (f64 = f64_max ordered);
        Binary F64Copysign (f64 = f64_copysign ordered);
        // Comparisons: the test, its negation, and the test with operands swapped.
        Compare I32Eq (u32 + i32_eq, I32Ne, I32Eq);
        Compare I32Ne (u32 + i32_ne, I32Eq, I32Ne);
        Compare I32LtS (u32 + i32_lt_s, I32GeS, I32GtS);
        Compare I32LtU (u32 + i32_lt_u, I32GeU, I32GtU);
        Compare I32GtS (u32 + i32_gt_s, I32LeS, I32LtS);
        Compare I32GtU (u32 + i32_gt_u, I32LeU, I32LtU);
        Compare I32LeS (u32 + i32_le_s, I32GtS, I32GeS);
        Compare I32LeU (u32 + i32_le_u, I32GtU, I32GeU);
        Compare I32GeS (u32 + i32_ge_s, I32LtS, I32LeS);
        Compare I32GeU (u32 + i32_ge_u, I32LtU, I32LeU);
        Compare I64Eq (u64 + i64_eq, I64Ne, I64Eq);
        Compare I64Ne (u64 + i64_ne, I64Eq, I64Ne);
        Compare I64LtS (u64 + i64_lt_s, I64GeS, I64GtS);
        Compare I64LtU (u64 + i64_lt_u, I64GeU, I64GtU);
        Compare I64GtS (u64 + i64_gt_s, I64LeS, I64LtS);
        Compare I64GtU (u64 + i64_gt_u, I64LeU, I64LtU);
        Compare I64LeS (u64 + i64_le_s, I64GtS, I64GeS);
        Compare I64LeU (u64 + i64_le_u, I64GtU, I64GeU);
        Compare I64GeS (u64 + i64_ge_s, I64LtS, I64LeS);
        Compare I64GeU (u64 + i64_ge_u, I64LtU, I64LeU);
        Compare F32Eq (f32 + f32_eq, F32Ne, F32Eq);
        Compare F32Ne (f32 + f32_ne, F32Eq, F32Ne);
        Compare F32Lt (f32 + f32_lt, F32NotLt, F32Gt);
        Compare F32Gt (f32 + f32_gt, F32NotGt, F32Lt);
        Compare F32Le (f32 + f32_le, F32NotLe, F32Ge);
        Compare F32Ge (f32 + f32_ge, F32NotGe, F32Le);
        Compare F32NotLt (f32 - f32_lt, F32Lt, F32NotGt);
        Compare F32NotGt (f32 - f32_gt, F32Gt, F32NotLt);
        Compare F32NotLe (f32 - f32_le, F32Le, F32NotGe);
        Compare F32NotGe (f32 - f32_ge, F32Ge, F32NotLe);
        Compare F64Eq (f64 + f64_eq, F64Ne, F64Eq);
        Compare F64Ne (f64 + f64_ne, F64Eq, F64Ne);
        Compare F64Lt (f64 + f64_lt, F64NotLt, F64Gt);
        Compare F64Gt (f64 + f64_gt, F64NotGt, F64Lt);
        Compare F64Le (f64 + f64_le, F64NotLe, F64Ge);
        Compare F64Ge (f64 + f64_ge, F64NotGe, F64Le);
        Compare F64NotLt (f64 - f64_lt, F64Lt, F64NotGt);
        Compare F64NotGt (f64 - f64_gt, F64Gt, F64NotLt);
        Compare F64NotLe (f64 - f64_le, F64Le, F64NotGe);
        Compare F64NotGe (f64 - f64_ge, F64Ge, F64NotLe);
        // Branches on a comparison.
        Branch BrI32Eq (I32Eq);
        Branch BrI32Ne (I32Ne);
        Branch BrI32LtS (I32LtS);
        Branch BrI32LtU (I32LtU);
        Branch BrI32GtS (I32GtS);
        Branch BrI32GtU (I32GtU);
        Branch BrI32LeS (I32LeS);
        Branch BrI32LeU (I32LeU);
        Branch BrI32GeS (I32GeS);
        Branch BrI32GeU (I32GeU);
        Branch BrI64Eq (I64Eq);
        Branch BrI64Ne (I64Ne);
        Branch BrI64LtS (I64LtS);
        Branch BrI64LtU (I64LtU);
        Branch BrI64GtS (I64GtS);
        Branch BrI64GtU (I64GtU);
        Branch BrI64LeS (I64LeS);
        Branch BrI64LeU (I64LeU);
        Branch BrI64GeS (I64GeS);
        Branch BrI64GeU (I64GeU);
        Branch BrF32Eq (F32Eq);
        Branch BrF32Ne (F32Ne);
        Branch BrF32Lt (F32Lt);
        Branch BrF32Gt (F32Gt);
        Branch BrF32Le (F32Le);
        Branch BrF32Ge (F32Ge);
        Branch BrF32NotLt (F32NotLt);
        Branch BrF32NotGt (F32NotGt);
        Branch BrF32NotLe (F32NotLe);
        Branch BrF32NotGe (F32NotGe);
        Branch BrF64Eq (F64Eq);
        Branch BrF64Ne (F64Ne);
        Branch BrF64Lt (F64Lt);
        Branch BrF64Gt (F64Gt);
        Branch BrF64Le (F64Le);
        Branch BrF64Ge (F64Ge);
        Branch BrF64NotLt (F64NotLt);
        Branch BrF64NotGt (F64NotGt);
        Branch BrF64NotLe (F64NotLe);
        Branch BrF64NotGe (F64NotGe);
        // Select, by accumulator class.
        Select SelectInt (u64);
        Select SelectF32 (f32);
        Select SelectF64 (f64);
        // Loads and stores: memory 0 with 32-bit addresses; the same with an index added; any memory.
        Load I32Load (u32 -> u32);
        Load I32Load8S (i8 -> u32);
        Load I32Load8U (u8 -> u32);
        Load I32Load16S (i16 -> u32);
        Load I32Load16U (u16 -> u32);
        Load I64Load (u64 -> u64);
        Load I64Load8S (i8 -> u64);
        Load I64Load8U (u8 -> u64);
        Load I64Load16S (i16 -> u64);
        Load I64Load16U (u16 -> u64);
        Load I64Load32S (i32 -> u64);
        Load I64Load32U (u32 -> u64);
        Load F32Load (f32 -> f32);
        Load F64Load (f64 -> f64);
        Store I32Store (u32 -> u32);
        Store I32Store8 (u32 -> u8);
        Store I32Store16 (u32 -> u16);
        Store I64Store (u64 -> u64);
        Store I64Store8 (u64 -> u8);
        Store I64Store16 (u64 -> u16);
        Store I64Store32 (u64 -> u32);
        Store F32Store (f32 -> f32);
        Store F64Store (f64 -> f64);
        LoadIndexed I32LoadIndexed (I32Load);
        LoadIndexed I32Load8SIndexed (I32Load8S);
        LoadIndexed I32Load8UIndexed (I32Load8U);
        LoadIndexed I32Load16SIndexed (I32Load16S);
        LoadIndexed I32Load16UIndexed (I32Load16U);
        LoadIndexed I64LoadIndexed (I64Load);
        LoadIndexed I64Load8SIndexed (I64Load8S);
        LoadIndexed I64Load8UIndexed (I64Load8U);
        LoadIndexed I64Load16SIndexed (I64Load16S);
        LoadIndexed I64Load16UIndexed (I64Load16U);
        LoadIndexed I64Load32SIndexed (I64Load32S);
        LoadIndexed I64Load32UIndexed (I64Load32U);
        LoadIndexed F32LoadIndexed (F32Load);
        LoadIndexed F64LoadIndexed (F64Load);
        StoreIndexed I32StoreIndexed (I32Store);
        StoreIndexed I32Store8Indexed (I32Store8);
        StoreIndexed I32Store16Indexed (I32Store16);
        StoreIndexed I64StoreIndexed (I64Store);
        StoreIndexed I64Store8Indexed (I64Store8);
        StoreIndexed I64Store16Indexed (I64Store16);
        StoreIndexed I64Store32Indexed (I64Store32);
        StoreIndexed F32StoreIndexed (F32Store);
        StoreIndexed F64StoreIndexed (F64Store);
        LoadGeneral I32LoadGeneral (I32Load);
        LoadGeneral I32Load8SGeneral (I32Load8S);
        LoadGeneral I32Load8UGeneral (I32Load8U);
        LoadGeneral I32Load16SGeneral (I32Load16S);
        LoadGeneral I32Load16UGeneral (I32Load16U);
        LoadGeneral I64LoadGeneral (I64Load);
        LoadGeneral I64Load8SGeneral (I64Load8S);
        LoadGeneral I64Load8UGeneral (I64Load8U);
        LoadGeneral I64Load16SGeneral (I64Load16S);
        LoadGeneral I64Load16UGeneral (I64Load16U);
        LoadGeneral I64Load32SGeneral (I64Load32S);
        LoadGeneral I64Load32UGeneral (I64Load32U);
        LoadGeneral F32LoadGeneral (F32Load);
        LoadGeneral F64LoadGeneral (F64Load);
        StoreGeneral I32StoreGeneral (I32Store);
        StoreGeneral I32Store8General (I32Store8);
        StoreGeneral I32Store16General (I32Store16);
        StoreGeneral I64StoreGeneral (I64Store);
        StoreGeneral I64Store8General (I64Store8);
        StoreGeneral I64Store16General (I64Store16);
        StoreGeneral I64Store32General (I64Store32);
        StoreGeneral F32StoreGeneral (F32Store);
        StoreGeneral F64StoreGeneral (F64Store);
        // Globals: defined here (by index among those) and imported (by index among those), by accumulator class.
        GlobalGet GlobalGetInt (u64);
        GlobalGet GlobalGetF32 (f32);
        GlobalGet GlobalGetF64 (f64);
        GlobalSet GlobalSetInt (u64);
        GlobalSet GlobalSetF32 (f32);
        GlobalSet GlobalSetF64 (f64);
        ImportedGlobalGet ImportedGlobalGetInt (u64);
        ImportedGlobalGet ImportedGlobalGetF32 (f32);
        ImportedGlobalGet ImportedGlobalGetF64 (f64);
        ImportedGlobalSet ImportedGlobalSetInt (u64);
        ImportedGlobalSet ImportedGlobalSetF32 (f32);
        ImportedGlobalSet ImportedGlobalSetF64 (f64);
        // wide-arithmetic: slots read, slots written.
        Wide I64Add128 (4 -> 2);
        Wide I64Sub128 (4 -> 2);
        Wide I64MulWideS (2 -> 2);
        Wide I64MulWideU (2 -> 2);
        // Control.
        Control Unreachable (PLAIN);
        Control Jump (JUMP);
        Control BranchTable (BRANCH_TABLE);
        Control Return (PLAIN);
        Control ReturnMany (RETURN_MANY);
        Control CopySlots (COPY_SLOTS);
        Control Call (CALL);
        Control CallImport (CALL_IMPORT);
        Control Fuel (FUEL);
        Control Poll (PLAIN);
        Control HeatEntry (BARE);
        Control HeatLoop (HEAT_LOOP);
        Control CallIndirect (CALL_INDIRECT);
        Control TailCall (TAIL_CALL);
        Control TailCallImport (TAIL_CALL);
        Control TailCallIndirect (TAIL_CALL_INDIRECT);
        ReturnOne ReturnInt (u64);
        ReturnOne ReturnF32 (f32);
        ReturnOne ReturnF64 (f64);
        // Memories and tables as wholes.
        Control MemorySize (MEMORY_SIZE);
        Control MemoryFill (MEMORY_FILL);
        Control MemoryCopy (MEMORY_COPY);
        Control MemoryInit (MEMORY_INIT);
        Control CopyLoop (ELEMENT_LOOP);
        Control FillLoop (ELEMENT_LOOP);
        Control TableSize (TABLE_SIZE);
        Control TableGet (TABLE_GET);
        Control TableSet (TABLE_SET);
        Control TableFill (TABLE_FILL);
        Control RefFunc (REF_FUNC);
        // Left to the run loop: slots read, results written, and what the two indices mean.
        Cold MemoryGrow (1 -> 1, memory);
        Cold DataDrop (0 -> 0, data);
        Cold TableGrow (2 -> 1, table);
        Cold TableCopy (3 -> 0, destination source);
        Cold TableInit (3 -> 0, table element);
        Cold ElemDrop (0 -> 0, element);
    } };
}

/// What is known of an op besides its name.
#[derive(Debug)]
pub struct OpInfo {
    /// The shape of its cell.
    pub shape: &'static Shape,
    /// The type of its source operands (for a store, of the value; for a load, of the address).
    pub input: Ty,
    /// The type of its result, if it has one.
    pub output: Ty,
    /// Whether the operands may be swapped.
    pub commutes: bool,
    /// Whether there is an op, this or another, that does the same with swapped operands.
    pub swaps: bool,
}

const fn info(shape: &'static Shape, input: Ty, output: Ty) -> OpInfo {
    OpInfo { shape, input, output, commutes: false, swaps: false }
}

const fn swaps(info: OpInfo) -> OpInfo {
    OpInfo { swaps: true, ..info }
}

/// The shape for operands of this type, of those for 32 bits, 64-bit integers and 64-bit floats.
const fn by_width(ty: Ty, [narrow, wide, float]: [&'static Shape; 3]) -> &'static Shape {
    match ty {
        Ty::I32 | Ty::F32 => narrow,
        Ty::I64 => wide,
        Ty::F64 => float,
    }
}

const COPY: [&Shape; 3] = [shape::COPY32, shape::COPY64, shape::COPY64];
const BINARY: [&Shape; 3] = [shape::BINARY32, shape::BINARY64, shape::BINARY_F64];
const BRANCH: [&Shape; 3] = [shape::BRANCH32, shape::BRANCH64, shape::BRANCH_F64];

macro_rules! op_info {
    (Copy $name:ident $t:ident) => {
        info(by_width($t::TY, COPY), $t::TY, $t::TY)
    };
    (Unary $name:ident $a:ident -> $d:ident $kind:tt $f:ident) => {
        info(shape::UNARY, $a::TY, $d::TY)
    };
    (Binary $name:ident $t:ident $kind:tt $f:ident $order:ident) => {
        OpInfo {
            commutes: commutes!($order),
            swaps: commutes!($order),
            ..info(by_width($t::TY, BINARY), $t::TY, $t::TY)
        }
    };
    (Compare $name:ident $t:ident $sign:tt $f:ident, $not:ident, $swap:ident) => {
        swaps(info(by_width($t::TY, BINARY), $t::TY, Ty::I32))
    };
    (Branch $name:ident $test:ident) => {{
        let ty = <$crate::ops::$test as $crate::ops::Compare>::In::TY;
        swaps(info(by_width(ty, BRANCH), ty, Ty::I32))
    }};
    (Select $name:ident $t:ident) => {
        info(shape::SELECT, $t::TY, $t::TY)
    };
    (Load $name:ident $raw:ident -> $d:ident) => {
        info(shape::LOAD, Ty::I32, $d::TY)
    };
    (Store $name:ident $v:ident -> $raw:ident) => {
        info(shape::STORE, $v::TY, $v::TY)
    };
    (LoadIndexed $name:ident $load:ident) => {
        swaps(info(
            shape::LOAD_INDEXED,
            Ty::I32,
            <$crate::ops::$load as $crate::ops::Load>::Out::TY,
        ))
    };
    (StoreIndexed $name:ident $store:ident) => {{
        let ty = <$crate::ops::$store as $crate::ops::Store>::In::TY;
        swaps(info(shape::STORE_INDEXED, ty, ty))
    }};
    (LoadGeneral $name:ident $load:ident) => {
        info(shape::LOAD_GENERAL, Ty::I64, <$crate::ops::$load as $crate::ops::Load>::Out::TY)
    };
    (StoreGeneral $name:ident $store:ident) => {{
        let ty = <$crate::ops::$store as $crate::ops::Store>::In::TY;
        info(shape::STORE_GENERAL, ty, ty)
    }};
    (GlobalGet $name:ident $t:ident) => {
        info(shape::GLOBAL_GET, $t::TY, $t::TY)
    };
    (GlobalSet $name:ident $t:ident) => {
        info(shape::GLOBAL_SET, $t::TY, $t::TY)
    };
    (ImportedGlobalGet $name:ident $t:ident) => {
        info(shape::GLOBAL_GET, $t::TY, $t::TY)
    };
    (ImportedGlobalSet $name:ident $t:ident) => {
        info(shape::GLOBAL_SET, $t::TY, $t::TY)
    };
    (Wide $name:ident $reads:literal -> $writes:literal) => {
        info(shape::WIDE, Ty::I64, Ty::I64)
    };
    (Control $name:ident $shape:ident) => {
        info(shape::$shape, Ty::I32, Ty::I32)
    };
    (ReturnOne $name:ident $t:ident) => {
        info(shape::RETURN_ONE, $t::TY, $t::TY)
    };
    (Cold $name:ident $reads:literal -> $writes:literal, $($index:ident)+) => {
        info(shape::COLD, Ty::I64, Ty::I64)
    };
}

macro_rules! commutes {
    (commutes) => {
        true
    };
    (ordered) => {
        false
    };
}

macro_rules! define_ops {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => {
        /// An op: one row of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Op { $($name),* }

        impl Op {
            /// Every op, in table order: `ALL[op as usize] == op`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// What is known of each op, in table order.
            const INFO: &'static [OpInfo] = &[$(op_info!($family $name $($spec)*)),*];

            /// The name, as in the table. Not in [`OpInfo`]: what only runs code has no use for names.
            pub fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$(stringify!($name)),*];
                NAMES[self as usize]
            }

            /// What is known of the op.
            #[inline]
            pub const fn info(self) -> &'static OpInfo {
                &Self::INFO[self as usize]
            }
        }
    };
}

for_each_op!(define_ops);
