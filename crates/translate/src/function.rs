//! Translation of one function body: the state, and the walk over its operators.

use crate::control::Block;
use crate::error::Fault;
use crate::fuel::{Region, cost};
use crate::fuse::Last;
use crate::hot::{Exit, HotLocals, REGISTERS, TOO_MANY};
use crate::local::Local;
use crate::operand::Mirrored;
use crate::room::is_control;
use crate::rotate::Test;
use crate::stack::Entry;
use crate::tier::Landing;
use crate::visit::op_on_i32;
use crate::weigh::{LoopWeight, Touch};
use crate::{Error, Options};
use alloc::vec::Vec;
use core::mem::take;
use wasmite_core::{FuncIdx, Limits, OutOfMemory, ValType, heap::Grow};
use wasmite_isa::{Assembled, Assembler, Code, Frame, Label, Opcode, Position, Ty, VerifyError};
use wasmite_module::{Allocations, Body, BodyValidator, Module, Operator, Operators, Visitor};

/// Translates function bodies, one at a time; keeps its buffers from one to the next.
#[derive(Default)]
pub struct Translator {
    asm: Assembler,
    buffers: Buffers,
    validator: Allocations,
}

/// What translations write to. The first three are used by most operators, so each translation has them in its own state.
#[derive(Default)]
struct Buffers {
    stack: Vec<Entry>,
    blocks: Vec<Block>,
    locals: Vec<Local>,
    assigned: Vec<u32>,
    results: Vec<Ty>,
    stub_labels: Vec<Option<Label>>,
    weighed_blocks: Vec<Option<u32>>,
    touches: Vec<Touch>,
    loops: Vec<LoopWeight>,
    exits: Vec<Exit>,
    tests: Vec<Test>,
    stubs: Vec<u32>,
}

/// The state of one translation.
pub(crate) struct FuncTranslator<'a> {
    pub(crate) module: &'a Module,
    pub(crate) func: FuncIdx,
    pub(crate) options: Options,
    pub(crate) asm: &'a mut Assembler,
    /// The symbolic operand stack.
    pub(crate) stack: Vec<Entry>,
    /// No entry below this height is a pending read of a local.
    pub(crate) flushed: usize,
    /// Open blocks, the function itself first.
    pub(crate) blocks: Vec<Block>,
    pub(crate) locals: Vec<Local>,
    /// Locals with [`Local::assigned`] set since the function began, in the order in which they were.
    pub(crate) assigned: &'a mut Vec<u32>,
    /// The function's results.
    pub(crate) results: &'a mut Vec<Ty>,
    /// Labels of the stubs of the current branch table, by relative depth. All are none between branch tables.
    pub(crate) stub_labels: &'a mut Vec<Option<Label>>,
    /// Scratch: see [`crate::weigh`].
    pub(crate) weighed_blocks: &'a mut Vec<Option<u32>>,
    pub(crate) touches: &'a mut Vec<Touch>,
    /// The body's loops in the order in which they begin, if they have been weighed, and how many have been translated.
    pub(crate) loops: &'a mut Vec<LoopWeight>,
    pub(crate) loops_seen: usize,
    /// Where frames can land, if that is wanted.
    pub(crate) landings: Option<&'a mut Vec<Landing>>,
    /// Ways out of loops whose copies follow the function's code.
    pub(crate) exits: &'a mut Vec<Exit>,
    /// What loops begin with, where that is repeated.
    pub(crate) tests: &'a mut Vec<Test>,
    /// The relative depths that have a stub, so that a branch table costs what it has, not what it might have.
    pub(crate) stubs: &'a mut Vec<u32>,
    /// The frame; `slots` is known at the end.
    pub(crate) frame: Frame,
    /// The slot of the first temporary.
    pub(crate) temporaries: usize,
    /// The most values that the operand stack has had, as far as some have been popped since.
    pub(crate) max_height: usize,
    /// Sums among the values on the operand stack.
    pub(crate) sums: usize,
    pub(crate) frame_overflow: bool,
    /// The locals that are kept in registers here.
    pub(crate) hot: HotLocals,
    /// The cells that put zeros into registers at entry, as far as nothing has read those.
    pub(crate) needless_zeros: [Option<(Position, Position)>; REGISTERS],
    /// Where the next cell was to start when each register was last read as a temporary, or lost.
    pub(crate) borrowed: [Position; REGISTERS],
    pub(crate) mirrored: Mirrored,
    pub(crate) last: Option<Last>,
    /// What the accumulators mirrored before `last`, if there is one.
    pub(crate) mirrored_before: Mirrored,
    /// Just after the last label or branch.
    pub(crate) barrier: Position,
    pub(crate) reachable: bool,
    /// Blocks opened since the code became unreachable.
    pub(crate) skipped: u32,
    /// The region of code that the current instruction is in.
    pub(crate) region: Region,
    /// Where in the module room has to be made again.
    pub(crate) roomy_until: usize,
    /// Where in the module the next operator is that needs attention besides being translated: see [`FuncTranslator::attend`]. Never
    /// beyond `roomy_until`, and 0 where operators are noted or not reached.
    pub(crate) calm_until: usize,
    /// Byte offset in the module of the latest operator that concerns blocks or branches.
    pub(crate) offset: usize,
    /// Whether something is noted of each operator: where it is, or what it costs.
    is_noted: bool,
}

