//! One test per soundness rule of the translator: a case where the rule must hold back an optimisation, beside one where
//! the optimisation must happen.

use crate::{listing, parse, translate};
use wasmite_core::FuncIdx;
use wasmite_translate::{Options, Translator};

fn all(signature_and_body: &str) -> Vec<String> {
    listing(signature_and_body, &Options::ALL)
}

#[test]
fn rule_1_labels_forget_accumulators() {
    let straight = all("(param i32 i32) (result i32) local.get 0 local.get 1 i32.add i32.clz");
    assert_eq!(straight[1], "I32Clz acc -> acc");
    let labelled = all(
        "(param i32 i32) (result i32) (block (result i32) local.get 0 local.get 1 i32.add local.get 1 br_if 0) i32.clz",
    );
    assert!(
        labelled.contains(&"I32Clz s2 -> s2".into())
            || labelled.contains(&"I32Clz s2 -> acc".into()),
        "{labelled:?}"
    );
}

#[test]
fn rule_1_calls_forget_accumulators() {
    let code =
        all("(param i32) (result i32) local.get 0 i32.clz call 0 local.get 0 i32.ctz i32.add");
    // The call's result is the only thing known afterwards.
    assert!(code.iter().any(|cell| cell.starts_with("I32Add s1, acc")), "{code:?}");
}

#[test]
fn rule_2_consumed_temporaries_are_not_stored() {
    let code = all("(param i32 i32) (result i32) local.get 0 local.get 1 i32.add i32.clz");
    assert_eq!(code[0], "I32Add s0, s1 -> acc");
    let plain = Options { dead_stores: false, ..Options::ALL };
    let code =
        listing("(param i32 i32) (result i32) local.get 0 local.get 1 i32.add i32.clz", &plain);
    assert_eq!(code[0], "I32Add s0, s1 -> s2");
}

#[test]
fn rule_2_carried_values_keep_their_store() {
    let code = all(
        "(param i32 i32) (result i32) (block (result i32) local.get 0 i32.clz local.get 1 br_if 0 i32.ctz)",
    );
    assert_eq!(code[0], "I32Clz s0 -> s2", "{code:?}");
}

#[test]
fn rule_3_local_set_folds_into_its_producer() {
    let code = all("(param i32 i32) local.get 0 local.get 1 i32.add local.set 0");
    assert_eq!(code[0], "I32Add s0, s1 -> s0");
}

#[test]
fn rule_3_not_if_the_local_was_read_since() {
    // The product is computed before the sum reads local 0, and assigned after.
    let code = all(
        "(param i32 i32) (result i32) local.get 1 local.get 1 i32.mul local.get 0 local.get 1 i32.add local.set 1 local.set 0 local.get 1",
    );
    assert_eq!(code[0], "I32Mul s1, s1 -> s2", "{code:?}");
    assert_eq!(code[1], "I32Add s0, s1 -> s1", "{code:?}");
    assert_eq!(code[2], "Copy64 s2 -> s0", "{code:?}");
}

#[test]
fn rule_3_not_across_a_branch() {
    let code = all("(param i32 i32) (block local.get 0 i32.clz local.get 1 br_if 0 local.set 0)");
    assert!(!code[0].ends_with("-> s0"), "{code:?}");
    assert_eq!(code[2], "Copy64 acc -> s0", "{code:?}");
}

#[test]
fn rule_3_not_if_a_pending_read_was_flushed() {
    // The old value of local 0 is still on the stack when it is overwritten.
    let code = all(
        "(param i32 i32) (result i32) local.get 0 local.get 1 i32.clz local.set 0 local.get 0 i32.sub",
    );
    let flush = code.iter().position(|cell| cell == "Copy64 s0 -> s2").expect("old value is kept");
    let write = code.iter().position(|cell| cell.ends_with("-> s0")).expect("new value is written");
    assert!(flush < write, "{code:?}");
}

#[test]
fn rule_4_blocks_flush_pending_reads() {
    let code = all(
        "(param i32 i32) (result i32) local.get 0 (block local.get 1 br_if 0 i32.const 7 local.set 0) local.get 0 i32.add",
    );
    assert_eq!(code[0], "Copy64 s0 -> s2", "{code:?}");
}

