//! Operand forms that are built: the features `accumulator` and `hot-locals` add forms, and with them handlers.
//!
//! Not what forms are ([`crate::raw`]). Invariant: the macro and [`place`] agree on which combinations there are, and in which
//! order.

use crate::raw::ACCUMULATOR;
use wasmite_isa::{Dst, Opcode, Slot, Src};
use wasmite_translate::Options;

/// Makes a slice of handlers, one per combination of operand forms that is built, in the order of [`place`], from a handler type
/// generic over op and forms and the kinds of its operands: `forms!(Binary<O>: src src dst)`.
macro_rules! forms {
    ($handler:ident<$op:ident>: $($kind:ident)+) => {
        const { forms!(@flat (const { &forms!(@nested $handler<$op>; []; $($kind)+) }); $($kind)+) }
    };
    (@nested $handler:ident<$op:ident>; [$($form:ident)*];) => {
        $crate::handlers::of_form::<$op, $handler<$op $(, $crate::raw::$form)*>>(&[$(<$crate::raw::$form as $crate::raw::Source>::DIGIT),*])
    };
    (@nested $handler:ident<$op:ident>; [$($form:ident)*]; src $($kind:ident)*) => {
        [
            forms!(@nested $handler<$op>; [$($form)* SlotForm]; $($kind)*),
            #[cfg(feature = "accumulator")]
            forms!(@nested $handler<$op>; [$($form)* AccForm]; $($kind)*),
            #[cfg(feature = "hot-locals")]
            forms!(@nested $handler<$op>; [$($form)* HotForm]; $($kind)*),
            #[cfg(feature = "hot-locals")]
            forms!(@nested $handler<$op>; [$($form)* WarmForm]; $($kind)*),
            forms!(@nested $handler<$op>; [$($form)* ImmForm]; $($kind)*),
        ]
    };
    (@nested $handler:ident<$op:ident>; [$($form:ident)*]; dst) => {
        [
            forms!(@dst $handler<$op>; [$($form)*]; SlotForm),
            #[cfg(feature = "accumulator")]
            forms!(@dst $handler<$op>; [$($form)*]; AccForm),
            #[cfg(feature = "hot-locals")]
            forms!(@dst $handler<$op>; [$($form)*]; HotForm),
            #[cfg(feature = "hot-locals")]
            forms!(@dst $handler<$op>; [$($form)*]; WarmForm),
        ]
    };
    (@dst $handler:ident<$op:ident>; [$($form:ident)*]; $dst:ident) => {
        $crate::handlers::of_form::<$op, $handler<$op $(, $crate::raw::$form)*, $crate::raw::$dst>>(
            &[$(<$crate::raw::$form as $crate::raw::Source>::DIGIT),*],
        )
    };
    (@flat $nested:tt; $last:ident) => { $nested as $crate::handlers::Forms };
    (@flat $nested:tt; $first:ident $($kind:ident)+) => {
        forms!(@flat ($nested.as_flattened()); $($kind)+)
    };
}

/// Whether operands may be hot locals.
const HOT_LOCALS: bool = cfg!(feature = "hot-locals");

/// By digit: the place of a source form among those that are built.
const SOURCES: [Option<usize>; Src::FORMS as usize] = {
    let mut built = [None; Src::FORMS as usize];
    built[Src::Slot(Slot(0)).form() as usize] = Some(0);
    let mut count = 1;
    if ACCUMULATOR {
        built[Src::Acc.form() as usize] = Some(count);
        count += 1;
    }
    if HOT_LOCALS {
        built[Src::Hot.form() as usize] = Some(count);
        built[Src::Warm.form() as usize] = Some(count + 1);
        count += 2;
    }
    built[Src::Imm(0).form() as usize] = Some(count);
    built
};

/// By digit: the place of a destination's form among those that are built.
const DESTINATIONS: [Option<usize>; Dst::FORMS as usize] = {
    let mut built = [None; Dst::FORMS as usize];
    built[Dst::Slot(Slot(0)).form() as usize] = SOURCES[Src::Slot(Slot(0)).form() as usize];
    built[Dst::Acc.form() as usize] = SOURCES[Src::Acc.form() as usize];
    built[Dst::Hot.form() as usize] = SOURCES[Src::Hot.form() as usize];
    built[Dst::Warm.form() as usize] = SOURCES[Src::Warm.form() as usize];
    built
};

/// How many destination forms are built.
const DESTINATION_COUNT: usize = 1 + ACCUMULATOR as usize + 2 * HOT_LOCALS as usize;
/// How many source forms are built: the same, and constants.
const SOURCE_COUNT: usize = DESTINATION_COUNT + 1;

/// Where the handler of `opcode` stands among those of its op; none if its forms are not built.
pub(super) fn place(opcode: Opcode) -> Option<usize> {
    if ACCUMULATOR && HOT_LOCALS {
        return Some(opcode.form.into());
    }
    place_among_built(opcode)
}

/// The same for both directions of a branch: sets without hot locals are for processors that gain nothing from two handlers.
fn place_among_built(opcode: Opcode) -> Option<usize> {
    let shape = opcode.op.shape();
    let (digits, dst) = opcode.digits();
    let mut place = 0;
    for digit in &digits[..shape.srcs.len()] {
        place = place * SOURCE_COUNT + SOURCES[usize::from(*digit)]?;
    }
    if shape.dst {
        place = place * DESTINATION_COUNT + DESTINATIONS[usize::from(dst)]?;
    }
    Some(place)
}

/// Removes from `options` what would ask for forms and sequences that are not built.
pub(crate) fn restrict(options: &mut Options) {
    options.accumulator &= ACCUMULATOR;
    options.hot_locals &= HOT_LOCALS;
    options.sequences &= cfg!(sequences);
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmite_isa::Op;

    #[test]
    fn directions_share_a_place_among_forms() {
        for op in Op::ALL.iter().filter(|op| op.shape().has_target()) {
            for form in 0..op.shape().forms() {
                let opcode = Opcode { op: *op, form };
                assert_eq!(
                    place_among_built(opcode.ahead()),
                    place_among_built(opcode),
                    "{opcode:?}"
                );
            }
        }
    }

    #[test]
    fn if_all_forms_are_built_their_numbers_are_their_places() {
        for op in Op::ALL {
            for form in 0..op.shape().forms() {
                let place = place_among_built(Opcode { op: *op, form });
                let all = ACCUMULATOR && HOT_LOCALS;
                assert!(!all || place == Some(form.into()), "{op:?} {form}");
            }
        }
    }
}
