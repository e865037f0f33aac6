//! What a chart draws of a reading.

use chairside_observation::{Amount, Entry, Micros, Origin, Reading, Received, Sequence, SourceId, Unit, Vital, What};
use std::sync::Arc;

/// What rarely changes from reading to reading.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The source.
    pub source: SourceId,
    /// The vital.
    pub vital: Vital,
    /// The signal it was taken from.
    pub origin: Option<Origin>,
    /// Site or channel.
    pub site: Option<Box<str>>,
    /// The unit as sent.
    pub unit: Unit,
    /// Demonstration or test data.
    pub synthetic: bool,
}

/// One number with its time, or one absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its entry.
    pub sequence: Sequence,
    /// What it is one of.
    pub series: Arc<Series>,
    /// What was said.
    pub reading: Reading,
    /// How old it was when it came.
    pub age: Micros,
    /// When it came.
    pub received: Received,
}

impl Value {
    /// Of an entry; `None` when it is no reading.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        let (What::Reading(o), Some(source)) = (&entry.what, &entry.source) else { return None };
        let series = Series {
            source: source.clone(),
            vital: o.vital,
            origin: o.origin,
            site: o.site.clone(),
            unit: o.unit,
            synthetic: o.synthetic,
        };
        let (sequence, age, received) = (entry.sequence, entry.age, entry.received);
        Some(Self { sequence, series: Arc::new(series), reading: o.reading, age, received })
    }

    /// The number, or the systolic, diastolic and mean pressure.
    #[must_use]
    pub fn amount(&self) -> Option<Amount> {
        self.reading.amount()
    }
}
