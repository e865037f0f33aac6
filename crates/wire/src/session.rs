//! Sessions on the wire: how one stands, and what a screen may press.

use crate::Moment;
use chairside_observation::session as domain;
use chairside_observation::{ChairId, Decimal, Hex, Micros, Received, Sequence, Vital, unhex};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who did something. The name is as the clinic writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// `nurse clinician reviewer lead`, and `auditor` of who only reads.
    pub role: String,
}

/// Who is treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patient {
    /// The clinic's number.
    pub id: String,
    /// Name.
    pub name: String,
    /// Birth date, ISO 8601.
    pub born: String,
    /// What public screens show.
    pub alias: String,
}

/// What was planned. Times only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// Name of the template.
    pub template: String,
    /// Which one of the course.
    pub number: u16,
    /// How many the course has; absent when open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub of: Option<u16>,
    /// Planned minutes of the infusion.
    pub infusion_min: u16,
    /// Expected minutes between cuff readings while it runs.
    pub cuff_infusing_min: u16,
    /// The same afterwards.
    pub cuff_observing_min: u16,
    /// Least minutes of observation.
    pub observe_min: u16,
    /// Expected minutes between assessments in the first hour.
    pub assess_first_min: u16,
    /// The same later.
    pub assess_later_min: u16,
}

/// One value of a baseline, or a typed one. Digits are text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedValue {
    /// The vital's word.
    pub vital: String,
    /// One value, or systolic, diastolic and mean.
    pub values: Vec<String>,
    /// First and last entry it was taken from; absent for a typed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "[number, number]")]
    pub from: Option<(u64, u64)>,
}

/// What was, or is to be, done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Act {
    /// A patient takes the chair.
    Opened {
        /// Who.
        patient: Patient,
        /// What was planned.
        plan: Plan,
        /// She is expected, and not at the chair yet.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        planned: bool,
    },
    /// The session moves on.
    Moved {
        /// `checked in, baseline, infusing, paused, observing, ready, discharged, cancelled`.
        to: String,
        /// Why; may be empty where it is plain.
        reason: String,
    },
    /// The span begins earlier.
    Claimed {
        /// First entry that is hers. A screen sends this or `wallUs`; the server always this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        from: Option<u64>,
        /// Since when, UTC microseconds: the first entry at or after it is hers. Only sent by screens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        wall_us: Option<i64>,
    },
    /// The values before the infusion.
    Baseline {
        /// They. Pressed with none, the server takes them: the median of the last 60 s and the last cuff reading.
        values: Vec<NamedValue>,
    },
    /// Something was seen, asked or given.
    Entry {
        /// What: `sedation nausea ... note`.
        entry: String,
        /// On the kind's scale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        score: Option<i8>,
        /// As typed; may be empty.
        text: String,
    },
    /// Values read off a monitor that is not connected.
    Typed {
        /// They.
        values: Vec<NamedValue>,
    },
    /// Readings that do not count.
    Artefact {
        /// The vital's word.
        vital: String,
        /// First entry.
        #[ts(type = "number")]
        first: u64,
        /// Last entry.
        #[ts(type = "number")]
        last: u64,
        /// Why.
        reason: String,
    },
    /// An earlier act no longer counts.
    Undo {
        /// The entry that holds it.
        #[ts(type = "number")]
        of: u64,
        /// Why.
        reason: String,
    },
    /// Another nurse takes over.
    HandedOver {
        /// Who.
        to: Person,
    },
    /// A feed that names somebody else, or came from another monitor, was looked at and is this patient's.
    Accepted {
        /// Source of the feed.
        source: String,
        /// Bed name as sent; may be empty.
        bed: String,
        /// Patient identifier as sent; may be empty.
        patient: String,
        /// Device identifier as sent; may be empty.
        device: String,
        /// How it was made sure.
        reason: String,
    },
    /// A notice of the clinic's limits was seen.
    Acknowledged {
        /// Word of its kind.
        notice: String,
    },
    /// The clinician set this patient's own limits for one kind of notice.
    Limited {
        /// Word of its kind.
        notice: String,
        /// `name=number` pairs parted by blanks; empty for the clinic's own.
        limits: String,
        /// Why.
        reason: String,
    },
    /// A comment on the record before it is signed, an addendum afterwards.
    Addendum {
        /// As typed.
        text: String,
    },
    /// An earlier entry was wrong. This stands in its place; with `wallUs` and `late` its time is another, too.
    Corrected {
        /// The entry that counts now and should not.
        #[ts(type = "number")]
        of: u64,
        /// The score that is right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        score: Option<i8>,
        /// The text that is right; may be empty.
        text: String,
        /// Why.
        reason: String,
    },
    /// The record was read and is signed. From here on it only takes addenda.
    Signed {
        /// What the signature stands for.
        meaning: String,
        /// What is signed: the `digest` of the record as it was shown.
        digest: String,
        /// Public key of the server, hexadecimal. A screen sends none; the server always does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        key: Option<String>,
        /// Signature of the digest, hexadecimal. A screen sends none; the server always does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        signature: Option<String>,
    },
}

