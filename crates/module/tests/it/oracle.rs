//! Bodies are valid here if and only if they are to wasmparser: each operator with all operands, blocks and proposals.
//!
//! Damaged bodies of generated modules are the fuzz oracle's. Invariant: the modules themselves are valid to both.

use crate::flags::wasm_features;
use crate::inputs::{deferred, wat};
use wasmite_core::{Features, FuncIdx, Proposal};
use wasmite_module::{Body, Module, ParseOptions};
use wasmparser::{BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator};
use wasmparser::{ValidatorResources, WasmModuleResources};

/// A module, whose first defined function is given other bodies.
struct Judges {
    module: Module,
    resources: ValidatorResources,
    func: FuncIdx,
    features: Features,
}

impl Judges {
    fn new(text: &str, features: Features) -> Self {
        let bytes = wat(text);
        let mut validator = Validator::new_with_features(wasm_features(features));
        let mut resources = None;
        for payload in Parser::new(0).parse_all(&bytes) {
            let valid = validator.payload(&payload.unwrap()).unwrap();
            if let ValidPayload::Func(FuncToValidate { resources: shared, .. }, _) = valid {
                resources = Some(shared);
            }
        }
        let module = Module::parse(&bytes, &ParseOptions { features, ..deferred() }).unwrap();
        let func = module.defined_funcs().next().unwrap();
        Self { module, resources: resources.unwrap(), func, features }
    }

    /// Whether both say the same; gives whether it is valid.
    fn agree(&self, body: &[u8]) -> bool {
        const START: usize = 100;
        let mut ours = self.module.body_validator(self.func, Default::default()).unwrap().unwrap();
        let ours = ours.validate(&Body::new(body, START, self.features));
        let flags = wasm_features(self.features);
        let theirs = FuncToValidate {
            resources: self.resources.clone(),
            index: self.func.0,
            ty: self.resources.type_index_of_function(self.func.0).unwrap(),
            features: flags,
        };
        let reader = BinaryReader::new_features(body, START as u64, flags);
        let theirs = theirs.into_validator(Default::default()).validate(&FunctionBody::new(reader));
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{body:02x?}: {ours:?}, {theirs:?}");
        ours.is_ok()
    }
}

/// Index 0 of everything is plain, index 1 is something else.
const MODULE: &str = r#"(module
    (type (func (param i32 i64) (result i32)))
    (type (func (param i32) (result i32)))
    (type (func (result funcref externref)))
    (import "m" "f" (func (type 1)))
    (func (type 0))
    (func (type 2))
    (memory 1) (memory i64 1)
    (table 1 funcref) (table i64 1 externref)
    (global i32 (i32.const 0)) (global (mut funcref) (ref.null func)) (global (mut f64) (f64.const 0))
    (export "f" (func 0))
    (elem funcref (ref.null func)) (elem externref (ref.null extern))
    (data "a"))"#;

/// What leaves an operand of each type, or makes the rest unreachable.
const OPERANDS: &[&[u8]] = &[
    &[0x41, 0],
    &[0x42, 0],
    &[0x43, 0, 0, 0, 0],
    &[0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0xd0, 0x70],
    &[0xd0, 0x6f],
    &[0xd2, 0],
    &[0],
];

/// Immediates of all shapes, most of them small.
const IMMEDIATES: &[&[u8]] = &[
    &[],
    &[0],
    &[1],
    &[2],
    &[3],
    &[0x40],
    &[0x7f],
    &[0x70],
    &[0x6f],
    &[0x7b],
    &[0x63, 0x70],
    &[0x64, 0x70],
    &[0, 0],
    &[0, 1],
    &[1, 0],
    &[1, 1],
    &[1, 0x7f],
    &[1, 0x6f],
    &[2, 0x7f, 0x7f],
    &[0, 0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0, 0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x41, 0, 0],
    &[0x41, 1, 0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x80, 0],
    &[0x80, 0x80, 0x80, 0x80, 0],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0x1f],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
    &[0, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0, 0],
    &[2, 0, 0, 0],
    &[2, 0, 1, 0],
];

/// Opcodes: all bytes, and all numbers after the prefix that are near those in use.
fn opcodes() -> impl Iterator<Item = Vec<u8>> {
    let plain = (0..=255).filter(|byte| *byte != 0xfc).map(|byte| vec![byte]);
    plain.chain((0..=24).map(|number| vec![0xfc, number]))
}

/// Sequences of up to `most` operands.
fn operands(most: u32) -> impl Iterator<Item = Vec<u8>> {
    let many = OPERANDS.len();
    let all = (0..=most).flat_map(move |count| {
        (0..many.pow(count)).map(move |number| {
            (0..count).flat_map(move |at| OPERANDS[number / many.pow(at) % many]).copied().collect()
        })
    });
    all.map(|operands: Vec<u8>| operands)
}

