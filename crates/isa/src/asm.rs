//! The assembler: appends cells, binds labels, changes what it wrote last, and finishes into verified code.
//!
//! It knows nothing of WebAssembly. Invariant: a cell's words are written together, so the buffer always ends at a cell
//! boundary. Whoever appends has reserved room before ([`Assembler::reserve`]): appending itself does not fail.

use crate::shape::{
    A, B, BINARY32, BINARY64, D, EXTRA, Field, Imm, JUMP_TARGET, Shape, SrcField, TABLE_ENTRIES,
};
use crate::verify::{Error, Verifier, VerifyError};
use crate::{Assembled, Code, Dst, ElementLoop, Frame, Op, Opcode, Slot, SourceMap, Src};
use alloc::vec::Vec;
use wasmite_core::{
    OutOfMemory,
    heap::{Grow, boxed_slice},
};

/// Where a cell starts: a word index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position(pub u32);

/// A branch target that may not be bound yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(u32);

/// A reference to a label, resolved when the code is finished.
#[derive(Clone, Copy, Debug)]
struct Fixup {
    /// The cell.
    cell: u32,
    /// The word to write, or the number of a 32-bit table entry.
    site: Site,
    label: Label,
}

impl Fixup {
    /// Whether the cell is a jump: no other has its target there.
    fn is_jump(&self) -> bool {
        matches!(self.site, Site::Target(word) if word == self.cell + JUMP_TARGET as u32 / 8)
    }
}

#[derive(Clone, Copy, Debug)]
enum Site {
    Target(u32),
    Entry(u32),
}

/// Words that there is room for, at most, while nothing is translated.
const KEPT_WORDS: usize = 1 << 10;

/// Assembles the code of one function at a time; buffers are reused.
#[derive(Debug, Default)]
pub struct Assembler {
    words: Vec<u64>,
    /// Position of each label, `u32::MAX` while unbound.
    labels: Vec<u32>,
    /// Where a label was last bound.
    last_bound: u32,
    fixups: Vec<Fixup>,
    source: SourceMap,
    verifier: Verifier,
}

impl Assembler {
    /// Forgets everything: ready for another function.
    pub fn clear(&mut self) {
        self.words.clear();
        self.labels.clear();
        self.last_bound = u32::MAX;
        self.fixups.clear();
        self.source.clear();
    }

    /// Forgets everything if there is more room for words than most functions need, and gives that back.
    pub fn trim(&mut self) {
        if self.words.capacity() > KEPT_WORDS {
            self.clear();
            self.words = Vec::new();
        }
    }

    /// Makes room for words of cells, for labels, and for branches: fields of branch tables count too.
    pub fn reserve(
        &mut self,
        words: usize,
        labels: usize,
        branches: usize,
    ) -> Result<(), OutOfMemory> {
        self.words.try_reserve(words)?;
        self.labels.try_reserve(labels)?;
        Ok(self.fixups.try_reserve(branches)?)
    }

    /// Words, labels and branches that there is room for.
    #[inline]
    pub fn room(&self) -> [usize; 3] {
        [
            self.words.capacity() - self.words.len(),
            self.labels.capacity() - self.labels.len(),
            self.fixups.capacity() - self.fixups.len(),
        ]
    }

