//! Assembling, verifying and printing code.

use wasmite_isa::{Assembler, Code, Dst, Error, Frame, Op, Slot, Src};

const FRAME: Frame = Frame { params: 2, results: 1, locals: 1, zeroed: 2, zeroed_end: 3, slots: 7 };

/// An assembler with room for what a test appends.
fn assembler() -> Assembler {
    let mut asm = Assembler::default();
    asm.reserve(200, 4, 8).unwrap();
    asm
}

fn assemble(build: impl FnOnce(&mut Assembler)) -> Result<Code, Error> {
    let mut asm = assembler();
    build(&mut asm);
    asm.finish(FRAME)
}

fn slot(slot: u16) -> Src {
    Src::Slot(Slot(slot))
}

fn ret(asm: &mut Assembler) {
    asm.emit(Op::Return, &[], None, &[]);
}

fn what(outcome: Result<Code, Error>) -> &'static str {
    match outcome {
        Err(Error::Malformed(error)) => error.what,
        other => panic!("the code is malformed, not {other:?}"),
    }
}

#[test]
fn cells_print_what_was_emitted() {
    let code = assemble(|asm| {
        let label = asm.label();
        asm.bind(label);
        asm.emit(Op::I32Add, &[slot(0), Src::Imm(7)], Some(Dst::Acc), &[]);
        asm.emit(Op::I64Sub, &[Src::Imm(1 << 40), Src::Acc], Some(Dst::Slot(Slot(5))), &[]);
        asm.emit(Op::I64StoreIndexed, &[slot(1), Src::Imm(16), Src::Imm(u64::MAX)], None, &[0]);
        asm.emit(Op::I64StoreIndexed, &[slot(1), slot(2), Src::Warm], None, &[8]);
        asm.branch(Op::BrI64LtS, slot(3), Src::Imm(9), label);
        ret(asm);
    })
    .expect("well-formed");
    let lines: Vec<_> = code.listing().map(|cell| cell.to_string()).collect();
    assert_eq!(
        lines,
        [
            "I32Add s0, 7 -> acc",
            "I64Sub 1099511627776, acc -> s5",
            "I64StoreIndexed s1, 16, -1, 0",
            "I64StoreIndexed s1, s2, warm, 8",
            "BrI64LtS s3, 9, @0",
            "Return",
        ]
    );
}

#[test]
fn destinations_and_ops_can_be_changed() {
    let code = assemble(|asm| {
        let at = asm.emit(Op::I32LtS, &[slot(0), Src::Acc], Some(Dst::Slot(Slot(4))), &[]);
        asm.set_dst(at, Dst::Acc);
        asm.set_op(at, Op::I32GeS);
        asm.set_dst(at, Dst::Slot(Slot(1)));
        ret(asm);
    })
    .expect("well-formed");
    assert_eq!(code.listing().next().expect("a cell").to_string(), "I32GeS s0, acc -> s1");
}

#[test]
fn branch_tables_reach_both_ways() {
    let code = assemble(|asm| {
        let (back, ahead) = (asm.label(), asm.label());
        asm.bind(back);
        let table = asm.branch_table(Src::Acc, 3);
        asm.table_entry(table, 0, back);
        asm.table_entry(table, 1, ahead);
        asm.table_entry(table, 2, back);
        asm.bind(ahead);
        ret(asm);
    })
    .expect("well-formed");
    assert_eq!(code.listing().next().expect("a cell").to_string(), "BranchTable acc, [@0 @4 @0]");
}

#[test]
fn slots_outside_the_frame_are_refused() {
    for reach in [6, 7] {
        let outcome = assemble(|asm| {
            asm.emit(Op::I32Clz, &[slot(reach)], Some(Dst::Acc), &[]);
            ret(asm);
        });
        assert_eq!(outcome.is_ok(), reach < 7);
    }
    let wide = |first| {
        assemble(|asm| {
            asm.emit(Op::I64MulWideS, &[], None, &[first, 0]);
            ret(asm);
        })
    };
    assert!(wide(5).is_ok());
    assert_eq!(what(wide(6)), "slot outside the frame");
    let copies = |count| {
        assemble(|asm| {
            asm.emit(Op::CopySlots, &[], None, &[3, 3, count]);
            ret(asm);
        })
    };
    assert!(copies(4).is_ok());
    assert_eq!(what(copies(5)), "slot outside the frame");
}

