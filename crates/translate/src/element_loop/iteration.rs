//! Evaluates one iteration of a loop symbolically, operator by operator.
//!
//! Not what it amounts to (`summary.rs`). Invariant: an operator that is not understood ends the search.
#![expect(clippy::disallowed_methods, reason = "room is made before each operator")]

use super::{Access, Comparison, Sum, Value};
use crate::local::Local;
use smallvec::{CollectionAllocErr, SmallVec};
use wasmite_core::OutOfMemory;
use wasmite_isa::Ty;
use wasmite_isa::element_loop::Test;
use wasmite_module::{BlockType, MemArg, Operator};

/// One iteration, as far as it was evaluated.
pub(super) struct Iteration<'a> {
    pub(super) locals: &'a [Local],
    pub(super) stack: SmallVec<[Value; 8]>,
    /// Locals that were read before they were assigned.
    pub(super) read: SmallVec<[u32; 8]>,
    pub(super) assigned: SmallVec<[(u32, Value); 8]>,
    pub(super) loads: SmallVec<[Access; 8]>,
    pub(super) stores: SmallVec<[(Access, Value); 8]>,
    /// The loop goes on if this is so.
    pub(super) test: Option<Comparison>,
    /// Blocks that are open inside the loop.
    pub(super) depth: u32,
}

impl<'a> Iteration<'a> {
    /// Before the first operator.
    pub(super) fn new(locals: &'a [Local]) -> Self {
        Self {
            locals,
            stack: SmallVec::new(),
            read: SmallVec::new(),
            assigned: SmallVec::new(),
            loads: SmallVec::new(),
            stores: SmallVec::new(),
            test: None,
            depth: 0,
        }
    }

    /// Makes room for what one operator adds.
    pub(super) fn make_room(&mut self) -> Result<(), OutOfMemory> {
        let made = |outcome: Result<(), CollectionAllocErr>| outcome.map_err(|_| OutOfMemory);
        made(self.stack.try_reserve(1))?;
        made(self.read.try_reserve(1))?;
        made(self.assigned.try_reserve(1))?;
        made(self.loads.try_reserve(1))?;
        made(self.stores.try_reserve(1))
    }

    /// Evaluates one operator, for which there is room. Some if it ends the iteration: whether operators after the test were part of it.
    pub(super) fn operator(&mut self, operator: &Operator<'_>) -> Option<Option<bool>> {
        use Operator::*;
        match *operator {
            LocalGet { local_index } => {
                let value = self.local(local_index)?;
                self.stack.push(value);
            }
            LocalSet { local_index } => {
                let value = self.stack.pop()?;
                self.assign(local_index, value);
            }
            LocalTee { local_index } => {
                let value = *self.stack.last()?;
                self.assign(local_index, value);
            }
            I32Const { value } => self.stack.push(Value::Sum(Sum::constant(value as u32))),
            I64Const { value } => self.stack.push(Value::Constant(value as u64)),
            F32Const { value } => self.stack.push(Value::Constant(value.into())),
            F64Const { value } => self.stack.push(Value::Constant(value)),
            I32Add => self.sum(Sum::add)?,
            I32Sub => self.sum(Sum::sub)?,
            Block { blockty: BlockType::Empty } => self.depth += 1,
            If { blockty: BlockType::Empty } => {
                self.test()?;
                self.depth += 1;
            }
            End => self.depth = self.depth.checked_sub(1)?,
            Br { relative_depth } => {
                return (relative_depth == self.depth).then_some(Some(true));
            }
            BrIf { relative_depth } => {
                self.test()?;
                if relative_depth == self.depth {
                    return Some(Some(false));
                }
                self.negate()?;
            }
            _ => self.comparison(operator).or_else(|| self.access(operator))?,
        }
        Some(None)
    }

    /// The value of `local` here.
    fn local(&mut self, local: u32) -> Option<Value> {
        if let Some((_, value)) = self.assigned.iter().rfind(|(assigned, _)| *assigned == local) {
            return Some(*value);
        }
        if !self.read.contains(&local) {
            self.read.push(local);
        }
        Some(match self.locals.get(local as usize)?.ty {
            Ty::I32 => Value::Sum(Sum { locals: [None, Some(local)], constant: 0 }),
            _ => Value::Other(local),
        })
    }

    fn assign(&mut self, local: u32, value: Value) {
        self.assigned.push((local, value));
    }

    fn pop_sum(&mut self) -> Option<Sum> {
        match self.stack.pop()? {
            Value::Sum(sum) => Some(sum),
            _ => None,
        }
    }

