//! What may be done when.

use super::{Act, Done, EntryKind, Kept, Patient, Person, Phase, Plan, Role, Session, TEST_PREFIX};
use crate::{BadLimits, Limits, Micros, NoticeKind, Received, Sequence};
use alloc::boxed::Box;
use core::fmt;

/// Most acts of one session: six hours with one each ten seconds. A screen that goes wild is refused, and says so.
pub const ENTRIES_MAX: usize = 2000;
/// So many more, for what is said when the record is read: a session with too many entries can still be signed.
pub const REMARKS_MAX: usize = 200;
/// Longest text of an entry, in characters: a page.
pub const TEXT_MAX: usize = 2000;
/// Longest name, number, alias or template.
pub const NAME_MAX: usize = 120;
/// Longest planned time, in minutes: a day.
const MINUTES_MAX: u16 = 24 * 60;
/// An act may lie this far in the future: the clocks of tablet and server are not the same.
const AHEAD_MAX: Micros = Micros::from_secs(60);

/// Why an act is not possible: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is of a session that is over, or of another one.
    NotThisSession,
    /// The phase does not allow it.
    Phase {
        /// Where the session stands.
        stands: Phase,
        /// What would be possible from there.
        possible: &'static [Phase],
    },
    /// It needs a reason.
    NoReason(&'static str),
    /// Only a clinician may do this.
    NeedsClinician(&'static str),
    /// A text is empty, too long, or holds a control character.
    Text {
        /// Which.
        field: &'static str,
        /// Characters found.
        found: usize,
        /// Most characters.
        max: usize,
    },
    /// A number is off its scale.
    Number {
        /// Which.
        field: &'static str,
        /// Found.
        found: i64,
        /// Lowest and highest possible.
        expected: (i64, i64),
    },
    /// The time lies in the future, or before the session.
    Time,
    /// The act to undo is not there, or cannot be undone.
    NoSuchAct(Sequence),
    /// The entry to correct is not there, or no longer counts.
    NoSuchEntry(Sequence),
    /// A claim reaches back past the previous patient, or past its own beginning.
    Claim {
        /// The first entry that may be claimed.
        earliest: Sequence,
    },
    /// There is no such kind of limit notice.
    Notice(Box<str>),
    /// The numbers are no limits of that kind.
    Limits(BadLimits),
    /// There is nothing to take as baseline.
    NothingMeasured {
        /// There is a cuff reading, but it is too old.
        old_cuff: bool,
    },
    /// The session is over, and this can only be done while it is held.
    Over,
    /// The session is not over, so its record is not complete.
    NotOver,
    /// The record is signed.
    Signed,
    /// The person may not sign a record.
    NeedsSigner,
    /// The session has [`ENTRIES_MAX`] acts.
    Full,
    /// A real patient at a chair in test mode, or a test patient at one that is not.
    TestMode {
        /// The chair is in test mode.
        on: bool,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThisSession => {
                f.write_str("this is not the session that is open at the chair; look at the chair again")
            }
            Self::Phase { stands, possible } => {
                write!(f, "the session is at \"{}\"; possible now: ", stands.word())?;
                for (n, phase) in possible.iter().enumerate() {
                    write!(f, "{}{}", if n == 0 { "" } else { ", " }, phase.word())?;
                }
                if possible.is_empty() { f.write_str("nothing, it is over") } else { Ok(()) }
            }
            Self::NoReason(what) => write!(f, "{what} needs a reason"),
            Self::NeedsClinician(what) => write!(f, "{what} needs a clinician"),
            Self::Text { field, found, max } => {
                write!(f, "{field}: found {found} characters, expected 1 to {max} without control characters")
            }
            Self::Number { field, found, expected } => {
                write!(f, "{field}: found {found}, expected {} to {}", expected.0, expected.1)
            }
            Self::Time => f.write_str("the time lies in the future, or before the session began"),
            Self::NoSuchAct(of) => write!(f, "entry {} is none that could be undone, or is undone already", of.0),
            Self::NoSuchEntry(of) => {
                write!(f, "entry {} is none that could be corrected, or does not count any more", of.0)
            }
            Self::Claim { earliest } => {
                write!(f, "the chair was somebody else's before entry {}; claim from there on", earliest.0)
            }
            Self::Notice(found) => {
                write!(f, "notice: found {found:?}, expected one of ")?;
                NoticeKind::ALL
                    .iter()
                    .enumerate()
                    .try_for_each(|(n, kind)| write!(f, "{}{}", if n == 0 { "" } else { ", " }, kind.word()))
            }
            Self::Limits(bad) => bad.fmt(f),
            Self::NothingMeasured { old_cuff } => {
                let cuff = if *old_cuff { "the last cuff reading is older than 15 min" } else { "no cuff reading yet" };
                write!(
                    f,
                    "no heart rate, SpO2 or respiration rate without doubt in the last 60 s; {cuff}; look at the monitor, \
                     then press again"
                )
            }
            Self::Over => f.write_str(
                "the session is over; possible now: late entries, corrections, artefact marks, undoing, comments, signing",
            ),
            Self::NotOver => f.write_str("the session is still open; end it, then read its record and sign"),
            Self::Signed => f.write_str("the record is signed; it only takes addenda"),
            Self::NeedsSigner => f.write_str("signing a record needs a clinician or a reviewer"),
            Self::Full => write!(f, "the session has {ENTRIES_MAX} entries, the most there may be"),
            Self::TestMode { on: true } => write!(
                f,
                "this chair is in test mode: the patient's number has to begin with {TEST_PREFIX}; for a real patient end \
                 the test mode under Settings first"
            ),
            Self::TestMode { on: false } => write!(
                f,
                "a number that begins with {TEST_PREFIX} is a test patient's; put the chair into test mode under Settings, \
                 or type the patient's own number"
            ),
        }
    }
}

