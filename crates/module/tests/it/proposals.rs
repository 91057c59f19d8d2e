//! Proposals switched off, and those that are not supported yet: the error names them.

use crate::inputs::{all_on, wat};
use wasmite_core::{Features, Proposal};
use wasmite_module::{Error, Module, ParseOptions};

/// A module that needs the proposal.
fn needs(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::MutableGlobal => r#"(module (import "m" "g" (global (mut i32))))"#,
        Proposal::SaturatingFloatToInt => {
            "(module (func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s))"
        }
        Proposal::SignExtension => {
            "(module (func (param i32) (result i32) local.get 0 i32.extend8_s))"
        }
        Proposal::MultiValue => "(module (func (result i32 i32) i32.const 1 i32.const 2))",
        Proposal::ReferenceTypes => "(module (func (param externref)))",
        Proposal::BulkMemory => {
            "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))"
        }
        Proposal::Simd => "(module (func (param v128)))",
        Proposal::RelaxedSimd => {
            "(module (func (param v128) local.get 0 local.get 0 i8x16.relaxed_swizzle drop))"
        }
        Proposal::TailCall => "(module (func return_call 0))",
        Proposal::ExtendedConst => "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
        Proposal::MultiMemory => "(module (memory 1) (memory 1))",
        Proposal::Memory64 => "(module (memory i64 1))",
        Proposal::CustomPageSizes => "(module (memory 1 (pagesize 1)))",
        Proposal::WideArithmetic => {
            "(module (func i64.const 0 i64.const 0 i64.mul_wide_s drop drop))"
        }
        Proposal::FunctionReferences => "(module (type (func)) (func (param (ref 0))))",
        Proposal::Gc => "(module (type (struct)))",
        Proposal::ExceptionHandling => "(module (tag))",
        Proposal::Threads => "(module (memory 1 1 shared))",
    }
}

#[test]
fn supported_proposals_can_be_switched_off() {
    for proposal in Proposal::ALL.iter().filter(|proposal| proposal.is_supported()) {
        let bytes = wat(needs(*proposal));
        let on = Module::parse(&bytes, &all_on());
        assert!(on.is_ok(), "{proposal:?}: {on:?}");
        let mut features = Features::all_supported();
        features.disable(*proposal);
        let error = Module::parse(&bytes, &ParseOptions { features, ..all_on() }).unwrap_err();
        match &error {
            Error::Disabled { proposal: named, .. } => assert_eq!(named, proposal),
            // Where the validator does not tell which proposal it misses, its own words have to.
            Error::Invalid { message, .. } => {
                let words = match proposal {
                    Proposal::MultiMemory => "multiple memories".into(),
                    _ => proposal.name().replace('-', " "),
                };
                let message = message.replace('-', " ");
                assert!(message.contains(&words), "{proposal:?}: {message}");
            }
            other => panic!("{proposal:?}: {other}"),
        }
        assert!(error.offset().is_some_and(|at| at > 0 && at <= bytes.len()), "{error}");
    }
}

#[test]
fn unsupported_proposals_say_so() {
    for proposal in Proposal::ALL.iter().filter(|proposal| !proposal.is_supported()) {
        let error = Module::parse(&wat(needs(*proposal)), &all_on()).unwrap_err();
        let text = error.to_string();
        // What implies another proposal misses that one first.
        let named = if *proposal == Proposal::RelaxedSimd { &Proposal::Simd } else { proposal };
        assert!(matches!(error, Error::Unsupported { .. }), "{proposal:?}: {error:?}");
        assert!(text.contains(named.name()) && text.contains("not supported yet"), "{text}");
    }
}

#[test]
fn the_first_version_of_webassembly_is_a_subset() {
    let options = ParseOptions { features: Features::MVP, ..ParseOptions::default() };
    let text = "(module (memory 1) (table 1 funcref) (type (func))
      (func (param f64) i32.const 0 call_indirect (type 0)) (elem (i32.const 0) 0))";
    Module::parse(&wat(text), &options).unwrap();
}
