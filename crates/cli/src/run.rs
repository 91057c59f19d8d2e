//! `wasmite run`: runs a WASI program, or calls an export and prints what it returns.
//!
//! Not WASI itself: that is `wasmite-wasi`. Invariant: a program reaches only the directories and variables that were
//! named on the command line, and its exit code becomes ours.

use crate::{
    failure::Failure,
    input, profile,
    quantity::{bytes, counted, variable},
    value,
    waiting::Waiting,
    watchdog::Watchdog,
};
use clap::Args;
use std::{
    fmt::{self, Write as _},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use wasmite::{
    ErrorKind, ExternKind, ExternType, Instance, Linker, MemoryUsage, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap, Val,
};
use wasmite_wasi::{DirPerms, FilePerms, Stderr, Stdin, Stdout, WasiCtx, WasiCtxBuilder};

/// Run a program or call a function
///
/// A WASI program (a module that exports `_start`) gets ARGS as its arguments, and our standard streams; its exit code
/// becomes ours. It sees only the directories named with --dir and --dir-ro, and only the variables named with --env.
///
/// Of other modules, the export that --invoke names is called, or the only exported function. ARGS are then its
/// parameters, and results are printed, one per line.
///
/// All proposals that Wasmite supports are on. Only WASI preview 1 can be imported.
///
/// Exits with the program's exit code, with 134 if WebAssembly traps (message and backtrace on stderr), with 124 if
/// --timeout is over (likewise), and with 1 if the input is at fault.
#[derive(Args)]
#[command(after_help = "\
Examples:
  wasmite run program.wasm                     run a WASI program, or the only exported function
  wasmite run --dir . program.wasm in.txt      let it use the current directory
  wasmite run --dir-ro /data::/in program.wasm let it read /data, which it sees as /in
  wasmite run --timeout 5s --max-memory 64MiB program.wasm
  wasmite run --invoke add math.wat 2 -3       arguments: decimal, negative,
  wasmite run --invoke scale math.wat 0xff inf hexadecimal, floats with nan and inf
  wasmite run --profile stacks.txt program.wasm what was executed: tables, and stacks for flame graphs
  wat2wasm program.wat -o - | wasmite run -    the module from standard input")]
pub(crate) struct Run {
    /// Let the program read and write this directory, under the name GUEST (or else HOST)
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir: Vec<String>,
    /// Let the program read this directory
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir_ro: Vec<String>,
    /// Set a variable of the program's environment
    #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// The program's name as it sees it, instead of FILE
    #[arg(long, value_name = "NAME")]
    argv0: Option<String>,
    /// The most bytes that each memory of the program may have; with a unit if wanted: KiB, MiB, GiB
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_memory: Option<usize>,
    /// The most bytes that the stack of the program's calls may have
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "16MiB")]
    max_stack: usize,
    /// Interrupt the program after this time, e.g. 500ms or 2m
    ///
    /// A running program traps and shows where it was. One that waits (for input, say) is ended without a backtrace.
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
    /// The exported function to call
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    /// Allow pages of memories to have any power of two up to 64 KiB, not only 1 byte and 64 KiB
    #[arg(long)]
    all_page_sizes: bool,
    /// Tell on stderr how long it took, and of each memory its page size, bytes, most bytes held and growths
    #[arg(long)]
    stats: bool,
    #[command(flatten)]
    profile: profile::Options,
    /// The module: binary (.wasm) or text (.wat); `-` is standard input
    file: PathBuf,
    /// Arguments of the program, or of the function, parsed by its parameter types
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// What the program's host functions and its limits work on.
struct State {
    wasi: WasiCtx,
    limits: StoreLimits,
}

impl Run {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        self.profile.prepare()?;
        let start = Instant::now();
        let epochs = self.timeout.is_some();
        let engine = input::engine_for_running(self.max_stack, epochs, self.all_page_sizes)?;
        let module = input::module(&engine, &self.file)?;
        // First: whatever else is wrong, a module that needs another host cannot run here.
        self.check_imports(&module)?;
        let name = self.entry(&module)?;
        let args = self.arguments(&module, &name)?;
        let waiting = Waiting::default();
        let wasi = self.wasi(&name, &waiting)?;
        let mut store = Store::new(&engine, State { wasi, limits: self.limits() });
        store.limiter(|state| &mut state.limits);
        // Until the watchdog begins the next epoch.
        store.set_epoch_deadline(1);
        let loaded = start.elapsed();
        let watchdog =
            self.timeout.map(|timeout| Watchdog::new(&engine, &self.file, timeout, waiting));
        let results = self.call(&module, &mut store, &name, &args);
        drop(watchdog);
        // A run that trapped has a profile, too.
        self.profile.report(&store)?;
        if self.stats {
            let memories = store.memory_usage().collect();
            report(&Stats { loaded, total: start.elapsed(), memories });
        }
        for result in results? {
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

    /// Whether ARGS belong to the program, not to the function.
    fn is_program(&self, name: &str) -> bool {
        self.invoke.is_none() && name == "_start"
    }

    /// The arguments as values of the function's parameter types.
    fn arguments(&self, module: &Module, name: &str) -> Result<Vec<Val>, Failure> {
        let fail = |reason: String| Failure::input(&self.file, reason);
        let ty = match module.get_export(name) {
            Some(ExternType::Func(ty)) => ty,
            Some(other) => return Err(fail(format!("export `{name}` is a {}", other.kind()))),
            None => return Err(fail(format!("there is no export `{name}`"))),
        };
        let args = if self.is_program(name) { &[] } else { &self.args[..] };
        let (expected, given) = (ty.params().len(), args.len());
        if expected != given {
            return Err(fail(format!("`{name}` takes {expected} arguments, {given} given: {ty}")));
        }
        let values = args.iter().zip(ty.params()).map(|(text, ty)| value::parse(text, ty));
        values.collect::<Result<_, _>>().map_err(|reason| fail(format!("`{name}`: {reason}")))
    }

    /// Says of all unknown imports at once which they are.
    fn check_imports(&self, module: &Module) -> Result<(), Failure> {
        let describe = |import: wasmite::ImportType<'_>| {
            format!("{} `{}` `{}`", import.ty().kind(), import.module(), import.name())
        };
        let unknown = module.imports().filter(|import| !is_wasi(import.module(), import.name()));
        let imports: Vec<String> = unknown.map(describe).collect();
        if imports.is_empty() {
            return Ok(());
        }
        let imports: Vec<&str> = imports.iter().map(String::as_str).collect();
        Err(Failure::input(&self.file, format_args!("unknown imports: {}", list(&imports))))
    }

