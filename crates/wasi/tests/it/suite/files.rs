//! Reading, writing, sizes and times of files.

use super::{FILE_TYPE, Got, NONE, READ_WRITE, ROOT, Scratch, fails};
use crate::{BUFFER, CREAT, OUT, TRUNC};
use wasmite_wasi::{Errno, Rights};

/// Times to set: bits of `fstflags`.
const ATIM_BOTH: u64 = 1 | 2;
const MTIM: u64 = 4;
const MTIM_BOTH: u64 = 4 | 8;

/// Moving and asking for the position.
const SEEK: Rights = Rights::FD_SEEK.union(Rights::FD_TELL);

const SIZE: Rights = Rights::FD_FILESTAT_GET.union(Rights::FD_ALLOCATE);

#[test]
fn fd_advise() {
    let mut s = Scratch::new("fd_advise");
    let rights = READ_WRITE | SIZE | Rights::FD_ADVISE | Rights::FD_FILESTAT_SET_SIZE;
    let fd = s.open("file", CREAT, rights).unwrap();
    s.call("fd_filestat_set_size", &[fd, 100]).unwrap();
    s.call("fd_advise", &[fd, 10, 50, 0]).unwrap();
    assert_eq!(s.fd_stat(fd).unwrap().size, 100);
    s.call("fd_allocate", &[fd, 100, 100]).unwrap();
    assert_eq!(s.fd_stat(fd).unwrap().size, 200);
}

#[test]
fn file_allocate() {
    let mut s = Scratch::new("file_allocate");
    let fd = s.open("file", CREAT, READ_WRITE | SIZE).unwrap();
    for (offset, len, size) in [(0, 100, 100), (10, 10, 100), (90, 20, 110)] {
        s.call("fd_allocate", &[fd, offset, len]).unwrap();
        assert_eq!(s.fd_stat(fd).unwrap().size, size);
    }
}

#[test]
fn fd_filestat_set() {
    let mut s = Scratch::new("fd_filestat_set");
    let sets = Rights::FD_FILESTAT_SET_SIZE | Rights::FD_FILESTAT_SET_TIMES;
    let fd = s.open("file", CREAT, READ_WRITE | SIZE | sets).unwrap();
    s.call("fd_filestat_set_size", &[fd, 100]).unwrap();
    let before = s.fd_stat(fd).unwrap();
    let mtim = before.mtim - 100;
    s.call("fd_filestat_set_times", &[fd, mtim, mtim, MTIM]).unwrap();
    let after = s.fd_stat(fd).unwrap();
    assert_eq!((after.size, after.atim, after.mtim), (100, before.atim, mtim));
}

#[test]
fn fstflags_validate() {
    let mut s = Scratch::new("fstflags_validate");
    let fd = s.open("file", CREAT, Rights::FD_READ | Rights::FD_FILESTAT_SET_TIMES).unwrap();
    for both in [ATIM_BOTH, MTIM_BOTH] {
        fails(s.call("fd_filestat_set_times", &[fd, 100, 200, both]), Errno::Inval);
    }
}

#[test]
fn fd_flags_set() {
    let mut s = Scratch::new("fd_flags_set");
    let [[at, len]] = s.paths(["file"]);
    let rights = READ_WRITE | SEEK | Rights::FD_FDSTAT_SET_FLAGS;
    let append = 1;
    let args = [s.fd, 0, at, len, CREAT, rights.bits(), 0, append, OUT.into()];
    s.call("path_open", &args).unwrap();
    let fd = s.guest.u32(OUT).into();
    // The second time from the beginning, which changes nothing.
    for (byte, start) in [(0, 0), (1, 100)] {
        s.seek(fd, 0, 0).unwrap();
        assert_eq!(s.write(fd, &[byte; 100]), Ok(100));
        s.seek(fd, start, 0).unwrap();
        assert_eq!(s.read(fd, 100), Ok(vec![byte; 100]));
    }
    s.call("fd_fdstat_set_flags", &[fd, 0]).unwrap();
    s.seek(fd, 0, 0).unwrap();
    assert_eq!(s.write(fd, &[2; 100]), Ok(100));
    s.seek(fd, 0, 0).unwrap();
    assert_eq!(s.read(fd, 100), Ok(vec![2; 100]));
    assert_eq!(s.stat("file", false).unwrap().size, 200);
}