impl Translator {
    /// Translates the body of `func`, a defined function of `module`. Validates it too if the module's bodies are
    /// deferred.
    pub fn translate(
        &mut self,
        module: &Module,
        func: FuncIdx,
        options: &Options,
    ) -> Result<Code, Error> {
        let frame = self.emit(module, func, options, None)?;
        self.asm.finish(frame).map_err(|error| malformed(module, func, error))
    }

    /// As [`Translator::translate`], but the code stays in the translator's buffers, and each cell is given to `link` when it
    /// has been verified: see [`Assembler::link`]. The places where frames can land go into `landings`, if that is given, in
    /// their order; a cell starts at each.
    #[inline]
    pub fn assemble(
        &mut self,
        module: &Module,
        func: FuncIdx,
        options: &Options,
        mut landings: Option<&mut Vec<Landing>>,
        link: impl FnMut(&mut [u64], usize, Opcode),
    ) -> Result<Assembled<'_>, Error> {
        let frame = self.emit(module, func, options, landings.as_deref_mut())?;
        let code = self.asm.link(frame, link).map_err(|error| malformed(module, func, error))?;
        let wrong = |landing: &&Landing| !code.has_cell_at(landing.word);
        match landings.and_then(|landings| landings.iter().find(wrong)) {
            Some(Landing { word, .. }) => {
                let error = VerifyError { word: *word, what: "landing" };
                Err(malformed(module, func, error.into()))
            }
            None => Ok(code),
        }
    }

    /// Gives back what only a large function needed.
    pub fn trim(&mut self) {
        self.asm.trim();
    }

    /// Leaves the cells of a function in the assembler, and gives the frame they need.
    fn emit(
        &mut self,
        module: &Module,
        func: FuncIdx,
        options: &Options,
        landings: Option<&mut Vec<Landing>>,
    ) -> Result<Frame, Error> {
        let body = module.body(func);
        let start = module.body_range(func).start;
        let bytes = module.body_range(func).len() as u64;
        check("function body bytes", bytes, options.limits.body_bytes.into(), start)?;
        let allocations = take(&mut self.validator);
        let mut validator = module.body_validator(func, allocations)?;
        let mut this =
            FuncTranslator::new(module, func, *options, &mut self.asm, &mut self.buffers);
        this.landings = landings;
        let translated = this
            .begin(start)
            .and_then(|()| this.body(&body, start, validator.as_mut()))
            .and_then(|()| this.finish(start));
        let FuncTranslator { stack, blocks, locals, .. } = this;
        (self.buffers.stack, self.buffers.blocks, self.buffers.locals) = (stack, blocks, locals);
        if let Some(validator) = validator {
            self.validator = validator.into_allocations();
        }
        translated
    }
}

