//! A thousand clinic days in simulated time: real decoders, the real cutting of streams, the real recorder, hub and
//! freshness rules; bytes, cables, disks, clocks, starts of the program and people come out of a seed. An oracle that knows
//! what each monitor really said looks at every screen and, in the evening, at every entry of the log.
//!
//! A failing day names its seed: `CHAIRSIDE_DAY=17 cargo test -p chairside-tests clinic_days` runs it again. What happens
//! is the seed's alone; in which order tasks run that are ready at the same moment is tokio's.

use chairside_decode::catalog::Protocol;
use chairside_decode::{Decoder, Finding};
use chairside_hub::{Event, Hub, Recording, Screen};
use chairside_ingest::tail::Tail;
use chairside_observation::session::{Act, ActKey, Patient, Person, Phase, Plan, Role, SessionId};
use chairside_observation::{
    Amount, ChairId, Civil, Decimal, Entry, FrameKey, FrameKind, Freshness, LinkState, Micros, Reading, Received,
    Sequence, SourceId, Timeline, Vital, What, Zone, freshness,
};
use chairside_recorder::{Binding, Clock, Heard, NotRecorded, Press, Receipt, Recorder, Roster};
use chairside_sim::hl7::{Dialect, Encoder, Identity, Snapshot, frame};
use chairside_sim::nellcor::{Code, Row};
use chairside_sim::patient::Patient as Body;
use chairside_sim::rng::Rng;
use chairside_store::Committed;
use chairside_store::memory::{Fault, MemoryDisk};
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const DAYS: u64 = 1_000;
/// A clinic's day.
const DAY_S: i64 = 8 * 3600;
/// Longest time without anything happening.
const STEP_S_MAX: usize = 40;
/// 2026-09-21T14:13:20Z.
const BEGIN_US: i64 = 1_790_000_000_000_000;
const CHAIRS: [&str; 2] = ["1", "2"];
/// What is compared: every one of these that a monitor said, and no other.
const COMPARED: [Vital; 3] = [Vital::Spo2, Vital::PulseRate, Vital::HeartRate];

struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

/// The machine's clocks. They outlive every start of the program.
#[derive(Clone, Default)]
struct Clocks {
    mono_us: Arc<AtomicI64>,
    /// How far somebody has set the wall clock off.
    off_us: Arc<AtomicI64>,
}

impl Clocks {
    fn now(&self) -> Received {
        let mono = self.mono_us.load(Ordering::SeqCst);
        Received { mono: Micros(mono), wall: Micros(BEGIN_US + mono + self.off_us.load(Ordering::SeqCst)) }
    }
}

/// What makes the bytes of a monitor.
enum Voice {
    Nellcor,
    Hl7(Box<Encoder>),
}

/// A monitor, its cable, and our ear at it.
struct Line {
    id: SourceId,
    chair: ChairId,
    voice: Voice,
    body: Body,
    decoder: Box<dyn Decoder>,
    tail: Tail,
    plugged: bool,
    /// The last message, which some gateways send again, and what it means.
    last: (Vec<u8>, Vec<(Vital, u16)>),
}

/// Something a monitor really said.
#[derive(Debug)]
struct Said {
    source: SourceId,
    at: Received,
    vital: Vital,
    value: Decimal,
    /// The log gave its word.
    receipted: bool,
    /// The program was killed before it did: it may be there or not.
    maybe: bool,
}

type Waiting = Pin<Box<dyn Future<Output = Result<Committed, NotRecorded>>>>;

/// A screen and what stands on it.
struct Watcher {
    screen: Screen,
    heads: BTreeMap<Timeline, Sequence>,
    shown: BTreeMap<(SourceId, Vital), (Received, Decimal)>,
    every: BTreeMap<SourceId, Micros>,
}

/// One day. What stands here outlives the program.
struct Day {
    seed: u64,
    rng: Rng,
    clocks: Clocks,
    disk: MemoryDisk,
    fault: Fault,
    fault_since_s: i64,
    lines: Vec<Line>,
    said: Vec<Said>,
    waiting: Vec<(Range<usize>, Waiting)>,
    cables_pulled: usize,
    killed: usize,
    presses: u64,
    /// The session open at each chair when the program was stopped in order.
    open: Option<[Option<SessionId>; 2]>,
}

