//! What the chart shows, in seconds since T+0 and in the units of its axes.

use crate::held::held;
use crate::record::{Clock, Record, Said, Sample, Signal};
use crate::summary;
use chairside_observation::session::{EntryKind, Phase};
use chairside_observation::{Amount, Decimal, Micros, Received, Unit, Vital};
use std::collections::BTreeMap;

/// One kilopascal in mmHg. Only the place of a mark is computed with it, no number that is printed.
const MMHG: f64 = 7.500_62;

/// Seconds and values.
type Points = Vec<(f64, f64)>;

/// Everything that is drawn.
pub(crate) struct Scene {
    /// T+0, or the opening of a session without an infusion.
    pub(crate) zero: Received,
    /// The infusion was started: the axis counts from there.
    pub(crate) started: bool,
    pub(crate) from_s: f64,
    pub(crate) to_s: f64,
    pub(crate) phases: Vec<(f64, f64, Phase)>,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) cuffs: Vec<Cuff>,
    /// Counted values of heart or pulse rate.
    pub(crate) heart: Vec<Dot>,
    pub(crate) heart_word: &'static str,
    /// Values of it that do not count.
    pub(crate) heart_hollow: Points,
    pub(crate) heart_typed: Points,
    /// Seconds a dot stands for.
    pub(crate) dot_s: f64,
    pub(crate) spo2: Trace,
    pub(crate) resp: Trace,
    /// Moments for the axes.
    clock: Clock,
}

/// An event.
pub(crate) struct Tick {
    pub(crate) at_s: f64,
    pub(crate) kind: TickKind,
}

/// What kind of event a tick is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TickKind {
    Drug,
    Serious,
    Limit,
    Sedation,
    Effect,
    Monitor,
    Note,
}

impl TickKind {
    /// Letter in the chart and its meaning.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Drug => ("D", "drug or dose"),
            Self::Serious => ("X", "serious event"),
            Self::Limit => ("L", "limit notice"),
            Self::Sedation => ("S", "sedation"),
            Self::Effect => ("E", "side effect"),
            Self::Monitor => ("M", "monitor notice"),
            Self::Note => ("N", "note"),
        }
    }
}

/// A cuff reading.
pub(crate) struct Cuff {
    pub(crate) at_s: f64,
    pub(crate) systolic: Option<f64>,
    pub(crate) diastolic: Option<f64>,
    pub(crate) counts: bool,
    pub(crate) typed: bool,
}

/// Values of the heart within a little time: the middle one as sent, the lowest and the highest.
pub(crate) struct Dot {
    pub(crate) at_s: f64,
    pub(crate) middle: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) values: usize,
}

/// A line with its gaps.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) lines: Vec<Points>,
    pub(crate) hollow: Points,
    pub(crate) typed: Points,
    pub(crate) values: usize,
}

impl Scene {
    /// The scene of a record.
    pub(crate) fn of(record: &Record) -> Self {
        let zero = record.start().unwrap_or(record.begin());
        let from_s = seconds(record.begin().mono - zero.mono);
        // At least a minute: an axis needs a length.
        let to_s = seconds(record.end.mono - zero.mono).max(from_s + 60.0);
        let heart = summary::heart(record);
        let dot_s = ((to_s - from_s) / DOTS).max(1.0);
        let mut scene = Self {
            zero,
            started: record.start().is_some(),
            from_s,
            to_s,
            phases: phases(record, zero),
            ticks: ticks(record, zero),
            cuffs: cuffs(record, zero),
            heart: Vec::new(),
            heart_word: if heart == Vital::HeartRate { "heart rate" } else { "pulse rate" },
            heart_hollow: Vec::new(),
            heart_typed: Vec::new(),
            dot_s,
            spo2: trace(record, zero, Vital::Spo2, (to_s - from_s) / STEPS),
            resp: trace(record, zero, Vital::RespRate, (to_s - from_s) / STEPS),
            clock: record.clock(),
        };
        scene.heart = dots(record, zero, heart, dot_s);
        (scene.heart_hollow, scene.heart_typed) = beside(record, zero, heart, dot_s);
        scene
    }

