//! Every accessor, on one module that has some of everything.

use crate::inputs::{KITCHEN_SINK, all_on, parse, wat};
use std::iter;
use wasmite_core::{
    DataIdx, ExternKind, ExternType, FuncIdx, FuncType, GlobalIdx, GlobalType, HeapType, MemoryIdx,
    MemoryType, RefType, TableIdx, TableType, TypeIdx, ValType,
};
use wasmite_module::{
    ConstOp, ElementItems, ExternIdx, ImportType, Module, Operator, ParseOptions, SegmentMode,
};

fn sink() -> Module {
    parse(KITCHEN_SINK).unwrap()
}

#[test]
fn modules_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Module>();
}

#[test]
fn bytes_and_options() {
    let bytes = wat(KITCHEN_SINK);
    let module = Module::parse_owned(bytes.clone(), &all_on()).unwrap();
    assert_eq!(module.bytes(), bytes);
    assert_eq!(module.features(), all_on().features);
    assert!(format!("{module:?}").contains("sink"));
}

#[test]
fn types() {
    let module = sink();
    assert_eq!(module.types()[0], FuncType::new([ValType::I32, ValType::I64], [ValType::F32]));
    assert_eq!(module.types()[1], FuncType::new([], []));
    assert_eq!(module.func_type_index(FuncIdx(0)), TypeIdx(0));
    assert_eq!(module.func_type(FuncIdx(1)).params(), []);
    assert_eq!(module.func_type(FuncIdx(2)).results(), [ValType::I32, ValType::I32]);
}

#[test]
fn imports() {
    let module = sink();
    let names: Vec<_> = module.imports().iter().map(|i| (&*i.module, &*i.name)).collect();
    assert_eq!(names, [("env", "f"), ("env", "t"), ("env", "m"), ("env", "g")]);
    let table = TableType::new(RefType::EXTERNREF, 1, Some(2));
    let memory = MemoryType::new(1, Some(3));
    let global = GlobalType::new(ValType::I32, false);
    let types: Vec<_> = module.imports().iter().map(|i| i.ty).collect();
    assert_eq!(types[0], ImportType::Func(TypeIdx(0)));
    assert_eq!(types[1], ImportType::Table(table));
    assert_eq!(types[2], ImportType::Memory(memory));
    assert_eq!(types[3], ImportType::Global(global));
    let types: Vec<_> = module.imports().iter().map(|i| module.import_type(i).unwrap()).collect();
    assert_eq!(types[0], ExternType::Func(module.types()[0].clone()));
    assert_eq!(types[1], ExternType::Table(table));
    assert_eq!(types[2], ExternType::Memory(memory));
    assert_eq!(types[3], ExternType::Global(global));
    let kinds: Vec<_> = module.imports().iter().map(|i| i.ty.kind()).collect();
    assert_eq!(
        kinds,
        [ExternKind::Func, ExternKind::Table, ExternKind::Memory, ExternKind::Global]
    );
}

#[test]
fn counts() {
    let module = sink();
    assert_eq!((module.imported_func_count(), module.func_count()), (1, 6));
    assert_eq!((module.imported_table_count(), module.table_count()), (1, 3));
    assert_eq!((module.imported_memory_count(), module.memory_count()), (1, 3));
    assert_eq!((module.imported_global_count(), module.global_count()), (1, 7));
    assert!(module.defined_funcs().eq((1..6).map(FuncIdx)));
    let empty = parse("(module)").unwrap();
    assert_eq!((empty.func_count(), empty.imported_func_count()), (0, 0));
    assert_eq!(empty.export("x"), None);
}

