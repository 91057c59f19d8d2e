//! Which locals are worth a register: a first walk over the body weighs their uses.
//!
//! Nothing is emitted here. Invariant: weights decide about speed alone.

use crate::function::FuncTranslator;
use crate::local::{HotLocals, Local};
use crate::walk::{Visitor, walk};
use crate::{Error, Options};
use alloc::vec::Vec;
use wasmite_core::{OutOfMemory, heap::Grow};
use wasmite_isa::Class;
use wasmite_module::BodyValidator;
use wasmparser::{FunctionBody, Operator};

/// A read or write inside `n` loops weighs `8^n`, up to this many loops.
const WEIGHED_LOOPS: u32 = 6;
/// A local becomes hot if it weighs more than this: loading it costs a cell at entry.
const TOO_LIGHT: u32 = 15;
/// Bytes of a body that is weighed though it has no loop.
const LONG: usize = 256;

/// Whether weighing the body is worth a walk: hardly ever without a loop.
fn is_worth_it(options: &Options, body: &[u8]) -> bool {
    // Bytes that look like the start of a loop without parameters. A walk for nothing does no harm, nor does none.
    let looks_like_loop = |pair: &[u8]| matches!(pair, [0x03, 0x40 | 0x7c..=0x7f]);
    options.hot_locals && (body.len() > LONG || body.windows(2).any(looks_like_loop))
}

/// Adds up how often locals are used.
struct Weigher<'w> {
    locals: &'w mut [Local],
    /// For each open block, whether it is a loop.
    blocks: &'w mut Vec<bool>,
    /// Open loops.
    loops: u32,
    took_memory: bool,
}

impl Weigher<'_> {
    fn open(&mut self, is_loop: bool) -> Result<(), OutOfMemory> {
        self.took_memory |= self.blocks.len() == self.blocks.capacity();
        self.blocks.try_push(is_loop)
    }
}

impl Visitor for Weigher<'_> {
    #[inline(always)]
    fn operator(&mut self, operator: &Operator<'_>, _: u64) -> Result<(), Error> {
        match *operator {
            Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } => {
                let weight = &mut self.locals[local_index as usize].weight;
                *weight = weight.saturating_add(1 << (3 * self.loops.min(WEIGHED_LOOPS)));
            }
            Operator::Loop { .. } => {
                self.open(true)?;
                self.loops += 1;
            }
            Operator::Block { .. } | Operator::If { .. } => self.open(false)?,
            Operator::End => self.loops -= u32::from(self.blocks.pop() == Some(true)),
            _ => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn took_memory(&mut self) -> bool {
        core::mem::take(&mut self.took_memory)
    }
}

impl FuncTranslator<'_> {
    /// Chooses the locals to keep in registers, where that may be worth it; returns whether the body has been validated.
    pub(crate) fn choose_hot_locals(
        &mut self,
        body: &FunctionBody<'_>,
        validator: Option<&mut BodyValidator>,
    ) -> Result<bool, Error> {
        if !is_worth_it(&self.options, body.as_bytes()) {
            return Ok(false);
        }
        let mut weigher = Weigher {
            locals: &mut self.locals,
            blocks: &mut self.weighed_blocks,
            loops: 0,
            took_memory: false,
        };
        weigher.blocks.clear();
        walk(body, validator, &mut weigher)?;
        self.hot = heaviest(&self.locals);
        Ok(true)
    }
}

/// The heaviest locals of each class, as far as they weigh enough to be kept in a register.
fn heaviest(all: &[Local]) -> HotLocals {
    let mut locals = HotLocals::default();
    let (mut most, mut second) = ([TOO_LIGHT; Class::COUNT], TOO_LIGHT);
    for (index, local) in all.iter().enumerate() {
        let (class, weight) = (local.ty.class() as usize, local.weight);
        if weight > most[class] {
            if local.ty.is_int() {
                (second, locals.warm) = (most[class], locals.hot[class]);
            }
            (most[class], locals.hot[class]) = (weight, Some(index as u32));
        } else if local.ty.is_int() && weight > second {
            (second, locals.warm) = (weight, Some(index as u32));
        }
    }
    locals
}
