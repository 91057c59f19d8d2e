//! Linking: relocatable code to code that this machine runs from where it is.
//!
//! A function's linked code is a word and the cells of its code: its extent, then cells with handler addresses for opcodes,
//! absolute branch targets, entries for callees, canonical types for types, and for functions that are referred to their numbers in
//! an instance. Not translation. Invariant: words keep their positions, so a source map of the code serves its linked form.

use crate::types::TypeId;
use crate::{Error, Program, handlers};
use alloc::vec::Vec;
use wasmite_core::{FuncIdx, TypeIdx, heap::Grow};
use wasmite_isa::shape::EXTRA;
use wasmite_isa::{Assembled, Frame, Op, Opcode};

/// Words before the first cell.
const HEADER: usize = 1;

/// What entering a function needs of its frame: fields of [`Frame`], together in the word before the first cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Extent {
    pub(crate) params: u16,
    pub(crate) slots: u16,
    pub(crate) zeroed: u16,
    /// From `zeroed` to `zeroed_end`.
    pub(crate) zeroed_count: u16,
}

impl Extent {
    const fn of(frame: Frame) -> Self {
        let Frame { params, zeroed, zeroed_end, slots, results: _, locals: _ } = frame;
        Self { params, slots, zeroed, zeroed_count: zeroed_end - zeroed }
    }

    /// The byte position of `zeroed_count` in the word.
    pub(crate) const ZEROED_COUNT: usize = 6;

    const fn pack(self) -> u64 {
        let Self { params, slots, zeroed, zeroed_count } = self;
        params as u64 | (slots as u64) << 16 | (zeroed as u64) << 32 | (zeroed_count as u64) << 48
    }

    /// What is in the word before the first cell.
    #[inline(always)]
    pub(crate) const fn unpack(word: u64) -> Self {
        Self {
            params: word as u16,
            slots: (word >> 16) as u16,
            zeroed: (word >> 32) as u16,
            zeroed_count: (word >> 48) as u16,
        }
    }
}

/// Words of the smallest and of the largest buffer that is made before a function wants a larger one. Small machines have
/// few functions, and no bytes to spare for those that may never come.
const BUFFERS: [usize; 2] = if cfg!(feature = "std") { [1 << 5, 1 << 12] } else { [0, 0] };

/// Linked code of the functions of a program, one after the other in few buffers. Words hold addresses of words: they never
/// change or move.
#[derive(Default)]
pub(crate) struct Linked {
    /// Each is filled up to the capacity it has from the start.
    buffers: Vec<Vec<u64>>,
}

impl Linked {
    /// Adds the code of a function, of which the cells are linked; returns the first op word, as a pointer with which all words
    /// may be read.
    pub(crate) fn add(&mut self, code: Assembled<'_>) -> Result<*const u64, Error> {
        let extent = Extent::of(code.frame());
        let at = self.buffer_with_room(HEADER + code.word_count())?;
        let buffer = &mut self.buffers[at];
        let start = buffer.as_ptr().wrapping_add(buffer.len() + HEADER);
        // Linked where they are, not in a buffer: nobody may write into what is executed.
        let words = code.with_targets(|target| address(start.wrapping_add(target)));
        // There is room: this neither moves the buffer nor touches what is in it.
        buffer.put(extent.pack());
        buffer.put_all(words);
        Ok(start)
    }

    fn buffer_with_room(&mut self, len: usize) -> Result<usize, Error> {
        let has_room = |buffer: &Vec<u64>| buffer.capacity() - buffer.len() >= len;
        if !self.buffers.last().is_some_and(has_room) {
            let [least, most] = BUFFERS;
            let before = self.buffers.last().map_or(0, Vec::capacity);
            let mut buffer = Vec::new();
            buffer.try_reserve_exact(len.max((2 * before).clamp(least, most)))?;
            self.buffers.try_reserve(1)?;
            self.buffers.put(buffer);
        }
        Ok(self.buffers.len() - 1)
    }

    /// The one of those with code at `starts` that has a word at `address`, and that word's index.
    pub(crate) fn locate<F: Copy>(
        &self,
        address: usize,
        starts: impl Iterator<Item = (F, usize)>,
    ) -> Option<(F, u32)> {
        let ends = |buffer: &Vec<u64>| buffer.as_ptr_range().end.addr();
        let range = |buffer: &Vec<u64>| buffer.as_ptr().addr()..ends(buffer);
        let mut range = self.buffers.iter().map(range).find(|range| range.contains(&address))?;
        let mut found = None;
        for (func, start) in starts {
            if start > address {
                // Its header is not the code of the function before it.
                range.end = range.end.min(start - HEADER * size_of::<u64>());
            } else if start >= range.start {
                range.start = start;
                found = Some(func);
            }
        }
        let word = (address - range.start) / size_of::<u64>();
        found.filter(|_| address < range.end).map(|func| (func, word as u32))
    }
}