#[test]
fn rule_4_sums_wait_to_become_addresses() {
    let code = all(
        "(param i32 i32 i32) local.get 0 i32.const 4096 i32.add local.get 2 i32.const 3 i32.mul i32.store
         local.get 0 local.get 1 i32.add local.get 2 i32.clz i32.store offset=8",
    );
    let expected = [
        "I32Mul s2, 3 -> acc",
        "I32StoreIndexed s0, 4096, acc, 0",
        "I32Clz s2 -> acc",
        "I32StoreIndexed s0, s1, acc, 8",
        "Return",
    ];
    assert_eq!(code, expected);
}

#[test]
fn rule_4_sums_are_computed_before_their_locals_change() {
    for sum in ["local.get 0 i32.const 1 i32.add", "local.get 1 local.get 0 i32.add"] {
        let code = all(&format!(
            "(param i32 i32) {sum} local.get 1 i32.load local.set 0 local.get 0 i32.store8"
        ));
        let at = |start: &str| code.iter().position(|cell| cell.starts_with(start));
        let (sum, write) = (at("I32Add"), code.iter().rposition(|cell| cell.ends_with("-> s0")));
        assert!(sum < write && sum.is_some(), "{code:?}");
        assert!(at("I32Store8 ").is_some(), "{code:?}");
    }
}

#[test]
fn rule_4_reads_are_flushed_before_the_sum_that_replaces_their_local() {
    let code = all(
        "(param i32) (result i32) local.get 0 local.get 0 i32.const 1 i32.add local.set 0 i32.load8_u local.get 0 i32.xor",
    );
    assert_eq!(code[..2], ["Copy64 s0 -> s1", "I32Add s0, 1 -> s0"], "{code:?}");
    let code = all(
        "(param i32) (result i32) local.get 0 local.get 0 i32.const 1 i32.add local.tee 0 i32.xor",
    );
    assert_eq!(code[..2], ["Copy64 s0 -> s1", "I32Add s0, 1 -> s0"], "{code:?}");
}

#[test]
fn rule_4_blocks_flush_sums() {
    let code = all(
        "(param i32) local.get 0 i32.const 7 i32.add (block local.get 0 br_if 0 i32.const 5 local.set 0) i32.const 1 i32.store",
    );
    assert_eq!(code[0], "I32Add s0, 7 -> s1", "{code:?}");
    assert!(code.iter().any(|cell| cell == "I32Store s1, 1, 0"), "{code:?}");
}

#[test]
fn constants_without_room_pass_through_the_accumulator() {
    let code = all("(param i32) local.get 0 i64.const 0x123456789a i64.store");
    assert_eq!(code, ["Copy64 78187493530 -> acc", "I64Store s0, acc, 0", "Return"]);
}

#[test]
fn rule_5_comparisons_fuse_only_when_last() {
    let fused = all("(param i32 i32) (block local.get 0 local.get 1 i32.lt_s br_if 0)");
    assert!(fused[0].starts_with("BrI32LtS s0, s1"), "{fused:?}");
    let apart = all(
        "(param i32 i32) (local i32) (block local.get 0 local.get 1 i32.lt_s local.get 0 i32.clz local.set 2 br_if 0)",
    );
    assert!(apart.iter().any(|cell| cell.starts_with("I32LtS")), "{apart:?}");
    assert!(apart.iter().any(|cell| cell.starts_with("BrI32Ne")), "{apart:?}");
}

#[test]
fn rule_5_taking_back_restores_accumulators() {
    // The comparison reads the sum from the accumulator; so must the branch it becomes.
    let code =
        all("(param i32 i32) (block local.get 0 local.get 1 i32.add i32.const 9 i32.eq br_if 0)");
    assert_eq!(code[0], "I32Add s0, s1 -> acc");
    assert!(code[1].starts_with("BrI32Eq acc, 9"), "{code:?}");
}

