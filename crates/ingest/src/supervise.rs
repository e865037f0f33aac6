//! The state of a source's link, told in sentences, and how long to wait before trying again.

use chairside_observation::{Cadence, LinkState, Received, SourceId};
use chairside_recorder::{Clock, Intake};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

/// Silence is not suspected earlier than this, however fast a feed usually speaks.
pub const SILENT_AFTER: Duration = Duration::from_secs(10);
/// A feed is silent when this many of its usual intervals passed without a frame.
const SILENT_INTERVALS: u32 = 3;
/// After this many closings in a row that were each followed by a new connection in time, a sender is known to connect for
/// each message, and its closing is no news any more.
const HABIT: u8 = 2;

/// First pause before a port or connection is tried again.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// Longest pause for a port: looking whether a file is there costs the monitor nothing, and a monitor that is plugged in
/// again has to show values within 3 s (P11).
pub const PAUSE_PORT_MAX: Duration = Duration::from_secs(1);
/// Longest pause for a connection: one attempt in about 2 s burdens no monitor (H15) and keeps the same promise.
pub const PAUSE_CONNECT_MAX: Duration = Duration::from_secs(2);

/// Waits until the program stops; a program that is gone has stopped.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Pauses that double from try to try, up to a bound, each between 3/4 and 5/4 of its length so that sources that were
/// lost together do not come back in step.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    max: Duration,
    dice: u64,
}

impl Backoff {
    /// Begins with the shortest pause. The spread comes from the source's name: the same in each run (P20).
    #[must_use]
    pub fn new(source: &SourceId, max: Duration) -> Self {
        let seed = source.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
            // FNV-1a.
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { next: PAUSE_FIRST, max, dice: seed | 1 }
    }

    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.max);
        // xorshift64.
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        let spread = u32::try_from(self.dice % 513).unwrap_or(0);
        (pause / 4 * 3 + pause / 1024 * spread).min(self.max)
    }

    /// It worked: the next pause is the shortest again.
    pub const fn reset(&mut self) {
        self.next = PAUSE_FIRST;
    }
}

/// The link of one source. Changes are reported to the recorder; what does not change is not.
pub(crate) struct Link {
    source: SourceId,
    intake: Intake,
    clock: Clock,
    /// What a silence may mean here, for people.
    advice: Box<str>,
    inner: Mutex<Inner>,
    moved: Notify,
}

struct Inner {
    state: LinkState,
    reason: Box<str>,
    cadence: Cadence,
    /// When silence will be suspected; `None` while nothing is expected.
    deadline: Option<Instant>,
    /// Open connections, or 1 for an open port.
    open: usize,
    /// A closing that was not followed by a frame yet.
    closed: bool,
    /// Closings in a row that were followed by a frame in time.
    returns: u8,
    /// A refused peer was told since the link was last live.
    refusal_told: bool,
}

impl Link {
    pub(crate) fn new(source: SourceId, intake: Intake, clock: Clock, advice: &str) -> Self {
        let inner = Inner {
            state: LinkState::Initial,
            reason: "".into(),
            cadence: Cadence::default(),
            deadline: None,
            open: 0,
            closed: false,
            returns: 0,
            refusal_told: false,
        };
        Self { source, intake, clock, advice: advice.into(), inner: Mutex::new(inner), moved: Notify::new() }
    }

    /// The link is being made.
    pub(crate) fn connecting(&self, reason: &str) {
        let mut inner = self.inner();
        self.report(&mut inner, LinkState::Connecting, reason);
    }

    /// The port is open, or a connection stands: from now on frames are expected.
    pub(crate) fn opened(&self, reason: &str) {
        let mut inner = self.inner();
        inner.open += 1;
        if inner.deadline.is_none() {
            inner.deadline = Some(Instant::now() + patience(&inner.cadence));
            self.moved.notify_one();
        }
        if matches!(inner.state, LinkState::Initial | LinkState::Connecting | LinkState::Lost) {
            self.report(&mut inner, LinkState::Connecting, reason);
        }
    }

    /// A frame was understood.
    pub(crate) fn heard(&self, at: Received) {
        let mut inner = self.inner();
        inner.cadence.arrived(at.mono);
        inner.deadline = Some(Instant::now() + patience(&inner.cadence));
        inner.refusal_told = false;
        if std::mem::take(&mut inner.closed) {
            inner.returns = inner.returns.saturating_add(1);
        }
        self.report(&mut inner, LinkState::Live, "frames arrive");
        self.moved.notify_one();
    }

