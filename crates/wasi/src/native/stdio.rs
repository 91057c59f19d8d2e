//! The host's standard streams.
//!
//! Invariant: what a guest has written is with the system when the call returns; nothing stays in a buffer here, in
//! either direction, so that waiting for a stream tells the truth.

use super::system;
use crate::{File, FileType, Interest, Readiness, Result};
use std::io::{IsTerminal, stderr, stdin, stdout};

/// The host's standard input.
#[derive(Clone, Copy, Debug)]
pub struct Stdin;

/// The host's standard output.
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

/// The host's standard error.
#[derive(Clone, Copy, Debug)]
pub struct Stderr;

/// Guests format and edit lines for terminals only.
fn filetype(stream: &impl IsTerminal) -> FileType {
    if stream.is_terminal() { FileType::CharacterDevice } else { FileType::Unknown }
}

impl File for Stdin {
    fn filetype(&self) -> FileType {
        filetype(&stdin())
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        system::read_stdin(buffer)
    }

    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        system::wait(stdin(), interest, timeout)
    }
}

impl File for Stdout {
    fn filetype(&self) -> FileType {
        filetype(&stdout())
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        system::write_stream(stdout(), buffer)
    }

    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        system::wait(stdout(), interest, timeout)
    }
}

impl File for Stderr {
    fn filetype(&self) -> FileType {
        filetype(&stderr())
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        system::write_stream(stderr(), buffer)
    }

    fn wait(&mut self, interest: Interest, timeout: Option<u64>) -> Result<Option<Readiness>> {
        system::wait(stderr(), interest, timeout)
    }
}
