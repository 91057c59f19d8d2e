//! What code costs to run: fuel, charged where regions of code are entered, and places where a guest can be interrupted.
//!
//! A region is the code between two places where ways meet or part for good: the start of a function, of a loop, of a branch of
//! an `if`, and the end of a block in which something leaves for further out without condition, unless it leaves the innermost
//! loop or function for good. Code after any other block belongs to the region before the block. So a turn of a loop costs
//! one charge, and so does code with exits, however blocks are nested in it: what an exit skips is paid for too. That is at
//! most the code of one turn or call, each time one ends. Costs depend on the module alone.
//!
//! What depends on operands, the sizes of bulk operations, is charged where it is known. Invariant: each reachable operator is in one region.

use crate::control::Block;
use crate::function::FuncTranslator;
use wasmite_isa::{Op, Position};
use wasmite_module::Operator;

/// The current region: the cell that charges for it, and what operators cost that the cell does not have yet. A region that was
/// left has all in its cell, so going on with it takes the cell alone.
#[derive(Default, Debug)]
pub(crate) struct Region {
    pub(crate) cell: Option<Position>,
    cost: u64,
}

/// Slots zeroed at entry for one unit of fuel: 64 bytes.
const ZEROED_PER_UNIT: u64 = 8;

/// What an operator costs. Those are free that are translated where code is not reached.
#[inline(always)]
pub(crate) fn cost(operator: &Operator<'_>) -> u64 {
    let free = matches!(
        operator,
        Operator::Nop
            | Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::Else
            | Operator::End
            | Operator::Unreachable
    );
    u64::from(!free)
}

impl FuncTranslator<'_> {
    /// Begins a function: its locals are paid for at entry.
    pub(crate) fn begin_function_region(&mut self) {
        self.begin_region();
        self.region.cost = u64::from(self.frame.locals).div_ceil(ZEROED_PER_UNIT);
        self.interruption_point();
    }

    /// Begins a region here. The one before may be resumed.
    pub(crate) fn begin_region(&mut self) {
        if self.options.fuel {
            self.settle();
            let cell = self.asm.emit(Op::Fuel, &[], None, &[0]);
            self.region = Region { cell: Some(cell), cost: 0 };
        }
    }

    /// Goes on with the region in which a block was opened.
    fn resume_region(&mut self, outer: Option<Position>) {
        if self.region.cell != outer {
            self.settle();
            self.region = Region { cell: outer, cost: 0 };
        }
    }

    /// Notes that the current code leaves for the open block at `index`, or the function if that is 0, if it is reached at all.
    pub(crate) fn leave_for(&mut self, index: usize) {
        let turn = self.blocks.last().map_or(0, |block| block.turn);
        // An exit from a loop skips what is left of one turn of many: only what follows the loop knows of it. Just so the function
        // as a whole, of which there may be many calls.
        let leaves = index < turn || index == 0;
        let block = if leaves { self.blocks.get_mut(turn) } else { self.blocks.last_mut() };
        if let Some(block) = block {
            block.reach = block.reach.min(index);
        }
    }

    /// After the end of `block`: goes on with the region before it, unless some way ended inside it for good.
    pub(crate) fn leave_region(&mut self, block: Block) {
        if block.reach < self.blocks.len() {
            self.begin_region();
        } else {
            self.resume_region(block.region);
        }
    }

    /// Lets the host stop the guest here, if it asked for that.
    pub(crate) fn interruption_point(&mut self) {
        if self.options.interruption {
            self.asm.emit(Op::Poll, &[], None, &[]);
        }
    }

    /// Adds the cost of an operator to the current region.
    pub(crate) fn charge(&mut self, cost: u64) {
        self.region.cost += cost;
    }

    /// Adds what the current region has cost to its cell.
    pub(crate) fn settle(&mut self) {
        let Region { cell, cost } = &mut self.region;
        if let Some(cell) = cell {
            // A body has fewer bytes than that, so fewer operators.
            self.asm.add_to_field(*cell, core::mem::take(cost) as u32);
        }
    }
}