    /// The moment at a place of the axis.
    pub(crate) fn moment(&self, at_s: f64) -> Received {
        #[allow(clippy::cast_possible_truncation)]
        let since = Micros((at_s * 1e6) as i64);
        self.clock.moment(self.zero.mono + since)
    }

    /// Nothing was measured.
    pub(crate) fn is_empty(&self) -> bool {
        let traces = [&self.spo2, &self.resp];
        self.cuffs.is_empty()
            && self.heart.is_empty()
            && self.heart_hollow.is_empty()
            && self.heart_typed.is_empty()
            && traces.iter().all(|t| t.lines.is_empty() && t.hollow.is_empty() && t.typed.is_empty())
    }
}

/// Dots over the width of the chart: they touch each other nowhere.
const DOTS: f64 = 80.0;
/// Steps of a line over the width: a point of the paper each.
const STEPS: f64 = 460.0;

fn seconds(time: Micros) -> f64 {
    // To the millisecond: see `Record::since_start`.
    #[allow(clippy::cast_precision_loss)]
    let seconds = ((time.0 + 500).div_euclid(1000)) as f64 / 1000.0;
    seconds
}

fn number(value: Decimal) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let units = value.units() as f64;
    units / 10_f64.powi(i32::from(value.places()))
}

fn phases(record: &Record, zero: Received) -> Vec<(f64, f64, Phase)> {
    let at = |at: Received| seconds(at.mono - zero.mono);
    let over = |phase| matches!(phase, Phase::Discharged | Phase::Cancelled);
    record.phases().iter().filter(|it| !over(it.phase)).map(|it| (at(it.from), at(it.to), it.phase)).collect()
}

fn ticks(record: &Record, zero: Received) -> Vec<Tick> {
    let acts = record.acts().filter_map(|kept| Some((kept.at(), tick(kept.entered()?.kind)?)));
    let limits = record.limits.iter().map(|notice| (notice.raised, TickKind::Limit));
    let monitor = record.notes.iter().filter_map(|note| match note {
        crate::Note::Monitor(_, at, ..) => Some((*at, TickKind::Monitor)),
        _ => None,
    });
    let mut ticks: Vec<Tick> =
        acts.chain(limits).chain(monitor).map(|(at, kind)| Tick { at_s: seconds(at.mono - zero.mono), kind }).collect();
    ticks.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.kind.cmp(&b.kind)));
    ticks
}

/// What an entry is in the chart; what belongs to the time before the infusion is none.
const fn tick(kind: EntryKind) -> Option<TickKind> {
    match kind {
        EntryKind::Drug | EntryKind::Dose => Some(TickKind::Drug),
        EntryKind::Serious => Some(TickKind::Serious),
        EntryKind::Sedation | EntryKind::Rass => Some(TickKind::Sedation),
        EntryKind::Nausea
        | EntryKind::Dizziness
        | EntryKind::Dissociation
        | EntryKind::Drowsiness
        | EntryKind::Vomited
        | EntryKind::SideEffect
        | EntryKind::Breathing
        | EntryKind::Pain
        | EntryKind::Anxiety => Some(TickKind::Effect),
        EntryKind::Note | EntryKind::Comfort | EntryKind::IvSite => Some(TickKind::Note),
        _ => None,
    }
}

fn cuffs(record: &Record, zero: Received) -> Vec<Cuff> {
    let cuff = |sample: &Sample| {
        let Some(Amount::Pressure { systolic, diastolic, .. }) = sample.observation.reading.amount() else {
            return None;
        };
        let factor = if sample.observation.unit == Unit::KPa { MMHG } else { 1.0 };
        Some(Cuff {
            at_s: seconds(sample.at.mono - zero.mono),
            systolic: systolic.map(|value| number(value) * factor),
            diastolic: diastolic.map(|value| number(value) * factor),
            counts: sample.counted().is_some(),
            typed: matches!(sample.said, Said::Typed(_)),
        })
    };
    record.of(Vital::Nibp).into_iter().filter_map(cuff).collect()
}

fn one(sample: &Sample) -> Option<f64> {
    match sample.observation.reading.amount() {
        Some(Amount::One(value)) => Some(number(value)),
        _ => None,
    }
}

