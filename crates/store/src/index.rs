//! Finding sessions: one line for each, without opening its record.

use crate::{SessionLog, StoreError, sessions_of};
use chairside_observation::session::{EntryKind, Finding, Findings, Patient, Phase, Plan, Session, SessionId};
use chairside_observation::{ChairId, Deed, Entry, LinkState, Micros, Sequence, Timeline, What};
use std::cmp::Reverse;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a new session of a course starts from: texts of the last entries of these kinds.
pub const FACTS: [EntryKind; 3] = [EntryKind::Indication, EntryKind::Allergies, EntryKind::Escort];

/// One session as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: SessionId,
    /// Its chair.
    pub chair: ChairId,
    /// Who was treated.
    pub patient: Patient,
    /// What was planned.
    pub plan: Plan,
    /// Where it stands.
    pub phase: Phase,
    /// Who had it last.
    pub nurse: Box<str>,
    /// When its span began, UTC.
    pub opened: Micros,
    /// T+0.
    pub started: Option<Micros>,
    /// The last stop.
    pub stopped: Option<Micros>,
    /// When it was over.
    pub ended: Option<Micros>,
    /// Who signed it, and when.
    pub signed: Option<(Box<str>, Micros)>,
    /// What is worth knowing of it.
    pub has: Findings,
    /// Texts of the last entries of [`FACTS`].
    pub facts: Vec<(EntryKind, Box<str>)>,
}

impl Line {
    /// The line of a session; `seen` is what its monitors and the clinic's limits did.
    #[must_use]
    pub fn of(chair: &ChairId, session: &Session, seen: Findings) -> Self {
        let fact = |kind: &EntryKind| {
            let entered = session.entries(*kind).next_back()?.entered()?;
            Some((*kind, entered.text.into()))
        };
        Self {
            id: session.id.clone(),
            chair: chair.clone(),
            patient: session.patient.clone(),
            plan: session.plan.clone(),
            phase: session.phase,
            nurse: session.nurse.name.clone(),
            opened: session.opened.wall,
            started: session.started.map(|(at, about)| about.map_or(at.wall, |about| about.wall)),
            stopped: session.stopped.map(|at| at.wall),
            ended: (!session.is_open()).then_some(session.phase_since.wall),
            signed: session.signed().map(|kept| (kept.done.by.name.clone(), kept.received.wall)),
            has: Findings::of(session).and(seen),
            facts: FACTS.iter().filter_map(fact).collect(),
        }
    }

    /// What is searched: name, number and birth date, parted by what no search holds.
    #[must_use]
    pub fn spelled(&self) -> String {
        spelled(&format!("{}\n{}\n{}", self.patient.name, self.patient.id, self.patient.born))
    }

    fn fits(&self, ask: &Find) -> bool {
        let spelled = self.spelled();
        ask.parts.iter().all(|part| spelled.contains(part.as_str()))
            && ask.chair.as_ref().is_none_or(|chair| *chair == self.chair)
            && ask.patient.as_ref().is_none_or(|patient| *patient == self.patient.id)
            && ask.from.is_none_or(|from| self.opened >= from)
            && ask.to.is_none_or(|to| self.opened < to)
            && ask.state.is_none_or(|state| state.is(self))
            && self.has.has_all(ask.has)
    }
}

/// Small letters without accents: `Müller` and `MULLER` are found by one another.
#[must_use]
pub fn spelled(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Where a session stands, as a list parts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Held now, or planned.
    Open,
    /// Over, whatever else.
    Over,
    /// Held, over, and not signed.
    Unsigned,
    /// Signed.
    Signed,
    /// It never came to an infusion.
    Cancelled,
}

impl Stands {
    fn is(self, line: &Line) -> bool {
        match self {
            Self::Open => line.ended.is_none(),
            Self::Over => line.ended.is_some(),
            Self::Unsigned => line.phase == Phase::Discharged && line.signed.is_none(),
            Self::Signed => line.signed.is_some(),
            Self::Cancelled => line.phase == Phase::Cancelled,
        }
    }
}

/// Which sessions are looked for. What is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// [`spelled`] parts of name, number or birth date, all of which have to be there.
    pub parts: Vec<String>,
    /// The chair.
    pub chair: Option<ChairId>,
    /// The patient's number, whole.
    pub patient: Option<Box<str>>,
    /// Opened at or after.
    pub from: Option<Micros>,
    /// Opened before.
    pub to: Option<Micros>,
    /// Where they stand.
    pub state: Option<Stands>,
    /// Every one of these.
    pub has: Findings,
    /// The last session of the page before.
    pub after: Option<SessionId>,
    /// Most lines.
    pub limit: usize,
}

