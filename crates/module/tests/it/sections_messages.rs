//! What is said of modules with one defect outside of bodies: wasmparser's words, at its offset, but for the differences below.
//!
//! Not whether they are valid (`sections_oracle`). Invariant: each defect is refused by both.

use crate::inputs::{module, section, wat};
use crate::sections_oracle::{ours, theirs};
use wasmite_core::{Features, Proposal};
use wasmite_module::Error;

/// What both say of a module: text and offset.
fn both(bytes: &[u8], features: Features) -> [(String, u64); 2] {
    let (ours, theirs) = (ours(bytes, features), theirs(bytes, features));
    let (ours, theirs) = (ours.unwrap_err(), theirs.unwrap_err());
    let at = ours.offset().unwrap() as u64;
    let message = match &ours {
        // What comes after wasmparser's words.
        Error::Unsupported { what, .. } => what.split(": the ").next().unwrap().to_owned(),
        _ => ours.message(),
    };
    [(message, at), (theirs.message().to_owned(), theirs.offset())]
}

/// Defects of types, which are at the type here and at what has the type to wasmparser.
const OF_TYPES: &[(&str, Option<Proposal>)] = &[
    ("(type (func (param externref)))", Some(Proposal::ReferenceTypes)),
    ("(type (func (param v128)))", None),
    ("(type (func (param anyref)))", None),
    ("(type (func (param exnref)))", None),
    ("(type (func (param (ref func))))", None),
    ("(type (func)) (type (func (param (ref null 0))))", None),
    ("(import \"m\" \"n\" (memory 3 2))", None),
];

/// Modules, and what has to be off for them to be wrong.
const DEFECTS: &[(&str, Option<Proposal>)] = &[
    ("(type (func (result i32 i32)))", Some(Proposal::MultiValue)),
    ("(import \"m\" \"n\" (func (type 3)))", None),
    ("(import \"m\" \"n\" (global (mut i32)))", Some(Proposal::MutableGlobal)),
    ("(import \"m\" \"n\" (table 3 2 funcref))", None),
    ("(import \"m\" \"n\" (table 1 externref))", Some(Proposal::ReferenceTypes)),
    ("(import \"m\" \"n\" (table i64 1 funcref))", Some(Proposal::Memory64)),
    ("(import \"m\" \"n\" (memory i64 1))", Some(Proposal::Memory64)),
    (
        "(import \"m\" \"n\" (memory 1)) (import \"m\" \"n\" (memory 1))",
        Some(Proposal::MultiMemory),
    ),
    ("(import \"m\" \"n\" (memory 1)) (memory 1)", Some(Proposal::MultiMemory)),
    ("(table 1 funcref) (table 1 funcref)", Some(Proposal::ReferenceTypes)),
    ("(func (type 2))", None),
    ("(table 3 2 funcref)", None),
    ("(table i64 1 funcref)", Some(Proposal::Memory64)),
    ("(table 0x100000000 funcref)", None),
    ("(table 1 funcref (ref.null func))", None),
    ("(memory 3 2)", None),
    ("(memory i64 1)", Some(Proposal::Memory64)),
    ("(memory 1 1 shared)", None),
    ("(memory 1) (memory 1)", Some(Proposal::MultiMemory)),
    ("(memory 1 (pagesize 1))", Some(Proposal::CustomPageSizes)),
    ("(memory 1 (pagesize 8))", None),
    ("(global externref (ref.null extern))", Some(Proposal::ReferenceTypes)),
    ("(global i32 (i64.const 1))", None),
    ("(global i32)", None),
    ("(global i32 (i32.const 1) (i32.const 1))", None),
    ("(global i32 (global.get 0))", None),
    ("(global i32 (global.get 7))", None),
    ("(import \"m\" \"n\" (global (mut i32))) (global i32 (global.get 0))", None),
    ("(import \"m\" \"n\" (global i64)) (global i32 (global.get 0))", None),
    ("(global i32 (i32.add (i32.const 1) (i64.const 1)))", None),
    ("(global i32 (i32.add (i32.const 1)))", None),
    ("(global i64 (i32.add (i32.const 1) (i32.const 1)))", None),
    ("(global funcref (ref.func 3))", None),
    ("(global funcref (ref.null extern))", None),
    ("(global externref (ref.null func))", None),
    ("(export \"e\" (func 0))", None),
    ("(export \"e\" (table 1))", None),
    ("(export \"e\" (memory 2))", None),
    ("(export \"e\" (global 3))", None),
    ("(global (mut i32) (i32.const 1)) (export \"e\" (global 0))", Some(Proposal::MutableGlobal)),
    (
        "(func) (export \"a\" (func 0)) (export \"b\" (func 0)) (export \"a\" (func 0)) (export \"b\" (func 0))",
        None,
    ),
    ("(start 0)", None),
    ("(func (param i32)) (start 0)", None),
    ("(func (result i32) (i32.const 1)) (start 0)", None),
    ("(func) (elem (i32.const 0) 0)", None),
    ("(table 1 funcref) (func) (elem (i64.const 0) 0)", None),
    ("(table i64 1 funcref) (func) (elem (i32.const 0) 0)", None),
    ("(table 1 funcref) (func) (elem (i32.const 0) 0 0 7)", None),
    ("(table 1 externref) (func) (elem (i32.const 0) 0)", None),
    ("(table 1 funcref) (elem (i32.const 0) externref (ref.null extern))", None),
    ("(elem funcref (ref.null extern))", None),
    ("(func) (elem func 0)", Some(Proposal::BulkMemory)),
    ("(func) (elem declare func 0)", Some(Proposal::BulkMemory)),
    ("(data (i32.const 0) \"a\")", None),
    ("(memory 1) (data (i64.const 0) \"a\")", None),
    ("(memory i64 1) (data (i32.const 0) \"a\")", None),
    ("(data \"a\")", Some(Proposal::BulkMemory)),
    ("(memory 1) (data (memory 2) (i32.const 0) \"a\")", None),
];

