//! Ways out of a directory, none of which leads anywhere.

use crate::{BUFFER, CREAT, DIR, Dir, Guest, OPEN_DIR, OUT, Open, READ, TRUNC, WRITE};
use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use wasmite_wasi::{DirPerms, Errno, FilePerms, Rights, WasiCtxBuilder};

/// A directory for a guest, beside a file that it must not reach.
fn cell(test: &str) -> (Dir, Dir) {
    let outer = Dir::new(test);
    outer.file("secret", "secret");
    let inner = Dir(outer.0.join("cell"));
    fs::create_dir(&inner.0).expect("a directory");
    fs::create_dir(inner.0.join("sub")).expect("a directory");
    (outer, inner)
}

/// Every function that takes a path refuses this one.
#[track_caller]
fn refused(guest: &mut Guest, path: &str, errnos: &[Errno]) {
    let allowed: Vec<u16> = errnos.iter().map(|errno| errno.code()).collect();
    let dir = u64::from(DIR);
    let [at, len] = guest.text(path);
    let [fresh, fresh_len] = guest.text("fresh");
    let [file, file_len] = guest.text("sub");
    let (buffer, out) = (u64::from(BUFFER), u64::from(OUT));
    let rights = Rights::FD_READ.bits();
    for (name, args) in [
        ("path_open", &[dir, 1, at, len, 0, rights, 0, 0, out][..]),
        ("path_open", &[dir, 1, at, len, CREAT, rights, 0, 0, out]),
        ("path_open", &[dir, 1, at, len, TRUNC, rights, 0, 0, out]),
        ("path_open", &[dir, 1, at, len, 2, rights, 0, 0, out]),
        ("path_filestat_get", &[dir, 1, at, len, buffer]),
        ("path_filestat_set_times", &[dir, 1, at, len, 0, 0, 5]),
    ] {
        let errno = guest.errno(name, args);
        assert!(allowed.contains(&errno), "{name} {path}: {errno}");
    }
    // A link itself may be inside though what it points to is not.
    if !path.starts_with("planted") || path.contains('/') {
        for (name, args) in [
            ("path_create_directory", &[dir, at, len][..]),
            ("path_link", &[dir, 0, at, len, dir, fresh, fresh_len]),
            ("path_link", &[dir, 0, file, file_len, dir, at, len]),
            ("path_readlink", &[dir, at, len, buffer, 100, out]),
            ("path_remove_directory", &[dir, at, len]),
            ("path_rename", &[dir, at, len, dir, fresh, fresh_len]),
            ("path_rename", &[dir, file, file_len, dir, at, len]),
            ("path_symlink", &[file, file_len, dir, at, len]),
            ("path_unlink_file", &[dir, at, len]),
        ] {
            let errno = guest.errno(name, args);
            assert!(allowed.contains(&errno), "{name} {path}: {errno}");
        }
    }
}

#[test]
fn paths_stay_inside() {
    let (outer, inner) = cell("escape_paths");
    let mut guest = Guest::with_dir(&inner);
    let absolute = outer.0.join("secret");
    for path in [
        "../secret",
        "sub/../../secret",
        "./.././secret",
        "sub//..//..//secret",
        "../cell/../secret",
        "/secret",
        "//secret",
        absolute.to_str().expect("UTF-8"),
    ] {
        refused(&mut guest, path, &[Errno::Perm]);
    }
    // Up and down again is fine as long as it does not leave.
    guest.open("sub/../sub/..", OPEN_DIR);
    assert_eq!(outer.read("secret"), "secret");
}

#[cfg(unix)]
#[test]
fn links_of_the_host_are_not_followed_out() {
    let (outer, inner) = cell("escape_planted");
    let link =
        |to: &str, name: &str| std::os::unix::fs::symlink(to, inner.0.join(name)).expect("a link");
    link("../secret", "planted");
    link("..", "planted-up");
    link(outer.0.to_str().expect("UTF-8"), "planted-absolute");
    link("sub/../../secret", "planted-long");
    link("planted", "planted-twice");
    let mut guest = Guest::with_dir(&inner);
    for path in
        ["planted", "planted-long", "planted-twice", "planted-up/secret", "planted-absolute/secret"]
    {
        refused(&mut guest, path, &[Errno::Perm]);
    }
    assert_eq!(outer.read("secret"), "secret");
}

#[test]
fn links_of_the_guest_are_not_followed_out() {
    let (outer, inner) = cell("escape_guest_links");
    let mut guest = Guest::with_dir(&inner);
    let dir = u64::from(DIR);
    for (to, name) in
        [("../secret", "planted"), ("..", "planted-up"), ("sub/../../..", "planted-more")]
    {
        let ([to, to_len], [at, len]) = (guest.text(to), guest.text(name));
        guest.ok("path_symlink", &[to, to_len, dir, at, len]);
    }
    for path in ["planted", "planted-up/secret", "planted-more/secret"] {
        refused(&mut guest, path, &[Errno::Perm]);
    }
    // An absolute link is not made at all.
    let ([to, to_len], [at, len]) = (guest.text("/etc"), guest.text("absolute"));
    guest.fails("path_symlink", &[to, to_len, dir, at, len], Errno::Perm);
    assert_eq!(outer.read("secret"), "secret");
}