impl Phase {
    /// Where a session may go from here.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Planned => &[Self::CheckedIn, Self::Cancelled],
            Self::CheckedIn => &[Self::Baseline, Self::Cancelled],
            Self::Baseline => &[Self::Infusing, Self::Cancelled],
            Self::Infusing => &[Self::Paused, Self::Observing],
            Self::Paused => &[Self::Infusing, Self::Observing],
            Self::Observing => &[Self::Ready],
            Self::Ready => &[Self::Discharged, Self::Observing],
            Self::Discharged | Self::Cancelled => &[],
        }
    }
}

/// Whether a session may be opened like this.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn may_open(patient: &Patient, plan: &Plan) -> Result<(), Refused> {
    let Patient { id, name, born, alias } = patient;
    for (field, text) in [("patient", id), ("name", name), ("birth date", born), ("alias", alias)] {
        text_of(field, text, NAME_MAX)?;
    }
    may_plan(plan)
}

/// Whether a session, or a template of them, may be planned like this.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn may_plan(plan: &Plan) -> Result<(), Refused> {
    text_of("template", &plan.template, NAME_MAX)?;
    within("session number", i64::from(plan.number), (1, i64::from(plan.of.unwrap_or(u16::MAX))))?;
    for (field, minutes) in [
        ("planned minutes", plan.infusion_min),
        ("cuff interval", plan.cuff_infusing_min),
        ("cuff interval while observing", plan.cuff_observing_min),
        ("assessment interval", plan.assess_first_min),
        ("assessment interval after the first hour", plan.assess_later_min),
    ] {
        within(field, i64::from(minutes), (1, i64::from(MINUTES_MAX)))?;
    }
    within("observation", i64::from(plan.observe_min), (0, i64::from(MINUTES_MAX)))
}

impl Done {
    /// Whether this may open a session: who, for whom, as what.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn may_open(&self) -> Result<(), Refused> {
        self.by.may_sign()?;
        match &self.act {
            Act::Opened { patient, plan, .. } => may_open(patient, plan),
            _ => Err(Refused::NotThisSession),
        }
    }
}

