//! How much heap the validator may take: it takes without asking, so the heap is asked before it does.
//!
//! Bounds, not measurements: what its data structures can grow to from what a section or body holds. Invariant: before the
//! validator runs, the heap has had as much in one piece, and [`ERROR`] more. (Another thread may take it in between.)

use super::ERROR;
use wasmite_core::{OutOfMemory, heap::has_room};
use wasmparser::{FunctionBody, Payload};

/// Bytes of a validator before it has seen anything but a header, and of what it makes once.
const MODULE: usize = 2048;
/// Bytes of a constant expression's validator, whose stacks start small.
const EXPRESSION: usize = 512;
/// Bytes of an operand, a block, and a local of each kind that is told apart.
const OPERAND: usize = 4;
const BLOCK: usize = 40;
const LOCAL: usize = 4;
const GROUP: usize = 8;
/// Locals whose types are kept one by one, and those that a function can have.
const TRACKED: usize = 50;
const MOST_LOCALS: usize = 50_000;
/// Items that a vector makes room for at first.
const FIRST: u32 = 4;

/// Bytes of a vector that grows by and by to `count` items, together with the one it is moved from.
fn grown(count: usize, size: usize) -> usize {
    count.max(FIRST as usize).saturating_mul(3 * size)
}

/// Asks for what validating `payload` may take, in a module with `types` types so far.
pub(super) fn section(payload: &Payload<'_>, types: usize) -> Result<(), OutOfMemory> {
    /// Bytes for a section with `count` items in `bytes` bytes, by item and by byte.
    fn items(count: u32, bytes: u64, item: usize, byte: usize) -> usize {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        // Trees begin with a node for eleven items.
        let count = (count as usize).saturating_add(11 * usize::from(count > 0));
        count.saturating_mul(item).saturating_add(bytes.saturating_mul(byte))
    }
    let size = |range: core::ops::Range<u64>| range.end - range.start;
    // A type is moved when all are known.
    let all_types = types.saturating_mul(96);
    let bytes = match payload {
        Payload::Version { .. } => MODULE,
        // The type with its list, in vectors that double; each parameter is a byte or more.
        Payload::TypeSection(section) => items(section.count(), size(section.range()), 320, 8),
        // Two names, twice; a tree's node; a vector of what has the name; what is imported.
        Payload::ImportSection(section) => items(section.count(), size(section.range()), 512, 2),
        Payload::FunctionSection(section) => items(section.count(), 0, 4, 0),
        Payload::TableSection(section) => {
            EXPRESSION + items(section.count(), size(section.range()), 32, 12)
        }
        Payload::MemorySection(section) => items(section.count(), 0, 48, 0),
        // Constants of two bytes on a stack that doubles; references to functions in a tree.
        Payload::GlobalSection(section) => {
            EXPRESSION + items(section.count(), size(section.range()), 24, 12)
        }
        // A name, twice; a tree's node.
        Payload::ExportSection(section) => items(section.count(), size(section.range()), 192, 3),
        Payload::ElementSection(section) => {
            EXPRESSION + items(section.count(), size(section.range()), 24, 12)
        }
        Payload::DataSection(section) => {
            let expressions = section.clone().into_iter().map_while(Result::ok);
            let bytes = expressions.map(|data| match data.kind {
                wasmparser::DataKind::Active { offset_expr, .. } => {
                    size(offset_expr.get_binary_reader().range())
                }
                wasmparser::DataKind::Passive => 0,
            });
            EXPRESSION + items(0, bytes.max().unwrap_or(0), 0, 12)
        }
        Payload::CodeSectionStart { .. } | Payload::End(_) => MODULE + all_types,
        _ => 0,
    };
    has_room(bytes.saturating_add(ERROR))
}

/// Asks for what a validator of a body takes to begin with: for a function with `params` parameters, in a module whose
/// widest type has `widest` values.
pub(super) fn body(params: usize, widest: usize) -> Result<(), OutOfMemory> {
    has_room(locals(params, params) + grown(widest, OPERAND) + grown(1, BLOCK) + ERROR)
}

/// Bytes for `count` locals that are declared in `groups` groups.
fn locals(count: usize, groups: usize) -> usize {
    let untracked = if count > TRACKED { groups } else { 0 };
    grown(count.min(TRACKED), LOCAL) + grown(count, 1) + grown(untracked, GROUP)
}

/// Asks for what the locals of `body` take.
pub(super) fn body_locals(body: &FunctionBody<'_>) -> Result<(), OutOfMemory> {
    let (mut count, mut groups) = (0_usize, 0);
    for (group, _) in body.get_locals_reader().into_iter().flatten().map_while(Result::ok) {
        count = count.saturating_add(group as usize).min(MOST_LOCALS);
        groups += 1;
    }
    // Beside parameters, of which there may be as many as are told apart.
    has_room(locals(count + TRACKED, groups + TRACKED) + ERROR)
}

/// How large the stacks of a validator of bodies have been at least: their buffers are kept from one body to the next.
#[derive(Clone, Copy, Default)]
pub(super) struct Stacks {
    operands: u32,
    blocks: u32,
}

impl Stacks {
    /// Whether an operator that pushes up to `pushes` operands, or one block, makes neither stack grow.
    #[inline(always)]
    pub(super) fn have_room(&self, operands: u32, pushes: u32, blocks: u32) -> bool {
        operands + pushes <= self.operands && blocks < self.blocks
    }

    /// Asks for what the stacks grow by if they grow.
    #[cold]
    pub(super) fn ask(
        &mut self,
        operands: u32,
        pushes: u32,
        blocks: u32,
    ) -> Result<(), OutOfMemory> {
        // A vector doubles: it has room for what it held, rounded up.
        let capacity = |held: u32| if held == 0 { 0 } else { held.max(FIRST).next_power_of_two() };
        self.operands = self.operands.max(capacity(operands));
        self.blocks = self.blocks.max(capacity(blocks));
        let growth = |held: u32, wanted: u32, size| match wanted > held {
            true => size * capacity(wanted) as usize,
            false => 0,
        };
        let bytes = growth(self.operands, operands + pushes, OPERAND)
            + growth(self.blocks, blocks + 1, BLOCK);
        if bytes == 0 { Ok(()) } else { has_room(bytes + ERROR) }
    }
}