#[test]
fn file_seek_tell() {
    let mut s = Scratch::new("file_seek_tell");
    let fd = s.open("file", CREAT, READ_WRITE | SEEK).unwrap();
    assert_eq!(s.tell(fd), Ok(0));
    assert_eq!(s.write(fd, &[0; 100]), Ok(100));
    assert_eq!(s.tell(fd), Ok(100));
    assert_eq!(s.seek(fd, -50, 1), Ok(50));
    assert_eq!(s.seek(fd, 0, 0), Ok(0));
    assert_eq!(s.seek(fd, 1000, 1), Ok(1000));
    fails(s.seek(fd, -2000, 1), Errno::Inval);
    assert_eq!(s.seek(fd, 0, 0), Ok(0));
    assert_eq!(s.read(fd, 100), Ok(vec![0; 100]));
    assert_eq!(s.tell(fd), Ok(100));
}

/// Reads or writes with two buffers of two bytes each at an offset; gives how many bytes went through.
fn transfer(s: &mut Scratch, name: &str, fd: u64, offset: u64) -> Got<u32> {
    for (index, at) in [BUFFER, BUFFER + 2].into_iter().enumerate() {
        s.guest.put(index as u32 * 8, &at.to_le_bytes());
        s.guest.put(index as u32 * 8 + 4, &2_u32.to_le_bytes());
    }
    s.call(name, &[fd, 0, 2, offset, OUT.into()])?;
    Ok(s.guest.u32(OUT))
}

#[test]
fn file_pread_pwrite() {
    let mut s = Scratch::new("file_pread_pwrite");
    let fd = s.open("file", CREAT, READ_WRITE | Rights::FD_SEEK).unwrap();
    s.guest.put(BUFFER, &[0, 1, 2, 3]);
    assert_eq!(transfer(&mut s, "fd_pwrite", fd, 0), Ok(4));
    s.guest.put(BUFFER, &[9; 4]);
    assert_eq!(transfer(&mut s, "fd_pread", fd, 0), Ok(4));
    assert_eq!(s.guest.bytes(BUFFER), [0, 1, 2, 3]);
    assert_eq!(transfer(&mut s, "fd_pread", fd, 2), Ok(2));
    assert_eq!(s.guest.bytes(BUFFER), [2, 3, 2, 3]);
    assert_eq!(transfer(&mut s, "fd_pread", fd, 4), Ok(0));
    s.guest.put(BUFFER, &[1, 0, 7, 7]);
    assert_eq!(transfer(&mut s, "fd_pwrite", fd, 2), Ok(4));
    // The position stayed at the beginning.
    assert_eq!(s.read(fd, 100), Ok(vec![0, 1, 1, 0, 7, 7]));
}

#[test]
fn file_truncation() {
    let mut s = Scratch::new("file_truncation");
    let fd = s.open("test.txt", CREAT, Rights::FD_WRITE).unwrap();
    assert_eq!(s.write(fd, b"will be cut"), Ok(11));
    s.close(fd).unwrap();
    let fd = s.open("test.txt", CREAT | TRUNC, READ_WRITE).unwrap();
    assert_eq!(s.read(fd, 100), Ok(vec![]));
}

#[test]
fn file_unbuffered_write() {
    let mut s = Scratch::new("file_unbuffered_write");
    let reader = s.open("file", CREAT, Rights::FD_READ).unwrap();
    let writer = s.open("file", 0, Rights::FD_WRITE).unwrap();
    assert_eq!(s.write(writer, &[1]), Ok(1));
    assert_eq!(s.read(reader, 1), Ok(vec![1]));
}

#[test]
fn path_filestat() {
    let mut s = Scratch::new("path_filestat");
    let [[at, len]] = s.paths(["file"]);
    let rights = (READ_WRITE | Rights::PATH_FILESTAT_GET).bits();
    let append_sync = 1 | 16;
    let args = [s.fd, 0, at, len, CREAT, rights, 0, append_sync, OUT.into()];
    s.call("path_open", &args).unwrap();
    let fd = s.guest.u32(OUT).into();
    let (filetype, flags, _, _) = s.fdstat(fd).unwrap();
    assert_eq!((filetype, u64::from(flags)), (FILE_TYPE, append_sync));
    let stat = s.stat("file", false).unwrap();
    assert_eq!((stat.size, stat.nlink), (0, 1));
    let mtim = stat.mtim - 100;
    let [[at, len]] = s.paths(["file"]);
    s.call("path_filestat_set_times", &[s.fd, 0, at, len, 0, mtim, MTIM]).unwrap();
    for both in [ATIM_BOTH, MTIM_BOTH] {
        let args = [s.fd, 0, at, len, 0, 5, both];
        fails(s.call("path_filestat_set_times", &args), Errno::Inval);
    }
    assert_eq!(s.stat("file", false).unwrap().mtim, mtim);
}

