//! A log that is filled by hand and tells twice what it holds: as entries, and as the JSON the readers' tests compare with.

use chairside_export::Record;
use chairside_observation::session::{
    About, Act, ActKey, Done, Patient, Person, Phase, Plan, Role, Session, SessionId, TypedVital,
};
use chairside_observation::{
    Amount, Decimal, Entry, Flags, Link, LinkState, Micros, MonitorNotice, Observation, Origin, Priority, Reading,
    Received, Sequence, Timeline, Unit, Vital, What,
};
use serde_json::{Value, json};

/// 2026-10-25 00:00:00 UTC plus `ms` milliseconds.
fn at(ms: i64) -> Received {
    Received { mono: Micros::from_millis(5_000_000 + ms), wall: Micros::from_millis(1_792_886_400_000 + ms) }
}

/// A day after the session began.
const SIGNED_MS: i64 = 24 * 3600 * 1000;
/// When something was added to it.
const ADDED_MS: i64 = SIGNED_MS + 3600 * 1000;

/// One reading as the script says it.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) source: &'static str,
    pub(crate) vital: Vital,
    pub(crate) reading: Reading,
    pub(crate) unit: Unit,
    pub(crate) origin: Option<Origin>,
    pub(crate) site: Option<&'static str>,
    pub(crate) demo: bool,
    pub(crate) artefact: bool,
    pub(crate) age_ms: i64,
}

impl Said {
    pub(crate) fn new(source: &'static str, vital: Vital, reading: Reading, unit: Unit) -> Self {
        Self { source, vital, reading, unit, origin: None, site: None, demo: false, artefact: false, age_ms: 0 }
    }
}

pub(crate) struct Log {
    entries: Vec<Entry>,
    session: Option<Session>,
    next: u64,
    samples: Vec<Value>,
    acts: Vec<Value>,
    notes: Vec<Value>,
}

impl Log {
    pub(crate) fn new() -> Self {
        let (samples, acts, notes) = (Vec::new(), Vec::new(), Vec::new());
        Self { entries: Vec::new(), session: None, next: 1, samples, acts, notes }
    }

    fn next(&mut self) -> Sequence {
        self.next += 1;
        Sequence(self.next - 1)
    }

    fn entry(&mut self, ms: i64, age_ms: i64, source: &str, what: What) -> Sequence {
        let sequence = self.next();
        let (timeline, received, age) = (Timeline::Chair("3".into()), at(ms), Micros::from_millis(age_ms));
        self.entries.push(Entry { timeline, sequence, received, age, source: Some(source.into()), what });
        sequence
    }

    /// A reading; `hers` says whether it belongs to the session, by the one who writes the script.
    pub(crate) fn reading(&mut self, ms: i64, hers: bool, said: &Said) -> Sequence {
        let flags = Flags::NONE;
        let observation = Observation {
            origin: said.origin,
            site: said.site.map(Into::into),
            synthetic: said.demo,
            flags,
            ..Observation::new(said.vital, said.reading, said.unit, 0..1)
        };
        let sequence = self.entry(ms, said.age_ms, said.source, What::Reading(observation));
        if hers {
            let measured = at(ms).wall.0 - said.age_ms * 1000;
            self.samples.push(json!({
                "seq": sequence.0, "measuredUs": measured, "receivedUs": at(ms).wall.0,
                "source": said.source, "typedBy": "", "vital": said.vital.word(),
                "origin": said.origin.map_or("", Origin::word), "site": said.site.unwrap_or(""),
                "values": values(said.reading.amount()), "unit": said.unit.word(),
                "state": said.reading.state(), "reason": said.reading.reason().unwrap_or(""),
                "artefact": said.artefact, "demo": said.demo,
            }));
        }
        sequence
    }

    pub(crate) fn notice(&mut self, ms: i64, source: &str, text: &str) {
        let notice = MonitorNotice { text: text.into(), priority: Priority::Medium, context: None, bytes: 0..1 };
        let sequence = self.entry(ms, 0, source, What::Notice(notice));
        self.notes.push(json!({ "seq": sequence.0, "atUs": at(ms).wall.0, "source": source, "text": text }));
    }

    pub(crate) fn link(&mut self, ms: i64, source: &str, state: LinkState, reason: &str) {
        let link = Link { source: source.into(), state, reason: reason.into() };
        let sequence = self.entry(ms, 0, source, What::Link(link));
        let text = if reason.is_empty() { state.word().to_owned() } else { format!("{}: {reason}", state.word()) };
        self.notes.push(json!({ "seq": sequence.0, "atUs": at(ms).wall.0, "source": source, "text": text }));
    }