/// An act in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Its entry in the chair's timeline.
    #[ts(type = "number")]
    pub seq: u64,
    /// When it reached the server.
    pub received: Moment,
    /// When it was, UTC microseconds.
    #[ts(type = "number")]
    pub wall_us: i64,
    /// A person set the time back.
    pub late: bool,
    /// By whom.
    pub by: Person,
    /// What.
    pub act: Act,
    /// It no longer counts.
    pub undone: bool,
    /// The entry whose correction counts in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub corrected_by: Option<u64>,
    /// Of a correction: the kind of the entry in whose place it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub entry: Option<String>,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Who is treated.
    pub patient: Patient,
    /// What was planned.
    pub plan: Plan,
    /// Who has it now.
    pub nurse: Person,
    /// Where it stands.
    pub phase: String,
    /// Where it may go from here.
    pub next: Vec<String>,
    /// Since when it stands there.
    pub phase_since: Moment,
    /// First entry of the timeline that is hers: nothing before is ever shown as hers.
    #[ts(type = "number")]
    pub from: u64,
    /// When her span began: what was measured before is never shown as hers.
    pub opened: Moment,
    /// T+0, once the infusion was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub started: Option<Moment>,
    /// The last stop of the infusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stopped: Option<Moment>,
    /// Why it was stopped before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stopped_early: Option<String>,
    /// The values before the infusion.
    pub baseline: Vec<NamedValue>,
    /// Every act, oldest first.
    pub acts: Vec<Kept>,
    /// What is due when; absent once the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub schedule: Option<Schedule>,
    /// What each feed of the chair says of the patient.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<BoundFeed>>")]
    pub feeds: Vec<BoundFeed>,
}

/// What is due in a session, on the server's clocks. A screen counts down by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// When the next cuff reading is expected; absent while none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cuff_due: Option<Moment>,
    /// Seconds between cuff readings in this phase; 0 while none is expected.
    pub cuff_every_s: u32,
    /// When the next assessment is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub assess_due: Option<Moment>,
    /// When the infusion was planned to end; pauses move it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub planned_end: Option<Moment>,
    /// When the least observation is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub observe_until: Option<Moment>,
    /// The fixed readings: `baseline`, `40 min`, `stop`, `leaving`, in that order.
    pub marks: Vec<FixedMark>,
}

/// A reading that every session has, picked from the monitor's own cuff events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FixedMark {
    /// `baseline`, `40 min`, `stop`, `leaving`.
    pub mark: String,
    /// When it is, or was, due; absent before that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub due: Option<Moment>,
    /// The entry of the chair's timeline that was picked; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub seq: Option<u64>,
    /// Systolic, diastolic and, where the monitor has it, mean, as sent; empty while none was picked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub values: Vec<String>,
    /// When it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at: Option<Moment>,
}

