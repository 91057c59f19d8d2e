//! What code of two tiers needs so that a frame can be moved from one to the other: cells that ask, and places to land.
//!
//! Not when that is worth it: the engine decides. Invariant: at a landing nothing is relied on but slots and the registers
//! that it names, and slots are what they are in front of the same loop's [`Op::HeatLoop`] cell (rule 12).

use crate::function::FuncTranslator;
use crate::hot::{NONE, REGISTERS, place};
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmite_isa::{Class, Dst, Op, Slot};

/// Where code can be entered in front of a loop, by a frame in which all locals are in their slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Landing {
    /// The loop, by its number among those of the function, from 1 on.
    pub number: u32,
    /// The cell to go on with, by its first word.
    pub word: u32,
    /// By register: the local that it has, or [`NONE`].
    locals: [u16; REGISTERS],
}

impl Landing {
    /// The registers that have a local, and its slot.
    pub fn registers(&self) -> impl Iterator<Item = (Dst, Class, Slot)> {
        let kept = self.locals.into_iter().enumerate().filter(|(_, local)| *local != NONE);
        kept.map(|(register, local)| {
            let (dst, class) = place(register);
            (dst, class, Slot(local))
        })
    }
}

impl FuncTranslator<'_> {
    /// Lets the engine look here, at the entry. It finds out itself of which function: all have such a cell, so it is short.
    pub(crate) fn heat_entry(&mut self) {
        if self.options.heat {
            self.asm.bare(Op::HeatEntry);
        }
    }

    /// Lets the engine look here, in the loop of this number.
    pub(crate) fn heat_loop(&mut self, number: usize) {
        if self.options.heat {
            self.asm.emit(Op::HeatLoop, &[], None, &[number as u64, self.func.0.into()]);
        }
    }

    /// Notes, if that is wanted, that frames can land here, in front of the next loop. What follows up to the loop's label reads
    /// locals alone, and nothing before changes afterwards: values that are on the operand stack are in their homes or constant.
    pub(crate) fn land(&mut self) -> Result<(), OutOfMemory> {
        let Some(landings) = &mut self.landings else { return Ok(()) };
        landings.try_push(Landing {
            number: self.loops_seen as u32 + 1,
            word: self.asm.position().0,
            locals: self.hot.locals(),
        })
    }
}
