//! Finds loops that copy or fill memory element by element, by evaluating one iteration symbolically.
//!
//! Not what becomes of them: a cell in front of the loop (`memory.rs`). The loop itself is translated as any other, so
//! nothing here can make it wrong. Invariant: what is found describes each iteration that ends with a branch to the loop,
//! from the first on; code that is not valid is no such loop.
mod iteration;
mod summary;

use crate::local::Local;
use iteration::Iteration;
use wasmite_core::OutOfMemory;
use wasmite_isa::Slot;
use wasmite_isa::element_loop::{ElementLoop, Place, Side, Test};
use wasmite_module::{Error, Operators};

/// Loops whose first iteration has more operators than this are something else.
const LONGEST: usize = 96;

/// What a value is, in terms of the locals' values when the iteration began.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Value {
    Sum(Sum),
    /// What the load of this number read.
    Loaded(usize),
    /// A local that is not a 32-bit integer.
    Other(u32),
    /// A constant that is not a 32-bit integer.
    Constant(u64),
    Comparison(Comparison),
}

/// A sum of locals and a constant, wrapping at 32 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Sum {
    /// In ascending order, nothing first.
    locals: [Option<u32>; 2],
    constant: u32,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Comparison {
    test: Test,
    sides: [Sum; 2],
    /// Whether the test's outcome is turned round.
    negated: bool,
}

/// A load or store.
#[derive(Clone, Copy)]
struct Access {
    address: Sum,
    offset: u32,
    log2: u8,
}

/// The change of a local or of a sum per iteration.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Step {
    constant: i32,
    /// How often the loop's direction is added.
    directions: i32,
}

/// The loop whose body `operators` are at, in a function with these locals; memory 0 has 32-bit addresses.
pub(crate) fn find(
    mut operators: Operators<'_>,
    locals: &[Local],
) -> Result<Option<ElementLoop>, OutOfMemory> {
    let mut iteration = Iteration::new(locals);
    for _ in 0..LONGEST {
        iteration.make_room()?;
        let operator = match operators.read() {
            Ok(Some((operator, _))) => operator,
            Err(Error::OutOfMemory(error)) => return Err(error),
            // What is malformed is found when it is translated.
            Ok(None) | Err(_) => break,
        };
        match iteration.operator(&operator) {
            Some(None) => {}
            Some(Some(partial)) => return Ok(iteration.finish(partial)),
            None => break,
        }
    }
    Ok(None)
}

impl Sum {
    const fn constant(constant: u32) -> Self {
        Self { locals: [None; 2], constant }
    }

    fn add(self, other: Self) -> Option<Self> {
        let mut locals = match (self.locals, other.locals) {
            (locals, [None, None]) | ([None, None], locals) => locals,
            ([None, a], [None, b]) => [a, b],
            _ => return None,
        };
        locals.sort_unstable();
        Some(Self { locals, constant: self.constant.wrapping_add(other.constant) })
    }

    fn sub(self, other: Self) -> Option<Self> {
        let negated = Self::constant(other.constant.wrapping_neg());
        (other.locals == [None; 2]).then(|| self.add(negated)).flatten()
    }

    /// As one side of a test, or a value: at most one local.
    fn side(self) -> Option<Side> {
        let Self { locals: [None, local], constant } = self else { return None };
        Some(Side { slot: local.map(slot), constant })
    }
}

/// A local's slot.
fn slot(local: u32) -> Slot {
    // Checked when the function began: all locals fit into a frame, where they are the first.
    Slot(local as u16)
}

impl Step {
    /// The step as one number, to be multiplied by the direction if there is one.
    fn number(self, direction: Option<u32>) -> Option<i16> {
        let Self { constant, directions } = self;
        match direction {
            Some(_) if constant == 0 => i16::try_from(directions).ok(),
            None if directions == 0 => i16::try_from(constant).ok(),
            _ => None,
        }
    }
}

impl Access {
    fn place(self) -> Place {
        let Self { address: Sum { locals, constant }, offset, .. } = self;
        Place { slots: locals.map(|local| local.map(slot)), constant, offset }
    }

    /// Whether the access is of an element as wide as `first`, `distance` bytes from it, without wrapping where that
    /// does not: neither part of the distance goes beyond it.
    fn follows(self, first: Self, distance: i64) -> bool {
        let constant = self.address.constant.wrapping_sub(first.address.constant) as i32;
        let (constant, offset) =
            (i64::from(constant), i64::from(self.offset) - i64::from(first.offset));
        let within = constant.abs() <= distance.abs() && offset.abs() <= distance.abs();
        let same = self.address.locals == first.address.locals && self.log2 == first.log2;
        same && within && constant + offset == distance
    }
}
