//! Sequences: handlers that execute neighbouring cells, and how linking finds them.
//!
//! Not which there are: that is `wasmite_isa`'s table. Invariant: a sequence does what the handlers of its cells do one after
//! the other, so whether it is used is a matter of speed alone.

use super::{Execute, Invalid, cells::*};
use crate::dispatch::{self, Handler};
use crate::raw::{Flow, Regs};
use core::marker::PhantomData;
use wasmite_isa::{Op, Opcode};

/// Executes cells as `X` does and then, unless that jumps or exits, the next one as `Y` does.
struct Sequence<X, Y>(PhantomData<(X, Y)>);

impl<X: Execute, Y: Execute> Execute for Sequence<X, Y> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1 and I2, promised by the caller: linking puts this where cells of both stand one after the other, and
        // the first has left the instruction pointer at the second.
        unsafe {
            match X::execute(regs) {
                Flow::Next => Y::execute(regs),
                elsewhere => elsewhere,
            }
        }
    }
}

/// A sequence of the table.
#[derive(Clone, Copy)]
struct Row {
    /// The cells before the last one, as their first word or the row of their sequence has them.
    before: &'static [Opcode],
    last: Opcode,
    handler: Handler,
    /// The handler if the last cell has a target that is ahead.
    ahead: Handler,
}

impl Row {
    /// Whether the last cell has a target.
    const fn has_target(&self) -> bool {
        self.last.op.shape().has_target()
    }
}

/// The row of `X` and then `Y`. A branch before another cell is one to what is ahead: what follows one that repeats a loop is
/// hardly ever reached.
const fn pair<X: Execute + Cells, Y: Execute + Cells>() -> Row {
    Row {
        before: X::OPCODES,
        last: Y::OPCODES[0],
        handler: dispatch::handler::<Sequence<X::Ahead, Y>>(),
        ahead: dispatch::handler::<Sequence<X::Ahead, Y::Ahead>>(),
    }
}

/// The row of `X`, then `Y`, then `Z`.
const fn triple<X: Execute + Cells, Y: Execute + Cells, Z: Execute + Cells>() -> Row {
    Row {
        before: const { &[X::OPCODES[0], Y::OPCODES[0]] },
        last: Z::OPCODES[0],
        handler: dispatch::handler::<Sequence<X::Ahead, Sequence<Y::Ahead, Z>>>(),
        ahead: dispatch::handler::<Sequence<X::Ahead, Sequence<Y::Ahead, Z::Ahead>>>(),
    }
}

macro_rules! define_rows {
    (
        pairs { $($first:ty: $($then:ident $([$($form:ident)*])+)+;)* }
        triples { $($one:ty, $two:ty: $($last:ident $([$($last_form:ident)*])+)+;)* }
    ) => {
        /// All sequences: pairs first, so that those that triples begin with are known before them.
        const ROWS: &[Row] = &[
            $($($(pair::<$first, $then<$($form),*>>(),)+)+)*
            $($($(triple::<$one, $two, $last<$($last_form),*>>(),)+)+)*
        ];
    };
}

#[cfg(sequences)]
wasmite_isa::for_each_sequence!(define_rows);

#[cfg(not(sequences))]
define_rows!(pairs {} triples {});

/// What neighbouring cells begin: an opcode, as a number of its own, or a sequence, after those.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Prefix(u16);

/// By op, the number of its first opcode. Opcodes with a target that is ahead follow those with another.
static NUMBERS: [u16; Op::ALL.len() + 1] = {
    let mut numbers = [0; Op::ALL.len() + 1];
    let mut i = 0;
    while i < Op::ALL.len() {
        let shape = Op::ALL[i].shape();
        numbers[i + 1] = numbers[i] + shape.forms() * (1 + shape.has_target() as u16);
        i += 1;
    }
    numbers
};

/// Number of opcodes.
const OPCODES: u16 = NUMBERS[Op::ALL.len()];

impl Prefix {
    /// Begins no sequence.
    const NONE: Self = Self(u16::MAX);

    #[inline]
    const fn of(opcode: Opcode) -> Self {
        Self(NUMBERS[opcode.op as usize] + opcode.form)
    }

    /// Of a cell before another.
    const fn before(opcode: Opcode) -> Self {
        Self::of(if opcode.op.shape().has_target() { opcode.ahead() } else { opcode })
    }

    #[inline]
    const fn of_sequence(number: u16) -> Self {
        Self(OPCODES + number)
    }
}

/// How many sequences there are: two for a row that has a target.
const SEQUENCES: usize = {
    let mut count = ROWS.len();
    let mut i = 0;
    while i < ROWS.len() {
        count += ROWS[i].has_target() as usize;
        i += 1;
    }
    count
};

/// Places in the index: at least four times as many as sequences, so that most searches look at one.
const PLACES: usize = (SEQUENCES * 4 + 2).next_power_of_two();

/// Handlers by the number of a sequence. One with a target that is ahead follows the one with another.
static HANDLERS: [Handler; SEQUENCES] = {
    let mut handlers = [dispatch::handler::<Invalid>(); SEQUENCES];
    let (mut row, mut number) = (0, 0);
    while row < ROWS.len() {
        handlers[number] = ROWS[row].handler;
        number += 1;
        if ROWS[row].has_target() {
            handlers[number] = ROWS[row].ahead;
            number += 1;
        }
        row += 1;
    }
    handlers
};

/// Finds numbers of sequences by key: an open hash table.
struct Index {
    /// Numbers plus one; zeros where nothing is. Apart from the keys, so that most searches that find nothing touch little
    /// memory.
    places: [u16; PLACES],
    /// By number.
    keys: [u32; SEQUENCES],
}

