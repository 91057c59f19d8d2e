//! What bounds how long guests run: fuel and epochs.
//!
//! Not how it is charged: translated code does that. Invariant: fuel never rises by itself.

use crate::{Caller, Engine, Error, Store, StoreContext, StoreContextMut, store::StoreInner};

impl<T> StoreInner<T> {
    fn get_fuel(&self) -> Result<u64, Error> {
        self.check_fuel()?;
        Ok(self.exec.fuel())
    }

    fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.check_fuel()?;
        self.exec.set_fuel(fuel);
        Ok(())
    }

    fn check_fuel(&self) -> Result<(), Error> {
        if self.exec.engine().config().translation.fuel {
            Ok(())
        } else {
            Err(Error::usage("fuel is not consumed in this store: see `Config::consume_fuel`"))
        }
    }

    fn set_epoch_deadline(&mut self, ticks: u64) {
        self.exec.set_epoch_deadline(usize::try_from(ticks).unwrap_or(usize::MAX));
    }
}

impl<T> Store<T> {
    /// The fuel that is left. A new store has none.
    ///
    /// # Errors
    /// If [`Config::consume_fuel`](crate::Config::consume_fuel) is off.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.inner().get_fuel()
    }

    /// Sets the fuel that is left. Code that needs more traps with [`Trap::OutOfFuel`](crate::Trap::OutOfFuel), which leaves
    /// the store as good as any trap.
    ///
    /// # Errors
    /// If [`Config::consume_fuel`](crate::Config::consume_fuel) is off.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.inner_mut().set_fuel(fuel)
    }

    /// Lets guests run until the engine's epoch has been incremented `ticks` more times; then they trap with
    /// [`Trap::Interrupt`](crate::Trap::Interrupt). A new store has no time at all. Without
    /// [`Config::epoch_interruption`](crate::Config::epoch_interruption) it does nothing.
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.inner_mut().set_epoch_deadline(ticks);
    }
}

impl<T> StoreContext<'_, T> {
    /// As [`Store::get_fuel`].
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.0.get_fuel()
    }
}

macro_rules! exclusive {
    ($($context:ident $field:tt)*) => { $(
        impl<T> $context<'_, T> {
            /// As [`Store::get_fuel`].
            pub fn get_fuel(&self) -> Result<u64, Error> {
                self.$field.get_fuel()
            }

            /// As [`Store::set_fuel`].
            pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
                self.$field.set_fuel(fuel)
            }

            /// As [`Store::set_epoch_deadline`].
            pub fn set_epoch_deadline(&mut self, ticks: u64) {
                self.$field.set_epoch_deadline(ticks);
            }
        }
    )* };
}

exclusive! {
    StoreContextMut 0
    Caller store
}

impl Engine {
    /// Begins the next epoch: see [`Store::set_epoch_deadline`]. From any thread.
    pub fn increment_epoch(&self) {
        self.engine.increment_epoch();
    }
}
