//! Fuzz oracles: functions from arbitrary bytes to a verdict, with no fuzzer attached.
//!
//! The seeded runner, the libFuzzer targets and `cargo test` all call the same functions. Invariant: an oracle's verdict
//! depends on its input only, so that a seed or a saved input shows the same finding anywhere.
#![forbid(unsafe_code)]

mod bytes;
#[path = "../../crates/module/tests/it/flags.rs"]
mod flags;
mod generate;
mod guest;
mod host;
mod modes;
mod observe;
mod peer;
mod rng;
mod trace;
mod translate;
mod validator;
mod wasmite_guest;

pub use rng::{Rng, input};
pub use trace::trace;
use wasmite::{Features, Proposal};

/// What came of one input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Everything the oracle promises holds.
    Held,
    /// The input gave nothing to compare: it makes no module, or its run used up the call stack.
    Nothing,
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub what: String,
    /// The module it happens with.
    pub module: Vec<u8>,
}

/// An oracle: what must hold for every input.
#[derive(Clone, Copy, Debug)]
pub struct Oracle {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it promises.
    pub promise: &'static str,
    /// Checks the promise for the module that some arbitrary bytes make.
    pub check: fn(&[u8]) -> Result<Verdict, Finding>,
    /// Checks the promise for a module: how saved findings are replayed.
    pub check_module: fn(&[u8]) -> Result<Verdict, Finding>,
}

/// All oracles.
pub const ORACLES: &[Oracle] = &[
    Oracle {
        name: "bytes",
        promise: "bytes that may not be a module: an answer, the same in all compilation modes, and no panic",
        check: bytes::check,
        check_module: bytes::check_module,
    },
    Oracle {
        name: "validator",
        promise: "modules and function bodies, damaged or not, are valid if and only if they are to wasmparser",
        check: validator::check,
        check_module: validator::check_module,
    },
    Oracle {
        name: "translate",
        promise: "valid modules translate, and the code verifies, with all fusions, with none, and with any one off",
        check: translate::check,
        check_module: translate::check_module,
    },
    Oracle {
        name: "modes",
        promise: "a module's results, traps and final state do not depend on compilation mode, fusions, and when code is translated again",
        check: modes::check,
        check_module: modes::check_module,
    },
    Oracle {
        name: "peer",
        promise: "a module's results, traps and final state are those of Wasmi",
        check: peer::check,
        check_module: peer::check_module,
    },
];

impl Oracle {
    /// The oracle called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        ORACLES.iter().find(|oracle| oracle.name == name)
    }
}

impl Finding {
    fn new(module: &[u8], what: impl Into<String>) -> Self {
        Self { what: what.into(), module: module.to_vec() }
    }
}

/// Panics with the finding if the oracle called `name` makes one: what coverage-guided fuzzers understand.
pub fn assert_held(name: &str, data: &[u8]) {
    let oracle = Oracle::find(name).expect("the oracle is in the table");
    if let Err(finding) = (oracle.check)(data) {
        panic!("{name}: {}", finding.what);
    }
}
