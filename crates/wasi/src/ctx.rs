//! The state of one WASI program, and how it is put together.
//!
//! Invariant: a program can reach only what its builder was given: no directory, no variable and no argument is there
//! unless it was named.

use crate::{
    ClockId, Clocks, Dir, DirPerms, Errno, File, FilePerms, Random, Result, Rights, Scheduler,
    WasiLimits,
    descriptors::{Descriptor, Descriptors, Object},
    pipe::Closed,
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::fmt;

/// The state of one WASI program: arguments, environment, descriptors, and the host's services.
pub struct WasiCtx {
    pub(crate) args: Vec<String>,
    /// Each as `KEY=VALUE`.
    pub(crate) env: Vec<String>,
    pub(crate) descriptors: Descriptors,
    pub(crate) clocks: Box<dyn Clocks>,
    pub(crate) random: Box<dyn Random>,
    pub(crate) scheduler: Box<dyn Scheduler>,
    pub(crate) limits: WasiLimits,
}

impl fmt::Debug for WasiCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasiCtx").field("args", &self.args).finish_non_exhaustive()
    }
}

/// Builds a [`WasiCtx`]. Names are those of Wasmtime's builder for preview 1.
///
/// At first a program has no arguments, no environment and no directories; standard input is empty, what it writes to
/// standard output and error is forgotten. With feature `std` its clocks, random bytes and sleep are the host's;
/// without, they fail until they are supplied.
pub struct WasiCtxBuilder {
    args: Vec<String>,
    env: Vec<String>,
    stdio: [Box<dyn File>; 3],
    preopens: Vec<Preopen>,
    clocks: Box<dyn Clocks>,
    random: Box<dyn Random>,
    scheduler: Box<dyn Scheduler>,
    limits: WasiLimits,
}

struct Preopen {
    dir: Box<dyn Dir>,
    guest_path: String,
    denied: Rights,
}

impl WasiCtxBuilder {
    /// A builder with the state above.
    pub fn new() -> Self {
        #[cfg(feature = "std")]
        let (clocks, random, scheduler) = (
            crate::native::SystemClocks::new(),
            crate::native::SystemRandom,
            crate::native::ThreadScheduler,
        );
        #[cfg(not(feature = "std"))]
        let (clocks, random, scheduler) = (Missing, Missing, Missing);
        Self {
            args: Vec::new(),
            env: Vec::new(),
            stdio: closed_stdio(),
            preopens: Vec::new(),
            clocks: Box::new(clocks),
            random: Box::new(random),
            scheduler: Box::new(scheduler),
            limits: WasiLimits::default(),
        }
    }

    /// Adds an argument. The first is the program's name.
    pub fn arg(&mut self, arg: impl AsRef<str>) -> &mut Self {
        self.args.push(arg.as_ref().into());
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, args: &[impl AsRef<str>]) -> &mut Self {
        self.args.extend(args.iter().map(|arg| arg.as_ref().into()));
        self
    }

    /// Adds a variable to the environment.
    pub fn env(&mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> &mut Self {
        self.env.push(format!("{}={}", key.as_ref(), value.as_ref()));
        self
    }

    /// Adds variables to the environment.
    pub fn envs(&mut self, env: &[(impl AsRef<str>, impl AsRef<str>)]) -> &mut Self {
        for (key, value) in env {
            self.env(key, value);
        }
        self
    }

    /// Standard input, descriptor 0.
    pub fn stdin(&mut self, file: impl File + 'static) -> &mut Self {
        self.stdio[0] = Box::new(file);
        self
    }

    /// Standard output, descriptor 1.
    pub fn stdout(&mut self, file: impl File + 'static) -> &mut Self {
        self.stdio[1] = Box::new(file);
        self
    }

    /// Standard error, descriptor 2.
    pub fn stderr(&mut self, file: impl File + 'static) -> &mut Self {
        self.stdio[2] = Box::new(file);
        self
    }

    /// Gives the program a directory of the embedder's own making, under the name `guest_path`. Permissions hold for
    /// everything below it.
    pub fn preopened(
        &mut self,
        dir: impl Dir + 'static,
        guest_path: impl AsRef<str>,
        dir_perms: DirPerms,
        file_perms: FilePerms,
    ) -> &mut Self {
        let denied = Rights::denied_by(dir_perms, file_perms);
        self.preopens.push(Preopen {
            dir: Box::new(dir),
            guest_path: guest_path.as_ref().into(),
            denied,
        });
        self
    }

    /// Clocks other than the host's.
    pub fn clocks(&mut self, clocks: impl Clocks + 'static) -> &mut Self {
        self.clocks = Box::new(clocks);
        self
    }

    /// Random bytes other than the host's.
    pub fn random(&mut self, random: impl Random + 'static) -> &mut Self {
        self.random = Box::new(random);
        self
    }

    /// A scheduler other than the host's.
    pub fn scheduler(&mut self, scheduler: impl Scheduler + 'static) -> &mut Self {
        self.scheduler = Box::new(scheduler);
        self
    }

    /// Limits on what the program may ask for.
    pub fn limits(&mut self, limits: WasiLimits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// The finished state. The builder is left as new.
    pub fn build(&mut self) -> WasiCtx {
        let Self { args, env, stdio, preopens, clocks, random, scheduler, limits } =
            core::mem::take(self);
        let mut descriptors = Descriptors::default();
        let stream =
            Rights::FD_FDSTAT_SET_FLAGS | Rights::FD_FILESTAT_GET | Rights::POLL_FD_READWRITE;
        let uses = [Rights::FD_READ, Rights::FD_WRITE, Rights::FD_WRITE];
        let streams =
            stdio.into_iter().zip(uses).map(|(file, usage)| Descriptor::file(file, stream | usage));
        let dirs = preopens.into_iter().map(|preopen| {
            let inheriting = Rights::DIRECTORY | Rights::FILE;
            let object = Object::Dir(preopen.dir);
            let dir = Descriptor::new(object, Rights::DIRECTORY, inheriting, preopen.denied);
            Descriptor { preopen: Some(preopen.guest_path), ..dir }
        });
        for descriptor in streams.chain(dirs) {
            // More than 2^32 directories would not have fitted into memory.
            let _ = descriptors.insert(descriptor);
        }
        WasiCtx { args, env, descriptors, clocks, random, scheduler, limits }
    }
}

impl Default for WasiCtxBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WasiCtxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasiCtxBuilder").field("args", &self.args).finish_non_exhaustive()
    }
}

fn closed_stdio() -> [Box<dyn File>; 3] {
    [Box::new(Closed), Box::new(Closed), Box::new(Closed)]
}

/// Services that a host without an operating system has not supplied.
#[allow(dead_code, reason = "with std the host has them")]
struct Missing;

impl Clocks for Missing {
    fn resolution(&self, _: ClockId) -> Result<u64> {
        Err(Errno::NotSup)
    }

    fn now(&self, _: ClockId, _: u64) -> Result<u64> {
        Err(Errno::NotSup)
    }
}

impl Random for Missing {
    fn fill(&mut self, _: &mut [u8]) -> Result<()> {
        Err(Errno::NotSup)
    }
}

impl Scheduler for Missing {
    fn sleep(&mut self, _: u64) {}

    fn yield_now(&mut self) {}
}
