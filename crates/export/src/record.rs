//! What an export is made from: a session with everything its span of the chair's timeline holds.

use crate::device::{Device, Devices};
use crate::held::{Stretch, stretches_of};
use crate::limit::LimitNotice;
use chairside_observation::session::{Act, Kept, Person, Phase, Session};
use chairside_observation::{
    Amount, Deed, Entry, LinkState, Micros, MonitorNotice, Observation, Origin, Past, Reading, Received, Sequence,
    SourceId, Vital, What,
};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Who says a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A monitor, through this source.
    Monitor(SourceId),
    /// A person who read it off; the name.
    Typed(Box<str>),
}

/// One value of the record, or one absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its entry of the chair's timeline: the way back to the raw bytes.
    pub sequence: Sequence,
    /// When it was measured, as far as known.
    pub at: Received,
    /// When it reached the server.
    pub received: Received,
    /// Who says it.
    pub said: Said,
    /// What was said.
    pub observation: Observation,
    /// Staff marked it: it stays, and no summary counts it.
    pub artefact: bool,
}

/// See [`Record::signal`].
pub(crate) type Signal<'a> = (&'a str, bool, Option<Origin>, Option<&'a str>);

impl Sample {
    /// The value, if a summary may count it: valid, not marked, no demonstration data.
    #[must_use]
    pub fn counted(&self) -> Option<Amount> {
        match self.observation.reading {
            Reading::Valid(amount) if !self.artefact && !self.observation.synthetic => Some(amount),
            _ => None,
        }
    }
}

/// Something else that happened in the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The monitor's own notice.
    Monitor(Sequence, Received, SourceId, MonitorNotice),
    /// A link changed.
    Link(Sequence, Received, SourceId, LinkState, Box<str>),
    /// So many frames could not be written to the log.
    Lost(Sequence, Received, u64),
}

/// A phase of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseSpan {
    /// Which.
    pub phase: Phase,
    /// From when.
    pub from: Received,
    /// To when; the end of the record for the last one.
    pub to: Received,
    /// Who moved the session there.
    pub by: Person,
    /// The entry that says so.
    pub sequence: Sequence,
}

/// What the log signs of a session. It is made where the blocks of the log are; here it is only printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// The digest that a signature covers, or would cover now, in hexadecimal digits.
    pub digest: Box<str>,
    /// The signature; `None` until somebody signed.
    pub signed: Option<Signed>,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Received,
    /// What it says.
    pub meaning: Box<str>,
}

/// Two moments lie on one clock as long as wall and monotonic time differ by the same, to this much.
const CLOCK_DRIFT: Micros = Micros::from_millis(10);

/// A session's record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Name of the chair.
    pub chair: Box<str>,
    /// The session.
    pub session: Session,
    samples: Vec<Sample>,
    /// Where the samples of each vital stand, in order of their measurement.
    order: BTreeMap<Vital, Vec<usize>>,
    /// How long the counted values of each vital stand. Many figures ask for it: it is found once.
    stretches: OnceLock<BTreeMap<Vital, Vec<Stretch>>>,
    /// Notices of the monitor, changes of links, and losses of the log.
    pub notes: Vec<Note>,
    /// The clinic's own limit notices as they stood.
    pub limits: Vec<LimitNotice>,
    /// The sources, in the order first heard.
    pub devices: Vec<Device>,
    /// Versions of the program that recorded it, where the reader of the log knows them.
    pub recorded_with: Vec<Box<str>>,
    /// How the clinic's limits were set.
    pub(crate) past: Past,
    /// What the log signs; `None` when the record was read without it.
    pub seal: Option<Seal>,
    /// When her span of the chair began.
    begin: Received,
    /// When the chair was left, or how far the record was read.
    pub end: Received,
    /// Version of the program that reads it.
    pub version: Box<str>,
    clock: Clock,
}

/// How the wall clock went: the begin, and every moment from which on it stood otherwise to the clock that does not step.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    begin: Received,
    moved: Vec<Received>,
}

