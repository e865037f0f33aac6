//! A late start: from which entry on the chair was this patient's already.

use crate::desk::DeskError;
use crate::guard::heard;
use chairside_observation::session::{Binding, Session};
use chairside_observation::{ChairId, Civil, Entry, Micros, Received, Sequence, SourceId, Timeline, Zone};
use chairside_store::{SessionLog, StoreError};

/// Entries looked at together.
const PAGE: usize = 1000;

/// What a claim is judged by.
pub(crate) struct Claim<'a> {
    pub(crate) log: &'a dyn SessionLog,
    pub(crate) zone: &'a (dyn Zone + Send + Sync),
    pub(crate) chair: &'a ChairId,
    pub(crate) session: &'a Session,
    pub(crate) binding: &'a Binding,
    /// The first entry nobody else claims, and when the chair became free.
    pub(crate) earliest: (Sequence, Option<Received>),
    /// How long what nobody claims is kept.
    pub(crate) keep: Option<Micros>,
}

impl Claim<'_> {
    /// The first entry at or after a moment people read off a clock.
    pub(crate) async fn entry_at(&self, wall: Micros) -> Result<Sequence, DeskError> {
        let from = self.log.before(&self.timeline(), wall).await.map_err(unreadable)?.next();
        if from < self.earliest.0 {
            return Err(self.not_free());
        }
        if wall >= self.session.opened.wall || from > self.session.from {
            let since = self.clock(self.session.opened.wall);
            return Err(DeskError::BeganAlready { since });
        }
        Ok(from)
    }

    /// How long before `at` the claimed entry reached the server. Refused when one of the entries that would become hers
    /// names somebody else: the claim may begin after it.
    pub(crate) async fn began(
        &self,
        at: Received,
        from: Sequence,
        whole: &(dyn Fn(&SourceId) -> bool + Sync),
    ) -> Result<Micros, DeskError> {
        if from < self.earliest.0 {
            return Err(self.not_free());
        }
        let before = Sequence(from.0.saturating_sub(1));
        let first = self.log.read(&self.timeline(), before, 1).await.map_err(unreadable)?;
        // An entry of which only a tombstone is left is not read, and one that is about to be erased is not given away.
        let is_there = first.first().is_none_or(|entry| entry.sequence == from);
        let first = first.first().map_or(at, |entry| entry.received);
        if !is_there || self.keep.is_some_and(|keep| at.mono - first.mono > keep) {
            return Err(DeskError::Erased);
        }
        let (mut after, mut other) = (before, None);
        while after < self.session.from {
            let page = self.log.read(&self.timeline(), after, PAGE).await.map_err(unreadable)?;
            let Some(last) = page.last() else { break };
            after = last.sequence;
            other = last_of_another(&page, self.session, self.binding, &whole).map(|e| e.received).or(other);
        }
        match other {
            Some(received) => Err(DeskError::NamesAnother { until: self.clock(received.wall) }),
            None => Ok(at.mono - first.mono),
        }
    }

    fn not_free(&self) -> DeskError {
        let until = self.earliest.1.map(|free| self.clock(free.wall)).unwrap_or_default();
        DeskError::ClaimedBefore { until }
    }

    fn timeline(&self) -> Timeline {
        Timeline::Chair(self.chair.clone())
    }

    fn clock(&self, wall: Micros) -> String {
        clock_text(wall, self.zone)
    }
}

/// The last of `entries` before the session's span that does not name its patient: it and what came before stay nobody's.
pub(crate) fn last_of_another<'a>(
    entries: &'a [Entry],
    session: &Session,
    binding: &Binding,
    whole: &impl Fn(&SourceId) -> bool,
) -> Option<&'a Entry> {
    let is_of_another =
        |entry: &&Entry| heard(entry, whole).is_some_and(|heard| !binding.names(session, &heard).fits());
    entries.iter().rev().filter(|entry| entry.sequence < session.from).find(is_of_another)
}

fn unreadable(error: StoreError) -> DeskError {
    DeskError::Unreadable(error)
}

/// What the clock on the clinic's wall showed, to the second.
fn clock_text(wall: Micros, zone: &dyn Zone) -> String {
    let face = |micros: Micros| Civil::from_unix_s(micros.0.div_euclid(1_000_000));
    // The zone only turns civil times into UTC. What it makes of a face that shows UTC tells its offset; asked a second
    // time with the face found, it tells the one that holds there, on days when the clocks are changed, too.
    let mut local = wall;
    for _ in 0..2 {
        if let Some(civil) = face(local) {
            local = wall + (local - zone.utc(civil)) - Micros(local.0.rem_euclid(1_000_000));
        }
    }
    face(local).map(|c| format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hours east until 2026-10-25T01:00Z, then one.
    struct Berlin;
    impl Zone for Berlin {
        fn utc(&self, civil: Civil) -> Micros {
            let change = Micros(1_792_890_000_000_000);
            let summer = civil.face() - Micros::from_secs(7200);
            if summer < change { summer } else { civil.face() - Micros::from_secs(3600) }
        }
    }

    #[test]
    fn a_time_is_told_as_the_clinics_clock_showed_it() {
        for (utc_s, expected) in [
            (1_792_890_000 - 86_400, "03:00:00"),
            (1_792_890_000 - 1, "02:59:59"),
            (1_792_890_000 + 7_201, "04:00:01"),
            (1_795_000_000, "12:06:40"),
        ] {
            let wall = Micros::from_secs(utc_s) + Micros(250_000);
            assert_eq!(clock_text(wall, &Berlin), expected, "{utc_s}");
        }
    }
}
