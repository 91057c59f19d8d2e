//! Waiting for time to pass and for files to become ready.
//!
//! Invariant: a call ends when the first of its subscriptions is due, and tells of all that are due then, in their order.
//! What is wrong with one subscription is told in its event.

use super::Call;
use crate::{
    ClockId, Errno, GuestMemory, Interest, Readiness, Result, Rights, WasiCtx, memory::element,
    types::Record,
};
use alloc::vec::Vec;

/// Where the parts of a subscription are.
pub(super) struct Layout {
    size: u32,
    clock: u32,
    timeout: u32,
    precision: u32,
    flags: u32,
}

impl Layout {
    const PREVIEW1: Self = Self { size: 48, clock: 16, timeout: 24, precision: 32, flags: 40 };
    pub(super) const UNSTABLE: Self =
        Self { size: 56, clock: 24, timeout: 32, precision: 40, flags: 48 };
}

/// The places that both layouts have in common.
const TAG: u32 = 8;
const FD: u32 = 16;

const EVENT_SIZE: u32 = 32;

/// How long to wait for one of several files before looking at the others, in nanoseconds.
const SLICE: u64 = 10_000_000;

/// What a guest waits for.
struct Subscription {
    userdata: [u8; 8],
    kind: Kind,
}

enum Kind {
    /// So many nanoseconds from the beginning of the call.
    Clock(Result<u64>),
    File(u32, Interest),
}

impl Kind {
    fn event_type(&self) -> u8 {
        match self {
            Self::Clock(_) => 0,
            Self::File(_, Interest::Read) => 1,
            Self::File(_, Interest::Write) => 2,
        }
    }
}

impl Call<'_> {
    pub(crate) fn poll_oneoff(
        &mut self,
        subscriptions: u32,
        events: u32,
        count: u32,
        ready: u32,
    ) -> Result<()> {
        self.poll(Layout::PREVIEW1, subscriptions, events, count, ready)
    }

    pub(super) fn poll(
        &mut self,
        layout: Layout,
        subscriptions: u32,
        events: u32,
        count: u32,
        ready: u32,
    ) -> Result<()> {
        if count == 0 || count > self.ctx.limits.subscriptions {
            return Err(Errno::Inval);
        }
        let bytes = |size: u32| count.checked_mul(size).ok_or(Errno::Fault);
        self.memory.slice(subscriptions, bytes(layout.size)?)?;
        self.memory.slice(events, bytes(EVENT_SIZE)?)?;
        self.memory.slice(ready, 4)?;
        let mut wanted = Vec::with_capacity(count as usize);
        for index in 0..count {
            let at = element(subscriptions, index, layout.size)?;
            wanted.push(read_subscription(self.ctx, self.memory, &layout, at)?);
        }
        let due = wait(self.ctx, &wanted);
        for (index, (subscription, state)) in (0..).zip(&due) {
            let at = element(events, index, EVENT_SIZE)?;
            self.memory.write(at, &event(subscription, *state))?;
        }
        // No more than there are subscriptions.
        self.memory.write_u32(ready, due.len() as u32)
    }
}

fn read_subscription(
    ctx: &WasiCtx,
    memory: &dyn GuestMemory,
    layout: &Layout,
    at: u32,
) -> Result<Subscription> {
    let field = |offset: u32| element(at, offset, 1);
    let u64_at = |offset: u32| Ok(u64::from_le_bytes(memory.read(field(offset)?)?));
    let [tag] = memory.read(field(TAG)?)?;
    let kind = match tag {
        0 => {
            let clock = ClockId::from_guest(memory.read_u32(field(layout.clock)?)?)?;
            let flags = u16::from_le_bytes(memory.read(field(layout.flags)?)?);
            let (timeout, precision) = (u64_at(layout.timeout)?, u64_at(layout.precision)?);
            Kind::Clock(match flags {
                0 => ctx.clocks.resolution(clock).map(|_| timeout),
                1 => ctx.clocks.now(clock, precision).map(|now| timeout.saturating_sub(now)),
                _ => return Err(Errno::Inval),
            })
        }
        1 => Kind::File(memory.read_u32(field(FD)?)?, Interest::Read),
        2 => Kind::File(memory.read_u32(field(FD)?)?, Interest::Write),
        _ => return Err(Errno::Inval),
    };
    Ok(Subscription { userdata: memory.read(at)?, kind })
}

