//! Rule 13: temporaries borrow registers, and where they may not.

use crate::listing;
use wasmite_translate::Options;

/// The cells of a loop that adds four words, with `between` before the last of them.
fn adding(between: &str) -> Vec<String> {
    listing(
        &format!(
            "(param i32 i32) (result i32) (local i32)
        (loop
            (i32.load (local.get 0)) (i32.load offset=4 (local.get 0)) i32.add
            (i32.load offset=8 (local.get 0)) i32.add
            {between}
            (i32.load offset=12 (local.get 0)) i32.add local.set 2
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
        local.get 2"
        ),
        &Options::ALL,
    )
}

#[test]
fn rule_13_temporaries_that_lose_the_accumulator_borrow_registers() {
    let code = adding("");
    let at = code.iter().position(|cell| cell == "I32Load hot, 8 -> acc").unwrap();
    assert_eq!(code[at - 3], "I32Load hot, 0 -> warm", "{code:?}");
    assert_eq!(code[at - 1], "I32Add acc, warm -> warm", "{code:?}");
    assert_eq!(code[at + 1], "I32Add acc, warm -> warm", "{code:?}");
    assert_eq!(code[at + 3], "I32Add acc, warm -> s2", "{code:?}");
}

#[test]
fn rule_13_not_across_branches_and_calls() {
    for between in ["(block (br_if 0 (local.get 1)))", "local.get 1 local.get 1 call 0 drop"] {
        let code = adding(between);
        let at = code.iter().position(|cell| cell == "I32Load hot, 12 -> acc").unwrap();
        assert_eq!(code[at + 1], "I32Add s3, acc -> s2", "{code:?}");
    }
}

#[test]
fn rule_13_not_where_a_local_has_the_register() {
    let code = listing(
        "(param i32 i32) (result i32)
        (loop
            (i32.load (local.get 0)) (i32.load offset=4 (local.get 1)) i32.add
            (i32.load offset=8 (local.get 0)) i32.add drop
            (local.set 0 (i32.load (local.get 0))) (local.set 1 (i32.load (local.get 1)))
            (local.set 0 (i32.load (local.get 0))) (local.set 1 (i32.load (local.get 1)))
            (br_if 0 (i32.xor (local.get 1) (local.get 0))))
        local.get 0",
        &Options::ALL,
    );
    let sums = code.iter().filter(|cell| *cell == "I32Add s2, acc -> s2").count();
    assert_eq!(sums, 2, "{code:?}");
}
