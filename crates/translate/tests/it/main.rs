//! Tests of translation: snapshots of listings, limits, and verified output for every option.

mod element_loops;
mod limits;
mod registers;
mod rules;
mod snapshots;
mod spare;

use wasmite_core::{Features, FuncIdx};
use wasmite_isa::Code;
use wasmite_module::{BodyValidation, Module, ParseOptions};
use wasmite_translate::{Error, Options, Translator};

/// Parses a module in the text format; bodies are validated by the translator.
fn parse(wat: &str) -> Module {
    let bytes = wat::parse_str(wat).expect("test module must be well-formed");
    let options = ParseOptions {
        features: Features::all_supported(),
        bodies: BodyValidation::Deferred,
        ..ParseOptions::default()
    };
    Module::parse(&bytes, &options).expect("test module must be valid")
}

/// Translates one defined function.
fn translate(module: &Module, func: u32, options: &Options) -> Result<Code, Error> {
    Translator::default().translate(module, FuncIdx(func), options)
}

/// The listing of function 0 of a module whose body is `body`, one cell a line.
fn listing(signature_and_body: &str, options: &Options) -> Vec<String> {
    let module = parse(&format!("(module (memory 1) (func {signature_and_body}))"));
    let code = translate(&module, 0, options).expect("valid code translates");
    code.listing().map(|cell| cell.to_string()).collect()
}
