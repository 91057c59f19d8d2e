//! Linking: relocatable code to code that this machine runs from where it is.
//!
//! Linked code is two words and the cells of [`Code`], in place: the function's index, its extent, then cells with
//! handler addresses for opcodes, absolute branch targets, entries for callees and canonical types for types. Not
//! translation. Invariant: words keep their positions, so a source map of the `Code` serves its linked form.

use crate::{Error, Program, handlers};
use alloc::vec::Vec;
use wasmite_core::{FuncIdx, TypeIdx};
use wasmite_isa::shape::{EXTRA, Field};
use wasmite_isa::{Code, Frame, Op, Opcode};

/// Words before the first cell.
const HEADER: usize = 2;

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

/// The word before the extent: the function's index, and how many slots its results take.
const fn pack_index(func: FuncIdx, results: u16) -> u64 {
    func.0 as u64 | (results as u64) << 32
}

/// Slots of results in the word before the extent.
pub(crate) const fn unpack_results(word: u64) -> u16 {
    (word >> 32) as u16
}

/// Linked code of one function. The words hold addresses of themselves and never change.
pub(crate) struct Linked {
    /// A vector, not a box: a vector may move while pointers into its buffer exist.
    words: Vec<u64>,
}

impl Linked {
    /// Links the code of a function of `program`.
    pub(crate) fn new(program: &Program, func: FuncIdx, code: &Code) -> Result<Self, Error> {
        let mut words = Vec::new();
        words.try_reserve_exact(HEADER + code.words().len())?;
        words.push(pack_index(func, code.frame().results));
        words.push(Extent::of(code.frame()).pack());
        words.extend_from_slice(code.words());
        let mut linked = Self { words };
        let start = linked.start();
        // A profile counts cells, so each must be dispatched.
        let wanted = program.uses_sequences() && !cfg!(feature = "profile");
        let mut sequences = handlers::Sequences::default();
        for cell in code.listing() {
            let at = HEADER + cell.word as usize;
            link_cell(program, &mut linked.words[at..], cell.opcode(), start);
            if wanted {
                for (first, handler) in sequences.extend(at, cell.opcode()).into_iter().flatten() {
                    linked.words[first] = handler;
                }
            }
        }
        Ok(linked)
    }

    /// The first op word, as a pointer with which all words may be read.
    pub(crate) fn start(&self) -> *const u64 {
        self.words.as_ptr().wrapping_add(HEADER)
    }

    /// The function and the index of its word at `address`, if that is one of these words.
    pub(crate) fn locate(&self, address: usize) -> Option<(FuncIdx, u32)> {
        let word = address.checked_sub(self.start().addr())? / size_of::<u64>();
        let inside = word + HEADER < self.words.len();
        inside.then(|| (FuncIdx(self.words[0] as u32), word as u32))
    }
}

/// Links the cell at the start of `words`.
fn link_cell(program: &Program, words: &mut [u64], opcode: Opcode, start: *const u64) {
    for field in opcode.op.shape().fields {
        if let Field::Target(byte) = field {
            let target = &mut words[byte / 8];
            *target = address(start.wrapping_add(*target as usize));
        }
    }
    let extra = EXTRA / 8;
    match opcode.op {
        Op::Call | Op::TailCall => {
            words[extra] = address(program.entry(FuncIdx(words[extra] as u32)));
        }
        Op::CallIndirect | Op::TailCallIndirect => {
            let ty = program.type_id(TypeIdx(words[extra] as u32)).0;
            words[extra] = words[extra] >> 32 << 32 | u64::from(ty);
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
    use crate::{Config, Engine};

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

    /// A program, the code of one of its functions, and that code linked.
    fn link(text: &str, func: FuncIdx, sequences: bool) -> (Program, Code, Linked) {
        let bytes = wat::parse_str(text).unwrap();
        let mut config = Config::default();
        config.translation.sequences = sequences;
        let program = Program::new(&Engine::new(config), &bytes).unwrap();
        let code = program.code(func).unwrap();
        let linked = Linked::new(&program, func, &code).unwrap();
        (program, code, linked)
    }

    /// The same for the first function defined in [`TEXT`], cell by cell.
    fn linked() -> (Program, Code, Linked) {
        link(TEXT, FuncIdx(1), false)
    }

    #[test]
    fn extents_pack_into_a_word() {
        let extent = Extent { params: 1, slots: 2, zeroed: 3, zeroed_count: u16::MAX };
        assert_eq!(extent.pack(), 0xffff_0003_0002_0001);
        assert_eq!(Extent::unpack(extent.pack()), extent);
        assert_eq!(unpack_results(pack_index(FuncIdx(u32::MAX), 7)), 7);
    }

    #[test]
    fn words_keep_their_positions() {
        let (_, code, linked) = linked();
        assert_eq!(linked.words.len(), HEADER + code.words().len());
        assert_eq!(linked.words[0], pack_index(FuncIdx(1), 1));
        assert_eq!(linked.words[1], Extent::of(code.frame()).pack());
        let word = |at: usize| linked.start().wrapping_add(at).addr();
        assert_eq!(linked.locate(word(0)), Some((FuncIdx(1), 0)));
        let last = code.words().len() - 1;
        assert_eq!(linked.locate(word(last)), Some((FuncIdx(1), last as u32)));
        assert_eq!(linked.locate(word(last + 1)), None);
        assert_eq!(linked.locate(word(0) - 1), None);
    }

    #[test]
    fn cells_name_what_they_need_by_address() {
        let (program, code, linked) = linked();
        let ty = u64::from(program.type_id(TypeIdx(1)).0);
        let g = address(program.entry(FuncIdx(2)));
        let mut seen = Vec::new();
        for cell in code.listing() {
            let old = &code.words()[cell.word as usize..];
            let new = &linked.words[HEADER + cell.word as usize..];
            let op = cell.opcode().op;
            assert_eq!(new[0], handlers::handler(cell.opcode()));
            for field in op.shape().fields {
                if let Field::Target(byte) = field {
                    let target = linked.start().wrapping_add(old[byte / 8] as usize);
                    assert_eq!(new[byte / 8], target.addr() as u64, "{cell}");
                }
            }
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
    }

    #[cfg(all(feature = "sequences", not(feature = "profile")))]
    #[test]
    fn sequences_change_the_op_words_of_their_first_cells() {
        let text = r#"(module (memory 1) (func (param i32) (result i32)
            (i32.load (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 0)))))"#;
        let (_, code, plain) = link(text, FuncIdx(0), false);
        let (_, _, fused) = link(text, FuncIdx(0), true);
        let cells: Vec<usize> = code.listing().map(|cell| HEADER + cell.word as usize).collect();
        let differs = |at: &usize| plain.words[*at] != fused.words[*at];
        let changed: Vec<usize> = (0..plain.words.len()).filter(differs).collect();
        assert!(changed.contains(&cells[0]), "{changed:?}");
        assert!(changed.iter().all(|at| cells.contains(at)));
        assert!(!changed.contains(cells.last().unwrap()), "nothing follows the last cell");
    }
}