/// One start of the program.
struct Run {
    recorder: Recorder,
    hub: Hub,
    watchers: Vec<Watcher>,
}

fn decoder(voice: &Voice) -> Box<dyn Decoder> {
    let (protocol, profile) = match voice {
        Voice::Nellcor => (Protocol::Nellcor, None),
        Voice::Hl7(_) => (Protocol::Hl7, Some("mindray")),
    };
    protocol.decoder(profile).expect("a protocol of the catalog")
}

impl Line {
    fn new(id: &str, chair: &str, voice: Voice, seed: u64) -> Self {
        let (id, decoder) = (SourceId::from(id), decoder(&voice));
        let tail = Tail::new(id.clone(), decoder.max_held());
        let body = Body::new(seed);
        Self { id, chair: chair.into(), voice, body, decoder, tail, plugged: true, last: (Vec::new(), Vec::new()) }
    }

    /// What it says now, and what that means. Without a finger the oximeter says so, and nothing else.
    fn speaks(&mut self, now: Received, finger: bool) -> (Vec<u8>, Vec<(Vital, u16)>) {
        #[allow(clippy::cast_precision_loss)]
        let vitals = self.body.at((now.mono.0 / 1_000_000) as f64 % 7200.0);
        // The monitor has a clock of its own: whoever sets the server's sets nothing here.
        let stamp = jiff::Timestamp::from_microsecond(BEGIN_US + now.mono.0).expect("a time of this century");
        match &mut self.voice {
            Voice::Nellcor => {
                let civil = stamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
                if !finger {
                    return (Row::without_value(Code::SO, civil).encode(), Vec::new());
                }
                let said = vec![(Vital::Spo2, vitals.spo2), (Vital::PulseRate, vitals.pulse_rate)];
                (Row::of(&vitals, chairside_sim::limits::Limits::default(), civil).encode(), said)
            }
            Voice::Hl7(encoder) => {
                let message = encoder.message(&Snapshot::of(&vitals, finger, None), stamp);
                let mut said = vec![(Vital::HeartRate, vitals.heart_rate)];
                if finger {
                    said.extend([(Vital::PulseRate, vitals.pulse_rate), (Vital::Spo2, vitals.spo2)]);
                }
                (frame(&message.bytes), said)
            }
        }
    }

    /// Bytes arrive in pieces, as a port or socket gives them.
    fn hears(&mut self, now: Received, bytes: &[u8], rng: &mut Rng) -> Vec<Heard> {
        let (mut heard, mut rest) = (Vec::new(), bytes);
        let mut findings: Vec<Finding> = Vec::new();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + rng.below(rest.len()));
            self.tail.push(piece);
            self.decoder.feed(now.mono, piece, &mut findings);
            heard.extend(self.tail.cut(now, &mut findings));
            rest = after;
        }
        heard
    }

    /// The cable is out: what was held is all there will be of this stream.
    fn ends(&mut self, now: Received) -> Vec<Heard> {
        let mut findings = Vec::new();
        self.decoder.finish(now.mono, &mut findings);
        let mut heard = self.tail.cut(now, &mut findings);
        heard.extend(self.tail.rest(now));
        self.decoder = decoder(&self.voice);
        self.tail = Tail::new(self.id.clone(), self.decoder.max_held());
        heard
    }
}

/// Noise that is no line and no message of any monitor, and ends where lines end.
fn noise(rng: &mut Rng) -> Vec<u8> {
    let count = rng.below(60);
    let mut bytes = rng.bytes(count);
    bytes.retain(|byte| !matches!(byte, 0x0B | 0x1C));
    bytes.extend(b"\r\n");
    bytes
}

/// The number of a reading that is compared.
fn number(what: &What) -> Option<(Vital, Decimal)> {
    let What::Reading(o) = what else { return None };
    let (Reading::Valid(amount) | Reading::Questionable(amount, _)) = &o.reading else { return None };
    match amount {
        Amount::One(value) if COMPARED.contains(&o.vital) => Some((o.vital, *value)),
        _ => None,
    }
}

impl Watcher {
    fn join(hub: &Hub) -> Self {
        let (heads, shown, every) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut watcher = Self { screen: hub.join(), heads, shown, every };
        watcher.follow();
        watcher
    }

