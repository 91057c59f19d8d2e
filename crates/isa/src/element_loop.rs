//! What is known of a loop that copies or fills memory element by element: the contents of the cell in front of it.
//!
//! Not how such a loop is found (the translator) nor run (the engine). Invariant: positions of fields are counted here,
//! once for the shape, the encoder and the handler.

use crate::shape::Field;
use crate::{Op, Slot};

/// Byte positions of the slots whose sum is the first address that is written.
pub const TARGET: [usize; 2] = [8, 10];
/// Byte positions of the slots whose sum is the first address that is read; the first one has a fill's value.
pub const SOURCE: [usize; 2] = [12, 14];
/// Byte position of the slot on the left of the test.
pub const LEFT: usize = 16;
/// Byte position of the slot on the right of the test.
pub const RIGHT: usize = 18;
/// Byte position of the slot by which the stride, the speed and all steps are multiplied.
pub const DIRECTION: usize = 20;
/// Byte position of [`ElementLoop::traits`].
pub const TRAITS: usize = 22;
/// Byte position of the slot of the hot integer local.
pub const HOT: usize = 24;
/// Byte position of the slot of the second hot integer local.
pub const WARM: usize = 26;
/// Byte position of the stride.
pub const STRIDE: usize = 28;
/// Byte position of the speed.
pub const SPEED: usize = 30;
/// Byte position of the first slot that changes; others follow.
pub const CHANGING: usize = 32;
/// Byte position of the first slot's step; others follow.
pub const STEPS: usize = 40;
/// Byte position of what is added to the target's slots, then of its offset.
pub const TARGET_CONSTANTS: [usize; 2] = [48, 52];
/// The same for the source; the first is a fill's value, of which copies of the sign are the upper bits.
pub const SOURCE_CONSTANTS: [usize; 2] = [56, 60];
/// Byte positions of what is added to each side of the test.
pub const TEST_CONSTANTS: [usize; 2] = [64, 68];
/// Words of the cell.
pub const WORDS: usize = 9;
/// How many slots may change.
pub const MOST_CHANGING: usize = 4;

/// The fields, in the order of [`ElementLoop::fields`].
pub(crate) const FIELDS: [Field; 26] = [
    Field::OptionalSlot(TARGET[0]),
    Field::OptionalSlot(TARGET[1]),
    Field::OptionalSlot(SOURCE[0]),
    Field::OptionalSlot(SOURCE[1]),
    Field::OptionalSlot(LEFT),
    Field::OptionalSlot(RIGHT),
    Field::OptionalSlot(DIRECTION),
    Field::U16(TRAITS),
    Field::OptionalSlot(HOT),
    Field::OptionalSlot(WARM),
    Field::I16(STRIDE),
    Field::I16(SPEED),
    Field::OptionalSlot(CHANGING),
    Field::OptionalSlot(CHANGING + 2),
    Field::OptionalSlot(CHANGING + 4),
    Field::OptionalSlot(CHANGING + 6),
    Field::I16(STEPS),
    Field::I16(STEPS + 2),
    Field::I16(STEPS + 4),
    Field::I16(STEPS + 6),
    Field::U32(TARGET_CONSTANTS[0]),
    Field::U32(TARGET_CONSTANTS[1]),
    Field::U32(SOURCE_CONSTANTS[0]),
    Field::U32(SOURCE_CONSTANTS[1]),
    Field::U32(TEST_CONSTANTS[0]),
    Field::U32(TEST_CONSTANTS[1]),
];

/// A sum of up to two slots and a constant, wrapping at 32 bits, and what a memory access adds to it without wrapping.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    /// The slots.
    pub slots: [Option<Slot>; 2],
    /// What is added to them.
    pub constant: u32,
    /// The offset of the access.
    pub offset: u32,
}

/// A slot or zero, plus a constant, wrapping at 32 bits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Side {
    /// The slot.
    pub slot: Option<Slot>,
    /// What is added to it.
    pub constant: u32,
}

/// When a loop goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Test {
    /// The sides differ.
    Ne,
    /// The left side is less, unsigned.
    LtU,
    /// The left side is less, signed.
    LtS,
}

/// What is read in each iteration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// As many elements from here on.
    Memory(Place),
    /// Nothing: a value that stays the same is written.
    Value(Side),
}

/// A loop that, in each iteration, writes elements to consecutive addresses, tests once whether to go on, and changes
/// slots by constant steps. All values are those of the slots when the first iteration begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ElementLoop {
    /// Where the first element goes.
    pub target: Place,
    /// What it is.
    pub source: Source,
    /// Log2 of an element's bytes.
    pub log2: u8,
    /// Bytes from an iteration's first element to the next one's: what it writes, negative if addresses fall.
    pub stride: i16,
    /// What the first test compares.
    pub sides: [Side; 2],
    /// How.
    pub test: Test,
    /// By how much the left side gains on the right one per iteration: not zero, and positive unless the test is
    /// [`Test::Ne`].
    pub speed: i16,
    /// Whether an iteration whose test fails does not get to its end.
    pub partial: bool,
    /// If there is one, its value must be 1 or -1, and multiplies the stride, the speed and all steps.
    pub direction: Option<Slot>,
    /// Slots that change, and by how much in each iteration.
    pub steps: [(Option<Slot>, i16); MOST_CHANGING],
}

impl ElementLoop {
    /// The op of the cell.
    pub fn op(&self) -> Op {
        match self.source {
            Source::Memory(_) => Op::CopyLoop,
            Source::Value(_) => Op::FillLoop,
        }
    }

    /// Width, test, and whether the last iteration is partial, as one field.
    fn traits(&self) -> u64 {
        u64::from(self.log2) | (self.test as u64) << 2 | u64::from(self.partial) << 4
    }

    /// The values of the shape's fields, given the slots of the integer locals that are kept in registers.
    pub fn fields(&self, registers: [Option<Slot>; 2]) -> [u64; FIELDS.len()] {
        let optional = |slot: Option<Slot>| u64::from(slot.map_or(Field::NO_SLOT, |slot| slot.0));
        let ([a, b], [hot, warm]) = (self.target.slots.map(optional), registers.map(optional));
        let source = match self.source {
            Source::Memory(place) => place,
            Source::Value(Side { slot, constant }) => {
                Place { slots: [slot, None], constant, offset: 0 }
            }
        };
        let ([c, d], [left, right]) = (source.slots.map(optional), self.sides);
        let [s0, s1, s2, s3] = self.steps.map(|(slot, _)| optional(slot));
        let [k0, k1, k2, k3] = self.steps.map(|(_, step)| step as u64);
        let (l, r) = (optional(left.slot), optional(right.slot));
        let (direction, traits) = (optional(self.direction), self.traits());
        let (stride, speed) = (self.stride as u64, self.speed as u64);
        let [k, m] = [self.target.constant, self.target.offset].map(u64::from);
        let [n, o] = [source.constant, source.offset].map(u64::from);
        let [x, y] = [left.constant, right.constant].map(u64::from);
        [
            a, b, c, d, l, r, direction, traits, hot, warm, stride, speed, s0, s1, s2, s3, k0, k1,
            k2, k3, k, m, n, o, x, y,
        ]
    }
}

/// Log2 of an element's bytes, the test, and whether the last iteration is partial, in the field at [`TRAITS`].
#[inline]
pub fn traits(field: u16) -> (u8, Test, bool) {
    let test = match field >> 2 & 3 {
        0 => Test::Ne,
        1 => Test::LtU,
        _ => Test::LtS,
    };
    ((field & 3) as u8, test, field & 16 != 0)
}
