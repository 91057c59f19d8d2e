//! Where locals are: zeroed at entry where that is read, and kept in registers (rules 8 and 9).

use crate::{listing, parse, translate};
use wasmite_core::FuncIdx;
use wasmite_translate::{Options, Translator};

fn all(signature_and_body: &str) -> Vec<String> {
    listing(signature_and_body, &Options::ALL)
}

/// The slots that a function with a parameter and three locals zeroes at entry.
fn zeroed(body: &str) -> std::ops::Range<u16> {
    let module = parse(&format!("(module (func (param i32) (local i32 i32 i32) {body}))"));
    let slots_only = Options { hot_locals: false, ..Options::ALL };
    let frame = translate(&module, 0, &slots_only).expect("valid").frame();
    frame.zeroed..frame.zeroed_end
}

#[test]
fn rule_8_locals_written_first_are_not_zeroed() {
    assert!(zeroed("(local.set 1 (local.get 0)) (drop (local.get 1))").is_empty());
    // What only a loop or a block without branches is around counts afterwards.
    let body =
        "(loop (block (local.set 2 (local.get 0))) (br_if 0 (local.get 2))) (drop (local.get 2))";
    assert!(zeroed(body).is_empty());
    assert_eq!(zeroed("(drop (local.get 2))"), 2..3);
    assert_eq!(zeroed("(drop (local.get 3)) (drop (local.get 1))"), 1..4);
    assert_eq!(zeroed("(local.set 1 (local.get 1))"), 1..2);
}

#[test]
fn rule_8_locals_that_one_way_leaves_alone_are_zeroed() {
    let skipped =
        "(block (br_if 0 (local.get 0)) (local.set 1 (i32.const 1))) (drop (local.get 1))";
    assert_eq!(zeroed(skipped), 1..2);
    let then = "(if (local.get 0) (then (local.set 1 (i32.const 1)))) (drop (local.get 1))";
    assert_eq!(zeroed(then), 1..2);
    let other = "(if (local.get 0) (then (local.set 1 (i32.const 1))) (else (drop (local.get 1))))";
    assert_eq!(zeroed(other), 1..2);
    let turn = "(loop (drop (local.get 1)) (local.set 1 (i32.const 1)) (br_if 0 (local.get 0)))";
    assert_eq!(zeroed(turn), 1..2);
    let nested = "(block (block (br_if 1 (local.get 0)) (local.set 1 (i32.const 1))) (drop (local.get 1))) (drop (local.get 1))";
    assert_eq!(zeroed(nested), 1..2);
}

/// A function whose locals 1 and 2 are in registers, with something before its loop.
fn summing(before: &str) -> String {
    format!(
        "(param i32) (result i32) (local i32 i32) {before}
        (loop (local.set 2 (i32.mul (local.get 1) (i32.const 3)))
            (local.set 1 (i32.add (local.get 2) (local.get 1)))
            (br_if 0 (i32.lt_u (local.get 2) (local.get 0))))
        (local.get 2)"
    )
}

#[test]
fn rule_8_registers_are_zeroed_where_the_zero_is_read() {
    let zeros = |before: &str| {
        let code = all(&summing(before));
        code.iter().filter(|cell| cell.starts_with("Copy32 0 -> ")).count()
    };
    assert_eq!(zeros(""), 1, "local 1 is read in the first turn");
    assert_eq!(zeros("(drop (i32.clz (local.get 2)))"), 2);
    assert_eq!(zeros("(local.set 1 (i32.const 7))"), 0);
    assert_eq!(zeros("(if (local.get 0) (then (local.set 1 (i32.const 7))))"), 1);
}

#[test]
fn rule_8_what_stands_behind_a_zero_that_is_removed_moves_up() {
    let body = summing("(local.set 1 (i32.const 7))");
    let code = all(&body);
    assert_eq!(code[0], "Copy32 7 -> hot", "{code:?}");
    let module = parse(&format!("(module (func {body}))"));
    let mut landings = Vec::new();
    let wanted = Some(&mut landings);
    let options = Options { source_map: true, ..Options::ALL };
    Translator::default()
        .assemble(&module, FuncIdx(0), &options, wanted, |_, _, _| ())
        .expect("what is at landings and targets is a cell");
    let code = translate(&module, 0, &options).unwrap();
    let loop_ = code.listing().find(|cell| cell.to_string().starts_with("I32Mul")).unwrap();
    assert_eq!(landings.iter().map(|landing| landing.word).collect::<Vec<_>>(), [loop_.word]);
    let branch = code.listing().find(|cell| cell.to_string().starts_with("Br")).unwrap();
    assert!(branch.to_string().ends_with(&format!("@{}", loop_.word)), "{branch}");
    let first = code.listing().next().unwrap().word;
    let sources = [first, loop_.word, branch.word].map(|word| code.source_of(word));
    assert!(sources.is_sorted() && sources.iter().all(Option::is_some), "{sources:?}");
}

#[test]
fn locals_are_hot_where_they_are_used_enough() {
    let straight = all("(param i32) (result i32) local.get 0 i32.clz");
    assert_eq!(straight[0], "I32Clz s0 -> acc");
    let busy = "local.get 0 i32.const 3 i32.mul local.set 0 ".repeat(3);
    let straight = all(&format!("(param i32) (result i32) {busy} local.get 0"));
    assert_eq!(straight[..2], ["Copy64 s0 -> hot", "I32Mul hot, 3 -> hot"]);
    let looped = all("(param i32) (loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0)");
    let entered = "Copy64 s0 -> hot";
    assert_eq!(looped, [entered, "I32Add hot, -1 -> hot", "BrI32Ne hot, 0, @2", "Return"]);
}

