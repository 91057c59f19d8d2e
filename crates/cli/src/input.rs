//! Files to bytes of a module: binary or text.
//!
//! Not validation. Invariant: whatever the file is, the answer is bytes or one reason that names the file.

use crate::failure::Failure;
use std::{
    fs,
    io::{self, Read},
    path::Path,
};
use wasmite::{CompilationMode, Config, Engine, Features, Module};
use wast::{
    Wat,
    lexer::Lexer,
    parser::{self, ParseBuffer},
};

/// Every proposal that Wasmite supports, on, and every page size: to look at modules.
pub(crate) fn engine(mode: CompilationMode) -> Result<Engine, Failure> {
    let mut config = Config::new();
    config.features(Features::all_supported()).wasm_custom_page_sizes_all(true);
    with(config.compilation_mode(mode))
}

/// Every proposal that Wasmite supports, on, and how a module is to be run: `max_stack` bytes bound the stack of calls, and with
/// it how many calls can be active; whether guests can be interrupted by epochs, for which they are translated otherwise;
/// whether all page sizes are allowed.
pub(crate) fn engine_for_running(
    max_stack: usize,
    epochs: bool,
    all_page_sizes: bool,
) -> Result<Engine, Failure> {
    /// What even a call without parameters and locals counts: it takes room to return.
    const CALL: usize = 64;
    let mut config = Config::new();
    config.features(Features::all_supported()).max_stack_height(max_stack);
    if all_page_sizes {
        config.wasm_custom_page_sizes_all(true);
    }
    with(config.max_recursion_depth(max_stack / CALL).epoch_interruption(epochs))
}

fn with(config: &Config) -> Result<Engine, Failure> {
    Engine::new(config).map_err(|error| Failure::Input(format!("{error:#}")))
}

/// The module in a file.
pub(crate) fn module(engine: &Engine, file: &Path) -> Result<Module, Failure> {
    let wasm = wasm(file)?;
    Module::from_binary(engine, &wasm).map_err(|error| Failure::engine(file, &error))
}

/// The binary form of the module in a file.
fn wasm(file: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = read(file)?;
    if bytes.is_empty() {
        return Err(Failure::input(file, "the file is empty"));
    }
    // Text never starts with the zero byte of the magic number.
    if bytes.starts_with(b"\0") {
        return Ok(bytes);
    }
    match String::from_utf8(bytes) {
        // What some editors begin a text with is no part of it.
        Ok(text) => assemble(file, text.strip_prefix('\u{feff}').unwrap_or(&text)),
        Err(_) => Err(Failure::input(
            file,
            "not a WebAssembly module: neither the magic number nor text (at offset 0x0)",
        )),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| Failure::input(file, error));
    }
    if file.is_dir() {
        return Err(Failure::input(file, "is a directory"));
    }
    fs::read(file).map_err(|error| Failure::input(file, error))
}

/// The binary form of text.
fn assemble(file: &Path, text: &str) -> Result<Vec<u8>, Failure> {
    let assemble = || {
        let mut lexer = Lexer::new(text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer)?;
        parser::parse::<Wat<'_>>(&buffer)?.encode()
    };
    assemble().map_err(|error: wast::Error| {
        let (line, column) = error.span().linecol_in(text);
        let (file, message) = (file.display(), error.message());
        let message = format!(
            "{file}:{}:{}: not a WebAssembly module in text format: {message}",
            line + 1,
            column + 1
        );
        Failure::Input(wasmite_wast::one_line(&message))
    })
}