impl Session {
    /// Whether `done` is possible now. `now` is the server's; `earliest` is the first entry of the timeline that belongs to
    /// nobody else.
    ///
    /// # Errors
    /// The first thing that stands against it.
    pub fn may(&self, done: &Done, now: Received, earliest: Sequence) -> Result<(), Refused> {
        if done.session != self.id {
            return Err(Refused::NotThisSession);
        }
        self.may_still(done)?;
        let remark = matches!(done.act, Act::Addendum { .. } | Act::Signed { .. });
        if self.acts.len() >= ENTRIES_MAX + if remark { REMARKS_MAX } else { 0 } {
            return Err(Refused::Full);
        }
        done.by.may_sign()?;
        if let Some(about) = done.about
            && (about.wall > now.wall + AHEAD_MAX
                || (about.wall < self.opened.wall && self.from >= self.acts[0].sequence))
        {
            return Err(Refused::Time);
        }
        let of_a_span = matches!(
            done.act,
            Act::Claimed { .. }
                | Act::Baseline { .. }
                | Act::Typed { .. }
                | Act::Artefact { .. }
                | Act::Accepted { .. }
        );
        if self.phase == Phase::Planned && of_a_span {
            // Nothing measured is hers yet.
            return Err(Refused::Phase { stands: self.phase, possible: self.phase.next() });
        }
        match &done.act {
            Act::Opened { .. } => Err(Refused::NotThisSession),
            Act::Moved { to, reason } => self.may_move(*to, reason, &done.by, now),
            Act::Claimed { from, .. } => self.may_claim(*from, earliest),
            Act::Baseline { values } => within("baseline values", len(values), (1, 9)),
            Act::Entry { kind, score, text } => may_enter(*kind, *score, text),
            Act::Typed { values } => within("typed values", len(values), (1, 9)),
            Act::Artefact { span, reason, .. } => {
                within("last entry of the span", whole(span.1), (whole(span.0), i64::MAX))?;
                why("an artefact mark", reason)
            }
            Act::Undo { of, reason } => {
                let undoable = self.act(*of).is_some_and(|kept| kept.undone_by.is_none() && may_undo(&kept.done.act));
                if !undoable {
                    return Err(Refused::NoSuchAct(*of));
                }
                why("undoing", reason)
            }
            Act::HandedOver { to } => to.may_sign(),
            Act::Accepted { bed, patient, device, reason, .. } => {
                for (field, text) in [("bed", bed), ("patient", patient), ("device", device)] {
                    optional(field, text, TEXT_MAX)?;
                }
                why("taking a feed that names somebody else", reason)
            }
            Act::Acknowledged { notice } => kind_of(notice).map(|_| ()),
            Act::Limited { notice, limits, reason } => {
                let kind = kind_of(notice)?;
                Limits::parse(limits).and_then(|limits| limits.may(kind)).map_err(Refused::Limits)?;
                why("a patient's own limit", reason)?;
                if done.by.role == Role::Clinician {
                    Ok(())
                } else {
                    Err(Refused::NeedsClinician("a patient's own limit"))
                }
            }
            Act::Addendum { text } => text_of("text", text, TEXT_MAX),
            Act::Corrected { of, score, text, reason } => self.may_correct(*of, *score, text, reason),
            Act::Signed { meaning, .. } => text_of("meaning of the signature", meaning, NAME_MAX),
        }
    }

    /// Whether the session, open, over or signed, takes such an act at all.
    fn may_still(&self, done: &Done) -> Result<(), Refused> {
        let signs = matches!(done.act, Act::Signed { .. });
        if signs && !matches!(done.by.role, Role::Clinician | Role::Reviewer) {
            return Err(Refused::NeedsSigner);
        }
        if self.signed().is_some() && !matches!(done.act, Act::Addendum { .. }) {
            return Err(Refused::Signed);
        }
        if self.is_open() {
            return if signs { Err(Refused::NotOver) } else { Ok(()) };
        }
        let late = done.about.is_some_and(|about| about.late);
        match &done.act {
            Act::Addendum { .. } | Act::Corrected { .. } | Act::Signed { .. } | Act::Artefact { .. } => Ok(()),
            Act::Undo { of, .. } => match self.act(*of).map(|kept| &kept.done.act) {
                // Whose values these are, and what they were compared with, was decided while she was there.
                Some(Act::Baseline { .. } | Act::Accepted { .. }) => Err(Refused::Over),
                _ => Ok(()),
            },
            Act::Entry { .. } | Act::Typed { .. } if late => Ok(()),
            _ => Err(Refused::Over),
        }
    }

    fn may_correct(&self, of: Sequence, score: Option<i8>, text: &str, reason: &str) -> Result<(), Refused> {
        let counts = self.act(of).filter(|kept| kept.undone_by.is_none());
        let Some(entered) = counts.and_then(Kept::entered) else { return Err(Refused::NoSuchEntry(of)) };
        may_enter(entered.kind, score, text)?;
        why("a correction", reason)
    }