    /// What the program may see of the world.
    fn wasi(&self, name: &str, waiting: &Waiting) -> Result<WasiCtx, Failure> {
        let mut builder = WasiCtxBuilder::new();
        builder.stdin(waiting.watch(Stdin)).stdout(waiting.watch(Stdout));
        builder.stderr(waiting.watch(Stderr)).scheduler(waiting.clone()).envs(&self.env);
        let file_name = || self.file.display().to_string();
        builder.arg(self.argv0.clone().unwrap_or_else(file_name));
        if self.is_program(name) {
            builder.args(&self.args);
        }
        let writable = (&self.dir, DirPerms::all(), FilePerms::all());
        let readable = (&self.dir_ro, DirPerms::READ, FilePerms::READ);
        for (dirs, dir_perms, file_perms) in [writable, readable] {
            for dir in dirs {
                let (host, guest) = dir.split_once("::").unwrap_or((dir, dir));
                let opened = builder.preopened_dir(host, guest, dir_perms, file_perms);
                opened.map_err(|error| Failure::input(Path::new(host), error))?;
            }
        }
        Ok(builder.build())
    }

    fn limits(&self) -> StoreLimits {
        let mut limits = StoreLimitsBuilder::new();
        if let Some(bytes) = self.max_memory {
            limits = limits.memory_size(bytes);
        }
        limits.build()
    }

    fn failure(&self, error: &wasmite::Error) -> Failure {
        match self.timeout {
            Some(timeout) if error.as_trap() == Some(Trap::Interrupt) => {
                Failure::timeout(&self.file, timeout, Some(error))
            }
            _ => match self.max_memory {
                Some(bytes) if error.kind() == ErrorKind::Limit => {
                    let reason = format_args!("{error:#} (--max-memory is {bytes} bytes)");
                    Failure::input(&self.file, reason)
                }
                _ => Failure::engine(&self.file, error),
            },
        }
    }

    /// The results.
    fn call(
        &self,
        module: &Module,
        store: &mut Store<State>,
        name: &str,
        args: &[Val],
    ) -> Result<Vec<Val>, Failure> {
        let mut call = || {
            let mut linker = Linker::new(module.engine());
            wasmite_wasi::add_to_linker(&mut linker, |state: &mut State| &mut state.wasi)?;
            let instance = linker.instantiate(&mut *store, module)?;
            call_export(store, instance, name, args)
        };
        call().map_err(|error| self.failure(&error))
    }
}

fn call_export(
    store: &mut Store<State>,
    instance: Instance,
    name: &str,
    args: &[Val],
) -> wasmite::Result<Vec<Val>> {
    // A library's: it wants to be called before anything else.
    if name != "_start"
        && let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut *store, "_initialize")
    {
        initialize.call(&mut *store, ())?;
    }
    let func = instance.get_func(&mut *store, name);
    let func = func.ok_or_else(|| wasmite::Error::msg("the export is gone"))?;
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    func.call(store, args, &mut results)?;
    Ok(results)
}

/// Whether WASI has this function.
fn is_wasi(module: &str, name: &str) -> bool {
    match module {
        wasmite_wasi::SNAPSHOT_PREVIEW1 => {
            wasmite_wasi::FUNCTIONS.iter().any(|function| function.name() == name)
        }
        wasmite_wasi::UNSTABLE => {
            wasmite_wasi::unstable_functions().any(|function| function.name() == name)
        }
        _ => false,
    }
}

/// What --stats tells.
struct Stats {
    loaded: Duration,
    total: Duration,
    memories: Vec<MemoryUsage>,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loaded, total, memories } = self;
        let ran = total.saturating_sub(*loaded);
        let bytes: u64 = memories.iter().map(|memory| memory.bytes).sum();
        write!(f, "wasmite: loaded in {loaded:.1?}, ran for {ran:.1?}, {bytes} bytes of memory")?;
        for (index, MemoryUsage { ty, bytes, held, growths }) in memories.iter().enumerate() {
            let (pages, page) = (counted(ty.minimum(), "page"), counted(ty.page_size(), "byte"));
            let (bytes, peak) = (counted(*bytes, "byte"), counted(*held, "byte"));
            write!(f, "\nwasmite: memory {index}: {pages} of {page}, {bytes}, peak {peak}, ")?;
            write!(f, "{}", counted(*growths, "growth"))?;
        }
        Ok(())
    }
}

fn report(stats: &Stats) {
    // Nobody is left to tell if stderr cannot be written.
    let _ = writeln!(std::io::stderr(), "{stats}");
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
