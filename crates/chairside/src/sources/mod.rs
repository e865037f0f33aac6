//! The sources as the web shows them: what ingest knows of each, with the chairs its values go to and what to do next.

pub mod advice;

use crate::config::Config;
use crate::export;
use advice::{Known, Talk, Way};
use chairside_decode::catalog::Protocol;
use chairside_ingest::{METER_SECONDS, Transport, View};
use chairside_observation::{Received, SourceId, Timeline};
use chairside_recorder::{Binding, Clock, Desk, Roster};
use chairside_wire::{HeardFrame, Source, SourceBytes, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// All sources that run.
pub struct Board {
    views: Vec<View>,
    desk: Desk,
    clock: Clock,
    /// How each is read, as configured.
    adapters: BTreeMap<SourceId, String>,
}

impl Board {
    /// `views` in the order of the configuration.
    #[must_use]
    pub fn new(views: Vec<View>, desk: Desk, clock: Clock, config: &Config) -> Self {
        Self { views, desk, clock, adapters: export::adapters(config) }
    }
}

impl chairside_server::Sources for Board {
    fn all(&self) -> Sources {
        let (now, roster) = ((self.clock)(), self.desk.roster());
        Sources { now: now.into(), sources: self.views.iter().map(|view| source(view, &roster, now)).collect() }
    }

    fn adapters(&self) -> BTreeMap<SourceId, String> {
        self.adapters.clone()
    }

    fn bytes(&self, source: &SourceId, after: u64) -> Option<SourceBytes> {
        let view = self.views.iter().find(|view| view.id() == source)?;
        let (newest, frames) = view.frames(after);
        let frame = |kept: &chairside_ingest::Kept| -> HeardFrame {
            chairside_wire::heard_frame(kept.number, &kept.frame, kept.length, &kept.said, kept.unsaid)
        };
        Some(SourceBytes { source: source.to_string(), newest, frames: frames.iter().map(frame).collect() })
    }
}

/// One source now.
fn source(view: &View, roster: &Roster, now: Received) -> Source {
    let (ever, lately, link) = (view.counts(), view.lately(now.mono), view.link());
    let Seats { chairs, waiting_beds } = seats(roster, view.id());
    let line = view.line().map(|line| line.to_string()).unwrap_or_default();
    let known = Known {
        state: link.state,
        way: way(view),
        protocol: view.protocol(),
        line: &line,
        ever: &ever,
        lately: &lately,
        noise: view.noise(),
        waiting_beds: !waiting_beds.is_empty(),
    };
    let last = view.last_frame();
    Source {
        id: view.id().to_string(),
        protocol: view.protocol().word().to_owned(),
        profile: profile(view),
        way: view.way().to_owned(),
        state: link.state.word().to_owned(),
        reason: link.reason.into(),
        since_wall_us: link.since.wall.0,
        advice: advice::advice(&known),
        well: advice::well(&known),
        chairs,
        waiting_beds,
        bytes: ever.bytes,
        frames: ever.frames,
        faults: ever.faults,
        skipped_bytes: ever.skipped_bytes,
        values: ever.values,
        connections: ever.connections,
        requests: ever.requests,
        refused_peers: ever.refused_peers,
        last_refusal: view.refusal().map(Into::into),
        bytes_per_s: rate(lately.bytes),
        frames_per_s: rate(lately.frames),
        skipped_share: share(ever.skipped_bytes, ever.bytes).unwrap_or(0.0),
        skipped_share_lately: share(lately.skipped_bytes, lately.bytes),
        last_frame_wall_us: last.map(|at| at.wall.0),
        last_frame_age_us: last.map(|at| (now.mono - at.mono).0.max(0)),
    }
}

/// The profile as configured; where it is `auto`, also what the last message was taken for, and why.
fn profile(view: &View) -> Option<String> {
    match view.judged() {
        Some((profile, why)) => Some(format!("auto: {profile} ({why})")),
        None => view.profile().map(str::to_owned),
    }
}

fn way(view: &View) -> Way {
    match view.transport() {
        Transport::Serial { .. } if view.asks() => Way::Serial(Talk::Asks),
        Transport::Serial { .. } if view.passive() && view.protocol().asks() => Way::Serial(Talk::Passive),
        Transport::Serial { .. } => Way::Serial(Talk::Listens),
        Transport::Listen { .. } if view.protocol() == Protocol::VitalRecorder => Way::Relay,
        Transport::Listen { addr, .. } => Way::Listen { local: addr.ip().is_loopback() },
        Transport::Connect { .. } if view.protocol().lan_port().is_some() => Way::Lan,
        Transport::Connect { .. } => Way::Connect,
    }
}

/// Per second, over the time of the meter.
#[allow(clippy::cast_precision_loss, reason = "counts of ten seconds are far below 2^53")]
fn rate(count: u64) -> f64 {
    count as f64 / METER_SECONDS as f64
}

/// A part of a whole, to four places; `None` of nothing.
#[allow(clippy::cast_precision_loss, reason = "a share needs no more than four places")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part.min(whole) as f64 / whole as f64 * 1e4).round() / 1e4)
}