#[test]
fn rule_5_selects_take_tests_for_zero_only_when_last() {
    let select = |condition: &str| {
        all(&format!(
            "(param i32 i32 i32 i64) (result i32) (local i32) local.get 0 local.get 1 {condition} select local.get 4 i32.add"
        ))
    };
    assert_eq!(select("local.get 2 i32.eqz")[0], "SelectInt s1, s0, s2 -> acc");
    assert_eq!(select("local.get 2 i32.const 0 i32.ne")[0], "SelectInt s0, s1, s2 -> acc");
    let sum = select("local.get 2 local.get 1 i32.and i32.eqz");
    assert_eq!(
        sum[..2],
        ["I32And s2, s1 -> acc", "SelectInt s1, s0, acc -> acc"].map(String::from)
    );
    // The condition is wanted again; it has more bits than a select looks at; it is another test.
    for condition in
        ["local.get 2 i32.eqz local.tee 4", "local.get 3 i64.eqz", "local.get 2 i32.const 1 i32.eq"]
    {
        let code = select(condition);
        assert!(code[0].contains("Eq "), "{code:?}");
        assert!(code.iter().any(|cell| cell.starts_with("SelectInt s0, s1, ")), "{code:?}");
    }
}

#[test]
fn rule_6_no_label_where_nothing_branches() {
    let code = all(
        "(param i32 i32) (result i32) (block (result i32) local.get 0 local.get 1 i32.add) i32.clz",
    );
    assert_eq!(
        code[..2],
        ["I32Add s0, s1 -> acc", "I32Clz acc -> acc"].map(String::from),
        "{code:?}"
    );
}

#[test]
fn rule_7_select_reads_slots_where_it_has_no_accumulator_form() {
    let code = all(
        "(param i32 i32) (result i32) local.get 0 i32.clz local.get 1 i32.ctz local.get 1 select",
    );
    assert_eq!(code[2], "SelectInt s2, s3, s1 -> acc", "{code:?}");
    assert!(code[0].ends_with("-> s2") && code[1].ends_with("-> s3"), "{code:?}");
}

#[test]
fn eqz_negates_comparisons_also_of_floats() {
    let code = all("(param f32 f32) (block local.get 0 local.get 1 f32.lt i32.eqz br_if 0)");
    assert!(code[0].starts_with("BrF32NotLt s0, s1"), "{code:?}");
}

#[test]
fn additions_fold_into_addresses() {
    let code =
        all("(param i32 i32) (result i32) local.get 0 local.get 1 i32.add i32.load offset=4");
    assert_eq!(code[0], "I32LoadIndexed s0, s1, 4 -> acc");
    let store = all("(param i32 i32) local.get 0 local.get 1 i32.add local.get 1 i32.store8");
    assert_eq!(store[0], "I32Store8Indexed s0, s1, s1, 0");
}

#[test]
fn constant_addresses_fold_into_offsets_unless_they_overflow() {
    assert_eq!(all("(result i32) i32.const 8 i32.load offset=4")[0], "I32Load 12 -> acc");
    let code = all("(result i32) i32.const -1 i32.load offset=4");
    assert_eq!(code[1], "I32Load acc, 4 -> acc", "{code:?}");
}

#[test]
fn constants_that_are_added_one_after_the_other_are_added_at_once() {
    let sum = "(param i32) (result i32) local.get 0 i32.const 40 i32.add";
    let code = all(&format!("{sum} i32.const 24 i32.add i32.load"));
    assert_eq!(code[0], "I32LoadIndexed s0, 64, 0 -> acc");
    let code = all(&format!("{sum} i32.const -8 i32.sub i32.const -50 i32.add"));
    assert_eq!(code, ["I32Add s0, -2 -> acc", "ReturnInt acc"]);
    // Not what computes with more than sums, nor a constant that something is taken from.
    let code = all(&format!("{sum} i32.const 3 i32.mul"));
    assert_eq!(code[..2], ["I32Add s0, 40 -> acc", "I32Mul acc, 3 -> acc"]);
    let code = all("(param i32) (result i32) i32.const 7 local.get 0 i32.const 40 i32.add i32.sub");
    assert_eq!(code[..2], ["I32Add s0, 40 -> acc", "I32Sub 7, acc -> acc"]);
    // The first sum is the same whatever becomes of the local.
    let code = all(&format!("{sum} (local.set 0 (i32.const 9)) i32.const 24 i32.add"));
    assert!(code[0].starts_with("I32Add s0, 40 -> s1"), "{code:?}");
}

