//! Every function succeeds when it can and fails when it must.
//!
//! What they do beyond that is in the other files. Invariant: a function without a success or a failure here fails the
//! test, unless it cannot have one.

use crate::{BUFFER, CREAT, DIR, Dir, END, Guest, OPEN_DIR, OUT, OUT2, READ, WRITE};
use std::collections::BTreeSet;
use wasmite_wasi::{
    DirPerms, Errno, FUNCTIONS, FilePerms, MemoryInputPipe, Outcome, Rights, WasiCtxBuilder,
};

/// There are no sockets and no signals, and yielding cannot fail.
const NEVER_SUCCEED: &[&str] =
    &["proc_raise", "sock_accept", "sock_recv", "sock_send", "sock_shutdown"];
const NEVER_FAIL: &[&str] = &["proc_exit", "sched_yield"];

/// A descriptor that is not open.
const CLOSED: u64 = 99;

/// A guest, and what was called.
struct Tour {
    guest: Guest,
    succeeded: BTreeSet<&'static str>,
    failed: BTreeSet<&'static str>,
}

impl Tour {
    #[track_caller]
    fn ok(&mut self, name: &'static str, args: &[u64]) {
        self.guest.ok(name, args);
        self.succeeded.insert(name);
    }

    #[track_caller]
    fn fails(&mut self, name: &'static str, args: &[u64], errno: Errno) {
        self.guest.fails(name, args, errno);
        self.failed.insert(name);
    }

    /// Of a function that takes a descriptor: it works with this one, and with none that is closed.
    #[track_caller]
    fn both(&mut self, name: &'static str, args: &[u64]) {
        self.ok(name, args);
        let closed = [&[CLOSED], &args[1..]].concat();
        self.fails(name, &closed, Errno::Badf);
    }

    fn path(&mut self, path: &str) -> [u64; 2] {
        self.guest.text(path)
    }
}

#[test]
fn every_function_succeeds_and_fails() {
    let dir = Dir::new("each");
    dir.file("file", "0123456789");
    let mut builder = WasiCtxBuilder::new();
    builder.args(&["program", "argument"]).env("KEY", "value").stdin(MemoryInputPipe::new(*b"in"));
    builder.preopened_dir(&dir.0, "/", DirPerms::all(), FilePerms::all()).expect("it opens");
    let mut tour =
        Tour { guest: Guest::new(builder), succeeded: BTreeSet::new(), failed: BTreeSet::new() };
    process(&mut tour);
    files(&mut tour);
    directories(&mut tour);
    paths(&mut tour);
    rest(&mut tour);
    let all: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name()).collect();
    let without = |names: &[&'static str]| {
        all.difference(&names.iter().copied().collect()).copied().collect::<BTreeSet<_>>()
    };
    assert_eq!(tour.succeeded, without(NEVER_SUCCEED));
    assert_eq!(tour.failed, without(NEVER_FAIL));
}

fn process(tour: &mut Tour) {
    let (out, out2, buffer, end) = (OUT.into(), OUT2.into(), BUFFER.into(), u64::from(END));
    for (sizes, get, count, bytes, text) in [
        ("args_sizes_get", "args_get", 2, 17, "program\0argument\0"),
        ("environ_sizes_get", "environ_get", 1, 10, "KEY=value\0"),
    ] {
        tour.ok(sizes, &[out, out2]);
        assert_eq!((tour.guest.u32(OUT), tour.guest.u32(OUT2)), (count, bytes));
        tour.fails(sizes, &[end - 3, out], Errno::Fault);
        tour.ok(get, &[out, buffer]);
        assert_eq!(tour.guest.u32(OUT), BUFFER);
        assert_eq!(&tour.guest.memory[BUFFER as usize..][..text.len()], text.as_bytes());
        tour.fails(get, &[out, end - 5], Errno::Fault);
        tour.fails(get, &[u32::MAX.into(), buffer], Errno::Fault);
    }
    for name in ["clock_res_get", "clock_time_get"] {
        let args: &[u64] = if name == "clock_res_get" { &[1, out] } else { &[1, 0, out] };
        tour.ok(name, args);
        tour.fails(name, &[&[4], &args[1..]].concat(), Errno::Inval);
        tour.fails(name, &[&args[..args.len() - 1], &[end]].concat(), Errno::Fault);
    }
    tour.ok("random_get", &[buffer, 100]);
    assert!(tour.guest.bytes::<100>(BUFFER).iter().any(|byte| *byte != 0));
    tour.fails("random_get", &[buffer, end], Errno::Fault);
    tour.ok("sched_yield", &[]);
    tour.fails("proc_raise", &[6], Errno::NotSup);
    tour.fails("proc_raise", &[31], Errno::Inval);
    let exit = FUNCTIONS.iter().find(|function| function.name() == "proc_exit").unwrap();
    assert_eq!(tour.guest.outcome(exit, &[3]), Outcome::Exit(3));
    assert!(!exit.returns());
    tour.succeeded.insert("proc_exit");
}

