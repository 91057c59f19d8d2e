//! Which loops are found to copy or fill memory, and what the cell in front of one says.

use crate::{listing, translate};
use wasmite_module::ExternIdx;
use wasmite_translate::Options;

/// The engine runs the same loops.
const TEXT: &str = include_str!("../data/element_loops.wat");

fn cell(signature_and_body: &str) -> String {
    let code = listing(signature_and_body, &Options { hot_locals: false, ..Options::ALL });
    let mut cells = code.into_iter().filter(|cell| cell.contains("Loop "));
    let cell = cells.next().expect("the loop is found");
    assert_eq!(cells.next(), None);
    cell
}

#[test]
fn loops_are_found_and_others_are_not() {
    let module = crate::parse(TEXT);
    let mut found = 0;
    for export in module.exports() {
        let ExternIdx::Func(func) = export.item else { continue };
        let code = translate(&module, func.0, &Options::ALL).expect("valid");
        let cells = code.listing().filter(|cell| cell.to_string().contains("Loop ")).count();
        assert_eq!(cells, usize::from(!export.name.starts_with("no")), "{}", export.name);
        found += cells;
        let off = Options { native_loops: false, ..Options::ALL };
        let code = translate(&module, func.0, &off).expect("valid");
        assert!(code.listing().all(|cell| !cell.to_string().contains("Loop ")), "{}", export.name);
    }
    assert!(found > 10);
}

#[test]
fn cells_say_what_the_loop_does() {
    let copy = "(param i32 i32 i32)
        (loop
            (i32.store16 offset=4 (local.get 0) (i32.load16_u (i32.add (local.get 1) (i32.const 6))))
            (local.set 0 (i32.add (local.get 0) (i32.const 2)))
            (local.set 1 (i32.add (local.get 1) (i32.const 2)))
            (br_if 0 (i32.ne (local.get 0) (local.get 2))))";
    // Target, source, sides of the test, direction, traits, hot locals, stride, speed, what changes, by how much; then
    // what is added to target, source and sides.
    let expected = "CopyLoop -, s0, -, s1, s0, s2, -, 1, -, -, 2, 2, s0, s1, -, -, 2, 2, 0, 0, 0, 4, 6, 0, 2, 0";
    assert_eq!(cell(copy), expected);
}

#[test]
fn hot_locals_are_spilled_by_the_cell() {
    let fill = "(param i32 i32 f64)
        (loop
            (i32.store8 (local.get 0) (i32.const 1))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))";
    let code = listing(fill, &Options::ALL);
    let cell = code.iter().position(|cell| cell.starts_with("FillLoop")).expect("it is found");
    let registers = code[cell].split(", ").skip(8).take(2).collect::<Vec<_>>();
    assert!(registers.contains(&"s0") && registers.contains(&"s1"), "{code:?}");
    // The loop's own branch goes past it.
    let back = code.last().expect("there is code");
    assert_eq!(back, "Return");
    let words: u32 = 2 + 2 + 9;
    assert!(code[code.len() - 2].ends_with(&format!("@{words}")), "{code:?}");
}

#[test]
fn only_memory_0_with_short_addresses_counts() {
    let body = |text: &str| {
        let module = crate::parse(text);
        let code = translate(&module, 0, &Options::ALL).expect("valid");
        code.listing().filter(|cell| cell.to_string().contains("Loop ")).count()
    };
    let fill = |memory: &str, add: &str| {
        format!(
            "(module (memory {memory}) (memory $other 1) (func (param i32 i32) (loop
                (i32.store8 {add} (local.get 0) (i32.const 1))
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))))"
        )
    };
    assert_eq!(body(&fill("1", "")), 1);
    assert_eq!(body(&fill("1 1 (pagesize 1)", "")), 1);
    assert_eq!(body(&fill("1", "$other")), 0);
    let long = fill("i64 1", "")
        .replace("i32.store8  (local.get 0)", "i32.store8 (i64.extend_i32_u (local.get 0))");
    assert_eq!(body(&long), 0);
}

#[test]
fn bodies_that_are_not_valid_are_refused_all_the_same() {
    for body in ["i32.add", "local.get 9", "local.get 0 local.get 0 i32.store8 local.set 9", "end"]
    {
        let module = crate::parse(&format!("(module (memory 1) (func (param i64) (loop {body})))"));
        assert!(translate(&module, 0, &Options::ALL).is_err(), "{body}");
    }
}
