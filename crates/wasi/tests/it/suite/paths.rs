//! Creating, opening, renaming and removing by path.

use super::{DIRECTORY_TYPE, FILE_TYPE, LINK_TYPE, NONE, READ_WRITE, ROOT, Scratch, fails};
use crate::{BUFFER, CREAT, DIRECTORY, Dir, EXCL, Guest, OUT, READ};
use wasmite_wasi::{Errno, Rights};

#[test]
fn dangling_fd() {
    let mut s = Scratch::new("dangling_fd");
    for _ in 0..2 {
        s.create("file");
        assert_eq!(s.opens("file", 0), Ok(()));
        s.unlink("file").unwrap();
        s.mkdir("dir").unwrap();
        assert_eq!(s.opens("dir", DIRECTORY), Ok(()));
        s.rmdir("dir").unwrap();
    }
    // What is open stays so when its name is gone.
    let fd = s.open("file", CREAT, READ_WRITE | Rights::FD_FILESTAT_GET).unwrap();
    s.unlink("file").unwrap();
    assert_eq!(s.write(fd, b"text"), Ok(4));
    let stat = s.fd_stat(fd).unwrap();
    assert_eq!((stat.nlink, stat.size), (0, 4));
}

#[test]
fn interesting_paths() {
    let mut s = Scratch::new("interesting_paths");
    s.mkdir("dir").unwrap();
    s.mkdir("dir/nested").unwrap();
    s.create("dir/nested/file");
    fails(s.opens("/dir/nested/file", 0), Errno::Perm);
    assert_eq!(s.opens("dir/.//nested/../../dir/nested/../nested///./file", 0), Ok(()));
    fails(s.opens("dir/nested/file\0", 0), Errno::Inval);
    fails(s.opens("dir/nested/file/", 0), Errno::NotDir);
    fails(s.opens("dir/nested/file///", 0), Errno::NotDir);
    assert_eq!(s.opens("dir/nested/", 0), Ok(()));
    assert_eq!(s.opens("dir/nested///", 0), Ok(()));
    fails(s.opens("dir/nested/../../../scratch/dir/nested/file", 0), Errno::Perm);
    s.unlink("dir/nested/file").unwrap();
    s.rmdir("dir/nested").unwrap();
    s.rmdir("dir").unwrap();
}

#[test]
fn path_exists() {
    let mut s = Scratch::new("path_exists");
    s.mkdir("dir").unwrap();
    s.create("dir/file");
    s.symlink("dir/file", "to-file").unwrap();
    s.symlink("dir", "to-dir").unwrap();
    for (path, itself, followed) in [
        ("dir", DIRECTORY_TYPE, DIRECTORY_TYPE),
        ("dir/file", FILE_TYPE, FILE_TYPE),
        ("to-file", LINK_TYPE, FILE_TYPE),
        ("to-dir", LINK_TYPE, DIRECTORY_TYPE),
    ] {
        assert_eq!(s.stat(path, false).unwrap().filetype, itself, "{path}");
        assert_eq!(s.stat(path, true).unwrap().filetype, followed, "{path}");
    }
}

#[test]
fn path_open_create_existing() {
    let mut s = Scratch::new("path_open_create_existing");
    s.create("file");
    fails(s.opens("file", CREAT | EXCL), Errno::Exist);
}

#[test]
fn path_open_dirfd_not_dir() {
    let mut s = Scratch::new("path_open_dirfd_not_dir");
    let file = s.open("file", CREAT, NONE).unwrap();
    fails(s.open_at(file, "foo", false, CREAT, NONE), Errno::NotDir);
}

#[test]
fn path_open_missing() {
    let mut s = Scratch::new("path_open_missing");
    fails(s.opens("file", 0), Errno::NoEnt);
}

#[test]
fn path_open_nonblock() {
    let mut s = Scratch::new("path_open_nonblock");
    let [[at, len]] = s.paths(["."]);
    let nonblock = 4;
    s.call("path_open", &[s.fd, 0, at, len, 0, 0, 0, nonblock, OUT.into()]).unwrap();
}

#[test]
fn path_open_preopen() {
    let mut s = Scratch::new("path_open_preopen");
    let (_, _, base, inheriting) = s.fdstat(ROOT).unwrap();
    // What programs look for, whether or not they need it.
    let least = Rights::DIRECTORY
        - Rights::FD_DATASYNC
        - Rights::FD_SYNC
        - Rights::FD_FDSTAT_SET_FLAGS
        - Rights::PATH_FILESTAT_SET_SIZE;
    assert!(base.contains(least) && inheriting.contains(least | Rights::FILE));
    let [[at, len]] = s.paths(["."]);
    let args = [ROOT, 0, at, len, 0, base.bits(), inheriting.bits(), 0, OUT.into()];
    s.call("path_open", &args).unwrap();
    for (oflags, rights) in [(0, NONE), (DIRECTORY, NONE), (DIRECTORY, Rights::FD_READ)] {
        s.open_at(ROOT, ".", false, oflags, rights).unwrap();
    }
    fails(s.open_at(ROOT, ".", false, DIRECTORY, READ_WRITE), Errno::IsDir);
}