static INDEX: Index = Index::new();

/// What a sequence begins with, and its last opcode.
const fn key(prefix: Prefix, last: Prefix) -> u32 {
    (prefix.0 as u32) << 16 | last.0 as u32
}

/// Where the search for a key begins.
const fn place(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - PLACES.trailing_zeros())) as usize
}

impl Index {
    /// The number of the sequence with a key.
    #[inline]
    const fn find(&self, key: u32) -> Option<u16> {
        let mut at = place(key);
        loop {
            match self.places[at] {
                0 => return None,
                number if self.keys[number as usize - 1] == key => return Some(number - 1),
                _ => at = (at + 1) % PLACES,
            }
        }
    }

    const fn new() -> Self {
        let mut index = Self { places: [0; PLACES], keys: [0; SEQUENCES] };
        let (mut row, mut number) = (0, 0);
        while row < ROWS.len() {
            let prefix = index.prefix(ROWS[row].before);
            let last = ROWS[row].last;
            index.insert(number, key(prefix, Prefix::of(last)));
            number += 1;
            if ROWS[row].has_target() {
                index.insert(number, key(prefix, Prefix::of(last.ahead())));
                number += 1;
            }
            row += 1;
        }
        index
    }

    /// What the cells of a row before the last one begin.
    const fn prefix(&self, before: &[Opcode]) -> Prefix {
        let prefix = match before {
            [first] => Prefix::before(*first),
            [first, second] => {
                match self.find(key(Prefix::before(*first), Prefix::before(*second))) {
                    Some(pair) => Prefix::of_sequence(pair),
                    None => panic!("the first two cells of a triple must be a pair"),
                }
            }
            _ => panic!("a sequence has two or three cells"),
        };
        assert!(prefix.0 != Prefix::NONE.0, "there are as many prefixes as numbers for them");
        prefix
    }

    const fn insert(&mut self, number: usize, key: u32) {
        assert!(self.find(key).is_none(), "a sequence must not be there twice");
        let mut at = place(key);
        while self.places[at] != 0 {
            at = (at + 1) % PLACES;
        }
        self.keys[number] = key;
        self.places[at] = number as u16 + 1;
    }
}

/// Looks for sequences in cells as they come.
pub(crate) struct Sequences {
    /// What the previous cell begins, and what the pair begins of which it is the last cell.
    cell: Prefix,
    pair: Prefix,
    /// Where those two begin.
    cell_at: usize,
    pair_at: usize,
}

impl Default for Sequences {
    fn default() -> Self {
        Self { cell: Prefix::NONE, pair: Prefix::NONE, cell_at: 0, pair_at: 0 }
    }
}

impl Sequences {
    /// Takes the next cell, as linking knows it, and its position. Gives positions of cells, with the op words for sequences
    /// that end with this one: the longer one last, which stands at an earlier cell.
    #[inline(always)]
    pub(crate) fn extend(&mut self, at: usize, opcode: Opcode, mut found: impl FnMut(usize, u64)) {
        let last = Prefix::of(opcode);
        let Self { cell, pair, cell_at, pair_at } = *self;
        *self = Self { cell: last, pair: Prefix::NONE, cell_at: at, pair_at: cell_at };
        let word = |number: u16| dispatch::word(HANDLERS[usize::from(number)]);
        if let Some(number) = INDEX.find(key(cell, last)) {
            self.pair = Prefix::of_sequence(number);
            found(cell_at, word(number));
        }
        if pair != Prefix::NONE
            && let Some(number) = INDEX.find(key(pair, last))
        {
            found(pair_at, word(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The handler of the longest sequence that begins with the first of these cells.
    fn found(opcodes: &[Opcode]) -> Option<u64> {
        let mut sequences = Sequences::default();
        let mut words = Vec::new();
        for (at, opcode) in opcodes.iter().enumerate() {
            sequences.extend(at, *opcode, |start, word| words.push((start, word)));
        }
        words.into_iter().rfind(|(start, _)| *start == 0).map(|(_, word)| word)
    }

    #[test]
    fn sequences_are_of_opcodes_that_may_be_where_they_are() {
        for Row { before, last, .. } in ROWS {
            assert!(before.iter().all(|opcode| opcode.op.can_continue_sequence()), "{before:?}");
            assert!(last.op.can_end_sequence(), "{last:?}");
            for opcode in before.iter().chain([last]) {
                let (digits, _) = opcode.digits();
                assert!(opcode.op.allows(&digits), "{opcode:?}");
            }
        }
    }

    #[test]
    fn every_sequence_is_found() {
        for row in ROWS {
            let Row { before, last, handler, ahead } = row;
            let cells = |last: Opcode| -> Vec<Opcode> {
                let has_target = |opcode: &Opcode| opcode.op.shape().has_target();
                let before = before.iter().map(|it| if has_target(it) { it.ahead() } else { *it });
                before.chain([last]).collect()
            };
            assert_eq!(found(&cells(*last)), Some(dispatch::word(*handler)), "{before:?} {last:?}");
            if row.has_target() {
                let found = found(&cells(last.ahead()));
                assert_eq!(found, Some(dispatch::word(*ahead)), "{before:?} {last:?}");
            }
        }
    }

    #[test]
    fn other_neighbours_are_not() {
        let jump = Opcode::of_digits(Op::Jump, &[]);
        let [add, shift] = [Op::I32Add, Op::I32Shl].map(|op| Opcode::of_digits(op, &[0, 4, 1]));
        assert_eq!(found(&[jump, add]), None);
        assert_eq!(found(&[add]), None);
        assert_eq!(found(&[shift, jump, add]).map(|_| ()), found(&[shift, jump]).map(|_| ()));
    }
}