#[test]
fn exports() {
    let module = sink();
    let names: Vec<_> = module.exports().iter().map(|e| &*e.name).collect();
    assert_eq!(names, ["sum", "z", "a", "mem", ""]);
    for export in module.exports() {
        assert_eq!(module.export(&export.name), Some(export.item));
        assert_eq!(module.extern_type(export.item).unwrap().kind(), export.item.kind());
    }
    assert_eq!(module.export("sum"), Some(ExternIdx::Func(FuncIdx(2))));
    assert_eq!(module.export("z"), Some(ExternIdx::Func(FuncIdx(0))));
    assert_eq!(module.export("a"), Some(ExternIdx::Table(TableIdx(1))));
    assert_eq!(module.export("mem"), Some(ExternIdx::Memory(MemoryIdx(2))));
    assert_eq!(module.export(""), Some(ExternIdx::Global(GlobalIdx(2))));
    assert_eq!(module.export("su"), None);
    assert_eq!(module.export("summ"), None);
}

#[test]
fn tables_memories_and_globals() {
    let module = sink();
    assert_eq!(module.tables()[1].ty, TableType::new(RefType::FUNCREF, 4, None));
    assert_eq!(module.tables()[2].ty, TableType::new64(RefType::FUNCREF, 7, Some(9)));
    assert!(module.tables().iter().all(|table| table.init.is_none()));
    assert_eq!(module.memories()[0], MemoryType::new(1, Some(3)));
    assert_eq!(module.memories()[1], MemoryType::new64(2, Some(8)));
    assert_eq!(module.memories()[2].minimum_bytes(), Some(1000));
    assert_eq!(module.memories()[2].page_size(), 1);
    let init = |at: usize| module.globals()[at].init.as_ref().unwrap().ops();
    assert_eq!(module.globals()[0].init, None);
    assert_eq!(module.globals()[1].ty, GlobalType::new(ValType::I64, true));
    assert_eq!(init(1), [ConstOp::I64Const(u64::MAX - 1)]);
    assert_eq!(init(2), [ConstOp::F32Const(1.5f32.to_bits())]);
    assert_eq!(init(3), [ConstOp::F64Const((-0.5f64).to_bits())]);
    assert_eq!(init(4), [ConstOp::RefNull(HeapType::Extern)]);
    assert_eq!(init(5), [ConstOp::RefFunc(FuncIdx(5))]);
    let sum = [ConstOp::GlobalGet(GlobalIdx(0)), ConstOp::I32Const(3), ConstOp::I32Add];
    assert_eq!(init(6), [&sum[..], &[ConstOp::I32Const(1), ConstOp::I32Sub]].concat());
}

#[test]
fn arithmetic_in_constant_expressions() {
    let module = parse(
        "(module
           (global i32 (i32.mul (i32.const 2) (i32.const 3)))
           (global i64 (i64.mul (i64.sub (i64.const 1) (i64.const 2))
                                (i64.add (i64.const 3) (i64.const 4)))))",
    )
    .unwrap();
    let ops = |at: usize| module.globals()[at].init.as_ref().unwrap().ops();
    assert_eq!(ops(0), [ConstOp::I32Const(2), ConstOp::I32Const(3), ConstOp::I32Mul]);
    let operators: Vec<_> =
        ops(1).iter().filter(|op| !matches!(op, ConstOp::I64Const(_))).collect();
    assert_eq!(operators, [&ConstOp::I64Sub, &ConstOp::I64Add, &ConstOp::I64Mul]);
}

