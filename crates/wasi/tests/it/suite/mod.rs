//! What the public WASI test suite (WebAssembly/wasi-testsuite, `wasm32-wasip1`) asks of a host, under its names of tests.
//!
//! Not its programs, which are others' work and need compilers for three languages: the calls they make, with the results
//! they take. Invariant: each test of the suite in Rust has one of its name here. Of those in C and AssemblyScript, `streams` has
//! a few.

mod descriptors;
mod files;
mod links;
mod paths;
mod streams;

use crate::{BUFFER, CREAT, DIR, DIRECTORY, Dir, Guest, OUT};
use wasmite_wasi::{Errno, Rights};

/// What a program gets: something, or an errno.
type Got<T = ()> = Result<T, u16>;

/// A program's scratch directory, opened with the rights that the suite asks for.
struct Scratch {
    dir: Dir,
    guest: Guest,
    fd: u64,
}

/// What the suite may do with a scratch directory.
const BASE: Rights = Rights::DIRECTORY
    .difference(Rights::FD_DATASYNC)
    .difference(Rights::FD_SYNC)
    .difference(Rights::FD_FDSTAT_SET_FLAGS)
    .difference(Rights::FD_FILESTAT_SET_TIMES);

/// What the suite may do with files in it.
const INHERITING: Rights = Rights::FILE
    .difference(Rights::FD_DATASYNC)
    .difference(Rights::POLL_FD_READWRITE)
    .union(Rights::FD_READDIR)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_OPEN)
    .union(Rights::PATH_UNLINK_FILE)
    .union(Rights::PATH_FILESTAT_GET);

const NONE: Rights = Rights::empty();

const READ_WRITE: Rights = Rights::FD_READ.union(Rights::FD_WRITE);

/// Attributes of a file, in part.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Stat {
    dev: u64,
    ino: u64,
    filetype: u8,
    nlink: u64,
    size: u64,
    atim: u64,
    mtim: u64,
}

const DIRECTORY_TYPE: u8 = 3;
const FILE_TYPE: u8 = 4;
const LINK_TYPE: u8 = 7;

impl Scratch {
    fn new(test: &str) -> Self {
        let dir = Dir::new(&format!("suite_{test}"));
        let mut guest = Guest::with_dir(&dir);
        std::fs::create_dir(dir.0.join("scratch")).expect("a directory");
        let open = crate::Open {
            follow: false,
            oflags: DIRECTORY,
            rights: BASE,
            inheriting: INHERITING,
            fdflags: 0,
        };
        let fd = guest.open("scratch", open);
        Self { dir, guest, fd }
    }

    fn call(&mut self, name: &str, args: &[u64]) -> Got {
        match self.guest.errno(name, args) {
            0 => Ok(()),
            errno => Err(errno),
        }
    }

    /// The addresses and lengths of paths, over those of the call before.
    fn paths<const N: usize>(&mut self, paths: [&str; N]) -> [[u64; 2]; N] {
        self.guest.next = 1 << 15;
        paths.map(|path| self.guest.text(path))
    }

    fn open_at(
        &mut self,
        fd: u64,
        path: &str,
        follow: bool,
        oflags: u64,
        rights: Rights,
    ) -> Got<u64> {
        self.guest.next = 1 << 15;
        let open = crate::Open { follow, oflags, rights, inheriting: NONE, fdflags: 0 };
        self.guest.try_open(fd as u32, path, open).map(u64::from)
    }

    /// Opens without following a link.
    fn open(&mut self, path: &str, oflags: u64, rights: Rights) -> Got<u64> {
        self.open_at(self.fd, path, false, oflags, rights)
    }

    fn close(&mut self, fd: u64) -> Got {
        self.call("fd_close", &[fd])
    }

    #[track_caller]
    fn create(&mut self, path: &str) {
        let fd = self.open(path, CREAT, NONE).expect("it is created");
        assert_eq!(self.close(fd), Ok(()));
    }

    /// Whether a path can be opened, without following a link.
    fn opens(&mut self, path: &str, oflags: u64) -> Got {
        let fd = self.open(path, oflags, NONE)?;
        self.close(fd)
    }

    /// Whether a path can be opened, following links.
    fn leads(&mut self, path: &str, oflags: u64) -> Got {
        let fd = self.open_at(self.fd, path, true, oflags, NONE)?;
        self.close(fd)
    }

    fn one_path(&mut self, name: &str, path: &str) -> Got {
        let [[at, len]] = self.paths([path]);
        self.call(name, &[self.fd, at, len])
    }

    fn mkdir(&mut self, path: &str) -> Got {
        self.one_path("path_create_directory", path)
    }

    fn rmdir(&mut self, path: &str) -> Got {
        self.one_path("path_remove_directory", path)
    }

