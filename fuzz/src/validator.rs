//! Oracle `validator`: modules and function bodies, most of them damaged, are valid to Wasmite if and only if they are to wasmparser,
//! whatever proposals are on.
//!
//! The engine trusts code that was translated from valid bodies, so a body that is let through by mistake is a hole. Bodies are
//! judged one by one in modules that stay as they are, all else in modules of which bodies do not matter.

use crate::flags::wasm_features;
use crate::{Finding, Rng, Verdict, generate, rng::hash};
use wasmite::Features;
use wasmite_module::{Body, BodyValidation, Error, Module, ParseOptions};
use wasmparser::{BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator};
use wasmparser::{FuncValidatorAllocations, ValidatorResources};

/// How often each body is damaged.
const DAMAGES: u64 = 64;

type Function<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

pub(crate) fn check(data: &[u8]) -> Result<Verdict, Finding> {
    generate::loadable(data).map_or(Ok(Verdict::Nothing), |module| check_module(&module))
}

pub(crate) fn check_module(bytes: &[u8]) -> Result<Verdict, Finding> {
    let mut rng = Rng::new(hash(bytes));
    for features in [Features::all_supported(), some_features(&mut rng)] {
        check_sections(bytes, features, &mut rng)?;
        check_bodies(bytes, features, &mut rng)?;
    }
    Ok(Verdict::Held)
}

/// All supported proposals but a few.
fn some_features(rng: &mut Rng) -> Features {
    let mut features = Features::all_supported();
    for proposal in wasmite::Proposal::ALL {
        if proposal.is_supported() && rng.below(8) == 0 {
            features.disable(*proposal);
        }
    }
    features
}

/// Looks at the module, whole and damaged, but for its bodies.
fn check_sections(bytes: &[u8], features: Features, rng: &mut Rng) -> Result<(), Finding> {
    let bodies = BodyValidation::Deferred;
    let options = ParseOptions { features, bodies, ..ParseOptions::default() };
    for damages in 0..DAMAGES {
        let (header, contents) = bytes.split_at(8);
        let mut contents = contents.to_vec();
        (0..damages % 4).for_each(|_| damage(&mut contents, rng));
        let damaged = [header, &contents].concat();
        let ours = Module::parse(&damaged, &options);
        // Wasmite has limits of its own.
        if matches!(ours, Err(Error::Limit { .. })) {
            continue;
        }
        let theirs = functions(&damaged, features);
        if ours.is_ok() != theirs.is_ok() {
            let (ours, theirs) = (ours.map(drop), theirs.map(drop));
            let what = format!("sections with {features:?}: {ours:?}, {theirs:?}");
            return Err(Finding::new(&damaged, what));
        }
    }
    Ok(())
}

/// Looks at each body, whole and damaged, if the module is valid with these features.
fn check_bodies(bytes: &[u8], features: Features, rng: &mut Rng) -> Result<(), Finding> {
    let bodies = BodyValidation::Deferred;
    let options = ParseOptions { features, bodies, ..ParseOptions::default() };
    let (Ok(module), Ok(theirs)) = (Module::parse(bytes, &options), functions(bytes, features))
    else {
        return Ok(());
    };
    for (func, (theirs, body)) in module.defined_funcs().zip(&theirs) {
        let original = body.as_bytes();
        for damages in 0..DAMAGES {
            let mut body = original.to_vec();
            (0..damages % 4).for_each(|_| damage(&mut body, rng));
            let start = module.body_range(func).start;
            let validator = module.body_validator(func, Default::default());
            let mut validator = validator.expect("there is memory").expect("bodies are deferred");
            let ours = validator.validate(&Body::new(&body, start, features));
            let theirs = judge(theirs, &body, start);
            if ours.is_ok() != theirs.is_ok() {
                let what = format!("{func:?} as {body:02x?}, {features:?}: {ours:?}, {theirs:?}");
                return Err(Finding::new(bytes, what));
            }
        }
    }
    Ok(())
}

/// The module's functions, if wasmparser finds nothing wrong outside their bodies.
fn functions(bytes: &[u8], features: Features) -> wasmparser::Result<Vec<Function<'_>>> {
    let flags = wasm_features(features);
    let mut validator = Validator::new_with_features(flags);
    let mut parser = Parser::new(0);
    parser.set_features(flags);
    let mut functions = Vec::new();
    for payload in parser.parse_all(bytes) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            functions.push((function, body));
        }
    }
    Ok(functions)
}

fn judge(
    function: &FuncToValidate<ValidatorResources>,
    body: &[u8],
    start: usize,
) -> wasmparser::Result<()> {
    let FuncToValidate { resources, index, ty, features } = function;
    let resources = resources.clone();
    let function = FuncToValidate { resources, index: *index, ty: *ty, features: *features };
    let reader = BinaryReader::new_features(body, start as u64, *features);
    let mut validator = function.into_validator(FuncValidatorAllocations::default());
    validator.validate(&FunctionBody::new(reader))
}

/// Changes, adds, removes, moves or repeats some bytes.
fn damage(body: &mut Vec<u8>, rng: &mut Rng) {
    /// Blocks, branches, calls, variables and constants, where types meet.
    const OPCODES: &[u8] = &[
        0x00, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x1a, 0x1b,
        0x1c, 0x20, 0x21, 0x22, 0x23, 0x24, 0x28, 0x36, 0x40, 0x41, 0x42, 0x6a, 0xc0, 0xd0, 0xd1,
        0xd2, 0xfc,
    ];
    let length = body.len() as u64;
    let at = rng.below(length + 1) as usize;
    let end = (at + 1 + rng.below(4) as usize).min(body.len());
    let opcode = OPCODES[rng.below(OPCODES.len() as u64) as usize];
    match rng.below(8) {
        0 => drop(body.drain(at..end)),
        1 => body.insert(at, opcode),
        2 => body.extend_from_within(at..end),
        3 if at + 1 < body.len() => body.swap(at, at + 1),
        4 if at < body.len() => body[at] = opcode,
        5 if at < body.len() => body[at] ^= 1 << rng.below(8),
        6 if at < body.len() => body[at] = rng.below(4) as u8,
        _ if at < body.len() => body[at] = rng.next() as u8,
        _ => {}
    }
}
