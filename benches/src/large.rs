//! Writes modules of any size for the startup and memory suites: the same size gives the same bytes.
//!
//! Functions are varied from four shapes (counting loop, search in memory, switch, arithmetic) by a generator with a fixed
//! seed: different constants, offsets, lengths and callees. Invariant: every call ends, because a function calls only those
//! before it, and only while its first parameter, which shrinks, is not zero.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind,
    ExportSection, Function, FunctionSection, InstructionSink, MemArg, MemArgTarget, MemorySection,
    MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

/// A module of WebAssembly 1.0 without imports, about 110 bytes for each function. Its export `run: (i32) -> i64` calls a
/// hundred of them, so that lazy translation has something to do but not everything.
pub fn large_module(functions: u32) -> Vec<u8> {
    let mut random = Random(20_240_229);
    let mut code = CodeSection::new();
    for index in 0..functions {
        code.function(&function(&mut random, index));
    }
    code.function(&runner(&mut random, functions));
    assemble(functions, &code, (0..16_384).map(|_| random.below(256) as u8))
}

/// xorshift.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        ((u64::from(self.0) * u64::from(limit)) >> 32) as u32
    }

    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low) as u32) as i32
    }

    /// A multiple of 4.
    fn offset(&mut self, words: u32) -> MemArg {
        argument(self.below(words) * 4, 2)
    }
}

fn argument(offset: u32, align: u32) -> MemArg {
    MemArg { offset: offset.into(), align, target: MemArgTarget::Memory(0), ordering: None }
}

type Operation = for<'a, 'b> fn(&'a mut InstructionSink<'b>) -> &'a mut InstructionSink<'b>;

const OPERATIONS: [Operation; 8] = [
    |code| code.i32_add(),
    |code| code.i32_xor(),
    |code| code.i32_sub(),
    |code| code.i32_mul(),
    |code| code.i32_and(),
    |code| code.i32_or(),
    |code| code.i32_rotl(),
    |code| code.i32_shl(),
];

/// Applies one of the first `kinds` operations.
fn operation(random: &mut Random, kinds: u32, code: &mut InstructionSink<'_>) {
    OPERATIONS[random.below(kinds) as usize](code);
}

/// Word aligned, in the first 32 KiB.
const ADDRESS_MASK: i32 = 0x7FFC;

fn address<'a, 'b>(code: &'a mut InstructionSink<'b>, local: u32) -> &'a mut InstructionSink<'b> {
    code.local_get(local).i32_const(ADDRESS_MASK).i32_and()
}

/// Parameters 0 and 1, locals 2 to 5, all i32; the shapes leave one i32.
fn function(random: &mut Random, index: u32) -> Function {
    let mut function = Function::new([(4, ValType::I32)]);
    let code = &mut function.instructions();
    match random.below(4) {
        0 => counting_loop(random, index, code),
        1 => search(random, index, code),
        2 => switch(random, index, code),
        _ => arithmetic(random, index, code),
    }
    code.end();
    function
}

/// A call of an earlier function, direct or through the table; a load where there is none.
fn any_call(random: &mut Random, index: u32, code: &mut InstructionSink<'_>) {
    if index == 0 {
        address(code, 1).i32_load(random.offset(64));
        return;
    }
    let callee = index - 1 - random.below(index.min(2000));
    code.local_get(0).if_(BlockType::Result(ValType::I32));
    code.local_get(0).i32_const(2).i32_shr_u();
    code.local_get(1).i32_const(random.between(0, 1 << 16)).i32_xor();
    if random.below(5) == 0 {
        code.i32_const(callee as i32).call_indirect(0, 0);
    } else {
        code.call(callee);
    }
    code.else_().local_get(1).end();
}

fn counting_loop(random: &mut Random, index: u32, code: &mut InstructionSink<'_>) {
    code.i32_const(random.between(3, 12)).local_set(2);
    code.i32_const(random.between(-9999, 9999)).local_set(3);
    code.loop_(BlockType::Empty).local_get(3);
    address(code, 1).i32_load(random.offset(256));
    operation(random, 4, code);
    code.i32_const(random.between(1, 31)).i32_rotl().local_set(3);
    code.local_get(1).i32_const(random.between(4, 64)).i32_add().local_set(1);
    code.local_get(2).i32_const(1).i32_sub().local_tee(2).br_if(0).end();
    any_call(random, index, code);
    code.local_get(3).i32_add();
}

fn search(random: &mut Random, index: u32, code: &mut InstructionSink<'_>) {
    let byte = argument(random.below(512), 0);
    code.i32_const(0).local_set(2).block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(2).i32_const(random.between(8, 24)).i32_lt_u().i32_eqz().br_if(1);
    address(code, 1).local_get(2).i32_add().i32_load8_u(byte);
    code.i32_const(random.between(0, 256)).i32_eq().br_if(1);
    code.local_get(2).i32_const(1).i32_add().local_set(2).br(0).end().end();
    address(code, 1).local_get(2).i32_store(random.offset(256));
    any_call(random, index, code);
    code.local_get(2).i32_or();
}

fn switch(random: &mut Random, index: u32, code: &mut InstructionSink<'_>) {
    let cases = 3 + random.below(6);
    for _ in 0..=cases {
        code.block(BlockType::Empty);
    }
    code.local_get(1).i32_const(15).i32_and().br_table(0..cases, cases);
    for case in 0..cases {
        code.end().local_get(1).i32_const(random.between(-5000, 5000));
        operation(random, 4, code);
        code.local_set(3).br(cases - 1 - case);
    }
    code.end();
    any_call(random, index, code);
    code.local_get(3).i32_xor();
}

fn arithmetic(random: &mut Random, index: u32, code: &mut InstructionSink<'_>) {
    for _ in 0..4 + random.below(10) {
        code.local_get(random.below(6)).local_get(random.below(6));
        operation(random, 6, code);
        code.i32_const(random.between(-100_000, 100_000));
        operation(random, 8, code);
        code.local_set(2 + random.below(4));
    }
    code.local_get(2).local_get(3).i32_lt_s().if_(BlockType::Result(ValType::I32));
    code.local_get(4).else_();
    any_call(random, index, code);
    code.end().local_get(5).i32_add();
}

/// The exported function: local 1 is the sum.
fn runner(random: &mut Random, functions: u32) -> Function {
    let mut function = Function::new([(1, ValType::I64)]);
    let code = &mut function.instructions();
    for _ in 0..100 {
        code.local_get(1).local_get(0).i32_const(255).i32_and();
        code.local_get(0).i32_const(random.between(0, 1 << 20)).i32_add();
        code.call(random.below(functions)).i64_extend_i32_u().i64_xor();
        code.i64_const(7).i64_rotl().local_set(1);
    }
    code.local_get(1).end();
    function
}

fn assemble(
    functions: u32,
    code: &CodeSection,
    data: impl ExactSizeIterator<Item = u8>,
) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I64]);
    let mut declarations = FunctionSection::new();
    for _ in 0..functions {
        declarations.function(0);
    }
    declarations.function(1);
    let mut tables = TableSection::new();
    let (minimum, element_type) = (u64::from(functions), RefType::FUNCREF);
    tables.table(TableType { element_type, table64: false, minimum, maximum: None, shared: false });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, functions);
    let mut elements = ElementSection::new();
    let callees: Vec<u32> = (0..functions).collect();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(callees.into()));
    let mut segments = DataSection::new();
    segments.active(0, &ConstExpr::i32_const(0), data);
    let mut module = Module::new();
    module.section(&types).section(&declarations).section(&tables).section(&memories);
    module.section(&exports).section(&elements).section(code).section(&segments);
    module.finish()
}
