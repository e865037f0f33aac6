//! Which entries of a chair's timeline belong to which session: spans that never overlap (H01).
//!
//! One rule, pure and in memory, judges a deed before anything is accepted. The database has the same rule as triggers: a
//! second wall, for whatever writes there some day.

use crate::Batch;
use chairside_observation::session::{Act, Done, Phase, SessionId};
use chairside_observation::{Deed, Entry, Sequence, Timeline, What};
use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(test)]
pub(crate) mod tests;

/// What a deed does to the claims of its chair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A session begins to claim, from this entry on.
    Begin,
    /// Its claim begins elsewhere: a late start.
    From,
    /// It is over; this entry is its last.
    Release,
    /// The chair was cleared: nothing up to this entry may be claimed.
    Cleared,
}

impl Step {
    /// Every step.
    pub(crate) const ALL: [Self; 4] = [Self::Begin, Self::From, Self::Release, Self::Cleared];

    /// The word in the log.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::From => "from",
            Self::Release => "release",
            Self::Cleared => "cleared",
        }
    }
}

/// One row of the log's table of claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The chair's timeline.
    pub(crate) timeline: Timeline,
    /// The deed that did it.
    pub(crate) sequence: Sequence,
    /// Whose claim; `None` for a cleared chair.
    pub(crate) session: Option<SessionId>,
    /// What it did.
    pub(crate) step: Step,
    /// First entry claimed (begin, from), or last one that is over (release, cleared).
    pub(crate) bound: Sequence,
}

/// A claim that would take what belongs to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overlap {
    pub(crate) timeline: Timeline,
    pub(crate) sequence: Sequence,
    /// What was found, what was expected.
    pub(crate) sentence: String,
}

#[derive(Clone, Debug, Default)]
struct Chair {
    /// The session that claims now, and from where on.
    open: Option<(SessionId, Sequence)>,
    /// The last entry that is over.
    over: Sequence,
    /// The last deed that did something.
    newest: Sequence,
}

/// The claims of every chair.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims(BTreeMap<Timeline, Chair>);

impl Claims {
    /// The claims once `batches` are in the log; `None` when there is none in them.
    ///
    /// # Errors
    /// [`Overlap`] of the first deed that does not fit.
    pub(crate) fn after(&self, batches: &[Arc<Batch>]) -> Result<Option<Self>, Overlap> {
        let mut after = None;
        let deeds = batches.iter().flat_map(|batch| &batch.entries).filter(|entry| meant(entry).is_some());
        for entry in deeds {
            after.get_or_insert_with(|| self.clone()).take(entry)?;
        }
        Ok(after)
    }

    /// Takes the next entry of a timeline; `None` when it claims nothing.
    ///
    /// # Errors
    /// [`Overlap`]: nothing was taken.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<Option<Claim>, Overlap> {
        let Some((session, step, bound)) = meant(entry) else { return Ok(None) };
        let claim = Claim {
            timeline: entry.timeline.clone(),
            sequence: entry.sequence,
            session: session.cloned(),
            step,
            bound,
        };
        let of_planned = step == Step::Release
            && self.0.get(&entry.timeline).and_then(|chair| chair.open.as_ref()).map(|(id, _)| id) != session
            && matches!(&entry.what, What::Deed(Deed::Session(done)) if is_cancelled(done));
        if of_planned {
            // One who was only expected and did not come has claimed nothing.
            return Ok(None);
        }
        self.put(&claim)?;
        Ok(Some(claim))
    }

    /// Takes a row of the log as it is: the last ones of each chair, in order, say how it stands.
    pub(crate) fn restore(&mut self, claim: &Claim) {
        let chair = self.0.entry(claim.timeline.clone()).or_default();
        chair.newest = claim.sequence;
        chair.open = match (claim.step, &claim.session) {
            (Step::Begin | Step::From, Some(session)) => Some((session.clone(), claim.bound)),
            _ => None,
        };
        if matches!(claim.step, Step::Release | Step::Cleared) {
            chair.over = chair.over.max(claim.bound);
        }
    }

    /// Takes a row, as [`Claims::take`] made it.
    ///
    /// # Errors
    /// [`Overlap`]: nothing was taken.
    pub(crate) fn put(&mut self, claim: &Claim) -> Result<(), Overlap> {
        let chair = self.0.get(&claim.timeline).cloned().unwrap_or_default();
        let after = chair.after(claim).map_err(|found| Overlap {
            timeline: claim.timeline.clone(),
            sequence: claim.sequence,
            sentence: format!(
                "{} {}: a claim (\"{}\") does not fit: {found}",
                claim.timeline.key(),
                claim.sequence.0,
                claim.step.word()
            ),
        })?;
        self.0.insert(claim.timeline.clone(), after);
        Ok(())
    }
}

impl Chair {
    /// The whole rule: how the chair stands after the claim, or what stands against it.
    fn after(mut self, claim: &Claim) -> Result<Self, String> {
        if claim.sequence <= self.newest || claim.bound > claim.sequence {
            return Err(format!("it comes after entry {} and speaks of entry {}", self.newest.0, claim.bound.0));
        }
        match (claim.step, &self.open, &claim.session) {
            (Step::Begin | Step::Cleared, Some((open, _)), _) => {
                return Err(format!("session {open} has the chair; it has to end first"));
            }
            (Step::Begin, None, Some(_)) | (Step::From, Some(_), Some(_)) if claim.bound <= self.over => {
                return Err(format!(
                    "entry {} belongs to somebody else, expected one from {} on",
                    claim.bound.0,
                    self.over.0 + 1
                ));
            }
            (Step::Begin, None, Some(session)) => self.open = Some((session.clone(), claim.bound)),
            (Step::From | Step::Release, Some((open, from)), Some(session)) if open == session => {
                if claim.step == Step::From {
                    self.open = Some((session.clone(), claim.bound));
                } else if claim.bound < *from {
                    return Err(format!("it would end at entry {}, before its beginning at {}", claim.bound.0, from.0));
                } else {
                    (self.open, self.over) = (None, claim.bound);
                }
            }
            (Step::Cleared, None, None) => self.over = self.over.max(claim.bound),
            _ => return Err("the session does not have the chair".to_owned()),
        }
        self.newest = claim.sequence;
        Ok(self)
    }
}

fn is_cancelled(done: &Done) -> bool {
    matches!(done.act, Act::Moved { to: Phase::Cancelled, .. })
}

/// What an entry means for the claims of its chair.
fn meant(entry: &Entry) -> Option<(Option<&SessionId>, Step, Sequence)> {
    if !matches!(entry.timeline, Timeline::Chair(_)) {
        return None;
    }
    let done = match &entry.what {
        What::Deed(Deed::ChairCleared { .. }) => return Some((None, Step::Cleared, entry.sequence)),
        What::Deed(Deed::Session(done)) => done,
        _ => return None,
    };
    let (step, bound) = match &done.act {
        Act::Opened { planned: false, .. } | Act::Moved { to: Phase::CheckedIn, .. } => (Step::Begin, entry.sequence),
        Act::Claimed { from, .. } => (Step::From, *from),
        Act::Moved { to: Phase::Discharged | Phase::Cancelled, .. } => (Step::Release, entry.sequence),
        _ => return None,
    };
    Some((Some(&done.session), step, bound))
}

impl From<Overlap> for crate::StoreError {
    fn from(Overlap { timeline, sequence, sentence }: Overlap) -> Self {
        Self::Overlap { timeline, sequence, sentence }
    }
}
