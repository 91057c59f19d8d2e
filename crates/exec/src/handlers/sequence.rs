//! Sequences: handlers that execute two adjacent cells, and where linking finds them.
//!
//! Not which pairs there are: that is `wasmite_isa`'s table. Invariant: a sequence does what its two handlers do one after the
//! other, so whether it is used is a matter of speed alone.

use super::{Execute, arithmetic, control, global, memory};
use crate::dispatch::{self, Handler};
use crate::raw::{AccForm, Destination, Flow, HotForm, ImmForm, Regs, SlotForm, Source};
use core::marker::PhantomData;
use wasmite_isa::{Op, Opcode, ops};

/// Executes the current cell and then, unless it jumps or exits, the one after it.
struct Sequence<A, B>(PhantomData<(A, B)>);

impl<A: Execute, B: Execute> Execute for Sequence<A, B> {
    #[inline(always)]
    unsafe fn execute(regs: &mut Regs) -> Flow {
        // SAFETY: I1 and I2, promised by the caller: linking puts this where cells of both stand one after the other, and
        // the first one has left the instruction pointer at the second.
        unsafe {
            match A::execute(regs) {
                Flow::Next => B::execute(regs),
                elsewhere => elsewhere,
            }
        }
    }
}

/// An op whose handler for operand forms `F` (those of sources, then of the destination) can be part of a sequence.
trait Formed<F> {
    type Handler: Execute;
}

macro_rules! formed {
    (Copy $name:ident) => { formed!(@ $name, arithmetic::Copy, X: Source, D: Destination); };
    (Unary $name:ident) => { formed!(@ $name, arithmetic::Unary, X: Source, D: Destination); };
    (Binary $name:ident) => { formed!(@ $name, arithmetic::Binary, X: Source, Y: Source, D: Destination); };
    (Compare $name:ident) => { formed!(@ $name, arithmetic::Compare, X: Source, Y: Source, D: Destination); };
    (Select $name:ident) => { formed!(@ $name, arithmetic::Select, X: Source, Y: Source, Z: Source, D: Destination); };
    (Load $name:ident) => { formed!(@ $name, memory::Load, X: Source, D: Destination); };
    (Store $name:ident) => { formed!(@ $name, memory::Store, X: Source, V: Source); };
    (LoadIndexed $name:ident) => { formed!(@ $name, memory::LoadIndexed, X: Source, Y: Source, D: Destination); };
    (StoreIndexed $name:ident) => { formed!(@ $name, memory::StoreIndexed, X: Source, Y: Source, V: Source); };
    (GlobalGet $name:ident) => { formed!(@ $name, global::Get, D: Destination); };
    (GlobalSet $name:ident) => { formed!(@ $name, global::Set, X: Source); };
    (Branch $name:ident) => { formed!(@ $name, control::Branch, X: Source, Y: Source); };
    ($family:ident $name:ident) => {};
    (@ $name:ident, $module:ident::$handler:ident, $($form:ident: $bound:ident),*) => {
        impl<$($form: $bound),*> Formed<($($form,)*)> for ops::$name {
            type Handler = $module::$handler<Self, $($form),*>;
        }
    };
}

macro_rules! define_formed {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => { $(formed!($family $name);)* };
}

wasmite_isa::for_each_op!(define_formed);

impl Formed<()> for ops::Jump {
    type Handler = Self;
}

macro_rules! form {
    (S) => {
        SlotForm
    };
    (A) => {
        AccForm
    };
    (H) => {
        HotForm
    };
    (K) => {
        ImmForm
    };
}

macro_rules! digit {
    (S) => {
        0
    };
    (A) => {
        1
    };
    (H) => {
        2
    };
    (K) => {
        3
    };
}

/// The handler type of a cell.
macro_rules! cell {
    ($op:ident ($($form:ident)*)) => { <ops::$op as Formed<($(form!($form),)*)>>::Handler };
}

/// The opcode of a cell.
macro_rules! opcode {
    ($op:ident ($($form:ident)*)) => { Opcode::of_digits(Op::$op, &[$(digit!($form)),*]) };
}

/// The handlers of sequences of `A` and each cell of a class.
trait Then<A> {
    const HANDLERS: &'static [Handler];
}

/// The handlers of sequences of each cell of a class and each of the class `T`.
trait First<T> {
    const ROWS: &'static [&'static [Handler]];
}

macro_rules! define_sequences {
    (classes { $($kind:ident $class:ident [$($op:ident $forms:tt)*];)* } matrices [$($first:ident $then:ident);*]) => {
        $(class!($kind $class [$($op $forms)*]);)*

        /// All matrices.
        const MATRICES: &[Matrix] = &[$(Matrix {
            first: $first::OPCODES,
            then: $then::OPCODES,
            handlers: <$first as First<$then>>::ROWS,
        }),*];
    };
}

macro_rules! class {
    (first $class:ident [$($op:ident $forms:tt)*]) => {
        struct $class;
        impl $class {
            const OPCODES: &'static [Opcode] = &[$(opcode!($op $forms)),*];
        }
        impl<T: $(Then<cell!($op $forms)> +)*> First<T> for $class {
            const ROWS: &'static [&'static [Handler]] = &[$(<T as Then<cell!($op $forms)>>::HANDLERS),*];
        }
    };
    (then $class:ident [$($op:ident $forms:tt)*]) => {
        struct $class;
        impl $class {
            const OPCODES: &'static [Opcode] = &[$(opcode!($op $forms)),*];
        }
        impl<A: Execute> Then<A> for $class {
            const HANDLERS: &'static [Handler] =
                &[$(dispatch::handler::<Sequence<A, cell!($op $forms)>>()),*];
        }
    };
}

/// The sequences of two classes.
struct Matrix {
    first: &'static [Opcode],
    then: &'static [Opcode],
    handlers: &'static [&'static [Handler]],
}

wasmite_isa::for_each_sequence!(define_sequences);

/// The handler of the sequence of a cell of `first` and one of `then`, if there is one.
pub(crate) fn sequence(first: Opcode, then: Opcode) -> Option<u64> {
    MATRICES.iter().find_map(|matrix| {
        let row = matrix.first.iter().position(|opcode| *opcode == first)?;
        let column = matrix.then.iter().position(|opcode| *opcode == then)?;
        Some(dispatch::word(matrix.handlers[row][column]))
    })
}
