//! Runs one script and counts what came of it.
//!
//! Not what directives mean: that is in `directive`. Invariant: one outcome per directive, also if the engine panics: then
//! the directive fails, and so does the rest of the script, because the store is in doubt.

use crate::{Failure, Report, RunnerOptions, directive::Outcome, session::Session};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wast::{
    Wast, WastDirective,
    lexer::Lexer,
    parser::{self, ParseBuffer},
    token::Span,
};

/// Runs scripts, each with an engine and a store of its own.
#[derive(Clone, Debug)]
pub struct Runner {
    options: RunnerOptions,
}

impl Runner {
    /// A runner with the given options.
    pub fn new(options: RunnerOptions) -> Self {
        Self { options }
    }

    /// Runs the script `source`; failures name it `name`.
    pub fn run(&self, name: &str, source: &str) -> Report {
        let mut ledger = Ledger { name, source, report: Report::default() };
        if let Err(error) = self.run_parsed(source, &mut ledger) {
            ledger.fail(error.span(), format!("the script does not parse: {}", error.message()));
        }
        ledger.report
    }

    fn run_parsed(&self, source: &str, ledger: &mut Ledger<'_>) -> Result<(), wast::Error> {
        let mut lexer = Lexer::new(source);
        // The test suite contains such characters on purpose.
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer)?;
        let script = parser::parse::<Wast<'_>>(&buffer)?;
        match Session::new(&self.options) {
            Ok(session) => run_directives(session, script.directives, ledger),
            Err(error) => {
                for directive in &script.directives {
                    ledger.fail(directive.span(), format!("no engine: {error:#}"));
                }
            }
        }
        Ok(())
    }
}

fn run_directives(mut session: Session, script: Vec<WastDirective<'_>>, ledger: &mut Ledger<'_>) {
    let mut panicked = false;
    for mut directive in script {
        let span = directive.span();
        if panicked {
            ledger.fail(span, "not run, because the engine panicked before".into());
            continue;
        }
        match catch_unwind(AssertUnwindSafe(|| session.run(&mut directive))) {
            Ok(outcome) => ledger.count(span, outcome),
            Err(_) => {
                panicked = true;
                ledger.fail(span, "the engine panicked".into());
            }
        }
    }
}

/// Writes outcomes down.
struct Ledger<'a> {
    name: &'a str,
    source: &'a str,
    report: Report,
}

impl Ledger<'_> {
    fn count(&mut self, span: Span, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.report.passed += 1,
            Outcome::Failed(message) => self.fail(span, message),
            Outcome::Skipped(reason) => {
                self.report.skipped += 1;
                *self.report.skip_reasons.entry(reason).or_default() += 1;
            }
        }
    }

    fn fail(&mut self, span: Span, message: String) {
        let line = self.line(span);
        let directive = self.source.lines().nth(line - 1).unwrap_or_default().trim().to_string();
        self.report.failed.push(Failure { file: self.name.into(), line, directive, message });
    }

    fn line(&self, span: Span) -> usize {
        span.linecol_in(self.source).0 + 1
    }
}
