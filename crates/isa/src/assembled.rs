//! Code that has been verified and linked where it was assembled, but for branch targets.
//!
//! Not [`Code`](crate::Code), which is relocatable. Invariant: when it is made, what holds for a `Code` held for its words
//! before they were linked.

use crate::Frame;
use crate::verify::{Target, Verifier};

/// The code of one function, in an [`Assembler`](crate::Assembler).
#[derive(Debug)]
pub struct Assembled<'a> {
    words: &'a mut [u64],
    frame: Frame,
    verifier: &'a Verifier,
}

impl<'a> Assembled<'a> {
    pub(crate) fn new(words: &'a mut [u64], frame: Frame, verifier: &'a Verifier) -> Self {
        Self { words, frame, verifier }
    }

    /// The frame the code runs in.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// How many words there are.
    pub fn word_count(&self) -> usize {
        self.words.len()
    }

    /// Whether a cell starts at `word`.
    pub fn has_cell_at(&self, word: u32) -> bool {
        self.verifier.has_cell_at(word as usize)
    }

    /// The words; `target` says what to write where a branch target is, which it gets as the index of a word.
    pub fn with_targets(self, target: impl Fn(usize) -> u64) -> &'a [u64] {
        for Target { word, to, .. } in &self.verifier.targets {
            if *word != Target::IN_TABLE {
                self.words[*word as usize] = target(*to as usize);
            }
        }
        self.words
    }
}
