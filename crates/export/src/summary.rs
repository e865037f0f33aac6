//! The summary of a session: arithmetic on recorded values, each figure with its definition.
//!
//! Counted are values the monitor stands by. Questionable ones, those staff marked as artefacts and demonstration data are
//! left out; hand-entered ones count where a single reading does (peaks), and not where time does. Nothing here says what a
//! figure means for the patient.

mod lines;

pub(crate) use lines::digits;
pub use lines::{Line, lines, signed_text, signed_text_of};

use crate::held::{Held, between, held, joined, length};
use crate::in_force::Against;
use crate::record::{Record, Said, Sample};
use chairside_observation::session::{BaselineValue, EntryKind, Phase};
use chairside_observation::{Amount, Decimal, Limits, Micros, NoticeKind, Received, Sequence, Vital};
use std::cmp::Ordering;

/// Saturation below which time is counted where the clinic has no limit in force, in per cent.
pub const SPO2_BELOW: i64 = 90;
/// The same of the respiration rate, per minute.
pub const RESP_BELOW: i64 = 8;
/// Systolic pressure from which on time is counted where the clinic has no limit in force, mmHg.
pub const SYSTOLIC_FROM: i64 = 160;
/// The same of the diastolic pressure, mmHg.
pub const DIASTOLIC_FROM: i64 = 100;
/// Vitals whose coverage is counted: those a session is watched by.
pub const COVERED: [Vital; 6] =
    [Vital::HeartRate, Vital::PulseRate, Vital::Spo2, Vital::RespRate, Vital::EtCo2, Vital::Nibp];

/// What each figure of the summary means, in the order they are printed.
pub const DEFINITIONS: [(&str, &str); 16] = [
    (
        "counted values",
        "values the monitor sent as valid; not those it called questionable, staff marked as artefact, or sent as demonstration",
    ),
    (
        "baseline",
        "the values stored by the press on \"baseline\": the middle one of the last 60 s, and the last cuff reading",
    ),
    ("peak", "the highest counted value of the session and when it was measured; of equal ones the first"),
    ("lowest", "the lowest counted value of the session and when it was measured; of equal ones the first"),
    (
        "time below",
        "the time for which counted values below the number stood; a value stands until the next one of its source, at most 10 s or three times the usual gap; the number is the urgent low limit in force then (its other low one where it has none), the patient's own where there is one; fixed, 90 % or 8/min, where that notice was off",
    ),
    (
        "pressure above",
        "the time for which counted cuff readings from one of the numbers on stood; a reading stands until the next one, at most 15 min; a number is the high limit to look at in force then (its urgent one where it has none), the patient's own where there is one; fixed, 160 systolic or 100 diastolic, where that notice was off",
    ),
    ("coverage", "the share of the session in which a counted value stood"),
    ("gap", "a stretch of the session in which no counted value stood"),
    ("infusion", "from the first start to the stop, as pressed or as said; a pause is part of it and stands beside it"),
    ("paused", "the time between presses on pause and on resume or stop"),
    (
        "at stop, at leaving",
        "the counted value of a monitor that stood at that moment; a cuff reading stands at most 15 min",
    ),
    ("lowest sedation", "the lowest MOAA/S entered that was not undone, and when; of equal ones the first"),
    ("ready", "from the stop to the moment the list for leaving was complete"),
    ("artefacts", "values staff marked as artefact; they stay in the record and are not counted"),
    ("by hand", "values a person read off and typed"),
    ("drug", "as typed by the person who gave it; nothing computes with it"),
];

/// A highest or lowest value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extreme {
    /// The value.
    pub value: Decimal,
    /// When it was measured.
    pub at: Received,
    /// Since T+0; `None` when the infusion was never started.
    pub since_start: Option<Micros>,
    /// A person typed it.
    pub typed: bool,
    /// The entry that holds it.
    pub sequence: Sequence,
}

/// How much of the session one vital covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The vital.
    pub vital: Vital,
    /// Time in which a counted value stood.
    pub covered: Micros,
    /// Length of the session.
    pub of: Micros,
    /// Stretches without one, by their ends on the monotonic clock.
    pub gaps: Vec<(Micros, Micros)>,
}

impl Coverage {
    /// Whole per cent, rounded down: 100 means all of it.
    #[must_use]
    pub fn percent(&self) -> i64 {
        if self.of.0 <= 0 { 0 } else { self.covered.0.saturating_mul(100) / self.of.0 }
    }
}