    /// The monitor answers, and what it says is that it gives no values.
    pub(crate) fn withheld(&self, why: &str) {
        let mut inner = self.inner();
        inner.deadline = None;
        self.report(&mut inner, LinkState::Silent, why);
    }

    /// The port or the connection to a monitor is gone.
    pub(crate) fn lost(&self, reason: &str) {
        let mut inner = self.inner();
        inner.open = inner.open.saturating_sub(1);
        inner.deadline = None;
        self.report(&mut inner, LinkState::Lost, reason);
    }

    /// One of a listener's connections ended. While others stand, and while a sender that connects for each message may
    /// still come back in time, that is no change.
    pub(crate) fn closed(&self, reason: &str) {
        let mut inner = self.inner();
        inner.open = inner.open.saturating_sub(1);
        if inner.open > 0 {
            return;
        }
        inner.closed = true;
        if inner.returns < HABIT && inner.state != LinkState::Silent {
            inner.deadline = None;
            self.report(&mut inner, LinkState::Silent, reason);
        }
    }

    /// A peer was refused. Told once while the source waits: somebody at a silent source has to learn it (and a scan of
    /// the network must not fill the record).
    pub(crate) fn refused(&self, reason: &str) {
        let mut inner = self.inner();
        if inner.state != LinkState::Live && !std::mem::replace(&mut inner.refusal_told, true) {
            let state = inner.state;
            self.report(&mut inner, state, reason);
        }
    }

    /// Suspects silence when its time has come. Runs as long as the source does.
    pub(crate) async fn watch(&self) {
        loop {
            let deadline = self.inner().deadline;
            match deadline {
                None => self.moved.notified().await,
                Some(at) => {
                    sleep_until(at).await;
                    self.overdue(at);
                }
            }
        }
    }

    fn overdue(&self, at: Instant) {
        let mut inner = self.inner();
        if inner.deadline != Some(at) {
            return;
        }
        inner.deadline = None;
        inner.returns = 0;
        let waited = patience(&inner.cadence).as_secs();
        let stands = if inner.open == 0 { "the sender closed the connection and" } else { "the link stands, but" };
        let reason = format!("{stands} nothing that was understood arrived for {waited} s; {}", self.advice);
        self.report(&mut inner, LinkState::Silent, &reason);
    }

    fn report(&self, inner: &mut Inner, state: LinkState, reason: &str) {
        if inner.state == state && *inner.reason == *reason {
            return;
        }
        inner.state = state;
        inner.reason = reason.into();
        tracing::info!(source = %self.source, state = state.word(), reason, "link");
        self.intake.link((self.clock)(), &self.source, state, reason);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Plain values, valid at every step: a panic elsewhere does not end a source.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a feed may say nothing.
fn patience(cadence: &Cadence) -> Duration {
    let every = Duration::from_micros(u64::try_from(cadence.every().0).unwrap_or(0));
    SILENT_AFTER.max(every * SILENT_INTERVALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::Micros;

    #[test]
    fn p11_pauses_grow_to_their_bound_and_stay_there() {
        let mut backoff = Backoff::new(&"port".into(), PAUSE_CONNECT_MAX);
        let pauses: Vec<_> = (0..100).map(|_| backoff.pause()).collect();
        assert!(pauses[0] < Duration::from_millis(630) && pauses[0] >= Duration::from_millis(370), "{:?}", pauses[0]);
        assert!(pauses[3..].iter().all(|p| *p >= PAUSE_CONNECT_MAX * 3 / 4 - Duration::from_millis(5)));
        assert!(pauses.iter().all(|p| *p <= PAUSE_CONNECT_MAX));
        backoff.reset();
        assert!(backoff.pause() < Duration::from_millis(630));
    }

    #[test]
    fn h15_two_sources_do_not_come_back_in_step() {
        let pauses = |name: &str| {
            let mut backoff = Backoff::new(&name.into(), PAUSE_CONNECT_MAX);
            (0..8).map(|_| backoff.pause()).collect::<Vec<_>>()
        };
        assert_ne!(pauses("chair 1"), pauses("chair 2"));
        assert_eq!(pauses("chair 1"), pauses("chair 1"), "the same in each run");
    }

    #[test]
    fn a_feed_may_be_quiet_for_three_of_its_intervals() {
        let mut cadence = Cadence::default();
        assert_eq!(patience(&cadence), SILENT_AFTER);
        for minute in 0..5 {
            cadence.arrived(Micros::from_secs(60 * minute));
        }
        assert_eq!(patience(&cadence), Duration::from_secs(180));
    }
}
