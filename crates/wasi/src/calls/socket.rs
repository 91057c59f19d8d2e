//! Sockets, of which there are none: every descriptor is something else.
//!
//! Preview 1 cannot open sockets, only use those that a host opened before; this host opens none.

use super::Call;
use crate::{Errno, Result};

impl Call<'_> {
    pub(crate) fn sock_accept(&mut self, fd: u32, _: u32, _: u32) -> Result<()> {
        self.not_a_socket(fd)
    }

    pub(crate) fn sock_recv(
        &mut self,
        fd: u32,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
    ) -> Result<()> {
        self.not_a_socket(fd)
    }

    pub(crate) fn sock_send(&mut self, fd: u32, _: u32, _: u32, _: u32, _: u32) -> Result<()> {
        self.not_a_socket(fd)
    }

    pub(crate) fn sock_shutdown(&mut self, fd: u32, _: u32) -> Result<()> {
        self.not_a_socket(fd)
    }

    fn not_a_socket(&self, fd: u32) -> Result<()> {
        self.ctx.descriptors.get(fd)?;
        Err(Errno::NotSock)
    }
}
