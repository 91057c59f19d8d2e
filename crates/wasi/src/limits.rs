//! How much a guest may make the host do in one call, and hold at once.
//!
//! Invariant: nothing this crate allocates for a guest is larger than one of these limits allows.

/// Limits on what guests may ask for. A call that exceeds one fails with the errno given here and does nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WasiLimits {
    /// Buffers in one read or write; more: `inval`. 1024 at first.
    pub iovecs: u32,
    /// Bytes of a path or link; more: `nametoolong`. 4096 at first.
    pub path_bytes: u32,
    /// Random bytes in one call; more: `inval`. 16 MiB at first.
    pub random_bytes: u32,
    /// Open descriptors; more: `mfile`. 1024 at first.
    pub descriptors: u32,
    /// Bytes of names and records that listings of open directories hold; more: `nomem`. 16 MiB at first.
    pub listing_bytes: usize,
    /// Subscriptions in one `poll_oneoff`; more: `inval`. 1024 at first.
    pub subscriptions: u32,
}

impl Default for WasiLimits {
    fn default() -> Self {
        Self {
            iovecs: 1024,
            path_bytes: 4096,
            random_bytes: 16 << 20,
            descriptors: 1024,
            listing_bytes: 16 << 20,
            subscriptions: 1024,
        }
    }
}