impl Clock {
    /// Takes note of a moment, where the clocks no longer go together as they did.
    fn tick(&mut self, at: Received) {
        let apart = |at: Received| at.wall - at.mono;
        let last = self.moved.last().unwrap_or(&self.begin);
        if (apart(at) - apart(*last)).0.abs() > CLOCK_DRIFT.0 {
            self.moved.push(at);
        }
    }

    /// The moment at `mono`, with the wall clock as it went then.
    pub(crate) fn moment(&self, mono: Micros) -> Received {
        let after = self.moved.partition_point(|at| at.mono <= mono);
        let near = after.checked_sub(1).map_or(self.begin, |last| self.moved[last]);
        near.after(mono - near.mono)
    }
}

impl Record {
    /// The record of `session` from the entries of its chair. Entries outside its span, and values measured before the
    /// patient was bound, are not hers and stay out (H02).
    #[must_use]
    pub fn new(chair: &str, session: Session, entries: &[Entry], version: &str) -> Self {
        let last = end_of(&session);
        let begin = begin_of(&session, entries);
        let mut record = Self {
            chair: chair.into(),
            begin,
            end: begin,
            samples: typed(&session),
            order: BTreeMap::new(),
            stretches: OnceLock::new(),
            notes: Vec::new(),
            limits: Vec::new(),
            devices: Vec::new(),
            recorded_with: Vec::new(),
            past: Past::default(),
            seal: None,
            clock: Clock { begin, moved: Vec::new() },
            version: version.into(),
            session,
        };
        let hers = entries.iter().filter(|entry| record.session.holds(entry)).collect::<Vec<_>>();
        let mut devices = Devices::default();
        for entry in hers {
            devices.take(entry);
            record.take(entry, begin);
        }
        record.devices = devices.all();
        record.notices_seen();
        record.samples.sort_by_key(|sample| sample.sequence);
        record.order = measured(&record.samples);
        record.end = last.map_or(record.end, |(_, at)| at);
        record
    }

