//! Which locals are in registers where: a loop may keep others than the code around it.
//!
//! Not what they are worth: [`crate::weigh`] finds that out. Invariant: a local that is in no register is in its slot, so
//! every way between code with different registers has copies on it (rule 9).

use crate::control::Block;
use crate::function::FuncTranslator;
use crate::room::LEAN;
use crate::weigh::{Favourite, Favourites};
use wasmite_core::heap::Grow;
use wasmite_isa::{Class, Dst, Label, Slot, Src};
use wasmite_module::SMALL;

/// Registers for locals: two of each class.
pub(crate) const REGISTERS: usize = 2 * Class::COUNT;
pub(crate) const CLASSES: [Class; Class::COUNT] = [Class::Int, Class::F32, Class::F64];

/// The first and the second register of a class.
pub(crate) const fn registers(class: Class) -> [usize; 2] {
    [class as usize, Class::COUNT + class as usize]
}

/// A local becomes hot in a function if it weighs more than this: loading it costs a cell at entry.
const TOO_LIGHT: u32 = 15;
/// A loop puts a local in another's register if that weighs so much more in it: it takes up to four copies to enter and leave.
const WORTH_COPIES: u32 = 4;

/// The locals that are kept in registers in some part of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HotLocals {
    /// By register, or [`NONE`]. Blocks are copied with them: options would be four times as large.
    locals: [u16; REGISTERS],
    /// Whether the register may differ from the local's slot.
    written: [bool; REGISTERS],
}

/// Stands for no local: there are not so many.
pub(crate) const NONE: u16 = u16::MAX;
/// Stands for the temporaries of a class, which are worth a register like a local.
const TEMPORARIES: [u16; Class::COUNT] = [NONE - 1, NONE - 2, NONE - 3];
/// Functions have fewer locals than this.
pub(crate) const TOO_MANY: u16 = NONE - 3;

/// What stands for the temporaries of `class` among locals.
pub(crate) const fn temporaries(class: Class) -> u32 {
    TEMPORARIES[class as usize] as u32
}

/// The class whose temporaries `local` stands for. Where code is to be small, nothing stands for any.
#[inline]
pub(crate) fn temporaries_class(local: u32) -> Option<Class> {
    let stands = |class: &Class| temporaries(*class) == local;
    if SMALL || local < TOO_MANY.into() { None } else { CLASSES.into_iter().find(stands) }
}

impl Default for HotLocals {
    fn default() -> Self {
        Self { locals: [NONE; REGISTERS], written: [false; REGISTERS] }
    }
}

/// Copies between registers and slots on a way out of a loop, behind the function's code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exit {
    from: HotLocals,
    to: HotLocals,
    target: Label,
    /// Where the copies are.
    label: Label,
}

impl HotLocals {
    /// Those worth a register in all of a function.
    pub(crate) fn of_function(favourites: &Favourites) -> Self {
        let mut hot = Self::default();
        let worth = |favourite: &&Favourite| favourite.weight > TOO_LIGHT;
        for class in CLASSES {
            let mut heaviest = favourites.of(class).iter().take(2).filter(worth);
            let (first, second) = (heaviest.next(), heaviest.next());
            hot.put_both(class, first.copied(), second.copied());
        }
        hot
    }

    /// Those worth a register in a loop, if these are kept around it.
    fn of_loop(self, favourites: &Favourites) -> Self {
        let mut hot = self;
        for class in CLASSES {
            hot.change_class(class, favourites.of(class));
        }
        hot
    }

    /// Puts what is used most of a class in a loop into its registers, in place of what is worth less there.
    fn change_class(&mut self, class: Class, favourites: &[Favourite]) {
        let [first, second, ..] = *favourites else { return };
        let around = self.locals;
        let [hot, warm] = registers(class);
        let weight = |register: usize| {
            let kept = favourites.iter().find(|one| around[register] == one.local as u16);
            kept.map_or(0, |kept| kept.weight)
        };
        let worth =
            |favourite: Favourite, register| favourite.weight >= weight(register) + WORTH_COPIES;
        let wanted = |kept: u16| {
            [first, second].iter().any(|one| one.weight > 0 && kept == one.local as u16)
        };
        for favourite in [first, second] {
            let displaced =
                [warm, hot].into_iter().filter(|register| !wanted(self.locals[*register]));
            if !self.locals.contains(&(favourite.local as u16))
                && let Some(register) = displaced.min_by_key(|register| weight(*register))
                && worth(favourite, register)
            {
                self.put(register, favourite);
            }
        }
        if [hot, warm].iter().all(|register| self.locals[*register] != around[*register]) {
            self.put_both(class, Some(first), Some(second));
        }
    }

