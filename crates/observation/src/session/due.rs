//! What is due when in a session, and the fixed cuff readings every record shows.
//!
//! Nothing here has a clock: what is due is said as moments, and a screen counts down to them.

use super::{Act, EntryKind, Kept, Phase, Session};
use crate::vital::words;
use crate::{Amount, Decimal, Doubt, Entry, Micros, Reading, Received, Sequence, SourceId, Vital, What};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Cuff readings kept of a chair: one each five minutes for a day, longer than any session.
pub const CUFFS_MAX: usize = 300;
/// The same numbers with times no further apart than this are one measurement that was sent twice: monitors say their
/// times to the second, and clocks are slewed a little meanwhile.
const SAME_WITHIN: Micros = Micros::from_secs(2);
/// In this time after T+0 assessments come at the plan's shorter interval.
const FIRST_HOUR: Micros = minutes(60);
/// The reading "at 40 minutes" is the one nearest to this time after T+0,
const FORTY: Micros = minutes(40);
/// among those from here on, when the cuff that was due at 40 min may have run a little early,
const FORTY_FROM: Micros = minutes(38);
/// and none further away than this; without one from [`FORTY_FROM`] on, one that came earlier within it.
const FORTY_WITHIN: Micros = minutes(5);
/// The reading "at the stop" is no further from the stop than this; one after it is taken before one ahead of it.
const STOP_WITHIN: Micros = minutes(5);
/// The reading "before leaving" is no older than this when the patient is ready, or leaves.
const LEAVING_WITHIN: Micros = minutes(15);

words! {
    /// A cuff reading that every session has.
    MarkKind {
        /// The last before the infusion.
        Baseline = "baseline",
        /// About 40 minutes after T+0, where the peak lies.
        Forty = "40 min",
        /// At the stop of the infusion.
        Stop = "stop",
        /// The last before the patient leaves.
        Leaving = "leaving",
    }
}

/// One measurement of a cuff, as an event of a chair's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CuffReading {
    /// Its entry in the timeline.
    pub sequence: Sequence,
    /// The source that told it.
    pub source: SourceId,
    /// When it was measured.
    pub at: Received,
    /// Systolic, diastolic and mean as sent.
    pub parts: [Option<Decimal>; 3],
    /// The monitor stands by it.
    pub valid: bool,
}

impl CuffReading {
    /// The measurement an entry tells. `None` for anything else: an absence, demonstration data, a value of unknown time
    /// (it may be of the patient before, H02).
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        let What::Reading(told) = &entry.what else { return None };
        let of_unknown_time = matches!(told.reading, Reading::Questionable(_, Doubt::UnknownTime));
        if told.vital != Vital::Nibp || told.synthetic || of_unknown_time {
            return None;
        }
        let Amount::Pressure { systolic, diastolic, mean } = told.reading.amount()? else { return None };
        Some(Self {
            sequence: entry.sequence,
            source: entry.source.clone()?,
            at: entry.received.before(entry.age),
            parts: [systolic, diastolic, mean],
            valid: matches!(told.reading, Reading::Valid(_)),
        })
    }

    /// Systolic, diastolic and, where sent, mean; `None` when one of the first two is missing or the monitor doubts them.
    #[must_use]
    pub fn values(&self) -> Option<Vec<Decimal>> {
        let [Some(systolic), Some(diastolic), mean] = self.parts else { return None };
        self.valid.then(|| [Some(systolic), Some(diastolic), mean].into_iter().flatten().collect())
    }

    fn repeats(&self, known: &Self) -> bool {
        let apart = self.at.wall.since(known.at.wall);
        self.source == known.source && self.parts == known.parts && apart.0.abs() <= SAME_WITHIN.0
    }
}

/// The newest cuff readings of a chair, in order of the timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuffs(VecDeque<CuffReading>);

impl Cuffs {
    /// Takes note of an entry; `true` when it is a new measurement. One that is sent again is none.
    pub fn hear(&mut self, entry: &Entry) -> bool {
        let Some(reading) = CuffReading::of(entry) else { return false };
        if self.0.iter().any(|known| reading.repeats(known) || reading.sequence == known.sequence) {
            return false;
        }
        let place = self.0.partition_point(|known| known.sequence < reading.sequence);
        self.0.insert(place, reading);
        if self.0.len() > CUFFS_MAX {
            self.0.pop_front();
        }
        true
    }

    /// They, in order of the timeline.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &CuffReading> {
        self.0.iter()
    }
}

/// A fixed reading: when it is due, and which one was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedMark {
    /// Which.
    pub kind: MarkKind,
    /// When it is, or was, due; `None` before that is known.
    pub due: Option<Received>,
    /// The one that was picked.
    pub picked: Option<CuffReading>,
}