    fn may_move(&self, to: Phase, reason: &str, by: &Person, now: Received) -> Result<(), Refused> {
        let possible = self.phase.next();
        if !possible.contains(&to) {
            return Err(Refused::Phase { stands: self.phase, possible });
        }
        optional("reason", reason, TEXT_MAX)?;
        match to {
            Phase::Cancelled => why("cancelling", reason),
            Phase::Ready if !self.observed(now) => {
                why("leaving before the minimum of observation", reason)?;
                let clinician = by.role == Role::Clinician;
                if clinician {
                    Ok(())
                } else {
                    Err(Refused::NeedsClinician("leaving before the minimum of observation"))
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether the least observation is over. Measured on the clock that does not step.
    #[must_use]
    pub fn observed(&self, now: Received) -> bool {
        let minimum = Micros::from_secs(i64::from(self.plan.observe_min) * 60);
        self.stopped.is_some_and(|stopped| now.mono.since(stopped.mono) >= minimum)
    }

    fn may_claim(&self, from: Sequence, earliest: Sequence) -> Result<(), Refused> {
        let opened = self.acts.first().map_or(self.from, |kept| kept.sequence);
        if from < earliest || from > opened { Err(Refused::Claim { earliest }) } else { Ok(()) }
    }
}

/// Phases, claims and hand-overs are followed by others, not undone.
const fn may_undo(act: &Act) -> bool {
    matches!(
        act,
        Act::Entry { .. }
            | Act::Typed { .. }
            | Act::Artefact { .. }
            | Act::Baseline { .. }
            | Act::Accepted { .. }
            | Act::Addendum { .. }
            | Act::Corrected { .. }
    )
}

fn may_enter(kind: EntryKind, score: Option<i8>, text: &str) -> Result<(), Refused> {
    optional("text", text, TEXT_MAX)?;
    if kind.needs_text() {
        text_of("text", text, TEXT_MAX)?;
    }
    match (kind.scale(), score) {
        (Some((low, high)), Some(score)) => within(kind.word(), i64::from(score), (i64::from(low), i64::from(high))),
        (Some((low, high)), None) if text.is_empty() => {
            Err(Refused::Number { field: kind.word(), found: 0, expected: (i64::from(low), i64::from(high)) })
        }
        (None, Some(score)) => Err(Refused::Number { field: kind.word(), found: i64::from(score), expected: (0, 0) }),
        _ => Ok(()),
    }
}

impl Person {
    /// Whether the name may stand under a deed.
    ///
    /// # Errors
    /// It is empty, too long, or holds a control character.
    pub fn may_sign(&self) -> Result<(), Refused> {
        text_of("name of the person", &self.name, NAME_MAX)
    }
}

fn why(what: &'static str, reason: &str) -> Result<(), Refused> {
    if reason.trim().is_empty() { Err(Refused::NoReason(what)) } else { optional("reason", reason, TEXT_MAX) }
}

/// A text that may not be empty.
pub(crate) fn text_of(field: &'static str, text: &str, max: usize) -> Result<(), Refused> {
    let found = text.chars().count();
    if text.trim().is_empty() { Err(Refused::Text { field, found, max }) } else { optional(field, text, max) }
}

/// Line ends are for notes; every other control character has no meaning to a reader, and one parts the log's fields.
fn optional(field: &'static str, text: &str, max: usize) -> Result<(), Refused> {
    let found = text.chars().count();
    let bad = found > max || text.chars().any(|c| c.is_control() && c != '\n');
    if bad { Err(Refused::Text { field, found, max }) } else { Ok(()) }
}

fn within(field: &'static str, found: i64, expected: (i64, i64)) -> Result<(), Refused> {
    if (expected.0..=expected.1).contains(&found) { Ok(()) } else { Err(Refused::Number { field, found, expected }) }
}

/// The kind of limit notice with this word.
fn kind_of(notice: &str) -> Result<NoticeKind, Refused> {
    NoticeKind::from_word(notice).ok_or_else(|| Refused::Notice(notice.chars().take(40).collect()))
}

fn len<T>(values: &[T]) -> i64 {
    i64::try_from(values.len()).unwrap_or(i64::MAX)
}

fn whole(sequence: Sequence) -> i64 {
    i64::try_from(sequence.0).unwrap_or(i64::MAX)
}
