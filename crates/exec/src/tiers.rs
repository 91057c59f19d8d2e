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
use wasmite_isa::{Assembled, shape};
use wasmite_translate::{Landing, Options};

/// After so many bytes have been translated, it takes as long again until code is looked at: with the default of
/// [`Config::heat`](crate::Config), guests run about twice as long as translating took.
const BYTES_PER_HEAT: u64 = 128;

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
    /// The tier that a function is translated to when it has no code. Where there is not much to save, that is the full one.
    pub(crate) fn first_tier(&self, func: FuncIdx) -> Tier {
        let config = self.engine().config();
        match config.heat {
            Some(_) if TIERS && config.translation.weighs(self.module().body(func).bytes()) => {
                Tier::First
            }
            _ => Tier::Full,
        }
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
        if place_of(replaced, func).is_ok() { Tier::Full } else { self.first_tier(func) }
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

/// How much longer than `heat` it takes until code is looked at again, after a body of so many bytes has been translated.
fn pause(heat: u32, bytes: usize) -> u32 {
    let pause = u64::from(heat) * bytes as u64 / BYTES_PER_HEAT;
    u32::try_from(pause).unwrap_or(u32::MAX)
}

/// Where the function is among those that have been replaced, or would be.
fn place_of(replaced: &[Replaced], func: FuncIdx) -> Result<usize, usize> {
    replaced.binary_search_by_key(&func, |replaced| replaced.func)
}

impl Store {
    /// The current frame is at a [`Heat`](wasmite_isa::Op::Heat) cell: what is executed most is at one most often. Its function is
    /// translated again, and the frame goes on in the new code. If there is no memory for either, it goes on in the old one.
    pub(crate) fn heat_up(&mut self) -> Result<(), Error> {
        match self.change_code() {
            Ok(true) => Ok(()),
            Ok(false) | Err(Error::OutOfMemory | Error::Trap { .. }) => {
                self.machine.skip(shape::HEAT.words);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Moves the current frame to full code of its function, if there is a place for it.
    fn change_code(&mut self) -> Result<bool, Error> {
        let heat = self.engine().config().heat.unwrap_or(u32::MAX);
        let machine = &self.machine;
        let now = &machine.now;
        let (number, func, fp) =
            (machine.cell_u32(shape::A), FuncIdx(machine.cell_u32(shape::B)), now.fp);
        let program = &self.instances[now.instance as usize].program;
        // Translating takes time: guests get as much for themselves before it happens again.
        let is_known = program.tier(func) == Tier::Full;
        let bytes = if is_known { 0 } else { program.module().body_range(func).len() };
        self.machine.set_heat(heat.saturating_add(pause(heat, bytes)));
        let landing = program.replace(func, number)?;
        let entry = program.entry(func);
        match landing {
            // It has done nothing yet.
            _ if number == 0 => self.machine.push_frame(entry, fp)?,
            Some(landing) => self.machine.land(entry, &landing)?,
            None => return Ok(false),
        }
        Ok(true)
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
    fn what_is_translated_quickly_has_full_code_at_once() {
        let bytes = wat::parse_str("(module (func) (func (loop)))").unwrap();
        let program = Program::new(&Engine::default(), &bytes).unwrap();
        assert_eq!([0, 1].map(|func| program.tier(FuncIdx(func))), [Tier::Full, Tier::First]);
    }
}
