//! How much heap the validator may take: it takes without asking, so the heap is asked before it does.
//!
//! Bounds, not measurements: what its data structures can grow to from what a section or body holds. Invariant: before the
//! validator runs, the heap has had as much in one piece, and [`ERROR`] more. (Another thread may take it in between.)

use super::{Before, ERROR};
use wasmite_core::{OutOfMemory, heap::has_room};
use wasmparser::Payload;

/// Bytes of a validator before it has seen anything but a header, and of what it makes once.
const MODULE: usize = 2048;
/// Bytes of a constant expression's validator, whose stacks start small.
const EXPRESSION: usize = 512;
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