    /// An act; `said_ms` is when it was, if it was entered late.
    pub(crate) fn act(&mut self, ms: i64, said_ms: Option<i64>, act: Act) -> Sequence {
        let sequence = self.next();
        let session = self.session.as_ref().map_or_else(|| SessionId::from("3-2"), |session| session.id.clone());
        let by = Person { name: "Bø Ärzt".into(), role: Role::Nurse };
        let about = said_ms.map(|ms| About { wall: at(ms).wall, late: true });
        let done = Done { session, by, key: ActKey(u128::from(sequence.0)), about, act };
        self.acts.push(json!({
            "seq": sequence.0, "atUs": at(said_ms.unwrap_or(ms)).wall.0, "recordedUs": at(ms).wall.0,
            "late": said_ms.is_some(), "word": done.act.word(), "text": done.act.text().unwrap_or(""),
        }));
        match &mut self.session {
            Some(session) => session.apply(sequence, at(ms), done),
            None => self.session = Session::open(sequence, at(ms), done),
        }
        sequence
    }

    pub(crate) fn open(&mut self, ms: i64, patient: Patient, plan: Plan) {
        self.act(ms, None, Act::Opened { patient, plan, planned: false });
    }

    pub(crate) fn phase(&mut self, ms: i64, to: Phase) {
        self.act(ms, None, Act::Moved { to, reason: "".into() });
    }

    /// Values a person typed, all of one vital.
    pub(crate) fn typed(&mut self, ms: i64, said_ms: i64, vital: Vital, unit: Unit, numbers: &[i64]) {
        let typed: Vec<Decimal> = numbers.iter().map(|number| Decimal::whole(*number)).collect();
        let values = vec![TypedVital { vital, values: typed }];
        let sequence = self.act(ms, Some(said_ms), Act::Typed { values });
        let text: Vec<String> = numbers.iter().map(i64::to_string).collect();
        self.samples.push(json!({
            "seq": sequence.0, "measuredUs": at(said_ms).wall.0, "receivedUs": at(ms).wall.0,
            "source": "", "typedBy": "Bø Ärzt", "vital": vital.word(), "origin": "", "site": "", "values": text,
            "unit": unit.word(), "state": "valid", "reason": "", "artefact": false, "demo": false,
        }));
    }

    pub(crate) fn record(&self) -> Record {
        let Some(session) = self.session.clone() else { panic!("the script opens a session first") };
        Record::new("Window, left", session, &self.entries, "0.1.0")
    }

    /// The same record a day later, when somebody has signed it.
    pub(crate) fn signed(&self, by: &str) -> Record {
        let mut record = self.record();
        let by = Person { name: by.into(), role: Role::Clinician };
        let act = Act::Signed {
            meaning: "reviewed".into(),
            digest: [1; 32],
            key: [2; 32],
            signature: [3; 64],
            summary: "".into(),
        };
        let sequence = Sequence(self.next);
        let done = Done { session: record.session.id.clone(), by, key: ActKey(0), about: None, act };
        record.session.apply(sequence, at(SIGNED_MS), done);
        record
    }

    /// The signed record once somebody has added something to it.
    pub(crate) fn added(&self, by: &str, text: &str) -> Record {
        let mut record = self.signed(by);
        let by = Person { name: by.into(), role: Role::Clinician };
        let act = Act::Addendum { text: text.into() };
        let done = Done { session: record.session.id.clone(), by, key: ActKey(1), about: None, act };
        record.session.apply(Sequence(self.next + 1), at(ADDED_MS), done);
        record
    }

    /// What the log holds of the session, in the order of the log.
    pub(crate) fn held(&self) -> String {
        let Some(session) = &self.session else { panic!("the script opens a session first") };
        let Patient { id, name, born, .. } = &session.patient;
        json!({
            "session": session.id.as_str(), "chair": "Window, left", "beginUs": at(0).wall.0,
            "patient": { "id": id, "name": name, "born": born },
            "startedUs": session.started.map(|(received, _)| received.wall.0),
            "samples": self.samples, "acts": self.acts, "notes": self.notes,
        })
        .to_string()
    }
}

/// Digits as sent: one, or systolic, diastolic and mean (empty where not sent).
fn values(amount: Option<Amount>) -> Vec<String> {
    let text = |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
    match amount {
        None => Vec::new(),
        Some(Amount::One(value)) => vec![value.to_string()],
        Some(Amount::Pressure { systolic, diastolic, mean }) => vec![text(systolic), text(diastolic), text(mean)],
    }
}