    fn follow(&mut self) {
        for chair in CHAIRS {
            let timeline = Timeline::Chair(chair.into());
            let snapshot = self.screen.follow(&timeline);
            for entry in &snapshot.latest {
                self.show(entry);
            }
            self.every.extend(snapshot.every);
            self.heads.insert(timeline, snapshot.head);
        }
    }

    /// What has no number any more shows none: a finger that is out, a mark that replaces the digits.
    fn show(&mut self, entry: &Entry) {
        let (Some(source), What::Reading(o)) = (&entry.source, &entry.what) else { return };
        let place = (source.clone(), o.vital);
        match number(&entry.what) {
            Some((_, value)) => self.shown.insert(place, (entry.received, value)),
            None => self.shown.remove(&place),
        };
    }

    /// Takes everything that waits.
    fn looks(&mut self, hub: &Hub, place: &str) {
        loop {
            match self.screen.next().now_or_never() {
                None => return,
                Some(Ok(Event::Told(_))) => {}
                Some(Ok(Event::Dropped(_))) => self.follow(),
                Some(Err(_)) => *self = Self::join(hub),
                Some(Ok(Event::Update(update))) => {
                    let head = self.heads.get_mut(&update.timeline).expect("a timeline it follows");
                    for entry in &update.entries {
                        // What a fresh snapshot held already comes once more, and nothing is left out.
                        assert!(
                            entry.sequence.0 <= head.0 + 1,
                            "{place}: {head:?} is followed by {:?}",
                            entry.sequence
                        );
                        *head = (*head).max(entry.sequence);
                    }
                    for entry in &update.entries {
                        self.show(entry);
                        self.every.extend(entry.source.clone().zip(update.every));
                    }
                }
            }
        }
    }
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let who = Identity { bed: "B2".into(), ..Identity::default() };
        let run_id = format!("d{seed}");
        let encoder = Encoder::new(Dialect::Mindray, who, 1, &run_id, jiff::tz::Offset::UTC);
        let lines = vec![
            Line::new("com1", "1", Voice::Nellcor, rng.next_u64()),
            Line::new("com2", "2", Voice::Nellcor, rng.next_u64()),
            Line::new("gateway", "2", Voice::Hl7(Box::new(encoder)), rng.next_u64()),
        ];
        let clocks = Clocks::default();
        clocks.mono_us.store(1_000_000_000, Ordering::SeqCst);
        Self {
            seed,
            rng,
            clocks,
            disk: MemoryDisk::default(),
            fault: Fault::None,
            fault_since_s: 0,
            lines,
            said: Vec::new(),
            waiting: Vec::new(),
            cables_pulled: 0,
            killed: 0,
            presses: 0,
            open: None,
        }
    }

    fn second(&self) -> i64 {
        self.clocks.now().mono.0 / 1_000_000 - 1_000
    }

    fn place(&self) -> String {
        format!("seed {}, second {}", self.seed, self.second())
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.rng.below(many) == 0
    }

    /// Time passes, for everybody.
    async fn passes(&self, seconds: usize) {
        let begin = self.clocks.mono_us.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
        self.clocks.mono_us.store(begin + seconds as i64 * 1_000_000, Ordering::SeqCst);
        // Whoever woke at that very moment goes first.
        tokio::task::yield_now().await;
    }

    async fn starts(&self) -> Run {
        let chairs = CHAIRS.map(|chair| (chair.into(), chair.into())).to_vec();
        let mut roster = Roster { chairs, ..Roster::default() };
        for line in &self.lines {
            roster.sources.insert(line.id.clone(), Binding::Chair(line.chair.clone()));
            roster.order.push(line.id.clone());
        }
        let (hub, clocks) = (Hub::new(), self.clocks.clone());
        let clock: Clock = Arc::new(move || clocks.now());
        let log = Arc::new(self.disk.log());
        let recorder = chairside_recorder::start(log, hub.clone(), roster, Arc::new(Utc), clock).await;
        let recorder = recorder.expect("a log in memory can be read");
        let watchers = vec![Watcher::join(&hub), Watcher::join(&hub)];
        Run { recorder, hub, watchers }
    }

    /// A monitor speaks; sometimes there is noise before it, or the message of before once more.
    fn speaks(&mut self, run: &Run, at: usize) {
        let now = self.clocks.now();
        if !self.lines[at].plugged {
            return;
        }
        if self.one_in(40) {
            let bytes = noise(&mut self.rng);
            let heard = self.lines[at].hears(now, &bytes, &mut self.rng);
            self.tells(run, heard, 0..0);
        }
        let repeats = matches!(self.lines[at].voice, Voice::Hl7(_)) && self.one_in(20);
        let (bytes, meant) = if repeats {
            self.lines[at].last.clone()
        } else {
            let finger = !self.one_in(15);
            self.lines[at].speaks(now, finger)
        };
        self.lines[at].last = (bytes.clone(), meant.clone());
        let first = self.said.len();
        let source = self.lines[at].id.clone();
        self.said.extend(meant.into_iter().map(|(vital, value)| Said {
            source: source.clone(),
            at: now,
            vital,
            value: Decimal::whole(i64::from(value)),
            receipted: false,
            // Said once more it says something only where a killed program lost the first one.
            maybe: repeats,
        }));
        let heard = self.lines[at].hears(now, &bytes, &mut self.rng);
        self.tells(run, heard, first..self.said.len());
    }

    /// Hands frames in; the one with readings is what `said` stands for.
    fn tells(&mut self, run: &Run, heard: Vec<Heard>, said: Range<usize>) {
        for mut heard in heard {
            if heard.frame.kind != FrameKind::Noise && heard.frame.source.as_str() == "gateway" {
                heard.frame.key = Some(key(&heard.frame.raw));
            }
            let (at, source) = (heard.frame.received, heard.frame.source.clone());
            let range = if heard.said.iter().any(|w| number(w).is_some()) { said.clone() } else { 0..0 };
            let understood = heard.frame.kind == FrameKind::Understood;
            let receipt: Receipt = run.recorder.intake.hear(heard);
            if understood {
                run.recorder.intake.link(at, &source, LinkState::Live, "");
            }
            self.waiting.push((range, Box::pin(receipt.recorded())));
        }
    }

    fn cable(&mut self, run: &Run, at: usize) {
        let now = self.clocks.now();
        let plugged = self.lines[at].plugged;
        if plugged {
            let heard = self.lines[at].ends(now);
            self.tells(run, heard, 0..0);
            run.recorder.intake.link(now, &self.lines[at].id, LinkState::Lost, "the cable is out");
            self.cables_pulled += 1;
        } else {
            run.recorder.intake.link(now, &self.lines[at].id, LinkState::Connecting, "");
        }
        self.lines[at].plugged = !plugged;
    }

    fn disk(&mut self) {
        self.fault = match self.fault {
            Fault::None => [Fault::Before, Fault::After][self.rng.below(2)],
            _ => Fault::None,
        };
        self.fault_since_s = self.second();
        self.disk.fail(self.fault);
    }

    fn sets_the_clock(&mut self) {
        let hours = [-7200, -3600, -61, 1, 3600, 86_400][self.rng.below(6)];
        self.clocks.off_us.store(hours * 1_000_000, Ordering::SeqCst);
    }

    /// A nurse opens or ends a session; only what has a receipt counts.
    async fn presses(&mut self, run: &Run, at: usize) {
        let chair = ChairId::from(CHAIRS[at]);
        self.presses += 1;
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let key = ActKey(u128::from(self.seed) << 64 | u128::from(self.presses));
        let now = self.clocks.now();
        let is_open = run.recorder.desk.session(&chair).filter(|session| session.is_open());
        let act = match &is_open {
            Some(_) => Act::Moved { to: Phase::Cancelled, reason: "did not stay".into() },
            None => Act::Opened { patient: patient(self.presses), plan: plan(), planned: false },
        };
        let press = Press { by, key, about: None, act };
        let desk = &run.recorder.desk;
        let done = async {
            match &is_open {
                Some(session) => desk.act_in_session(now, &chair, &session.id, press).await,
                None => desk.open_session(now, &chair, press).await,
            }
        };
        // A person does not wait for ever; without an answer nothing is known.
        let done = tokio::time::timeout(Duration::from_millis(500), done).await;
        if let Ok(Ok(_)) = done {
            let after = open_at(run, &chair);
            assert_eq!(after.is_some(), is_open.is_none(), "{}: a receipt, and nothing changed", self.place());
        }
    }

    /// Receipts that have come. One that was given is never taken back.
    fn takes_receipts(&mut self) {
        let said = &mut self.said;
        self.waiting.retain_mut(|(range, receipt)| match receipt.as_mut().now_or_never() {
            None => true,
            Some(answer) => {
                for index in range.clone() {
                    said[index].receipted = answer.is_ok();
                }
                false
            }
        });
    }

    /// What stands on a screen that looks is what the monitor said last, as old as that is.
    fn looks(&mut self, run: &mut Run, which: usize) {
        let (now, place) = (self.clocks.now(), self.place());
        let watcher = &mut run.watchers[which];
        watcher.looks(&run.hub, &place);
        for ((source, vital), (received, value)) in &watcher.shown {
            // What was said just before the program was killed may be lost with it; nothing else may.
            let mut saids = self.said.iter().rev().filter(|said| said.source == *source && said.vital == *vital);
            let shown = |said: &&Said| (*received, *value) == (said.at, said.value);
            let last = saids.find(|said| shown(said) || !said.maybe);
            let last = last.unwrap_or_else(|| panic!("{place}: {source} never said {vital:?}"));
            assert!(shown(&last), "{place}: {value:?} at {received:?} is shown of {source}, which said {last:?}");
            let every = watcher.every.get(source).copied().unwrap_or(Micros(0));
            assert!(every <= Micros::from_secs(600), "{place}: {source} is said to speak every {every:?}");
            let age = now.mono - last.at.mono;
            let gone = age.0 > Micros::from_secs(10).0.max(every.0 * 3);
            let state = freshness(age, every);
            assert_eq!(state == Freshness::Lost, gone, "{place}: {age:?} old, every {every:?}, {state:?}");
        }
    }

    /// Whether screens are told the truth about the disk.
    fn compares_recording(&self, run: &Run) {
        let long = self.second() - self.fault_since_s > 120;
        let waits = !self.waiting.is_empty();
        match run.hub.recording() {
            Recording::Yes => assert!(!(long && waits && self.fault != Fault::None), "{}: not recorded", self.place()),
            Recording::No { .. } => assert!(self.fault != Fault::None || !long, "{}: it is recorded", self.place()),
        }
    }

    async fn step(&mut self, run: &mut Run) {
        let seconds = 1 + self.rng.below(STEP_S_MAX);
        self.passes(seconds).await;
        self.takes_receipts();
        let which = self.rng.below(3);
        match self.rng.below(60) {
            0 => self.cable(run, which),
            1 if self.one_in(3) => self.disk(),
            2 if self.one_in(3) => self.sets_the_clock(),
            3 => self.presses(run, which % CHAIRS.len()).await,
            4 => self.looks(run, 1),
            5 => self.compares_recording(run),
            _ => self.speaks(run, which),
        }
        self.looks(run, 0);
    }

    /// One start of the program, until it is stopped or killed.
    async fn runs(&mut self, until_s: i64, killed: bool) {
        let mut run = self.starts().await;
        if let Some(open) = self.open.take() {
            let now_open = CHAIRS.map(|chair| open_at(&run, &chair.into()));
            assert_eq!(now_open, open, "{}: a session goes on as it stood", self.place());
        }
        while self.second() < until_s {
            self.step(&mut run).await;
        }
        if killed {
            self.takes_receipts();
            for said in self.said.iter_mut().filter(|said| !said.receipted) {
                said.maybe = true;
            }
            self.killed += 1;
            self.waiting.clear();
            return;
        }
        self.fault = Fault::None;
        self.disk.fail(Fault::None);
        self.passes(120).await;
        self.takes_receipts();
        self.open = Some(CHAIRS.map(|chair| open_at(&run, &chair.into())));
        run.recorder.stop().await;
        self.waiting.clear();
    }

    /// In the evening: every number a monitor said stands in the log once, in order, at its chair, with its bytes; no other
    /// number does; every pulled cable is a gap that can be seen.
    fn judge(&self) {
        let mut gaps = 0;
        for chair in CHAIRS {
            let entries = self.disk.entries(&Timeline::Chair(chair.into()));
            for line in self.lines.iter().filter(|line| line.chair.as_str() == chair) {
                let logged = entries.iter().filter(|(entry, _)| entry.source.as_ref() == Some(&line.id));
                gaps += logged.clone().filter(|(entry, _)| is_gap(entry)).count();
                let place = format!("seed {}, {}", self.seed, line.id);
                // In which order a message names its values is the monitor's.
                let mut logged: Vec<_> = logged.filter_map(|(e, f)| Some((e.received, number(&e.what)?, f))).collect();
                logged.sort_by_key(|(received, (vital, _), _)| (received.mono, *vital));
                let mut logged = logged.into_iter().peekable();
                let mut said: Vec<_> = self.said.iter().filter(|said| said.source == line.id).collect();
                said.sort_by_key(|said| (said.at.mono, said.vital));
                for said in said {
                    let same = logged.next_if(|(at, found, _)| (*at, *found) == (said.at, (said.vital, said.value)));
                    let found = same.or_else(|| said.maybe.then_some((said.at, (said.vital, said.value), &None)));
                    let Some((_, _, frame)) = found else {
                        let next = logged.peek().map(|(at, found, _)| (at, found));
                        panic!("{place}: {:?} {:?} at {:?}, found {next:?}", said.vital, said.value, said.at);
                    };
                    assert!(said.maybe || frame.as_ref().is_some_and(|f| f.raw.len() > 20), "{place}: without bytes");
                }
                let more = logged.next().map(|(at, found, _)| (at, found));
                assert!(more.is_none(), "{place}: nobody said {more:?}");
            }
            let sequences = entries.iter().map(|(entry, _)| entry.sequence.0);
            assert!(sequences.eq(1..=entries.len() as u64), "seed {}: a number is left out", self.seed);
            let monos: Vec<i64> = entries.iter().map(|(entry, _)| entry.received.mono.0).collect();
            assert!(monos.is_sorted(), "seed {}: the order of time is lost", self.seed);
        }
        assert!(self.killed > 0 || gaps == self.cables_pulled, "seed {}: {gaps} of {}", self.seed, self.cables_pulled);
    }
}

