//! What an iteration amounts to: which bytes it writes and reads, what changes, and when the loop ends.
//!
//! Not the evaluation (`iteration.rs`). Invariant: all that the loop reads at its start is constant, or changes by the same
//! in each iteration.

use super::{Access, Comparison, Iteration, Step, Sum, Value, slot};
use wasmite_isa::element_loop::{ElementLoop, MOST_CHANGING, Side, Source, Test};

impl Iteration<'_> {
    /// The loop, if all of it fits; `partial` if the test came before the iteration's end.
    pub(super) fn finish(&self, partial: bool) -> Option<ElementLoop> {
        let direction = self.direction();
        let mut steps = [(None, 0); MOST_CHANGING];
        let mut changing = steps.iter_mut();
        for local in &self.read {
            let step = self.step(*local, direction)?;
            if step != Step::default() {
                *changing.next()? = (Some(slot(*local)), step.number(direction)?);
            }
        }
        let stride = self.stride(direction)?;
        let (first, value) = *self.stores.first()?;
        let source = match self.loads.first() {
            Some(load) if self.loads.len() == self.stores.len() => Source::Memory(load.place()),
            Some(_) => return None,
            None => Source::Value(self.invariant(value, direction)?),
        };
        let (test, speed) = self.speed(direction)?;
        let [left, right] = test.sides;
        Some(ElementLoop {
            target: first.place(),
            source,
            log2: first.log2,
            stride,
            sides: [left.side()?, right.side()?],
            test: test.test,
            speed,
            partial,
            direction: direction.map(slot),
            steps,
        })
    }

    /// The last value assigned to `local`.
    fn assigned(&self, local: u32) -> Option<Value> {
        Some(self.assigned.iter().rfind(|(assigned, _)| *assigned == local)?.1)
    }

    /// The local that is added to another one in each iteration, and stays the same.
    fn direction(&self) -> Option<u32> {
        self.read.iter().find_map(|local| match self.assigned(*local)? {
            Value::Sum(Sum { locals: [Some(a), Some(b)], constant: 0 }) => {
                let other = if a == *local { b } else { a };
                self.assigned(other).is_none().then_some(other)
            }
            _ => None,
        })
    }

    /// By how much `local` changes in each iteration, if that is always the same.
    fn step(&self, local: u32, direction: Option<u32>) -> Option<Step> {
        let Some(value) = self.assigned(local) else { return Some(Step::default()) };
        let Value::Sum(Sum { locals, constant }) = value else { return None };
        let mut both = [Some(local), direction];
        both.sort_unstable();
        if locals == [None, Some(local)] {
            Some(Step { constant: constant as i32, directions: 0 })
        } else if direction.is_some() && direction != Some(local) && locals == both && constant == 0
        {
            Some(Step { constant: 0, directions: 1 })
        } else {
            None
        }
    }

    fn step_of_sum(&self, sum: Sum, direction: Option<u32>) -> Option<Step> {
        let mut total = Step::default();
        for local in sum.locals.into_iter().flatten() {
            let Step { constant, directions } = self.step(local, direction)?;
            total.constant = total.constant.checked_add(constant)?;
            total.directions += directions;
        }
        Some(total)
    }

    /// The bytes that each iteration writes and reads, one element after the other: negative if addresses fall.
    fn stride(&self, direction: Option<u32>) -> Option<i16> {
        let (first, value) = *self.stores.first()?;
        let step = self.step_of_sum(first.address, direction)?;
        let (stride, width) = (step.number(direction)?, 1 << first.log2);
        let each = if stride < 0 { -width } else { width };
        let follow = |accesses: &mut dyn Iterator<Item = Access>, first: Access| {
            accesses.zip(0..).all(|(access, number)| access.follows(first, each * number))
        };
        let stores = follow(&mut self.stores.iter().map(|(access, _)| *access), first);
        let loads = self.loads.first().is_none_or(|load| {
            let same = self.step_of_sum(load.address, direction) == Some(step);
            same && load.log2 == first.log2 && follow(&mut self.loads.iter().copied(), *load)
        });
        let values = !self.loads.is_empty() || self.stores.iter().all(|(_, other)| *other == value);
        let whole = i64::from(stride) == each * self.stores.len() as i64;
        (stores && loads && values && whole).then_some(stride)
    }

    /// A value that is the same in each iteration, if the cell can hold it.
    fn invariant(&self, value: Value, direction: Option<u32>) -> Option<Side> {
        match value {
            Value::Sum(sum) => {
                let side = sum.side()?;
                let same = self.step_of_sum(sum, direction)? == Step::default();
                (same && (side.slot.is_none() || side.constant == 0)).then_some(side)
            }
            Value::Other(local) => {
                let int = self.locals.get(local as usize)?.ty.is_int();
                let same = self.assigned(local).is_none();
                (int && same).then_some(Side { slot: Some(slot(local)), constant: 0 })
            }
            Value::Constant(bits) => {
                let constant = bits as u32;
                let fits = constant as i32 as u64 == bits;
                fits.then_some(Side { slot: None, constant })
            }
            Value::Loaded(_) | Value::Comparison(_) => None,
        }
    }

    /// The test, if it is one that ends the loop, and how fast its sides approach each other.
    fn speed(&self, direction: Option<u32>) -> Option<(Comparison, i16)> {
        let test = self.test.filter(|test| !test.negated)?;
        let [left, right] = test.sides;
        let (left, right) =
            (self.step_of_sum(left, direction)?, self.step_of_sum(right, direction)?);
        let gained = Step {
            constant: left.constant.checked_sub(right.constant)?,
            directions: left.directions - right.directions,
        };
        let speed = gained.number(direction)?;
        // Where sides are ordered, one that moves in the other's direction might wrap before they meet.
        let one = left == Step::default() || right == Step::default();
        let sound = match test.test {
            Test::Ne => speed != 0,
            Test::LtU | Test::LtS => speed > 0 && one && direction.is_none(),
        };
        sound.then_some((test, speed))
    }
}
