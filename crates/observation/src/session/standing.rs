//! How a session stands: the fold of its acts.

use super::{AGO_UNKNOWN, About, Act, ActKey, BaselineValue, Done, EntryKind, Patient, Person, Phase, Plan, SessionId};
use crate::{Civil, Doubt, Entry, Micros, Reading, Received, Sequence, Vital, What, Zone};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// An act of a session in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its entry in the chair's timeline.
    pub sequence: Sequence,
    /// When it reached the server.
    pub received: Received,
    /// The act.
    pub done: Done,
    /// The act that undid or corrected it, if any: it no longer counts.
    pub undone_by: Option<Sequence>,
    /// That act is a correction, which counts in its place.
    pub corrected: bool,
    /// Of a correction: the kind of the entry in whose place it stands, and when that was.
    pub corrects: Option<(EntryKind, Micros)>,
}

/// What an entry of the nurse says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered<'a> {
    /// What it is about.
    pub kind: EntryKind,
    /// On the kind's scale.
    pub score: Option<i8>,
    /// As typed.
    pub text: &'a str,
}

impl Kept {
    /// When it was, on the wall clock: as said, or else when it reached the server.
    #[must_use]
    pub fn wall(&self) -> Micros {
        match (self.done.about, self.corrects) {
            // A correction moves the time of its entry only where a person said so.
            (Some(About { late: false, .. }) | None, Some((_, of_the_entry))) => of_the_entry,
            (Some(about), _) => about.wall,
            (None, None) => self.received.wall,
        }
    }

    /// What it says, if it is an entry or stands in the place of one.
    #[must_use]
    pub fn entered(&self) -> Option<Entered<'_>> {
        match (&self.done.act, self.corrects) {
            (Act::Entry { kind, score, text }, _) => Some(Entered { kind: *kind, score: *score, text }),
            (Act::Corrected { score, text, .. }, Some((kind, _))) => Some(Entered { kind, score: *score, text }),
            _ => None,
        }
    }

    /// The same on both clocks.
    #[must_use]
    pub fn at(&self) -> Received {
        self.received.before(self.received.wall - self.wall())
    }
}

/// A session as its acts left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who is treated.
    pub patient: Patient,
    /// What was planned.
    pub plan: Plan,
    /// Who has it now.
    pub nurse: Person,
    /// Where it stands.
    pub phase: Phase,
    /// When it came there.
    pub phase_since: Received,
    /// First entry of the timeline that belongs to it. Nothing measured before is ever shown as this patient's (H02).
    pub from: Sequence,
    /// When its span began: what was measured before is not hers.
    pub opened: Received,
    /// Last entry of the timeline that belongs to it, once it is over.
    pub through: Option<Sequence>,
    /// T+0: the first start of the infusion, and when it was said to be, if that differs.
    pub started: Option<(Received, Option<About>)>,
    /// The last stop of the infusion.
    pub stopped: Option<Received>,
    /// Why it was stopped before its time.
    pub stopped_early: Option<Box<str>>,
    /// The values before the infusion; the last ones taken.
    pub baseline: Vec<BaselineValue>,
    /// Every act, in order.
    pub acts: Vec<Kept>,
    /// The act that gave her the chair; from here on each reading was held against her session.
    bound: Sequence,
    keys: BTreeMap<ActKey, Sequence>,
}

impl Session {
    /// The session that `done` opens at `sequence`; `None` when it opens none.
    #[must_use]
    pub fn open(sequence: Sequence, received: Received, done: Done) -> Option<Self> {
        let Act::Opened { patient, plan, planned } = &done.act else { return None };
        let mut session = Self {
            id: done.session.clone(),
            patient: patient.clone(),
            plan: plan.clone(),
            nurse: done.by.clone(),
            phase: if *planned { Phase::Planned } else { Phase::CheckedIn },
            phase_since: received,
            from: sequence,
            opened: received,
            through: None,
            started: None,
            stopped: None,
            stopped_early: None,
            baseline: Vec::new(),
            acts: Vec::new(),
            bound: sequence,
            keys: BTreeMap::new(),
        };
        session.keep(sequence, received, done);
        Some(session)
    }