/// Links the cells of a function of `program` one after the other, but for branch targets; looks for sequences if told so.
pub(crate) fn linker(
    program: &Program,
    sequences: bool,
) -> impl FnMut(&mut [u64], usize, Opcode) + use<'_> {
    // A profile counts cells, so each must be dispatched.
    let wanted = sequences && !cfg!(feature = "profile");
    let mut sequences = handlers::Sequences::default();
    move |words, at, opcode| {
        link_cell(program, &mut words[at..], opcode);
        if wanted {
            sequences.extend(at, opcode, |first, handler| words[first] = handler);
        }
    }
}

/// Links the cell at the start of `words`, but for its branch target.
#[inline(always)]
fn link_cell(program: &Program, words: &mut [u64], opcode: Opcode) {
    let extra = EXTRA / 8;
    match opcode.op {
        Op::Call | Op::TailCall => {
            words[extra] = address(program.entry(FuncIdx(words[extra] as u32)));
        }
        Op::CallIndirect | Op::TailCallIndirect => {
            let (ty, table) = (program.type_id(TypeIdx(words[extra] as u32)).0, words[extra] >> 32);
            // Handlers look in the first table before they look which one it is: no function there has such a type.
            let elsewhere = if table == 0 { 0 } else { TypeId::ELSEWHERE };
            words[extra] = table << 32 | u64::from(ty | elsewhere);
        }
        Op::RefFunc => {
            // Instances have the addresses of those they import, then of the first one that they define.
            let (func, imported) =
                ((words[1] >> 32) as u32, program.module().imported_func_count());
            if func >= imported {
                let number = imported + program.referable_number(FuncIdx(func));
                words[1] = words[1] & 0xffff_ffff | u64::from(number) << 32;
            }
        }
        _ => {}
    }
    words[0] = handlers::handler(opcode);
}

