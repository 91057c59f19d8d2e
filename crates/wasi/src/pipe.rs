//! Standard streams in memory.
//!
//! Invariant: an output pipe never holds more than its capacity.

use crate::{Errno, File, Interest, Readiness, Result};
use alloc::{sync::Arc, vec::Vec};
use spin::Mutex;

/// Input from bytes that are there from the beginning.
#[derive(Clone, Debug)]
pub struct MemoryInputPipe {
    rest: Arc<Mutex<Input>>,
}

#[derive(Debug)]
struct Input {
    bytes: Vec<u8>,
    at: usize,
}

impl MemoryInputPipe {
    /// A pipe that gives these bytes and then ends. Clones share what is left.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { rest: Arc::new(Mutex::new(Input { bytes: bytes.into(), at: 0 })) }
    }
}

impl File for MemoryInputPipe {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut input = self.rest.lock();
        let left = &input.bytes[input.at..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        input.at += count;
        Ok(count)
    }

    fn wait(&mut self, _: Interest, _: Option<u64>) -> Result<Option<Readiness>> {
        let input = self.rest.lock();
        let left = input.bytes.len() - input.at;
        Ok(Some(Readiness { bytes: left as u64, hangup: left == 0 }))
    }
}

/// Output that is kept.
#[derive(Clone, Debug)]
pub struct MemoryOutputPipe {
    capacity: usize,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl MemoryOutputPipe {
    /// A pipe for at most so many bytes; writes beyond fail with [`Errno::NoSpc`]. Clones share what was written.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, bytes: Arc::default() }
    }

    /// What was written.
    pub fn contents(&self) -> Vec<u8> {
        self.bytes.lock().clone()
    }
}

impl File for MemoryOutputPipe {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let mut bytes = self.bytes.lock();
        let count = buffer.len().min(self.capacity - bytes.len());
        if count < buffer.len() && count == 0 {
            return Err(Errno::NoSpc);
        }
        bytes.try_reserve(count).map_err(|_| Errno::NoMem)?;
        bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// A stream that is always empty and forgets what is written.
pub(crate) struct Closed;

impl File for Closed {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        Ok(buffer.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_ends() {
        let mut pipe = MemoryInputPipe::new(*b"abc");
        let mut buffer = [0; 2];
        assert_eq!((pipe.read(&mut buffer), buffer), (Ok(2), *b"ab"));
        assert_eq!((pipe.clone().read(&mut buffer), buffer), (Ok(1), *b"cb"));
        assert_eq!(pipe.read(&mut buffer), Ok(0));
        let ready = Readiness { bytes: 0, hangup: true };
        assert_eq!(pipe.wait(Interest::Read, Some(0)), Ok(Some(ready)));
        assert_eq!(pipe.write(b"x"), Err(Errno::Badf));
    }

    #[test]
    fn output_is_bounded() {
        let mut pipe = MemoryOutputPipe::new(3);
        assert_eq!(pipe.write(b"ab"), Ok(2));
        assert_eq!(pipe.write(b"cd"), Ok(1));
        assert_eq!(pipe.write(b"d"), Err(Errno::NoSpc));
        assert_eq!(pipe.write(b""), Ok(0));
        assert_eq!(pipe.contents(), b"abc");
        assert_eq!(pipe.read(&mut [0]), Err(Errno::Badf));
    }
}