    fn unlink(&mut self, path: &str) -> Got {
        self.one_path("path_unlink_file", path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Got {
        let [[from, from_len], [to, to_len]] = self.paths([from, to]);
        self.call("path_rename", &[self.fd, from, from_len, self.fd, to, to_len])
    }

    fn link(&mut self, from: &str, to_fd: u64, to: &str, lookup: u64) -> Got {
        let [[from, from_len], [to, to_len]] = self.paths([from, to]);
        self.call("path_link", &[self.fd, lookup, from, from_len, to_fd, to, to_len])
    }

    fn symlink(&mut self, to: &str, path: &str) -> Got {
        let [[to, to_len], [at, len]] = self.paths([to, path]);
        self.call("path_symlink", &[to, to_len, self.fd, at, len])
    }

    fn stat(&mut self, path: &str, follow: bool) -> Got<Stat> {
        let [[at, len]] = self.paths([path]);
        self.call("path_filestat_get", &[self.fd, follow.into(), at, len, BUFFER.into()])?;
        Ok(self.stat_record())
    }

    fn fd_stat(&mut self, fd: u64) -> Got<Stat> {
        self.call("fd_filestat_get", &[fd, BUFFER.into()])?;
        Ok(self.stat_record())
    }

    fn stat_record(&self) -> Stat {
        let field = |at| self.guest.u64(BUFFER + at);
        Stat {
            dev: field(0),
            ino: field(8),
            filetype: self.guest.bytes::<1>(BUFFER + 16)[0],
            nlink: field(24),
            size: field(32),
            atim: field(40),
            mtim: field(48),
        }
    }

    /// File type, flags, rights and inheriting rights.
    fn fdstat(&mut self, fd: u64) -> Got<(u8, u16, Rights, Rights)> {
        self.call("fd_fdstat_get", &[fd, BUFFER.into()])?;
        let [filetype, _, low, high] = self.guest.bytes(BUFFER);
        let rights = |at| Rights::from_bits(self.guest.u64(BUFFER + at)).expect("known rights");
        Ok((filetype, u16::from_le_bytes([low, high]), rights(8), rights(16)))
    }

    fn seek(&mut self, fd: u64, offset: i64, whence: u64) -> Got<u64> {
        self.call("fd_seek", &[fd, offset as u64, whence, OUT.into()])?;
        Ok(self.guest.u64(OUT))
    }

    fn tell(&mut self, fd: u64) -> Got<u64> {
        self.call("fd_tell", &[fd, OUT.into()])?;
        Ok(self.guest.u64(OUT))
    }

    fn write(&mut self, fd: u64, bytes: &[u8]) -> Got<u32> {
        self.guest.put(BUFFER, bytes);
        let [iovecs, count] = self.guest.buffer(BUFFER, bytes.len() as u32);
        self.call("fd_write", &[fd, iovecs, count, OUT.into()])?;
        Ok(self.guest.u32(OUT))
    }

    fn read(&mut self, fd: u64, len: u32) -> Got<Vec<u8>> {
        let [iovecs, count] = self.guest.buffer(BUFFER, len);
        self.call("fd_read", &[fd, iovecs, count, OUT.into()])?;
        Ok(self.guest.memory[BUFFER as usize..][..self.guest.u32(OUT) as usize].to_vec())
    }
}

/// Fails with this errno.
#[track_caller]
fn fails<T>(got: Got<T>, errno: Errno) {
    assert_eq!(got.err(), Some(errno.code()), "not {errno:?}");
}

/// The suite's tests in Rust.
const TESTS: &str = "big_random_buf clock_time_get close_preopen dangling_fd dangling_symlink dir_fd_op_failures \
    directory_seek fd_advise fd_fdstat_set_rights fd_filestat_set fd_flags_set fd_readdir file_allocate \
    file_pread_pwrite file_seek_tell file_truncation file_unbuffered_write fstflags_validate interesting_paths isatty \
    nofollow_errors overwrite_preopen path_exists path_filestat path_link path_open_create_existing \
    path_open_dirfd_not_dir path_open_missing path_open_nonblock path_open_preopen path_open_read_write path_rename \
    path_rename_dir_trailing_slashes path_symlink_trailing_slashes poll_oneoff_stdio readlink \
    remove_directory_trailing_slashes remove_nonempty_directory renumber sched_yield stdio symlink_create \
    symlink_filestat symlink_loop truncation_rights unlink_file_trailing_slashes";

#[test]
fn every_test_has_its_name_here() {
    let sources = [
        include_str!("descriptors.rs"),
        include_str!("files.rs"),
        include_str!("links.rs"),
        include_str!("paths.rs"),
        include_str!("streams.rs"),
    ]
    .concat();
    for test in TESTS.split(' ') {
        assert!(sources.contains(&format!("#[test]\nfn {test}()")), "{test}");
    }
}

/// The pre-opened directory itself.
const ROOT: u64 = DIR as u64;
