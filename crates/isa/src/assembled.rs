//! Code that has been verified, where it was assembled: for those that link it, or keep a copy.
//!
//! Not [`Code`], which stands alone. Invariant: when it is made, what holds for a [`Code`] holds for its words.

use crate::verify::{Target, Verifier};
use crate::{Code, Frame};
use wasmite_core::{OutOfMemory, heap::boxed_slice};

/// The code of one function, in an [`Assembler`](crate::Assembler).
#[derive(Debug)]
pub struct Assembled<'a> {
    words: &'a mut [u64],
    frame: Frame,
    source: &'a [(u32, u32)],
    verifier: &'a Verifier,
}

impl<'a> Assembled<'a> {
    pub(crate) fn new(
        words: &'a mut [u64],
        frame: Frame,
        source: &'a [(u32, u32)],
        verifier: &'a Verifier,
    ) -> Self {
        Self { words, frame, source, verifier }
    }

    /// A copy of its own.
    pub fn to_code(&self) -> Result<Code, OutOfMemory> {
        let words = boxed_slice(self.words.iter().copied())?;
        let source = boxed_slice(self.source.iter().copied())?;
        Ok(Code { words, frame: self.frame, source })
    }

    /// The frame the code runs in.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// The cells as words, which may be changed to what an engine executes.
    pub fn into_words(self) -> &'a mut [u64] {
        self.words
    }

    /// The words at which cells start, in order.
    pub fn cells(&self) -> impl Iterator<Item = usize> + use<'a> {
        let starts = self.verifier.starts.iter().enumerate();
        starts.flat_map(|(at, bits)| Ones(*bits).map(move |bit| at * 64 + bit))
    }

    /// The words that are branch targets.
    pub fn targets(&self) -> impl Iterator<Item = usize> + use<'a> {
        let targets = self.verifier.targets.iter();
        targets.filter(|target| target.word != Target::IN_TABLE).map(|target| target.word as usize)
    }
}

/// The bits of a word that are set, from the lowest on.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let Self(bits) = self;
        let lowest = (*bits != 0).then(|| bits.trailing_zeros() as usize);
        *bits &= bits.wrapping_sub(1);
        lowest
    }
}