fn open_at(run: &Run, chair: &ChairId) -> Option<SessionId> {
    run.recorder.desk.session(chair).filter(|session| session.is_open()).map(|session| session.id.clone())
}

fn is_gap(entry: &Entry) -> bool {
    matches!(&entry.what, What::Link(link) if link.state == LinkState::Lost)
}

fn key(raw: &[u8]) -> FrameKey {
    let mut key = [0_u8; 16];
    for (at, byte) in raw.iter().enumerate() {
        key[at % 16] = key[at % 16].wrapping_mul(31).wrapping_add(*byte).rotate_left(3);
    }
    FrameKey(key)
}

fn patient(number: u64) -> Patient {
    let text = |text: &str| text.into();
    Patient { id: number.to_string().into(), name: text("Doe, Jane"), born: text("1980-02-29"), alias: text("D") }
}

fn plan() -> Plan {
    Plan {
        template: "t".into(),
        number: 1,
        of: None,
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    }
}

/// Runs one day; what it recorded.
fn day(seed: u64) -> (usize, usize) {
    let mut day = Day::new(seed);
    while day.second() < DAY_S {
        // The program is started anew two or three times a day, and now and then it is killed.
        let until_s = (day.second() + 3600 + day.rng.below(3 * 3600) as i64).min(DAY_S);
        let killed = until_s < DAY_S && day.one_in(3);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(day.runs(until_s, killed));
    }
    day.judge();
    (day.said.len(), day.cables_pulled)
}

#[test]
fn p20_p13_h09_a_thousand_clinic_days_end_with_what_was_said_and_nothing_else() {
    if let Some(seed) = std::env::var("CHAIRSIDE_DAY").ok().and_then(|seed| seed.parse().ok()) {
        day(seed);
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let share = |first: u64| (first..DAYS).step_by(usize::try_from(threads).unwrap_or(1)).map(day);
    let (said, pulled) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || share(first).fold((0, 0), |(a, b), (c, d)| (a + c, b + d))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a day failed"))
            .fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
    });
    // Not empty days.
    assert!(said > 1_000_000 && pulled > 10_000, "{said} numbers, {pulled} cables");
}

/// The oracle can see: a reading taken out of the log, or one put in, ends the day red.
#[test]
#[should_panic(expected = "nobody said")]
fn a_number_nobody_said_is_seen() {
    let mut day = Day::new(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(day.runs(1800, false));
    let last = day.said.pop().map(|said| said.at);
    day.said.retain(|said| Some(said.at) != last);
    day.judge();
}