/// What was found, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The lines.
    pub lines: Vec<Line>,
    /// There are more.
    pub more: bool,
    /// How many there are in all.
    pub total: u64,
}

/// Every session of a log that keeps no index of them, oldest first of each chair.
pub(crate) async fn all<L: SessionLog + ?Sized>(log: &L) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    for head in log.heads().await? {
        let Timeline::Chair(chair) = &head.timeline else { continue };
        for session in sessions_of(log, chair).await? {
            let mut seen = Findings::default();
            for entry in crate::span_of(log, chair, &session).await? {
                seen = seen.and(said(&entry, &session.id));
            }
            lines.push(Line::of(chair, &session, seen));
        }
    }
    Ok(lines)
}

/// What an entry in a session's span makes worth knowing.
fn said(entry: &Entry, session: &SessionId) -> Findings {
    let finding = match &entry.what {
        What::Reading(observation) if observation.synthetic => Finding::Demo,
        What::Link(link) if matches!(link.state, LinkState::Silent | LinkState::Lost) => Finding::Gap,
        What::Notice(_) => Finding::Notice,
        What::Deed(Deed::Noticed(noticed)) if noticed.session == *session => Finding::Limit,
        _ => return Findings::default(),
    };
    [finding].into_iter().collect()
}

/// Of all lines those that are looked for.
pub(crate) fn pick(mut lines: Vec<Line>, ask: &Find) -> Found {
    lines.sort_by_key(|line| Reverse((line.opened, line.id.as_str().len(), line.id.clone())));
    let mut fitting: Vec<Line> = lines.into_iter().filter(|line| line.fits(ask)).collect();
    let total = fitting.len() as u64;
    if let Some(after) = &ask.after {
        let at = fitting.iter().position(|line| line.id == *after).map_or(fitting.len(), |at| at + 1);
        fitting.drain(..at);
    }
    let more = fitting.len() > ask.limit;
    fitting.truncate(ask.limit);
    Found { lines: fitting, more, total }
}

/// The session a deed of a chair speaks of.
#[must_use]
pub fn session_of(what: &What) -> Option<&SessionId> {
    match what {
        What::Deed(Deed::Session(done)) => Some(&done.session),
        What::Deed(Deed::Noticed(noticed)) => Some(&noticed.session),
        What::Deed(Deed::Audited(audit)) => Some(&audit.session),
        _ => None,
    }
}

/// The session of these deeds; `None` when none of them opens it.
#[must_use]
pub fn fold<'a>(id: &SessionId, deeds: impl IntoIterator<Item = &'a Entry>) -> Option<Session> {
    let mut session: Option<Session> = None;
    for entry in deeds {
        let What::Deed(Deed::Session(done)) = &entry.what else { continue };
        if done.session != *id {
            continue;
        }
        match &mut session {
            Some(session) => session.apply(entry.sequence, entry.received, (**done).clone()),
            None => session = Session::open(entry.sequence, entry.received, (**done).clone()),
        }
    }
    session
}

/// The chair and deeds of a session in a log that keeps no index of them.
pub(crate) async fn deeds_of<L: SessionLog + ?Sized>(
    log: &L,
    id: &SessionId,
) -> Result<Option<(ChairId, Vec<Entry>)>, StoreError> {
    for head in log.heads().await? {
        let Timeline::Chair(chair) = &head.timeline else { continue };
        // The id begins with the chair's: no other chair is read.
        if !id.as_str().strip_prefix(chair.as_str()).is_some_and(|rest| rest.starts_with('-')) {
            continue;
        }
        let (mut after, mut deeds) = (Sequence(0), Vec::new());
        loop {
            let page = log.deeds(&head.timeline, after, crate::READ_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence;
            deeds.extend(page.into_iter().filter(|entry| session_of(&entry.what) == Some(id)));
        }
        if !deeds.is_empty() {
            return Ok(Some((chair.clone(), deeds)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_accents_do_not_matter() {
        for (text, expected) in [("MÜLLER, Zoë", "muller, zoe"), ("Łódź 4711", "łodz 4711"), ("İnci", "inci")] {
            assert_eq!(spelled(text), expected);
        }
    }
}
