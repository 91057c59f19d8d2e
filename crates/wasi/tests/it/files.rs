//! Reading and writing files: positions, appending, several buffers, times.

use crate::{
    BUFFER, CREAT, DIR, DIRECTORY, Dir, END, EXCL, Guest, OPEN_DIR, OUT, Open, READ, TRUNC, WRITE,
};
use wasmite_wasi::{Errno, Rights};

#[test]
fn several_buffers() {
    let dir = Dir::new("files_buffers");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", WRITE);
    guest.put(BUFFER, b"abcdef");
    for (index, [at, len]) in [[BUFFER, 1], [END, 0], [BUFFER + 1, 5]].into_iter().enumerate() {
        guest.put(index as u32 * 8, &at.to_le_bytes());
        guest.put(index as u32 * 8 + 4, &len.to_le_bytes());
    }
    guest.ok("fd_write", &[fd, 0, 3, 100]);
    assert_eq!((guest.u32(100), dir.read("file")), (6, "abcdef".into()));
    guest.ok("fd_seek", &[fd, 0, 0, 104]);
    guest.put(BUFFER, &[0; 6]);
    guest.ok("fd_read", &[fd, 0, 3, 100]);
    assert_eq!((guest.u32(100), guest.bytes(BUFFER)), (6, *b"abcdef"));
    guest.ok("fd_read", &[fd, 0, 3, 100]);
    assert_eq!(guest.u32(100), 0);
    // No buffers at all.
    guest.ok("fd_write", &[fd, 0, 0, 100]);
    assert_eq!(guest.u32(100), 0);
    // A buffer that ends beyond the memory, and a list of buffers that does.
    guest.buffer(END - 1, 2);
    guest.fails("fd_write", &[fd, 0, 1, 100], Errno::Fault);
    guest.fails("fd_read", &[fd, 0, 1, 100], Errno::Fault);
    guest.fails("fd_write", &[fd, u64::from(END) - 4, 1, 100], Errno::Fault);
    guest.fails("fd_write", &[fd, u32::MAX.into(), 2, 100], Errno::Fault);
    assert_eq!(dir.read("file"), "abcdef");
}

#[test]
fn appending_can_be_switched() {
    let dir = Dir::new("files_append");
    dir.file("file", "ab");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", Open { fdflags: 1, ..WRITE });
    guest.write(fd, "c");
    guest.ok("fd_seek", &[fd, 0, 0, OUT.into()]);
    guest.write(fd, "d");
    assert_eq!(dir.read("file"), "abcd");
    guest.ok("fd_fdstat_get", &[fd, BUFFER.into()]);
    assert_eq!(guest.bytes(BUFFER), [4, 0, 1, 0]);
    guest.ok("fd_fdstat_set_flags", &[fd, 0]);
    guest.ok("fd_seek", &[fd, 0, 0, OUT.into()]);
    guest.write(fd, "x");
    assert_eq!(dir.read("file"), "xbcd");
    guest.ok("fd_fdstat_set_flags", &[fd, 1]);
    guest.write(fd, "e");
    assert_eq!(dir.read("file"), "xbcde");
    // Together with cutting, which the standard library refuses.
    let fd = guest.open("file", Open { fdflags: 1, oflags: TRUNC, ..WRITE });
    guest.write(fd, "new");
    assert_eq!(dir.read("file"), "new");
}

