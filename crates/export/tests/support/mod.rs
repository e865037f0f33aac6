//! A small session, made by hand: what stands in it is what the tests expect.

#![allow(dead_code)]

pub(crate) mod cases;

use chairside_export::{Offsets, Record};
use chairside_observation::clinic::{self, Changed, ClinicLimit};
use chairside_observation::session::{
    About, Act, ActKey, BaselineValue, Done, EntryKind, Patient, Person, Phase, Plan, Role, Session, SessionId,
    TypedVital,
};
use chairside_observation::{
    Absence, Amount, Decimal, Deed, Doubt, Entry, Limits, Link, LinkState, Micros, NoticeKind, Observation, Origin,
    Past, Reading, Received, Sequence, Skip, Timeline, Unit, Vital, What,
};

/// 2026-03-02 09:00:00 UTC plus `s`.
pub(crate) fn at(s: i64) -> Received {
    Received { mono: Micros::from_secs(1_000 + s), wall: Micros::from_secs(1_772_442_000 + s) }
}

/// Berlin in winter.
pub(crate) struct Winter;
impl Offsets for Winter {
    fn offset_min(&self, _: Micros) -> i16 {
        60
    }
}

/// The clocks go forward half an hour into the session.
pub(crate) struct Change;
impl Offsets for Change {
    fn offset_min(&self, utc: Micros) -> i16 {
        if utc < at(1800).wall { 60 } else { 120 }
    }
}

/// Puts a session together.
pub(crate) struct Maker {
    pub(crate) entries: Vec<Entry>,
    pub(crate) session: Option<Session>,
    /// How the clinic's limits were set.
    past: Past,
    next: u64,
}

