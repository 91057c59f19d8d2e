//! What a guest may ask for has limits, and pointers that lead nowhere are errors.

use crate::{BUFFER, DIR, Dir, END, Guest, OUT, READ};
use wasmite_wasi::{
    DirPerms, Errno, FUNCTIONS, FilePerms, MemoryOutputPipe, Outcome, ParamType, WasiCtxBuilder,
    WasiLimits,
};

fn limited(dir: &Dir, limits: WasiLimits) -> Guest {
    let mut builder = WasiCtxBuilder::new();
    builder.limits(limits);
    builder.preopened_dir(&dir.0, "/", DirPerms::all(), FilePerms::all()).expect("it opens");
    Guest::new(builder)
}

#[test]
fn each_limit_holds() {
    let dir = Dir::new("limits");
    dir.file("file", "text");
    let mut limits = WasiLimits::default();
    limits.iovecs = 2;
    limits.path_bytes = 5;
    limits.random_bytes = 10;
    limits.descriptors = 6;
    limits.subscriptions = 2;
    let mut guest = limited(&dir, limits);
    let (out, buffer) = (OUT.into(), u64::from(BUFFER));
    guest.ok("fd_write", &[1, 0, 2, 100]);
    for name in ["fd_read", "fd_write"] {
        guest.fails(name, &[u64::from(name == "fd_write"), 0, 3, 100], Errno::Inval);
    }
    guest.fails("fd_pwrite", &[1, 0, u32::MAX.into(), 0, 100], Errno::Inval);
    guest.ok("random_get", &[buffer, 10]);
    guest.fails("random_get", &[buffer, 11], Errno::Inval);
    guest.put(BUFFER, &[0; 96]);
    guest.ok("poll_oneoff", &[buffer, buffer + 200, 2, out]);
    guest.fails("poll_oneoff", &[buffer, buffer + 200, 3, out], Errno::Inval);
    let [at, _] = guest.text("aaaaaa");
    guest.ok("path_create_directory", &[DIR.into(), at, 5]);
    guest.fails("path_create_directory", &[DIR.into(), at, 6], Errno::NameTooLong);
    guest.fails("path_symlink", &[at, 6, DIR.into(), at, 1], Errno::NameTooLong);
    let fd = guest.open("file", READ);
    guest.open("file", READ);
    assert_eq!(guest.try_open(DIR, "file", READ), Err(Errno::Mfile.code()));
    guest.ok("fd_close", &[fd]);
    assert_eq!(guest.open("file", READ), fd);
}

#[test]
fn listings_are_bounded_together() {
    let dir = Dir::new("limits_listing");
    for i in 0..20 {
        dir.file(&format!("{i}"), "");
    }
    let mut limits = WasiLimits::default();
    limits.listing_bytes = 1500;
    let mut guest = limited(&dir, limits);
    let args = |fd: u64| [fd, BUFFER.into(), 100, 0, OUT.into()];
    guest.ok("fd_readdir", &args(DIR.into()));
    // The same listing anew takes the place of the old one; a second one is too much.
    guest.ok("fd_readdir", &args(DIR.into()));
    let other = guest.open(".", crate::OPEN_DIR);
    guest.fails("fd_readdir", &args(other), Errno::NoMem);
    guest.ok("fd_close", &[DIR.into()]);
    guest.ok("fd_readdir", &args(other));
}

/// Every function with every pattern of small and huge arguments: none panics.
#[test]
fn odd_arguments_are_errors() {
    let dir = Dir::new("limits_odd");
    dir.file("file", "text");
    // Neither sleeping nor gigabytes: only what goes wrong at once.
    const VALUES: &[u64] = &[0, 3, END as u64 - 4, END as u64, u32::MAX as u64];
    for function in FUNCTIONS.iter().filter(|function| function.name() != "poll_oneoff") {
        let params = function.params().len().min(5);
        for pattern in 0..VALUES.len().pow(params as u32) {
            let mut guest = limited(&dir, WasiLimits::default());
            let mut rest = pattern;
            let args = function.params().iter().map(|ty| {
                let value = VALUES[rest % VALUES.len()];
                rest /= VALUES.len();
                if *ty == ParamType::I64 && value == u64::from(u32::MAX) { u64::MAX } else { value }
            });
            let args: Vec<u64> = args.collect();
            match guest.outcome(function, &args) {
                Outcome::Return(errno) => assert!(errno <= 76, "{} {args:?}", function.name()),
                Outcome::Exit(_) => assert_eq!(function.name(), "proc_exit"),
            }
        }
    }
}

#[test]
fn a_full_pipe_is_told() {
    let pipe = MemoryOutputPipe::new(3);
    let mut builder = WasiCtxBuilder::new();
    builder.stdout(pipe.clone());
    let mut guest = Guest::new(builder);
    guest.put(BUFFER, b"abcdef");
    let [iovecs, count] = guest.buffer(BUFFER, 6);
    guest.ok("fd_write", &[1, iovecs, count, OUT.into()]);
    assert_eq!(guest.u32(OUT), 3);
    guest.fails("fd_write", &[1, iovecs, count, OUT.into()], Errno::NoSpc);
    assert_eq!(pipe.contents(), b"abc");
}

/// A memory of any length will do, as pages of one byte make them; without one, all pointers are out of bounds.
#[test]
fn memories_of_any_length() {
    let mut ctx = WasiCtxBuilder::new().arg("a").build();
    let find = |name: &str| FUNCTIONS.iter().find(|function| function.name() == name).unwrap();
    let mut memory = vec![0; 9];
    let sizes = find("args_sizes_get");
    assert_eq!(sizes.call(&mut ctx, &mut memory, &[1, 5]), Outcome::Return(0));
    assert_eq!(memory, [0, 1, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(sizes.call(&mut ctx, &mut memory, &[1, 6]), Outcome::Return(Errno::Fault.code()));
    let mut none: &mut [u8] = &mut [];
    assert_eq!(sizes.call(&mut ctx, &mut none, &[0, 0]), Outcome::Return(Errno::Fault.code()));
    assert_eq!(find("sched_yield").call(&mut ctx, &mut none, &[]), Outcome::Return(0));
}
