//! Which locals are worth a register, and whether temporaries are: a first walk over the body weighs their uses, in all of it and
//! in each loop.
//!
//! Nothing is emitted here. Invariant: weights decide about speed alone.

use crate::Error;
use crate::function::FuncTranslator;
use crate::hot::{CLASSES, HotLocals, temporaries, temporaries_class};
use crate::local::Local;
use crate::spare::Displaced;
use alloc::vec::Vec;
use wasmite_core::{OutOfMemory, ValType, heap::Grow};
use wasmite_isa::Class;
use wasmite_module::{Body, BodyValidator, Operator, SMALL, Visitor};

/// A use inside `n` loops weighs `8^n`, up to this many loops. Loops inside so many are not weighed for themselves.
const WEIGHED_LOOPS: u32 = 6;
/// What a read weighs.
const READ: u32 = 1;
/// What a write weighs: whoever reads a slot next waits until it is written, while a slot that is only read is there.
const WRITE: u32 = 6;

/// How a local is used in what has been walked over.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Uses {
    /// Reads and writes, each weighted by the loops around it.
    weight: u32,
    /// The same for writes of a sum of it and a constant.
    steps: u32,
    writes: u32,
    /// The innermost open loop in which it has been used, from 1 on.
    seen_in: u32,
}

/// The first use of a local in an open loop: what its uses were before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    local: u32,
    before: Uses,
}

/// What is known of a loop.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct LoopWeight {
    /// Where its touches begin, while it is open.
    touches: usize,
    /// How many calls there are before it.
    calls: u32,
    /// The loop around it that is weighed for itself, from 1 on.
    around: u32,
    pub(crate) favourites: Favourites,
}

/// A local that is used much.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Favourite {
    pub(crate) local: u32,
    /// None if it is 0.
    pub(crate) weight: u32,
    pub(crate) steps: u32,
    pub(crate) written: bool,
}

/// The locals that are used most, heaviest first.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Favourites {
    ints: [Favourite; 5],
    f32s: [Favourite; 3],
    f64s: [Favourite; 3],
}

impl Favourites {
    fn add(&mut self, class: Class, new: Favourite) {
        let of_class: &mut [Favourite] = match class {
            Class::Int => &mut self.ints,
            Class::F32 => &mut self.f32s,
            Class::F64 => &mut self.f64s,
        };
        if let Some(place) = of_class.iter().position(|favourite| favourite.weight < new.weight) {
            of_class[place..].rotate_right(1);
            of_class[place] = new;
        }
    }

    /// Those of a class, of which there are at least two.
    pub(crate) fn of(&self, class: Class) -> &[Favourite] {
        match class {
            Class::Int => &self.ints,
            Class::F32 => &self.f32s,
            Class::F64 => &self.f64s,
        }
    }

    /// What is around a call keeps no floats in registers: calls do not keep them.
    fn without_floats(self) -> Self {
        Self { ints: self.ints, ..Self::default() }
    }
}

/// The latest operators, as far as they may be part of `x = x + constant`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recent {
    Read(u32),
    ReadAndConstant(u32),
    Sum(u32),
    Other,
}

/// What an operator leaves on the operand stack.
enum Left {
    Nothing,
    /// A value that is read where it is.
    Read,
    Computed(Class),
}

/// How many operands an operator takes and what it leaves, unless that depends on more than the operator, or is rare. In line, as
/// the operator is known where this is called: then it is a constant.
#[inline(always)]
fn effect(operator: &Operator<'_>) -> Option<(u8, Left)> {
    Some(match operator {
        Operator::LocalGet { .. } => (0, Left::Read),
        Operator::LocalTee { .. } => (1, Left::Read),
        Operator::LocalSet { .. } | Operator::Drop => (1, Left::Nothing),
        _ => match operator.effect()? {
            (taken, None) => (taken, Left::Nothing),
            (0, Some(_)) => (0, Left::Read),
            (taken, Some(ValType::F32)) => (taken, Left::Computed(Class::F32)),
            (taken, Some(ValType::F64)) => (taken, Left::Computed(Class::F64)),
            (taken, Some(_)) => (taken, Left::Computed(Class::Int)),
        },
    })
}

/// Adds up how locals are used.
struct Weigher<'w> {
    locals: &'w mut [Local],
    /// For each open block, the number of the loop that it is.
    blocks: &'w mut Vec<Option<u32>>,
    touches: &'w mut Vec<Touch>,
    loops: &'w mut Vec<LoopWeight>,
    /// Open loops.
    depth: u32,
    /// The innermost open loop that is weighed for itself, from 1 on.
    innermost: u32,
    /// Calls so far.
    calls: u32,
    recent: Recent,
    /// Values on the operand stack.
    displaced: Displaced,
    /// How temporaries are used, by class: weighed like locals, and named by [`temporaries`] among them.
    temporaries: [Uses; Class::COUNT],
}

