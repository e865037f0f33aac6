//! The last cuff readings of a chair: an urgent high pressure asks for a second one.

use crate::acts::Acts;
use crate::latest::{Asked, Seen};
use chairside_observation::{Amount, Decimal, Micros, NoticeKind, Reading, SourceId, Vital};
use std::collections::VecDeque;

/// Readings kept: more than a cuff can measure in [`WITHIN`], of several devices.
const CUFFS_MAX: usize = 32;
/// Two readings this far apart confirm each other.
const WITHIN: Micros = Micros::from_secs(5 * 60);
/// No cuff measures twice in this time: two reports of one device closer than that are one reading.
const APART: Micros = Micros::from_secs(15);

#[derive(Debug, Default)]
pub(crate) struct Cuffs(VecDeque<(SourceId, Seen)>);

impl Cuffs {
    /// Takes note of a reading, if it is one of a cuff with numbers.
    pub(crate) fn hear(&mut self, source: &SourceId, seen: Seen) {
        if seen.vital != Vital::Nibp || !matches!(seen.reading, Reading::Valid(_)) || self.knows(seen) {
            return;
        }
        if self.0.len() == CUFFS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((source.clone(), seen));
    }

    /// The log and a snapshot may tell the same entry.
    fn knows(&self, seen: Seen) -> bool {
        self.0.iter().any(|(_, known)| known.sequence == seen.sequence)
    }

    /// Whether another reading since the start of the infusion, at most five minutes before `newest`, is like it.
    pub(crate) fn again(
        &self,
        newest: Seen,
        asked: Asked<'_>,
        started: Micros,
        acts: &Acts,
        like: impl Fn(Seen, Amount) -> bool,
    ) -> bool {
        let apart = |seen: &Seen| (APART..=WITHIN).contains(&(newest.at - seen.at));
        let counts = self.0.iter().map(|(_, seen)| *seen).filter(|seen| asked.hers(*seen) && seen.at >= started);
        counts.filter(apart).any(|seen| seen.amount(acts).is_ok_and(|amount| like(seen, amount)))
    }
}

/// The pressure a kind is about.
pub(crate) fn part(kind: NoticeKind, amount: Amount) -> Option<Decimal> {
    let Amount::Pressure { systolic, diastolic, mean } = amount else { return None };
    match kind {
        NoticeKind::PreStartSystolic | NoticeKind::Systolic => systolic,
        NoticeKind::PreStartDiastolic | NoticeKind::Diastolic => diastolic,
        NoticeKind::Mean => mean,
        _ => None,
    }
}
