//! Descriptors: rights, renumbering, and what cannot be done with directories.

use super::{DIRECTORY_TYPE, FILE_TYPE, NONE, READ_WRITE, ROOT, Scratch, fails};
use crate::{BUFFER, CREAT, DIRECTORY, OUT};
use wasmite_wasi::{Errno, Rights};

#[test]
fn dir_fd_op_failures() {
    let mut s = Scratch::new("dir_fd_op_failures");
    assert_eq!(s.fd_stat(s.fd).unwrap().filetype, DIRECTORY_TYPE);
    let (buffer, out) = (u64::from(BUFFER), u64::from(OUT));
    fails(s.call("fd_prestat_dir_name", &[ROOT, buffer, 0]), Errno::NameTooLong);
    s.call("fd_prestat_dir_name", &[ROOT, buffer, 2]).unwrap();
    let [iovecs, count] = s.guest.buffer(BUFFER, 128);
    for (name, args) in [
        ("fd_read", &[s.fd, iovecs, count, out][..]),
        ("fd_pread", &[s.fd, iovecs, count, 0, out]),
        ("fd_write", &[s.fd, iovecs, count, out]),
        ("fd_pwrite", &[s.fd, iovecs, count, 0, out]),
        ("fd_seek", &[s.fd, 0, 0, out]),
        ("fd_seek", &[s.fd, 0, 1, out]),
        ("fd_seek", &[s.fd, 0, 2, out]),
        ("fd_tell", &[s.fd, out]),
        ("fd_allocate", &[s.fd, 0, 1]),
        ("fd_filestat_set_size", &[s.fd, 0]),
    ] {
        let got = s.call(name, args);
        assert_eq!(got, Err(Errno::Badf.code()), "{name}");
    }
}

#[test]
fn directory_seek() {
    let mut s = Scratch::new("directory_seek");
    s.mkdir("dir").unwrap();
    let fd = s.open("dir", DIRECTORY, Rights::FD_SEEK).unwrap();
    fails(s.seek(fd, 0, 1), Errno::Badf);
    let (filetype, _, base, _) = s.fdstat(fd).unwrap();
    assert_eq!((filetype, base), (DIRECTORY_TYPE, NONE));
}

#[test]
fn fd_fdstat_set_rights() {
    let mut s = Scratch::new("fd_fdstat_set_rights");
    let seek = Rights::FD_SEEK | Rights::FD_TELL;
    let fd = s.open("file", CREAT, READ_WRITE | seek).unwrap();
    assert_eq!(s.write(fd, &[0, 1, 2, 3]), Ok(4));
    s.seek(fd, 0, 0).unwrap();
    assert_eq!(s.read(fd, 4), Ok(vec![0, 1, 2, 3]));
    s.call("fd_fdstat_set_rights", &[fd, seek.bits(), 0]).unwrap();
    assert_eq!(s.fdstat(fd).unwrap().2, seek);
    fails(s.read(fd, 4), Errno::Badf);
    fails(s.write(fd, &[0]), Errno::Badf);
    let more = (READ_WRITE | seek).bits();
    fails(s.call("fd_fdstat_set_rights", &[fd, more, more]), Errno::NotCapable);
}

#[test]
fn renumber() {
    let mut s = Scratch::new("renumber");
    let from = s.open("file1", CREAT, READ_WRITE).unwrap();
    let before = s.fdstat(from).unwrap();
    assert_eq!(before.0, FILE_TYPE);
    let to = s.open("file2", CREAT, READ_WRITE).unwrap();
    s.call("fd_renumber", &[from, to]).unwrap();
    fails(s.close(from), Errno::Badf);
    assert_eq!(s.fdstat(to), Ok(before));
    fails(s.call("fd_renumber", &[to, from]), Errno::Badf);
    // It is the first file that is open.
    assert_eq!(s.write(to, b"text"), Ok(4));
    assert_eq!(s.dir.read("scratch/file1"), "text");
}

#[test]
fn overwrite_preopen() {
    let mut s = Scratch::new("overwrite_preopen");
    let before = s.fd_stat(s.fd).unwrap();
    s.call("fd_renumber", &[s.fd, ROOT]).unwrap();
    let after = s.fd_stat(ROOT).unwrap();
    assert_eq!((after.dev, after.ino), (before.dev, before.ino));
    fails(s.fdstat(s.fd), Errno::Badf);
    s.close(ROOT).unwrap();
}

#[test]
fn stdio() {
    let mut s = Scratch::new("stdio");
    for stream in 0..3 {
        let file = s.open("file", CREAT, NONE).unwrap();
        s.call("fd_renumber", &[stream, file]).unwrap();
        s.fdstat(file).unwrap();
        fails(s.fdstat(stream), Errno::Badf);
        s.unlink("file").unwrap();
    }
}