/// A body with one local, which drops what is left and leaves what it must.
fn body(code: &[&[u8]], end: &[u8]) -> Vec<u8> {
    [&[1, 1, 0x7c], code.concat().as_slice(), end, &[0x0b]].concat()
}

const ENDS: &[&[u8]] = &[
    &[0x1a, 0x41, 0],
    &[0x41, 0],
    &[],
    &[0x1a, 0x1a, 0x41, 0],
    &[0x0b, 0x41, 0],
    &[0x0b],
    &[0x05, 0x0b, 0x41, 0],
    &[0x41, 0, 0x05, 0x41, 0, 0x0b],
    &[0x21, 2, 0x41, 0],
    &[0x26, 0, 0x41, 0],
];

#[test]
fn every_operator_takes_the_same_operands() {
    let judges = Judges::new(MODULE, Features::all_supported());
    let mut valid = 0;
    for opcode in opcodes() {
        for immediates in IMMEDIATES {
            let most = if immediates.len() < 3 { 2 } else { 1 };
            for operands in operands(most) {
                let body = body(&[&operands, &opcode, immediates], &[0x1a, 0x41, 0]);
                valid += usize::from(judges.agree(&body));
            }
        }
    }
    assert!(valid > 10_000, "only {valid} were valid");
}

#[test]
fn every_operator_leaves_the_same_operands() {
    let judges = Judges::new(MODULE, Features::all_supported());
    let mut valid = 0;
    for opcode in opcodes() {
        for immediates in &IMMEDIATES[..20] {
            for operands in operands(1) {
                for (local, end) in ENDS.iter().enumerate() {
                    let first = OPERANDS[local % OPERANDS.len()];
                    let body = body(&[first, &operands, &opcode, immediates], end);
                    valid += usize::from(judges.agree(&body));
                }
            }
        }
    }
    assert!(valid > 10_000, "only {valid} were valid");
}

#[test]
fn every_operator_takes_as_many_operands() {
    let judges = Judges::new(MODULE, Features::all_supported());
    let longest = [(0xfc, 3), (0x1b, 3), (0x1c, 3)];
    let mut valid = 0;
    for opcode in opcodes().filter(|opcode| longest.iter().any(|(byte, _)| *byte == opcode[0])) {
        for immediates in [&[][..], &[0], &[1], &[0, 0], &[0, 1], &[1, 0], &[1, 1], &[1, 0x7e]] {
            for operands in operands(4) {
                let body = body(&[&operands, &opcode, immediates], &[0x41, 0]);
                valid += usize::from(judges.agree(&body));
            }
        }
    }
    assert!(valid > 1000, "only {valid} were valid");
}

#[test]
fn proposals_that_are_off_are_refused() {
    let text = r#"(module (type (func (param i32 i64) (result i32))) (type (func (param i32) (result i32)))
        (func (type 0)) (memory 1) (table 1 funcref) (data "a"))"#;
    for proposal in Proposal::ALL.iter().filter(|proposal| proposal.is_supported()) {
        for mut features in [Features::all_supported(), Features::MVP] {
            match features == Features::MVP {
                true => features.enable(*proposal).unwrap(),
                false => features.disable(*proposal),
            }
            let text = match features.contains(Proposal::BulkMemory) {
                true => text.to_owned(),
                false => text.replace("(data \"a\")", ""),
            };
            let judges = Judges::new(&text, features);
            for opcode in opcodes() {
                for immediates in IMMEDIATES {
                    for operands in operands(1) {
                        judges.agree(&body(&[&operands, &opcode, immediates], &[0x1a, 0x41, 0]));
                    }
                }
            }
            for ty in 0..=255 {
                for rest in [&[][..], &[0x70], &[0x6f], &[0]] {
                    judges.agree(&[&[1, 1, ty], rest, &[0x41, 0, 0x0b]].concat());
                }
            }
        }
    }
}

#[test]
fn locals_are_counted_alike() {
    let judges = Judges::new(MODULE, Features::all_supported());
    for groups in 0..4_u8 {
        for count in [
            &[0][..],
            &[1],
            &[0x80, 0x80, 0x02],
            &[0xce, 0x86, 0x03],
            &[0xff, 0xff, 0xff, 0xff, 0x0f],
        ] {
            for declared in 0..4 {
                for local in [&[0][..], &[2], &[0xcf, 0x86, 0x03], &[0xd0, 0x86, 0x03]] {
                    let groups = [count, &[0x7f]].concat().repeat(groups.into());
                    let code = [&[0x20][..], local, &[0x1a, 0x41, 0, 0x0b]].concat();
                    judges.agree(&[vec![declared], groups, code].concat());
                }
            }
        }
    }
}