/// A feed of the chair beside the open session: whose values it says it carries. One row for each patient and device it
/// named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BoundFeed {
    /// The source.
    pub source: String,
    /// Bed name as sent; may be empty.
    pub bed: String,
    /// `same`: it names this patient. `none`: it names nobody. `accepted`: a person took it for this patient's.
    /// `patient`, `device`, `bed`: it names another one, and its values are withheld. `before`: what it sent was measured
    /// before this patient was bound, and is withheld. `demo`: demonstration or test data, withheld.
    pub says: String,
    /// Patient identifier as sent.
    pub patient: String,
    /// Patient name as sent.
    pub name: String,
    /// Device identifier as sent.
    pub device: String,
    /// Readings withheld since [`BoundFeed::since`]. A feed that fits may have some, too: a monitor that repeats what it
    /// measured before this patient was bound.
    #[ts(type = "number")]
    pub withheld: u64,
    /// Since when it is as it is.
    pub since: Moment,
}

/// Body of `POST /api/chairs/{id}/session`: `act` is `opened` to begin one, anything else within the one that is open.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoAct {
    /// Id of the session the screen shows; absent only for `opened`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session: Option<String>,
    /// 32 hexadecimal digits, made for this press; the same press sent again is the same act.
    pub key: String,
    /// By whom.
    pub by: Person,
    /// When it was, UTC microseconds; absent for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub wall_us: Option<i64>,
    /// A person set the time back.
    #[serde(default)]
    pub late: bool,
    /// What.
    pub act: Act,
    /// Password or PIN of the one who presses, asked for again where the act is `signed`; absent for all else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub secret: Option<String>,
}

/// Without the secret, and without what was entered.
impl std::fmt::Debug for DoAct {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("DoAct").field("session", &self.session).field("key", &self.key).finish_non_exhaustive()
    }
}

/// A word or number of a body that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which field.
    pub field: &'static str,
    /// What stood there.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

impl DoAct {
    /// The moment a late start is claimed from, where it was not claimed from an entry.
    #[must_use]
    pub fn claims_since(&self) -> Option<Micros> {
        match &self.act {
            Act::Claimed { wall_us, .. } => wall_us.map(Micros),
            _ => None,
        }
    }

    /// Who did what when, with which key.
    ///
    /// # Errors
    /// The first word or number that is none of ours.
    #[allow(clippy::type_complexity)] // read once, at the one place that hands it on
    pub fn read(self) -> Result<(domain::Person, domain::ActKey, Option<domain::About>, domain::Act), Unreadable> {
        let key = u128::from_str_radix(&self.key, 16).ok().filter(|_| self.key.len() == 32);
        let key = key.ok_or_else(|| wrong("key", &self.key, "32 hexadecimal digits"))?;
        let about = self.wall_us.map(|us| domain::About { wall: Micros(us), late: self.late });
        Ok((self.by.read()?, domain::ActKey(key), about, self.act.read()?))
    }
}

/// A refusal that shows a little of what was found.
pub(crate) fn wrong(field: &'static str, found: &str, expected: impl Into<String>) -> Unreadable {
    Unreadable { field, found: found.chars().take(40).collect(), expected: expected.into() }
}

/// The one of `all` that has this word.
pub(crate) fn word<T: Copy>(
    field: &'static str,
    found: &str,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, Unreadable> {
    let known = || all.iter().map(|t| word(*t)).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|t| word(*t) == found).ok_or_else(|| wrong(field, found, known()))
}

fn vital(found: &str) -> Result<Vital, Unreadable> {
    word("vital", found, Vital::ALL, Vital::word)
}

fn digits(texts: &[String]) -> Result<Vec<Decimal>, Unreadable> {
    let parse = |text: &String| Decimal::parse(text.as_bytes()).map_err(|_| wrong("values", text, "digits"));
    if (1..=3).contains(&texts.len()) {
        texts.iter().map(parse).collect()
    } else {
        Err(wrong("values", &texts.len().to_string(), "one value, or systolic, diastolic and mean"))
    }
}