/// One guest renames a directory and a link over each other while another opens a path through that name.
#[test]
fn races_of_two_guests_do_not_lead_out() {
    let (outer, inner) = cell("escape_race");
    fs::create_dir(inner.0.join("door")).expect("a directory");
    inner.file("door/secret", "decoy");
    let mut swapper = Guest::with_dir(&inner);
    let mut opener = Guest::with_dir(&inner);
    let dir = u64::from(DIR);
    let ([to, to_len], [at, len]) = (swapper.text(".."), swapper.text("link"));
    swapper.ok("path_symlink", &[to, to_len, dir, at, len]);
    let [spare, door, link] = ["spare", "door", "link"].map(|name| swapper.text(name));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || {
            // Not for ever, should the other fail.
            for _ in 0..1_000_000 {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                for (from, to) in [(door, spare), (link, door), (door, link), (spare, door)] {
                    swapper.ok("path_rename", &[&[dir], &from[..], &[dir], &to[..]].concat());
                }
            }
        });
        let mut inside = 0;
        for _ in 0..3000 {
            opener.next = 1 << 15;
            if let Ok(fd) = opener.try_open(DIR, "door/secret", READ) {
                assert_eq!(opener.read(fd.into()), "decoy");
                opener.ok("fd_close", &[fd.into()]);
                inside += 1;
            }
        }
        done.store(true, Ordering::Relaxed);
        println!("{inside} of 3000 found the decoy");
    });
    assert_eq!(outer.read("secret"), "secret");
}

#[test]
fn read_only_directories_stay_as_they_are() {
    let dir = Dir::new("escape_read_only");
    dir.file("file", "text");
    fs::create_dir(dir.0.join("sub")).expect("a directory");
    let mut builder = WasiCtxBuilder::new();
    builder.preopened_dir(&dir.0, "/", DirPerms::READ, FilePerms::READ).expect("it opens");
    builder.preopened_dir(&dir.0, "/w", DirPerms::all(), FilePerms::all()).expect("it opens");
    let mut guest = Guest::new(builder);
    let fd = guest.open("file", READ);
    assert_eq!(guest.read(fd), "text");
    // The same again through a directory that was opened through it.
    let sub = guest.try_open(DIR, "sub", OPEN_DIR).expect("it opens");
    for (ro, file) in [(DIR, "file"), (sub, "file")] {
        let (ro, ([at, len], [new, new_len])) =
            (u64::from(ro), (guest.text(file), guest.text("new")));
        for (name, args) in [
            ("path_create_directory", &[ro, new, new_len][..]),
            ("path_filestat_set_times", &[ro, 0, at, len, 0, 0, 5]),
            ("path_link", &[ro, 0, at, len, ro, new, new_len]),
            ("path_link", &[ro, 0, at, len, 4, new, new_len]),
            ("path_rename", &[ro, at, len, 4, new, new_len]),
            ("path_remove_directory", &[ro, at, len]),
            ("path_symlink", &[at, len, ro, new, new_len]),
            ("path_unlink_file", &[ro, at, len]),
        ] {
            guest.fails(name, args, Errno::Perm);
        }
        let refuses = |guest: &mut Guest, open: Open| {
            assert_eq!(guest.try_open(ro as u32, file, open), Err(Errno::Perm.code()));
        };
        refuses(&mut guest, WRITE);
        refuses(&mut guest, Open { oflags: 0, ..WRITE });
        refuses(&mut guest, Open { oflags: TRUNC, rights: Rights::FD_READ, ..READ });
        refuses(&mut guest, Open { oflags: CREAT, rights: Rights::empty(), ..READ });
    }
    let all = Open { rights: Rights::FILE - Rights::FD_WRITE, ..READ };
    let fd = guest.open("file", all);
    guest.fails("fd_filestat_set_size", &[fd, 0], Errno::Perm);
    guest.fails("fd_allocate", &[fd, 0, 100], Errno::Perm);
    guest.fails("fd_filestat_set_times", &[fd, 0, 0, 5], Errno::Perm);
    assert_eq!(dir.read("file"), "text");
    assert_eq!(fs::read_dir(&dir.0).expect("a directory").count(), 2);
}

#[test]
fn descriptors_are_closed_once_and_renumbered_safely() {
    let (_outer, inner) = cell("escape_descriptors");
    inner.file("file", "text");
    let mut guest = Guest::with_dir(&inner);
    let fd = guest.open("file", READ);
    guest.ok("fd_close", &[fd]);
    guest.fails("fd_close", &[fd], Errno::Badf);
    for odd in [4, 1000, u64::from(u32::MAX)] {
        guest.fails("fd_close", &[odd], Errno::Badf);
        guest.fails("fd_renumber", &[odd, 3], Errno::Badf);
        guest.fails("fd_renumber", &[3, odd], Errno::Badf);
    }
    // Onto the pre-opened directory: the file takes its place, the directory is gone, and its name too.
    let fd = guest.open("file", READ);
    guest.ok("fd_renumber", &[fd, DIR.into()]);
    assert_eq!(guest.read(DIR.into()), "text");
    guest.fails("fd_prestat_get", &[DIR.into(), OUT.into()], Errno::Badf);
    assert_eq!(guest.try_open(DIR, "file", READ), Err(Errno::NotDir.code()));
    guest.fails("fd_close", &[fd], Errno::Badf);
    guest.ok("fd_renumber", &[DIR.into(), DIR.into()]);
    guest.ok("fd_close", &[DIR.into()]);
    assert_eq!(guest.try_open(DIR, "file", READ), Err(Errno::Badf.code()));
}
