//! What a builder can give a program with an operating system.

use super::{
    dir::NativeDir,
    stdio::{Stderr, Stdin, Stdout},
};
use crate::{DirPerms, FilePerms, WasiCtxBuilder};
use std::{env, io, path::Path};

impl WasiCtxBuilder {
    /// The host's standard input.
    pub fn inherit_stdin(&mut self) -> &mut Self {
        self.stdin(Stdin)
    }

    /// The host's standard output.
    pub fn inherit_stdout(&mut self) -> &mut Self {
        self.stdout(Stdout)
    }

    /// The host's standard error.
    pub fn inherit_stderr(&mut self) -> &mut Self {
        self.stderr(Stderr)
    }

    /// The host's standard streams.
    pub fn inherit_stdio(&mut self) -> &mut Self {
        self.inherit_stdin().inherit_stdout().inherit_stderr()
    }

    /// The host's arguments. What is no Unicode is replaced.
    pub fn inherit_args(&mut self) -> &mut Self {
        for arg in env::args_os() {
            self.arg(arg.to_string_lossy());
        }
        self
    }

    /// The host's environment. What is no Unicode is replaced.
    pub fn inherit_env(&mut self) -> &mut Self {
        for (key, value) in env::vars_os() {
            self.env(key.to_string_lossy(), value.to_string_lossy());
        }
        self
    }

    /// Gives the program the directory `host_path` and everything below it, under the name `guest_path`. Without
    /// [`DirPerms::MUTATE`] and [`FilePerms::WRITE`] it can only read.
    ///
    /// # Errors
    /// If the directory cannot be opened.
    pub fn preopened_dir(
        &mut self,
        host_path: impl AsRef<Path>,
        guest_path: impl AsRef<str>,
        dir_perms: DirPerms,
        file_perms: FilePerms,
    ) -> io::Result<&mut Self> {
        let dir = NativeDir::open_ambient(host_path.as_ref())?;
        Ok(self.preopened(dir, guest_path, dir_perms, file_perms))
    }
}