impl Person {
    /// The person, in the words of the house.
    ///
    /// # Errors
    /// The role is none of ours.
    pub fn read(self) -> Result<domain::Person, Unreadable> {
        let role = word("role", &self.role, domain::Role::ALL, domain::Role::word)?;
        Ok(domain::Person { name: self.name.trim().into(), role })
    }
}

impl From<&domain::Person> for Person {
    fn from(person: &domain::Person) -> Self {
        Self { name: person.name.to_string(), role: person.role.word().to_owned() }
    }
}

impl From<Patient> for domain::Patient {
    fn from(patient: Patient) -> Self {
        let text = |text: String| text.trim().into();
        Self { id: text(patient.id), name: text(patient.name), born: text(patient.born), alias: text(patient.alias) }
    }
}

impl From<&domain::Patient> for Patient {
    fn from(patient: &domain::Patient) -> Self {
        Self {
            id: patient.id.to_string(),
            name: patient.name.to_string(),
            born: patient.born.to_string(),
            alias: patient.alias.to_string(),
        }
    }
}

impl From<Plan> for domain::Plan {
    fn from(plan: Plan) -> Self {
        Self {
            template: plan.template.trim().into(),
            number: plan.number,
            of: plan.of,
            infusion_min: plan.infusion_min,
            cuff_infusing_min: plan.cuff_infusing_min,
            cuff_observing_min: plan.cuff_observing_min,
            observe_min: plan.observe_min,
            assess_first_min: plan.assess_first_min,
            assess_later_min: plan.assess_later_min,
        }
    }
}

impl From<&domain::Plan> for Plan {
    fn from(plan: &domain::Plan) -> Self {
        Self {
            template: plan.template.to_string(),
            number: plan.number,
            of: plan.of,
            infusion_min: plan.infusion_min,
            cuff_infusing_min: plan.cuff_infusing_min,
            cuff_observing_min: plan.cuff_observing_min,
            observe_min: plan.observe_min,
            assess_first_min: plan.assess_first_min,
            assess_later_min: plan.assess_later_min,
        }
    }
}

