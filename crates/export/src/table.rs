//! The interval table: one row each so many minutes since T+0 (since the opening, when the infusion was never started).

use crate::record::{Record, Sample, Signal};
use chairside_observation::{Amount, Decimal, Micros, Vital};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The intervals a reader may choose, in minutes.
pub const MINUTES: [u32; 4] = [1, 5, 10, 15];
/// Columns of the table.
pub const COLUMNS: [Vital; 7] =
    [Vital::HeartRate, Vital::PulseRate, Vital::Spo2, Vital::Nibp, Vital::RespRate, Vital::EtCo2, Vital::Temperature];

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing was sent in the window.
    Gap,
    /// Something was sent and nothing of it counts: the last reason.
    Absent(&'static str),
    /// The middle one of the window's counted values; of an even number the lower middle one, so that the digits are ones
    /// the monitor sent.
    Median(Decimal),
    /// The last cuff reading of the window.
    Last(Amount),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Begin of the window since T+0.
    pub since_start: Micros,
    /// The same in UTC.
    pub wall: Micros,
    /// One cell for each of [`COLUMNS`].
    pub cells: Vec<Cell>,
}

/// The table in windows of `minutes`.
#[must_use]
pub fn of(record: &Record, minutes: u32) -> Vec<Row> {
    let width = Micros::from_secs(i64::from(minutes.max(1)) * 60);
    let zero = record.start().unwrap_or(record.begin());
    let columns: Vec<Vec<Vec<&Sample>>> = COLUMNS.iter().map(|vital| by_source(record, *vital)).collect();
    let first = (record.begin().mono - zero.mono).0.div_euclid(width.0);
    let last = (record.end.mono - zero.mono).0.div_euclid(width.0);
    (first..=last)
        .map(|n| {
            let since_start = Micros(n.saturating_mul(width.0));
            let from = zero.mono + since_start;
            let windows = |sources: &[Vec<&Sample>]| -> Vec<Cell> {
                sources.iter().map(|samples| cell(window(samples, from, from + width))).collect()
            };
            let cells = columns.iter().map(|sources| first_that_counts(windows(sources))).collect();
            Row { since_start, wall: zero.wall + since_start, cells }
        })
        .collect()
}

/// Samples measured from `from` on and before `until`; they are in order.
fn window<'a>(samples: &'a [&'a Sample], from: Micros, until: Micros) -> &'a [&'a Sample] {
    let at = |time: Micros| samples.partition_point(|sample| sample.at.mono < time);
    &samples[at(from)..at(until)]
}

/// The samples of a vital, each source by itself: values of two devices are never mixed in one cell. The source with the
/// most counted values comes first.
fn by_source(record: &Record, vital: Vital) -> Vec<Vec<&Sample>> {
    let mut sources: BTreeMap<Signal<'_>, Vec<&Sample>> = BTreeMap::new();
    for sample in record.of(vital) {
        sources.entry(Record::signal(sample)).or_default().push(sample);
    }
    let mut sources: Vec<_> = sources.into_values().collect();
    sources.sort_by_key(|samples| Reverse(samples.iter().filter(|sample| sample.counted().is_some()).count()));
    sources
}

/// The first source that has a value, else the first that says why not.
fn first_that_counts(cells: Vec<Cell>) -> Cell {
    let mut absent = Cell::Gap;
    for cell in cells {
        match cell {
            Cell::Median(_) | Cell::Last(_) => return cell,
            Cell::Absent(_) if absent == Cell::Gap => absent = cell,
            Cell::Absent(_) | Cell::Gap => {}
        }
    }
    absent
}

fn cell(window: &[&Sample]) -> Cell {
    let Some(last) = window.last() else { return Cell::Gap };
    let counted: Vec<Amount> = window.iter().filter_map(|sample| sample.counted()).collect();
    if let Some(amount @ Amount::Pressure { .. }) = counted.last() {
        return Cell::Last(*amount);
    }
    let mut values: Vec<Decimal> =
        counted.iter().filter_map(|amount| if let Amount::One(value) = amount { Some(*value) } else { None }).collect();
    values.sort_by(|a, b| a.compare(*b));
    match values.get(values.len().saturating_sub(1) / 2) {
        Some(middle) => Cell::Median(*middle),
        None if last.artefact => Cell::Absent("artefact"),
        None if last.observation.synthetic => Cell::Absent("demonstration"),
        None => Cell::Absent(last.observation.reading.reason().unwrap_or("no value")),
    }
}
