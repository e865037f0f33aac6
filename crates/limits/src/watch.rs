//! One chair: what was heard, what people did, which notices stand.

use crate::acts::Acts;
use crate::cuff::Cuffs;
use crate::hold::Hold;
use crate::latest::{Asked, Latest};
use crate::verdict::{Found, Verdict};
use chairside_observation::session::{Person, Phase, Session, SessionId};
use chairside_observation::{
    Entry, Limits, Micros, NoticeEnd, NoticeKind, NoticeLevel, NoticeState, Noticed, Preference, Received, Sequence,
    SourceId,
};
use std::collections::BTreeMap;

/// An urgent notice that was seen is quiet for this long.
pub const QUIET_URGENT: Micros = NoticeLevel::Urgent.quiet();
/// Any other one for this long.
pub const QUIET_LOOK: Micros = NoticeLevel::Look.quiet();
/// After a restart a notice that stood waits this long for a value: the slowest feeds speak once a minute. It is shown again
/// only when there is one.
const BACK_WITHIN: Micros = Micros::from_secs(60);

/// The kinds the clinic switched on, with its numbers. Empty, as every clinic begins: nothing is ever said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<NoticeKind, Limits>);

impl FromIterator<(NoticeKind, Limits)> for Settings {
    fn from_iter<I: IntoIterator<Item = (NoticeKind, Limits)>>(on: I) -> Self {
        Self(on.into_iter().collect())
    }
}

impl Settings {
    /// Nothing is switched on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, kind: NoticeKind) -> Option<Limits> {
        self.0.get(&kind).copied()
    }
}

/// When something is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The next cuff reading, and the time expected between two.
    pub cuff: Option<(Received, Micros)>,
    /// The next assessment.
    pub assessment: Option<Received>,
}

/// Everything around a chair at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Now.
    pub now: Received,
    /// What the clinic switched on.
    pub settings: &'a Settings,
    /// The chair's last session.
    pub session: Option<&'a Session>,
    /// What is due in it.
    pub due: Due,
    /// Which device a tile shows.
    pub prefer: &'a Preference,
    /// All sources, in the order of the configuration.
    pub sources: &'a [SourceId],
}

/// A notice that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is about.
    pub kind: NoticeKind,
    /// How much it matters.
    pub level: NoticeLevel,
    /// The value as shown; of something late, by how much.
    pub value: String,
    /// The limit that decided, as shown.
    pub limit: String,
    /// The entry it is about.
    pub about: Option<Sequence>,
    /// Since when it is so.
    pub since: Received,
    /// Who saw it, and until when it is quiet. Only while that lasts.
    pub seen: Option<(Person, Received)>,
}

/// A notice between its beginning and its end.
#[derive(Clone, Debug)]
struct Stand {
    level: NoticeLevel,
    value: String,
    limit: String,
    limits: Limits,
    own: bool,
    about: Option<Sequence>,
    since: Received,
    /// When it came to its level, or to a higher one: what somebody saw before that was something else.
    raised: Micros,
    seen: Option<Quiet>,
    /// It stood when the program ended; until then it waits for a value and is not shown.
    asleep_until: Option<Micros>,
}

#[derive(Clone, Debug)]
struct Quiet {
    by: Person,
    sequence: Sequence,
    until: Received,
}

/// One chair. Feed it with [`Watch::hear`], ask it with [`Watch::look`].
#[derive(Debug, Default)]
pub struct Watch {
    pub(crate) latest: Latest,
    pub(crate) cuffs: Cuffs,
    pub(crate) acts: Acts,
    pub(crate) holds: BTreeMap<NoticeKind, Hold>,
    session: Option<SessionId>,
    stands: BTreeMap<NoticeKind, Stand>,
}

impl Watch {
    /// What a source's expected interval is.
    pub fn every(&mut self, source: &SourceId, every: Micros) {
        self.latest.every(source, every);
    }

