//! Times on paper: the clock of the clinic, with day and offset where there could be two of one.

use crate::face::t_plus;
use crate::{Face, Record};
use chairside_observation::{Micros, Received};

/// Around a session: a change of the clocks that near is worth its offset.
const NEAR: Micros = Micros::from_secs(24 * 3600);

/// Writes the moments of one record.
pub(super) struct Moments<'a> {
    record: &'a Record,
    face: &'a Face<'a>,
    day: String,
    offsets: bool,
}

impl<'a> Moments<'a> {
    pub(super) fn of(record: &'a Record, face: &'a Face<'a>) -> Self {
        let (from, to) = (record.begin().wall, record.end.wall);
        let there = face.offset(from);
        let offsets = [from - NEAR, to, to + NEAR].iter().any(|at| face.offset(*at) != there);
        Self { record, face, day: face.day(from), offsets }
    }

    /// `10:42:05`; with the day when it is not the first one, with the offset when the clocks change near.
    pub(super) fn clock(&self, at: Received) -> String {
        let clock = self.face.clock(at.wall);
        let day = self.face.day(at.wall);
        let clock = if day == self.day { clock } else { format!("{} {clock}", day.get(5..).unwrap_or_default()) };
        if self.offsets { format!("{clock} {}", self.face.offset(at.wall)) } else { clock }
    }

    /// `0:12:05` since T+0; empty without an infusion.
    pub(super) fn since(&self, at: Received) -> String {
        self.record.since_start(at).map(t_plus).unwrap_or_default()
    }

    /// `10:42:05 (T+0:12:05)`.
    pub(super) fn both(&self, at: Received) -> String {
        let since = self.since(at);
        match since.strip_prefix('-') {
            Some(before) => format!("{} (T\u{2212}{before})", self.clock(at)),
            None if since.is_empty() => self.clock(at),
            None => format!("{} (T+{since})", self.clock(at)),
        }
    }

    /// `2026-03-02 10:42:05 +01:00`.
    pub(super) fn full(&self, at: Received) -> String {
        format!("{} {} {}", self.face.day(at.wall), self.face.clock(at.wall), self.face.offset(at.wall))
    }

    /// What has to be known to read the times.
    pub(super) fn explained(&self) -> String {
        let offset = self.face.offset(self.record.begin().wall);
        let change =
            if self.offsets { "; the clocks change near this session, so each time has its offset" } else { "" };
        format!("Times are of {}, UTC{offset}{change}. T+ counts from the first start of the infusion.", self.day)
    }
}

/// `1:02:03`, or `12 s`.
pub(super) fn length(time: Micros) -> String {
    let seconds = time.0 / 1_000_000;
    if seconds < 60 { format!("{seconds} s") } else { t_plus(time) }
}