#[test]
fn what_calls_and_returns_name_is_checked() {
    let cell = |emit: fn(&mut Assembler)| {
        assemble(|asm| {
            emit(asm);
            ret(asm);
        })
    };
    // A callee's frame may start just after the caller's.
    assert!(cell(|asm| _ = asm.emit(Op::Call, &[], None, &[7, 0])).is_ok());
    let outside = [
        cell(|asm| _ = asm.emit(Op::Call, &[], None, &[8, 0])),
        cell(|asm| _ = asm.emit(Op::CallIndirect, &[slot(7)], None, &[3, 0, 0])),
        cell(|asm| _ = asm.emit(Op::TailCall, &[], None, &[5, 3, 0])),
        cell(|asm| _ = asm.emit(Op::TailCallIndirect, &[], None, &[5, 0, 3, 0, 0])),
        cell(|asm| _ = asm.emit(Op::TailCallIndirect, &[], None, &[5, 7, 1, 0, 0])),
        cell(|asm| _ = asm.emit(Op::ReturnMany, &[], None, &[5, 3])),
        cell(|asm| _ = asm.emit(Op::ReturnInt, &[slot(7)], None, &[])),
    ];
    assert_eq!(outside.map(what), ["slot outside the frame"; 7]);
}

#[test]
fn what_is_zeroed_must_be_in_the_frame() {
    for (zeroed, zeroed_end, fits) in [(7, 7, true), (0, 7, true), (0, 8, false), (4, 3, false)] {
        let mut asm = assembler();
        ret(&mut asm);
        let outcome = asm.finish(Frame { zeroed, zeroed_end, ..FRAME });
        assert_eq!(outcome.is_ok(), fits, "{zeroed}..{zeroed_end}");
    }
}

#[test]
fn unbound_labels_are_refused() {
    let outcome = assemble(|asm| {
        let label = asm.label();
        asm.jump(label);
        ret(asm);
    });
    assert_eq!(what(outcome), "branch target");
}

#[test]
fn code_must_not_run_over_its_end() {
    assert_eq!(what(assemble(|_| {})), "code runs over its end");
    // A cell of a single word is none without another behind it.
    assert_eq!(what(assemble(|asm| asm.bare(Op::HeatEntry))), "truncated cell");
    let outcome = assemble(|asm| {
        asm.emit(Op::I32Clz, &[Src::Acc], Some(Dst::Acc), &[]);
    });
    assert_eq!(what(outcome), "code runs over its end");
}

#[test]
fn forms_without_a_handler_are_refused() {
    // A select reads its values from slots or constants only.
    let outcome = assemble(|asm| {
        asm.emit(Op::SelectInt, &[Src::Acc, slot(0), slot(1)], Some(Dst::Acc), &[]);
        ret(asm);
    });
    assert_eq!(what(outcome), "operand forms");
}

#[test]
fn source_maps_find_the_instruction() {
    let code = assemble(|asm| {
        asm.mark_source(100).unwrap();
        asm.mark_source(102).unwrap();
        asm.emit(Op::I32Clz, &[Src::Acc], Some(Dst::Acc), &[]);
        asm.mark_source(104).unwrap();
        ret(asm);
    })
    .expect("well-formed");
    assert_eq!([0, 1, 2, 9].map(|word| code.source_of(word)), [102, 102, 104, 104].map(Some));
}

#[test]
fn repeated_cells_come_from_the_same_instructions() {
    let code = assemble(|asm| {
        let label = asm.label();
        asm.bind(label);
        asm.mark_source(100).unwrap();
        asm.emit(Op::I32Clz, &[slot(0)], Some(Dst::Acc), &[]);
        asm.mark_source(102).unwrap();
        asm.emit(Op::I32Load, &[Src::Acc], Some(Dst::Acc), &[4]);
        let end = asm.position();
        asm.mark_source(104).unwrap();
        ret(asm);
        asm.mark_source(200).unwrap();
        asm.repeat(asm.bound(label), end).unwrap();
        ret(asm);
    })
    .expect("well-formed");
    let lines: Vec<_> = code.listing().map(|cell| cell.to_string()).collect();
    assert_eq!(lines[..3], lines[3..], "{lines:?}");
    let offsets = [0, 2, 4, 6, 8, 10].map(|word| code.source_of(word));
    assert_eq!(offsets, [100, 102, 104, 100, 102, 200].map(Some));
}

#[test]
fn a_jump_to_the_next_cell_is_removed_unless_something_else_goes_there() {
    let cells = |bound_between: bool| {
        let code = assemble(|asm| {
            let (next, other) = (asm.label(), asm.label());
            asm.branch(Op::BrI32Eq, slot(0), Src::Imm(1), other);
            asm.jump(next);
            if bound_between {
                asm.bind(other);
            }
            asm.bind(next);
            ret(asm);
            if !bound_between {
                asm.bind(other);
                ret(asm);
            }
        })
        .expect("well-formed");
        code.listing().map(|cell| cell.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(cells(false), ["BrI32Eq s0, 1, @5", "Return", "Return"]);
    assert_eq!(cells(true), ["BrI32Eq s0, 1, @5", "Jump @5", "Return"]);
}