    /// Takes note of what was there before this program listened: the newest readings and links of a snapshot. Nothing is
    /// judged by it.
    pub fn seed<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) {
        for entry in entries {
            self.note(entry);
        }
        self.latest.steady();
    }

    /// Some readings were missed: nothing is known to have lasted.
    pub fn missed(&mut self) {
        self.holds.clear();
    }

    /// What the log says of notices, oldest first: what stands after the last one goes on standing once a value bears it out.
    pub fn restore(&mut self, at: Received, noticed: &Noticed, now: Received) {
        if self.session.as_ref() != Some(&noticed.session) {
            self.stands.clear();
            self.session = Some(noticed.session.clone());
        }
        let NoticeState::Stands(level) = noticed.state else {
            self.stands.remove(&noticed.kind);
            return;
        };
        let known = self.stands.get(&noticed.kind).filter(|stand| stand.level >= level);
        let stand = Stand {
            level,
            value: noticed.value.to_string(),
            limit: noticed.limit.to_string(),
            limits: noticed.limits,
            own: noticed.own,
            about: noticed.about,
            since: at.before(at.wall - noticed.since),
            raised: known.map_or(at.mono, |stand| stand.raised),
            seen: None,
            asleep_until: Some(now.mono + BACK_WITHIN),
        };
        self.stands.insert(noticed.kind, stand);
    }

    /// Takes note of an entry of the chair's timeline and judges what it says. Returns what changed.
    pub fn hear(&mut self, entry: &Entry, around: &Around<'_>) -> Vec<Noticed> {
        if self.note(entry) { self.look(around) } else { Vec::new() }
    }

    /// Whether the entry is a reading or link that matters.
    fn note(&mut self, entry: &Entry) -> bool {
        let is_link = matches!(entry.what, chairside_observation::What::Link(_));
        let Some(seen) = self.latest.hear(entry) else { return is_link };
        if let Some(source) = &entry.source {
            self.cuffs.hear(source, seen);
        }
        true
    }

    /// Judges the chair as it is now. Returns what changed, for the log.
    pub fn look(&mut self, around: &Around<'_>) -> Vec<Noticed> {
        let mut changes = Vec::new();
        let session = around.session.filter(|session| session.is_open() && session.phase != Phase::Planned);
        if self.session.as_ref() != session.map(|session| &session.id) {
            let kinds: Vec<_> = self.stands.keys().copied().collect();
            changes.extend(kinds.into_iter().filter_map(|kind| self.over(kind, NoticeEnd::Session)));
            self.holds.clear();
            self.session = session.map(|session| session.id.clone());
        }
        let Some(session) = session else { return changes };
        if around.settings.is_empty() && self.stands.is_empty() {
            self.holds.clear();
            return changes;
        }
        self.acts.follow(session);
        for kind in NoticeKind::ALL.iter().copied() {
            changes.extend(self.judge(kind, around, session));
        }
        changes
    }

    fn judge(&mut self, kind: NoticeKind, around: &Around<'_>, session: &Session) -> Option<Noticed> {
        let Some(clinic) = around.settings.get(kind) else {
            self.holds.remove(&kind);
            return self.over(kind, NoticeEnd::Off);
        };
        let (limits, own) = self.acts.limits(kind, clinic);
        let verdict = self.verdict(kind, &limits, around, session);
        let stood = self.stands.get(&kind).map(|stand| (stand.level, stand.about));
        let change = match verdict {
            Verdict::Gone(NoticeEnd::NoSignal | NoticeEnd::NoValue) if self.sleeps(kind, around.now) => None,
            Verdict::Gone(end) => self.over(kind, end),
            Verdict::Found(found) => match found.level(stood) {
                None => self.over(kind, found.well),
                Some(level) => self.stand(kind, level, found, (limits, own), around.now),
            },
        };
        self.hush(kind, around.now);
        change
    }

    fn sleeps(&self, kind: NoticeKind, now: Received) -> bool {
        self.stands.get(&kind).and_then(|stand| stand.asleep_until).is_some_and(|until| now.mono < until)
    }

    /// The notice stands at `level`. A change is what the log has not: a new notice, or another level.
    fn stand(
        &mut self,
        kind: NoticeKind,
        level: NoticeLevel,
        found: Found,
        (limits, own): (Limits, bool),
        now: Received,
    ) -> Option<Noticed> {
        let before = self.stands.remove(&kind);
        let known = before.as_ref().map(|stand| stand.level);
        let limit = found.broken.limit(level).to_owned();
        let (since, raised, seen) = match before {
            Some(before) if before.level >= level => (before.since, before.raised, before.seen),
            // It got worse: whoever saw the milder one has not seen this one.
            Some(before) => (before.since, now.mono, None),
            None => (found.since, now.mono, None),
        };
        let Found { value, about, .. } = found;
        let stand = Stand { level, value, limit, limits, own, about, since, raised, seen, asleep_until: None };
        let change = (known != Some(level)).then(|| self.noticed(kind, &stand, NoticeState::Stands(level))).flatten();
        self.stands.insert(kind, stand);
        change
    }

    /// The notice is over, if it stood.
    fn over(&mut self, kind: NoticeKind, end: NoticeEnd) -> Option<Noticed> {
        let stand = self.stands.remove(&kind)?;
        self.noticed(kind, &stand, NoticeState::Over(end))
    }

    fn noticed(&self, kind: NoticeKind, stand: &Stand, state: NoticeState) -> Option<Noticed> {
        Some(Noticed {
            session: self.session.clone()?,
            kind,
            state,
            value: stand.value.as_str().into(),
            limit: stand.limit.as_str().into(),
            limits: stand.limits,
            own: stand.own,
            about: stand.about,
            since: stand.since.wall,
            unwritten: 0,
        })
    }

    /// Somebody saw the notice: it is quiet for a while, counted from then.
    fn hush(&mut self, kind: NoticeKind, now: Received) {
        let Some(stand) = self.stands.get_mut(&kind) else { return };
        if let Some(seen) = self.acts.seen.get(&kind)
            && seen.at >= stand.raised
            && stand.seen.as_ref().is_none_or(|known| known.sequence < seen.sequence)
        {
            let quiet = stand.level.quiet();
            stand.seen = Some(Quiet {
                by: seen.by.clone(),
                sequence: seen.sequence,
                until: now.after(seen.at + quiet - now.mono),
            });
        }
    }

    /// The notices that stand, the oldest first.
    #[must_use]
    pub fn standing(&self, now: Received) -> Vec<Standing> {
        let awake = self.stands.iter().filter(|(_, stand)| stand.asleep_until.is_none());
        let mut all: Vec<_> = awake.map(|(kind, stand)| stand.shown(*kind, now)).collect();
        all.sort_by_key(|standing| standing.since.mono);
        all
    }

    pub(crate) fn asked<'a>(around: &Around<'a>, session: &Session) -> Asked<'a> {
        // A claim says from which entry on, not since when.
        let claimed = session.acts.first().is_some_and(|opened| session.from < opened.sequence);
        let since = if claimed { Micros(i64::MIN) } else { session.opened.mono };
        Asked { now: around.now.mono, from: session.from, since, prefer: around.prefer, sources: around.sources }
    }
}

impl Stand {
    fn shown(&self, kind: NoticeKind, now: Received) -> Standing {
        let quiet = self.seen.as_ref().filter(|quiet| now.mono < quiet.until.mono);
        Standing {
            kind,
            level: self.level,
            value: self.value.clone(),
            limit: self.limit.clone(),
            about: self.about,
            since: self.since,
            seen: quiet.map(|quiet| (quiet.by.clone(), quiet.until)),
        }
    }
}
