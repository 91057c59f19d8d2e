//! Blocks, labels and branches.
//!
//! A label's values are in the home slots from the block's height on, whichever way it is reached; so merges need no
//! moves beyond those a branch makes to bring its values down to that height.

use crate::Error;
use crate::canonical;
use crate::function::FuncTranslator;
use crate::hot::HotLocals;
use crate::stack::{Popped, Value};
use wasmite_core::{TypeIdx, ValType, heap::Grow};
use wasmite_isa::{Label, Op, Position, Src};
use wasmite_module::{BlockType, Module};

/// Up to here a branch copies its values one by one; more are put into their homes once and copied in one cell, so that
/// many branches with many values stay linear.
pub(crate) const SINGLE_COPIES: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Function,
    Block,
    Loop,
    /// With the label of its `else`.
    If(Label),
    Else,
}

/// An open block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    kind: Kind,
    ty: Signature,
    /// Height of the operand stack below the block's parameters.
    pub(crate) height: usize,
    /// Where branches to the block go.
    pub(crate) label: Label,
    /// Whether anything branches to `label`.
    branched: bool,
    /// The outermost block that something inside always leaves for, by its place among the open ones.
    pub(crate) reach: usize,
    /// The innermost loop that it is in or is, by its place, or the function.
    pub(crate) turn: usize,
    /// The region of code in which the block was opened: the cell that charges for it.
    pub(crate) region: Option<Position>,
    /// How many locals had been assigned when it was opened.
    assigned: usize,
    /// What registers have at `label`.
    pub(crate) hot: HotLocals,
    /// The latest way out of a loop to `label` that needs copies, by its place among [`FuncTranslator::exits`].
    pub(crate) exit: Option<u32>,
    /// What a loop begins with, by its place among [`FuncTranslator::tests`]: hardly any block has one.
    pub(crate) test: Option<u32>,
}

/// The type of a block.
#[derive(Clone, Copy, Debug)]
enum Signature {
    Empty,
    One(ValType),
    Type(TypeIdx),
    /// The function's own results.
    Function(wasmite_core::FuncIdx),
}

impl Signature {
    /// How many results there are.
    #[inline(always)]
    fn result_count(&self, module: &Module) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(_) => 1,
            Self::Type(_) | Self::Function(_) => self.results(module).len(),
        }
    }

    fn params<'m>(&self, module: &'m Module) -> &'m [ValType] {
        match self {
            Self::Type(index) => module.types()[index.index()].params(),
            _ => &[],
        }
    }

    fn results<'s>(&'s self, module: &'s Module) -> &'s [ValType] {
        match self {
            Self::Empty => &[],
            Self::One(ty) => core::slice::from_ref(ty),
            Self::Type(index) => module.types()[index.index()].results(),
            Self::Function(func) => module.func_type(*func).results(),
        }
    }
}

impl Block {
    /// How many values a branch to the block carries.
    pub(crate) fn arity(&self, module: &Module) -> usize {
        match self.kind {
            Kind::Loop => self.ty.params(module).len(),
            _ => self.ty.result_count(module),
        }
    }

    /// How many parameters it has.
    #[inline(always)]
    pub(crate) fn param_count(&self, module: &Module) -> usize {
        match self.ty {
            Signature::Type(_) => self.ty.params(module).len(),
            _ => 0,
        }
    }

    pub(crate) fn is_loop(&self) -> bool {
        self.kind == Kind::Loop
    }

    /// Whether it is the function itself: a branch to it returns, so registers do not matter there.
    pub(crate) fn is_function(&self) -> bool {
        self.kind == Kind::Function
    }
}

