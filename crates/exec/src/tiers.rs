//! Two tiers: functions are translated in haste first, and again, with everything that makes code faster, once they are hot.
//!
//! Not when that is: the run loop samples what executes. Invariant: code of the first tier that has been replaced stays where it
//! is, for frames that are still in it, and for those that ask where they were.

use crate::config::TIERS;
use crate::program::Program;
use crate::{Error, Store};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use wasmite_core::{FuncIdx, heap::Grow};
use wasmite_isa::{Assembled, Op, shape};
use wasmite_translate::{Landing, Options};

/// After so many bytes have been translated, it takes as long again until code is looked at: with the default of
/// [`Config::heat`](crate::Config), guests run about twice as long as translating took.
const BYTES_PER_HEAT: u64 = 128;

/// So many functions are searched in the time that it takes to translate a byte.
const SEARCHED_PER_BYTE: usize = 64;

/// How code was translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tier {
    /// In haste: see [`Options::first_tier`].
    First,
    /// As the configuration says.
    Full,
}

/// A function that has code of both tiers.
#[derive(Debug)]
pub(crate) struct Replaced {
    func: FuncIdx,
    /// The address of its first code.
    first: usize,
    /// Where frames can go on in its full code, in order.
    landings: Box<[Landing]>,
}

impl Program {
    /// The tier that functions are translated to when they have no code.
    pub(crate) fn first_tier(&self) -> Tier {
        if TIERS && self.engine().config().heat.is_some() { Tier::First } else { Tier::Full }
    }

    /// How code of a tier is translated.
    pub(crate) fn options(&self, tier: Tier) -> Options {
        let config = self.engine().config();
        let full = Options { limits: config.limits, ..config.translation };
        if TIERS && tier == Tier::First { full.first_tier() } else { full }
    }

    /// The tier of the code that the entry of `func`, which has been translated, points to.
    pub(crate) fn tier(&self, func: FuncIdx) -> Tier {
        self.tier_among(&self.replaced().lock(), func)
    }

    /// The same, when these are the functions that have been replaced.
    fn tier_among(&self, replaced: &[Replaced], func: FuncIdx) -> Tier {
        if place_of(replaced, func).is_ok() { Tier::Full } else { self.first_tier() }
    }

    /// The function whose linked code has `address` in it, the tier of that code, and the index of the word there in its
    /// [`Code`](wasmite_isa::Code). Searches all of the program's code.
    pub(crate) fn locate(&self, address: usize) -> Option<(FuncIdx, Tier, u32)> {
        // No function is replaced meanwhile.
        let replaced = self.replaced().lock();
        let former = replaced.iter().map(|replaced| ((replaced.func, true), replaced.first));
        let current = self.starts().map(|(func, start)| ((func, false), start));
        let found = self.linked().lock().locate(address, current.chain(former));
        let ((func, is_former), word) = found?;
        let tier = if is_former { Tier::First } else { self.tier_among(&replaced, func) };
        Some((func, tier, word))
    }

    /// Makes sure that `func`, which has been translated, has code of the full tier, and gives the place in front of the loop
    /// `number`, if that is one that frames can land at. An error leaves everything as it was.
    fn replace(&self, func: FuncIdx, number: u32) -> Result<Option<Landing>, Error> {
        let landing = |landings: &[Landing]| {
            let at = landings.binary_search_by_key(&number, |landing| landing.number).ok()?;
            Some(landings[at])
        };
        let known = self.replaced().lock();
        if let Ok(at) = place_of(&known, func) {
            return Ok(landing(&known[at].landings));
        }
        drop(known);
        self.with_assembled(func, Tier::Full, |code, landings| {
            let found = landing(&landings);
            self.publish_again(func, code, landings)?;
            Ok(found)
        })
    }

    /// Makes the full code of a function visible to all threads, unless another thread was faster: its code is the same then.
    fn publish_again(
        &self,
        func: FuncIdx,
        code: Assembled<'_>,
        landings: Vec<Landing>,
    ) -> Result<(), Error> {
        let mut replaced = self.replaced().lock();
        let Err(at) = place_of(&replaced, func) else { return Ok(()) };
        replaced.try_reserve(1)?;
        let landings = landings.try_into_box()?;
        let entry = &self.entry(func).code;
        let first = entry.load(Ordering::Acquire).addr();
        let start = self.linked().lock().add(code)?;
        entry.store(start.cast_mut(), Ordering::Release);
        replaced.put(Replaced { func, first, landings });
        replaced[at..].rotate_right(1);
        Ok(())
    }
}

