//! The test that a loop begins with, repeated where the loop goes on: a turn then ends in a branch to what follows the test,
//! not in a jump to the test.
//!
//! Not where fuel is charged: what a turn costs is not known there yet. Invariant: what is repeated is straight code from the
//! loop's label to a conditional branch, and does the same wherever it stands, as it relies on registers and slots only
//! (rule 10).

use crate::canonical;
use crate::control::Block;
use crate::function::FuncTranslator;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmite_isa::{Label, Op, Position, Src};

/// Words that are repeated at most, besides the branch.
pub(crate) const MOST_WORDS: u32 = 8;

/// Blocks that are looked at for a loop that begins with a branch, the loop included.
const MOST_BLOCKS: usize = 4;

/// The test that a loop begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    /// Where its branch is. The cells before it are the test's, from the loop's label on.
    branch: Position,
    /// The branch that is taken where the loop goes on, and its operands.
    op: Op,
    a: Src,
    b: Src,
    /// Where the loop's own branch goes.
    exit: Label,
    /// What follows that branch.
    inside: Label,
}

impl FuncTranslator<'_> {
    /// Appends a branch to `exit`. If that is the first thing a loop does, this is its test.
    pub(crate) fn branch(
        &mut self,
        op: Op,
        a: Src,
        b: Src,
        exit: Label,
    ) -> Result<(), OutOfMemory> {
        let at = self.asm.branch(op, a, b, exit);
        if self.options.rotate_loops
            && !self.options.fuel
            && let Some(index) = self.loop_beginning_at(self.barrier)
            && at.0 - self.barrier.0 <= MOST_WORDS
            && let Some(opposite) = op.test().and_then(Op::negated)
            && let Some((op, b)) = canonical::branch(opposite, b)
        {
            let inside = self.asm.label();
            self.asm.bind(inside);
            self.blocks[index].test = Some(self.tests.len() as u32);
            self.tests.try_push(Test { branch: at, op, a, b, exit, inside })?;
        }
        self.last = None;
        self.barrier = self.asm.position();
        Ok(())
    }

    /// The innermost loop, if its label is at `position`, by its place among the open blocks. A few blocks may be open in it.
    fn loop_beginning_at(&self, position: Position) -> Option<usize> {
        let begins = |block: &Block| {
            block.is_loop() && self.asm.bound(block.label) == position && block.test.is_none()
        };
        let first = self.blocks.len().saturating_sub(MOST_BLOCKS);
        (first..self.blocks.len()).rev().find(|index| begins(&self.blocks[*index]))
    }

    /// Appends what brings code to `target`: a jump, or a loop's test.
    pub(crate) fn go_to(&mut self, target: &Block) -> Result<(), OutOfMemory> {
        let Some(test) = target.test else {
            self.asm.jump(target.label);
            return Ok(());
        };
        let Test { branch, op, a, b, exit, inside } = self.tests[test as usize];
        self.asm.repeat(self.asm.bound(target.label), branch)?;
        self.asm.branch(op, a, b, inside);
        self.asm.jump(exit);
        Ok(())
    }
}
