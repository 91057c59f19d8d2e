//! Shapes: which operands an op has and where its cell keeps them.
//!
//! A cell is a run of 64-bit words. Word 0 is the opcode (when linked: the handler's address). Word 1 has four 16-bit
//! fields at bytes 8, 10, 12 and 14; a destination slot is always at 10, so that it can be patched; a 32-bit field at 12
//! covers the last two. Further words follow: fixed ones of the shape, then 64-bit immediates in operand order.
//! Invariant: encoder, verifier, disassembler, linker and handlers all take positions from here.

use crate::form::{self, Form, Special};
use crate::{Op, Opcode, Src, Ty, element_loop};

/// Byte position of the first source slot.
pub const A: usize = 8;
/// Byte position of the destination slot (or of another slot where there is no destination).
pub const D: usize = 10;
/// Byte position of the second source slot, or of a 32-bit field.
pub const B: usize = 12;
/// Byte position of the third source slot.
pub const C: usize = 14;
/// Byte position of the first word after the operand word.
pub const EXTRA: usize = 16;
/// Byte position of a branch's target in a [`BRANCH32`] or [`BRANCH64`] cell.
pub const BRANCH_TARGET: usize = 16;
/// Byte position of a jump's target in a [`JUMP`] cell.
pub const JUMP_TARGET: usize = 8;
/// Byte position of the first entry of a branch table: signed 32-bit byte distances from the cell's start.
pub const TABLE_ENTRIES: usize = 16;

/// Byte position of the table index of an indirect call.
pub const TABLE: usize = 20;
/// Byte position of the index of the memory or data segment that is copied from.
pub const SOURCE: usize = 20;

/// Where an immediate is when a source operand is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Imm {
    /// The operand is never an immediate.
    Never,
    /// There is none to read: the constant is part of another field.
    Folded,
    /// 32 bits at a fixed byte position.
    Narrow(usize),
    /// 32 bits at a fixed byte position that stand for 64, the upper ones being copies of the sign.
    Signed(usize),
    /// 16 bits at a fixed byte position that stand for as many as the type has, the upper ones being copies of the sign.
    Tiny(usize),
    /// 64 bits: the next word after the fixed ones.
    Word,
}

/// A source operand of a shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SrcField {
    /// Byte position of the slot, if it is in one.
    pub slot: usize,
    /// Whether the operand may be in the accumulator.
    pub acc: bool,
    /// Whether it is a 32-bit integer, an address or a condition, whatever type the op's other operands have.
    pub word: bool,
    /// Where an immediate is.
    pub imm: Imm,
}

/// A field that is not an operand form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// A 16-bit slot: the first of a run.
    Slots(usize),
    /// A 16-bit slot, or [`Field::NO_SLOT`].
    OptionalSlot(usize),
    /// A 16-bit slot in word 1: where a callee's frame starts, which may be one past the last slot. What of that frame there is
    /// room for is checked when the callee is entered.
    Callee(usize),
    /// A 16-bit number.
    U16(usize),
    /// A 16-bit number with a sign.
    I16(usize),
    /// A 32-bit number.
    U32(usize),
    /// A 16-bit number, which is not there but zero if the second source operand is an immediate.
    Offset(usize),
    /// A 64-bit number.
    U64(usize),
    /// A 64-bit branch target: index of a word of the same code (when linked: an address).
    Target(usize),
    /// 32-bit count `n` at this position; `n + 1` branch table entries from [`TABLE_ENTRIES`].
    Table(usize),
}

impl Field {
    /// Stands for no slot: frames are too small to have one of this number.
    pub const NO_SLOT: u16 = u16::MAX;
}

/// The operands of an op and the layout of its cell.
#[derive(PartialEq, Eq, Debug)]
pub struct Shape {
    /// What it is called.
    pub name: &'static str,
    /// Source operands whose form varies.
    pub srcs: &'static [SrcField],
    /// Whether there is a destination whose form varies (its slot is at [`D`]).
    pub dst: bool,
    /// Other fields.
    pub fields: &'static [Field],
    /// Words before 64-bit immediates and table entries.
    pub words: usize,
    /// Each combination of operand forms, by number.
    pub(crate) forms: &'static [Form],
    /// How `fields` are checked.
    pub(crate) special: Special,
}

