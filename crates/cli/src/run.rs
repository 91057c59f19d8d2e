//! `wasmite run`: calls an export and prints what it returns.
//!
//! Invariant: nothing is offered for import, so a module runs only if it needs nothing from the host.

use crate::{failure::Failure, input, profile, value};
use clap::Args;
use std::{fmt::Write as _, io::Write, path::PathBuf};
use wasmite::{CompilationMode, ExternKind, ExternType, Linker, Module, Store, Val};

/// Run a module and print the results, one per line
///
/// Calls the export that --invoke names, else `_start`, else the only exported function. All proposals that Wasmite
/// supports are on. Nothing can be imported.
///
/// Exits with 0, with 134 if WebAssembly traps (message and backtrace on stderr), and with 1 if the input is at fault.
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite run program.wasm                     call `_start` or the only exported function
  wasmite run --invoke add math.wat 2 -3       arguments: decimal, negative,
  wasmite run --invoke scale math.wat 0xff inf hexadecimal, floats with nan and inf
  wasmite run --profile stacks.txt program.wasm what was executed: tables, and stacks for flame graphs")]
pub(crate) struct Run {
    /// The exported function to call
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    #[command(flatten)]
    profile: profile::Options,
    /// The module: binary (.wasm) or text (.wat)
    file: PathBuf,
    /// Arguments of the function, parsed by its parameter types
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Run {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        self.profile.prepare()?;
        let engine = input::engine(CompilationMode::Eager)?;
        let module = input::module(&engine, &self.file)?;
        // First: whatever else is wrong, a module that needs a host cannot run here.
        self.check_imports(&module)?;
        let name = self.entry(&module)?;
        let args = self.arguments(&module, &name)?;
        for result in self.call(&module, &name, &args)? {
            writeln!(out, "{}", value::Shown(result))?;
        }
        Ok(())
    }

    /// The name of the function to call.
    fn entry(&self, module: &Module) -> Result<String, Failure> {
        if let Some(name) = &self.invoke {
            return Ok(name.clone());
        }
        let exports = module.exports().filter(|export| export.ty().kind() == ExternKind::Func);
        let names: Vec<&str> = exports.map(|export| export.name()).collect();
        match names[..] {
            [only] => Ok(only.into()),
            _ if names.contains(&"_start") => Ok("_start".into()),
            [] => Err(Failure::input(&self.file, "no function is exported")),
            _ => {
                let reason = format!(
                    "several functions are exported and none is `_start`: choose with --invoke among {}",
                    list(&names)
                );
                Err(Failure::input(&self.file, reason))
            }
        }
    }

    /// The arguments as values of the function's parameter types.
    fn arguments(&self, module: &Module, name: &str) -> Result<Vec<Val>, Failure> {
        let fail = |reason: String| Failure::input(&self.file, reason);
        let ty = match module.get_export(name) {
            Some(ExternType::Func(ty)) => ty,
            Some(other) => return Err(fail(format!("export `{name}` is a {}", other.kind()))),
            None => return Err(fail(format!("there is no export `{name}`"))),
        };
        let (expected, given) = (ty.params().len(), self.args.len());
        if expected != given {
            return Err(fail(format!("`{name}` takes {expected} arguments, {given} given: {ty}")));
        }
        let values = self.args.iter().zip(ty.params()).map(|(text, ty)| value::parse(text, ty));
        values.collect::<Result<_, _>>().map_err(|reason| fail(format!("`{name}`: {reason}")))
    }

    /// All imports are unknown: says so of all of them at once.
    fn check_imports(&self, module: &Module) -> Result<(), Failure> {
        let describe = |import: wasmite::ImportType<'_>| {
            format!("{} `{}` `{}`", import.ty().kind(), import.module(), import.name())
        };
        let imports: Vec<String> = module.imports().map(describe).collect();
        if imports.is_empty() {
            return Ok(());
        }
        let imports: Vec<&str> = imports.iter().map(String::as_str).collect();
        Err(Failure::input(&self.file, format_args!("unknown imports: {}", list(&imports))))
    }

    fn call(&self, module: &Module, name: &str, args: &[Val]) -> Result<Vec<Val>, Failure> {
        let mut store = Store::new(module.engine(), ());
        let call = |store: &mut Store<()>| {
            let linker = Linker::new(module.engine());
            let instance = linker.instantiate(&mut *store, module)?;
            let func = instance.get_func(&mut *store, name);
            let func = func.ok_or_else(|| wasmite::Error::msg("the export is gone"))?;
            let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
            func.call(store, args, &mut results)?;
            Ok(results)
        };
        let results = call(&mut store);
        // A run that trapped has a profile, too.
        self.profile.report(&store)?;
        results.map_err(|error| Failure::engine(&self.file, &error))
    }
}

/// The first few of many, so that a message stays readable.
fn list(items: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = items[..items.len().min(SHOWN)].join(", ");
    if items.len() > SHOWN {
        // Writing to a string cannot fail.
        let _ = write!(text, " and {} more", items.len() - SHOWN);
    }
    text
}