/// The numbers that time is counted against, as they stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Of saturation, else [`SPO2_BELOW`].
    pub spo2: Against,
    /// Of respiration, else [`RESP_BELOW`].
    pub resp: Against,
    /// Of systolic pressure, else [`SYSTOLIC_FROM`].
    pub systolic: Against,
    /// Of diastolic pressure, else [`DIASTOLIC_FROM`].
    pub diastolic: Against,
}

impl Numbers {
    fn of(record: &Record) -> Self {
        let stood = record.in_force();
        let low = |limits: &Limits| limits.urgent_low.or(limits.look_low);
        let high = |limits: &Limits| limits.look_high.or(limits.urgent_high);
        Self {
            spo2: Against::of(record, &stood, (NoticeKind::Spo2, SPO2_BELOW), low),
            resp: Against::of(record, &stood, (NoticeKind::RespRate, RESP_BELOW), low),
            systolic: Against::of(record, &stood, (NoticeKind::Systolic, SYSTOLIC_FROM), high),
            diastolic: Against::of(record, &stood, (NoticeKind::Diastolic, DIASTOLIC_FROM), high),
        }
    }
}

/// The figures of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The stored baseline.
    pub baseline: Vec<BaselineValue>,
    /// Highest systolic pressure of a cuff.
    pub peak_systolic: Option<Extreme>,
    /// Highest diastolic pressure of a cuff.
    pub peak_diastolic: Option<Extreme>,
    /// Which vital the heart's peak is of: the heart rate, or the pulse rate where there is none.
    pub heart: Vital,
    /// Highest heart or pulse rate.
    pub peak_heart: Option<Extreme>,
    /// Lowest saturation.
    pub lowest_spo2: Option<Extreme>,
    /// Lowest respiration rate.
    pub lowest_resp: Option<Extreme>,
    /// What time is counted against.
    pub against: Numbers,
    /// Time with a saturation below its number; `None` when no value counted: that is no zero.
    pub spo2_below: Option<Micros>,
    /// Time with a respiration rate below its number.
    pub resp_below: Option<Micros>,
    /// Time with a pressure from one of its numbers on.
    pub pressure_above: Option<Micros>,
    /// Coverage of each vital of [`COVERED`] that was ever sent.
    pub coverage: Vec<Coverage>,
    /// Lowest MOAA/S, when it was, and the entry that holds it.
    pub lowest_sedation: Option<(i8, Received, Sequence)>,
    /// Drugs as typed, when they were given, and the entry that holds them.
    pub drugs: Vec<(Received, Sequence, Box<str>)>,
    /// Time between presses on pause and the next on resume or stop; `None` when it was never paused.
    pub paused: Option<Micros>,
    /// Why the infusion was stopped before its time.
    pub stopped_early: Option<Box<str>>,
    /// Values marked as artefact.
    pub artefacts: usize,
    /// Values a person typed.
    pub by_hand: usize,
    /// First start of the infusion, UTC.
    pub started: Option<Micros>,
    /// The stop, UTC.
    pub stopped: Option<Micros>,
    /// When the list for leaving was complete, UTC.
    pub ready: Option<Micros>,
    /// When the patient left, UTC.
    pub left: Option<Micros>,
}

/// The vital whose values are the heart's: the heart rate, or the pulse rate where no heart rate counts.
#[must_use]
pub fn heart(record: &Record) -> Vital {
    if record.of(Vital::HeartRate).into_iter().any(|sample| sample.counted().is_some()) {
        Vital::HeartRate
    } else {
        Vital::PulseRate
    }
}

/// The figures of `record`.
#[must_use]
pub fn of(record: &Record) -> Summary {
    let (heart, against) = (heart(record), Numbers::of(record));
    Summary {
        baseline: record.session.baseline.clone(),
        peak_systolic: extreme(record, Vital::Nibp, systolic, Ordering::Greater),
        peak_diastolic: extreme(record, Vital::Nibp, diastolic, Ordering::Greater),
        heart,
        peak_heart: extreme(record, heart, one, Ordering::Greater),
        lowest_spo2: extreme(record, Vital::Spo2, one, Ordering::Less),
        lowest_resp: extreme(record, Vital::RespRate, one, Ordering::Less),
        spo2_below: time(record, Vital::Spo2, |a, at| is(one(a), Ordering::Less, against.spo2.at(at))),
        resp_below: time(record, Vital::RespRate, |a, at| is(one(a), Ordering::Less, against.resp.at(at))),
        pressure_above: time(record, Vital::Nibp, |a, at| {
            reaches(systolic(a), against.systolic.at(at)) || reaches(diastolic(a), against.diastolic.at(at))
        }),
        against,
        coverage: COVERED.into_iter().filter_map(|vital| coverage(record, vital)).collect(),
        lowest_sedation: lowest_sedation(record),
        drugs: drugs(record),
        paused: paused(record),
        stopped_early: record.stopped_early().map(Into::into),
        artefacts: record.samples().iter().filter(|sample| sample.artefact).count(),
        by_hand: record.samples().iter().filter(|sample| matches!(sample.said, Said::Typed(_))).count(),
        started: record.start().map(|start| start.wall),
        stopped: record.stop().map(|stop| stop.wall),
        ready: record.reached(Phase::Ready).map(|at| at.wall),
        left: record.reached(Phase::Discharged).map(|at| at.wall),
    }
}