#[test]
fn hot_locals_are_read_before_they_change() {
    // The old value is still on the stack when the hot local is overwritten.
    let code = all(
        "(param i32) (result i32) (loop (result i32) local.get 0 local.get 0 i32.clz local.tee 0 i32.sub local.get 0 br_if 0)",
    );
    let keep = code.iter().position(|cell| cell == "Copy64 hot -> s1").expect("old value is kept");
    let write =
        code.iter().rposition(|cell| cell.ends_with("-> hot")).expect("new value is written");
    assert!(keep < write, "{code:?}");
}

#[test]
fn calls_keep_hot_integers() {
    let code = all(
        "(param i64) (loop (loop local.get 0 local.get 0 i64.mul local.set 0 local.get 0 call 0 br 0))",
    );
    let expected =
        ["Copy64 s0 -> hot", "I64Mul hot, hot -> hot", "Copy64 hot -> s1", "Call s1.., 0"];
    assert_eq!(code[..4], expected, "{code:?}");
    assert!(code[4].starts_with("Jump"), "{code:?}");
}

#[test]
fn floats_are_in_registers_where_nothing_is_called() {
    let square =
        |local: u32| format!("local.get {local} local.get {local} f64.mul local.set {local} ");
    let body = format!("{} {}", square(0), square(1));
    let code = all(&format!(
        "(param f64 f64) (loop (loop {body} local.get 0 local.get 1 f64.lt br_if 0) (loop {body} local.get 0 local.get 1 call 0 br 0))"
    ));
    let at = |cell: &str| code.iter().filter(|other| *other == cell).count();
    assert_eq!([at("F64Mul hot, hot -> hot"), at("F64Mul warm, warm -> warm")], [1, 1], "{code:?}");
    assert_eq!([at("F64Mul s0, s0 -> s0"), at("F64Mul s1, s1 -> s1")], [1, 1], "{code:?}");
}

#[test]
fn hot_locals_that_are_no_parameters_start_as_zero() {
    let code = all("(local i32) (loop local.get 0 i32.const 1 i32.add local.tee 0 br_if 0)");
    assert_eq!(code[0], "Copy32 0 -> hot", "{code:?}");
}

#[test]
fn rule_9_registers_change_where_loops_use_other_locals() {
    let count = |local: u32| {
        format!(
            "(loop local.get {local} i32.const 1 i32.add local.tee {local} i32.const 9 i32.lt_u br_if 0)"
        )
    };
    let body = format!("(param i32 i32 i32) {} {} {} {}", count(0), count(1), count(2), count(0));
    let code = all(&body);
    // Two of them stay in registers; the third takes the place of one, and gives it back.
    let third = code.iter().position(|cell| cell.starts_with("Copy64 s2 ->")).expect("is loaded");
    let register = code[third].rsplit(' ').next().expect("a destination");
    let displaced =
        code[third - 1].strip_prefix(&format!("Copy64 {register} -> ")).expect("is spilled");
    assert_eq!(code[third + 1], format!("I32Add {register}, 1 -> {register}"), "{code:?}");
    assert_eq!(code[third + 3], format!("Copy64 {register} -> s2"), "{code:?}");
    assert_eq!(code[third + 4], format!("Copy64 {displaced} -> {register}"), "{code:?}");
    assert_eq!(code.iter().filter(|cell| cell.starts_with("Copy")).count(), 6, "{code:?}");
}

#[test]
fn rule_9_branches_out_of_such_loops_have_copies_behind_the_code() {
    let code = all("(param i32 i32 i32 i32)
        (loop $outer
            (loop $first
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (local.set 1 (i32.add (local.get 1) (local.get 0)))
                (br_if $first (i32.lt_u (local.get 0) (local.get 1))))
            (loop $second
                (local.set 2 (i32.add (local.get 2) (i32.const 1)))
                (local.set 3 (i32.add (local.get 3) (local.get 2)))
                (br_if $outer (i32.eq (local.get 2) (local.get 3)))
                (br_if $second (i32.lt_u (local.get 2) (local.get 3)))))");
    let end = code.iter().position(|cell| cell == "Return").expect("the function returns");
    let last = code.last().expect("cells");
    assert!(code.len() > end + 1 && last.starts_with("Jump"), "{code:?}");
    assert!(code[end + 1..code.len() - 1].iter().all(|cell| cell.starts_with("Copy")), "{code:?}");
}

#[test]
fn rule_9_ways_out_to_the_same_place_share_their_copies() {
    let turns = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (local.set 1 (i32.add (local.get 1) (local.get 0)))";
    let outs: String = (1..8)
        .map(|depth| format!("(br_if {depth} (i32.eq (local.get 0) (i32.const {depth})))"))
        .collect();
    let body = format!(
        "(param i32 i32) {} (loop {turns} {outs} {outs} (br_if 0 (local.get 1))) {}",
        "(block ".repeat(8),
        ") (drop (i32.clz (local.get 0)))".repeat(8)
    );
    let others = "(local.set 2 (i32.add (local.get 2) (i32.const 1)))
        (local.set 3 (i32.add (local.get 3) (local.get 2)))";
    let before =
        format!("(param i32 i32 i32 i32) (loop {} (br_if 0 (local.get 3)))", others.repeat(30));
    let code = all(&body.replace("(param i32 i32)", &before));
    let end = code.iter().position(|cell| cell == "Return").expect("the function returns");
    let jumps = code[end..].iter().filter(|cell| cell.starts_with("Jump")).count();
    assert_eq!(jumps, 7, "{code:?}");
}
