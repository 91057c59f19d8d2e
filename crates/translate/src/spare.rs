//! Registers that no local has, for temporaries that lose the accumulator before they are consumed.
//!
//! A temporary is put into such a register when it is consumed, by changing where its producer writes (rule 13). Invariant: what
//! is weighed here decides about speed alone.

use crate::function::FuncTranslator;
use crate::hot::{REGISTERS, operands, registers};
use crate::stack::Popped;
use wasmite_isa::{Class, Position, Src};

impl FuncTranslator<'_> {
    /// Reads `popped`, which `producer` has put into its slot, for the last time: from a register, if there is one for it. The cell
    /// that comes next is the one that reads it.
    #[inline(never)]
    pub(crate) fn borrow_register(&mut self, popped: Popped, producer: Position) -> Option<Src> {
        if producer < self.barrier {
            return None;
        }
        let is_free = |register: &usize| {
            self.hot.local(*register).is_none() && self.borrowed[*register] <= producer
        };
        let register = registers(popped.ty().class()).into_iter().find(is_free)?;
        let (src, dst) = operands(register);
        self.asm.set_dst(producer, dst);
        self.borrowed[register] = self.asm.position();
        Some(src)
    }

    /// No register keeps a temporary across this place.
    pub(crate) fn return_registers(&mut self) {
        self.borrowed = [self.asm.position(); REGISTERS];
    }
}

/// Which values of the operand stack lose the accumulator before they are consumed, roughly: the topmost 64, and none across
/// operators of which types alone do not say what they take.
#[derive(Clone, Copy, Default)]
pub(crate) struct Displaced {
    /// The values that cells compute, by class; the topmost is the lowest bit.
    computed: [u64; Class::COUNT],
    /// Those that have lost the accumulator.
    displaced: u64,
}

impl Displaced {
    /// Takes `count` values off; gives how many of them are worth a register of each class.
    pub(crate) fn pop(&mut self, count: u32) -> [u32; Class::COUNT] {
        let lost = self.displaced & ((1 << count) - 1);
        let worth = self.computed.map(|computed| (computed & lost).count_ones());
        self.computed = self.computed.map(|computed| computed >> count);
        self.displaced >>= count;
        worth
    }

    /// Puts a value on that is read where it is.
    pub(crate) fn push(&mut self) {
        self.computed = self.computed.map(|computed| computed << 1);
        self.displaced <<= 1;
    }

    /// Puts a value on that a cell computes: it takes the accumulator of its class from whatever had it.
    pub(crate) fn push_computed(&mut self, class: Class) {
        self.displaced |= self.computed[class as usize];
        self.push();
        self.computed[class as usize] |= 1;
    }
}
