//! Runs a module and writes down everything that can be seen of it, so that two runs can be compared.
//!
//! Invariant: two observations of one module are made with the same calls and arguments, whatever the engine.

use crate::{
    guest::{Cell, Guest, Item, Kind, State, Stop},
    rng::{Rng, hash},
};
use wasmite::Trap;

/// One thing seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// Instantiation, the start function included, failed.
    NotInstantiated(Stop),
    /// What an exported function returned.
    Called { name: String, arguments: Vec<Cell>, outcome: Result<Vec<Cell>, Stop> },
    /// What an export looked like in the end.
    Left { name: String, state: State },
    /// The host's data in the end.
    Host(u64),
}

/// Everything seen of one run.
pub(crate) struct Observation {
    pub(crate) events: Vec<Event>,
    /// Whether the call stack was used up: how deep that is may differ, and so may everything after it.
    pub(crate) exhausted: bool,
    /// The fuel that was used, if there is a count of it.
    pub(crate) fuel: Option<u64>,
}

/// Instantiates, calls every exported function once, and looks at everything else.
pub(crate) fn observe<G: Guest>(module: &[u8], instance: Result<G, Stop>) -> Observation {
    let mut events = Vec::new();
    let mut exhausted = false;
    let mut fuel = None;
    match instance {
        Ok(mut guest) => {
            exhausted = !call_all(&mut guest, &mut Rng::new(hash(module)), &mut events);
            look(&guest, &mut events);
            fuel = guest.fuel();
        }
        Err(stop) => {
            exhausted |= stop == Stop::Trap(Trap::StackExhausted);
            events.push(Event::NotInstantiated(stop));
        }
    }
    Observation { events, exhausted, fuel }
}

/// Calls every function; false as soon as the call stack is used up.
fn call_all(guest: &mut impl Guest, rng: &mut Rng, events: &mut Vec<Event>) -> bool {
    for (name, item) in sorted_items(guest) {
        let Item::Func(params) = item else { continue };
        let arguments: Vec<Cell> = params.iter().map(|kind| argument(*kind, rng)).collect();
        let outcome = guest.call(&name, &arguments);
        let exhausted = outcome == Err(Stop::Trap(Trap::StackExhausted));
        events.push(Event::Called { name, arguments, outcome });
        if exhausted {
            return false;
        }
    }
    true
}

fn look(guest: &impl Guest, events: &mut Vec<Event>) {
    for (name, _) in sorted_items(guest) {
        if let Some(state) = guest.state(&name) {
            events.push(Event::Left { name, state });
        }
    }
    events.push(Event::Host(guest.data()));
}

/// The exports in an order that does not depend on the engine.
fn sorted_items(guest: &impl Guest) -> Vec<(String, Item)> {
    let mut items = guest.items();
    items.sort_by(|(a, _), (b, _)| a.cmp(b));
    items
}

/// An argument: often one at the edge of its range. No NaN but the canonical one.
fn argument(kind: Kind, rng: &mut Rng) -> Cell {
    const EDGES: [u64; 10] =
        [0, 1, 2, u64::MAX, 1 << 31, 1 << 63, i32::MAX as u64, i64::MAX as u64, 0xff, 0xffff];
    let edge = EDGES[rng.below(EDGES.len() as u64) as usize];
    let bits = if rng.below(2) == 0 { edge } else { rng.next() >> rng.below(64) };
    let float = match rng.below(8) {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => f64::MIN_POSITIVE,
        3 => -0.0,
        _ => bits as i64 as f64,
    };
    match kind {
        Kind::I32 => Cell::I32(bits as u32),
        Kind::I64 => Cell::I64(bits),
        Kind::F32 if float.is_nan() => Cell::F32(0x7fc0_0000),
        Kind::F32 => Cell::F32((float as f32).to_bits()),
        Kind::F64 if float.is_nan() => Cell::F64(0x7ff8_0000_0000_0000),
        Kind::F64 => Cell::F64(float.to_bits()),
        Kind::Func => Cell::Func { null: true },
        Kind::Extern => Cell::Extern { null: true },
    }
}

/// The first difference between two runs, in words; none if all is the same.
pub(crate) fn difference(names: [&str; 2], a: &[Event], b: &[Event]) -> Option<String> {
    let index = (0..a.len().max(b.len())).find(|index| a.get(*index) != b.get(*index))?;
    let [first, second] = names;
    Some(format!("{first} and {second} differ:\n  {:?}\n  {:?}", a.get(index), b.get(index)))
}