/// How much longer than `heat` it takes until code is looked at again, after so many bytes have been translated.
fn pause(heat: u32, bytes: usize) -> u32 {
    let pause = u64::from(heat) * bytes as u64 / BYTES_PER_HEAT;
    u32::try_from(pause).unwrap_or(u32::MAX)
}

/// Where the function is among those that have been replaced, or would be.
fn place_of(replaced: &[Replaced], func: FuncIdx) -> Result<usize, usize> {
    replaced.binary_search_by_key(&func, |replaced| replaced.func)
}

impl Store {
    /// The current frame is at the entry of a function, at its [`HeatEntry`](Op::HeatEntry) cell: what is executed most is at a cell
    /// that asks most often. The function is translated again, and the frame begins in the new code. If there is no memory for
    /// either, it goes on in the old one.
    pub(crate) fn heat_up_entry(&mut self) -> Result<(), Error> {
        let moved = self.enter_again();
        self.go_on_after(Op::HeatEntry, moved)
    }

    /// The same in a loop, at its [`HeatLoop`](Op::HeatLoop) cell: the frame goes on in front of the loop.
    pub(crate) fn heat_up_loop(&mut self) -> Result<(), Error> {
        let moved = self.land();
        self.go_on_after(Op::HeatLoop, moved)
    }

    /// Has the current frame, which has done nothing yet, begin in full code.
    fn enter_again(&mut self) -> Result<bool, Error> {
        let (address, fp) = (self.machine.ip().address(), self.machine.now.fp);
        let program = self.current_program();
        let Some((func, _, _)) = program.locate(address) else { return Ok(false) };
        self.replace(func, 0, program.entries().len())?;
        self.machine.push_frame(program.entry(func), fp)?;
        Ok(true)
    }

    /// Moves the current frame to full code, in front of the loop that it is in, if there is such a place.
    fn land(&mut self) -> Result<bool, Error> {
        let machine = &self.machine;
        let (number, func) = (machine.cell_u32(shape::A), FuncIdx(machine.cell_u32(shape::B)));
        let Some(landing) = self.replace(func, number, 0)? else { return Ok(false) };
        self.machine.land(self.current_program().entry(func), &landing)?;
        Ok(true)
    }

