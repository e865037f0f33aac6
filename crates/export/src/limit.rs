//! The clinic's own limit notices as they stood: when each was raised, held against what, seen by whom, and how it ended.

use crate::Record;
use chairside_observation::session::{Act, Kept, Person};
use chairside_observation::{
    Limits, Micros, NoticeEnd, NoticeKind, NoticeLevel, NoticeState, Noticed, Received, Sequence,
};

/// One notice, from its raising to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitNotice {
    /// The entry that raised it.
    pub sequence: Sequence,
    /// What it was about.
    pub kind: NoticeKind,
    /// When it was raised.
    pub raised: Received,
    /// Since when it was so, UTC: before `raised` where a limit has a hold time.
    pub since: Micros,
    /// The levels it had, with value and limit as they were shown, in order; at least one.
    pub steps: Vec<Step>,
    /// Every number in force when it was raised.
    pub limits: Limits,
    /// Some of them were this patient's own.
    pub own: bool,
    /// The entry of the timeline it was about; `None` for something late.
    pub about: Option<Sequence>,
    /// When it was over and why; `None`: it stood to the end.
    pub cleared: Option<Cleared>,
    /// Who pressed "seen", and when.
    pub seen: Vec<(Received, Person)>,
    /// Changes just before that were too many to be written.
    pub unwritten: u32,
}

/// The end of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// The entry that says so.
    pub sequence: Sequence,
    /// When.
    pub at: Received,
    /// Why.
    pub why: NoticeEnd,
}

/// A level of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The entry that says so.
    pub sequence: Sequence,
    /// From when on.
    pub at: Received,
    /// How much it mattered.
    pub level: NoticeLevel,
    /// The value as shown.
    pub value: Box<str>,
    /// The limit that decided, as shown.
    pub limit: Box<str>,
}

impl LimitNotice {
    /// The highest level it had.
    #[must_use]
    pub fn level(&self) -> NoticeLevel {
        self.steps.iter().map(|step| step.level).max().unwrap_or(NoticeLevel::Look)
    }
}

impl Record {
    /// Takes a change of a notice; changes come in order.
    pub(crate) fn noticed(&mut self, sequence: Sequence, at: Received, noticed: &Noticed) {
        if noticed.session != self.session.id {
            return;
        }
        let standing = self.limits.iter_mut().rfind(|it| it.kind == noticed.kind && it.cleared.is_none());
        match (noticed.state, standing) {
            (NoticeState::Stands(level), Some(known)) => known.steps.push(step(sequence, at, level, noticed)),
            (NoticeState::Stands(level), None) => self.limits.push(LimitNotice {
                sequence,
                kind: noticed.kind,
                raised: at,
                since: noticed.since,
                steps: vec![step(sequence, at, level, noticed)],
                limits: noticed.limits,
                own: noticed.own,
                about: noticed.about,
                cleared: None,
                seen: Vec::new(),
                unwritten: noticed.unwritten,
            }),
            (NoticeState::Over(end), Some(known)) => known.cleared = Some(Cleared { sequence, at, why: end }),
            // The end of one whose raising lies before the span, or could not be written.
            (NoticeState::Over(_), None) => {}
        }
    }

    /// Puts each press on "seen" to the notice of its kind that stood then.
    pub(crate) fn notices_seen(&mut self) {
        for Kept { sequence, done, received, .. } in &self.session.acts {
            let Act::Acknowledged { notice } = &done.act else { continue };
            let stood = self.limits.iter_mut().rfind(|it| it.kind.word() == &**notice && it.sequence < *sequence);
            if let Some(stood) = stood {
                stood.seen.push((*received, done.by.clone()));
            }
        }
    }
}

fn step(sequence: Sequence, at: Received, level: NoticeLevel, noticed: &Noticed) -> Step {
    Step { sequence, at, level, value: noticed.value.clone(), limit: noticed.limit.clone() }
}