    /// Whether the chair is still this patient's.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Discharged | Phase::Cancelled)
    }

    /// Whether the patient has the chair now: what is heard there is held against her. One who is only expected has not.
    #[must_use]
    pub const fn has_the_chair(&self) -> bool {
        self.is_open() && !matches!(self.phase, Phase::Planned)
    }

    /// Whether an entry of the chair's timeline is this patient's: in her span, and not measured before it. A late start
    /// may claim entries that repeat what was measured on somebody else (H02).
    #[must_use]
    pub fn holds(&self, entry: &Entry) -> bool {
        let in_span = self.phase != Phase::Planned
            && entry.sequence >= self.from
            && self.through.is_none_or(|through| entry.sequence <= through);
        if !in_span {
            return false;
        }
        // Before she was bound nobody held it against her: what it says of its time is looked at now.
        let age = if entry.sequence < self.bound { claimed_age(entry) } else { Some(entry.age) };
        // What has no age was measured when it arrived, and the sequence says when that was.
        age.is_some_and(|age| age == Micros(0) || entry.received.mono - age >= self.opened.mono)
    }

    /// Up to which entry (exclusive) her span was claimed afterwards: [`Session::holds`] looks at each of these by itself.
    #[must_use]
    pub fn claimed_until(&self) -> Sequence {
        self.bound.max(self.from)
    }

    /// Whether a reading of that age, from [`Session::claimed_until`] on, was measured in her span.
    #[must_use]
    pub fn measured_in(&self, received: Received, age: Micros) -> bool {
        age == Micros(0) || received.mono - age >= self.opened.mono
    }

    /// The entry that holds the act with this key, if it was done already.
    #[must_use]
    pub fn known(&self, key: ActKey) -> Option<Sequence> {
        self.keys.get(&key).copied()
    }

    /// The act at `sequence`.
    #[must_use]
    pub fn act(&self, sequence: Sequence) -> Option<&Kept> {
        let at = self.acts.binary_search_by_key(&sequence, |kept| kept.sequence).ok()?;
        self.acts.get(at)
    }

    /// The act that signed the record, if it was.
    #[must_use]
    pub fn signed(&self) -> Option<&Kept> {
        self.acts.iter().find(|kept| matches!(kept.done.act, Act::Signed { .. }))
    }

    /// Entries of a kind that count, corrections in the place of what they correct, in the order they were made.
    pub fn entries(&self, kind: EntryKind) -> impl DoubleEndedIterator<Item = &Kept> {
        let of_kind = move |kept: &&Kept| kept.entered().is_some_and(|entered| entered.kind == kind);
        self.acts.iter().filter(|kept| kept.undone_by.is_none()).filter(of_kind)
    }

    /// Whether a reading of `vital` at `sequence` is marked as an artefact.
    #[must_use]
    pub fn is_artefact(&self, vital: Vital, sequence: Sequence) -> bool {
        self.acts.iter().filter(|kept| kept.undone_by.is_none()).any(|kept| match &kept.done.act {
            Act::Artefact { vital: of, span, .. } => *of == vital && (span.0..=span.1).contains(&sequence),
            _ => false,
        })
    }

    /// Lets a recorded act take effect. What [`Session::may`] refuses must not come here; an act of another session changes
    /// nothing.
    pub fn apply(&mut self, sequence: Sequence, received: Received, done: Done) {
        if done.session != self.id {
            return;
        }
        match &done.act {
            // What a feed may be taken for and which limits hold is read off the acts themselves.
            Act::Opened { .. }
            | Act::Entry { .. }
            | Act::Typed { .. }
            | Act::Artefact { .. }
            | Act::Accepted { .. }
            | Act::Acknowledged { .. }
            | Act::Limited { .. }
            | Act::Addendum { .. }
            | Act::Signed { .. } => {}
            Act::Moved { to, reason } => {
                if self.phase == Phase::Planned && *to == Phase::CheckedIn {
                    // Whatever the chair gave before is not hers.
                    (self.from, self.opened, self.bound) = (sequence, received, sequence);
                }
                let came = self.phase != Phase::Planned;
                self.moved(*to, received, done.about, reason);
                if !self.is_open() {
                    // Of one who was expected and did not come, nothing is hers.
                    self.through = Some(if came { sequence } else { Sequence(self.from.0.saturating_sub(1)) });
                }
            }
            Act::Claimed { from, ago } => {
                // Where the log does not say it, her span began no later than the act.
                let ago = if *ago == AGO_UNKNOWN { Micros(0) } else { *ago };
                (self.from, self.opened) = (*from, received.before(ago));
            }
            Act::Baseline { values } => self.baseline.clone_from(values),
            Act::HandedOver { to } => self.nurse = to.clone(),
            Act::Undo { of, .. } => self.undone(*of, sequence),
            Act::Corrected { of, .. } => {
                let of = *of;
                self.keep(sequence, received, done);
                return self.correct(of, sequence);
            }
        }
        self.keep(sequence, received, done);
    }

    /// The newest act stands in the place of the entry at `of` from now on.
    fn correct(&mut self, of: Sequence, by: Sequence) {
        let Some(entry) = self.act(of) else { return };
        let Some(stands_for) = entry.entered().map(|entered| (entered.kind, entry.wall())) else { return };
        if let Some(correction) = self.acts.last_mut() {
            correction.corrects = Some(stands_for);
        }
        if let Ok(at) = self.acts.binary_search_by_key(&of, |kept| kept.sequence) {
            (self.acts[at].undone_by, self.acts[at].corrected) = (Some(by), true);
        }
    }

    fn keep(&mut self, sequence: Sequence, received: Received, done: Done) {
        self.keys.insert(done.key, sequence);
        self.acts.push(Kept { sequence, received, done, undone_by: None, corrected: false, corrects: None });
    }

    fn moved(&mut self, to: Phase, received: Received, about: Option<About>, reason: &str) {
        if to == Phase::Infusing && self.started.is_none() {
            self.started = Some((received, about));
        }
        if to == Phase::Observing {
            self.stopped = Some(received);
            self.stopped_early = (!reason.is_empty()).then(|| reason.into());
        }
        self.phase = to;
        self.phase_since = received;
    }

    fn undone(&mut self, of: Sequence, by: Sequence) {
        let Ok(at) = self.acts.binary_search_by_key(&of, |kept| kept.sequence) else { return };
        self.acts[at].undone_by = Some(by);
        if let Act::Corrected { of: entry, .. } = self.acts[at].done.act {
            // What was corrected counts again.
            if let Ok(entry) = self.acts.binary_search_by_key(&entry, |kept| kept.sequence) {
                (self.acts[entry].undone_by, self.acts[entry].corrected) = (None, false);
            }
        }
        if matches!(self.acts[at].done.act, Act::Baseline { .. }) {
            let counts = |kept: &&Kept| kept.undone_by.is_none();
            let before = self.acts.iter().rev().filter(counts).find_map(|kept| match &kept.done.act {
                Act::Baseline { values } => Some(values.clone()),
                _ => None,
            });
            self.baseline = before.unwrap_or_default();
        }
    }
}

/// Age of an entry that nobody looked at when it arrived, to the second; `None` when it may be of any age: a cuff reading heard
/// for the first time, of a monitor that repeats it and says no time.
fn claimed_age(entry: &Entry) -> Option<Micros> {
    /// A time on a clock that did not say what it shows: as of its arrival, and the age the entry got then counts.
    struct OnArrival(Micros);
    impl Zone for OnArrival {
        fn utc(&self, _: Civil) -> Micros {
            self.0
        }
    }
    let What::Reading(o) = &entry.what else { return Some(entry.age) };
    if matches!(o.reading, Reading::Questionable(_, Doubt::UnknownTime)) {
        return None;
    }
    let own = o.measured.map_or(Micros(0), |m| m.age(entry.received, &OnArrival(entry.received.wall)));
    Some(own.max(entry.age))
}