fn files(tour: &mut Tour) {
    let out = OUT.into();
    let fd = tour.guest.open("file", WRITE);
    let [iovecs, count] = tour.guest.buffer(BUFFER, 4);
    tour.both("fd_read", &[fd, iovecs, count, out]);
    assert_eq!(tour.guest.bytes(BUFFER), *b"0123");
    tour.both("fd_tell", &[fd, out]);
    assert_eq!(tour.guest.u64(OUT), 4);
    tour.both("fd_pread", &[fd, iovecs, count, 8, out]);
    assert_eq!((tour.guest.u32(OUT), tour.guest.bytes(BUFFER)), (2, *b"89"));
    tour.both("fd_pwrite", &[fd, iovecs, count, 0, out]);
    tour.both("fd_write", &[fd, iovecs, count, out]);
    tour.both("fd_seek", &[fd, -1_i64 as u64, 2, out]);
    assert_eq!(tour.guest.u64(OUT), 9);
    tour.fails("fd_seek", &[fd, 0, 3, out], Errno::Inval);
    tour.fails("fd_seek", &[fd, -1_i64 as u64, 0, out], Errno::Inval);
    tour.both("fd_advise", &[fd, 0, 10, 1]);
    tour.fails("fd_advise", &[fd, 0, 10, 6], Errno::Inval);
    tour.both("fd_allocate", &[fd, 0, 100]);
    tour.fails("fd_allocate", &[fd, u64::MAX, 2], Errno::Fbig);
    tour.both("fd_datasync", &[fd]);
    tour.both("fd_sync", &[fd]);
    tour.both("fd_fdstat_get", &[fd, out]);
    tour.both("fd_fdstat_set_flags", &[fd, 1]);
    tour.fails("fd_fdstat_set_flags", &[fd, 1 << 5], Errno::Inval);
    tour.fails("fd_fdstat_set_flags", &[fd, 1 << 4], Errno::Inval);
    tour.both("fd_fdstat_set_rights", &[fd, Rights::FILE.bits(), 0]);
    tour.both("fd_filestat_get", &[fd, BUFFER.into()]);
    assert_eq!(tour.guest.u64(BUFFER + 32), 100);
    tour.both("fd_filestat_set_size", &[fd, 5]);
    tour.both("fd_filestat_set_times", &[fd, 1, 2, 5]);
    tour.fails("fd_filestat_set_times", &[fd, 1, 2, 3], Errno::Inval);
    let other = tour.guest.open("file", READ);
    tour.both("fd_renumber", &[other, fd]);
    tour.fails("fd_renumber", &[fd, CLOSED], Errno::Badf);
    tour.both("fd_close", &[fd]);
    tour.fails("fd_close", &[fd], Errno::Badf);
}

