//! A look at a running source, for people who want a reason for its silence.

use crate::meter::Tally;
use crate::recent::{Kept, Noise};
use crate::source::Source;
use crate::stats::Counts;
use crate::supervise::LinkNow;
use crate::{Transport, Way};
use chairside_decode::catalog::{Line, Protocol};
use chairside_observation::{Micros, Received, SourceId};
use std::sync::Arc;

/// A source as others may see it. It can only be looked at, and looking never holds the source up for longer than a copy
/// takes.
#[derive(Clone)]
pub struct View {
    source: Arc<Source>,
    way: Arc<str>,
    line: Option<Line>,
    asks: bool,
}

impl View {
    pub(crate) fn new<L>(source: Arc<Source>, way: &Way<L>) -> Self {
        let line = if let Way::Serial(_, line) = way { Some(*line) } else { None };
        let asks = source.spec.dialog().is_some();
        Self { source, way: words(way, asks).into(), line, asks }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SourceId {
        &self.source.spec.id
    }

    /// What it speaks.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.source.spec.protocol
    }

    /// The dialect, where one is configured.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.source.spec.profile.as_deref()
    }

    /// Where none is configured: the profile the last message was judged to have, and why.
    #[must_use]
    pub fn judged(&self) -> Option<(&'static str, &'static str)> {
        self.source.stats.near().judged
    }

    /// How it is reached.
    #[must_use]
    pub fn transport(&self) -> &Transport {
        &self.source.spec.transport
    }

    /// How it is reached, in words: `serial port /dev/ttyUSB0, 9600 baud 8N1, listens only`.
    #[must_use]
    pub fn way(&self) -> &str {
        &self.way
    }

    /// How its serial line is set.
    #[must_use]
    pub const fn line(&self) -> Option<Line> {
        self.line
    }

    /// Whether its monitor is asked; otherwise it is only listened to.
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.asks
    }

    /// Whether it is configured to be only listened to, whatever its protocol.
    #[must_use]
    pub fn passive(&self) -> bool {
        self.source.spec.passive
    }

    /// Its counters.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.source.stats.counts()
    }

    /// How its link stands.
    #[must_use]
    pub fn link(&self) -> LinkNow {
        self.source.link.now()
    }

    /// What came in the [`METER_SECONDS`](crate::METER_SECONDS) whole seconds before `now`, on the monotonic clock.
    #[must_use]
    pub fn lately(&self, now: Micros) -> Tally {
        self.source.stats.near().meter.over(now)
    }

    /// When the last understood frame arrived.
    #[must_use]
    pub fn last_frame(&self) -> Option<Received> {
        self.source.stats.near().last_frame
    }

    /// Why the last peer was refused, if one was.
    #[must_use]
    pub fn refusal(&self) -> Option<Box<str>> {
        self.source.stats.near().refusal.clone()
    }

    /// What the bytes that fit no frame look like; `None` when none were kept.
    #[must_use]
    pub fn noise(&self) -> Option<Noise> {
        self.source.stats.near().recent.noise()
    }

    /// The number of the newest frame, and the kept frames after number `after`, oldest first. These are a patient's data.
    #[must_use]
    pub fn frames(&self, after: u64) -> (u64, Vec<Kept>) {
        let near = self.source.stats.near();
        (near.recent.newest(), near.recent.after(after))
    }
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("id", self.id()).field("way", &self.way).finish_non_exhaustive()
    }
}

fn words<L>(way: &Way<L>, asks: bool) -> String {
    let talk = if asks { "asks" } else { "listens only" };
    match way {
        Way::Serial(port, line) => format!("serial port {}, {line}, {talk}", port.display()),
        Way::Listen(_, addr, _) => format!("network, senders connect to {addr}"),
        Way::Connect(addr) => format!("network, connects to {addr}"),
        Way::Ask(addr) => format!("network, {talk} {addr} over UDP"),
    }
}
