//! The name section: right, wrong and missing.

use crate::inputs::{KITCHEN_SINK, all_on, custom, leb, module, parse, section, sized};
use wasmite_core::FuncIdx;
use wasmite_module::Module;

fn with_names(subsections: &[u8]) -> Module {
    let bytes = module(&[section(1, &[1, 0x60, 0, 0]), custom("name", subsections)]);
    Module::parse(&bytes, &all_on()).unwrap()
}

fn naming(index: usize, name: &str) -> Vec<u8> {
    [leb(index), sized(name.as_bytes())].concat()
}

fn functions(names: &[Vec<u8>]) -> Vec<u8> {
    section(1, &[leb(names.len()), names.concat()].concat())
}

#[test]
fn names_of_module_and_functions() {
    let module = parse(KITCHEN_SINK).unwrap();
    assert_eq!(module.name(), Some("sink"));
    assert_eq!(module.func_name(FuncIdx(0)), Some("imported"));
    assert_eq!(module.func_name(FuncIdx(2)), Some("sum"));
    assert_eq!(module.func_name(FuncIdx(99)), None);
    assert_eq!(module.func_names().count(), 6);
}

#[test]
fn no_names() {
    let module = parse("(module (func))").unwrap();
    assert_eq!((module.name(), module.func_name(FuncIdx(0))), (None, None));
}

#[test]
fn functions_without_names_between_named_ones() {
    let module = with_names(&functions(&[naming(1, "one"), naming(5, "five")]));
    let names = [0, 1, 4, 5, 6].map(|at| module.func_name(FuncIdx(at)));
    assert_eq!(names, [None, Some("one"), None, Some("five"), None]);
}

#[test]
fn defects_are_not_errors() {
    let good = functions(&[naming(0, "zero")]);
    let bad_utf8 = functions(&[naming(0, "zero"), [leb(1), vec![1, 0xff]].concat()]);
    let out_of_order = functions(&[naming(3, "three"), naming(1, "one")]);
    let truncated = &good[..good.len() - 1];
    let huge_count = section(1, &leb(u32::MAX as usize));
    assert_eq!(with_names(&good).func_name(FuncIdx(0)), Some("zero"));
    assert_eq!(with_names(&bad_utf8).func_name(FuncIdx(0)), Some("zero"));
    assert_eq!(with_names(&bad_utf8).func_name(FuncIdx(1)), None);
    assert_eq!(with_names(&out_of_order).func_name(FuncIdx(1)), None);
    assert_eq!(with_names(truncated).func_name(FuncIdx(0)), None);
    assert_eq!(with_names(&huge_count).func_names().count(), 0);
    assert_eq!(with_names(&[0xff, 0xff]).name(), None);
    assert_eq!(with_names(&section(0, &[1, 0xff])).name(), None);
}

#[test]
fn every_corrupted_byte_of_the_names_leaves_the_module_valid() {
    let good = [section(0, &sized(b"m")), functions(&[naming(0, "zero"), naming(1, "one")])];
    let good = good.concat();
    for at in 0..good.len() {
        for value in 0..=255 {
            let mut bad = good.clone();
            bad[at] = value;
            let module = with_names(&bad);
            let found = module.func_names().count();
            assert!(found <= good.len());
        }
    }
}
