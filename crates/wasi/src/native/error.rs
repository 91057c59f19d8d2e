//! Failures of the operating system as WASI numbers them.

use super::system;
use crate::Errno;
use std::io::{self, ErrorKind};

/// The errno for an error. `cap-std` refuses to leave a directory with an error that the system did not make.
pub(super) fn translate(error: io::Error) -> Errno {
    if let Some(errno) = error.raw_os_error().and_then(system::errno) {
        return errno;
    }
    match error.kind() {
        ErrorKind::NotFound => Errno::NoEnt,
        ErrorKind::PermissionDenied if error.raw_os_error().is_some() => Errno::Acces,
        ErrorKind::PermissionDenied => Errno::Perm,
        ErrorKind::AlreadyExists => Errno::Exist,
        ErrorKind::InvalidInput => Errno::Inval,
        ErrorKind::InvalidData => Errno::Ilseq,
        ErrorKind::WouldBlock => Errno::Again,
        ErrorKind::BrokenPipe => Errno::Pipe,
        ErrorKind::Interrupted => Errno::Intr,
        ErrorKind::NotADirectory => Errno::NotDir,
        ErrorKind::IsADirectory => Errno::IsDir,
        ErrorKind::DirectoryNotEmpty => Errno::NotEmpty,
        ErrorKind::ReadOnlyFilesystem => Errno::Rofs,
        ErrorKind::NotSeekable => Errno::Spipe,
        ErrorKind::StorageFull => Errno::NoSpc,
        ErrorKind::QuotaExceeded => Errno::Dquot,
        ErrorKind::FileTooLarge => Errno::Fbig,
        ErrorKind::ResourceBusy => Errno::Busy,
        ErrorKind::Deadlock => Errno::Deadlk,
        ErrorKind::CrossesDevices => Errno::Xdev,
        ErrorKind::TooManyLinks => Errno::Mlink,
        ErrorKind::InvalidFilename => Errno::NameTooLong,
        ErrorKind::OutOfMemory => Errno::NoMem,
        ErrorKind::Unsupported => Errno::NotSup,
        _ => Errno::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_a_directory_is_not_permitted() {
        let escape = io::Error::new(ErrorKind::PermissionDenied, "outside");
        assert_eq!(translate(escape), Errno::Perm);
        assert_eq!(translate(ErrorKind::NotFound.into()), Errno::NoEnt);
        assert_eq!(translate(io::Error::other("?")), Errno::Io);
    }

    #[cfg(unix)]
    #[test]
    fn numbers_are_translated() {
        for (os, errno) in [
            (rustix::io::Errno::ACCESS, Errno::Acces),
            (rustix::io::Errno::PERM, Errno::Perm),
            (rustix::io::Errno::LOOP, Errno::Loop),
            (rustix::io::Errno::NOTEMPTY, Errno::NotEmpty),
            (rustix::io::Errno::ISDIR, Errno::IsDir),
        ] {
            assert_eq!(translate(io::Error::from_raw_os_error(os.raw_os_error())), errno);
        }
    }
}
