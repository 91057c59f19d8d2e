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

/// The row of `X` and then `Y`. Cells before the last one are those of branches that are rarely taken, wherever their targets
/// are.
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

/// What neighbouring cells begin: an opcode, as a number of its own, or the sequence of a row, after those.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Prefix(u16);

/// By op, the number of its first opcode.
static NUMBERS: [u16; Op::ALL.len() + 1] = {
    let mut numbers = [0; Op::ALL.len() + 1];
    let mut i = 0;
    while i < Op::ALL.len() {
        numbers[i + 1] = numbers[i] + Op::ALL[i].shape().forms();
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

    #[inline]
    const fn of_row(row: u16) -> Self {
        Self(OPCODES + row)
    }
}

/// Places in the index: at least twice as many as rows, so that a search ends soon.
const PLACES: usize = (ROWS.len() * 2 + 2).next_power_of_two();

/// How many rows have a target.
const WITH_TARGET: usize = {
    let mut count = 0;
    let mut i = 0;
    while i < ROWS.len() {
        count += ROWS[i].has_target() as usize;
        i += 1;
    }
    count
};

/// Numbers of rows: first those that have no target, then those that have one.
const ROW_NUMBERS: [u16; ROWS.len()] = {
    let mut numbers = [0; ROWS.len()];
    let mut next = [0, (ROWS.len() - WITH_TARGET) as u16];
    let mut i = 0;
    while i < ROWS.len() {
        let next = &mut next[ROWS[i].has_target() as usize];
        numbers[i] = *next;
        *next += 1;
        i += 1;
    }
    numbers
};

/// Handlers by the number of a row; then, for those rows that have a target, the handlers for targets that are ahead.
static HANDLERS: [Handler; ROWS.len() + WITH_TARGET] = {
    let mut handlers = [dispatch::handler::<Invalid>(); ROWS.len() + WITH_TARGET];
    let mut i = 0;
    while i < ROWS.len() {
        let number = ROW_NUMBERS[i] as usize;
        handlers[number] = ROWS[i].handler;
        if ROWS[i].has_target() {
            handlers[number + WITH_TARGET] = ROWS[i].ahead;
        }
        i += 1;
    }
    handlers
};

/// Finds numbers of rows by key: an open hash table.
struct Index {
    /// Numbers plus one; zeros where nothing is. Apart from the keys, so that most searches that find nothing touch little memory.
    places: [u16; PLACES],
    /// By number.
    keys: [u32; ROWS.len()],
}

static INDEX: Index = Index::new();

/// What a row begins with, and its last opcode.
const fn key(prefix: Prefix, last: Prefix) -> u32 {
    (prefix.0 as u32) << 16 | last.0 as u32
}

/// Where the search for a key begins.
const fn place(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - PLACES.trailing_zeros())) as usize
}

impl Index {
    /// The number of the row with a key.
    #[inline]
    const fn find(&self, key: u32) -> Option<u16> {
        let mut at = place(key);
        loop {
            match self.places[at] {
                0 => return None,
                row if self.keys[row as usize - 1] == key => return Some(row - 1),
                _ => at = (at + 1) % PLACES,
            }
        }
    }

    const fn new() -> Self {
        let mut index = Self { places: [0; PLACES], keys: [0; ROWS.len()] };
        let mut row = 0;
        while row < ROWS.len() {
            let Row { before, last, .. } = ROWS[row];
            let prefix = match before {
                [first] => Prefix::of(*first),
                [first, second] => match index.find(key(Prefix::of(*first), Prefix::of(*second))) {
                    Some(pair) => Prefix::of_row(pair),
                    None => panic!("the first two cells of a triple must be a pair"),
                },
                _ => panic!("a sequence has two or three cells"),
            };
            assert!(prefix.0 != Prefix::NONE.0, "there are as many prefixes as numbers for them");
            let key = key(prefix, Prefix::of(last));
            assert!(index.find(key).is_none(), "a sequence must not be there twice");
            let mut at = place(key);
            while index.places[at] != 0 {
                at = (at + 1) % PLACES;
            }
            let number = ROW_NUMBERS[row];
            index.keys[number as usize] = key;
            index.places[at] = number + 1;
            row += 1;
        }
        index
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
    /// Takes the next cell, its position, and whether it has a target that is ahead. Gives positions of cells, with the op
    /// words for sequences that end with this one: the longer one last, which stands at an earlier cell.
    #[inline(always)]
    pub(crate) fn extend(
        &mut self,
        at: usize,
        opcode: Opcode,
        ahead: bool,
        mut found: impl FnMut(usize, u64),
    ) {
        debug_assert!(opcode.op.shape().has_target() || !ahead, "{opcode:?}");
        let last = Prefix::of(opcode);
        let Self { cell, pair, cell_at, pair_at } = *self;
        *self = Self { cell: last, pair: Prefix::NONE, cell_at: at, pair_at: cell_at };
        let beyond = if ahead { WITH_TARGET } else { 0 };
        let word = |row: u16| dispatch::word(HANDLERS[usize::from(row) + beyond]);
        if let Some(row) = INDEX.find(key(cell, last)) {
            self.pair = Prefix::of_row(row);
            found(cell_at, word(row));
        }
        if pair != Prefix::NONE
            && let Some(row) = INDEX.find(key(pair, last))
        {
            found(pair_at, word(row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The handler of the longest sequence that begins with the first of these cells, of which the last may have a target that is
    /// ahead.
    fn found(opcodes: &[Opcode], ahead: bool) -> Option<u64> {
        let mut sequences = Sequences::default();
        let mut words = Vec::new();
        for (at, opcode) in opcodes.iter().enumerate() {
            let ahead = ahead && at + 1 == opcodes.len();
            sequences.extend(at, *opcode, ahead, |start, word| words.push((start, word)));
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
            let cells: Vec<Opcode> = before.iter().chain([last]).copied().collect();
            assert_eq!(found(&cells, false), Some(dispatch::word(*handler)), "{cells:?}");
            if row.has_target() {
                assert_eq!(found(&cells, true), Some(dispatch::word(*ahead)), "{cells:?}");
            }
        }
    }

    #[test]
    fn other_neighbours_are_not() {
        let jump = Opcode::of_digits(Op::Jump, &[]);
        let [add, shift] = [Op::I32Add, Op::I32Shl].map(|op| Opcode::of_digits(op, &[0, 4, 1]));
        assert_eq!(found(&[jump, add], false), None);
        assert_eq!(found(&[add], false), None);
        let begun = found(&[shift, jump], false);
        assert_eq!(found(&[shift, jump, add], false).is_some(), begun.is_some());
    }
}