#[test]
fn opening_creates_cuts_and_refuses() {
    let dir = Dir::new("files_open");
    dir.file("file", "text");
    let mut guest = Guest::with_dir(&dir);
    let fails = |guest: &mut Guest, path: &str, open: Open, errno: Errno| {
        assert_eq!(guest.try_open(DIR, path, open), Err(errno.code()), "{path}");
    };
    fails(&mut guest, "file", Open { oflags: CREAT | EXCL, ..WRITE }, Errno::Exist);
    fails(&mut guest, "file", Open { oflags: DIRECTORY, ..READ }, Errno::NotDir);
    fails(&mut guest, "file/", READ, Errno::NotDir);
    fails(&mut guest, ".", Open { rights: Rights::FD_WRITE, ..OPEN_DIR }, Errno::IsDir);
    fails(&mut guest, ".", Open { rights: Rights::FD_WRITE, ..READ }, Errno::IsDir);
    fails(&mut guest, "x", Open { oflags: CREAT | DIRECTORY, ..OPEN_DIR }, Errno::Inval);
    fails(&mut guest, "", READ, Errno::NoEnt);
    fails(&mut guest, "file\0", READ, Errno::Inval);
    fails(&mut guest, "x/y", WRITE, Errno::NoEnt);
    let [at, len] = guest.text("???");
    guest.put(at as u32, b"f\xff\xfe");
    let args = [DIR.into(), 0, at, len, 0, 0, 0, 0, OUT.into()];
    guest.fails("path_open", &args, Errno::Ilseq);
    // Created although it may not be written.
    let fd = guest.open("empty", Open { oflags: CREAT | EXCL, ..READ });
    assert_eq!(guest.read(fd), "");
    guest.open("file", Open { oflags: TRUNC, ..READ });
    assert_eq!(dir.read("file"), "");
    // The result has no place: nothing is opened or created.
    let [at, len] = guest.text("other");
    let args = [DIR.into(), 0, at, len, CREAT, 0, 0, 0, u64::from(END) - 3];
    guest.fails("path_open", &args, Errno::Fault);
    assert!(!dir.0.join("other").exists());
}

#[test]
fn the_lowest_free_number_is_taken() {
    let dir = Dir::new("files_numbers");
    dir.file("file", "");
    let mut guest = Guest::with_dir(&dir);
    assert_eq!([(); 3].map(|()| guest.open("file", READ)), [4, 5, 6]);
    guest.ok("fd_close", &[5]);
    guest.ok("fd_close", &[4]);
    assert_eq!([(); 3].map(|()| guest.open("file", READ)), [4, 5, 7]);
}

#[test]
fn times_are_set() {
    let dir = Dir::new("files_times");
    dir.file("file", "");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", WRITE);
    let (atim, mtim) = (BUFFER + 40, BUFFER + 48);
    guest.ok("fd_filestat_set_times", &[fd, 1_000_000_007, 2_000_000_009, 1 | 4]);
    guest.ok("fd_filestat_get", &[fd, BUFFER.into()]);
    assert_eq!((guest.u64(atim), guest.u64(mtim)), (1_000_000_007, 2_000_000_009));
    // One of them, and the other to now.
    guest.ok("fd_filestat_set_times", &[fd, 5, 0, 1]);
    let [at, len] = guest.text("file");
    guest.ok("path_filestat_set_times", &[DIR.into(), 1, at, len, 0, 0, 8]);
    guest.ok("path_filestat_get", &[DIR.into(), 1, at, len, BUFFER.into()]);
    assert_eq!(guest.u64(atim), 5);
    assert!(guest.u64(mtim) > 1_600_000_000_000_000_000);
    // Those of the directory itself.
    guest.ok("fd_filestat_set_times", &[DIR.into(), 0, 3_000_000_000, 4]);
    guest.ok("fd_filestat_get", &[DIR.into(), BUFFER.into()]);
    assert_eq!(guest.u64(mtim), 3_000_000_000);
}

#[test]
fn standard_streams_have_no_position() {
    let mut guest = Guest::new(Default::default());
    for fd in 0..3 {
        guest.fails("fd_seek", &[fd, 0, 1, OUT.into()], Errno::Spipe);
        guest.fails("fd_tell", &[fd, OUT.into()], Errno::Spipe);
        let [iovecs, count] = guest.buffer(BUFFER, 1);
        guest.fails("fd_pread", &[fd, iovecs, count, 0, OUT.into()], Errno::Spipe);
        let (name, other) = if fd == 0 { ("fd_read", "fd_write") } else { ("fd_write", "fd_read") };
        guest.ok(name, &[fd, iovecs, count, OUT.into()]);
        guest.fails(other, &[fd, iovecs, count, OUT.into()], Errno::Badf);
    }
}