/// What is due in an open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When the next cuff reading is expected; `None` while none is.
    pub cuff_due: Option<Received>,
    /// Time between cuff readings in this phase; `None` while none is expected.
    pub cuff_every: Option<Micros>,
    /// When the next assessment is expected.
    pub assess_due: Option<Received>,
    /// When the infusion was planned to end. Pauses that are over have moved it; one that goes on has not.
    pub planned_end: Option<Received>,
    /// When the least observation is over.
    pub observe_until: Option<Received>,
    /// The fixed readings, each kind once, in order.
    pub marks: Vec<FixedMark>,
}

/// When the session came to its phases, on both clocks, as the people who pressed said.
#[derive(Default)]
struct Times {
    baseline: Option<Received>,
    started: Option<Received>,
    paused: Micros,
    stopped: Option<Received>,
    ready: Option<Received>,
    discharged: Option<Received>,
}

impl Times {
    fn of(session: &Session) -> Self {
        let mut times = Self::default();
        let mut pause: Option<Received> = None;
        for kept in &session.acts {
            let Act::Moved { to, .. } = kept.done.act else { continue };
            let at = kept.at();
            if to != Phase::Paused
                && let Some(since) = pause.take()
            {
                times.paused = times.paused + at.mono.since(since.mono).max(Micros(0));
            }
            match to {
                Phase::Baseline => times.baseline = Some(at),
                Phase::Infusing => times.started = times.started.or(Some(at)),
                Phase::Paused => pause = Some(at),
                // Going back from "ready" to be observed again is no second stop.
                Phase::Observing => times.stopped = times.stopped.or(Some(at)),
                Phase::Ready => times.ready = Some(at),
                Phase::Discharged => times.discharged = Some(at),
                Phase::Planned | Phase::CheckedIn | Phase::Cancelled => {}
            }
        }
        times
    }
}

impl Session {
    /// What is due, given the cuff readings of the chair; `None` when the session is over.
    #[must_use]
    pub fn schedule(&self, cuffs: &Cuffs) -> Option<Schedule> {
        if !self.is_open() {
            return None;
        }
        let times = Times::of(self);
        let (cuff_due, cuff_every) = self.next_cuff(&times, cuffs).unzip();
        let infusion = minutes(self.plan.infusion_min.into());
        Some(Schedule {
            cuff_due,
            cuff_every,
            assess_due: self.next_assessment(&times),
            planned_end: times.started.map(|start| start.after(infusion + times.paused)),
            observe_until: self.stopped.map(|stop| stop.after(minutes(self.plan.observe_min.into()))),
            marks: self.fixed_marks(cuffs),
        })
    }

    /// The fixed readings, of an open session or one that is over. Each is a valid one of the monitor's own that nobody
    /// marked as an artefact.
    #[must_use]
    pub fn fixed_marks(&self, cuffs: &Cuffs) -> Vec<FixedMark> {
        let times = Times::of(self);
        let usable: Vec<&CuffReading> = self.counting(cuffs).filter(|cuff| cuff.values().is_some()).collect();
        let observed = self.stopped.map(|stop| stop.after(minutes(self.plan.observe_min.into())));
        let mark = |kind: &MarkKind| {
            let (due, picked) = match kind {
                MarkKind::Baseline => (times.baseline, self.at_baseline(times.started, &usable)),
                MarkKind::Forty => (
                    times.started.map(|start| start.after(FORTY)),
                    times.started.and_then(|start| forty(start, &usable)),
                ),
                MarkKind::Stop => (times.stopped, times.stopped.and_then(|stop| at_stop(stop, &usable))),
                MarkKind::Leaving => (observed, leaving(&times, &usable)),
            };
            FixedMark { kind: *kind, due, picked: picked.cloned() }
        };
        MarkKind::ALL.iter().map(mark).collect()
    }

    /// Cuff readings that are this patient's and are no artefact.
    pub(super) fn counting<'a>(&'a self, cuffs: &'a Cuffs) -> impl Iterator<Item = &'a CuffReading> {
        // A claim says from which entry on, not since when; without one, nothing older than the span (H02).
        cuffs
            .iter()
            .filter(move |cuff| cuff.sequence >= self.from && cuff.at.mono >= self.opened.mono)
            .filter(|cuff| !self.is_artefact(Vital::Nibp, cuff.sequence))
    }

