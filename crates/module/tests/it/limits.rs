//! Limits: each one alone, at the limit and one beyond.

use crate::inputs::{all_on, wat};
use wasmite_core::Limits;
use wasmite_module::{Error, Module, ParseOptions};

/// Parses with limits changed; the name of the limit that was exceeded, if one was.
fn exceeded(text: &str, change: impl Fn(&mut Limits)) -> Option<&'static str> {
    let mut options: ParseOptions = all_on();
    change(&mut options.limits);
    match Module::parse(&wat(text), &options) {
        Ok(_) => None,
        Err(Error::Limit { error, .. }) => Some(error.what),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn module_bytes() {
    assert_eq!(exceeded("(module)", |limits| limits.module_bytes = 8), None);
    assert_eq!(exceeded("(module)", |limits| limits.module_bytes = 7), Some("module bytes"));
}

#[test]
fn functions_count_imports() {
    let text = r#"(module (import "m" "f" (func)) (import "m" "f" (func)) (func))"#;
    assert_eq!(exceeded(text, |limits| limits.functions = 3), None);
    assert_eq!(exceeded(text, |limits| limits.functions = 2), Some("functions"));
    assert_eq!(exceeded(text, |limits| limits.functions = 1), Some("functions"));
}

#[test]
fn body_bytes() {
    let text = "(module (func nop nop))"; // no locals, two operators, end
    assert_eq!(exceeded(text, |limits| limits.body_bytes = 4), None);
    let what = Some("bytes of a function body");
    assert_eq!(exceeded(text, |limits| limits.body_bytes = 3), what);
}

#[test]
fn parameters_and_results() {
    let text = "(module (type (func (param i32 i32) (result i32))))";
    assert_eq!(exceeded(text, |limits| (limits.params, limits.results) = (2, 1)), None);
    assert_eq!(exceeded(text, |limits| limits.params = 1), Some("parameters"));
    assert_eq!(exceeded(text, |limits| limits.results = 0), Some("results"));
}

#[test]
fn thousand_parameters_and_results() {
    let text = |count| {
        let list = "i32 ".repeat(count);
        format!("(module (type (func (param {list}))) (type (func (result {list}))))")
    };
    assert_eq!(exceeded(&text(1000), |_| {}), None);
    let error = Module::parse(&wat(&text(1001)), &all_on()).unwrap_err();
    assert!(error.offset().is_some(), "{error}");
}

#[test]
fn limits_name_what_and_where() {
    let options = ParseOptions { limits: Limits { params: 1, ..Limits::STANDARD }, ..all_on() };
    let error = Module::parse(&wat("(module (type (func (param i32 i32))))"), &options);
    assert_eq!(
        error.unwrap_err().to_string(),
        "parameters: 2 exceeds the limit of 1 (at offset 0xb)"
    );
}