    fn put(&mut self, register: usize, favourite: Favourite) {
        self.locals[register] = favourite.local as u16;
        self.written[register] = favourite.written;
    }

    /// Puts a counter into the hot register rather than the warm one: so code that does the same has the same forms.
    fn put_both(&mut self, class: Class, first: Option<Favourite>, second: Option<Favourite>) {
        let swap =
            second.is_some_and(|second| first.is_some_and(|first| second.steps > first.steps));
        let (hot, warm) = if swap { (second, first) } else { (first, second) };
        for (register, favourite) in registers(class).into_iter().zip([hot, warm]) {
            if let Some(favourite) = favourite {
                self.put(register, favourite);
            }
        }
    }

    /// How `local` of class `class` is read and written if it is kept in a register.
    pub(crate) fn register(&self, local: u32, class: Class) -> Option<(Src, Dst)> {
        let [hot, warm] = registers(class);
        if self.locals[hot] == local as u16 {
            Some(operands(hot))
        } else if self.locals[warm] == local as u16 {
            Some(operands(warm))
        } else {
            None
        }
    }

    /// By register, or [`NONE`].
    pub(crate) fn locals(&self) -> [u16; REGISTERS] {
        self.locals.map(|local| if local < TOO_MANY { local } else { NONE })
    }

    /// Whether other locals are in registers.
    #[inline]
    fn differs(&self, other: &Self) -> bool {
        // They are the same, nearly always.
        self.locals != other.locals && self.locals() != other.locals()
    }

    /// The local that a register has.
    pub(crate) fn local(&self, register: usize) -> Option<u32> {
        Some(self.locals[register]).filter(|local| *local < TOO_MANY).map(u32::from)
    }

    /// The integers.
    pub(crate) fn ints(&self) -> [Option<u32>; 2] {
        registers(Class::Int).map(|register| self.local(register))
    }
}

/// How a register is read and written.
pub(crate) fn operands(register: usize) -> (Src, Dst) {
    if register < Class::COUNT { (Src::Hot, Dst::Hot) } else { (Src::Warm, Dst::Warm) }
}

/// How a register is written, and of which class it is.
pub(crate) fn place(register: usize) -> (Dst, Class) {
    (operands(register).1, CLASSES[register % Class::COUNT])
}

