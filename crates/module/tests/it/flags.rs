//! Proposals as wasmparser's feature flags, for tests and fuzz oracles that compare verdicts with its.
//!
//! Not the proposals themselves, nor what they imply: `wasmite_core::Features` knows. Invariant: wasmparser never
//! accepts more than `Features` contains. Whoever takes this file says where the types are from.

use crate::{Features, Proposal};
use wasmparser::WasmFeatures;

/// One row per proposal. Reference types include the long encoding of `call_indirect`'s table index.
const FLAGS: &[(Proposal, WasmFeatures)] = &[
    (Proposal::MutableGlobal, WasmFeatures::MUTABLE_GLOBAL),
    (Proposal::SaturatingFloatToInt, WasmFeatures::SATURATING_FLOAT_TO_INT),
    (Proposal::SignExtension, WasmFeatures::SIGN_EXTENSION),
    (Proposal::MultiValue, WasmFeatures::MULTI_VALUE),
    (Proposal::ReferenceTypes, WasmFeatures::REFERENCE_TYPES),
    (Proposal::BulkMemory, WasmFeatures::BULK_MEMORY),
    (Proposal::Simd, WasmFeatures::SIMD),
    (Proposal::RelaxedSimd, WasmFeatures::RELAXED_SIMD),
    (Proposal::TailCall, WasmFeatures::TAIL_CALL),
    (Proposal::ExtendedConst, WasmFeatures::EXTENDED_CONST),
    (Proposal::MultiMemory, WasmFeatures::MULTI_MEMORY),
    (Proposal::Memory64, WasmFeatures::MEMORY64),
    (Proposal::CustomPageSizes, WasmFeatures::CUSTOM_PAGE_SIZES),
    (Proposal::WideArithmetic, WasmFeatures::WIDE_ARITHMETIC),
    (Proposal::FunctionReferences, WasmFeatures::FUNCTION_REFERENCES),
    (Proposal::Gc, WasmFeatures::GC),
    (Proposal::ExceptionHandling, WasmFeatures::EXCEPTIONS),
    (Proposal::Threads, WasmFeatures::THREADS),
];

/// wasmparser's flags for `features`.
///
/// Floats are always on, and so is the flag for types that a collector would manage: it lets `externref` exist at all
/// once reference types are enabled.
pub(crate) fn wasm_features(features: Features) -> WasmFeatures {
    let enabled = FLAGS.iter().filter(|(proposal, _)| features.contains(*proposal));
    enabled.fold(WasmFeatures::MVP, |flags, (_, flag)| flags | *flag)
}

#[test]
fn every_proposal_has_a_row() {
    for proposal in Proposal::ALL {
        assert!(FLAGS.iter().any(|(row, _)| row == proposal), "{proposal:?}");
    }
}

#[test]
fn switches_map_one_to_one() {
    assert_eq!(wasm_features(Features::MVP), WasmFeatures::MVP);
    for proposal in Proposal::ALL.iter().filter(|proposal| proposal.is_supported()) {
        let mut features = Features::all_supported();
        features.disable(*proposal);
        let flags = wasm_features(features);
        for (row, flag) in FLAGS {
            assert_eq!(flags.contains(*flag), features.contains(*row), "{row:?}");
        }
    }
    assert!(!wasm_features(Features::all_supported()).intersects(WasmFeatures::SIMD));
}