#[test]
fn path_open_read_write() {
    let mut s = Scratch::new("path_open_read_write");
    s.create("file");
    let reader = s.open("file", 0, Rights::FD_READ).unwrap();
    assert_eq!(s.fdstat(reader).unwrap().2 & READ_WRITE, Rights::FD_READ);
    assert_eq!(s.read(reader, 100), Ok(vec![]));
    fails(s.write(reader, &[1; 50]), Errno::Badf);
    let writer = s.open("file", 0, Rights::FD_WRITE).unwrap();
    assert_eq!(s.fdstat(writer).unwrap().2 & READ_WRITE, Rights::FD_WRITE);
    fails(s.read(writer, 100), Errno::Badf);
    assert_eq!(s.write(writer, &[1; 50]), Ok(50));
    let both = s.open("file", 0, READ_WRITE | Rights::FD_FILESTAT_GET).unwrap();
    assert_eq!(s.fdstat(both).unwrap().2 & READ_WRITE, READ_WRITE);
    assert_eq!(s.read(both, 100), Ok(vec![1; 50]));
    assert_eq!(s.write(both, &[2; 25]), Ok(25));
    assert_eq!(s.fd_stat(both).unwrap().size, 75);
}

#[test]
fn truncation_rights() {
    let mut s = Scratch::new("truncation_rights");
    s.create("file");
    let (filetype, flags, mut base, mut inheriting) = s.fdstat(s.fd).unwrap();
    assert_eq!((filetype, flags), (super::DIRECTORY_TYPE, 0));
    assert!(!base.contains(Rights::FD_FILESTAT_SET_SIZE));
    assert_eq!(s.opens("file", TRUNC), Ok(()));
    inheriting -= Rights::FD_FILESTAT_SET_SIZE;
    s.call("fd_fdstat_set_rights", &[s.fd, base.bits(), inheriting.bits()]).unwrap();
    assert_eq!(s.opens("file", TRUNC), Ok(()));
    base -= Rights::PATH_FILESTAT_SET_SIZE;
    s.call("fd_fdstat_set_rights", &[s.fd, base.bits(), inheriting.bits()]).unwrap();
    assert_eq!(s.fdstat(s.fd).unwrap().2, base);
    fails(s.opens("file", TRUNC), Errno::NotCapable);
}

#[test]
fn isatty() {
    let mut s = Scratch::new("isatty");
    let fd = s.open("file", CREAT, NONE).unwrap();
    // A terminal is a character device without the right to seek.
    assert_eq!(s.fdstat(fd).unwrap().0, FILE_TYPE);
    assert_ne!(fd, ROOT);
}

/// The suite's `pwrite-with-append`, in C.
#[test]
fn writing_elsewhere_leaves_the_position() {
    let mut s = Scratch::new("pwrite_append");
    let [[at, len]] = s.paths(["file"]);
    let rights = (Rights::FD_WRITE | SEEK).bits();
    s.call("path_open", &[s.fd, 0, at, len, CREAT | TRUNC, rights, 0, 1, OUT.into()]).unwrap();
    let fd = s.guest.u32(OUT).into();
    assert_eq!(s.write(fd, b"ab"), Ok(2));
    assert_eq!(s.seek(fd, 0, 0), Ok(0));
    assert_eq!(s.write(fd, b"cd"), Ok(2));
    assert_eq!(s.seek(fd, 0, 1), Ok(4));
    let [iovecs, count] = s.guest.buffer(BUFFER, 3);
    s.call("fd_pwrite", &[fd, iovecs, count, 0, OUT.into()]).unwrap();
    assert_eq!((s.guest.u32(OUT), s.seek(fd, 0, 1)), (3, Ok(4)));
    // At the beginning, as POSIX has it, or at the end, as Linux does.
    let end = s.seek(fd, 0, 2).unwrap();
    assert!(end == 4 || end == 7, "{end}");
}