#[test]
fn segments() {
    let module = sink();
    let [active, declared, passive] = module.elements() else { panic!("three element segments") };
    let SegmentMode::Active { index, offset } = &active.mode else { panic!("active") };
    assert_eq!((*index, offset.ops()), (TableIdx(1), &[ConstOp::I32Const(1)][..]));
    assert_eq!(active.items, ElementItems::Funcs([FuncIdx(2), FuncIdx(2)].into()));
    assert_eq!((&declared.mode, declared.items.len()), (&SegmentMode::Declared, 1));
    assert_eq!((&passive.mode, passive.ty), (&SegmentMode::Passive, RefType::FUNCREF));
    let ElementItems::Exprs(exprs) = &passive.items else { panic!("expressions") };
    assert_eq!(exprs[0].ops(), [ConstOp::RefNull(HeapType::Func)]);
    assert_eq!(exprs[1].ops(), [ConstOp::RefFunc(FuncIdx(0))]);
    assert!(!passive.items.is_empty());

    assert_eq!(module.data().len(), 2);
    let SegmentMode::Active { index, offset } = &module.data()[0].mode else { panic!("active") };
    assert_eq!((*index, offset.ops()), (MemoryIdx(0), &[ConstOp::I32Const(5)][..]));
    assert_eq!(module.data_bytes(DataIdx(0)), b"hello");
    assert_eq!(module.data()[1].mode, SegmentMode::Passive);
    assert_eq!(module.data_bytes(DataIdx(1)), [0, 0xff]);
}

#[test]
fn start_and_referable_functions() {
    let module = sink();
    assert_eq!(module.start(), Some(FuncIdx(1)));
    assert_eq!(module.referable_funcs(), [0, 2, 3, 5].map(FuncIdx));
    assert_eq!(parse("(module (func))").unwrap().start(), None);
}

#[test]
fn bodies() {
    let module = sink();
    let range = module.body_range(FuncIdx(2));
    let body = module.body(FuncIdx(2));
    assert_eq!(body.bytes(), &module.bytes()[range.clone()]);
    let mut locals = body.locals().unwrap();
    assert_eq!(locals.group(), Ok(Some((1, ValType::I64, range.start + 1))));
    assert_eq!(locals.group(), Ok(None));
    let mut operators = body.operators().unwrap();
    assert_eq!(
        operators.read(),
        Ok(Some((Operator::LocalGet { local_index: 0 }, range.start + 3)))
    );
    let rest: Vec<_> = iter::from_fn(|| operators.read().unwrap()).collect();
    assert_eq!(rest.last(), Some(&(Operator::End, range.end - 1)));
    assert_eq!(rest.len(), 4);
    let again = body.operators_from(range.end - 1).unwrap().read();
    assert_eq!(again, Ok(Some((Operator::End, range.end - 1))));
    assert!(body.operators_from(range.end + 1).is_none());
    assert!(body.operators_from(range.start - 1).is_none());
    let ends: Vec<_> = module.defined_funcs().map(|f| module.body_range(f)).collect();
    assert!(ends.is_sorted_by_key(|range| range.start));
}

#[test]
fn custom_sections() {
    let module = sink();
    let notes: Vec<_> = module.custom_sections().filter(|(name, _)| *name == "note").collect();
    assert_eq!(notes, [("note", &b"first"[..]), ("note", b"second")]);
    let options = ParseOptions { keep_custom_sections: false, ..all_on() };
    let bare = Module::parse(module.bytes(), &options).unwrap();
    assert_eq!(bare.custom_sections().count(), 0);
    assert_eq!((bare.name(), bare.func_name(FuncIdx(1))), (None, None));
    assert!(bare.sections().iter().all(|section| section.id != 0));
}

#[test]
fn sections() {
    let module = sink();
    let kinds: Vec<_> = module.sections().iter().filter(|s| s.id != 0).map(|s| s.kind()).collect();
    let before = ["type", "import", "function", "table", "memory", "global", "export"];
    let expected = [&before[..], &["start", "element", "data count", "code", "data"]].concat();
    assert_eq!(kinds, expected);
    let names: Vec<_> = module.sections().iter().map(|s| module.section_name(s)).collect();
    assert!(names.contains(&"name") && names.contains(&"note") && names.contains(&"data count"));
    // Contents follow each other, with an id and a size between them.
    for pair in module.sections().windows(2) {
        assert!((2..=6).contains(&(pair[1].range.start - pair[0].range.end)));
    }
    let last = module.sections().last().unwrap();
    assert_eq!(last.range.end as usize, module.bytes().len());
}