fn address<T>(pointer: *const T) -> u64 {
    pointer.expose_provenance() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Engine, tiers::Tier};
    use wasmite_isa::{Code, shape::Field};

    const TEXT: &str = r#"(module
        (type $unused (func (param f32)))
        (type $t (func (param i32) (result i32)))
        (import "" "" (func $host (param i32) (result i32)))
        (table 1 funcref)
        (func $f (type $t)
            (loop $again
                (drop (call $g (local.get 0)))
                (drop (call $host (local.get 0)))
                (drop (call_indirect (type $t) (local.get 0) (local.get 0)))
                (br_if $again (local.get 0)))
            (if (result i32) (local.get 0)
                (then (return_call $g (i32.const 1)))
                (else (return_call_indirect (type $t) (i32.const 1) (i32.const 0)))))
        (func $g (type $t) (local.get 0)))"#;

    /// A program, the code of one of its functions, that code linked, and where it starts.
    fn link(text: &str, func: FuncIdx, sequences: bool) -> (Program, Code, Linked, *const u64) {
        let bytes = wat::parse_str(text).unwrap();
        let mut config = Config::default();
        config.translation.sequences = sequences;
        let program = Program::new(&Engine::new(config), &bytes).unwrap();
        let code = program.code(func).unwrap();
        let mut linked = Linked::default();
        let start = add(&mut linked, &program, func);
        (program, code, linked, start)
    }

    fn add(linked: &mut Linked, program: &Program, func: FuncIdx) -> *const u64 {
        program.with_assembled(func, Tier::Full, |code, _| linked.add(code)).unwrap()
    }

    /// The same for the first function defined in [`TEXT`], cell by cell.
    fn linked() -> (Program, Code, Linked, *const u64) {
        link(TEXT, FuncIdx(1), false)
    }

    #[test]
    fn extents_pack_into_a_word() {
        let extent = Extent { params: 1, slots: 2, zeroed: 3, zeroed_count: u16::MAX };
        assert_eq!(extent.pack(), 0xffff_0003_0002_0001);
        assert_eq!(Extent::unpack(extent.pack()), extent);
    }

    #[test]
    fn words_keep_their_positions() {
        let (program, code, mut linked, first) = linked();
        let words = &linked.buffers[0];
        assert_eq!(words.len(), HEADER + code.words().len());
        assert_eq!(words[0], Extent::of(code.frame()).pack());
        assert_eq!(first, words[HEADER..].as_ptr());
        let second = add(&mut linked, &program, FuncIdx(2));
        let starts = [(FuncIdx(2), second.addr()), (FuncIdx(1), first.addr())];
        let locate = |address| linked.locate(address, starts.into_iter());
        let word = |at: usize| first.wrapping_add(at).addr();
        let last = code.words().len() - 1;
        assert_eq!(locate(word(0)), Some((FuncIdx(1), 0)));
        assert_eq!(locate(word(last)), Some((FuncIdx(1), last as u32)));
        assert_eq!(locate(word(last + 1)), None, "the header of the next one");
        assert_eq!(locate(word(0) - 1), None);
        assert_eq!(locate(second.addr() + 8), Some((FuncIdx(2), 1)));
        assert_eq!(locate(linked.buffers.last().unwrap().as_ptr_range().end.addr()), None);
    }

    #[test]
    fn buffers_never_move() {
        let (program, _, mut linked, first) = linked();
        let mut starts = Vec::new();
        starts.push(first.addr());
        for _ in 0..500 {
            starts.push(add(&mut linked, &program, FuncIdx(1)).addr());
        }
        assert!(linked.buffers.len() > 2);
        let all = starts.iter().map(|start| (FuncIdx(1), *start));
        for start in &starts {
            assert_eq!(linked.locate(*start, all.clone()), Some((FuncIdx(1), 0)));
        }
    }

    #[test]
    fn cells_name_what_they_need_by_address() {
        let (program, code, linked, start) = linked();
        let ty = u64::from(program.type_id(TypeIdx(1)).0);
        let g = address(program.entry(FuncIdx(2)));
        let (mut seen, mut directions) = (Vec::new(), Vec::new());
        for cell in code.listing() {
            let old = &code.words()[cell.word as usize..];
            let new = &linked.buffers[0][HEADER + cell.word as usize..];
            let op = cell.opcode().op;
            let mut opcode = cell.opcode();
            for field in op.shape().fields {
                if let Field::Target(byte) = field {
                    let target = start.wrapping_add(old[byte / 8] as usize);
                    assert_eq!(new[byte / 8], target.addr() as u64, "{cell}");
                    let ahead = old[byte / 8] > cell.word.into();
                    directions.push(ahead);
                    if ahead {
                        opcode = opcode.ahead();
                    }
                }
            }
            assert_eq!(new[0], handlers::handler(opcode), "{cell}");
            match op {
                Op::Call | Op::TailCall => assert_eq!(new[2], g, "{cell}"),
                Op::CallIndirect | Op::TailCallIndirect => {
                    assert_eq!(new[2], ty | old[2] >> 32 << 32, "{cell}")
                }
                Op::CallImport => assert_eq!(new[1..3], old[1..3], "{cell}"),
                _ => continue,
            }
            seen.push(op);
        }
        use Op::*;
        assert_eq!(seen, [Call, CallImport, CallIndirect, TailCall, TailCallIndirect]);
        assert!([false, true].iter().all(|ahead| directions.contains(ahead)), "{directions:?}");
    }

    #[test]
    fn references_name_functions_by_their_number_in_the_instance() {
        let text = r#"(module
            (import "" "" (func $unused)) (import "" "" (func $host))
            (func $f (drop (ref.func $host)) (drop (ref.func $g)) (drop (ref.func $h)))
            (func $g) (func $h)
            (elem declare func $host $g $h))"#;
        let (_, code, linked, _) = link(text, FuncIdx(2), false);
        let refs = code.listing().filter(|cell| cell.opcode().op == Op::RefFunc);
        let words = refs.map(|cell| linked.buffers[0][HEADER + cell.word as usize + 1] >> 32);
        // The first that are defined come after both imports, though but one of these is referred to.
        assert_eq!(words.collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[cfg(feature = "hot-locals")]
    #[test]
    fn branches_ahead_have_handlers_of_their_own() {
        for op in [Op::Jump, Op::BrI32Eq, Op::BrF64NotLt] {
            let opcode = Opcode { op, form: 0 };
            assert_ne!(handlers::handler(opcode.ahead()), handlers::handler(opcode), "{op:?}");
        }
    }

    #[cfg(all(sequences, not(feature = "profile")))]
    #[test]
    fn sequences_change_the_op_words_of_their_first_cells() {
        let text = r#"(module (memory 1) (func (param i32) (result i32)
            (i32.load (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 0)))))"#;
        let (_, code, plain, _) = link(text, FuncIdx(0), false);
        let (_, _, fused, _) = link(text, FuncIdx(0), true);
        let (plain, fused) = (&plain.buffers[0], &fused.buffers[0]);
        let cells: Vec<usize> = code.listing().map(|cell| HEADER + cell.word as usize).collect();
        let differs = |at: &usize| plain[*at] != fused[*at];
        let changed: Vec<usize> = (0..plain.len()).filter(differs).collect();
        assert!(changed.contains(&cells[0]), "{changed:?}");
        assert!(changed.iter().all(|at| cells.contains(at)));
        assert!(!changed.contains(cells.last().unwrap()), "nothing follows the last cell");
    }
}
