//! Thousands of small clinics, each a few hours long: patients come and go, monitors are moved, feeds are routed wrongly,
//! monitors name the patient before, repeat her cuff reading, or show test data; nurses start late, expect somebody, accept
//! a feed; the program is started again. An oracle that knows what really happened looks at every entry afterwards.

use super::*;
use crate::claim::last_of_another;
use crate::guard::Guard;
use crate::sessions::Sessions;
use chairside_observation::session::{Act, ActKey, Done, Patient, Person, Phase, Plan, Role, Session, SessionId};
use chairside_observation::{Deed, Doubt};

const SEEDS: u64 = 10_000;
const STEPS: u64 = 60;
const CHAIRS: usize = 2;
const MONITORS: usize = 3;

/// Numbers that only look random: the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    fn index(&mut self, most: usize) -> usize {
        usize::try_from(self.below(most as u64)).unwrap()
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// How a monitor tells when a cuff reading was measured.
#[derive(Clone, Copy, PartialEq)]
enum Tells {
    Time,
    Age,
    Nothing,
}

/// A monitor and what it really does.
struct Monitor {
    source: SourceId,
    tells: Tells,
    /// The patient's number as somebody typed it into the monitor, perhaps for the patient before.
    names: Option<u64>,
    says_device: bool,
    device: u64,
    cuff: Option<Cuff>,
}

/// The last cuff reading a monitor holds.
#[derive(Clone, Copy)]
struct Cuff {
    number: i64,
    measured_s: i64,
    /// The server heard it when it was new.
    known: bool,
    /// When it was last said over this connection.
    said_s: Option<i64>,
}

/// What really happened behind an entry.
#[derive(Clone)]
struct Truth {
    entry: Entry,
    measured_s: i64,
}

struct Clinic {
    dice: Dice,
    second: i64,
    roster: Roster,
    sessions: Sessions,
    guard: Guard,
    monitors: Vec<Monitor>,
    log: BTreeMap<Timeline, Vec<Truth>>,
    /// When each session's span really began, by its id.
    began_s: BTreeMap<SessionId, i64>,
    patients: u64,
}

fn chair_id(at: usize) -> ChairId {
    at.to_string().into()
}