#[test]
fn constants_fold_but_traps_stay() {
    assert_eq!(all("(result i32) i32.const 6 i32.const 7 i32.mul")[0], "ReturnInt 42");
    let code = all("(result i32) i32.const 6 i32.const 0 i32.div_u");
    assert!(code.iter().any(|cell| cell.starts_with("I32DivU")), "{code:?}");
}

#[test]
fn operands_that_may_be_swapped_have_ascending_forms() {
    let code = all(
        "(param i32 i32) (loop local.get 1 local.get 0 i32.add local.set 0 local.get 1 local.get 0 i32.gt_s local.get 0 i32.const 1 i32.sub local.set 0 br_if 0)",
    );
    assert_eq!(code[2], "I32Add hot, warm -> hot", "{code:?}");
    assert!(code[3].starts_with("I32LtS hot, warm"), "{code:?}");
}

#[test]
fn every_option_alone_gives_verified_code() {
    let body = "(param i32 i32) (result i32) (local f64 i64)
        (loop (result i32)
            local.get 0 i32.const 1 i32.sub local.tee 0
            local.get 1 i32.add i32.load
            local.get 0 i32.const 3 i32.lt_u i32.eqz
            br_if 0)";
    for (name, options) in Options::one_off().into_iter().chain([("none", Options::none())]) {
        assert!(!listing(body, &options).is_empty(), "{name}");
    }
}

/// The cells of a loop that counts down from local 0, with `test` at its top.
fn counting(test: &str, options: &Options) -> Vec<String> {
    let body = format!(
        "(param i32) (block $out (loop $on {test}
            (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $on)))"
    );
    listing(&body, options)
}

#[test]
fn rule_10_a_loop_s_test_is_repeated() {
    let plain = Options { hot_locals: false, ..Options::ALL };
    let code = counting("(br_if $out (i32.eqz (local.get 0)))", &plain);
    let expected = ["BrI32Eq s0, 0, @8", "I32Add s0, -1 -> s0", "BrI32Ne s0, 0, @3"];
    assert_eq!(code[..3], expected, "{code:?}");
    assert_eq!(code[3..], ["Return"], "a jump to what follows is removed");
    let code = counting("(br_if $out (i32.eqz (i32.load8_u (local.get 0))))", &plain);
    assert_eq!(code[0], code[3], "{code:?}");
    assert_eq!(code[4].split_once(','), Some(("BrI32Ne acc", " 0, @5")), "{code:?}");
    let code = counting("(if (i32.ge_s (local.get 0) (i32.const 7)) (then (br $out)))", &plain);
    assert_eq!(code.iter().filter(|cell| cell.starts_with("Br")).count(), 2, "{code:?}");
}

#[test]
fn rule_10_not_if_code_before_the_branch_is_not_straight() {
    let jumps = |test: &str, options: &Options| {
        let code = counting(test, options);
        code.iter().filter(|cell| cell.starts_with("Jump")).count()
    };
    let test = "(br_if $out (i32.eqz (local.get 0)))";
    assert_eq!(jumps(test, &Options::ALL), 0);
    assert_eq!(jumps(test, &Options { rotate_loops: false, ..Options::ALL }), 1);
    assert_eq!(jumps(test, &Options { fuel: true, ..Options::ALL }), 1);
    let after_branch = "(block (br_if 0 (local.get 0)) (local.set 0 (i32.const 1)))";
    assert_eq!(jumps(&format!("{after_branch} {test}"), &Options::ALL), 1);
    let long = "(i32.store (i32.const 8) (i32.const 1))".repeat(5);
    assert_eq!(jumps(&format!("{long} {test}"), &Options::ALL), 1);
}