/// Waits until at least one of the subscriptions is due, and gives all that are.
fn wait<'a>(
    ctx: &mut WasiCtx,
    wanted: &'a [Subscription],
) -> Vec<(&'a Subscription, Result<Readiness>)> {
    let mut elapsed = 0;
    loop {
        let state = |subscription| Some((subscription, due(ctx, subscription, elapsed)?));
        let events: Vec<_> = wanted.iter().filter_map(state).collect();
        if !events.is_empty() {
            return events;
        }
        let end = wanted.iter().filter_map(|subscription| match subscription.kind {
            Kind::Clock(Ok(end)) => Some(end),
            _ => None,
        });
        let left = end.min().map(|end| end - elapsed);
        let mut files = wanted.iter().filter_map(|subscription| match subscription.kind {
            Kind::File(fd, interest) => Some((fd, interest)),
            Kind::Clock(_) => None,
        });
        let waited = match (files.next(), files.next()) {
            (None, _) => {
                ctx.scheduler.sleep(left.unwrap_or(0));
                left
            }
            (Some((fd, interest)), None) => wait_for_file(ctx, fd, interest, left),
            (Some((fd, interest)), Some(_)) => {
                let slice = left.map_or(SLICE, |left| left.min(SLICE));
                wait_for_file(ctx, fd, interest, Some(slice))
            }
        };
        elapsed += waited.unwrap_or(0);
    }
}

/// Waits for a file, and gives how long. If it became ready or failed, which is seen in the next round, no time counts: a
/// clock that is not due yet must not be told of.
fn wait_for_file(
    ctx: &mut WasiCtx,
    fd: u32,
    interest: Interest,
    timeout: Option<u64>,
) -> Option<u64> {
    match poll_file(ctx, fd, interest, timeout) {
        Ok(None) => timeout,
        Ok(Some(_)) | Err(_) => None,
    }
}

/// What there is to tell of a subscription, if anything.
fn due(ctx: &mut WasiCtx, subscription: &Subscription, elapsed: u64) -> Option<Result<Readiness>> {
    match subscription.kind {
        Kind::Clock(Err(error)) => Some(Err(error)),
        Kind::Clock(Ok(end)) => (end <= elapsed).then(|| Ok(Readiness::default())),
        Kind::File(fd, interest) => poll_file(ctx, fd, interest, Some(0)).transpose(),
    }
}

fn poll_file(
    ctx: &mut WasiCtx,
    fd: u32,
    interest: Interest,
    timeout: Option<u64>,
) -> Result<Option<Readiness>> {
    let right = match interest {
        Interest::Read => Rights::FD_READ,
        Interest::Write => Rights::FD_WRITE,
    };
    let file = ctx.descriptors.get_mut(fd)?.as_file(Rights::POLL_FD_READWRITE | right)?;
    file.wait(interest, timeout)
}

fn event(subscription: &Subscription, state: Result<Readiness>) -> [u8; EVENT_SIZE as usize] {
    let (errno, ready) = match state {
        Ok(ready) => (0, ready),
        Err(error) => (error.code(), Readiness::default()),
    };
    let mut record = Record::default();
    record.put(0, subscription.userdata);
    record.put(8, errno.to_le_bytes());
    record.put(10, [subscription.kind.event_type()]);
    record.put(16, ready.bytes.to_le_bytes());
    record.put(24, u16::from(ready.hangup).to_le_bytes());
    record.0
}