impl Clinic {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let chairs = (0..CHAIRS).map(|c| (chair_id(c), "chair".into())).collect();
        let mut roster = Roster { chairs, ..Roster::default() };
        let mut monitors = Vec::new();
        for number in 0..MONITORS {
            let source = SourceId::from(format!("m{number}"));
            let chair = chair_id(dice.index(CHAIRS));
            let whole = dice.one_in(2);
            let beds = Binding::Beds(BTreeMap::from([("B".into(), chair.clone())]));
            roster.sources.insert(source.clone(), if whole { Binding::Chair(chair) } else { beds });
            let tells = [Tells::Time, Tells::Age, Tells::Nothing][dice.index(3)];
            let (says_device, device) = (dice.one_in(2), dice.below(3));
            monitors.push(Monitor { source, tells, names: None, says_device, device, cuff: None });
        }
        Self {
            dice,
            second: 0,
            roster,
            sessions: Sessions::default(),
            guard: Guard::default(),
            monitors,
            log: BTreeMap::new(),
            began_s: BTreeMap::new(),
            patients: 0,
        }
    }

    fn put(&mut self, timeline: Timeline, age: Micros, source: Option<SourceId>, what: What, measured_s: i64) -> Entry {
        let list = self.log.entry(timeline.clone()).or_default();
        let sequence = Sequence(list.len() as u64 + 1);
        let entry = Entry { timeline, sequence, received: at(self.second), age, source, what };
        list.push(Truth { entry: entry.clone(), measured_s });
        entry
    }

    /// A person does something; the recorder's own rules say whether it is possible.
    fn act(&mut self, chair: &ChairId, act: Act) {
        let timeline = Timeline::Chair(chair.clone());
        let sequence = Sequence(self.log.get(&timeline).map_or(0, Vec::len) as u64 + 1);
        let open = self.sessions.last(chair).filter(|session| session.is_open()).cloned();
        let id = open.as_ref().map_or_else(|| SessionId::opened(chair, sequence), |session| session.id.clone());
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let key = ActKey(u128::from(self.second.cast_unsigned()) << 64 | u128::from(sequence.0));
        let done = Done { session: id.clone(), by, key, about: None, act };
        let earliest = self.sessions.earliest(chair);
        let may = match &open {
            Some(session) => session.may(&done, at(self.second), earliest).is_ok(),
            None => done.may_open().is_ok(),
        };
        if !may {
            return;
        }
        let moves = matches!(done.act, Act::Opened { planned: false, .. } | Act::Moved { to: Phase::CheckedIn, .. });
        if moves {
            self.began_s.insert(id.clone(), self.second);
        }
        if let Act::Claimed { ago, .. } = &done.act {
            self.began_s.insert(id, self.second - ago.0 / 1_000_000);
        }
        let accepted = matches!(done.act, Act::Accepted { .. });
        let deed = What::Deed(Deed::Session(Box::new(done.clone())));
        self.put(timeline, Micros(0), None, deed, self.second);
        self.sessions.entered(chair, sequence, at(self.second), Some(&done));
        // The log answers now, or only after more was heard.
        if self.dice.one_in(4) {
            self.hears();
        }
        self.sessions.apply(chair, sequence, at(self.second), done);
        if let Some(session) = self.sessions.last(chair).filter(|_| accepted) {
            self.guard.reconsider(chair, session, at(self.second));
        }
    }

    fn opens(&mut self, chair: &ChairId) {
        self.patients += 1;
        let text = |text: &str| text.into();
        let id = self.patients.to_string();
        let patient =
            Patient { id: id.as_str().into(), name: text("Doe, Jane"), born: text("1980-02-29"), alias: text("D") };
        let plan = Plan {
            template: text("t"),
            number: 1,
            of: None,
            infusion_min: 1,
            cuff_infusing_min: 1,
            cuff_observing_min: 1,
            observe_min: 0,
            assess_first_min: 1,
            assess_later_min: 1,
        };
        let planned = self.dice.one_in(4);
        self.act(chair, Act::Opened { patient, plan, planned });
    }

    fn moves(&mut self, chair: &ChairId, to: Phase) {
        self.act(chair, Act::Moved { to, reason: "so".into() });
    }

    fn claims(&mut self, chair: &ChairId) {
        let Some(session) = self.sessions.last(chair).filter(|session| session.has_the_chair()).cloned() else {
            return;
        };
        let earliest = self.sessions.earliest(chair);
        let from = Sequence(earliest.0 + self.dice.below(session.from.0.saturating_sub(earliest.0) + 1));
        let timeline = Timeline::Chair(chair.clone());
        let claimed: Vec<Entry> =
            self.log[&timeline].iter().map(|t| t.entry.clone()).filter(|e| e.sequence >= from).collect();
        let (binding, roster) = (self.guard.binding(chair, &session), &self.roster);
        if last_of_another(&claimed, &session, &binding, &|source| roster.is_whole(source)).is_some() {
            return;
        }
        let ago = at(self.second).mono - claimed[0].received.mono;
        self.act(chair, Act::Claimed { from, ago });
    }

    fn accepts(&mut self, chair: &ChairId) {
        let Some(session) = self.sessions.last(chair).cloned() else { return };
        let rows = self.guard.rows(chair, &session);
        let Some(row) = rows.iter().find(|row| !row.says.fits()) else { return };
        let (source, bed) = (row.source.clone(), row.bed.clone());
        let (patient, device) = (row.patient.clone(), row.device.clone());
        self.act(chair, Act::Accepted { source, bed, patient, device, reason: "asked her".into() });
    }

    fn clears(&mut self, chair: &ChairId) {
        if self.sessions.last(chair).is_some_and(|session| session.is_open()) {
            return;
        }
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let deed = What::Deed(Deed::ChairCleared { by });
        let entry = self.put(Timeline::Chair(chair.clone()), Micros(0), None, deed, self.second);
        self.sessions.clear(chair, entry.sequence, entry.received);
    }

    /// Some monitor says something: a saturation, and perhaps the last cuff reading again.
    fn hears(&mut self) {
        let at_monitor = self.dice.index(MONITORS);
        let synthetic = self.dice.one_in(25);
        let late = if self.dice.one_in(6) { self.dice.below(600).cast_signed() } else { 0 };
        let monitor = &self.monitors[at_monitor];
        let context = Context {
            bed: Some("B".into()),
            patient: monitor.names.map(|names| format!("{names}^^^H").into()),
            device: monitor.says_device.then(|| format!("d{}", monitor.device).into()),
            ..Context::default()
        };
        let context = Some(Arc::new(context));
        let ago = Measured::Ago(Micros::from_secs(late));
        let saturation =
            Observation { measured: (late > 0).then_some(ago), context: context.clone(), synthetic, ..spo2(95, None) };
        self.says(at_monitor, saturation, late, self.second - late);
        let Some(Cuff { number, measured_s, known, said_s }) = self.monitors[at_monitor].cuff else { return };
        let amount =
            Amount::Pressure { systolic: Some(Decimal::whole(number)), diastolic: Some(Decimal::whole(1)), mean: None };
        let rests = said_s.is_none_or(|said_s| self.second - said_s > 60);
        if self.monitors[at_monitor].tells == Tells::Nothing && known && rests {
            // Whoever repeats without a time does so often, or the decoder says it once.
            return;
        }
        let age = self.second - measured_s;
        let (reading, measured) = match self.monitors[at_monitor].tells {
            Tells::Time => {
                let unix_s = at(measured_s).wall.0 / 1_000_000;
                (Reading::Valid(amount), Civil::from_unix_s(unix_s).map(|at| Measured::At { at, sent: None }))
            }
            Tells::Age => (Reading::Valid(amount), Some(Measured::Ago(Micros::from_secs(age)))),
            // What a decoder hears first of such a monitor is of unknown age; then it is told when it changes.
            Tells::Nothing if known => (Reading::Valid(amount), None),
            Tells::Nothing => (Reading::Questionable(amount, Doubt::UnknownTime), None),
        };
        let own = if measured.is_some() { age } else { 0 };
        let cuff = Observation { vital: Vital::Nibp, unit: Unit::MmHg, reading, measured, context, ..spo2(1, None) };
        self.says(at_monitor, cuff, own, measured_s);
        self.monitors[at_monitor].cuff = Some(Cuff { number, measured_s, known, said_s: Some(self.second) });
    }

    fn says(&mut self, monitor: usize, o: Observation, age_s: i64, measured_s: i64) {
        let source = self.monitors[monitor].source.clone();
        let what = What::Reading(o);
        let placed =
            self.guard.place(&self.roster, &self.sessions, &source, at(self.second), &what, Micros::from_secs(age_s));
        self.put(placed.timeline, placed.age, Some(source), what, measured_s);
    }

    /// A new measurement, seen by the server at once when the monitor is connected.
    fn measures(&mut self) {
        let monitor = self.dice.index(MONITORS);
        let number = 100 + self.dice.below(30).cast_signed();
        let connected = !self.dice.one_in(4);
        // One that says no time is only known to be new where the one before was heard.
        let known = connected && self.monitors[monitor].cuff.is_some_and(|cuff| cuff.said_s.is_some());
        let (measured_s, said_s) = (self.second, known.then_some(self.second));
        self.monitors[monitor].cuff = Some(Cuff { number, measured_s, known, said_s });
        if known {
            self.says_cuff_now(monitor, number);
        }
    }

    fn says_cuff_now(&mut self, monitor: usize, number: i64) {
        let amount =
            Amount::Pressure { systolic: Some(Decimal::whole(number)), diastolic: Some(Decimal::whole(1)), mean: None };
        let names = self.monitors[monitor].names.map(|names| names.to_string().into());
        let context = Some(Arc::new(Context { bed: Some("B".into()), patient: names, ..Context::default() }));
        let reading = Reading::Valid(amount);
        let cuff = Observation { vital: Vital::Nibp, unit: Unit::MmHg, reading, context, ..spo2(1, None) };
        self.says(monitor, cuff, 0, self.second);
    }

    /// The program is started again: everything is known from the log only.
    fn restarts(&mut self) {
        (self.sessions, self.guard) = (Sessions::default(), Guard::default());
        let roster = Arc::new(self.roster.clone());
        for (timeline, truths) in &self.log {
            let entries: Vec<Entry> = truths.iter().map(|truth| truth.entry.clone()).collect();
            let mut latest: BTreeMap<_, Entry> = BTreeMap::new();
            for entry in &entries {
                if let What::Reading(o) = &entry.what {
                    latest.insert((entry.source.clone(), o.vital), entry.clone());
                }
            }
            let latest: Vec<Entry> = latest.into_values().collect();
            self.guard.remember_cuffs(&latest);
            let Timeline::Chair(chair) = timeline else { continue };
            for entry in &entries {
                match &entry.what {
                    What::Deed(Deed::Session(done)) => {
                        self.sessions.apply(chair, entry.sequence, entry.received, (**done).clone());
                    }
                    What::Deed(_) => self.sessions.clear(chair, entry.sequence, entry.received),
                    _ => {}
                }
            }
            if let Some(session) = self.sessions.holder(chair) {
                let first = usize::try_from(session.from.0 - 1).unwrap();
                let first = &entries[first..entries.len().min(first + REPLAY_PAGE)];
                self.guard.remember(chair, session, &|source| roster.is_whole(source), [first, &latest]);
            }
        }
    }

    fn step(&mut self) {
        self.second += 1 + self.dice.below(90).cast_signed();
        let chair = chair_id(self.dice.index(CHAIRS));
        let monitor = self.dice.index(MONITORS);
        match self.dice.below(24) {
            0 | 1 => self.opens(&chair),
            2 => self.moves(&chair, Phase::CheckedIn),
            3 => self.moves(&chair, Phase::Cancelled),
            4 | 5 => self.claims(&chair),
            6 => self.accepts(&chair),
            7 => self.clears(&chair),
            // Somebody types a patient's number into a monitor: the right one, or one of before.
            8 | 9 => {
                let number = 1 + self.dice.below(self.patients.max(1));
                self.monitors[monitor].names = (!self.dice.one_in(3)).then_some(number);
            }
            10 => self.monitors[monitor].device = self.dice.below(3),
            11 => {
                let source = self.monitors[monitor].source.clone();
                if !self.roster.is_whole(&source) {
                    let chair = (!self.dice.one_in(4)).then_some(chair);
                    self.roster.apply(&Deed::FeedAssigned { source, bed: "B".into(), chair });
                }
            }
            12 => self.restarts(),
            13 => {
                // The cable was pulled and is back: the decoder begins anew.
                if let Some(cuff) = &mut self.monitors[monitor].cuff {
                    (cuff.known, cuff.said_s) = (false, None);
                }
            }
            14 | 15 => self.measures(),
            _ => self.hears(),
        }
    }
}