/// What was wrong with the code of `func`.
#[cold]
fn malformed(module: &Module, func: FuncIdx, error: wasmite_isa::Error) -> Error {
    match error {
        wasmite_isa::Error::Malformed(error) => {
            Error::Internal { offset: module.body_range(func).start, error }
        }
        wasmite_isa::Error::OutOfMemory(error) => error.into(),
    }
}

impl<'a> FuncTranslator<'a> {
    fn new(
        module: &'a Module,
        func: FuncIdx,
        options: Options,
        asm: &'a mut Assembler,
        buffers: &'a mut Buffers,
    ) -> Self {
        Self {
            module,
            func,
            options,
            asm,
            stack: take(&mut buffers.stack),
            flushed: 0,
            blocks: take(&mut buffers.blocks),
            locals: take(&mut buffers.locals),
            assigned: &mut buffers.assigned,
            results: &mut buffers.results,
            stub_labels: &mut buffers.stub_labels,
            weighed_blocks: &mut buffers.weighed_blocks,
            touches: &mut buffers.touches,
            loops: &mut buffers.loops,
            loops_seen: 0,
            landings: None,
            exits: &mut buffers.exits,
            tests: &mut buffers.tests,
            stubs: &mut buffers.stubs,
            frame: Frame::default(),
            temporaries: 0,
            max_height: 0,
            sums: 0,
            frame_overflow: false,
            hot: HotLocals::default(),
            mirrored: Mirrored::NOTHING,
            last: None,
            mirrored_before: Mirrored::NOTHING,
            barrier: Position(0),
            needless_zeros: [None; REGISTERS],
            borrowed: [Position(0); REGISTERS],
            reachable: true,
            skipped: 0,
            region: Region::default(),
            roomy_until: 0,
            calm_until: 0,
            offset: 0,
            is_noted: options.source_map || options.fuel,
        }
    }

    fn begin(&mut self, start: usize) -> Result<(), Error> {
        self.asm.clear();
        self.stack.clear();
        self.blocks.clear();
        self.locals.clear();
        self.assigned.clear();
        self.results.clear();
        self.loops.clear();
        self.exits.clear();
        self.tests.clear();
        // A translation that failed may have left some.
        self.stub_labels.clear();
        self.stubs.clear();
        let ty = self.module.func_type(self.func);
        self.locals.try_reserve(ty.params().len()).map_err(OutOfMemory::from)?;
        for param in ty.params() {
            let ty = self.scalar(*param);
            self.locals.put(Local::new(ty, true));
        }
        self.frame.params = ty.params().len() as u16;
        self.frame.results = ty.results().len() as u16;
        self.results.try_reserve(ty.results().len()).map_err(OutOfMemory::from)?;
        for result in ty.results() {
            let result = self.scalar(*result);
            self.results.put(result);
        }
        // For the function's block, and for bringing hot locals into their registers.
        self.reserve(start, 0)?;
        self.open_function(self.func);
        Ok(())
    }

    fn declare_locals(&mut self, count: usize, ty: ValType) -> Result<(), Error> {
        let ty = self.scalar(ty);
        Ok(self.locals.try_resize(self.locals.len() + count, Local::new(ty, false))?)
    }

    /// The scalar type of a value type. Vectors are refused by validation until they are supported.
    pub(crate) fn scalar(&self, ty: ValType) -> Ty {
        match ty {
            ValType::I32 => Ty::I32,
            ValType::F32 => Ty::F32,
            ValType::F64 => Ty::F64,
            ValType::I64 | ValType::Ref(_) | ValType::V128 => Ty::I64,
        }
    }

    fn body(
        &mut self,
        body: &Body<'_>,
        start: usize,
        mut validator: Option<&mut BodyValidator<'_>>,
    ) -> Result<(), Error> {
        let operators = self.read_locals(body, start, validator.as_deref_mut())?;
        if self.choose_hot_locals(body, validator.as_deref_mut())? {
            validator = None;
        }
        self.heat_entry();
        self.load_hot_locals();
        self.begin_function_region();
        Ok(operators.visit(validator, self)?)
    }

