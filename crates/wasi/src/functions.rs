//! The table of functions: what guests may import, one row each.
//!
//! Not what they do: each row names a method of [`Call`]. Invariant: linkers, documentation and tests take names and
//! parameters from here; nothing else lists them.

use crate::{Errno, GuestMemory, WasiCtx, calls::Call};
use core::fmt;

/// The module name under which [`FUNCTIONS`] are imported.
pub const SNAPSHOT_PREVIEW1: &str = "wasi_snapshot_preview1";

/// The module name of the version before, of which [`unstable_functions`] are supported.
pub const UNSTABLE: &str = "wasi_unstable";

/// A WebAssembly type that functions take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamType {
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

/// What a call came to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// The function returns this `i32`: an errno, 0 for success.
    Return(u16),
    /// The program wants to end, with this status.
    Exit(i32),
}

impl From<Result<(), Errno>> for Outcome {
    fn from(result: Result<(), Errno>) -> Self {
        Self::Return(result.map_or_else(Errno::code, |()| 0))
    }
}

/// A function that guests may import.
pub struct Function {
    name: &'static str,
    params: &'static [ParamType],
    returns: bool,
    run: fn(&mut Call<'_>, &[u64]) -> Outcome,
}

impl Function {
    /// The name it is imported by.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its parameters' types.
    pub fn params(&self) -> &'static [ParamType] {
        self.params
    }

    /// Whether it has a result, which is an `i32`. Only the function that ends the program has none.
    pub fn returns(&self) -> bool {
        self.returns
    }

