//! Proposals: those not executed yet say so, those switched off are named.

use wasmite::{CompilationMode, Config, Engine, ErrorKind, Module, Proposal};

#[test]
fn unsupported_proposals_are_refused_by_the_engine() {
    for proposal in Proposal::ALL.iter().filter(|proposal| !proposal.is_supported()) {
        let error = Engine::new(Config::new().proposal(*proposal, true)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(proposal.name()) && text.contains("not supported yet"), "{text}");
        assert_eq!(error.kind(), ErrorKind::Module);
        let mut config = Config::new();
        config.proposal(*proposal, true).proposal(*proposal, false);
        assert!(Engine::new(&config).is_ok());
    }
    assert!(Engine::new(Config::new().wasm_simd(true)).is_err());
    assert!(Engine::new(Config::new().wasm_gc(true)).is_err());
    assert!(Engine::new(Config::new().wasm_exceptions(true).wasm_threads(true)).is_err());
}

#[test]
fn disabling_a_proposal_takes_back_what_needs_it() {
    let base = Proposal::FunctionReferences;
    for (enabled, disabled, fine) in [
        (Proposal::Gc, base, true),
        (Proposal::Gc, Proposal::ReferenceTypes, true),
        (base, Proposal::Gc, false),
        (Proposal::Threads, base, false),
    ] {
        let mut config = Config::new();
        config.proposal(enabled, true).proposal(disabled, false);
        assert_eq!(Engine::new(&config).is_ok(), fine, "{enabled:?} without {disabled:?}");
    }
    assert!(Engine::new(Config::new().wasm_gc(true).wasm_function_references(false)).is_ok());
}

#[test]
fn unsupported_modules_say_so() {
    for text in [
        "(module (func (param v128)))",
        "(module (func (result i32) (i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4))))",
        "(module (type (struct (field i32))))",
        "(module (tag))",
        "(module (memory 1 1 shared))",
        "(module (memory 1) (func (result i32) (i32.atomic.load (i32.const 0))))",
        "(module (func (throw_ref (ref.null exn))))",
        "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))",
        "(module (func (param i31ref)))",
        "(component)",
    ] {
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation] {
            let engine = Engine::new(Config::new().compilation_mode(mode)).unwrap();
            let error = Module::new(&engine, text).unwrap_err();
            let found = error.to_string();
            let named = found.contains("not supported yet") || found.contains("component");
            assert!(named, "{text}: {found}");
            assert_eq!(error.kind(), ErrorKind::Module);
        }
    }
}

#[test]
fn each_switch_matters() {
    type Switch = fn(&mut Config, bool) -> &mut Config;
    let cases: [(Switch, &str); 12] = [
        (Config::wasm_mutable_global, r#"(module (global (export "g") (mut i32) (i32.const 0)))"#),
        (
            Config::wasm_saturating_float_to_int,
            "(module (func (param f32) (drop (i32.trunc_sat_f32_s (local.get 0)))))",
        ),
        (
            Config::wasm_sign_extension,
            "(module (func (param i32) (drop (i32.extend8_s (local.get 0)))))",
        ),
        (Config::wasm_multi_value, "(module (func (result i32 i32) (i32.const 0) (i32.const 0)))"),
        (Config::wasm_reference_types, "(module (func (param externref)))"),
        (
            Config::wasm_bulk_memory,
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
        ),
        (Config::wasm_tail_call, "(module (func $f (return_call $f)))"),
        (
            Config::wasm_extended_const,
            "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
        ),
        (Config::wasm_multi_memory, "(module (memory 0) (memory 0))"),
        (Config::wasm_memory64, "(module (memory i64 1))"),
        (Config::wasm_custom_page_sizes, "(module (memory 1 (pagesize 1)))"),
        (
            Config::wasm_wide_arithmetic,
            "(module (func (param i64 i64) (result i64 i64)
                (i64.mul_wide_s (local.get 0) (local.get 1))))",
        ),
    ];
    for (switch, text) in cases {
        let mut config = Config::new();
        assert!(
            Module::new(&Engine::new(switch(&mut config, true)).unwrap(), text).is_ok(),
            "{text}"
        );
        assert!(
            Module::new(&Engine::new(switch(&mut config, false)).unwrap(), text).is_err(),
            "{text}"
        );
    }
}
