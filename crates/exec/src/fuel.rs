//! Fuel: what guests may still do.
//!
//! Not what operators cost, which translated code says; only what is charged by size. Invariant: fuel never rises by itself,
//! and what cannot be paid for is not done.

use wasmite_core::Trap;

/// Bytes that are written for one unit.
const BYTES_PER_UNIT: u64 = 64;
/// Elements of tables that are written for one unit.
const ELEMENTS_PER_UNIT: u64 = BYTES_PER_UNIT / size_of::<u64>() as u64;

/// Fuel, in units: an operator costs one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fuel(pub(crate) u64);

impl Fuel {
    /// More than can be used: code that does not charge for operators would have to write 2^70 bytes.
    pub(crate) const fn unlimited() -> Self {
        Self(u64::MAX)
    }

    /// Pays so many units, or takes nothing.
    #[inline(always)]
    pub(crate) fn charge(&mut self, units: u64) -> Result<(), Trap> {
        self.0 = self.0.checked_sub(units).ok_or(Trap::OutOfFuel)?;
        Ok(())
    }

    /// Takes so many units, and says whether there were as many. If not, they must be given back at once: code that takes
    /// them each turn of a loop is shorter when it need not do that itself.
    #[inline(always)]
    pub(crate) fn take(&mut self, units: u32) -> bool {
        let (left, too_much) = self.0.overflowing_sub(units.into());
        self.0 = left;
        !too_much
    }

    /// Gives back what [`Fuel::take`] took though there was less.
    pub(crate) fn refund(&mut self, units: u32) {
        self.0 = self.0.wrapping_add(units.into());
    }

    /// Pays for writing so many bytes, which are known to be in bounds.
    #[inline(always)]
    pub(crate) fn charge_bytes(&mut self, count: u64) -> Result<(), Trap> {
        self.charge(count.div_ceil(BYTES_PER_UNIT))
    }

    /// Pays for writing so many elements of tables, which are known to be in bounds.
    #[inline(always)]
    pub(crate) fn charge_elements(&mut self, count: u64) -> Result<(), Trap> {
        self.charge(count.div_ceil(ELEMENTS_PER_UNIT))
    }
}
