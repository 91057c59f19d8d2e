//! What code costs to run: fuel, charged where regions of code are entered, and places where a guest can be interrupted.
//!
//! A region is the code between two places where ways meet or part for good: the start of a function, of a loop, of a branch of
//! an `if`, and the end of a block that something inside leaves for somewhere further out. Code after a block that is always
//! left through its end belongs to the region before the block. So a loop costs one charge per turn, and straight code with
//! conditional exits one charge in all: what such an exit skips is paid for too. Costs depend on the module alone.
//!
//! What depends on operands, the sizes of bulk operations, is charged where it is known. Invariant: each reachable operator is in one region.

use crate::function::FuncTranslator;
use wasmite_isa::{Op, Position};
use wasmparser::Operator;

/// A region: the cell that charges for it, and what its operators cost so far.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Region {
    cell: Option<Position>,
    cost: u64,
}

/// Slots zeroed at entry for one unit of fuel: 64 bytes.
const ZEROED_PER_UNIT: u64 = 8;

impl FuncTranslator<'_> {
    /// Begins a function: its locals are paid for at entry.
    pub(crate) fn begin_function_region(&mut self) {
        self.begin_region();
        self.region.cost = u64::from(self.frame.locals).div_ceil(ZEROED_PER_UNIT);
        self.interruption_point();
    }

    /// Begins a region here. The one before keeps what it has cost, and may be resumed.
    pub(crate) fn begin_region(&mut self) {
        if self.options.fuel {
            self.settle();
            let cell = self.asm.emit(Op::Fuel, &[], None, &[0]);
            self.region = Region { cell: Some(cell), cost: 0 };
        }
    }

    /// Goes on with the region in which a block was opened.
    pub(crate) fn resume_region(&mut self, outer: Region) {
        if self.region.cell != outer.cell {
            self.settle();
            self.region = outer;
        }
    }

    /// Lets the host stop the guest here, if it asked for that.
    pub(crate) fn interruption_point(&mut self) {
        if self.options.interruption {
            self.asm.emit(Op::Poll, &[], None, &[]);
        }
    }

    /// Adds the cost of an operator to the current region.
    pub(crate) fn charge(&mut self, operator: &Operator<'_>) {
        let free = matches!(
            operator,
            Operator::Nop
                | Operator::Block { .. }
                | Operator::Loop { .. }
                | Operator::Else
                | Operator::End
                | Operator::Unreachable
        );
        self.region.cost += u64::from(!free);
    }

    /// Writes what the current region costs into its cell.
    pub(crate) fn settle(&mut self) {
        let Region { cell, cost } = self.region;
        if let Some(cell) = cell {
            // A body has fewer bytes than that, so fewer operators.
            self.asm.set_field(cell, cost as u32);
        }
    }
}