/// Where a source's values go.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seats {
    chairs: Vec<String>,
    waiting_beds: Vec<String>,
}

/// The chairs a source feeds, in room order, and the beds it sends that have none.
fn seats(roster: &Roster, source: &SourceId) -> Seats {
    let mut fed = BTreeSet::new();
    let mut take = |bed: Option<&str>| {
        if let Timeline::Chair(chair) = roster.timeline(source, bed) {
            fed.insert(chair);
        }
    };
    match roster.sources.get(source) {
        Some(Binding::Chair(_)) => take(None),
        Some(Binding::Beds(beds)) => beds.keys().for_each(|bed| take(Some(bed))),
        None => {}
    }
    roster.assigned.keys().filter(|(of, _)| of == source).for_each(|(_, bed)| take(Some(bed)));
    let waiting = roster.unassigned.iter().filter(|feed| feed.source == *source);
    Seats {
        chairs: roster.chairs.iter().filter(|(id, _)| fed.contains(id)).map(|(id, _)| id.to_string()).collect(),
        waiting_beds: waiting.map(|feed| feed.bed.to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_recorder::Feed;
    use std::collections::BTreeMap;

    #[test]
    fn chairs_stand_in_room_order_and_beds_without_one_are_named() {
        let beds = Binding::Beds(BTreeMap::from([("B1".into(), "1".into()), ("B2".into(), "2".into())]));
        let roster = Roster {
            chairs: ["3", "2", "1"].map(|id| (id.into(), id.into())).into(),
            sources: BTreeMap::from([("com3".into(), Binding::Chair("1".into())), ("hl7".into(), beds)]),
            assigned: BTreeMap::from([
                (("hl7".into(), "B2".into()), None),
                (("hl7".into(), "B9".into()), Some("3".into())),
            ]),
            unassigned: [("hl7", "B2"), ("hl7", ""), ("other", "B5")]
                .map(|(source, bed)| Feed { source: source.into(), bed: bed.into() })
                .into(),
            ..Roster::default()
        };
        let check = |source: &str, chairs: &[&str], waiting: &[&str]| {
            let text = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let expected = Seats { chairs: text(chairs), waiting_beds: text(waiting) };
            assert_eq!(seats(&roster, &source.into()), expected, "{source}");
        };
        check("com3", &["1"], &[]);
        check("hl7", &["3", "1"], &["", "B2"]);
        check("nobody", &[], &[]);
    }

    #[test]
    fn a_share_is_between_none_and_all_and_a_rate_is_of_one_second() {
        assert_eq!([share(0, 0), share(0, 5), share(1, 3), share(7, 5)], [None, Some(0.0), Some(0.3333), Some(1.0)]);
        assert!((rate(23) - 2.3).abs() < 1e-12);
    }
}
