//! Cells as types: a name for each op, generic over operand forms, that is the handler; and back from handlers to opcodes.
//!
//! Not which cells stand together: that is [`super::sequence`]. Invariant: `OPCODES` of a handler are those of the cells
//! that it executes, in order.

use super::{Execute, arithmetic, call, control, global, memory};
use crate::raw::{AccForm, Destination, HotForm, ImmForm, SlotForm, Source, WarmForm};
use wasmite_isa::{Opcode, ops, ops::Row};

pub(super) type S = SlotForm;
pub(super) type A = AccForm;
pub(super) type H = HotForm;
pub(super) type W = WarmForm;
pub(super) type K = ImmForm;

/// A handler of cells that may be part of a sequence.
pub(super) trait Cells {
    /// The cells' opcodes.
    const OPCODES: &'static [Opcode];
    /// The handler of the same cells if they end with a target that is ahead.
    type Ahead: Execute;
}

macro_rules! name {
    (Copy $name:ident) => { name!(@ $name = arithmetic::Copy<X, D>); };
    (Unary $name:ident) => { name!(@ $name = arithmetic::Unary<X, D>); };
    (Binary $name:ident) => { name!(@ $name = arithmetic::Binary<X, Y, D>); };
    (Compare $name:ident) => { name!(@ $name = arithmetic::Compare<X, Y, D>); };
    (Select $name:ident) => { name!(@ $name = arithmetic::Select<X, Y, C, D>); };
    (Load $name:ident) => { name!(@ $name = memory::Load<X, D>); };
    (Store $name:ident) => { name!(@ $name = memory::Store<X, V>); };
    (LoadIndexed $name:ident) => { name!(@ $name = memory::LoadIndexed<X, Y, D>); };
    (StoreIndexed $name:ident) => { name!(@ $name = memory::StoreIndexed<X, Y, V>); };
    (GlobalGet $name:ident) => { name!(@ $name = global::Get<D>); };
    (GlobalSet $name:ident) => { name!(@ $name = global::Set<X>); };
    (ImportedGlobalGet $name:ident) => { name!(@ $name = global::ImportedGet<D>); };
    (ImportedGlobalSet $name:ident) => { name!(@ $name = global::ImportedSet<X>); };
    (Branch $name:ident) => { name!(@ $name = control::Branch<X, Y>); };
    (ReturnOne $name:ident) => { name!(@ $name = call::ReturnOne<X>); };
    (Control BranchTable) => { name!(@ BranchTable = control::BranchTable<X>); };
    (Control CallIndirect) => { name!(@ CallIndirect = call::CallIndirect<X>); };
    // Without operand forms, the op is the handler.
    (Control Jump) => { name!(@ Jump, control::JumpAhead); };
    (Control Return) => { name!(@ Return, Self); };
    (Control Call) => { name!(@ Call, Self); };
    (Control Fuel) => { name!(@ Fuel, Self); };
    // Never part of a sequence.
    ($family:ident $name:ident) => {};
    (@ $name:ident = $module:ident::$handler:ident<$($operand:ident),*>) => {
        pub(super) type $name<$($operand),*> = $module::$handler<ops::$name, $($operand),*>;
    };
    (@ $name:ident, $ahead:ty) => {
        pub(super) type $name = ops::$name;
        impl Cells for ops::$name {
            const OPCODES: &'static [Opcode] = &[Opcode::of_digits(Self::OP, &[])];
            type Ahead = $ahead;
        }
    };
}

macro_rules! define_names {
    ($($family:ident $name:ident ($($spec:tt)*);)*) => { $(name!($family $name);)* };
}

wasmite_isa::for_each_op!(define_names);

macro_rules! opcodes {
    ($($module:ident::$handler:ident<$($operand:ident: $bound:ident),*>;)*) => { $(
        impl<O: Row, $($operand: $bound),*> Cells for $module::$handler<O, $($operand),*>
        where
            Self: Execute,
        {
            const OPCODES: &'static [Opcode] = &[Opcode::of_digits(O::OP, &[$($operand::DIGIT),*])];
            type Ahead = Self;
        }
    )* };
}

opcodes! {
    arithmetic::Copy<X: Source, D: Destination>;
    arithmetic::Unary<X: Source, D: Destination>;
    arithmetic::Binary<X: Source, Y: Source, D: Destination>;
    arithmetic::Compare<X: Source, Y: Source, D: Destination>;
    arithmetic::Select<X: Source, Y: Source, C: Source, D: Destination>;
    memory::Load<X: Source, D: Destination>;
    memory::Store<X: Source, V: Source>;
    memory::LoadIndexed<X: Source, Y: Source, D: Destination>;
    memory::StoreIndexed<X: Source, Y: Source, V: Source>;
    global::Get<D: Destination>;
    global::Set<X: Source>;
    global::ImportedGet<D: Destination>;
    global::ImportedSet<X: Source>;
    control::BranchTable<X: Source>;
    call::ReturnOne<X: Source>;
    call::CallIndirect<X: Source>;
}

impl<O: ops::Branch, X: Source, Y: Source> Cells for control::Branch<O, X, Y> {
    const OPCODES: &'static [Opcode] = &[Opcode::of_digits(O::OP, &[X::DIGIT, Y::DIGIT])];
    type Ahead = control::BranchAhead<O, X, Y>;
}