/// The counted value of a monitor that stood at a moment; of several sources the one measured last.
#[must_use]
pub fn standing(record: &Record, vital: Vital, at: Received) -> Option<&Sample> {
    let stood = held(record, vital).filter(|held| held.from <= at.mono && at.mono <= held.until);
    stood.max_by_key(|held| held.from).map(|held| held.sample)
}

/// The one number of a value that is no pressure.
fn one(amount: Amount) -> Option<Decimal> {
    if let Amount::One(value) = amount { Some(value) } else { None }
}

fn systolic(amount: Amount) -> Option<Decimal> {
    if let Amount::Pressure { systolic, .. } = amount { systolic } else { None }
}

fn diastolic(amount: Amount) -> Option<Decimal> {
    if let Amount::Pressure { diastolic, .. } = amount { diastolic } else { None }
}

fn is(value: Option<Decimal>, than: Ordering, number: i64) -> bool {
    value.is_some_and(|value| value.compare(Decimal::whole(number)) == than)
}

fn reaches(value: Option<Decimal>, number: i64) -> bool {
    value.is_some_and(|value| value.compare(Decimal::whole(number)) != Ordering::Less)
}

fn extreme(record: &Record, vital: Vital, of: fn(Amount) -> Option<Decimal>, than: Ordering) -> Option<Extreme> {
    let mut found: Option<(Decimal, &Sample)> = None;
    for sample in record.of(vital) {
        let Some(value) = sample.counted().and_then(of) else { continue };
        if found.is_none_or(|(best, _)| value.compare(best) == than) {
            found = Some((value, sample));
        }
    }
    found.map(|(value, sample)| Extreme {
        value,
        at: sample.at,
        since_start: record.since_start(sample.at),
        typed: matches!(sample.said, Said::Typed(_)),
        sequence: sample.sequence,
    })
}

/// How long values stood for which `holds`; each is held against what was in force when it was measured.
fn time(record: &Record, vital: Vital, holds: impl Fn(Amount, Micros) -> bool) -> Option<Micros> {
    let counts = |held: &Held<'_>| held.sample.counted().is_some_and(|amount| holds(amount, held.from));
    let such = held(record, vital).filter(counts);
    (!record.stretches(vital).is_empty()).then(|| length(&joined(such.map(span))))
}

const fn span(held: Held<'_>) -> (Micros, Micros) {
    (held.from, held.until)
}

fn coverage(record: &Record, vital: Vital) -> Option<Coverage> {
    if record.of(vital).is_empty() {
        return None;
    }
    let (begin, end) = (record.begin().mono, record.end.mono);
    let stood = joined(held(record, vital).map(span));
    Some(Coverage { vital, covered: length(&stood), of: end - begin, gaps: between(&stood, begin, end) })
}

fn lowest_sedation(record: &Record) -> Option<(i8, Received, Sequence)> {
    let scores = record
        .session
        .entries(EntryKind::Sedation)
        .filter_map(|kept| Some((kept.entered()?.score?, kept.at(), kept.sequence)));
    scores.reduce(|lowest, next| if next.0 < lowest.0 { next } else { lowest })
}

fn drugs(record: &Record) -> Vec<(Received, Sequence, Box<str>)> {
    let given = record.session.entries(EntryKind::Drug);
    given.filter_map(|kept| Some((kept.at(), kept.sequence, kept.done.act.text()?.into()))).collect()
}

fn paused(record: &Record) -> Option<Micros> {
    let spans = record.phases();
    let pauses: Vec<_> = spans.iter().filter(|span| span.phase == Phase::Paused).collect();
    let length = pauses.iter().fold(Micros(0), |sum, span| sum + (span.to.mono - span.from.mono));
    (!pauses.is_empty()).then_some(length)
}