    /// The same record, read by a program that knows how each source is read.
    #[must_use]
    pub fn with_adapters<'a>(mut self, adapter: impl Fn(&SourceId) -> Option<&'a str>) -> Self {
        for device in &mut self.devices {
            device.adapter = adapter(&device.source).unwrap_or_default().into();
        }
        self
    }

    /// The same record with what the house was like then: which versions recorded it, and which limits held.
    #[must_use]
    pub fn with_past(mut self, past: &Past) -> Self {
        let ended = self.session.acts.last().filter(|_| !self.session.is_open()).map(|kept| kept.received.wall);
        self.recorded_with = past.versions(self.session.opened.wall, ended);
        self.past = past.clone();
        self
    }

    /// The same record with what the log signs of it.
    #[must_use]
    pub fn with_seal(mut self, seal: Seal) -> Self {
        self.seal = Some(seal);
        self
    }

    fn take(&mut self, entry: &Entry, begin: Received) {
        self.end = entry.received;
        self.clock.tick(entry.received);
        if let What::Deed(deed) = &entry.what {
            self.deed(entry, deed);
        }
        let Some(source) = &entry.source else { return };
        match &entry.what {
            What::Reading(observation) => {
                let at = entry.received.before(entry.age);
                if at.mono < begin.mono {
                    return;
                }
                self.samples.push(Sample {
                    sequence: entry.sequence,
                    at,
                    received: entry.received,
                    said: Said::Monitor(source.clone()),
                    observation: observation.clone(),
                    artefact: self.session.is_artefact(observation.vital, entry.sequence),
                });
            }
            What::Notice(notice) => {
                self.notes.push(Note::Monitor(entry.sequence, entry.received, source.clone(), notice.clone()));
            }
            What::Link(link) => {
                let (state, reason) = (link.state, link.reason.clone());
                self.notes.push(Note::Link(entry.sequence, entry.received, source.clone(), state, reason));
            }
            What::Skipped { .. } | What::Heard { .. } | What::Deed(_) => {}
        }
    }

    fn deed(&mut self, entry: &Entry, deed: &Deed) {
        match deed {
            Deed::Noticed(noticed) => self.noticed(entry.sequence, entry.received, noticed),
            // Each lost entry is a deed; the last of a stretch has the count.
            Deed::FramesLost { frames } if *frames > 0 => {
                self.notes.push(Note::Lost(entry.sequence, entry.received, *frames));
            }
            _ => {}
        }
    }

    /// Values in order of the timeline, typed ones among them.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The moment at `mono`, with the wall clock as it went then.
    #[must_use]
    pub fn moment(&self, mono: Micros) -> Received {
        self.clock.moment(mono)
    }

    /// The moment at which the wall clock showed `wall`, by the last setting of it that came to that.
    pub(crate) fn at_wall(&self, wall: Micros) -> Received {
        let near = self.clock.moved.iter().rfind(|at| at.wall <= wall).unwrap_or(&self.begin);
        near.after(wall - near.wall)
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// When the span of the chair's timeline that is hers began.
    #[must_use]
    pub const fn begin(&self) -> Received {
        self.begin
    }

    /// T+0: when the infusion was started, as said or else as it reached the server.
    #[must_use]
    pub fn start(&self) -> Option<Received> {
        self.session.started.map(|(received, about)| match about {
            Some(about) => received.before(received.wall - about.wall),
            None => received,
        })
    }

    /// The act that stopped the infusion: the first way to "observing". Back from "ready" to watching is no stop.
    fn stopping(&self) -> Option<&Kept> {
        self.session.acts.iter().find(|kept| matches!(kept.done.act, Act::Moved { to: Phase::Observing, .. }))
    }

    /// The stop of the infusion, as said or else as it reached the server.
    #[must_use]
    pub fn stop(&self) -> Option<Received> {
        self.stopping().map(Kept::at)
    }

    /// Why it was stopped before its time.
    #[must_use]
    pub fn stopped_early(&self) -> Option<&str> {
        match &self.stopping()?.done.act {
            Act::Moved { reason, .. } if !reason.is_empty() => Some(reason),
            _ => None,
        }
    }

    /// The phases in order, from the opening to the end of the record.
    #[must_use]
    pub fn phases(&self) -> Vec<PhaseSpan> {
        let mut phases: Vec<PhaseSpan> = Vec::new();
        for kept in &self.session.acts {
            let (phase, from) = match &kept.done.act {
                Act::Opened { planned, .. } => (
                    if *planned { Phase::Planned } else { Phase::CheckedIn },
                    if self.begin.mono < kept.at().mono { self.begin } else { kept.at() },
                ),
                Act::Moved { to, .. } => (*to, kept.at()),
                _ => continue,
            };
            if let Some(last) = phases.last_mut() {
                last.to = from;
            }
            phases.push(PhaseSpan { phase, from, to: self.end, by: kept.done.by.clone(), sequence: kept.sequence });
        }
        phases
    }

    /// Time since T+0, to the millisecond; `None` when the infusion was never started. A log that is read after the machine was
    /// started again places its entries by two clocks, read one after the other: microseconds would not come out the same twice.
    #[must_use]
    pub fn since_start(&self, at: Received) -> Option<Micros> {
        let since = self.start().map(|start| at.mono.since(start.mono))?;
        Some(Micros((since.0.saturating_add(500)).div_euclid(1000).saturating_mul(1000)))
    }

    /// Samples of one vital, in order of their measurement.
    #[must_use]
    pub fn of(&self, vital: Vital) -> Vec<&Sample> {
        let found = self.order.get(&vital).into_iter().flatten();
        found.map(|place| &self.samples[*place]).collect()
    }

    /// How long each counted value of a monitor stands.
    pub(crate) fn stretches(&self, vital: Vital) -> &[Stretch] {
        let all = self.stretches.get_or_init(|| {
            let each = self.order.iter();
            each.map(|(vital, order)| (*vital, stretches_of(self, *vital, order))).collect()
        });
        all.get(&vital).map_or(&[], Vec::as_slice)
    }

    /// The signal a sample comes from: values of two are never mixed. Who says it, whether a person does, origin and site.
    pub(crate) fn signal(sample: &Sample) -> Signal<'_> {
        let (who, typed) = match &sample.said {
            Said::Monitor(source) => (source.as_str(), false),
            Said::Typed(name) => (&**name, true),
        };
        (who, typed, sample.observation.origin, sample.observation.site.as_deref())
    }

    /// Acts that count, in order.
    pub fn acts(&self) -> impl Iterator<Item = &Kept> {
        self.session.acts.iter().filter(|kept| kept.undone_by.is_none())
    }

    /// When the session came to `phase` first, as said or as it reached the server.
    #[must_use]
    pub fn reached(&self, phase: Phase) -> Option<Received> {
        self.acts().find(|kept| matches!(kept.done.act, Act::Moved { to, .. } if to == phase)).map(Kept::at)
    }
}