    /// Declares the locals of `body`, here and to the validator, and gives the operators, which follow.
    fn read_locals<'b>(
        &mut self,
        body: &Body<'b>,
        start: usize,
        mut validator: Option<&mut BodyValidator<'_>>,
    ) -> Result<Operators<'b>, Error> {
        let Limits { locals: most, .. } = self.options.limits;
        let mut groups = body.locals()?;
        while let Some((count, ty, offset)) = groups.group()? {
            if let Some(validator) = &mut validator {
                validator.declare_locals(count, ty, offset)?;
            }
            let total = self.locals.len() as u64 + u64::from(count);
            // A frame has at most 65 535 slots, whatever the limits say.
            check("locals of a function", total, u64::from(most).min(u16::MAX.into()), start)?;
            self.declare_locals(count as usize, ty)?;
        }
        check("parameters and locals", self.locals.len() as u64, TOO_MANY.into(), start)?;
        // Each can be assigned once.
        self.assigned.try_reserve(self.locals.len()).map_err(OutOfMemory::from)?;
        self.frame.locals = self.locals.len() as u16 - self.frame.params;
        self.temporaries = self.frame.first_temporary();
        Ok(groups.operators())
    }

    /// Does what few operators need before they are translated: makes room, notes things, and looks what becomes of those that
    /// are not reached. Whether the operator is to be translated.
    #[inline(never)]
    fn attend(&mut self, operator: &Operator<'_>, offset: usize) -> Result<bool, Fault> {
        self.make_room(operator, offset)?;
        if self.is_noted {
            self.note(offset, cost(operator))?;
        }
        if !self.reachable {
            return Ok(self.unreachable_operator(operator)?);
        }
        if !self.is_noted {
            self.calm_until = self.roomy_until;
        }
        Ok(true)
    }

    /// Translates an `i32.const` and the operator after it as two.
    #[inline(never)]
    fn two_operators(
        &mut self,
        value: i32,
        operator: &Operator<'_>,
        [first, second]: [usize; 2],
    ) -> Result<(), Fault> {
        if self.attend(&Operator::I32Const { value }, first)? {
            self.constant(Ty::I32, u64::from(value as u32));
        }
        if self.attend(operator, second)? {
            self.binary(op_on_i32(operator));
        }
        Ok(())
    }

    /// Notes the offset and the cost of the next operator, as far as the options ask for that.
    fn note(&mut self, offset: usize, cost: u64) -> Result<(), OutOfMemory> {
        if self.options.source_map {
            self.asm.mark_source(offset as u32)?;
        }
        if self.options.fuel && self.reachable {
            self.charge(cost);
        }
        Ok(())
    }

    /// The frame, when all operators have been translated.
    fn finish(&mut self, start: usize) -> Result<Frame, Error> {
        self.settle();
        self.remove_needless_zeros();
        self.note_height();
        let slots = (self.temporaries + self.max_height).max(self.frame.results.into());
        let most = u64::from(u16::MAX) - u64::from(self.frame_overflow);
        check("slots of a frame", slots as u64, most, start)?;
        Ok(Frame { slots: slots as u16, ..self.frame })
    }

    /// The error if `count` of `what` exceeds `most`, for the current instruction.
    pub(crate) fn limit(&self, what: &'static str, count: u64, most: u64) -> Result<(), Error> {
        check(what, count, most, self.offset)
    }
}

impl Visitor for FuncTranslator<'_> {
    type Error = Fault;

    #[inline(always)]
    fn operator(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Fault> {
        if is_control(operator) {
            self.offset = offset;
        }
        let attention = offset >= self.calm_until || self.wants_room(operator);
        if attention && !self.attend(operator, offset)? {
            return Ok(());
        }
        Ok(self.translate(operator)?)
    }

    #[inline(always)]
    fn operator_on_constant(
        &mut self,
        value: i32,
        operator: &Operator<'_>,
        offsets: [usize; 2],
    ) -> Result<(), Fault> {
        if offsets[1] < self.calm_until && self.options.fold_constants {
            self.binary_on_constant(op_on_i32(operator), value as u32);
            return Ok(());
        }
        self.two_operators(value, operator, offsets)
    }
}

fn check(what: &'static str, count: u64, most: u64, offset: usize) -> Result<(), Error> {
    Limits::check(what, count, most).map_err(|limit| Error::Limit { offset, limit })
}
