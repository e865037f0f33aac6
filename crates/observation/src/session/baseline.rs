//! The baseline by one press: of each vital the middle one of the last minute, and the last cuff reading.
//!
//! Every number is one the monitor sent: of an even count the lower of the two in the middle is taken, never a value
//! between them. What the monitor doubts, demonstration data and what a person marked as an artefact do not count.

use super::{BaselineValue, Cuffs, Refused, Session};
use crate::{
    Amount, Decimal, Entry, Flag, Micros, Observation, Origin, Reading, Received, Sequence, SourceId, Vital, What,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// How far back values count that are measured all the time.
pub const BASELINE_WINDOW: Micros = Micros::from_secs(60);
/// How old the cuff reading may be.
const CUFF_AGE_MAX: Micros = Micros::from_secs(15 * 60);
/// Taken where they are measured. A pulse rate stands for the heart rate where none is, and keeps its name.
const VITALS: [&[Vital]; 3] = [&[Vital::HeartRate, Vital::PulseRate], &[Vital::Spo2], &[Vital::RespRate]];

/// One signal of one source: values of two are never mixed.
type Signal<'a> = (&'a SourceId, Option<Origin>, Option<&'a Box<str>>);

impl Session {
    /// The values of a baseline pressed at `now`, from the newest entries of the chair and its cuff readings. Of several
    /// sources the first in `order` that has a value counts.
    ///
    /// # Errors
    /// [`Refused::NothingMeasured`]: there is not one.
    pub fn take_baseline(
        &self,
        now: Received,
        entries: &[Entry],
        cuffs: &Cuffs,
        order: impl Fn(Vital) -> Vec<SourceId>,
    ) -> Result<Vec<BaselineValue>, Refused> {
        let mut values: Vec<BaselineValue> = VITALS
            .iter()
            .filter_map(|alike| alike.iter().find_map(|vital| self.middle(*vital, now, entries, &order(*vital))))
            .collect();
        let last = self.last_cuff(now, cuffs);
        let fresh = last.as_ref().filter(|(age, _)| *age <= CUFF_AGE_MAX).map(|(_, value)| value.clone());
        values.extend(fresh);
        if values.is_empty() { Err(Refused::NothingMeasured { old_cuff: last.is_some() }) } else { Ok(values) }
    }

    /// The middle value of a vital in the window, from the source that comes first.
    fn middle(&self, vital: Vital, now: Received, entries: &[Entry], order: &[SourceId]) -> Option<BaselineValue> {
        let mut signals: BTreeMap<Signal<'_>, Vec<(Decimal, Sequence)>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| self.counts(entry, now)) {
            if let (What::Reading(told), Some(source)) = (&entry.what, &entry.source)
                && let Some(value) = undoubted(told, vital)
                && !self.is_artefact(vital, entry.sequence)
            {
                let signal = (source, told.origin, told.site.as_ref());
                signals.entry(signal).or_default().push((value, entry.sequence));
            }
        }
        let place = |source: &SourceId| order.iter().position(|known| known == source).unwrap_or(order.len());
        let first = signals.into_iter().min_by_key(|((source, ..), values)| (place(source), Reverse(values.len())));
        let (_, mut values) = first?;
        let sequences = values.iter().map(|(_, sequence)| *sequence);
        let from = (sequences.clone().min()?, sequences.max()?);
        values.sort_by(|(a, _), (b, _)| a.compare(*b));
        let (value, _) = *values.get(values.len().checked_sub(1)? / 2)?;
        Some(BaselineValue { vital, values: vec![value], from })
    }

    /// Whether an entry belongs to this session and to the window.
    fn counts(&self, entry: &Entry, now: Received) -> bool {
        let age = now.mono.since(entry.received.before(entry.age).mono);
        entry.sequence >= self.from && (Micros(0)..=BASELINE_WINDOW).contains(&age)
    }

    /// The last cuff reading of this session and its age.
    fn last_cuff(&self, now: Received, cuffs: &Cuffs) -> Option<(Micros, BaselineValue)> {
        let last = self.counting(cuffs).filter(|cuff| cuff.values().is_some()).max_by_key(|cuff| cuff.at.mono)?;
        let from = (last.sequence, last.sequence);
        Some((now.mono.since(last.at.mono), BaselineValue { vital: Vital::Nibp, values: last.values()?, from }))
    }
}

/// The number a reading tells of `vital`, when nothing speaks against it.
fn undoubted(told: &Observation, vital: Vital) -> Option<Decimal> {
    match told.reading {
        _ if told.vital != vital || told.synthetic || told.flags.contains(Flag::Artifact) => None,
        Reading::Valid(Amount::One(value)) => Some(value),
        _ => None,
    }
}
