//! How much heap the validator may take: it takes without asking, so the heap is asked before it does.
//!
//! Bounds, not measurements: what its data structures can grow to from what a section or body holds. Invariant: before the
//! validator runs, the heap has had as much in one piece, and [`ERROR`] more. (Another thread may take it in between.)

use super::{Before, ERROR, Function};
use wasmite_core::{OutOfMemory, heap::has_room};
use wasmparser::Payload;

/// Bytes of a validator before it has seen anything but a header, and of what it makes once.
const MODULE: usize = 2048;
/// Bytes of a constant expression's validator, whose stacks start small.
const EXPRESSION: usize = 512;
/// Bytes of an operand, a block, and a local of each kind that is told apart.
const OPERAND: usize = 8;
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

/// Asks the heap for so many bytes.
pub(super) fn ask(bytes: usize) -> Result<(), OutOfMemory> {
    #[cfg(test)]
    super::margin::grant(bytes);
    has_room(bytes)
}

/// Does what takes from the heap without asking. Tests hold it to what was asked for.
#[inline(always)]
pub(super) fn taking<R>(act: impl FnOnce() -> R) -> R {
    #[cfg(test)]
    return super::margin::taking(act);
    #[cfg(not(test))]
    act()
}

/// Asks for what validating `payload` may take.
pub(super) fn section(payload: &Payload<'_>, before: Before) -> Result<(), OutOfMemory> {
    /// Bytes for a section with `count` items in `bytes` bytes, by item and by byte.
    fn items(count: u32, bytes: u64, item: usize, byte: usize) -> usize {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        // Trees begin with a node for eleven items.
        let count = (count as usize).saturating_add(11 * usize::from(count > 0));
        count.saturating_mul(item).saturating_add(bytes.saturating_mul(byte))
    }
    let size = |range: core::ops::Range<u64>| range.end - range.start;
    // What is defined is appended to what is imported: a vector with room for twice as many, which doubles.
    let after_imports = |bytes: usize, item: usize| {
        bytes.saturating_add(before.imports.saturating_mul(4 * item)).saturating_add(EXPRESSION)
    };
    // A type is moved when all are known.
    let all_types = before.types.saturating_mul(96);
    let bytes = match payload {
        Payload::Version { .. } => MODULE,
        // The type with its list, in vectors that double; each parameter is a byte or more.
        Payload::TypeSection(section) => items(section.count(), size(section.range()), 320, 8),
        // Two names, twice; a tree's node; a vector of what has the name; what is imported.
        Payload::ImportSection(section) => items(section.count(), size(section.range()), 512, 2),
        Payload::FunctionSection(section) => after_imports(items(section.count(), 0, 4, 0), 4),
        Payload::TableSection(section) => {
            after_imports(items(section.count(), size(section.range()), 32, 12), 32)
        }
        Payload::MemorySection(section) => after_imports(items(section.count(), 0, 48, 0), 48),
        // Constants of two bytes on a stack that doubles; references to functions in a tree.
        Payload::GlobalSection(section) => {
            after_imports(items(section.count(), size(section.range()), 24, 12), 24)
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
    ask(bytes.saturating_add(ERROR))
}

/// Asks for what noting the first body takes.
pub(super) fn first_body() -> Result<(), OutOfMemory> {
    ask(MODULE + ERROR)
}

/// Asks for what a validator of the body of `function` takes besides its stacks, and `stacks` bytes for those.
pub(super) fn body(function: &Function<'_>, stacks: usize) -> Result<(), OutOfMemory> {
    let (mut count, mut groups) = (function.params, function.params);
    for (group, _) in function.body.get_locals_reader().into_iter().flatten().map_while(Result::ok)
    {
        count = count.saturating_add(group as usize).min(MOST_LOCALS);
        groups += 1;
    }
    ask(locals(count, groups) + grown(function.widest, OPERAND) + stacks + ERROR)
}

/// Bytes for `count` locals that are declared in `groups` groups.
fn locals(count: usize, groups: usize) -> usize {
    let untracked = if count > TRACKED { groups } else { 0 };
    grown(count.min(TRACKED), LOCAL) + grown(count, 1) + grown(untracked, GROUP)
}

/// Up to which heights the stacks of a validator of bodies may grow before the heap is asked again.
#[derive(Clone, Copy, Default)]
pub(super) struct Stacks {
    granted: Heights,
    /// What they have room for, at least: their buffers are kept from one body to the next.
    held: Heights,
}

/// The heights of a validator's stacks.
#[derive(Clone, Copy, Default)]
pub(super) struct Heights {
    pub(super) operands: u32,
    pub(super) blocks: u32,
}

impl Heights {
    /// What vectors of these lengths have room for: they double.
    fn rounded(self) -> Self {
        let round = |len: u32| if len == 0 { 0 } else { len.max(FIRST).next_power_of_two() };
        Self { operands: round(self.operands), blocks: round(self.blocks) }
    }

    fn max(self, other: Self) -> Self {
        let Self { operands, blocks } = self;
        Self { operands: operands.max(other.operands), blocks: blocks.max(other.blocks) }
    }
}

impl Stacks {
    /// Whether the stacks may grow to these heights.
    #[inline(always)]
    pub(super) fn are_granted(&self, wanted: Heights) -> bool {
        wanted.operands <= self.granted.operands && wanted.blocks <= self.granted.blocks
    }

    /// Notes that the stacks have the heights `now` and will have those of `wanted`; gives how many bytes that may take.
    pub(super) fn grant(&mut self, now: Heights, wanted: Heights) -> usize {
        self.held = self.held.max(now.rounded());
        self.granted = self.held.max(wanted.rounded());
        let growth = |held: u32, granted: u32, size| match granted > held {
            true => size * granted as usize,
            false => 0,
        };
        growth(self.held.operands, self.granted.operands, OPERAND)
            + growth(self.held.blocks, self.granted.blocks, BLOCK)
    }

    /// Notes that others took memory: what was granted may not be there any more.
    pub(super) fn take_back(&mut self) {
        self.granted = self.held;
    }
}
