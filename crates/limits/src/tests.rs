//! One chair through time: a parameter, never a clock.

use crate::{Around, Due, QUIET_LOOK, QUIET_URGENT, Settings, Standing, Watch};
use chairside_observation::session::{
    About, Act, ActKey, BaselineValue, Done, EntryKind, Patient, Person, Phase, Plan, Role, Session, SessionId,
};
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Entry, Flag, Flags, Link, LinkState, Micros, NoticeKind, NoticeState, Noticed,
    Observation, Preference, Reading, Received, Sequence, SourceId, Timeline, Unit, Vital, What,
};

mod holds;
mod pressure;
mod seen;
mod silence;

/// A chair with a monitor, its session and its clock.
struct Chair {
    watch: Watch,
    session: Session,
    settings: Settings,
    due: Due,
    now_s: i64,
    head: u64,
    told: Vec<Noticed>,
}

fn at(second: i64) -> Received {
    // The two clocks have nothing in common but their pace.
    Received { mono: Micros::from_secs(5_000 + second), wall: Micros::from_secs(1_800_000_000 + second) }
}

fn person(name: &str, role: Role) -> Person {
    Person { name: name.into(), role }
}

fn text(text: &str) -> Box<str> {
    text.into()
}

fn opening(key: u128) -> Done {
    let patient = Patient { id: text("4711"), name: text("Doe"), born: text("1980-02-29"), alias: text("JD") };
    let plan = Plan {
        template: text("IV"),
        number: 1,
        of: None,
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 0,
        assess_first_min: 15,
        assess_later_min: 30,
    };
    let session = SessionId::opened(&"1".into(), Sequence(10));
    let act = Act::Opened { patient, plan, planned: false };
    Done { session, by: person("Ada", Role::Nurse), key: ActKey(key), about: None, act }
}

fn whole(n: i64) -> Decimal {
    Decimal::whole(n)
}

fn valid(n: i64) -> Reading {
    Reading::Valid(Amount::One(whole(n)))
}

fn pressure(systolic: i64, diastolic: i64) -> Reading {
    let mean = Some(whole((systolic + 2 * diastolic) / 3));
    Reading::Valid(Amount::Pressure { systolic: Some(whole(systolic)), diastolic: Some(whole(diastolic)), mean })
}

fn unit_of(vital: Vital) -> Unit {
    match vital {
        Vital::Nibp | Vital::EtCo2 => Unit::MmHg,
        Vital::Spo2 => Unit::Percent,
        _ => Unit::PerMin,
    }
}

impl Chair {
    /// A session that was opened at second 0 and is infusing, with these kinds switched on at the numbers a clinic begins
    /// with.
    fn infusing(on: &[NoticeKind]) -> Self {
        let mut chair = Self::checked_in(on);
        chair.moved(Phase::Baseline);
        chair.moved(Phase::Infusing);
        chair
    }

    fn checked_in(on: &[NoticeKind]) -> Self {
        let mut chair = Self {
            watch: Watch::default(),
            session: Session::open(Sequence(10), at(0), opening(1)).unwrap(),
            settings: Settings::default(),
            due: Due::default(),
            now_s: 0,
            head: 10,
            told: Vec::new(),
        };
        chair.switch_on(on);
        chair
    }

    fn switch_on(&mut self, on: &[NoticeKind]) {
        self.settings = on.iter().map(|kind| (*kind, kind.limits())).collect();
    }

    fn around<T>(&mut self, then: impl FnOnce(&mut Watch, &Around<'_>) -> T) -> T {
        let (prefer, sources) = (Preference::default(), [SourceId::from("a"), SourceId::from("b")]);
        let around = Around {
            now: at(self.now_s),
            settings: &self.settings,
            session: Some(&self.session),
            due: self.due,
            prefer: &prefer,
            sources: &sources,
        };
        then(&mut self.watch, &around)
    }

    fn look(&mut self) {
        let told = self.around(Watch::look);
        self.told.extend(told);
    }

    /// Lets seconds pass, as the program does: a look each second.
    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now_s += 1;
            self.look();
        }
    }

    fn entry(&mut self, source: &str, what: What, age_s: i64) -> Entry {
        self.head += 1;
        Entry {
            timeline: Timeline::Chair("1".into()),
            sequence: Sequence(self.head),
            received: at(self.now_s),
            age: Micros::from_secs(age_s),
            source: Some(source.into()),
            what,
        }
    }

    fn hear_entry(&mut self, entry: &Entry) -> u64 {
        let told = self.around(|watch, around| watch.hear(entry, around));
        self.told.extend(told);
        entry.sequence.0
    }

    fn hear_as(&mut self, vital: Vital, reading: Reading, change: impl FnOnce(&mut Observation)) -> u64 {
        let mut said = Observation::new(vital, reading, unit_of(vital), 0..1);
        change(&mut said);
        let entry = self.entry("a", What::Reading(said), 0);
        self.hear_entry(&entry)
    }

    /// A reading now. Gives its sequence.
    fn hear(&mut self, vital: Vital, reading: Reading) -> u64 {
        self.hear_as(vital, reading, |_| {})
    }

    /// The same value once a second for so long.
    fn hear_for(&mut self, seconds: i64, vital: Vital, value: i64) {
        for _ in 0..seconds {
            self.now_s += 1;
            self.hear(vital, valid(value));
            self.look();
        }
    }

    fn act_by(&mut self, by: Person, about: Option<About>, act: Act) -> u64 {
        self.head += 1;
        let (session, key) = (self.session.id.clone(), ActKey(self.head.into()));
        let done = Done { session, by, key, about, act };
        assert_eq!(self.session.may(&done, at(self.now_s), Sequence(1)), Ok(()));
        self.session.apply(Sequence(self.head), at(self.now_s), done);
        self.look();
        self.head
    }

    fn act(&mut self, act: Act) -> u64 {
        self.act_by(person("Ada", Role::Nurse), None, act)
    }

    fn moved(&mut self, to: Phase) {
        self.act(Act::Moved { to, reason: text("") });
    }

    fn baseline(&mut self, systolic: i64, diastolic: i64, mean: i64) {
        let values = [systolic, diastolic, mean].map(whole).to_vec();
        let values = vec![BaselineValue { vital: Vital::Nibp, values, from: (Sequence(1), Sequence(1)) }];
        self.act(Act::Baseline { values });
    }

    fn score(&mut self, kind: EntryKind, score: i8) -> u64 {
        self.act(Act::Entry { kind, score: Some(score), text: text("") })
    }

    fn mark(&mut self, vital: Vital, first: u64, last: u64) -> u64 {
        self.act(Act::Artefact { vital, span: (Sequence(first), Sequence(last)), reason: text("probe") })
    }

    fn standing(&self) -> Vec<Standing> {
        self.watch.standing(at(self.now_s))
    }

    /// What stands, such as `spo2 urgent 88 (90)`.
    fn stands(&self) -> Vec<String> {
        let line = |it: &Standing| format!("{} {} {} ({})", it.kind.word(), it.level.word(), it.value, it.limit);
        self.standing().iter().map(line).collect()
    }

    /// What the log got since the last call, such as `spo2 urgent` or `spo2 over: no signal`.
    fn told(&mut self) -> Vec<String> {
        let line = |it: Noticed| match it.state {
            NoticeState::Stands(level) => format!("{} {}", it.kind.word(), level.word()),
            NoticeState::Over(end) => format!("{} over: {}", it.kind.word(), end.word()),
        };
        std::mem::take(&mut self.told).into_iter().map(line).collect()
    }
}
