//! Callers: where frames return to, on a stack of their own, with the registers that a call keeps.
//!
//! Not frames. Invariant: I2, every caller has the address of a cell, which code cannot change.

use super::{Ip, Values};
use wasmite_isa::shape;

/// What a frame returns to.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Caller {
    /// The cell after the call, which tells where the caller's frame is, or a stub of [`super::ip`].
    pub(crate) ip: Ip,
    /// The caller's hot integers (floats are not kept across calls). Without the feature there are none, but a border keeps its instance here.
    pub(super) hot: u64,
    #[cfg(feature = "hot-locals")]
    warm: u64,
}

impl Caller {
    /// Remembers the caller's locals.
    #[inline(always)]
    pub(super) fn keep(&mut self, values: &Values) {
        self.hot = values.hot;
        #[cfg(feature = "hot-locals")]
        {
            self.warm = values.warm;
        }
    }

    /// What returns to `ip`, without locals but for one.
    #[inline(always)]
    fn to(ip: Ip, hot: u64) -> Self {
        Self {
            ip,
            hot,
            #[cfg(feature = "hot-locals")]
            warm: 0,
        }
    }

    /// What the first frame of an activation returns to.
    #[inline(always)]
    pub(super) fn finish() -> Self {
        Self::to(Ip::finish(), 0)
    }

    /// What stands between callers of different instances: the callers before it are of `instance`.
    #[inline(always)]
    pub(super) fn border(instance: u32) -> Self {
        Self::to(Ip::return_foreign(), instance.into())
    }

    /// The instance of the callers before this one, if it is a border.
    #[inline(always)]
    pub(crate) fn instance(&self) -> Option<u32> {
        (self.ip == Ip::return_foreign()).then_some(self.hot as u32)
    }

    /// How many slots the callee's frame starts after the caller's: the call says so, which need not be kept here then.
    ///
    /// # Safety
    /// I2.
    #[inline(always)]
    pub(super) unsafe fn distance(&self) -> usize {
        // SAFETY: I2, promised by the caller: a call is before where it returns to, or a stub with as much before it.
        unsafe { self.ip.before(shape::CALL.words).u16(shape::A).into() }
    }

    /// Gives `values` the caller's locals back: the other half of [`Caller::keep`].
    #[inline(always)]
    pub(super) fn restore(&self, values: &mut Values) {
        values.hot = self.hot;
        #[cfg(feature = "hot-locals")]
        {
            values.warm = self.warm;
        }
    }
}

impl Default for Caller {
    /// A caller that no frame has: it ends the activation.
    fn default() -> Self {
        Self::finish()
    }
}