impl Maker {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), session: None, past: Past::default(), next: 1 }
    }

    fn push(&mut self, s: i64, age_s: i64, what: What) -> Sequence {
        let sequence = Sequence(self.next);
        self.next += 1;
        self.entries.push(Entry {
            timeline: Timeline::Chair("1".into()),
            sequence,
            received: at(s),
            age: Micros::from_secs(age_s),
            source: Some("bed".into()),
            what,
        });
        sequence
    }

    pub(crate) fn deed(&mut self, s: i64, deed: Deed) -> Sequence {
        let sequence = self.push(s, 0, What::Deed(deed));
        if let Some(entry) = self.entries.last_mut() {
            entry.source = None;
        }
        sequence
    }

    pub(crate) fn link(&mut self, s: i64, state: LinkState, reason: &str) -> Sequence {
        self.push(s, 0, What::Link(Link { source: "bed".into(), state, reason: reason.into() }))
    }

    pub(crate) fn skipped(&mut self, s: i64, bytes: std::ops::Range<u64>) -> Sequence {
        self.push(s, 0, What::Skipped { bytes, skip: Skip::NotAFrame })
    }

    pub(crate) fn what(&mut self, s: i64, what: What) -> Sequence {
        self.push(s, 0, what)
    }

    /// Does more in a session that is over in `self`: its last act comes after it.
    pub(crate) fn insert(&mut self, more: impl FnOnce(&mut Self)) {
        let Some(session) = &mut self.session else { return };
        let last = session.acts.pop();
        session.phase = Phase::Observing;
        session.through = None;
        more(self);
        if let Some(last) = last {
            let s = (last.received.mono - at(0).mono).0 / 1_000_000;
            self.act(s.max(14_400), last.done.act);
        }
    }

    pub(crate) fn late(&mut self, s: i64, said: i64, act: Act) -> Sequence {
        self.about(s, Some(About { wall: at(said).wall, late: true }), act)
    }

    pub(crate) fn act(&mut self, s: i64, act: Act) -> Sequence {
        self.about(s, None, act)
    }

    fn about(&mut self, s: i64, about: Option<About>, act: Act) -> Sequence {
        let sequence = Sequence(self.next);
        self.next += 1;
        let by = person("Ada");
        let session = self.session.as_ref().map_or_else(|| SessionId::from("1-1"), |session| session.id.clone());
        let done = Done { session, by, key: ActKey(u128::from(sequence.0)), about, act };
        match &mut self.session {
            Some(session) => session.apply(sequence, at(s), done),
            None => self.session = Session::open(sequence, at(s), done),
        }
        sequence
    }

    pub(crate) fn open(&mut self, s: i64) {
        let text = |text: &str| text.into();
        let patient = Patient { id: text("20041"), name: text("=Doe"), born: text("1980-02-29"), alias: text("JD") };
        let plan = Plan {
            template: text("IV 40 min"),
            number: 2,
            of: Some(6),
            infusion_min: 40,
            cuff_infusing_min: 10,
            cuff_observing_min: 15,
            observe_min: 0,
            assess_first_min: 15,
            assess_later_min: 30,
        };
        self.act(s, Act::Opened { patient, plan, planned: false });
    }

    pub(crate) fn phase(&mut self, s: i64, to: Phase) {
        self.act(s, Act::Moved { to, reason: "".into() });
    }

    pub(crate) fn entry(&mut self, s: i64, kind: EntryKind, score: Option<i8>, text: &str) -> Sequence {
        self.act(s, Act::Entry { kind, score, text: text.into() })
    }

    pub(crate) fn typed(&mut self, s: i64, vital: Vital, values: &[i64]) {
        let values = values.iter().map(|value| Decimal::whole(*value)).collect();
        self.act(s, Act::Typed { values: vec![TypedVital { vital, values }] });
    }

    pub(crate) fn baseline(&mut self, s: i64, vital: Vital, values: &[i64], from: Sequence) {
        let values = values.iter().map(|value| Decimal::whole(*value)).collect();
        self.act(s, Act::Baseline { values: vec![BaselineValue { vital, values, from: (from, from) }] });
    }

    pub(crate) fn one(&mut self, s: i64, vital: Vital, value: i64) -> Sequence {
        self.reading(s, 0, vital, Reading::Valid(Amount::One(Decimal::whole(value))))
    }

    pub(crate) fn doubted(&mut self, s: i64, vital: Vital, value: i64) -> Sequence {
        let doubt = Reading::Questionable(Amount::One(Decimal::whole(value)), Doubt::Motion);
        self.reading(s, 0, vital, doubt)
    }

    pub(crate) fn absent(&mut self, s: i64, vital: Vital) -> Sequence {
        self.reading(s, 0, vital, Reading::Absent(Absence::SensorOff))
    }

    pub(crate) fn cuff(&mut self, s: i64, age_s: i64, systolic: i64, diastolic: i64) -> Sequence {
        let part = |value| Some(Decimal::whole(value));
        let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(diastolic), mean: None };
        self.reading(s, age_s, Vital::Nibp, Reading::Valid(amount))
    }

    pub(crate) fn reading(&mut self, s: i64, age_s: i64, vital: Vital, reading: Reading) -> Sequence {
        let unit = match vital {
            Vital::Spo2 => Unit::Percent,
            Vital::Nibp => Unit::MmHg,
            _ => Unit::PerMin,
        };
        let origin = Some(if vital == Vital::Nibp { Origin::Cuff } else { Origin::Pleth });
        let observation = Observation { origin, ..Observation::new(vital, reading, unit, 0..1) };
        self.push(s, age_s, What::Reading(observation))
    }

    pub(crate) fn record(&self) -> Record {
        let session = self.session.clone().expect("it was opened");
        Record::new("Window", session, &self.entries, "0.1.0").with_past(&self.past)
    }

    /// The clinic sets a limit: on or off, with these numbers.
    pub(crate) fn limit(&mut self, s: i64, kind: NoticeKind, on: bool, numbers: &str) {
        let limit = ClinicLimit { kind, on, limits: Limits::parse(numbers).expect("limits") };
        let changed = Changed { by: person("Lee"), change: clinic::Change::Limit(limit) };
        self.past.hear(at(s), &Deed::ClinicChanged(Box::new(changed)));
    }
}

pub(crate) fn person(name: &str) -> Person {
    Person { name: name.into(), role: Role::Nurse }
}