/// Sessions of a chair, put together from the log only.
fn sessions_of(entries: &[Truth]) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    for truth in entries {
        let What::Deed(Deed::Session(done)) = &truth.entry.what else { continue };
        let (sequence, received) = (truth.entry.sequence, truth.entry.received);
        match sessions.last_mut().filter(|session| session.is_open()) {
            Some(session) => session.apply(sequence, received, (**done).clone()),
            None => sessions.extend(Session::open(sequence, received, (**done).clone())),
        }
    }
    sessions
}

/// What the oracle found in all clinics.
#[derive(Debug, Default)]
struct Found {
    hers: u64,
    named: u64,
    claimed: u64,
    repeated: u64,
}

/// Looks at every entry of every span, knowing what really happened.
fn judge(seed: u64, clinic: &Clinic, found: &mut Found) {
    for (timeline, entries) in &clinic.log {
        if !matches!(timeline, Timeline::Chair(_)) {
            continue;
        }
        let sessions = sessions_of(entries);
        for Truth { entry, measured_s } in entries {
            let owners: Vec<&Session> = sessions.iter().filter(|session| session.holds(entry)).collect();
            assert!(owners.len() <= 1, "seed {seed}: {entry:?} has two owners");
            let (Some(session), What::Reading(o)) = (owners.first(), &entry.what) else { continue };
            if session.phase == Phase::Planned {
                continue;
            }
            let place = format!("seed {seed}, {} {}, of {}", timeline.key(), entry.sequence.0, session.id);
            let Some(began_s) = clinic.began_s.get(&session.id) else {
                // Expected and cancelled: she never had the chair, so nothing is said to be hers.
                continue;
            };
            assert!(!o.synthetic, "{place}: test data");
            assert!(measured_s >= began_s, "{place}: measured at {measured_s}, she came at {began_s}: {o:?}");
            found.hers += 1;
            found.claimed += u64::from(entry.sequence < session.acts[0].sequence);
            found.repeated += u64::from(o.vital == Vital::Nibp && entry.age > Micros(0));
            let context = o.context.as_deref().unwrap();
            let Some(named) = context.patient.as_deref() else { continue };
            let number = named.split('^').next().unwrap();
            let accepted = session.acts.iter().any(|kept| {
                let Act::Accepted { patient, device, .. } = &kept.done.act else { return false };
                let said = context.device.as_deref().unwrap_or_default();
                kept.sequence < entry.sequence && **patient == *named && **device == *said
            });
            assert!(number == &*session.patient.id || accepted, "{place}: it names {named}");
            found.named += 1;
        }
    }
}

#[test]
fn h01_p07_in_ten_thousand_clinics_no_reading_is_another_patients() {
    let mut found = Found::default();
    for seed in 0..SEEDS {
        let mut clinic = Clinic::new(seed);
        for _ in 0..STEPS {
            clinic.step();
        }
        judge(seed, &clinic, &mut found);
    }
    // The clinics are not empty, and withholding everything would be no answer.
    let Found { hers, named, claimed, repeated } = found;
    assert!(hers > 50_000 && named > 10_000 && claimed > 5_000 && repeated > 5_000, "{found:?}");
}
