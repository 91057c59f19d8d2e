//! Why a call failed, in WASI's numbers: the one error type of this crate.
//!
//! Not what the host's system calls failures: `native` translates those. Invariant: a variant's number is the one that
//! `errno` of preview 1 has, so it can be handed to guests as it is.

/// `Result` with [`Errno`] unless said otherwise.
pub type Result<T, E = Errno> = core::result::Result<T, E>;

/// `errno` of preview 1 without `success`. Names are those of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[allow(missing_docs)]
#[repr(u16)]
pub enum Errno {
    #[error("argument list too long")]
    TooBig = 1,
    #[error("permission denied")]
    Acces = 2,
    #[error("address in use")]
    AddrInUse = 3,
    #[error("address not available")]
    AddrNotAvail = 4,
    #[error("address family not supported")]
    AfNoSupport = 5,
    #[error("resource unavailable, or operation would block")]
    Again = 6,
    #[error("connection already in progress")]
    Already = 7,
    #[error("bad file descriptor")]
    Badf = 8,
    #[error("bad message")]
    BadMsg = 9,
    #[error("device or resource busy")]
    Busy = 10,
    #[error("operation canceled")]
    Canceled = 11,
    #[error("no child processes")]
    Child = 12,
    #[error("connection aborted")]
    ConnAborted = 13,
    #[error("connection refused")]
    ConnRefused = 14,
    #[error("connection reset")]
    ConnReset = 15,
    #[error("resource deadlock would occur")]
    Deadlk = 16,
    #[error("destination address required")]
    DestAddrReq = 17,
    #[error("argument out of the domain of a function")]
    Dom = 18,
    #[error("quota exceeded")]
    Dquot = 19,
    #[error("file exists")]
    Exist = 20,
    #[error("bad address")]
    Fault = 21,
    #[error("file too large")]
    Fbig = 22,
    #[error("host is unreachable")]
    HostUnreach = 23,
    #[error("identifier removed")]
    Idrm = 24,
    #[error("illegal byte sequence")]
    Ilseq = 25,
    #[error("operation in progress")]
    InProgress = 26,
    #[error("interrupted")]
    Intr = 27,
    #[error("invalid argument")]
    Inval = 28,
    #[error("input or output error")]
    Io = 29,
    #[error("socket is connected")]
    IsConn = 30,
    #[error("is a directory")]
    IsDir = 31,
    #[error("too many levels of symbolic links")]
    Loop = 32,
    #[error("too many open files")]
    Mfile = 33,
    #[error("too many links")]
    Mlink = 34,
    #[error("message too large")]
    MsgSize = 35,
    #[error("multihop attempted")]
    Multihop = 36,
    #[error("file name too long")]
    NameTooLong = 37,
    #[error("network is down")]
    NetDown = 38,
    #[error("connection aborted by the network")]
    NetReset = 39,
    #[error("network unreachable")]
    NetUnreach = 40,
    #[error("too many files open in the system")]
    Nfile = 41,
    #[error("no buffer space available")]
    NoBufs = 42,
    #[error("no such device")]
    NoDev = 43,
    #[error("no such file or directory")]
    NoEnt = 44,
    #[error("not an executable file")]
    NoExec = 45,
    #[error("no locks available")]
    NoLck = 46,
    #[error("link severed")]
    NoLink = 47,
    #[error("not enough memory")]
    NoMem = 48,
    #[error("no message of the desired type")]
    NoMsg = 49,
    #[error("protocol not available")]
    NoProtoOpt = 50,
    #[error("no space left on the device")]
    NoSpc = 51,
    #[error("function not supported")]
    NoSys = 52,
    #[error("not connected")]
    NotConn = 53,
    #[error("not a directory")]
    NotDir = 54,
    #[error("directory not empty")]
    NotEmpty = 55,
    #[error("state not recoverable")]
    NotRecoverable = 56,
    #[error("not a socket")]
    NotSock = 57,
    #[error("not supported")]
    NotSup = 58,
    #[error("inappropriate control operation")]
    NotTty = 59,
    #[error("no such device or address")]
    Nxio = 60,
    #[error("value too large")]
    Overflow = 61,
    #[error("previous owner died")]
    OwnerDead = 62,
    #[error("operation not permitted")]
    Perm = 63,
    #[error("broken pipe")]
    Pipe = 64,
    #[error("protocol error")]
    Proto = 65,
    #[error("protocol not supported")]
    ProtoNoSupport = 66,
    #[error("wrong protocol type for socket")]
    Prototype = 67,
    #[error("result too large")]
    Range = 68,
    #[error("read-only file system")]
    Rofs = 69,
    #[error("invalid seek")]
    Spipe = 70,
    #[error("no such process")]
    Srch = 71,
    #[error("stale handle")]
    Stale = 72,
    #[error("timed out")]
    TimedOut = 73,
    #[error("text file busy")]
    TxtBsy = 74,
    #[error("cross-device link")]
    Xdev = 75,
    #[error("capabilities insufficient")]
    NotCapable = 76,
}

impl Errno {
    /// The number that a guest sees.
    pub fn code(self) -> u16 {
        self as u16
    }
}
