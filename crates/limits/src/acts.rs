//! What the people of a session said that matters to its notices.

use chairside_observation::session::{Act, EntryKind, Kept, Person, Session, SessionId};
use chairside_observation::{Limits, Micros, NoticeKind, Sequence, Vital};
use std::collections::BTreeMap;

/// Somebody saw a notice.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) sequence: Sequence,
    /// When, on the monotonic clock.
    pub(crate) at: Micros,
    pub(crate) by: Person,
}

/// A score as entered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Score {
    pub(crate) sequence: Sequence,
    pub(crate) score: i8,
    /// When it was seen, on the wall clock.
    pub(crate) wall: Micros,
}

/// The fold, made again whenever an act was added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acts {
    of: Option<(SessionId, usize)>,
    /// The last word of each kind.
    pub(crate) seen: BTreeMap<NoticeKind, Seen>,
    /// The patient's own numbers.
    own: BTreeMap<NoticeKind, Limits>,
    artefacts: Vec<(Vital, (Sequence, Sequence))>,
    pub(crate) sedation: Option<Score>,
    pub(crate) rass: Option<Score>,
}

impl Acts {
    /// Brings itself up to date.
    pub(crate) fn follow(&mut self, session: &Session) {
        let known = self.of.as_ref().is_some_and(|(id, count)| *id == session.id && *count == session.acts.len());
        if known {
            return;
        }
        *self = Self { of: Some((session.id.clone(), session.acts.len())), ..Self::default() };
        for kept in session.acts.iter().filter(|kept| kept.undone_by.is_none()) {
            self.take(kept);
        }
        self.sedation = last_score(session, EntryKind::Sedation);
        self.rass = last_score(session, EntryKind::Rass);
    }

    fn take(&mut self, kept: &Kept) {
        match &kept.done.act {
            Act::Acknowledged { notice } => {
                if let Some(kind) = NoticeKind::from_word(notice) {
                    // A press that had to wait for the connection was made earlier; none was made in the future.
                    let waited = (kept.received.wall - kept.wall()).max(Micros(0));
                    let at = kept.received.mono - waited;
                    self.seen.insert(kind, Seen { sequence: kept.sequence, at, by: kept.done.by.clone() });
                }
            }
            Act::Limited { notice, limits, .. } => {
                // What cannot be read was refused when it was pressed; if it stands there all the same, the clinic's hold.
                let numbers = Limits::parse(limits).ok().filter(|_| !limits.trim().is_empty());
                if let Some(kind) = NoticeKind::from_word(notice) {
                    match numbers.filter(|numbers| numbers.may(kind).is_ok()) {
                        Some(numbers) => self.own.insert(kind, numbers),
                        None => self.own.remove(&kind),
                    };
                }
            }
            Act::Artefact { vital, span, .. } => self.artefacts.push((*vital, *span)),
            _ => {}
        }
    }

    /// The numbers in force: the patient's own where there are any, else the clinic's. `true`: some are the patient's.
    pub(crate) fn limits(&self, kind: NoticeKind, clinic: Limits) -> (Limits, bool) {
        let Some(own) = self.own.get(&kind) else { return (clinic, false) };
        (clinic.with(own), true)
    }

    /// Whether something of `vital` between these entries is marked as an artefact.
    pub(crate) fn marked_between(&self, vital: Vital, first: Sequence, last: Sequence) -> bool {
        self.artefacts.iter().any(|(of, span)| *of == vital && span.0 <= last && span.1 >= first)
    }
}

/// The newest score that counts, by the time it is said to be of.
fn last_score(session: &Session, kind: EntryKind) -> Option<Score> {
    let scored = session.entries(kind).filter_map(|kept| {
        let score = kept.entered()?.score?;
        Some(Score { sequence: kept.sequence, score, wall: kept.wall() })
    });
    scored.max_by_key(|score| (score.wall, score.sequence))
}
