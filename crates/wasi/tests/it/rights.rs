//! Rights: what a descriptor has, passes on, and can give up.

use crate::{BUFFER, CREAT, DIR, Dir, Guest, OPEN_DIR, OUT, Open, READ, TRUNC, WRITE};
use wasmite_wasi::{Errno, Rights};

/// Rights and inheriting rights.
fn rights(guest: &mut Guest, fd: u64) -> (Rights, Rights) {
    guest.ok("fd_fdstat_get", &[fd, BUFFER.into()]);
    let read = |at| Rights::from_bits(guest.u64(at)).expect("known rights");
    (read(BUFFER + 8), read(BUFFER + 16))
}

#[test]
fn what_is_opened_has_what_it_can_use() {
    let dir = Dir::new("rights_opened");
    dir.file("file", "");
    let mut guest = Guest::with_dir(&dir);
    assert_eq!(
        rights(&mut guest, DIR.into()),
        (Rights::DIRECTORY, Rights::DIRECTORY | Rights::FILE)
    );
    let all = Open { rights: Rights::all(), inheriting: Rights::all(), ..READ };
    let fd = guest.open("file", all);
    assert_eq!(rights(&mut guest, fd), (Rights::FILE, Rights::empty()));
    let fd = guest.open("file", Open { rights: Rights::FD_READ, ..READ });
    assert_eq!(rights(&mut guest, fd).0, Rights::FD_READ);
    let fd = guest.open(".", Open { rights: Rights::all() - Rights::FD_WRITE, ..all });
    assert_eq!(rights(&mut guest, fd), (Rights::DIRECTORY, Rights::DIRECTORY | Rights::FILE));
    let [at, len] = guest.text("file");
    let args = [DIR.into(), 0, at, len, 0, 1 << 40, 0, 0, OUT.into()];
    guest.fails("path_open", &args, Errno::Inval);
}

#[test]
fn rights_only_shrink() {
    let dir = Dir::new("rights_shrink");
    let mut guest = Guest::with_dir(&dir);
    let fd = guest.open("file", WRITE);
    guest.write(fd, "text");
    let fewer = Rights::FILE - Rights::FD_WRITE - Rights::FD_READ;
    guest.ok("fd_fdstat_set_rights", &[fd, fewer.bits(), 0]);
    assert_eq!(rights(&mut guest, fd).0, fewer);
    let [iovecs, count] = guest.buffer(BUFFER, 1);
    for name in ["fd_read", "fd_write"] {
        guest.fails(name, &[fd, iovecs, count, OUT.into()], Errno::Badf);
    }
    guest.fails("fd_fdstat_set_rights", &[fd, Rights::FILE.bits(), 0], Errno::NotCapable);
    guest.fails("fd_fdstat_set_rights", &[fd, 0, Rights::FD_READ.bits()], Errno::NotCapable);
    guest.fails("fd_fdstat_set_rights", &[fd, 1 << 50, 0], Errno::Inval);
    guest.ok("fd_fdstat_set_rights", &[fd, 0, 0]);
    for (name, args) in [
        ("fd_advise", &[fd, 0, 0, 0][..]),
        ("fd_allocate", &[fd, 0, 1]),
        ("fd_datasync", &[fd]),
        ("fd_fdstat_set_flags", &[fd, 0]),
        ("fd_filestat_get", &[fd, BUFFER.into()]),
        ("fd_filestat_set_size", &[fd, 0]),
        ("fd_filestat_set_times", &[fd, 0, 0, 0]),
        ("fd_seek", &[fd, 0, 0, OUT.into()]),
        ("fd_sync", &[fd]),
        ("fd_tell", &[fd, OUT.into()]),
    ] {
        guest.fails(name, args, Errno::NotCapable);
    }
    assert_eq!(dir.read("file"), "text");
}

#[test]
fn directories_pass_on_what_they_may() {
    let dir = Dir::new("rights_passed");
    dir.file("file", "text");
    let mut guest = Guest::with_dir(&dir);
    let open = Rights::PATH_OPEN | Rights::PATH_CREATE_FILE;
    let narrow = Open { rights: open, inheriting: Rights::FD_READ, ..OPEN_DIR };
    let narrow = guest.open(".", narrow) as u32;
    let read = Open { rights: Rights::FD_READ, ..READ };
    let fd = guest.try_open(narrow, "file", read).expect("it opens");
    assert_eq!(guest.read(fd.into()), "text");
    let refused = Err(Errno::NotCapable.code());
    let write = Rights::FD_WRITE;
    assert_eq!(guest.try_open(narrow, "file", Open { rights: write, ..READ }), refused);
    assert_eq!(
        guest.try_open(narrow, "new", Open { rights: write, oflags: CREAT, ..READ }),
        refused
    );
    assert_eq!(guest.try_open(narrow, "file", Open { oflags: TRUNC, ..read }), refused);
    assert!(!dir.0.join("new").exists());
    assert_eq!(dir.read("file"), "text");
    let [at, len] = guest.text("file");
    let fd = u64::from(narrow);
    for (name, args) in [
        ("path_create_directory", &[fd, at, len][..]),
        ("path_filestat_get", &[fd, 0, at, len, BUFFER.into()]),
        ("path_filestat_set_times", &[fd, 0, at, len, 0, 0, 5]),
        ("path_link", &[fd, 0, at, len, DIR.into(), at, len]),
        ("path_link", &[DIR.into(), 0, at, len, fd, at, len]),
        ("path_readlink", &[fd, at, len, BUFFER.into(), 9, OUT.into()]),
        ("path_remove_directory", &[fd, at, len]),
        ("path_rename", &[fd, at, len, DIR.into(), at, len]),
        ("path_rename", &[DIR.into(), at, len, fd, at, len]),
        ("path_symlink", &[at, len, fd, at, len]),
        ("path_unlink_file", &[fd, at, len]),
        ("fd_readdir", &[fd, BUFFER.into(), 100, 0, OUT.into()]),
    ] {
        guest.fails(name, args, Errno::NotCapable);
    }
    guest.ok("fd_fdstat_set_rights", &[fd, 0, 0]);
    assert_eq!(guest.try_open(narrow, "file", read), refused);
}