/// The place of a moment among stretches of `width` seconds.
#[allow(clippy::cast_possible_truncation)]
fn bucket(at_s: f64, width: f64) -> i64 {
    (at_s / width).floor() as i64
}

/// Counted values of monitors, each source by itself, in stretches of time.
#[allow(clippy::cast_precision_loss)]
fn dots(record: &Record, zero: Received, vital: Vital, width_s: f64) -> Vec<Dot> {
    let mut found: BTreeMap<(Signal<'_>, i64), Vec<f64>> = BTreeMap::new();
    for sample in record.of(vital).into_iter().filter(|sample| sample.counted().is_some()) {
        let (Said::Monitor(_), Some(value)) = (&sample.said, one(sample)) else { continue };
        let at_s = seconds(sample.at.mono - zero.mono);
        found.entry((Record::signal(sample), bucket(at_s, width_s))).or_default().push(value);
    }
    let dots = found.into_iter().filter_map(|((_, of), mut values)| {
        values.sort_by(f64::total_cmp);
        let (low, high) = (*values.first()?, *values.last()?);
        let middle = *values.get(values.len().saturating_sub(1) / 2)?;
        Some(Dot { at_s: of as f64 * width_s + width_s / 2.0, middle, low, high, values: values.len() })
    });
    dots.collect()
}

/// Values beside the line: those that do not count, and those a person typed.
fn beside(record: &Record, zero: Received, vital: Vital, width_s: f64) -> (Points, Points) {
    let mut hollow: BTreeMap<i64, Points> = BTreeMap::new();
    let mut typed = Vec::new();
    for sample in record.of(vital) {
        let Some(value) = one(sample) else { continue };
        let at_s = seconds(sample.at.mono - zero.mono);
        match (&sample.said, sample.counted()) {
            (Said::Typed(_), _) => typed.push((at_s, value)),
            (Said::Monitor(_), None) => hollow.entry(bucket(at_s, width_s)).or_default().push((at_s, value)),
            (Said::Monitor(_), Some(_)) => {}
        }
    }
    // Of many within one mark's width the lowest and the highest are drawn.
    let ends = hollow.into_values().flat_map(|mut values| {
        values.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (first, last) = (values.first().copied(), values.last().copied());
        [first, last.filter(|_| values.len() > 1)]
    });
    (ends.flatten().collect(), typed)
}

fn trace(record: &Record, zero: Received, vital: Vital, step_s: f64) -> Trace {
    let mut trace = Trace::default();
    let mut now: Points = Vec::new();
    let mut ends: Option<(Micros, &Sample)> = None;
    for held in held(record, vital) {
        let Some(value) = one(held.sample) else { continue };
        trace.values += 1;
        let goes_on = ends
            .is_some_and(|(until, before)| until == held.from && Record::signal(before) == Record::signal(held.sample));
        if !goes_on {
            trace.end(&mut now, ends, zero, step_s);
        }
        now.push((seconds(held.from - zero.mono), value));
        ends = Some((held.until, held.sample));
    }
    trace.end(&mut now, ends, zero, step_s);
    (trace.hollow, trace.typed) = beside(record, zero, vital, step_s * 3.0);
    trace
}

impl Trace {
    /// Ends a line where its last value ceases to stand.
    fn end(&mut self, now: &mut Points, ends: Option<(Micros, &Sample)>, zero: Received, step_s: f64) {
        if let (Some((_, value)), Some((until, _))) = (now.last().copied(), ends) {
            now.push((seconds(until - zero.mono), value));
            self.lines.push(thinned(now, step_s));
            now.clear();
        }
    }
}

/// Of all points within a step the first, the lowest, the highest and the last: no extreme is lost.
fn thinned(points: &[(f64, f64)], step_s: f64) -> Points {
    let mut thin = Vec::new();
    for step in points.chunk_by(|a, b| bucket(a.0, step_s) == bucket(b.0, step_s)) {
        let low = step.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |(n, _)| n);
        let high = step.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |(n, _)| n);
        let mut kept = [0, low, high, step.len() - 1];
        kept.sort_unstable();
        let mut last = None;
        for n in kept {
            if last != Some(n) {
                thin.push(step[n]);
            }
            last = Some(n);
        }
    }
    thin
}
