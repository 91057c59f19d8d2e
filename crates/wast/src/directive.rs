//! What each directive of a script means.
//!
//! Not the state it acts on: that is the session. Invariant: a directive passes only if what it asserts was observed; an
//! assertion about a module that did not load fails.

use crate::{
    message,
    session::{LoadError, Session},
    value,
};
use wasmite::{Trap, Val};
use wast::{QuoteWat, WastDirective, WastExecute, WastInvoke, Wat};

/// What came of a directive.
pub(crate) enum Outcome {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

/// Why running code gave no results.
enum Stop {
    /// It could not be run: the module did not load, the export is missing, an argument is of a type not supported.
    NotRun(String),
    /// It failed, or its module did.
    Failed(wasmite::Error),
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(message) => Self::Failed(message),
        }
    }
}

impl Session {
    /// Runs one directive.
    pub(crate) fn run(&mut self, directive: &mut WastDirective<'_>) -> Outcome {
        let result = match directive {
            WastDirective::Module(module) => self.load(module).map_err(|error| error.message()),
            WastDirective::ModuleDefinition(module) => {
                self.define(module).map_err(|error| error.message())
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                self.instantiate(*instance, *module)
            }
            WastDirective::Register { name, module, .. } => self.register(name, *module),
            WastDirective::Invoke(call) => {
                self.invoke(call).map(drop).map_err(|stop| stop.message())
            }
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, results),
            WastDirective::AssertTrap { exec, message, .. } => {
                let result = self.execute(exec);
                assert_trap(result, message)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let result = self.invoke(call);
                assert_trap(result, message)
            }
            WastDirective::AssertMalformed { module, message, .. }
            | WastDirective::AssertInvalid { module, message, .. }
            | WastDirective::AssertMalformedCustom { module, message, .. }
            | WastDirective::AssertInvalidCustom { module, message, .. } => {
                self.assert_refused(module, message)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                self.assert_unlinkable(module, message)
            }
            WastDirective::AssertException { .. } => {
                return Outcome::Skipped("exceptions are not supported yet");
            }
            WastDirective::AssertSuspension { .. } => {
                return Outcome::Skipped("stack switching is not supported");
            }
            WastDirective::Thread(_) | WastDirective::Wait { .. } => {
                return Outcome::Skipped("threads are not supported yet");
            }
        };
        result.into()
    }

    fn invoke(&mut self, call: &WastInvoke<'_>) -> Result<Vec<Val>, Stop> {
        let func = self.func(call.module, call.name)?;
        let args = call.args.iter().map(|arg| value::argument(&mut self.store, arg));
        let args = args.collect::<Result<Vec<_>, _>>()?;
        let results = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); results];
        func.call(&mut self.store, &args, &mut results).map_err(Stop::Failed)?;
        Ok(results)
    }

    fn execute(&mut self, action: &mut WastExecute<'_>) -> Result<Vec<Val>, Stop> {
        match action {
            WastExecute::Invoke(call) => self.invoke(call),
            WastExecute::Get { module, global, .. } => Ok(vec![self.global(*module, global)?]),
            WastExecute::Wat(module) => match self.load_unnamed(module) {
                Ok(_) => Ok(Vec::new()),
                Err(LoadError::Text(error)) => Err(Stop::NotRun(error.message())),
                Err(LoadError::Engine(error)) => Err(Stop::Failed(error)),
            },
        }
    }

    fn assert_return(
        &mut self,
        action: &mut WastExecute<'_>,
        expected: &[wast::WastRet<'_>],
    ) -> Result<(), String> {
        let results = self.execute(action).map_err(|stop| stop.message())?;
        if results.len() != expected.len() {
            return Err(format!("{} results, expected {}", results.len(), expected.len()));
        }
        for (at, (result, expected)) in results.iter().zip(expected).enumerate() {
            if !value::result_matches(&self.store, result, expected)? {
                let found = value::show(&self.store, result);
                let expected = value::show_expected(expected);
                return Err(format!("result {at} is {found}, expected {expected}"));
            }
        }
        Ok(())
    }

    fn assert_refused(&self, module: &mut QuoteWat<'_>, expected: &str) -> Result<(), String> {
        let Err(error) = self.assemble(module) else {
            return Err(format!("the module was accepted, expected \"{expected}\""));
        };
        let found = error.message();
        if message::refusal_matches(expected, &found) {
            Ok(())
        } else {
            Err(format!("refused with \"{found}\", expected \"{expected}\""))
        }
    }

    fn assert_unlinkable(&mut self, module: &mut Wat<'_>, expected: &str) -> Result<(), String> {
        match self.load_unnamed(module) {
            Ok(_) => Err(format!("the module was linked, expected \"{expected}\"")),
            Err(LoadError::Text(error)) => Err(error.message()),
            Err(LoadError::Engine(error)) => {
                let found = format!("{error:#}");
                if error.as_trap().is_none() && message::link_matches(expected, &found) {
                    Ok(())
                } else {
                    Err(format!("stopped with \"{found}\", expected \"{expected}\""))
                }
            }
        }
    }
}

fn assert_trap(result: Result<Vec<Val>, Stop>, expected: &str) -> Result<(), String> {
    match result {
        Ok(_) => Err(format!("no trap, expected \"{expected}\"")),
        Err(Stop::Failed(error))
            if error.as_trap().is_some_and(|trap| traps_as(trap, expected)) =>
        {
            Ok(())
        }
        Err(stop) => Err(format!("stopped with \"{}\", expected \"{expected}\"", stop.message())),
    }
}

fn traps_as(trap: Trap, expected: &str) -> bool {
    message::trap_matches(expected, &trap.to_string())
}

impl Stop {
    fn message(&self) -> String {
        match self {
            Self::NotRun(message) => message.clone(),
            Self::Failed(error) => format!("{error:#}"),
        }
    }
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::NotRun(message)
    }
}
