//! Symbolic and hard links.

use super::{FILE_TYPE, Got, LINK_TYPE, NONE, Scratch, fails};
use crate::{BUFFER, CREAT, DIRECTORY, OUT, Open};
use wasmite_wasi::{Errno, Rights};

#[test]
fn dangling_symlink() {
    let mut s = Scratch::new("dangling_symlink");
    s.symlink("target", "symlink").unwrap();
    fails(s.opens("symlink", DIRECTORY), Errno::NotDir);
    fails(s.opens("symlink", 0), Errno::Loop);
    fails(s.leads("symlink", 0), Errno::NoEnt);
    s.unlink("symlink").unwrap();
}

#[test]
fn nofollow_errors() {
    let mut s = Scratch::new("nofollow_errors");
    s.mkdir("target").unwrap();
    s.symlink("target", "symlink").unwrap();
    fails(s.opens("symlink", DIRECTORY), Errno::NotDir);
    fails(s.opens("symlink", 0), Errno::Loop);
    assert_eq!(s.leads("symlink", DIRECTORY), Ok(()));
    s.rmdir("target").unwrap();
    s.create("target");
    fails(s.opens("symlink", DIRECTORY), Errno::NotDir);
    fails(s.opens("symlink", 0), Errno::Loop);
    fails(s.leads("symlink", DIRECTORY), Errno::NotDir);
    assert_eq!(s.leads("symlink", 0), Ok(()));
}

/// What the suite's test of links asks for.
const RIGHTS: Rights = Rights::FD_READ
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::PATH_OPEN)
    .union(Rights::PATH_UNLINK_FILE);

fn open_with_rights(s: &mut Scratch, fd: u64, path: &str, oflags: u64) -> Got<u64> {
    s.guest.next = 1 << 15;
    let open = Open { follow: false, oflags, rights: RIGHTS, inheriting: RIGHTS, fdflags: 0 };
    s.guest.try_open(fd as u32, path, open).map(u64::from)
}

#[test]
fn path_link() {
    let mut s = Scratch::new("path_link");
    let scratch = s.fd;
    let file = open_with_rights(&mut s, scratch, "file", CREAT).unwrap();
    s.mkdir("subdir").unwrap();
    let subdir = open_with_rights(&mut s, scratch, "subdir", DIRECTORY).unwrap();
    for (fd, path) in [(scratch, "link"), (subdir, "subdir/link")] {
        s.link("file", fd, "link", 0).unwrap();
        let link = open_with_rights(&mut s, fd, "link", 0).unwrap();
        assert_eq!(s.fd_stat(link), s.fd_stat(file));
        assert_eq!(s.fdstat(link), s.fdstat(file));
        s.unlink(path).unwrap();
    }
    // Onto something that is there.
    s.create("link");
    s.mkdir("dir").unwrap();
    s.symlink("target", "symlink").unwrap();
    for name in ["link", "file", "dir", "symlink"] {
        fails(s.link("file", s.fd, name, 0), Errno::Exist);
    }
    s.unlink("link").unwrap();
    fails(s.link("subdir", s.fd, "link", 0), Errno::Perm);
    fails(s.link("file", s.fd, "link/", 0), Errno::NoEnt);
    // Links to links, wherever those lead.
    s.symlink("loop", "loop").unwrap();
    for name in ["symlink", "loop"] {
        s.link(name, s.fd, "link", 0).unwrap();
        assert_eq!(s.stat("link", false).unwrap().filetype, LINK_TYPE);
        s.unlink("link").unwrap();
    }
    fails(s.link("symlink", s.fd, "link", 1), Errno::Inval);
}

#[test]
fn path_symlink_trailing_slashes() {
    let mut s = Scratch::new("path_symlink_slashes");
    fails(s.symlink("source", "target/"), Errno::NoEnt);
    s.symlink("source", "target").unwrap();
    s.unlink("target").unwrap();
    s.mkdir("target").unwrap();
    fails(s.symlink("source", "target/"), Errno::Exist);
    fails(s.symlink("source", "target"), Errno::Exist);
    s.rmdir("target").unwrap();
    s.create("target");
    fails(s.symlink("source", "target/"), Errno::NotDir);
    fails(s.symlink("source", "target"), Errno::Exist);
}

#[test]
fn readlink() {
    let mut s = Scratch::new("readlink");
    s.create("target");
    s.symlink("target", "symlink").unwrap();
    for (len, shown) in [(10, b"target\0\0\0\0"), (4, b"targ\0\0\0\0\0\0")] {
        s.guest.put(BUFFER, &[0; 10]);
        let [[at, path_len]] = s.paths(["symlink"]);
        s.call("path_readlink", &[s.fd, at, path_len, BUFFER.into(), len, OUT.into()]).unwrap();
        assert_eq!((u64::from(s.guest.u32(OUT)), s.guest.bytes(BUFFER)), (len.min(6), *shown));
    }
}

#[test]
fn symlink_create() {
    let mut s = Scratch::new("symlink_create");
    s.create("file");
    s.mkdir("dir").unwrap();
    for (target, oflags) in [("file", 0), ("dir", DIRECTORY)] {
        s.symlink(target, "symlink").unwrap();
        assert_eq!(s.leads("symlink", oflags), Ok(()));
        s.unlink("symlink").unwrap();
    }
    fails(s.symlink("/", "symlink"), Errno::Perm);
}

#[test]
fn symlink_filestat() {
    const MTIM: u64 = 4;
    let mut s = Scratch::new("symlink_filestat");
    s.create("file");
    let file = s.stat("file", false).unwrap();
    s.symlink("file", "symlink").unwrap();
    let link = s.stat("symlink", false).unwrap();
    let set = |s: &mut Scratch, follow: u64, mtim| {
        let [[at, len]] = s.paths(["symlink"]);
        s.call("path_filestat_set_times", &[s.fd, follow, at, len, 0, mtim, MTIM])
    };
    set(&mut s, 0, link.mtim - 200).unwrap();
    assert_eq!(s.stat("symlink", false).unwrap().mtim, link.mtim - 200);
    assert_eq!(s.stat("file", false).unwrap().mtim, file.mtim);
    let followed = s.stat("symlink", true).unwrap();
    assert_eq!((followed.mtim, followed.filetype), (file.mtim, FILE_TYPE));
    set(&mut s, 1, link.mtim).unwrap();
    assert_eq!(s.stat("file", false).unwrap().mtim, link.mtim);
}

#[test]
fn symlink_loop() {
    let mut s = Scratch::new("symlink_loop");
    s.symlink("symlink", "symlink").unwrap();
    fails(s.open("symlink", 0, NONE), Errno::Loop);
    fails(s.leads("symlink", 0), Errno::Loop);
    fails(s.leads("symlink/file", 0), Errno::Loop);
}