impl FuncTranslator<'_> {
    /// How `local` is read and written if it is kept in a register.
    pub(crate) fn register(&self, local: u32) -> Option<(Src, Dst)> {
        self.hot.register(local, self.locals[local as usize].ty.class())
    }

    /// Whether `local` is kept in a register.
    pub(crate) fn is_hot(&self, local: u32) -> bool {
        self.register(local).is_some()
    }

    /// The slots of the integer locals that are kept in registers.
    pub(crate) fn integer_registers(&self) -> [Option<Slot>; 2] {
        self.hot.ints().map(|local| local.map(|local| self.local_slot(local)))
    }

    /// Brings the function's hot locals into their registers, at entry: parameters from their slots, the others are zero.
    pub(crate) fn load_hot_locals(&mut self) {
        if !self.options.hot_locals {
            return;
        }
        // Zeros come first: some of them are removed again.
        for params in [false, true] {
            for register in 0..REGISTERS {
                let Some(local) = self.hot.local(register) else { continue };
                if params != (local < self.frame.params.into()) {
                    continue;
                }
                let src = if params { Src::Slot(self.local_slot(local)) } else { Src::Imm(0) };
                let ty = self.locals[local as usize].ty;
                let start = self.copy(ty, src, operands(register).1);
                if !params {
                    self.hot.written[register] = true;
                    self.needless_zeros[register] = Some((start, self.asm.position()));
                }
            }
        }
        self.blocks[0].hot = self.hot;
    }

    /// Notes that the zero is read which `local` has at entry, if it is in a register there.
    pub(crate) fn need_register_zero(&mut self, local: u32) {
        if !SMALL
            && self.options.hot_locals
            && let Some(register) =
                self.blocks[0].hot.locals.iter().position(|it| *it == local as u16)
        {
            self.needless_zeros[register] = None;
        }
    }

    /// Removes what puts zeros into registers at entry that nobody reads (rule 8). Those are the first cells, so no branch goes there.
    pub(crate) fn remove_needless_zeros(&mut self) {
        if SMALL {
            return;
        }
        // The last one first: so those before it stay where they are.
        for (start, end) in self.needless_zeros.into_iter().rev().flatten() {
            self.asm.remove(start, end);
            for landing in self.landings.iter_mut().flat_map(|landings| landings.iter_mut()) {
                landing.word -= end.0 - start.0;
            }
        }
    }

    /// Enters the next loop: changes registers to what is worth keeping in it.
    pub(crate) fn enter_loop_registers(&mut self) {
        let favourites = self.loops.get(self.loops_seen).map(|weighed| weighed.favourites);
        self.loops_seen += 1;
        if let Some(favourites) = favourites {
            self.change_registers(self.hot.of_loop(&favourites));
        }
    }

    /// From here on, `to` are the locals in registers.
    pub(crate) fn change_registers(&mut self, to: HotLocals) {
        if self.hot.differs(&to) {
            self.exchange(self.hot, to);
            // Nothing before may be made to write what is a register now, or was one (rule 3).
            self.last = None;
            self.barrier = self.asm.position();
        }
        self.hot = to;
    }

    /// Copies what is in other places with the registers `to` than with `from`.
    fn exchange(&mut self, from: HotLocals, to: HotLocals) {
        // Where bytes are dear, what room was made for is counted without these copies.
        if LEAN {
            self.forget_room();
        }
        let differ = |register: &usize| from.local(*register) != to.local(*register);
        for register in (0..REGISTERS).filter(differ) {
            if let (Some(local), true) = (from.local(register), from.written[register]) {
                let (ty, slot) = (self.locals[local as usize].ty, self.local_slot(local));
                self.copy(ty, operands(register).0, Dst::Slot(slot));
            }
        }
        for register in (0..REGISTERS).filter(differ) {
            if let Some(local) = to.local(register) {
                self.need_slot(local);
                let (ty, slot) = (self.locals[local as usize].ty, self.local_slot(local));
                self.copy(ty, Src::Slot(slot), operands(register).1);
            }
        }
    }

    /// Whether a branch from here to `target` has to change registers.
    pub(crate) fn needs_exchange(&self, target: &Block) -> bool {
        self.options.hot_locals && !target.is_function() && self.hot.differs(&target.hot)
    }

    /// Emits the copies for a branch from here to `target`.
    pub(crate) fn exchange_for(&mut self, target: &Block) {
        if self.needs_exchange(target) {
            self.exchange(self.hot, target.hot);
        }
    }

    /// The label of the copies for a branch of relative depth `depth`, which follow the function's code.
    pub(crate) fn exit(&mut self, depth: u32) -> Label {
        let (from, count) = (self.hot, self.exits.len());
        let index = self.blocks.len() - 1 - depth as usize;
        let Block { label: target, hot: to, exit, .. } = &mut self.blocks[index];
        if let Some(latest) = exit.map(|latest| self.exits[latest as usize])
            && latest.from == from
        {
            return latest.label;
        }
        let label = self.asm.label();
        *exit = Some(count as u32);
        self.exits.put(Exit { from, to: *to, target: *target, label });
        label
    }

    /// Emits what the branches of [`FuncTranslator::exit`] go to.
    pub(crate) fn emit_exits(&mut self) {
        for index in 0..self.exits.len() {
            let Exit { from, to, target, label } = self.exits[index];
            self.bind(label);
            self.exchange(from, to);
            self.asm.jump(target);
        }
    }
}
