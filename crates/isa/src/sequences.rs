//! Sequences: pairs of cells that the engine executes with one dispatch.
//!
//! Both cells keep their places and stay what they are; only the first one's op word changes when code is linked. So nothing
//! here concerns translation, and which pairs there are is a matter of speed and size alone.
//!
//! Pairs come in matrices: each cell of a class of first cells with each of a class of cells that follow. A cell is
//! written `Op(forms of sources, form of destination)` with `S` for a slot, `A` for the accumulator, `H` for the hot local and
//! `K` for a constant. Invariant: a cell is in one class of first cells and in one class of following cells at most.

/// Calls the macro `$callback` with the classes of cells, then with the matrices.
#[macro_export]
#[rustfmt::skip]
macro_rules! for_each_sequence {
    ($callback:path) => { $callback! {
        classes {
        // 32-bit integers and addresses that only the next cell wants.
        first Word [
            I32Add(S K A) I32Add(S S A) I32Add(S A A) I32Add(A K A) I32Add(H K A) I32Add(S H A) I32Add(A H A)
            I32Sub(S K A) I32Sub(A K A) I32Sub(H K A) I32Sub(S S A) I32Sub(S A A) I32Sub(A S A)
            I32Mul(S K A) I32Mul(A K A) I32Mul(S S A) I32Mul(S A A)
            I32And(S K A) I32And(A K A) I32And(H K A) I32And(S A A)
            I32Or(S A A) I32Or(A K A) I32Or(S S A)
            I32Xor(S A A) I32Xor(A K A) I32Xor(S S A) I32Xor(A H A) I32Xor(S H A)
            I32Shl(S K A) I32Shl(A K A) I32Shl(H K A)
            I32ShrU(S K A) I32ShrU(A K A) I32ShrU(H K A)
            I32ShrS(S K A) I32ShrS(A K A)
            I32Rotl(S K A) I32Rotl(A K A) I32Rotl(H K A)
            I32Load(S A) I32Load(H A) I32Load(A A) I32Load8U(S A) I32Load8U(H A) I32Load8U(A A)
            I32Load16U(S A) I32Load16U(A A) I32Load16S(S A) I32Load8S(S A)
            I32LoadIndexed(S A A) I32LoadIndexed(S S A) I32LoadIndexed(S K A) I32Load8UIndexed(S A A) I32Load8UIndexed(S S A)
            I32WrapI64(A A) I32WrapI64(S A) GlobalGetInt(A)
        ];
        then OfWord [
            I32Add(S A S) I32Add(S A A) I32Add(S A H) I32Add(A K S) I32Add(A K A) I32Add(A K H)
            I32Add(A H S) I32Add(A H A) I32Add(A H H)
            I32Sub(A K S) I32Sub(A K A) I32Sub(S A S) I32Sub(S A A) I32Sub(A S S) I32Sub(A S A)
            I32Mul(S A S) I32Mul(S A A) I32Mul(A K A)
            I32And(A K S) I32And(A K A) I32And(A K H) I32And(S A S) I32And(S A A)
            I32Or(S A S) I32Or(S A A) I32Or(S A H) I32Or(A K A)
            I32Xor(S A S) I32Xor(S A A) I32Xor(S A H) I32Xor(A H A) I32Xor(A H H)
            I32Shl(A K S) I32Shl(A K A) I32ShrU(A K S) I32ShrU(A K A) I32ShrS(A K S) I32ShrS(A K A)
            I32Rotl(A K S) I32Rotl(A K A) I32Rotl(A K H)
            I32Load(A S) I32Load(A A) I32Load(A H) I32Load8U(A S) I32Load8U(A A) I32Load8U(A H) I32Load16U(A S) I32Load16U(A A)
            I64Load(A S) I64Load(A A) F64Load(A A) F32Load(A A)
            I32LoadIndexed(S A S) I32LoadIndexed(S A A) I32LoadIndexed(S A H) I32Load8UIndexed(S A A) I32Load8UIndexed(A K A)
            F64LoadIndexed(S A A) F32LoadIndexed(S A A)
            I32Store(S A) I32Store(H A) I32Store(A S) I32Store(A K) I32Store8(S A) I32Store8(H A) I32Store16(S A)
            BrI32Ne(A K) BrI32Eq(A K) BrI32Ne(S A) BrI32Eq(S A)
            BrI32LtU(S A) BrI32GeU(S A) BrI32GtU(S A) BrI32LeU(S A) BrI32LtU(A K) BrI32GtU(A K)
            BrI32LtS(S A) BrI32GeS(S A) BrI32GtS(S A) BrI32LtS(A K) BrI32GtS(A K) BrI32GeS(A K) BrI32LeS(A K)
            I64ExtendI32U(A A) Copy64(A S) Copy64(A H)
            SelectInt(S S A S) SelectInt(S K A S) SelectInt(K S A S)
        ];
        // The same that also go to a slot or to the hot local.
        first KeptWord [
            I32Add(S K S) I32Add(S A S) I32Add(S S S) I32Add(H K S) I32Add(A K S) I32Add(A K H) I32Sub(S K S) I32And(A K S)
            I32Load(S S) I32Load(H S) I32Load(A S) I32Load8U(S S)
        ];
        first HotWord [I32Add(H K H) I32Add(S A H) I32Load(S H) I32Load8U(S H) I32Add(S K H)];
        // Copies, stores and branches not taken.
        first Effect [
            Copy64(S S) Copy64(H S) Copy64(A S) Copy64(S H) Copy64(A H) Copy32(K S) Copy32(K H)
            I32Store(S A) I32Store(S S) I32Store(H A) I32Store(S K) I32Store(H S) I32Store(A S) I32Store8(S A) I32Store8(H A)
            I64Store(S A) I64Store(H A) I64Store(S S) F64Store(S A) F64Store(H A) F32Store(S A) F32Store(H A)
            CopyF64(A S) CopyF64(S S) CopyF64(S H) CopyF32(A S) CopyF32(S H)
            BrI32Ne(A K) BrI32Eq(A K) BrI32Ne(S K) BrI32Eq(S K) BrI32Eq(H K) BrI32Ne(S A) BrI32GeU(S A) BrI32LtU(S A)
        ];
        then Neutral [
            Copy64(S S) Copy64(H S) Copy64(S H) Copy32(K S) Copy32(K H) Jump()
            I32Add(S K S) I32Add(H K H) I32Add(H K S) I32Add(S S S) I32Add(S K A) I32Add(S K H) I32Sub(S K S)
            I32Load(S S) I32Load(S A) I32Load(H S) I32Load(H A) I32Load(S H) I32Load8U(S S) I32Load8U(S A) I32Load8U(H A)
            I64Load(S A) I64Load(H A) F64Load(S A) F64Load(H A)
            I32Shl(S K A) I32And(S K A) I32ShrU(S K A) I32Mul(S K A)
            BrI32Eq(S K) BrI32Ne(S K) BrI32Eq(H K) BrI32Ne(H K) BrI32Ne(S H) BrI32Ne(S S) BrI32Eq(S S) BrI32LtU(S S) BrI32GeU(S S)
            BrI32LtS(S S) BrI32GeS(S S) BrI32LtS(H S) BrI32GtS(S K) BrI32GtS(S S)
            I32Store(S S) I32Store(S K) I32Store(S H) I32Store(H S) I32Store(H K)
        ];
        // 64-bit integers.
        first Long [
            I64Add(S S A) I64Add(S A A) I64Add(A K A) I64Add(S K A) I64Sub(S A A) I64Sub(A S A)
            I64Mul(S S A) I64Mul(S A A) I64Mul(A K A) I64Mul(S K A)
            I64And(S K A) I64And(A K A) I64And(S A A) I64And(S S A) I64Or(S A A) I64Or(S S A)
            I64Xor(S A A) I64Xor(S S A) I64Xor(A K A)
            I64Shl(S K A) I64Shl(A K A) I64ShrU(S K A) I64ShrU(A K A) I64Rotl(S K A) I64Rotl(A K A) I64Rotl(H K A)
            I64Load(S A) I64Load(H A) I64Load(A A) I64Load32U(S A) I64LoadIndexed(S K A) I64LoadIndexed(S A A)
            I64ExtendI32U(S A) I64ExtendI32U(A A) I64ExtendI32U(H A) I64ExtendI32S(S A)
        ];
        then OfLong [
            I64Add(S A S) I64Add(S A A) I64Add(S A H) I64Add(A K S) I64Add(A K A) I64Sub(S A A) I64Sub(S A S) I64Sub(A S A)
            I64Mul(S A S) I64Mul(S A A) I64Mul(A K A) I64Mul(A K S)
            I64And(A K A) I64And(A K S) I64And(S A A) I64And(S A S) I64Or(S A A) I64Or(S A S)
            I64Xor(S A S) I64Xor(S A A) I64Xor(S A H) I64Shl(A K A) I64ShrU(A K A) I64ShrU(A K S)
            I64Rotl(A K S) I64Rotl(A K A) I64Rotl(A K H) I32WrapI64(A A) I32WrapI64(A S) I64RemU(A K A) I64RemU(A K S)
            I64Store(S A) I64Store(H A) I64StoreIndexed(S K A) BrI64Ne(A K) BrI64Eq(A K)
        ];
        first KeptLong [I64Add(S A S) I64Xor(S A S) I64Load(S S) I64Rotl(A K S) I64Add(S S S)];
        // Floats.
        first Double [
            F64Mul(S S A) F64Mul(S A A) F64Mul(A S A) F64Mul(S H A) F64Mul(H S A) F64Mul(H H A) F64Mul(A A A) F64Mul(H A A) F64Mul(A H A)
            F64Add(S S A) F64Add(S A A) F64Add(A S A) F64Add(H A A) F64Sub(S S A) F64Sub(S A A) F64Sub(A S A) F64Sub(S H A)
            F64Load(S A) F64Load(H A) F64Load(A A) F64LoadIndexed(S S A) F64LoadIndexed(S A A) F64LoadIndexed(S K A)
        ];
        then OfDouble [
            F64Add(S A S) F64Add(S A A) F64Add(S A H) F64Add(A S S) F64Add(A S A) F64Add(A S H) F64Add(H A H) F64Add(A H H) F64Add(H A S) F64Add(A H S)
            F64Add(H A A) F64Add(A H A)
            F64Sub(S A S) F64Sub(S A A) F64Sub(A S S) F64Sub(A S A) F64Sub(H A H) F64Sub(A H H) F64Sub(A H A) F64Sub(H A A)
            F64Mul(S A S) F64Mul(S A A) F64Mul(A S S) F64Mul(A S A) F64Mul(A A A) F64Mul(A A S) F64Mul(H A A) F64Mul(A H A)
            F64Div(S A S) F64Div(A S S) F64Div(S A A) F64Div(A S A) F64Store(S A) F64Store(H A) F64StoreIndexed(S K A)
        ];
        first Single [
            F32Mul(S S A) F32Mul(S A A) F32Mul(A S A) F32Mul(S H A) F32Mul(H S A) F32Mul(H H A) F32Mul(A A A) F32Mul(H A A) F32Mul(A H A)
            F32Add(S S A) F32Add(S A A) F32Add(A S A) F32Add(H A A) F32Sub(S S A) F32Sub(S A A) F32Sub(A S A) F32Sub(S H A)
            F32Load(S A) F32Load(H A) F32Load(A A) F32LoadIndexed(S S A) F32LoadIndexed(S A A) F32LoadIndexed(S K A)
        ];
        then OfSingle [
            F32Add(S A S) F32Add(S A A) F32Add(S A H) F32Add(A S S) F32Add(A S A) F32Add(A S H) F32Add(H A H) F32Add(A H H) F32Add(H A S) F32Add(A H S)
            F32Add(H A A) F32Add(A H A)
            F32Sub(S A S) F32Sub(S A A) F32Sub(A S S) F32Sub(A S A) F32Sub(H A H) F32Sub(A H H) F32Sub(A H A) F32Sub(H A A)
            F32Mul(S A S) F32Mul(S A A) F32Mul(A S S) F32Mul(A S A) F32Mul(A A A) F32Mul(A A S) F32Mul(H A A) F32Mul(A H A)
            F32Div(S A S) F32Div(A S S) F32Div(S A A) F32Div(A S A) F32Store(S A) F32Store(H A) F32StoreIndexed(S K A)
        ];
        }
        matrices [
            Word OfWord; KeptWord OfWord; KeptWord Neutral; HotWord Neutral; Effect Neutral;
            Long OfLong; KeptLong OfLong; Double OfDouble; Single OfSingle
        ]
    } };
}