fn texts(values: &[Decimal]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

impl From<&domain::BaselineValue> for NamedValue {
    fn from(value: &domain::BaselineValue) -> Self {
        let from = Some((value.from.0.0, value.from.1.0));
        Self { vital: value.vital.word().to_owned(), values: texts(&value.values), from }
    }
}

impl From<&domain::TypedVital> for NamedValue {
    fn from(value: &domain::TypedVital) -> Self {
        Self { vital: value.vital.word().to_owned(), values: texts(&value.values), from: None }
    }
}

impl NamedValue {
    fn baseline(self) -> Result<domain::BaselineValue, Unreadable> {
        let (first, last) = self.from.ok_or_else(|| wrong("from", "nothing", "first and last entry"))?;
        let from = (Sequence(first), Sequence(last));
        Ok(domain::BaselineValue { vital: vital(&self.vital)?, values: digits(&self.values)?, from })
    }

    fn typed(self) -> Result<domain::TypedVital, Unreadable> {
        Ok(domain::TypedVital { vital: vital(&self.vital)?, values: digits(&self.values)? })
    }
}

impl Act {
    fn read(self) -> Result<domain::Act, Unreadable> {
        Ok(match self {
            Self::Opened { patient, plan, planned } => {
                domain::Act::Opened { patient: patient.into(), plan: plan.into(), planned }
            }
            Self::Moved { to, reason } => {
                let to = word("to", &to, domain::Phase::ALL, domain::Phase::word)?;
                domain::Act::Moved { to, reason: reason.into() }
            }
            Self::Claimed { from, wall_us } => {
                if from.is_some() == wall_us.is_some() {
                    let found = if from.is_some() { "both" } else { "neither" };
                    return Err(wrong("claimed", found, "either `from` or `wallUs`"));
                }
                // Which entry that is, and how long ago it came, is found when it is known who had the chair before.
                domain::Act::Claimed { from: Sequence(from.unwrap_or(0)), ago: Micros(0) }
            }
            Self::Baseline { values } => {
                let values = values.into_iter().map(NamedValue::baseline).collect::<Result<_, _>>()?;
                domain::Act::Baseline { values }
            }
            Self::Entry { entry, score, text } => {
                let kind = word("entry", &entry, domain::EntryKind::ALL, domain::EntryKind::word)?;
                domain::Act::Entry { kind, score, text: text.into() }
            }
            Self::Typed { values } => {
                let values = values.into_iter().map(NamedValue::typed).collect::<Result<_, _>>()?;
                domain::Act::Typed { values }
            }
            Self::Artefact { vital: of, first, last, reason } => domain::Act::Artefact {
                vital: vital(&of)?,
                span: (Sequence(first), Sequence(last)),
                reason: reason.into(),
            },
            Self::Undo { of, reason } => domain::Act::Undo { of: Sequence(of), reason: reason.into() },
            Self::HandedOver { to } => domain::Act::HandedOver { to: to.read()? },
            Self::Accepted { source, bed, patient, device, reason } => domain::Act::Accepted {
                source: source.into(),
                bed: bed.into(),
                patient: patient.into(),
                device: device.into(),
                reason: reason.into(),
            },
            Self::Acknowledged { notice } => domain::Act::Acknowledged { notice: notice.into() },
            Self::Limited { notice, limits, reason } => {
                domain::Act::Limited { notice: notice.into(), limits: limits.into(), reason: reason.into() }
            }
            Self::Addendum { text } => domain::Act::Addendum { text: text.into() },
            Self::Corrected { of, score, text, reason } => {
                domain::Act::Corrected { of: Sequence(of), score, text: text.into(), reason: reason.into() }
            }
            Self::Signed { meaning, digest, key, signature } => {
                if key.is_some() || signature.is_some() {
                    return Err(wrong("signature", "a key or signature", "meaning and digest alone: the server signs"));
                }
                let digest = unhex(&digest).ok_or_else(|| wrong("digest", &digest, "64 hexadecimal digits"))?;
                // The key is the server's: it signs when it has seen that this is still what the record says.
                domain::Act::Signed {
                    meaning: meaning.trim().into(),
                    digest,
                    key: [0; 32],
                    signature: [0; 64],
                    summary: Box::default(),
                }
            }
        })
    }
}

impl From<&domain::Act> for Act {
    fn from(act: &domain::Act) -> Self {
        match act {
            domain::Act::Opened { patient, plan, planned } => {
                Self::Opened { patient: patient.into(), plan: plan.into(), planned: *planned }
            }
            domain::Act::Moved { to, reason } => Self::Moved { to: to.word().to_owned(), reason: reason.to_string() },
            domain::Act::Claimed { from, .. } => Self::Claimed { from: Some(from.0), wall_us: None },
            domain::Act::Baseline { values } => Self::Baseline { values: values.iter().map(Into::into).collect() },
            domain::Act::Entry { kind, score, text } => {
                Self::Entry { entry: kind.word().to_owned(), score: *score, text: text.to_string() }
            }
            domain::Act::Typed { values } => Self::Typed { values: values.iter().map(Into::into).collect() },
            domain::Act::Artefact { vital, span, reason } => Self::Artefact {
                vital: vital.word().to_owned(),
                first: span.0.0,
                last: span.1.0,
                reason: reason.to_string(),
            },
            domain::Act::Undo { of, reason } => Self::Undo { of: of.0, reason: reason.to_string() },
            domain::Act::HandedOver { to } => Self::HandedOver { to: to.into() },
            domain::Act::Accepted { source, bed, patient, device, reason } => Self::Accepted {
                source: source.to_string(),
                bed: bed.to_string(),
                patient: patient.to_string(),
                device: device.to_string(),
                reason: reason.to_string(),
            },
            domain::Act::Acknowledged { notice } => Self::Acknowledged { notice: notice.to_string() },
            domain::Act::Limited { notice, limits, reason } => {
                Self::Limited { notice: notice.to_string(), limits: limits.to_string(), reason: reason.to_string() }
            }
            domain::Act::Addendum { text } => Self::Addendum { text: text.to_string() },
            domain::Act::Corrected { of, score, text, reason } => {
                Self::Corrected { of: of.0, score: *score, text: text.to_string(), reason: reason.to_string() }
            }
            domain::Act::Signed { meaning, digest, key, signature, .. } => Self::Signed {
                meaning: meaning.to_string(),
                digest: Hex(digest).to_string(),
                key: Some(Hex(key).to_string()),
                signature: Some(Hex(signature).to_string()),
            },
        }
    }
}

impl From<&domain::Kept> for Kept {
    fn from(kept: &domain::Kept) -> Self {
        Self {
            seq: kept.sequence.0,
            received: kept.received.into(),
            wall_us: kept.wall().0,
            late: kept.done.about.is_some_and(|about| about.late),
            by: (&kept.done.by).into(),
            act: (&kept.done.act).into(),
            undone: kept.undone_by.is_some(),
            corrected_by: kept.undone_by.filter(|_| kept.corrected).map(|by| by.0),
            entry: kept.corrects.map(|(kind, _)| kind.word().to_owned()),
        }
    }
}

impl From<&domain::Standing> for Session {
    fn from(standing: &domain::Standing) -> Self {
        let session = &*standing.session;
        Self {
            id: session.id.to_string(),
            patient: (&session.patient).into(),
            plan: (&session.plan).into(),
            nurse: (&session.nurse).into(),
            phase: session.phase.word().to_owned(),
            next: session.phase.next().iter().map(|phase| phase.word().to_owned()).collect(),
            phase_since: session.phase_since.into(),
            from: session.from.0,
            opened: session.opened.into(),
            started: session.started.map(|(received, about)| when(received, about)),
            stopped: session.stopped.map(Into::into),
            stopped_early: session.stopped_early.as_deref().map(str::to_owned),
            baseline: session.baseline.iter().map(Into::into).collect(),
            acts: session.acts.iter().map(Into::into).collect(),
            schedule: standing.schedule.as_ref().map(Into::into),
            feeds: standing.feeds.iter().map(Into::into).collect(),
        }
    }
}

impl From<&domain::Schedule> for Schedule {
    fn from(schedule: &domain::Schedule) -> Self {
        let every_s = schedule.cuff_every.map_or(0, |every| every.0 / 1_000_000);
        Self {
            cuff_due: schedule.cuff_due.map(Into::into),
            cuff_every_s: u32::try_from(every_s).unwrap_or(u32::MAX),
            assess_due: schedule.assess_due.map(Into::into),
            planned_end: schedule.planned_end.map(Into::into),
            observe_until: schedule.observe_until.map(Into::into),
            marks: schedule.marks.iter().map(Into::into).collect(),
        }
    }
}

impl From<&domain::FixedMark> for FixedMark {
    fn from(mark: &domain::FixedMark) -> Self {
        let picked = mark.picked.as_ref();
        Self {
            mark: mark.kind.word().to_owned(),
            due: mark.due.map(Into::into),
            seq: picked.map(|cuff| cuff.sequence.0),
            values: picked.and_then(domain::CuffReading::values).map(|values| texts(&values)).unwrap_or_default(),
            at: picked.map(|cuff| cuff.at.into()),
        }
    }
}

impl From<&domain::FeedSays> for BoundFeed {
    fn from(feed: &domain::FeedSays) -> Self {
        Self {
            source: feed.source.to_string(),
            bed: feed.bed.to_string(),
            says: feed.says.word().to_owned(),
            patient: feed.patient.to_string(),
            name: feed.name.to_string(),
            device: feed.device.to_string(),
            withheld: feed.withheld,
            since: feed.since.into(),
        }
    }
}

/// The moment an act was about, on both clocks.
fn when(received: Received, about: Option<domain::About>) -> Moment {
    about.map_or(received, |about| received.before(received.wall - about.wall)).into()
}

/// What a screen is told of the session at a chair, and whether the chair was cleared since; `None`: there never was one.
#[must_use]
pub fn session(chair: &ChairId, standing: Option<&domain::Standing>, cleared: bool) -> crate::ToScreen {
    crate::ToScreen::Session { chair: chair.to_string(), session: standing.map(|s| Box::new(s.into())), cleared }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(act: &str) -> Result<domain::Act, String> {
        let text = format!(
            r#"{{"session":"1-5","key":"000102030405060708090a0b0c0d0e0f","by":{{"name":" Ada ","role":"nurse"}},"act":{act}}}"#
        );
        let read: DoAct = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        read.read()
            .map(|(by, _, _, act)| {
                assert_eq!(&*by.name, "Ada");
                act
            })
            .map_err(|e| format!("{}: {} ({})", e.field, e.found, e.expected))
    }

    #[test]
    fn an_act_comes_back_as_it_went() {
        for act in [
            r#"{"is":"moved","to":"infusing","reason":""}"#,
            r#"{"is":"claimed","from":7}"#,
            r#"{"is":"baseline","values":[{"vital":"nibp","values":["120","80","93.5"],"from":[3,4]}]}"#,
            r#"{"is":"entry","entry":"sedation","score":4,"text":""}"#,
            r#"{"is":"entry","entry":"note","text":"two\nlines"}"#,
            r#"{"is":"typed","values":[{"vital":"spo2","values":["97"]}]}"#,
            r#"{"is":"artefact","vital":"spo2","first":3,"last":9,"reason":"probe"}"#,
            r#"{"is":"undo","of":4,"reason":"typo"}"#,
            r#"{"is":"handedOver","to":{"name":"Bo","role":"lead"}}"#,
            r#"{"is":"addendum","text":"called her at home"}"#,
            r#"{"is":"corrected","of":7,"score":3,"text":"","reason":"pressed 4"}"#,
        ] {
            let read = body(act).unwrap();
            assert_eq!(serde_json::to_string(&Act::from(&read)).unwrap(), act);
        }
    }

    #[test]
    fn words_and_digits_that_are_none_of_ours_are_named() {
        let digest = "00".repeat(32);
        let forged = format!(r#"{{"is":"signed","meaning":"read","digest":"{digest}","key":"{digest}"}}"#);
        for (act, expected) in [
            (r#"{"is":"moved","to":"sleeping","reason":""}"#, "to: sleeping (planned, checked in, baseline"),
            (r#"{"is":"entry","entry":"sleep","text":""}"#, "entry: sleep (sedation, rass"),
            (r#"{"is":"typed","values":[{"vital":"spo2","values":["x"]}]}"#, "values: x (digits)"),
            (r#"{"is":"typed","values":[{"vital":"spo2","values":[]}]}"#, "values: 0 (one value"),
            (r#"{"is":"baseline","values":[{"vital":"spo2","values":["1"]}]}"#, "from: nothing"),
            (r#"{"is":"signed","meaning":"read","digest":"00ff"}"#, "digest: 00ff (64 hexadecimal digits)"),
            (&forged, "signature: a key or signature (meaning and digest alone"),
            (r#"{"is":"claimed"}"#, "claimed: neither (either `from` or `wallUs`)"),
            (r#"{"is":"claimed","from":1,"wallUs":2}"#, "claimed: both"),
            (r#"{"is":"entry","entry":"note","text":"","dose":"5 mg"}"#, "unknown field"),
        ] {
            let found = body(act).unwrap_err();
            assert!(found.starts_with(expected), "{found}");
        }
    }
}