    /// Where the next cell will start.
    #[inline]
    pub fn position(&self) -> Position {
        Position(self.words.len() as u32)
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels.put(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// Binds `label` to the next cell. A jump there from the cell before is removed.
    pub fn bind(&mut self, label: Label) {
        if self.last_bound != self.words.len() as u32
            && let Some(fixup) = self.fixups.last()
            && fixup.label == label
            && fixup.is_jump()
            && fixup.cell as usize + Op::Jump.shape().words == self.words.len()
        {
            self.words.truncate(fixup.cell as usize);
            self.fixups.pop();
        }
        self.last_bound = self.words.len() as u32;
        self.labels[label.0 as usize] = self.last_bound;
    }

    /// Where `label` was bound.
    pub fn bound(&self, label: Label) -> Position {
        Position(self.labels[label.0 as usize])
    }

    /// Appends the cells from `start` to `end` once more, with the instructions they came from. None of them may be a branch.
    pub fn repeat(&mut self, start: Position, end: Position) -> Result<(), OutOfMemory> {
        let here = self.position().0;
        let marked = |source: &SourceMap, word| source.partition_point(|mark| mark.0 < word);
        let current = self.source.last().copied();
        for index in marked(&self.source, start.0)..marked(&self.source, end.0) {
            let (word, offset) = self.source[index];
            self.mark(word - start.0 + here, offset)?;
        }
        for index in start.0..end.0 {
            self.words.put(self.words[index as usize]);
        }
        current.map_or(Ok(()), |(_, offset)| self.mark_source(offset))
    }

    /// Remembers that cells from here on came from the instruction at `offset`.
    pub fn mark_source(&mut self, offset: u32) -> Result<(), OutOfMemory> {
        self.mark(self.words.len() as u32, offset)
    }

    fn mark(&mut self, word: u32, offset: u32) -> Result<(), OutOfMemory> {
        while self.source.last().is_some_and(|(last, _)| *last >= word) {
            self.source.pop();
        }
        self.source.try_push((word, offset))
    }

    /// Appends a cell. `values` are those of the shape's fields in their order; targets are written by
    /// [`Assembler::branch`], [`Assembler::jump`] and [`Assembler::table_entry`].
    ///
    /// # Panics
    /// If the op has not that many source operands or fields.
    pub fn emit<const SRCS: usize, const FIELDS: usize>(
        &mut self,
        op: Op,
        srcs: &[Src; SRCS],
        dst: Option<Dst>,
        values: &[u64; FIELDS],
    ) -> Position {
        self.emit_shaped(op.shape(), op, srcs, dst, values)
    }

    /// As [`Assembler::emit`], for an op of which the shape is known: then little is left to be done.
    ///
    /// # Panics
    /// If the shape has not that many source operands or fields.
    #[inline(always)]
    pub fn emit_shaped<const SRCS: usize, const FIELDS: usize>(
        &mut self,
        shape: &Shape,
        op: Op,
        srcs: &[Src; SRCS],
        dst: Option<Dst>,
        values: &[u64; FIELDS],
    ) -> Position {
        debug_assert_eq!(shape.name, op.shape().name, "{op:?}");
        let at = self.position();
        let places = shape.srcs.try_into().expect("operands are those of the shape");
        let fields = shape.fields.try_into().expect("values are those of the shape");
        debug_assert_eq!(dst.is_some(), shape.dst, "{op:?}");
        debug_assert!(shape.words > 1, "{op:?}");
        let (mut operands, mut extra) = (0, 0);
        let mut form = encode_srcs(places, srcs, &mut operands);
        if let Some(dst) = dst {
            form = form * u16::from(Dst::FORMS) + u16::from(dst.form());
            if let Dst::Slot(slot) = dst {
                operands |= u64::from(slot.0) << (D % 8 * 8);
            }
        }
        encode_fields(fields, values, [&mut operands, &mut extra]);
        self.words.put_all(&[Opcode { op, form }.word(), operands]);
        if shape.words > 2 {
            self.words.put(extra);
        }
        for (place, src) in places.iter().zip(srcs) {
            if let (Src::Imm(value), Imm::Word) = (*src, place.imm) {
                self.words.put(value);
            }
        }
        at
    }

    /// Appends a cell of [`crate::shape::BARE`].
    pub fn bare(&mut self, op: Op) {
        debug_assert_eq!(op.shape().name, crate::shape::BARE.name, "{op:?}");
        self.words.put(Opcode { op, form: 0 }.word());
    }

    /// As [`Assembler::emit`], for ops with the shapes [`crate::shape::BINARY32`] and [`crate::shape::BINARY64`].
    #[inline(always)]
    pub fn emit_binary(&mut self, op: Op, a: Src, b: Src, dst: Slot) -> Position {
        const { assert!(is_plain_binary(BINARY32) && is_plain_binary(BINARY64)) };
        debug_assert!([BINARY32.name, BINARY64.name].contains(&op.shape().name), "{op:?}");
        let at = self.position();
        let payload = |src| match src {
            Src::Slot(slot) => u64::from(slot.0),
            Src::Imm(value) => value & 0xffff_ffff,
            Src::Acc | Src::Hot | Src::Warm => 0,
        };
        let forms = u16::from(a.form()) * u16::from(Src::FORMS) + u16::from(b.form());
        let form = forms * u16::from(Dst::FORMS) + u16::from(Dst::Slot(dst).form());
        let first = if let Src::Imm(_) = a { 0 } else { payload(a) << (A % 8 * 8) };
        let operands = first | u64::from(dst.0) << (D % 8 * 8) | payload(b) << (B % 8 * 8);
        self.words.put_all(&[Opcode { op, form }.word(), operands]);
        if let Src::Imm(value) = a {
            self.words.put(value);
        }
        at
    }

    /// Appends a cell of [`crate::shape::ELEMENT_LOOP`], given the slots of the integer locals that are kept in registers.
    pub fn element_loop(&mut self, found: &ElementLoop, registers: [Option<Slot>; 2]) -> Position {
        let (at, op) = (self.position(), found.op());
        let start = at.0 as usize;
        (0..op.shape().words).for_each(|_| self.words.put(0));
        let cell = &mut self.words[start..];
        cell[0] = Opcode { op, form: 0 }.word();
        for (field, value) in op.shape().fields.iter().zip(found.fields(registers)) {
            let (byte, bits) = encode_field(*field, value);
            cell[byte / 8] |= bits;
        }
        at
    }

    /// Appends a cell of [`crate::shape::BRANCH32`] or [`crate::shape::BRANCH64`] that goes to `target`.
    pub fn branch(&mut self, op: Op, a: Src, b: Src, target: Label) -> Position {
        let at = self.emit(op, &[a, b], None, &[0]);
        self.fix(at, Site::Target(at.0 + 2), target);
        at
    }

    /// Appends a jump to `target`.
    pub fn jump(&mut self, target: Label) -> Position {
        let at = self.emit(Op::Jump, &[], None, &[0]);
        self.fix(at, Site::Target(at.0 + 1), target);
        at
    }

    /// Appends a branch table of `entries` entries, which [`Assembler::table_entry`] fills.
    pub fn branch_table(&mut self, index: Src, entries: u32) -> Position {
        let at = self.emit(Op::BranchTable, &[index], None, &[u64::from(entries - 1)]);
        (0..entries.div_ceil(2)).for_each(|_| self.words.put(0));
        at
    }

    /// Makes entry `index` of the branch table at `table` go to `target`.
    pub fn table_entry(&mut self, table: Position, index: u32, target: Label) {
        self.fix(table, Site::Entry(index), target);
    }

    fn fix(&mut self, cell: Position, site: Site, label: Label) {
        self.fixups.put(Fixup { cell: cell.0, site, label });
    }

    /// Removes the cells from `position` on. None of them may be a branch.
    pub fn truncate(&mut self, position: Position) {
        debug_assert!(self.fixups.last().is_none_or(|fixup| fixup.cell < position.0));
        self.words.truncate(position.0 as usize);
    }

    /// Removes the cells from `start` to `end`. None of them may be a branch, and no label may be bound to one.
    pub fn remove(&mut self, start: Position, end: Position) {
        let moved = |word: &mut u32| {
            if *word != u32::MAX && *word >= end.0 {
                *word -= end.0 - start.0;
            }
        };
        self.words.drain(start.0 as usize..end.0 as usize);
        self.labels.iter_mut().for_each(moved);
        for Fixup { cell, site, .. } in &mut self.fixups {
            moved(cell);
            if let Site::Target(word) = site {
                moved(word);
            }
        }
        self.source.iter_mut().for_each(|(word, _)| moved(word));
    }

    /// The opcode of the cell at `position`.
    pub fn opcode(&self, position: Position) -> Opcode {
        Opcode::of_word(self.words[position.0 as usize])
    }

    /// Replaces the op of the cell at `position` by one of the same shape.
    pub fn set_op(&mut self, position: Position, op: Op) {
        let form = self.opcode(position).form;
        self.words[position.0 as usize] = Opcode { op, form }.word();
    }

    /// Adds to the 32-bit field at [`crate::shape::B`] of the cell at `position`, which must have one and room for the sum.
    pub fn add_to_field(&mut self, position: Position, value: u32) {
        let (word, bit) = (crate::shape::B / 8, crate::shape::B % 8 * 8);
        self.words[position.0 as usize + word] += u64::from(value) << bit;
    }

    /// Changes the destination of the cell at `position`, which must have one.
    pub fn set_dst(&mut self, position: Position, dst: Dst) {
        // The destination's form is the last digit of the opcode, which is above the op.
        const { assert!(Dst::FORMS == 4) };
        let at = position.0 as usize;
        self.words[at] = self.words[at] & !(3 << 16) | u64::from(dst.form()) << 16;
        if let Dst::Slot(slot) = dst {
            let operands = &mut self.words[at + 1];
            *operands = *operands & !0xffff_0000 | u64::from(slot.0) << 16;
        }
    }

    /// Resolves labels and verifies every cell against `frame`.
    pub fn finish(&mut self, frame: Frame) -> Result<Code, Error> {
        self.resolve()?;
        self.verifier.verify(&mut self.words, frame, |_, _, _| ())?;
        let words = boxed_slice(self.words.iter().copied())?;
        let source = boxed_slice(self.source.iter().copied())?;
        Ok(Code { words, frame, source })
    }

    /// As [`Assembler::finish`], but changes the code into what an engine executes where it is: each cell that has been verified
    /// is given to `link`, with all words, where it starts, and its opcode, made [`Opcode::ahead`] if its target is ahead of it.
    /// What is behind it is not to be changed. Its targets are left to [`Assembled::with_targets`].
    #[inline(always)]
    pub fn link(
        &mut self,
        frame: Frame,
        link: impl FnMut(&mut [u64], usize, Opcode),
    ) -> Result<Assembled<'_>, Error> {
        self.resolve()?;
        self.verifier.verify(&mut self.words, frame, link)?;
        Ok(Assembled::new(&mut self.words, frame, &self.verifier))
    }

    /// Writes the positions of labels to where they are wanted.
    fn resolve(&mut self) -> Result<(), VerifyError> {
        for Fixup { cell, site, label } in self.fixups.drain(..) {
            let target = self.labels[label.0 as usize];
            match site {
                Site::Target(word) => self.words[word as usize] = u64::from(target),
                Site::Entry(index) => {
                    let distance = (i64::from(target) - i64::from(cell)) * 8;
                    let Ok(distance) = i32::try_from(distance) else {
                        return Err(VerifyError { word: cell, what: "branch distance" });
                    };
                    let byte = TABLE_ENTRIES + 4 * index as usize;
                    put(&mut self.words[cell as usize..], byte, distance as u32);
                }
            }
        }
        Ok(())
    }
}

/// Whether [`Assembler::emit_binary`] knows the layout.
const fn is_plain_binary(shape: &Shape) -> bool {
    match *shape.srcs {
        [first, second] => {
            let short = matches!(second.imm, Imm::Narrow(B) | Imm::Signed(B));
            first.slot == A && matches!(first.imm, Imm::Word) && second.slot == B && short
        }
        _ => false,
    }
}

/// Writes the 32-bit field at byte position `byte` of a cell.
#[inline(always)]
fn put(cell: &mut [u64], byte: usize, value: u32) {
    let shift = byte % 8 * 8;
    let word = &mut cell[byte / 8];
    *word = *word & !(0xffff_ffff << shift) | u64::from(value) << shift;
}

/// Adds the operands `srcs` to the operand word; returns the forms' number.
#[inline(always)]
fn encode_srcs<const SRCS: usize>(
    places: &[SrcField; SRCS],
    srcs: &[Src; SRCS],
    word: &mut u64,
) -> u16 {
    let mut form = 0;
    for (place, src) in places.iter().zip(srcs) {
        form = form * u16::from(Src::FORMS) + u16::from(src.form());
        // All these fields are in word 1.
        let (bits, byte) = match (*src, place.imm) {
            (Src::Slot(slot), _) => (u64::from(slot.0), place.slot),
            (Src::Imm(value), Imm::Narrow(byte) | Imm::Signed(byte)) => (value & 0xffff_ffff, byte),
            (Src::Imm(value), Imm::Tiny(byte)) => (value & 0xffff, byte),
            _ => continue,
        };
        *word |= bits << (byte % 8 * 8);
    }
    form
}

/// Where a field is, and what its value adds to that word.
#[inline(always)]
const fn encode_field(field: Field, value: u64) -> (usize, u64) {
    let (byte, mask) = match field {
        Field::Slots(byte) | Field::OptionalSlot(byte) | Field::Callee(byte) => (byte, 0xffff),
        Field::U16(byte) | Field::I16(byte) | Field::Offset(byte) => (byte, 0xffff),
        Field::U32(byte) | Field::Table(byte) => (byte, 0xffff_ffff),
        Field::U64(byte) | Field::Target(byte) => (byte, u64::MAX),
    };
    (byte, (value & mask) << (byte % 8 * 8))
}

/// Adds `values` to word 1 and the word after it.
#[inline(always)]
fn encode_fields<const FIELDS: usize>(
    fields: &[Field; FIELDS],
    values: &[u64; FIELDS],
    words: [&mut u64; 2],
) {
    let [operands, extra] = words;
    for (field, value) in fields.iter().zip(values) {
        let (byte, bits) = encode_field(*field, *value);
        let word = if byte < EXTRA { &mut *operands } else { &mut *extra };
        *word |= bits;
    }
}