    /// When the next cuff reading is due, and how often they come: that long after the last one, typed ones included, but
    /// not before the infusion began or stopped.
    fn next_cuff(&self, times: &Times, cuffs: &Cuffs) -> Option<(Received, Micros)> {
        let (since, every_min) = match self.phase {
            Phase::Infusing | Phase::Paused => (times.started?, self.plan.cuff_infusing_min),
            Phase::Observing | Phase::Ready => (times.stopped?, self.plan.cuff_observing_min),
            _ => return None,
        };
        let every = minutes(every_min.into());
        let typed = self.acts.iter().filter(|kept| kept.undone_by.is_none() && has_typed_cuff(kept)).map(Kept::at);
        let last = self.counting(cuffs).map(|cuff| cuff.at).chain(typed).max_by_key(|at| at.mono);
        let due = last.map_or(since.after(every), |last| later(last.after(every), since));
        Some((due, every))
    }

    /// An assessment is a sedation score and a word on side effects; the older of the two says when it was.
    fn next_assessment(&self, times: &Times) -> Option<Received> {
        let start = times.started?;
        let last = |counts: fn(EntryKind) -> bool| {
            let entered = self
                .acts
                .iter()
                .filter(|kept| kept.undone_by.is_none())
                .filter(move |kept| kept.entered().is_some_and(|entered| counts(entered.kind)));
            entered.map(Kept::at).max_by_key(|at| at.mono)
        };
        let done = last(is_sedation).zip(last(is_side_effect)).map(|(a, b)| if a.mono < b.mono { a } else { b });
        let since = done.map_or(start, |done| later(done, start));
        let first = since.mono.since(start.mono) < FIRST_HOUR;
        let every = if first { self.plan.assess_first_min } else { self.plan.assess_later_min };
        (every > 0).then(|| since.after(minutes(every.into())))
    }

    /// The one taken as baseline by a press, else the last before the infusion.
    fn at_baseline<'a>(&self, started: Option<Received>, usable: &[&'a CuffReading]) -> Option<&'a CuffReading> {
        let pressed = self.baseline.iter().find(|value| value.vital == Vital::Nibp).map(|value| value.from.1);
        let taken = usable.iter().find(|cuff| Some(cuff.sequence) == pressed);
        let before = |cuff: &&&CuffReading| started.is_none_or(|start| cuff.at.mono <= start.mono);
        taken.or_else(|| usable.iter().filter(before).max_by_key(|cuff| cuff.at.mono)).copied()
    }
}

fn forty<'a>(start: Received, usable: &[&'a CuffReading]) -> Option<&'a CuffReading> {
    let after_start = |cuff: &CuffReading| cuff.at.mono.since(start.mono);
    let away = |cuff: &CuffReading| (after_start(cuff) - FORTY).0.abs();
    let near = usable.iter().filter(|cuff| away(cuff) <= FORTY_WITHIN.0);
    near.min_by_key(|cuff| (after_start(cuff) < FORTY_FROM, away(cuff))).copied()
}

fn at_stop<'a>(stop: Received, usable: &[&'a CuffReading]) -> Option<&'a CuffReading> {
    let away = |cuff: &CuffReading| cuff.at.mono.since(stop.mono).0;
    let near = usable.iter().filter(|cuff| away(cuff).abs() <= STOP_WITHIN.0);
    near.min_by_key(|cuff| (away(cuff) < 0, away(cuff).abs())).copied()
}

fn leaving<'a>(times: &Times, usable: &[&'a CuffReading]) -> Option<&'a CuffReading> {
    let end = times.discharged.or(times.ready)?;
    let fits = |cuff: &&&CuffReading| {
        let age = end.mono.since(cuff.at.mono);
        // While she is still there, one taken after she was found ready is the last before leaving.
        age <= LEAVING_WITHIN && (times.discharged.is_none() || age >= Micros(0))
    };
    usable.iter().filter(fits).max_by_key(|cuff| cuff.at.mono).copied()
}

const fn is_sedation(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Sedation | EntryKind::Rass)
}

const fn is_side_effect(kind: EntryKind) -> bool {
    matches!(
        kind,
        EntryKind::Nausea
            | EntryKind::Dizziness
            | EntryKind::Dissociation
            | EntryKind::Anxiety
            | EntryKind::Drowsiness
            | EntryKind::Vomited
            | EntryKind::SideEffect
            | EntryKind::Breathing
    )
}

fn has_typed_cuff(kept: &Kept) -> bool {
    matches!(&kept.done.act, Act::Typed { values } if values.iter().any(|value| value.vital == Vital::Nibp))
}

fn later(a: Received, b: Received) -> Received {
    if a.mono < b.mono { b } else { a }
}

const fn minutes(minutes: i64) -> Micros {
    Micros::from_secs(minutes * 60)
}