#[test]
fn rule_11_unsigned_extensions_take_no_cell() {
    let extended = "(param i32 i64) (result i64)
        (i64.extend_i32_u (i32.wrap_i64 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0)))))";
    let code = all(extended);
    assert_eq!(code, ["I64Add s1, s0 -> acc", "I32WrapI64 acc -> acc", "ReturnInt acc"]);
    let plain = Options { skip_extensions: false, ..Options::ALL };
    let cells = |cell: &&String| cell.starts_with("I64ExtendI32U");
    assert_eq!(listing(extended, &plain).iter().filter(cells).count(), 2);
    // The signed one is an op, and so is what makes an `i32`: the upper half of its operand must go.
    let signed = all("(param i32) (result i64) (i64.extend_i32_s (local.get 0))");
    assert_eq!(signed[0], "I64ExtendI32S s0 -> acc");
}

#[test]
fn rule_11_a_test_of_an_extended_comparison_is_its_negation() {
    let code = all("(param i32 i32) (result i32)
        (i64.eqz (i64.extend_i32_u (i32.lt_s (local.get 0) (local.get 1))))");
    assert_eq!(code, ["I32GeS s0, s1 -> acc", "ReturnInt acc"]);
}

/// Loops in loops, one of them never reached, with values on the stack, and locals that are in registers in some of them.
const LOOPS: &str = "(param i32 i32) (result i32) (local i32 i64 f64)
    local.get 1
    (loop
        (local.set 2 (i32.const 9))
        (block (br 0) (loop))
        (loop (local.set 3 (i64.add (local.get 3) (i64.const 1)))
            (br_if 0 (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
        (loop (local.set 4 (f64.add (local.get 4) (f64.const 1)))
            (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    i32.const 2 i32.add";

#[test]
fn rule_12_frames_land_in_front_of_the_loops_they_were_in() {
    let module = parse(&format!("(module (func {LOOPS}))"));
    let first = translate(&module, 0, &Options::ALL.first_tier()).unwrap();
    let asking = |cell: &String| cell.strip_prefix("Heat").map(String::from);
    let asking: Vec<String> =
        first.listing().filter_map(|cell| asking(&cell.to_string())).collect();
    assert_eq!(asking, ["Entry", "Loop 1, 0", "Loop 3, 0", "Loop 4, 0"]);

    let full = translate(&module, 0, &Options::ALL).unwrap();
    let mut landings = Vec::new();
    let mut translator = Translator::default();
    let wanted = Some(&mut landings);
    translator.assemble(&module, FuncIdx(0), &Options::ALL, wanted, |_, _, _| ()).unwrap();
    assert!(landings.iter().map(|landing| landing.number).eq([1, 3, 4]), "{landings:?}");
    for landing in &landings {
        // From there to the loop, cells exchange registers: they read nothing but locals.
        let cells = full.listing().skip_while(|cell| cell.word < landing.word);
        let exchange = |cell: &String| cell.starts_with("Copy");
        let copies: Vec<String> = cells.map(|cell| cell.to_string()).take_while(exchange).collect();
        let local = |slot: &str| slot.parse::<u32>().is_ok_and(|slot| slot < 5);
        for copy in copies.iter().skip(usize::from(landing.number == 1)) {
            let src = copy.split(' ').nth(1).unwrap();
            assert!(
                ["hot", "warm"].contains(&src) || src.strip_prefix('s').is_some_and(local),
                "{copy}"
            );
        }
        assert!(landing.registers().all(|(_, _, slot)| slot.0 < 5));
    }
    let counters: Vec<_> = landings.iter().flat_map(|landing| landing.registers()).collect();
    assert!(counters.len() >= 3, "locals are in registers around loops: {counters:?}");

    let (first, full) = (first.frame(), full.frame());
    assert_eq!(first.slots, full.slots);
    assert!(first.zeroed <= full.zeroed && full.zeroed_end <= first.zeroed_end);
    assert_eq!((first.zeroed, first.zeroed_end), (3, 5));
}

#[test]
fn rule_12_code_that_is_not_to_be_left_asks_nothing() {
    assert!(all(LOOPS).iter().all(|cell| !cell.starts_with("Heat")));
}