#[test]
fn path_rename() {
    let mut s = Scratch::new("path_rename");
    let gone = |s: &mut Scratch, oflags| {
        fails(s.opens("source", oflags), Errno::NoEnt);
        assert_eq!(s.opens("target", oflags), Ok(()));
    };
    s.mkdir("source").unwrap();
    s.rename("source", "target").unwrap();
    gone(&mut s, DIRECTORY);
    // Onto an empty directory.
    s.mkdir("source").unwrap();
    s.rename("source", "target").unwrap();
    gone(&mut s, DIRECTORY);
    // Onto one with a file in it, and onto that file.
    s.mkdir("source").unwrap();
    s.create("target/file");
    fails(s.rename("source", "target"), Errno::NotEmpty);
    fails(s.rename("source", "target/file"), Errno::NotDir);
    s.unlink("target/file").unwrap();
    s.rmdir("source").unwrap();
    s.rmdir("target").unwrap();
    // A file to a new name, onto a file, and onto a directory.
    for _ in 0..2 {
        s.create("source");
        s.rename("source", "target").unwrap();
        gone(&mut s, 0);
    }
    s.unlink("target").unwrap();
    s.create("source");
    s.mkdir("target").unwrap();
    fails(s.rename("source", "target"), Errno::IsDir);
}

#[test]
fn path_rename_dir_trailing_slashes() {
    let mut s = Scratch::new("path_rename_slashes");
    s.mkdir("source").unwrap();
    for (from, to) in
        [("source/", "target"), ("target", "source/"), ("source/", "target/"), ("target", "source")]
    {
        assert_eq!(s.rename(from, to), Ok(()), "{from} {to}");
    }
    s.rmdir("source").unwrap();
}

#[test]
fn remove_directory_trailing_slashes() {
    let mut s = Scratch::new("remove_directory_slashes");
    for path in ["dir", "dir/"] {
        s.mkdir("dir").unwrap();
        assert_eq!(s.rmdir(path), Ok(()), "{path}");
    }
    s.create("file");
    for path in ["file", "file/"] {
        fails(s.rmdir(path), Errno::NotDir);
    }
}

#[test]
fn remove_nonempty_directory() {
    let mut s = Scratch::new("remove_nonempty_directory");
    s.mkdir("dir").unwrap();
    s.mkdir("dir/nested").unwrap();
    fails(s.rmdir("dir"), Errno::NotEmpty);
    s.rmdir("dir/nested").unwrap();
    s.rmdir("dir").unwrap();
}

#[test]
fn unlink_file_trailing_slashes() {
    let mut s = Scratch::new("unlink_file_slashes");
    s.mkdir("dir").unwrap();
    for path in ["dir", "dir/"] {
        fails(s.unlink(path), Errno::IsDir);
    }
    s.create("file");
    fails(s.unlink("file/"), Errno::NotDir);
    s.unlink("file").unwrap();
}

/// The names and numbers of a listing from a cookie on, each with the cookie behind it, and whether that was all.
fn listing(s: &mut Scratch, cookie: u64) -> (Vec<(String, u8, u64, u64)>, bool) {
    const LEN: u32 = 256;
    s.call("fd_readdir", &[s.fd, BUFFER.into(), LEN.into(), cookie, OUT.into()]).unwrap();
    let (used, mut at, mut entries) = (s.guest.u32(OUT), BUFFER, Vec::new());
    while at + 24 <= BUFFER + used {
        let end = at + 24 + s.guest.u32(at + 16);
        if end > BUFFER + used {
            break;
        }
        let name = s.guest.memory[at as usize + 24..end as usize].to_vec();
        let [filetype] = s.guest.bytes(at + 20);
        let name = String::from_utf8(name).expect("a name in UTF-8");
        entries.push((name, filetype, s.guest.u64(at + 8), s.guest.u64(at)));
        at = end;
    }
    (entries, used < LEN)
}

#[test]
fn fd_readdir() {
    let mut s = Scratch::new("fd_readdir");
    let own = s.fd_stat(s.fd).unwrap().ino;
    let (empty, all) = listing(&mut s, 0);
    assert!(all);
    let names: Vec<_> = empty.iter().map(|entry| (entry.0.as_str(), entry.1)).collect();
    assert_eq!(names, [(".", DIRECTORY_TYPE), ("..", DIRECTORY_TYPE)]);
    assert_eq!(empty[0].2, own);
    s.create("file");
    let ino = s.stat("file", false).unwrap().ino;
    let (entries, all) = listing(&mut s, 0);
    assert!(all && entries.len() == 3);
    let (name, filetype, number, _) = &entries[2];
    assert_eq!((name.as_str(), *filetype, *number), ("file", FILE_TYPE, ino));
    assert_eq!(listing(&mut s, entries[1].3), (entries[2..].to_vec(), true));
    s.unlink("file").unwrap();
    for i in 0..1000 {
        s.create(&format!("file.{i}"));
    }
    let (mut total, mut cookie) = (0, 0);
    loop {
        let (entries, all) = listing(&mut s, cookie);
        total += entries.len();
        if all {
            break;
        }
        cookie = entries.last().expect("the buffer has room for an entry").3;
    }
    assert_eq!(total, 1002);
}

#[test]
fn close_preopen() {
    let mut s = Scratch::new("close_preopen");
    s.close(ROOT).unwrap();
    assert_eq!(s.fdstat(s.fd).unwrap().0, DIRECTORY_TYPE);
    fails(s.fdstat(ROOT), Errno::Badf);
    assert_eq!(s.mkdir("still-there"), Ok(()));
}

/// The suite's `stat-dev-ino` and `fopen-with-no-access`, in C.
#[test]
fn files_have_numbers_and_rights() {
    let dir = Dir::new("suite_numbers");
    dir.file("one", "");
    dir.file("two", "");
    let mut guest = Guest::with_dir(&dir);
    let mut number = |name: &str| {
        let fd = guest.open(name, READ);
        guest.ok("fd_filestat_get", &[fd, BUFFER.into()]);
        (guest.u64(BUFFER), guest.u64(BUFFER + 8))
    };
    let (one, two) = (number("one"), number("two"));
    assert!(one.0 == two.0 && one.1 != two.1, "{one:?} {two:?}");
    assert_eq!(number("one"), one);
}
