//! Backtraces: which functions an activation is in.
//!
//! Not names: a module may have them. Invariant: frames are only read, and a frame that cannot be made sense of, or that
//! there is no memory for, ends the backtrace.

use crate::raw::{Activation, Caller, Ip, State};
use crate::tiers::Tier;
use crate::{Program, Store};
use alloc::vec::Vec;
use core::fmt;
use wasmite_core::{FuncIdx, heap::Grow};
use wasmite_isa::Code;

/// Frames that a backtrace has at most: the innermost ones, of which there may be very many after endless recursion.
const MOST: usize = 64;

/// A frame of a backtrace.
#[derive(Clone)]
pub struct FrameInfo {
    /// The program of the frame's instance.
    pub program: Program,
    /// The function.
    pub func: FuncIdx,
    /// Byte offset in the module of the instruction that it is at, if known.
    pub offset: Option<u32>,
    /// Whether the backtrace was cut here: the activation has callers of this frame that are left out.
    pub cut: bool,
}

impl fmt::Debug for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { func, offset, cut, program: _ } = self;
        f.debug_struct("FrameInfo")
            .field("func", func)
            .field("offset", offset)
            .field("cut", cut)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The frames of an activation, innermost first, without those of activations around it; at most 64, the
    /// last of which says whether there are more.
    ///
    /// # Panics
    /// If the activation is not the innermost one.
    pub fn backtrace(&self, activation: &Activation) -> Vec<FrameInfo> {
        self.machine.check(activation, self.id());
        self.frames()
    }

    /// The frames of the innermost activation.
    pub(crate) fn frames(&self) -> Vec<FrameInfo> {
        let now = &self.machine.now;
        let mut walk = Walk {
            store: self,
            ip: self.machine.ip(),
            border: self.machine.values().hot as u32,
            instance: now.instance,
            callers: self.machine.callers(),
            returning: now.state == State::InHost,
        };
        let mut translated = Vec::new();
        let mut frames = Vec::new();
        while frames.len() < MOST
            && let Some((program, (func, tier, word))) = walk.next()
        {
            let offset = source(&mut translated, &program, func, tier, word);
            if frames.try_push(FrameInfo { program, func, offset, cut: false }).is_err() {
                break;
            }
        }
        if let Some(last) = frames.last_mut() {
            last.cut = walk.next().is_some();
        }
        frames
    }
}

/// A function's code of a tier, if it could be translated.
type Translated = (Program, FuncIdx, Tier, Option<Code>);

/// Byte offset of the instruction that word `word` of a function's code came from. Each function is translated once, for each
/// tier.
fn source(
    translated: &mut Vec<Translated>,
    program: &Program,
    func: FuncIdx,
    tier: Tier,
    word: u32,
) -> Option<u32> {
    let known = translated
        .iter()
        .position(|(other, of, of_tier, _)| *of == func && *of_tier == tier && other.same(program));
    let at = match known {
        Some(at) => at,
        None => {
            let code = program.code_of(func, tier).ok();
            translated.try_push((program.clone(), func, tier, code)).ok()?;
            translated.len() - 1
        }
    };
    translated[at].3.as_ref()?.source_of(word)
}

/// A walk over frames, from the innermost outwards.
struct Walk<'a> {
    store: &'a Store,
    ip: Ip,
    /// The instance behind the border, if `ip` is one's.
    border: u32,
    instance: u32,
    /// The innermost last.
    callers: &'a [Caller],
    /// Whether `ip` is where a call will return to, instead of a cell that is being executed.
    returning: bool,
}

impl Walk<'_> {
    /// Program, function, tier of its code, and index of a word of its current cell; then the walk is at the caller.
    fn next(&mut self) -> Option<(Program, (FuncIdx, Tier, u32))> {
        while self.ip == Ip::return_foreign() {
            self.instance = self.border;
            self.go_out()?;
        }
        if self.ip == Ip::finish() {
            return None;
        }
        let program = &self.store.instances.get(self.instance as usize)?.program;
        // The byte before a return address is the call's.
        let located = program.locate(self.ip.address() - usize::from(self.returning))?;
        self.go_out()?;
        Some((program.clone(), located))
    }

    /// To the next caller.
    fn go_out(&mut self) -> Option<()> {
        let (caller, rest) = self.callers.split_last()?;
        self.callers = rest;
        self.ip = caller.ip;
        self.border = caller.instance().unwrap_or(self.border);
        self.returning = true;
        Some(())
    }
}