    /// Goes on after the current cell, which is of `op`, unless the frame was `moved`.
    fn go_on_after(&mut self, op: Op, moved: Result<bool, Error>) -> Result<(), Error> {
        match moved {
            Ok(true) => Ok(()),
            Ok(false) | Err(Error::OutOfMemory | Error::Trap { .. }) => {
                self.machine.skip(op.shape().words);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn current_program(&self) -> Program {
        self.instances[self.machine.now.instance as usize].program.clone()
    }

    /// Makes sure that a function of the current program has full code, and gives the place in front of the loop `number`, if that is
    /// one. So many functions have been `searched` for it.
    fn replace(
        &mut self,
        func: FuncIdx,
        number: u32,
        searched: usize,
    ) -> Result<Option<Landing>, Error> {
        let heat = self.engine().config().heat.unwrap_or(u32::MAX);
        let program = self.current_program();
        // Translating and searching take time: guests get as much for themselves before it happens again.
        let is_known = program.tier(func) == Tier::Full;
        let bytes = if is_known { 0 } else { program.module().body_range(func).len() };
        let pause = pause(heat, bytes + searched / SEARCHED_PER_BYTE);
        self.machine.set_heat(heat.saturating_add(pause));
        program.replace(func, number)
    }
}

#[cfg(all(test, feature = "std", feature = "hot-locals"))]
mod tests {
    use super::*;
    use crate::{Config, Engine, Extern, Outcome};
    use wasmite_core::FuncType;

    /// The tiers of a frame and of one that it calls, each time the latter calls the host: in each of its two turns of a loop, for
    /// each of five turns of the former.
    fn tiers(heat: Option<u32>) -> Vec<[Tier; 2]> {
        let text = r#"(module (import "" "" (func $host))
            (func $f (export "f") (param $n i32) (local $i i32)
                (if (i32.eq (local.get $n) (i32.const 1)) (then (call $host) (return)))
                (loop $again
                    (call $f (i32.shr_u (local.get $n) (i32.const 1)))
                    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))"#;
        let engine = Engine::new(Config { heat, ..Config::default() });
        let program = Program::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine);
        let host = store.host_func(&FuncType::new([], []), 0).unwrap();
        let instance = store.instantiate(&program, &[Extern::Func(host)], &mut None).unwrap();
        let func = store.instance_export(instance, "f").and_then(Extern::into_func).unwrap();
        let mut activation = store.enter(func, &[5]).unwrap();
        let mut seen = Vec::new();
        while let Outcome::Host = store.run(&mut activation, &mut None).unwrap() {
            let callers = store.machine.callers();
            let [_, outer, inner] = callers else { panic!("{callers:?}") };
            seen.push([outer, inner].map(|at| program.locate(at.ip.address() - 1).unwrap().1));
        }
        seen
    }

    #[test]
    fn frames_are_moved_when_their_function_is_hot() {
        use Tier::{First, Full};
        for heat in [None, Some(0), Some(1)] {
            assert_eq!(tiers(heat), [[Full, Full]; 10], "{heat:?}");
        }
        assert_eq!(tiers(Some(1000)), [[First, First]; 10]);
        // The loop of the inner frame is hot; the outer one stays in old code till it is at the cell that asks for the fourth time.
        let mut expected = [[First, Full]; 10];
        expected[8..].fill([Full, Full]);
        assert_eq!(tiers(Some(3)), expected);
    }

    #[test]
    fn many_short_lives_heat_up_as_one_long_life_does() {
        let text = r#"(module (func (export "f") (local i32) (loop)))"#;
        let engine = Engine::new(Config { heat: Some(20), ..Config::default() });
        let program = Program::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
        let lives = || {
            let mut store = Store::new(&engine);
            let instance = store.instantiate(&program, &[], &mut None).unwrap();
            let func = store.instance_export(instance, "f").and_then(Extern::into_func).unwrap();
            let mut activation = store.enter(func, &[]).unwrap();
            store.run(&mut activation, &mut None).unwrap();
            program.tier(FuncIdx(0))
        };
        let expected = |life| if life < 10 { Tier::First } else { Tier::Full };
        (0..12).for_each(|life| assert_eq!(lives(), expected(life), "{life}"));
    }

    #[test]
    fn code_is_replaced_once() {
        let bytes =
            wat::parse_str("(module (func (loop)) (func (loop) (loop)) (func (loop)))").unwrap();
        let program = Program::new(&Engine::default(), &bytes).unwrap();
        let [a, b, c] = [0, 1, 2].map(FuncIdx);
        let start = |func| program.entry(func).code.load(Ordering::Acquire).addr();
        let before = [a, b, c].map(start);
        for func in [c, a, b] {
            assert_eq!(program.locate(start(func)), Some((func, Tier::First, 0)));
            for _ in 0..2 {
                let landing = program.replace(func, 2).unwrap();
                assert_eq!(landing.is_some(), func == b);
                assert_eq!(program.replace(func, 0).unwrap(), None);
                assert_eq!(program.locate(start(func)), Some((func, Tier::Full, 0)));
            }
        }
        for (func, old) in [a, b, c].into_iter().zip(before) {
            assert_eq!(program.locate(old), Some((func, Tier::First, 0)));
        }
        assert_eq!(program.replaced().lock().len(), 3);
    }

    #[test]
    fn functions_without_loops_and_calls_heat_up() {
        let text = r#"(module (func (export "f") (param i32) (result i32)
            (i32.add (local.get 0) (i32.const 1))))"#;
        let engine = Engine::new(Config { heat: Some(3), ..Config::default() });
        let program = Program::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine);
        let instance = store.instantiate(&program, &[], &mut None).unwrap();
        let func = store.instance_export(instance, "f").and_then(Extern::into_func).unwrap();
        for call in 0..5 {
            let expected = if call < 4 { Tier::First } else { Tier::Full };
            assert_eq!(program.tier(FuncIdx(0)), expected, "{call}");
            let mut activation = store.enter(func, &[call]).unwrap();
            store.run(&mut activation, &mut None).unwrap();
            assert_eq!(store.results(&activation), [call + 1]);
        }
    }
}
