//! Where WebAssembly code was when something failed.
//!
//! Not how frames are found: the engine does that. Invariant: what is displayed has a line for each frame and no control
//! characters, whatever names an untrusted module has.

use crate::{Engine, Module};
use alloc::vec::Vec;
use core::fmt;
use wasmite_core::{Printable, heap::Grow};

/// The active WebAssembly calls at the time of an error, innermost first; of each call from the host into WebAssembly
/// the innermost 64.
///
/// Displays one line per frame: `  0: 0x1a2b - module!function`, and `     ... more frames` where frames are left out.
/// Names are shown as they are, not demangled, with control characters and the like escaped.
///
/// Wasmtime finds it with `error.downcast_ref::<WasmBacktrace>()`; here it is [`Error::backtrace`](crate::Error::backtrace),
/// and there is no `capture`. Wasmi has none.
#[derive(Clone, Default, Debug)]
pub struct WasmBacktrace {
    frames: Vec<FrameInfo>,
}

impl WasmBacktrace {
    /// The frames, innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }

    /// Adds frames, as far as there is memory for them.
    pub(crate) fn extend(&mut self, frames: Vec<wasmite_exec::FrameInfo>) {
        for frame in frames {
            if self.frames.try_push(FrameInfo { frame }).is_err() {
                break;
            }
        }
    }
}

impl fmt::Display for WasmBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, frame) in self.frames.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{at:>3}: {frame}")?;
            if frame.frame.cut {
                f.write_str("\n     ... more frames")?;
            }
        }
        Ok(())
    }
}

/// One call of a [`WasmBacktrace`].
#[derive(Clone)]
pub struct FrameInfo {
    frame: wasmite_exec::FrameInfo,
}

impl FrameInfo {
    /// The index of the function in its module, imports first.
    pub fn func_index(&self) -> u32 {
        self.frame.func.0
    }

    /// The function's name in the name section, as it is there: it may contain any characters.
    pub fn func_name(&self) -> Option<&str> {
        self.frame.program.module().func_name(self.frame.func)
    }

    /// The module the function is in. Wasmtime lends it instead.
    pub fn module(&self) -> Module {
        let program = self.frame.program.clone();
        let engine = Engine { engine: program.engine().clone() };
        Module { engine, program }
    }

    /// Offset of the instruction in bytes from the start of the module, if known.
    pub fn module_offset(&self) -> Option<usize> {
        self.frame.offset.map(|offset| offset as usize)
    }
}

impl fmt::Display for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module_offset() {
            Some(offset) => write!(f, "{offset:#6x}")?,
            None => f.write_str("     ?")?,
        }
        let module = self.frame.program.module().name().unwrap_or("<unknown>");
        write!(f, " - {}!", Printable(module))?;
        match self.func_name() {
            Some(name) => write!(f, "{}", Printable(name)),
            None => write!(f, "<wasm function {}>", self.func_index()),
        }
    }
}

impl fmt::Debug for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