/// The features with which something is a defect.
fn without(off: Option<Proposal>) -> Features {
    let mut features = Features::all_supported();
    off.into_iter().for_each(|proposal| features.disable(proposal));
    features
}

#[test]
fn defects_are_named_alike() {
    for (text, off) in DEFECTS {
        let [ours, theirs] = both(&wat(&format!("(module {text})")), without(*off));
        assert_eq!(ours, theirs, "{text}");
    }
    for (text, off) in OF_TYPES {
        let [ours, theirs] = both(&wat(&format!("(module {text})")), without(*off));
        assert_eq!(ours.0, theirs.0, "{text}");
        assert!(ours.1 > theirs.1, "{text}: {ours:?}, {theirs:?}");
    }
}

/// Modules of one section each.
const DEFECTIVE_BYTES: &[(u8, &[u8])] = &[
    (1, &[1, 0x61, 0, 0]),
    (1, &[1, 0x60, 1, 0x50, 0]),
    (1, &[2, 0x60, 0, 0]),
    (1, &[1, 0x60, 0, 0, 0]),
    (2, &[1, 1, 0xff, 0, 3, 0x7f, 0]),
    (2, &[1, 0, 0, 9, 0]),
    (2, &[1, 0, 0, 3, 0x7f, 4]),
    (4, &[1, 0x40, 1, 0x70, 0, 0, 0x0b]),
    (4, &[1, 0x7f, 0, 0]),
    (4, &[1, 0x63, 0x7f, 0, 0]),
    (4, &[1, 0x70, 8, 0]),
    (4, &[1, 0x70, 2, 0]),
    (5, &[1, 16, 0]),
    (5, &[1, 8, 0, 17]),
    (5, &[1, 8, 0, 70]),
    (6, &[1, 0x7f, 5, 0x41, 0, 0x0b]),
    (6, &[1, 0x70, 0, 0xd0, 0x50, 0x0b]),
    (6, &[1, 0x7f, 0, 0x41, 0]),
    (7, &[1, 0, 9, 0]),
    (8, &[]),
    (9, &[1, 9]),
    (9, &[1, 1, 1, 0]),
    (11, &[1, 3]),
    (13, &[0]),
    (0x80, &[0]),
    // A million and one items, a hundred thousand and one segments, and as long a name.
    (1, &[0xc1, 0x84, 0x3d]),
    (2, &[0xc1, 0x84, 0x3d]),
    (3, &[0xc1, 0x84, 0x3d]),
    (6, &[0xc1, 0x84, 0x3d]),
    (7, &[0xc1, 0x84, 0x3d]),
    (9, &[0xa1, 0x8d, 0x06]),
    (11, &[0xa1, 0x8d, 0x06]),
    (7, &[1, 0xa1, 0x8d, 0x06]),
];

/// Where Wasmite says less, or looks in another order: what it says, and where. Some texts are the test suite's.
const OTHERWISE: &[(u8, &[u8], &str, u64)] = &[
    (1, &[1, 0x60, 1, 0x63, 0x50, 0], "invalid heap type", 14),
    (1, &[1, 0x5f, 0], "types other than function types are disabled", 11),
    (2, &[1, 0, 9, 9, 0], "unexpected end-of-file", 15),
    (2, &[1, 0, 0, 4, 0, 0], "exceptions proposal not enabled", 13),
    (5, &[1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], LONG, 21),
    (5, &[1, 0, 0x81, 0x80, 4], "memory size must be at most 65536 pages, 65537 asked for", 11),
    (6, &[1, 0x7f, 0, 0x1a, 0x0b], "constant expression required: non-constant operator", 13),
    (6, &[1, 0x7f, 0, 0xfd, 0x0c], "unexpected instruction or type", 13),
    // Ten million and one elements, which wasmparser wants to see first.
    (9, &[1, 1, 0, 0x81, 0xad, 0xe2, 0x04], "number of elements is out of bounds", 11),
    (8, &[0, 0], "unknown function 0: func index out of bounds", 10),
    (11, &[1, 1, 5, 0], "unexpected end-of-file", 14),
    (12, &[1, 1], "section size mismatch: unexpected data at the end of the section", 11),
    (12, &[1], "data count and data section have inconsistent lengths", 11),
    (14, &[0], "malformed section id", 8),
    (10, &[1, 2, 0, 0x0b], "function and code section have inconsistent lengths", 10),
];

const LONG: &str = "integer representation too long";

#[test]
fn defective_bytes_are_named_alike() {
    let features = Features::all_supported();
    for (id, contents) in DEFECTIVE_BYTES {
        let [ours, theirs] = both(&module(&[section(*id, contents)]), features);
        assert_eq!(ours, theirs, "{id} {contents:02x?}");
    }
    for (id, contents, message, at) in OTHERWISE {
        let [ours, theirs] = both(&module(&[section(*id, contents)]), features);
        assert_eq!((&*ours.0, ours.1), (*message, *at), "{id} {contents:02x?}");
        assert_ne!(ours, theirs, "{id} {contents:02x?} is no longer different");
    }
}