impl Shape {
    /// Most source operands of any shape.
    pub const MAX_SRCS: usize = 3;

    /// Number of operand form combinations, allowed or not.
    pub const fn forms(&self) -> u16 {
        self.forms.len() as u16
    }

    /// Whether there is a branch target, in a word of its own.
    pub const fn has_target(&self) -> bool {
        matches!(self.special, Special::Target(_))
    }

    /// 64-bit immediates among the first `count` source operands for these forms: each is a word after the fixed ones.
    pub const fn imm_words(&self, digits: &[u8], count: usize) -> usize {
        let mut words = 0;
        let mut i = 0;
        while i < count {
            if digits[i] == Src::IMM && matches!(self.srcs[i].imm, Imm::Word) {
                words += 1;
            }
            i += 1;
        }
        words
    }
}

/// Words of the cell that `opcode` starts; `operands` is its word 1 (it holds the length of a branch table).
#[inline]
pub fn cell_words(opcode: Opcode, operands: u64) -> usize {
    let shape = opcode.op.shape();
    let table = match shape.fields {
        [Field::Table(_)] => ((operands >> 32) as usize + 2) / 2,
        _ => 0,
    };
    usize::from(shape.forms[usize::from(opcode.form)].words) + table
}

impl SrcField {
    /// Whether an immediate of type `ty` has room here.
    #[inline]
    pub const fn fits(&self, bits: u64, ty: Ty) -> bool {
        let value = if ty.is_wide() { bits as i64 } else { bits as u32 as i32 as i64 };
        match self.imm {
            Imm::Never => false,
            Imm::Narrow(_) => bits <= u32::MAX as u64,
            Imm::Signed(_) => value == value as i32 as i64,
            Imm::Tiny(_) => value == value as i16 as i64,
            Imm::Folded | Imm::Word => true,
        }
    }
}

const fn src(slot: usize, acc: bool, imm: Imm) -> SrcField {
    SrcField { slot, acc, word: false, imm }
}

/// A source operand that is a 32-bit integer in every op of the shape.
const fn word(slot: usize, acc: bool, imm: Imm) -> SrcField {
    SrcField { slot, acc, word: true, imm }
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { srcs: [$($src:expr),*], dst: $dst:expr, fields: $fields:expr, words: $words:expr })*) => { $(
        $(#[$doc])*
        pub const $name: &Shape = &Shape {
            name: stringify!($name),
            srcs: &[$($src),*],
            dst: $dst,
            fields: &$fields,
            words: $words,
            forms: {
                const SRCS: &[SrcField] = &[$($src),*];
                const FORMS: &[Form] = &Form::table::<{ form::count(SRCS, $dst) }>(SRCS, $dst, $words, Special::of(&$fields));
                FORMS
            },
            special: Special::of(&$fields),
        };
    )* };
}

