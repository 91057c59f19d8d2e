//! What a descriptor may be used for.
//!
//! Not what the host's file system permits: that shows when the host is asked. Invariant: rights of a descriptor never
//! grow, and a descriptor opened through a directory has no more than the directory's inheriting rights.

use crate::Errno;
use bitflags::bitflags;

bitflags! {
    /// One bit per use of a descriptor, as `rights` of preview 1.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub struct Rights: u64 {
        /// `fd_datasync`, and opening with `DSYNC`.
        const FD_DATASYNC = 1 << 0;
        /// Reading.
        const FD_READ = 1 << 1;
        /// Moving the position, reading and writing elsewhere.
        const FD_SEEK = 1 << 2;
        /// `fd_fdstat_set_flags`.
        const FD_FDSTAT_SET_FLAGS = 1 << 3;
        /// `fd_sync`, and opening with `SYNC` or `RSYNC`.
        const FD_SYNC = 1 << 4;
        /// Asking for the position.
        const FD_TELL = 1 << 5;
        /// Writing.
        const FD_WRITE = 1 << 6;
        /// `fd_advise`.
        const FD_ADVISE = 1 << 7;
        /// `fd_allocate`.
        const FD_ALLOCATE = 1 << 8;
        /// `path_create_directory`.
        const PATH_CREATE_DIRECTORY = 1 << 9;
        /// `path_open` with `CREAT`.
        const PATH_CREATE_FILE = 1 << 10;
        /// `path_link` from here.
        const PATH_LINK_SOURCE = 1 << 11;
        /// `path_link` to here.
        const PATH_LINK_TARGET = 1 << 12;
        /// `path_open`.
        const PATH_OPEN = 1 << 13;
        /// `fd_readdir`.
        const FD_READDIR = 1 << 14;
        /// `path_readlink`.
        const PATH_READLINK = 1 << 15;
        /// `path_rename` from here.
        const PATH_RENAME_SOURCE = 1 << 16;
        /// `path_rename` to here.
        const PATH_RENAME_TARGET = 1 << 17;
        /// `path_filestat_get`.
        const PATH_FILESTAT_GET = 1 << 18;
        /// `path_open` with `TRUNC`.
        const PATH_FILESTAT_SET_SIZE = 1 << 19;
        /// `path_filestat_set_times`.
        const PATH_FILESTAT_SET_TIMES = 1 << 20;
        /// `fd_filestat_get`.
        const FD_FILESTAT_GET = 1 << 21;
        /// `fd_filestat_set_size`.
        const FD_FILESTAT_SET_SIZE = 1 << 22;
        /// `fd_filestat_set_times`.
        const FD_FILESTAT_SET_TIMES = 1 << 23;
        /// `path_symlink`.
        const PATH_SYMLINK = 1 << 24;
        /// `path_remove_directory`.
        const PATH_REMOVE_DIRECTORY = 1 << 25;
        /// `path_unlink_file`.
        const PATH_UNLINK_FILE = 1 << 26;
        /// `poll_oneoff` for reading or writing.
        const POLL_FD_READWRITE = 1 << 27;
        /// `sock_shutdown`.
        const SOCK_SHUTDOWN = 1 << 28;
        /// `sock_accept`.
        const SOCK_ACCEPT = 1 << 29;

        /// What an open file can be used for.
        const FILE = Self::FD_DATASYNC.bits() | Self::FD_READ.bits() | Self::FD_SEEK.bits()
            | Self::FD_FDSTAT_SET_FLAGS.bits() | Self::FD_SYNC.bits() | Self::FD_TELL.bits()
            | Self::FD_WRITE.bits() | Self::FD_ADVISE.bits() | Self::FD_ALLOCATE.bits()
            | Self::FD_FILESTAT_GET.bits() | Self::FD_FILESTAT_SET_SIZE.bits()
            | Self::FD_FILESTAT_SET_TIMES.bits() | Self::POLL_FD_READWRITE.bits();

        /// What an open directory can be used for.
        const DIRECTORY = Self::FD_DATASYNC.bits() | Self::FD_SYNC.bits() | Self::FD_FDSTAT_SET_FLAGS.bits()
            | Self::PATH_CREATE_DIRECTORY.bits() | Self::PATH_CREATE_FILE.bits()
            | Self::PATH_LINK_SOURCE.bits() | Self::PATH_LINK_TARGET.bits() | Self::PATH_OPEN.bits()
            | Self::FD_READDIR.bits() | Self::PATH_READLINK.bits() | Self::PATH_RENAME_SOURCE.bits()
            | Self::PATH_RENAME_TARGET.bits() | Self::PATH_FILESTAT_GET.bits()
            | Self::PATH_FILESTAT_SET_SIZE.bits() | Self::PATH_FILESTAT_SET_TIMES.bits()
            | Self::FD_FILESTAT_GET.bits() | Self::FD_FILESTAT_SET_TIMES.bits() | Self::PATH_SYMLINK.bits()
            | Self::PATH_REMOVE_DIRECTORY.bits() | Self::PATH_UNLINK_FILE.bits();

        /// What changes the tree of names below a directory.
        const MUTATE_DIRECTORY = Self::PATH_CREATE_DIRECTORY.bits() | Self::PATH_CREATE_FILE.bits()
            | Self::PATH_LINK_SOURCE.bits() | Self::PATH_LINK_TARGET.bits()
            | Self::PATH_RENAME_SOURCE.bits() | Self::PATH_RENAME_TARGET.bits() | Self::PATH_SYMLINK.bits()
            | Self::PATH_REMOVE_DIRECTORY.bits() | Self::PATH_UNLINK_FILE.bits();

        /// What changes files.
        const MUTATE_FILE = Self::FD_WRITE.bits() | Self::FD_ALLOCATE.bits() | Self::FD_FILESTAT_SET_SIZE.bits()
            | Self::PATH_FILESTAT_SET_SIZE.bits();

        /// What changes timestamps, of files and directories.
        const MUTATE_TIMES = Self::FD_FILESTAT_SET_TIMES.bits() | Self::PATH_FILESTAT_SET_TIMES.bits();
    }

    /// What a pre-opened directory allows with the names in it; Wasmtime's.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct DirPerms: u8 {
        /// Listing them.
        const READ = 1;
        /// Creating, renaming and removing them.
        const MUTATE = 2;
    }

    /// What a pre-opened directory allows with the files in it; Wasmtime's.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct FilePerms: u8 {
        /// Reading them.
        const READ = 1;
        /// Writing them.
        const WRITE = 2;
    }
}

impl Rights {
    /// What a guest sees when one of these rights is missing. Reading and writing fail as on a descriptor that POSIX
    /// opened for the other.
    pub(crate) fn missing(self) -> Errno {
        if self.intersects(Self::FD_READ | Self::FD_WRITE) {
            Errno::Badf
        } else {
            Errno::NotCapable
        }
    }

    /// What the permissions of a pre-opened directory take from everything that is opened through it.
    pub(crate) fn denied_by(dir: DirPerms, file: FilePerms) -> Self {
        let mut denied = Self::empty();
        if !dir.contains(DirPerms::READ) {
            denied |= Self::FD_READDIR;
        }
        if !dir.contains(DirPerms::MUTATE) {
            denied |= Self::MUTATE_DIRECTORY;
        }
        if !file.contains(FilePerms::READ) {
            denied |= Self::FD_READ;
        }
        if !file.contains(FilePerms::WRITE) {
            denied |= Self::MUTATE_FILE;
        }
        if !dir.contains(DirPerms::MUTATE) || !file.contains(FilePerms::WRITE) {
            denied |= Self::MUTATE_TIMES;
        }
        denied
    }
}