impl Weigher<'_> {
    fn open(&mut self, number: Option<u32>) -> Result<(), OutOfMemory> {
        self.blocks.try_push(number)
    }

    fn open_loop(&mut self) -> Result<(), OutOfMemory> {
        let number = self.loops.len() as u32;
        let (touches, around, calls) = (self.touches.len(), self.innermost, self.calls);
        let favourites = Favourites::default();
        self.loops.try_push(LoopWeight { touches, calls, around, favourites })?;
        self.depth += 1;
        if self.depth <= WEIGHED_LOOPS {
            self.innermost = number + 1;
        }
        self.open(Some(number))
    }

    fn close(&mut self) {
        let Some(Some(number)) = self.blocks.pop() else { return };
        if self.depth <= WEIGHED_LOOPS {
            self.close_loop(number as usize);
        }
        self.depth -= 1;
    }

    /// Sums up what is used in a loop; its touches become those of the loop around it, unless that has them.
    fn close_loop(&mut self, number: usize) {
        let LoopWeight { touches: first, calls, around, .. } = self.loops[number];
        let mut favourites = Favourites::default();
        let mut kept = first;
        for index in first..self.touches.len() {
            let Touch { local, before } = self.touches[index];
            let (class, uses) = match temporaries_class(local) {
                Some(class) => (class, &mut self.temporaries[class as usize]),
                None => {
                    let Local { ty, uses, .. } = &mut self.locals[local as usize];
                    (ty.class(), uses)
                }
            };
            favourites.add(
                class,
                Favourite {
                    local,
                    weight: (uses.weight - before.weight) >> (3 * self.depth),
                    steps: uses.steps - before.steps,
                    written: uses.writes != before.writes,
                },
            );
            uses.seen_in = around;
            if before.seen_in != around {
                self.touches[kept] = self.touches[index];
                kept += 1;
            }
        }
        self.touches.truncate(if around == 0 { first } else { kept });
        let calls = self.calls != calls;
        self.loops[number].favourites =
            if calls { favourites.without_floats() } else { favourites };
        self.innermost = around;
    }

    #[inline(always)]
    fn use_local(&mut self, local: u32, weight: u32) -> Result<&mut Uses, OutOfMemory> {
        let uses = match temporaries_class(local) {
            Some(class) => &mut self.temporaries[class as usize],
            None => &mut self.locals[local as usize].uses,
        };
        if uses.seen_in != self.innermost {
            self.touches.try_push(Touch { local, before: *uses })?;
            uses.seen_in = self.innermost;
        }
        let weight = weight << (3 * self.depth.min(WEIGHED_LOOPS));
        uses.weight = uses.weight.saturating_add(weight);
        Ok(uses)
    }

    /// Weighs what an operator does with temporaries, and keeps account of them.
    #[inline(never)]
    fn use_operands(&mut self, effect: Option<(u8, Left)>) -> Result<(), OutOfMemory> {
        let Some((taken, left)) = effect else {
            self.displaced = Displaced::default();
            return Ok(());
        };
        let worth = self.displaced.pop(taken.into());
        for (class, count) in CLASSES.into_iter().zip(worth) {
            if count > 0 {
                self.use_local(temporaries(class), count * (READ + WRITE))?;
            }
        }
        match left {
            Left::Nothing => {}
            Left::Read => self.displaced.push(),
            Left::Computed(class) => self.displaced.push_computed(class),
        }
        Ok(())
    }

    fn write(&mut self, local: u32) -> Result<(), OutOfMemory> {
        let is_step = self.recent == Recent::Sum(local);
        let uses = self.use_local(local, WRITE)?;
        uses.writes = uses.writes.wrapping_add(1);
        uses.steps += u32::from(is_step);
        Ok(())
    }
}

impl Visitor for Weigher<'_> {
    type Error = Error;

    #[inline(always)]
    fn operator(&mut self, operator: &Operator<'_>, _: usize) -> Result<(), Error> {
        if !SMALL {
            self.use_operands(effect(operator))?;
        }
        let mut recent = Recent::Other;
        match *operator {
            Operator::LocalGet { local_index } => {
                self.use_local(local_index, READ)?;
                recent = Recent::Read(local_index);
            }
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                self.write(local_index)?;
            }
            Operator::I32Const { .. } | Operator::I64Const { .. } => {
                if let Recent::Read(local) = self.recent {
                    recent = Recent::ReadAndConstant(local);
                }
            }
            Operator::I32Add | Operator::I64Add | Operator::I32Sub | Operator::I64Sub => {
                if let Recent::ReadAndConstant(local) = self.recent {
                    recent = Recent::Sum(local);
                }
            }
            Operator::Loop { .. } => self.open_loop()?,
            Operator::Block { .. } | Operator::If { .. } => self.open(None)?,
            Operator::End => self.close(),
            Operator::Call { .. } | Operator::CallIndirect { .. } => self.calls += 1,
            _ => {}
        }
        self.recent = recent;
        Ok(())
    }
}

impl FuncTranslator<'_> {
    /// Chooses the locals to keep in registers, if the options ask for that; returns whether the body has been validated.
    pub(crate) fn choose_hot_locals(
        &mut self,
        body: &Body<'_>,
        validator: Option<&mut BodyValidator<'_>>,
    ) -> Result<bool, Error> {
        if !self.options.hot_locals {
            return Ok(false);
        }
        self.weighed_blocks.clear();
        self.touches.clear();
        let mut weigher = Weigher {
            locals: &mut self.locals,
            blocks: self.weighed_blocks,
            touches: self.touches,
            loops: self.loops,
            depth: 0,
            innermost: 0,
            calls: 0,
            recent: Recent::Other,
            displaced: Displaced::default(),
            temporaries: Default::default(),
        };
        body.operators()?.visit(validator, &mut weigher)?;
        let calls = weigher.calls > 0;
        let of_temporaries = weigher.temporaries;
        let mut favourites = Favourites::default();
        let of_locals =
            (0..).zip(&self.locals).map(|(at, local)| (at, local.ty.class(), local.uses));
        let of_temporaries = CLASSES
            .into_iter()
            .zip(of_temporaries)
            .map(|(class, uses)| (temporaries(class), class, uses));
        for (local, class, uses) in of_locals.chain(of_temporaries) {
            let Uses { weight, steps, writes, .. } = uses;
            favourites.add(class, Favourite { local, weight, steps, written: writes > 0 });
        }
        self.hot =
            HotLocals::of_function(&if calls { favourites.without_floats() } else { favourites });
        Ok(true)
    }
}