    /// Calls it for the guest with this memory. There is one argument per parameter; of 32-bit ones the upper half is
    /// ignored, missing ones are 0.
    pub fn call(&self, ctx: &mut WasiCtx, memory: &mut dyn GuestMemory, args: &[u64]) -> Outcome {
        (self.run)(&mut Call { ctx, memory }, args)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A parameter's Rust type.
trait Param {
    const TYPE: ParamType;

    fn from_slot(slot: u64) -> Self;
}

impl Param for u32 {
    const TYPE: ParamType = ParamType::I32;

    fn from_slot(slot: u64) -> Self {
        slot as Self
    }
}

impl Param for u64 {
    const TYPE: ParamType = ParamType::I64;

    fn from_slot(slot: u64) -> Self {
        slot
    }
}

impl Param for i64 {
    const TYPE: ParamType = ParamType::I64;

    fn from_slot(slot: u64) -> Self {
        slot as Self
    }
}

macro_rules! functions {
    ($($name:literal $method:ident($($param:ident: $ty:ty),*) -> $returns:ident;)*) => {
        &[$(Function {
            name: $name,
            params: &[$(<$ty>::TYPE),*],
            returns: functions!(@returns $returns),
            run: |call, args| {
                #[allow(unused_mut, reason = "some rows have no parameters")]
                let mut args = args.iter().copied();
                $(let $param = <$ty>::from_slot(args.next().unwrap_or(0));)*
                let _ = args;
                call.$method($($param),*).into()
            },
        }),*]
    };
    (@returns Errno) => { true };
    (@returns Never) => { false };
}

/// All functions of `wasi_snapshot_preview1`.
pub const FUNCTIONS: &[Function] = functions! {
    "args_get" args_get(argv: u32, strings: u32) -> Errno;
    "args_sizes_get" args_sizes_get(count: u32, bytes: u32) -> Errno;
    "clock_res_get" clock_res_get(clock: u32, resolution: u32) -> Errno;
    "clock_time_get" clock_time_get(clock: u32, precision: u64, time: u32) -> Errno;
    "environ_get" environ_get(environ: u32, strings: u32) -> Errno;
    "environ_sizes_get" environ_sizes_get(count: u32, bytes: u32) -> Errno;
    "fd_advise" fd_advise(fd: u32, offset: u64, len: u64, advice: u32) -> Errno;
    "fd_allocate" fd_allocate(fd: u32, offset: u64, len: u64) -> Errno;
    "fd_close" fd_close(fd: u32) -> Errno;
    "fd_datasync" fd_datasync(fd: u32) -> Errno;
    "fd_fdstat_get" fd_fdstat_get(fd: u32, stat: u32) -> Errno;
    "fd_fdstat_set_flags" fd_fdstat_set_flags(fd: u32, fdflags: u32) -> Errno;
    "fd_fdstat_set_rights" fd_fdstat_set_rights(fd: u32, rights: u64, inheriting: u64) -> Errno;
    "fd_filestat_get" fd_filestat_get(fd: u32, stat: u32) -> Errno;
    "fd_filestat_set_size" fd_filestat_set_size(fd: u32, size: u64) -> Errno;
    "fd_filestat_set_times" fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, fst_flags: u32) -> Errno;
    "fd_pread" fd_pread(fd: u32, iovecs: u32, count: u32, offset: u64, read: u32) -> Errno;
    "fd_prestat_dir_name" fd_prestat_dir_name(fd: u32, path: u32, len: u32) -> Errno;
    "fd_prestat_get" fd_prestat_get(fd: u32, prestat: u32) -> Errno;
    "fd_pwrite" fd_pwrite(fd: u32, iovecs: u32, count: u32, offset: u64, written: u32) -> Errno;
    "fd_read" fd_read(fd: u32, iovecs: u32, count: u32, read: u32) -> Errno;
    "fd_readdir" fd_readdir(fd: u32, buffer: u32, len: u32, cookie: u64, used: u32) -> Errno;
    "fd_renumber" fd_renumber(from: u32, to: u32) -> Errno;
    "fd_seek" fd_seek(fd: u32, offset: i64, whence: u32, position: u32) -> Errno;
    "fd_sync" fd_sync(fd: u32) -> Errno;
    "fd_tell" fd_tell(fd: u32, position: u32) -> Errno;
    "fd_write" fd_write(fd: u32, iovecs: u32, count: u32, written: u32) -> Errno;
    "path_create_directory" path_create_directory(fd: u32, path: u32, len: u32) -> Errno;
    "path_filestat_get" path_filestat_get(fd: u32, lookup: u32, path: u32, len: u32, stat: u32) -> Errno;
    "path_filestat_set_times" path_filestat_set_times(
        fd: u32, lookup: u32, path: u32, len: u32, atim: u64, mtim: u64, fst_flags: u32
    ) -> Errno;
    "path_link" path_link(
        old_fd: u32, lookup: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32
    ) -> Errno;
    "path_open" path_open(
        fd: u32, lookup: u32, path: u32, len: u32, oflags: u32, rights: u64, inheriting: u64, fdflags: u32,
        opened: u32
    ) -> Errno;
    "path_readlink" path_readlink(fd: u32, path: u32, len: u32, buffer: u32, buffer_len: u32, used: u32) -> Errno;
    "path_remove_directory" path_remove_directory(fd: u32, path: u32, len: u32) -> Errno;
    "path_rename" path_rename(
        old_fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32
    ) -> Errno;
    "path_symlink" path_symlink(to: u32, to_len: u32, fd: u32, path: u32, len: u32) -> Errno;
    "path_unlink_file" path_unlink_file(fd: u32, path: u32, len: u32) -> Errno;
    "poll_oneoff" poll_oneoff(subscriptions: u32, events: u32, count: u32, ready: u32) -> Errno;
    "proc_exit" proc_exit(status: u32) -> Never;
    "proc_raise" proc_raise(signal: u32) -> Errno;
    "random_get" random_get(buffer: u32, len: u32) -> Errno;
    "sched_yield" sched_yield() -> Errno;
    "sock_accept" sock_accept(fd: u32, fdflags: u32, accepted: u32) -> Errno;
    "sock_recv" sock_recv(
        fd: u32, iovecs: u32, count: u32, flags: u32, received: u32, out_flags: u32
    ) -> Errno;
    "sock_send" sock_send(fd: u32, iovecs: u32, count: u32, flags: u32, sent: u32) -> Errno;
    "sock_shutdown" sock_shutdown(fd: u32, how: u32) -> Errno;
};

/// Functions of `wasi_unstable` whose records or constants differ from those of the same name above.
const DIFFERENT: &[Function] = functions! {
    "fd_filestat_get" unstable_fd_filestat_get(fd: u32, stat: u32) -> Errno;
    "fd_seek" unstable_fd_seek(fd: u32, offset: i64, whence: u32, position: u32) -> Errno;
    "path_filestat_get" unstable_path_filestat_get(
        fd: u32, lookup: u32, path: u32, len: u32, stat: u32
    ) -> Errno;
    "poll_oneoff" unstable_poll_oneoff(subscriptions: u32, events: u32, count: u32, ready: u32) -> Errno;
};

/// All functions of `wasi_unstable`: most are those of [`FUNCTIONS`]; it had no `sock_accept`.
pub fn unstable_functions() -> impl Iterator<Item = &'static Function> {
    let different = |name| DIFFERENT.iter().find(|function| function.name == name);
    let shared = FUNCTIONS.iter().filter(|function| function.name != "sock_accept");
    shared.map(move |function| different(function.name).unwrap_or(function))
}