fn measured(samples: &[Sample]) -> BTreeMap<Vital, Vec<usize>> {
    let mut order: BTreeMap<Vital, Vec<usize>> = BTreeMap::new();
    for (place, sample) in samples.iter().enumerate() {
        order.entry(sample.observation.vital).or_default().push(place);
    }
    for places in order.values_mut() {
        places.sort_by_key(|place| samples[*place].at.mono);
    }
    order
}

/// The entry that ended the session and when that was.
fn end_of(session: &Session) -> Option<(Sequence, Received)> {
    let over = |kept: &&Kept| matches!(kept.done.act, Act::Moved { to, .. } if matches!(to, Phase::Discharged | Phase::Cancelled));
    session.acts.iter().rev().find(over).map(|kept| (kept.sequence, kept.received))
}

/// Begin and end of the record of a session, where its acts alone say so: it is over, and nothing was claimed afterwards.
#[must_use]
pub fn bounds(session: &Session) -> Option<(Received, Received)> {
    let (_, end) = end_of(session)?;
    (session.claimed_until() == session.from).then_some((session.opened, end))
}

/// The moment the span begins: the claimed entry's, or that of the opening.
fn begin_of(session: &Session, entries: &[Entry]) -> Received {
    let claimed = entries.iter().find(|entry| entry.sequence >= session.from).map(|entry| entry.received);
    match claimed {
        Some(claimed) if claimed.mono < session.opened.mono => claimed,
        _ => session.opened,
    }
}

fn typed(session: &Session) -> Vec<Sample> {
    let counts = session.acts.iter().filter(|kept| kept.undone_by.is_none());
    counts
        .flat_map(|kept| {
            let values = if let Act::Typed { values } = &kept.done.act { values.as_slice() } else { &[] };
            values.iter().filter_map(move |value| {
                let amount = match *value.values.as_slice() {
                    [one] if value.vital != Vital::Nibp => Amount::One(one),
                    [systolic, ref rest @ ..] => Amount::Pressure {
                        systolic: Some(systolic),
                        diastolic: rest.first().copied(),
                        mean: rest.get(1).copied(),
                    },
                    [] => return None,
                };
                let unit = usual_unit(value.vital);
                Some(Sample {
                    sequence: kept.sequence,
                    at: kept.at(),
                    received: kept.received,
                    said: Said::Typed(kept.done.by.name.clone()),
                    observation: Observation::new(value.vital, Reading::Valid(amount), unit, 0..0),
                    artefact: false,
                })
            })
        })
        .collect()
}

/// The unit a person means: the screens ask for values in these.
#[must_use]
pub const fn usual_unit(vital: Vital) -> chairside_observation::Unit {
    use chairside_observation::Unit;
    match vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => Unit::PerMin,
        Vital::Spo2 | Vital::PerfusionIndex => Unit::Percent,
        Vital::Nibp | Vital::Art | Vital::EtCo2 => Unit::MmHg,
        Vital::Temperature => Unit::Cel,
    }
}