    fn sum(&mut self, op: fn(Sum, Sum) -> Option<Sum>) -> Option<()> {
        let (b, a) = (self.pop_sum()?, self.pop_sum()?);
        self.stack.push(Value::Sum(op(a, b)?));
        Some(())
    }

    fn comparison(&mut self, operator: &Operator<'_>) -> Option<()> {
        let (test, negated, swapped) = match operator {
            Operator::I32Eqz => {
                let truth = self.truth()?;
                let negated = Comparison { negated: !truth.negated, ..truth };
                self.stack.push(Value::Comparison(negated));
                return Some(());
            }
            Operator::I32Eq => (Test::Ne, true, false),
            Operator::I32Ne => (Test::Ne, false, false),
            Operator::I32LtU => (Test::LtU, false, false),
            Operator::I32GtU => (Test::LtU, false, true),
            Operator::I32GeU => (Test::LtU, true, false),
            Operator::I32LeU => (Test::LtU, true, true),
            Operator::I32LtS => (Test::LtS, false, false),
            Operator::I32GtS => (Test::LtS, false, true),
            Operator::I32GeS => (Test::LtS, true, false),
            Operator::I32LeS => (Test::LtS, true, true),
            _ => return None,
        };
        let (b, a) = (self.pop_sum()?, self.pop_sum()?);
        let sides = if swapped { [b, a] } else { [a, b] };
        self.stack.push(Value::Comparison(Comparison { test, sides, negated }));
        Some(())
    }

    /// Pops a condition: when it is not zero.
    fn truth(&mut self) -> Option<Comparison> {
        match self.stack.pop()? {
            Value::Comparison(comparison) => Some(comparison),
            Value::Sum(sum) => {
                Some(Comparison { test: Test::Ne, sides: [sum, Sum::constant(0)], negated: false })
            }
            _ => None,
        }
    }

    /// Pops the condition under which the loop goes on, of which there is only one.
    fn test(&mut self) -> Option<()> {
        let truth = self.truth()?;
        self.test.replace(truth).is_none().then_some(())
    }

    fn negate(&mut self) -> Option<()> {
        let test = self.test.as_mut()?;
        test.negated = !test.negated;
        Some(())
    }

    fn access(&mut self, operator: &Operator<'_>) -> Option<()> {
        use Operator::*;
        match *operator {
            I32Load8S { memarg } | I32Load8U { memarg } => self.load(0, memarg),
            I64Load8S { memarg } | I64Load8U { memarg } => self.load(0, memarg),
            I32Load16S { memarg } | I32Load16U { memarg } => self.load(1, memarg),
            I64Load16S { memarg } | I64Load16U { memarg } => self.load(1, memarg),
            I32Load { memarg } | F32Load { memarg } => self.load(2, memarg),
            I64Load32S { memarg } | I64Load32U { memarg } => self.load(2, memarg),
            I64Load { memarg } | F64Load { memarg } => self.load(3, memarg),
            I32Store8 { memarg } | I64Store8 { memarg } => self.store(0, memarg),
            I32Store16 { memarg } | I64Store16 { memarg } => self.store(1, memarg),
            I32Store { memarg } | F32Store { memarg } => self.store(2, memarg),
            I64Store32 { memarg } => self.store(2, memarg),
            I64Store { memarg } | F64Store { memarg } => self.store(3, memarg),
            _ => None,
        }
    }

    fn pop_access(&mut self, log2: u8, memarg: MemArg) -> Option<Access> {
        let offset = u32::try_from(memarg.offset).ok()?;
        let address = self.pop_sum()?;
        (memarg.memory == 0).then_some(Access { address, offset, log2 })
    }

    fn load(&mut self, log2: u8, memarg: MemArg) -> Option<()> {
        let access = self.pop_access(log2, memarg)?;
        // What was loaded before must have been stored: else elements that overlap could be told from single bytes.
        (self.loads.len() == self.stores.len()).then(|| {
            self.stack.push(Value::Loaded(self.loads.len()));
            self.loads.push(access);
        })
    }

    fn store(&mut self, log2: u8, memarg: MemArg) -> Option<()> {
        let value = self.stack.pop()?;
        let access = self.pop_access(log2, memarg)?;
        let fits = match (value, self.loads.last()) {
            (Value::Loaded(load), Some(loaded)) => {
                load == self.stores.len() && load + 1 == self.loads.len() && loaded.log2 == log2
            }
            (Value::Loaded(_) | Value::Comparison(_), _) => false,
            (_, loaded) => loaded.is_none(),
        };
        fits.then(|| self.stores.push((access, value)))
    }
}