fn directories(tour: &mut Tour) {
    let (out, buffer, dir) = (OUT.into(), BUFFER.into(), DIR.into());
    tour.both("fd_prestat_get", &[dir, out]);
    assert_eq!(tour.guest.u64(OUT), 1 << 32);
    tour.both("fd_prestat_dir_name", &[dir, buffer, 1]);
    tour.fails("fd_prestat_dir_name", &[dir, buffer, 0], Errno::NameTooLong);
    tour.both("fd_readdir", &[dir, buffer, 100, 0, out]);
    let fd = tour.guest.open("file", READ);
    tour.fails("fd_readdir", &[fd, buffer, 100, 0, out], Errno::NotDir);
}

fn paths(tour: &mut Tour) {
    let (out, buffer, dir) = (OUT.into(), BUFFER.into(), u64::from(DIR));
    let missing = tour.path("missing");
    let with = |fd: u64, path: [u64; 2], rest: &[u64]| [&[fd], &path[..], rest].concat();
    let looked = |fd: u64, path: [u64; 2], rest: &[u64]| [&[fd, 0], &path[..], rest].concat();
    let new = tour.path("new");
    tour.ok("path_create_directory", &with(dir, new, &[]));
    tour.fails("path_create_directory", &with(dir, new, &[]), Errno::Exist);
    tour.ok("path_filestat_get", &looked(dir, new, &[buffer]));
    tour.fails("path_filestat_get", &looked(dir, missing, &[buffer]), Errno::NoEnt);
    tour.ok("path_filestat_set_times", &looked(dir, new, &[1, 2, 5]));
    tour.fails("path_filestat_set_times", &looked(dir, missing, &[1, 2, 5]), Errno::NoEnt);
    let (file, linked) = (tour.path("file"), tour.path("linked"));
    let two = |from: [u64; 2], to: [u64; 2]| [&[dir], &from[..], &[dir], &to[..]].concat();
    let link = [&[dir, 0], &file[..], &[dir], &linked[..]].concat();
    tour.ok("path_link", &link);
    tour.fails("path_link", &link, Errno::Exist);
    let renamed = tour.path("renamed");
    tour.ok("path_rename", &two(linked, renamed));
    tour.fails("path_rename", &two(linked, renamed), Errno::NoEnt);
    let symlink = tour.path("symlink");
    let args = [&file[..], &[dir], &symlink[..]].concat();
    tour.ok("path_symlink", &args);
    tour.fails("path_symlink", &args, Errno::Exist);
    tour.ok("path_readlink", &with(dir, symlink, &[buffer, 3, out]));
    assert_eq!((tour.guest.u32(OUT), tour.guest.bytes(BUFFER)), (3, *b"fil"));
    tour.fails("path_readlink", &with(dir, file, &[buffer, 3, out]), Errno::Inval);
    let rights = Rights::FILE.bits();
    tour.ok("path_open", &looked(dir, file, &[0, rights, 0, 0, out]));
    tour.fails("path_open", &looked(dir, missing, &[0, rights, 0, 0, out]), Errno::NoEnt);
    tour.fails("path_open", &looked(dir, file, &[CREAT << 4, rights, 0, 0, out]), Errno::Inval);
    tour.fails("path_unlink_file", &with(dir, new, &[]), Errno::IsDir);
    tour.ok("path_unlink_file", &with(dir, symlink, &[]));
    tour.fails("path_remove_directory", &with(dir, file, &[]), Errno::NotDir);
    tour.ok("path_remove_directory", &with(dir, new, &[]));
    let opened = tour.guest.open(".", OPEN_DIR);
    tour.ok("fd_close", &[opened]);
}

fn rest(tour: &mut Tour) {
    let out = OUT.into();
    tour.guest.put(BUFFER, &[0; 96]);
    tour.ok("poll_oneoff", &[BUFFER.into(), u64::from(BUFFER) + 100, 1, out]);
    assert_eq!(tour.guest.u32(OUT), 1);
    tour.fails("poll_oneoff", &[BUFFER.into(), BUFFER.into(), 0, out], Errno::Inval);
    for name in NEVER_SUCCEED.iter().filter(|name| name.starts_with("sock")) {
        tour.fails(name, &[0; 6], Errno::NotSock);
        tour.fails(name, &[CLOSED, 0, 0, 0, 0, 0], Errno::Badf);
    }
}
