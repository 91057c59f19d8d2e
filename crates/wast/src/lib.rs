//! Runs `.wast` test scripts against Wasmite: the official test suite and the project's own regression scripts.
//!
//! Not an engine and not a parser: scripts are parsed by the crate `wast`, everything else happens through the public
//! facade. Invariant: every directive of a script counts exactly once, as passed, failed or skipped; what depends on
//! a module that did not load fails.
//!
//! ```
//! use wasmite_wast::{Runner, RunnerOptions};
//!
//! let script = r#"
//!     (module (func (export "two") (result i32) (i32.const 2)))
//!     (assert_return (invoke "two") (i32.const 2))
//! "#;
//! let report = Runner::new(RunnerOptions::default()).run("two.wast", script);
//! assert_eq!((report.passed, report.failed.len(), report.skipped), (2, 0, 0));
//! ```
#![forbid(unsafe_code)]

mod directive;
mod message;
mod options;
mod report;
mod runner;
mod scope;
mod session;
mod spectest;
mod suite;
mod value;

pub use options::RunnerOptions;
pub use report::{Failure, Report, Summary, one_line};
pub use runner::Runner;
pub use scope::{Scope, ScopeError};
pub use suite::{ReadError, Suite, read, run_dir};