shapes! {
    /// `d = op(a)`
    UNARY { srcs: [src(A, true, Imm::Never)], dst: true, fields: [], words: 2 }
    /// `d = a`, 32-bit immediate
    COPY32 { srcs: [src(A, true, Imm::Narrow(B))], dst: true, fields: [], words: 2 }
    /// `d = a`, 64-bit immediate
    COPY64 { srcs: [src(A, true, Imm::Word)], dst: true, fields: [], words: 2 }
    /// `d = op(a, b)` on 32-bit operands
    BINARY32 { srcs: [src(A, true, Imm::Word), src(B, true, Imm::Narrow(B))], dst: true, fields: [], words: 2 }
    /// `d = op(a, b)` on 64-bit integers
    BINARY64 { srcs: [src(A, true, Imm::Word), src(B, true, Imm::Signed(B))], dst: true, fields: [], words: 2 }
    /// `d = op(a, b)` on 64-bit floats
    BINARY_F64 { srcs: [src(A, true, Imm::Word), src(B, true, Imm::Word)], dst: true, fields: [], words: 2 }
    /// branch if `op(a, b)` on 32-bit operands
    BRANCH32 { srcs: [src(A, true, Imm::Never), src(B, true, Imm::Narrow(B))], dst: false, fields: [Field::Target(BRANCH_TARGET)], words: 3 }
    /// branch if `op(a, b)` on 64-bit integers
    BRANCH64 { srcs: [src(A, true, Imm::Never), src(B, true, Imm::Signed(B))], dst: false, fields: [Field::Target(BRANCH_TARGET)], words: 3 }
    /// branch if `op(a, b)` on 64-bit floats
    BRANCH_F64 { srcs: [src(A, true, Imm::Never), src(B, true, Imm::Word)], dst: false, fields: [Field::Target(BRANCH_TARGET)], words: 3 }
    /// `d = if c { a } else { b }`
    SELECT { srcs: [src(A, false, Imm::Word), src(B, false, Imm::Word), word(C, true, Imm::Never)], dst: true, fields: [], words: 2 }
    /// `d = memory0[a + offset]`; an immediate address is part of the offset
    LOAD { srcs: [src(A, true, Imm::Folded)], dst: true, fields: [Field::U32(B)], words: 2 }
    /// `memory0[a + offset] = v`
    STORE { srcs: [word(A, true, Imm::Folded), src(D, true, Imm::Tiny(D))], dst: false, fields: [Field::U32(B)], words: 2 }
    /// `d = memory0[wrap32(a + b) + offset]`
    LOAD_INDEXED { srcs: [src(A, true, Imm::Never), src(B, true, Imm::Narrow(B))], dst: true, fields: [Field::Offset(C)], words: 2 }
    /// `memory0[wrap32(a + b) + offset] = v`
    STORE_INDEXED { srcs: [word(A, true, Imm::Never), word(B, true, Imm::Narrow(B)), src(D, true, Imm::Tiny(D))], dst: false, fields: [Field::Offset(C)], words: 2 }
    /// `d = memory[a + offset]`: any memory, 64-bit address and offset
    LOAD_GENERAL { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::U32(B), Field::U64(EXTRA)], words: 3 }
    /// `memory[a + offset] = v`: any memory, 64-bit address and offset (value slot at `D`)
    STORE_GENERAL { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::U32(B), Field::U64(EXTRA)], words: 3 }
    /// `d = globals[index]`
    GLOBAL_GET { srcs: [], dst: true, fields: [Field::U32(B)], words: 2 }
    /// `globals[index] = a`
    GLOBAL_SET { srcs: [src(A, true, Imm::Word)], dst: false, fields: [Field::U32(B)], words: 2 }
    /// `d.. = op(a..)`: runs of slots
    WIDE { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D)], words: 2 }
    /// nothing but the op
    PLAIN { srcs: [], dst: false, fields: [], words: 2 }
    /// take the 32-bit amount at `B` from the fuel
    FUEL { srcs: [], dst: false, fields: [Field::U32(B)], words: 2 }
    /// nothing but the op, in a single word: another cell must follow
    BARE { srcs: [], dst: false, fields: [], words: 1 }
    /// let the engine look what is hot: the loop whose number in the function is at `A`, from 1 on; the function's index is at `B`
    HEAT_LOOP { srcs: [], dst: false, fields: [Field::U32(A), Field::U32(B)], words: 2 }
    /// jump
    JUMP { srcs: [], dst: false, fields: [Field::Target(JUMP_TARGET)], words: 2 }
    /// jump through a table by `a`; more than the last index takes the last entry
    BRANCH_TABLE { srcs: [src(A, true, Imm::Never)], dst: false, fields: [Field::Table(B)], words: 2 }
    /// return `a`
    RETURN_ONE { srcs: [src(A, true, Imm::Narrow(B))], dst: false, fields: [], words: 2 }
    /// return the 32-bit count at `B` of slots from `A`
    RETURN_MANY { srcs: [], dst: false, fields: [Field::Slots(A), Field::U32(B)], words: 2 }
    /// `d.. = a..`: copies the 32-bit count at `B` of slots, lowest first; runs may overlap if `d <= a`
    COPY_SLOTS { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::U32(B)], words: 2 }
    /// call a function of this module: callee's frame at `A`, function index (when linked: its entry) in the extra word. All
    /// calls have the same size and the first field.
    CALL { srcs: [], dst: false, fields: [Field::Callee(A), Field::U64(EXTRA)], words: 3 }
    /// call an imported function: as above, with the function index in the extra word
    CALL_IMPORT { srcs: [], dst: false, fields: [Field::Callee(A), Field::U32(EXTRA)], words: 3 }
    /// call through a table: as above, with the index operand, type index (32 bits at 16) and table index (32 bits at 20)
    CALL_INDIRECT { srcs: [src(B, true, Imm::Never)], dst: false, fields: [Field::Callee(A), Field::U32(EXTRA), Field::U32(TABLE)], words: 3 }
    /// tail call: arguments from `A`, parameter count at `B`, function index in the extra word
    TAIL_CALL { srcs: [], dst: false, fields: [Field::Slots(A), Field::U32(B), Field::U64(EXTRA)], words: 3 }
    /// tail call through a table: as above, with the index's slot at `B`, the parameter count at `C`, then type index
    /// and table index as above
    TAIL_CALL_INDIRECT { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(B), Field::U16(C), Field::U32(EXTRA), Field::U32(TABLE)], words: 3 }
    /// `d = pages of memory`: memory at `B`, log2 of its page size in the extra word
    MEMORY_SIZE { srcs: [], dst: true, fields: [Field::U32(B), Field::U32(EXTRA)], words: 3 }
    /// `memory[a..][..n] = v`: slots of `a`, `v` and `n` at `A`, `D` and `B`, memory in the extra word
    MEMORY_FILL { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::Slots(B), Field::U32(EXTRA)], words: 3 }
    /// `memory[a..][..n] = source[b..][..n]`: slots of `a`, `b` and `n` as above, memory and source in the extra word
    MEMORY_COPY { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::Slots(B), Field::U32(EXTRA), Field::U32(SOURCE)], words: 3 }
    /// `memory[a..][..n] = data[b..][..n]`: as above, with memory and data segment in the extra word
    MEMORY_INIT { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::Slots(B), Field::U32(EXTRA), Field::U32(SOURCE)], words: 3 }
    /// runs iterations of the loop that follows: see [`element_loop`]
    ELEMENT_LOOP { srcs: [], dst: false, fields: element_loop::FIELDS, words: element_loop::WORDS }
    /// `d = elements of table`
    TABLE_SIZE { srcs: [], dst: true, fields: [Field::U32(B)], words: 2 }
    /// `d = table[a]`
    TABLE_GET { srcs: [src(A, true, Imm::Never)], dst: true, fields: [Field::U32(B)], words: 2 }
    /// `table[a] = v`
    TABLE_SET { srcs: [src(A, true, Imm::Never), src(D, true, Imm::Tiny(D))], dst: false, fields: [Field::U32(B)], words: 2 }
    /// `table[a..][..n] = v`: slots of `a`, `v` and `n` at `A`, `D` and `B`, table in the extra word
    TABLE_FILL { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::Slots(B), Field::U32(EXTRA)], words: 3 }
    /// `d =` a reference to the function whose index is at `B`
    REF_FUNC { srcs: [], dst: true, fields: [Field::U32(B)], words: 2 }
    /// left to the run loop: operands in consecutive slots from `A`, result to the slot at `D`, two 32-bit indices at `B`
    /// and 16
    COLD { srcs: [], dst: false, fields: [Field::Slots(A), Field::Slots(D), Field::U32(B), Field::U32(EXTRA)], words: 3 }
}

impl Op {
    /// The shape of the op's cell.
    #[inline]
    pub const fn shape(self) -> &'static Shape {
        self.info().shape
    }

    /// Whether source operand number `index` may be this constant.
    #[inline]
    pub const fn fits(self, index: usize, bits: u64) -> bool {
        let info = self.info();
        let src = &info.shape.srcs[index];
        src.fits(bits, if src.word { Ty::I32 } else { info.input })
    }
}