impl FuncTranslator<'_> {
    pub(crate) fn open_function(&mut self, func: wasmite_core::FuncIdx) {
        let label = self.asm.label();
        let ty = Signature::Function(func);
        self.blocks.put(Block {
            kind: Kind::Function,
            ty,
            height: 0,
            label,
            branched: false,
            reach: 0,
            turn: 0,
            region: None,
            assigned: 0,
            hot: self.hot,
            exit: None,
            test: None,
        });
    }

    fn signature(&self, ty: BlockType) -> Result<Signature, Error> {
        Ok(match ty {
            BlockType::Empty => Signature::Empty,
            BlockType::Type(ty) => Signature::One(ty),
            BlockType::FuncType(index) => Signature::Type(TypeIdx(index)),
        })
    }

    /// Nothing is known of what came before: a label is bound here.
    fn barrier(&mut self) {
        self.forget_accumulators();
        self.last = None;
        self.barrier = self.asm.position();
    }

    pub(crate) fn bind(&mut self, label: Label) {
        self.asm.bind(label);
        self.barrier();
    }

    /// What follows is unreachable.
    pub(crate) fn leave(&mut self) {
        self.reachable = false;
        self.calm_until = 0;
        self.skipped = 0;
        self.last = None;
    }

    /// Whether the value at `height` is in its home slot.
    pub(crate) fn is_home(&self, height: usize) -> bool {
        matches!(self.stack[height].value(), Value::Temp(_))
    }

    fn push_homes(&mut self, types: &[ValType]) {
        for ty in types {
            let ty = self.scalar(*ty);
            self.push_home(ty);
        }
    }

    #[inline(always)]
    fn push_results(&mut self, ty: Signature) {
        match ty {
            Signature::Empty => {}
            Signature::One(ty) => self.push_home(self.scalar(ty)),
            Signature::Type(_) | Signature::Function(_) => self.push_homes(ty.results(self.module)),
        }
    }

    fn check_nesting(&self) -> Result<(), Error> {
        let depth = self.blocks.len() as u64 + u64::from(self.skipped);
        self.limit("nested blocks", depth, self.options.limits.block_nesting.into())
    }

    /// A block opened in unreachable code.
    pub(crate) fn skip_block(&mut self) -> Result<(), Error> {
        self.skipped += 1;
        self.check_nesting()
    }

    pub(crate) fn block(&mut self, ty: BlockType) -> Result<(), Error> {
        self.open(Kind::Block, ty).map(drop)
    }

    pub(crate) fn loop_(&mut self, ty: BlockType) -> Result<(), Error> {
        let label = self.open(Kind::Loop, ty)?;
        self.land()?;
        self.run_element_loop(ty)?;
        self.enter_loop_registers();
        if let Some(block) = self.blocks.last_mut() {
            block.hot = self.hot;
        }
        self.bind(label);
        self.heat_loop(self.loops_seen);
        self.begin_region();
        self.interruption_point();
        Ok(())
    }

    /// Opens a block: its parameters and all pending reads of locals go to their homes (rule 4).
    fn open(&mut self, kind: Kind, ty: BlockType) -> Result<Label, Error> {
        self.check_nesting()?;
        let ty = self.signature(ty)?;
        let height = self.materialize_top(ty.params(self.module).len());
        self.flush_locals();
        let (label, assigned) = (self.asm.label(), self.assigned.len());
        let (reach, region) = (self.blocks.len(), self.region.cell);
        let around = self.blocks.last().map_or(0, |block| block.turn);
        let turn = if kind == Kind::Loop { reach } else { around };
        self.blocks.put(Block {
            kind,
            ty,
            height,
            label,
            branched: false,
            reach,
            turn,
            region,
            assigned,
            hot: self.hot,
            exit: None,
            test: None,
        });
        Ok(label)
    }

    pub(crate) fn if_(&mut self, ty: BlockType) -> Result<(), Error> {
        let signature = self.signature(ty)?;
        let params = signature.params(self.module).len();
        let condition = self.pop();
        let base = self.stack.len() - params;
        let moves = (base..self.stack.len()).any(|height| !self.is_home(height));
        let (op, a, b) = if moves || self.has_pending_locals() {
            // Values must go to their homes first, which would clobber a condition in the accumulator.
            let slot = self.slot_of(condition);
            self.materialize_top(params);
            self.flush_locals();
            (Op::BrI32Eq, Src::Slot(slot), Src::Imm(0))
        } else {
            self.condition(condition, false)
        };
        let otherwise = self.asm.label();
        self.branch(op, a, b, otherwise)?;
        self.open(Kind::If(otherwise), ty)?;
        self.begin_region();
        Ok(())
    }

    pub(crate) fn else_(&mut self) {
        let Some(block) = self.blocks.last_mut() else { return };
        let Kind::If(otherwise) = block.kind else { return };
        block.kind = Kind::Else;
        block.branched |= self.reachable;
        let Block { ty, height, label, assigned, .. } = *block;
        if self.reachable {
            self.carry(ty.result_count(self.module), height);
            self.asm.jump(label);
        }
        self.truncate(height);
        self.forget_assigned(assigned);
        self.bind(otherwise);
        self.push_homes(ty.params(self.module));
        self.flushed = self.stack.len();
        self.reachable = true;
        self.begin_region();
    }

    pub(crate) fn end(&mut self) -> Result<(), Error> {
        let Some(block) = self.blocks.pop() else { return Ok(()) };
        if block.kind == Kind::Function {
            self.end_function(block);
            self.make_exit_room()?;
            self.emit_exits();
        } else {
            self.end_block(block);
        }
        Ok(())
    }

    fn end_block(&mut self, block: Block) {
        self.leave_for(block.reach);
        let otherwise = match block.kind {
            Kind::If(label) => Some(label),
            _ => None,
        };
        let merges = otherwise.is_some() || (block.branched && block.kind != Kind::Loop);
        if !merges {
            if !self.reachable {
                self.truncate(block.height);
            }
            if block.kind == Kind::Loop {
                self.end_loop(block);
            }
            return;
        }
        if self.reachable {
            self.carry(block.ty.result_count(self.module), block.height);
        }
        self.truncate(block.height);
        self.forget_assigned(block.assigned);
        if let Some(otherwise) = otherwise {
            self.asm.bind(otherwise);
        }
        self.bind(block.label);
        self.push_results(block.ty);
        self.reachable = true;
        self.leave_region(block);
    }

    /// After the end of a loop: registers are what they are around it.
    fn end_loop(&mut self, block: Block) {
        let around = self.blocks.last().map_or(self.hot, |block| block.hot);
        if self.reachable {
            self.change_registers(around);
            self.leave_region(block);
        } else {
            self.hot = around;
        }
    }

    fn end_function(&mut self, block: Block) {
        if block.branched {
            if self.reachable {
                self.carry(self.results.len(), 0);
            }
            self.truncate(0);
            self.bind(block.label);
            self.push_results(block.ty);
            self.reachable = true;
        }
        if self.reachable {
            self.ret();
        }
    }

    /// Copies the topmost `count` values to the homes from `height` on. The symbolic stack stays as it is.
    #[inline(always)]
    pub(crate) fn carry(&mut self, count: usize, height: usize) {
        if count > 0 {
            self.carry_some(count, height);
        }
    }

    fn carry_some(&mut self, count: usize, height: usize) {
        let base = self.stack.len() - count;
        if count > SINGLE_COPIES && (base..self.stack.len()).all(|height| self.is_home(height)) {
            if base != height {
                let (from, to) = (self.home(base).0.into(), self.home(height).0.into());
                self.asm.emit(Op::CopySlots, &[], None, &[from, to, count as u64]);
                self.forget_accumulators();
            }
            return;
        }
        for i in 0..count {
            let popped = self.stack[base + i].at(base + i);
            if base == height && self.is_home(base + i) {
                continue;
            }
            // Ascending order is safe: a home from `height` on is at or below the home of the value it receives.
            let home = self.home(height + i);
            self.put_into(popped, home);
        }
    }

    pub(crate) fn needs_carry(&self, count: usize, height: usize) -> bool {
        let base = self.stack.len() - count;
        count > 0
            && (base != height || (base..self.stack.len()).any(|height| !self.is_home(height)))
    }

    /// Values that a branch carries must be in their slots: they lose their producers (rule 2). Many of them are put
    /// into their homes for good.
    pub(crate) fn prepare_carry(&mut self, count: usize) {
        let base = self.stack.len() - count;
        for height in base..self.stack.len() {
            if count > SINGLE_COPIES || self.is_home(height) {
                self.materialize(height);
            }
        }
    }

    /// The open block that a branch of relative depth `depth` goes to if it is reached, marked as branched to.
    pub(crate) fn target(&mut self, depth: u32) -> Block {
        self.leave_for(self.blocks.len() - 1 - depth as usize);
        self.conditional_target(depth)
    }

    /// The same for a branch that may not be taken.
    fn conditional_target(&mut self, depth: u32) -> Block {
        let index = self.blocks.len() - 1 - depth as usize;
        self.blocks[index].branched = true;
        self.blocks[index]
    }

    pub(crate) fn br(&mut self, depth: u32) -> Result<(), Error> {
        if depth as usize == self.blocks.len() - 1 {
            self.ret();
            return Ok(());
        }
        let target = self.target(depth);
        let arity = target.arity(self.module);
        self.prepare_carry(arity);
        self.carry(arity, target.height);
        self.exchange_for(&target);
        self.go_to(&target)?;
        self.leave();
        Ok(())
    }

    pub(crate) fn br_if(&mut self, depth: u32) -> Result<(), Error> {
        let condition = self.pop();
        // Where fuel is charged, what is skipped is paid for: that must not depend on what is known in advance.
        if let Value::Const(bits) = condition.value()
            && !self.options.fuel
        {
            return if bits as u32 != 0 { self.br(depth) } else { Ok(()) };
        }
        let target = self.conditional_target(depth);
        let arity = target.arity(self.module);
        self.prepare_carry(arity);
        if self.needs_carry(arity, target.height) {
            let (op, a, b) = self.condition(condition, false);
            let skip = self.asm.label();
            self.asm.branch(op, a, b, skip);
            self.carry(arity, target.height);
            self.exchange_for(&target);
            self.asm.jump(target.label);
            self.bind(skip);
        } else {
            let (op, a, b) = self.condition(condition, true);
            let label = if self.needs_exchange(&target) { self.exit(depth) } else { target.label };
            self.branch(op, a, b, label)?;
        }
        Ok(())
    }

    /// The branch taken when `condition` is true (or false, if not `sense`), with its operands. A comparison emitted just
    /// now is taken back and becomes the branch.
    fn condition(&mut self, condition: Popped, sense: bool) -> (Op, Src, Src) {
        if self.options.fuse_branches
            && let Some(last) = self.last_for(condition)
            && let Some(negated) = last.op.negated()
            && !matches!(last.a, Src::Imm(_))
        {
            let test = if sense { last.op } else { negated };
            if let Some((branch, b)) = canonical::branch(test, last.b) {
                self.take_back(last);
                return (branch, last.a, b);
            }
        }
        let op = if sense { Op::BrI32Ne } else { Op::BrI32Eq };
        (op, self.operand(op, 0, condition), Src::Imm(0))
    }
}
