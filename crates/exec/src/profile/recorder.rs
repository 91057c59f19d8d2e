//! The recorder: counts while cells execute.
//!
//! Not what the counts mean ([`super::table`]). It sees addresses only, and follows no pointer. Invariant: `frames` are the
//! frames that are active, as far as they have executed anything: a callee has a caller more, so the position of a frame's
//! caller tells calls from returns, and code that changes in one place is a tail call. (Frames themselves may start where
//! their caller's does.)

use crate::Program;
use crate::raw::Exit;
use alloc::vec::Vec;
use core::ops::Range;
use hashbrown::HashMap;
use wasmite_core::FuncIdx;
use wasmite_isa::Code;

/// Frames that a call stack is told apart by: deeper ones count as the last. Recursion would otherwise make a stack, with
/// all its names, for every depth.
const MOST_FRAMES: usize = 64;

/// A function that has executed something.
#[derive(Debug)]
pub(super) struct Executed {
    pub(super) program: Program,
    pub(super) func: FuncIdx,
    /// A translation whose words stand where those that execute stand.
    pub(super) code: Code,
    /// Where those are.
    pub(super) addresses: Range<usize>,
}

/// A call stack, as its innermost function and the stack of the caller.
#[derive(Debug)]
pub(super) struct Stack {
    /// None for a function that the host called.
    pub(super) caller: Option<usize>,
    /// Number of the function.
    pub(super) function: usize,
    /// Cells executed in the innermost frame.
    pub(super) dispatches: u64,
}

#[derive(Debug)]
struct Frame {
    /// Where the next caller goes, in bytes from the first one.
    depth: usize,
    /// Number of its call stack.
    stack: usize,
    /// Where the function's code is.
    code: Range<usize>,
}

/// What has been counted.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Programs of instances that have executed.
    programs: Vec<Program>,
    pub(super) functions: Vec<Executed>,
    /// Numbers of functions, by the address of their first cell.
    numbers: HashMap<usize, usize>,
    pub(super) stacks: Vec<Stack>,
    /// Numbers of stacks, by caller and function.
    callees: HashMap<(Option<usize>, usize), usize>,
    /// Executions of the last of three cells right after the others: 0 where nothing came before.
    pub(super) triples: HashMap<[usize; 3], u64>,
    frames: Vec<Frame>,
    /// The last two cells.
    last: [usize; 2],
    callers: usize,
}

impl Recorder {
    /// Says whose code will execute.
    pub(crate) fn expect(&mut self, program: &Program) {
        if !self.programs.iter().any(|known| known.same(program)) {
            self.programs.push(program.clone());
        }
    }

    /// Says where the first caller is.
    pub(crate) fn set_callers(&mut self, address: usize) {
        self.callers = address;
    }

    /// Says that the cell at address `cell` has been executed, with the next caller at address `caller`, and how that
    /// left dispatch.
    #[inline]
    pub(crate) fn executed(&mut self, cell: usize, caller: usize, exit: Option<Exit>) {
        match exit {
            None => self.count(cell, caller),
            // Not done yet.
            Some(Exit::Compile | Exit::StackFull | Exit::CallersFull) => {}
            // A stub, not a cell of a function.
            Some(Exit::Finished) => self.last = [0; 2],
            Some(_) => {
                self.count(cell, caller);
                self.last = [0; 2];
            }
        }
    }

    fn count(&mut self, cell: usize, caller: usize) {
        let depth = caller - self.callers;
        let same = |frame: &&Frame| frame.depth == depth && frame.code.contains(&cell);
        let current = match self.frames.last().filter(same) {
            Some(frame) => Some(frame.stack),
            None => self.change_frame(cell, depth),
        };
        let Some(stack) = current else { return };
        self.stacks[stack].dispatches += 1;
        *self.triples.entry([self.last[0], self.last[1], cell]).or_default() += 1;
        self.last = [self.last[1], cell];
    }

    /// Makes the frame at `depth`, which executes `cell`, the innermost; gives its call stack.
    fn change_frame(&mut self, cell: usize, depth: usize) -> Option<usize> {
        while self.frames.pop_if(|frame| frame.depth > depth).is_some() {}
        if let Some(frame) = self.frames.last().filter(|frame| frame.depth == depth) {
            if frame.code.contains(&cell) {
                return Some(frame.stack);
            }
            self.frames.pop();
        }
        let function = self.function(cell)?;
        let caller = self.frames.last().map(|frame| frame.stack);
        let stack = match caller {
            Some(deepest) if self.frames.len() >= MOST_FRAMES => deepest,
            _ => self.stack(caller, function),
        };
        let code = self.functions[function].addresses.clone();
        self.frames.push(Frame { depth, stack, code });
        Some(stack)
    }

    fn stack(&mut self, caller: Option<usize>, function: usize) -> usize {
        *self.callees.entry((caller, function)).or_insert_with(|| {
            self.stacks.push(Stack { caller, function, dispatches: 0 });
            self.stacks.len() - 1
        })
    }

    /// The function whose cell is at an address: nearly always its first one.
    fn function(&mut self, cell: usize) -> Option<usize> {
        if let Some(number) = self.numbers.get(&cell) {
            return Some(*number);
        }
        let located = |program: &Program| Some((program.clone(), program.locate(cell)?));
        let (program, (func, tier, word)) = self.programs.iter().find_map(located)?;
        let start = cell - word as usize * size_of::<u64>();
        if let Some(number) = self.numbers.get(&start) {
            return Some(*number);
        }
        let code = program.code_of(func, tier).ok()?;
        let addresses = start..start + size_of_val(code.words());
        self.functions.push(Executed { program, func, code, addresses });
        let number = self.functions.len() - 1;
        self.numbers.insert(start, number);
        Some(number)
    }
}
