//! The functions as a guest sees them, without an engine: calls on a context and a piece of memory.
//!
//! Invariant: each test has a directory of its own, which is removed at its end.

mod clocks;
mod each;
mod engine;
mod escape;
mod files;
mod limits;
mod listing;
mod poll;
mod rights;
mod suite;
mod unstable;

use std::{fs, path::PathBuf};
use wasmite_wasi::{
    DirPerms, Errno, FUNCTIONS, FilePerms, Function, Outcome, Rights, WasiCtx, WasiCtxBuilder,
};

/// Addresses at which results are put.
const OUT: u32 = 16;
const OUT2: u32 = 24;

/// A buffer of 4 KiB.
const BUFFER: u32 = 4096;

/// Where the memory ends.
const END: u32 = 1 << 16;

/// The first descriptor that is no standard stream.
const DIR: u32 = 3;

/// A directory of the host's.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        // Left behind by a run that was killed.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn file(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, contents).expect("a file");
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file to read")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program without code: its context and its memory.
struct Guest {
    ctx: WasiCtx,
    memory: Vec<u8>,
    /// Where the next string goes.
    next: u32,
}

impl Guest {
    fn new(mut builder: WasiCtxBuilder) -> Self {
        Self { ctx: builder.build(), memory: vec![0; END as usize], next: 1 << 15 }
    }

    /// A guest with one directory, descriptor 3.
    fn with_dir(dir: &Dir) -> Self {
        let mut builder = WasiCtxBuilder::new();
        builder
            .preopened_dir(&dir.0, "/", DirPerms::all(), FilePerms::all())
            .expect("the directory opens");
        Self::new(builder)
    }

    fn outcome(&mut self, function: &Function, args: &[u64]) -> Outcome {
        function.call(&mut self.ctx, &mut self.memory, args)
    }

    fn errno(&mut self, name: &str, args: &[u64]) -> u16 {
        let function = FUNCTIONS.iter().find(|function| function.name() == name);
        match self.outcome(function.expect("a function of that name"), args) {
            Outcome::Return(errno) => errno,
            Outcome::Exit(status) => panic!("{name} ended the program with {status}"),
        }
    }

    #[track_caller]
    fn ok(&mut self, name: &str, args: &[u64]) {
        assert_eq!(self.errno(name, args), 0, "{name}");
    }

    #[track_caller]
    fn fails(&mut self, name: &str, args: &[u64], errno: Errno) {
        assert_eq!(self.errno(name, args), errno.code(), "{name}, not {errno:?}");
    }

    /// Puts a string into the memory and gives its address and length.
    fn text(&mut self, text: &str) -> [u64; 2] {
        let at = self.next as usize;
        self.memory[at..at + text.len()].copy_from_slice(text.as_bytes());
        self.next += text.len() as u32;
        assert!(self.next < END);
        [at as u64, text.len() as u64]
    }

    fn u32(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.bytes(at))
    }

    fn u64(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.bytes(at))
    }

    fn bytes<const N: usize>(&self, at: u32) -> [u8; N] {
        self.memory[at as usize..at as usize + N].try_into().expect("so many bytes")
    }

    fn put(&mut self, at: u32, bytes: &[u8]) {
        self.memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    }

    /// One buffer for reading or writing, described at address 0.
    fn buffer(&mut self, at: u32, len: u32) -> [u64; 2] {
        self.put(0, &at.to_le_bytes());
        self.put(4, &len.to_le_bytes());
        [0, 1]
    }

    /// Opens a path with these rights: errno, or the descriptor.
    fn try_open(&mut self, fd: u32, path: &str, open: Open) -> Result<u32, u16> {
        let [at, len] = self.text(path);
        let args = [
            fd.into(),
            open.follow.into(),
            at,
            len,
            open.oflags,
            open.rights.bits(),
            open.inheriting.bits(),
            open.fdflags,
            OUT.into(),
        ];
        match self.errno("path_open", &args) {
            0 => Ok(self.u32(OUT)),
            errno => Err(errno),
        }
    }

    #[track_caller]
    fn open(&mut self, path: &str, open: Open) -> u64 {
        self.try_open(DIR, path, open).expect("the path opens").into()
    }

    #[track_caller]
    fn write(&mut self, fd: u64, text: &str) {
        let [at, len] = self.text(text);
        let [iovecs, count] = self.buffer(at as u32, len as u32);
        self.ok("fd_write", &[fd, iovecs, count, OUT.into()]);
        assert_eq!(u64::from(self.u32(OUT)), len);
    }

    #[track_caller]
    fn read(&mut self, fd: u64) -> String {
        let [iovecs, count] = self.buffer(BUFFER, 4096);
        self.ok("fd_read", &[fd, iovecs, count, OUT.into()]);
        let len = self.u32(OUT) as usize;
        String::from_utf8(self.memory[BUFFER as usize..][..len].to_vec()).expect("text")
    }
}

/// How to open a path.
#[derive(Clone, Copy)]
struct Open {
    follow: bool,
    oflags: u64,
    rights: Rights,
    inheriting: Rights,
    fdflags: u64,
}

const CREAT: u64 = 1;
const DIRECTORY: u64 = 2;
const EXCL: u64 = 4;
const TRUNC: u64 = 8;

/// For reading, following links.
const READ: Open = Open {
    follow: true,
    oflags: 0,
    rights: Rights::FD_READ
        .union(Rights::FD_SEEK)
        .union(Rights::FD_TELL)
        .union(Rights::FD_FILESTAT_GET),
    inheriting: Rights::empty(),
    fdflags: 0,
};

/// For everything, created if missing.
const WRITE: Open = Open { oflags: CREAT, rights: Rights::FILE, ..READ };

/// A directory for everything.
const OPEN_DIR: Open = Open {
    oflags: DIRECTORY,
    rights: Rights::DIRECTORY,
    inheriting: Rights::DIRECTORY.union(Rights::FILE),
    ..READ
};
