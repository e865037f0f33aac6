//! Each signal on a grid of one second: the value that stands there, or why none does.

use crate::codes::Part;
use crate::held::stands;
use crate::record::{Record, Said, Sample};
use crate::signals::{Signal, signals};
use crate::told::{Told, note, told};
use chairside_observation::{Amount, Decimal, Micros, Unit, Vital};

/// What stands at one second of a trend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Value(Decimal),
    /// Not a value, and why; nobody has to be told why where the reason is empty.
    Nothing(String),
}

/// One trend.
pub(super) struct Trend {
    /// At most 16 characters.
    pub(super) label: String,
    /// Where it comes from, at most 80 characters.
    pub(super) transducer: String,
    pub(super) unit: Unit,
    /// Decimal places of its values.
    pub(super) places: u8,
    pub(super) seconds: Vec<Stands>,
}

/// The trends of a record, from `begin` (monotonic) on, `seconds` long.
pub(super) fn trends(record: &Record, begin: Micros, seconds: usize) -> Vec<Trend> {
    let mut all: Vec<Trend> = Vec::new();
    for signal in &signals(record) {
        let parts: &[Option<Part>] = match signal.vital {
            Vital::Nibp | Vital::Art => &[Some(Part::Systolic), Some(Part::Diastolic), Some(Part::Mean)],
            _ => &[None],
        };
        for part in parts {
            let label = free_label(&all, &label(signal, *part));
            let grid = if signal.is_event() {
                events(signal, *part, begin, seconds)
            } else {
                held(signal, *part, begin, seconds)
            };
            all.push(Trend {
                label,
                transducer: transducer(signal),
                unit: signal.unit,
                places: places(signal),
                seconds: grid,
            });
        }
    }
    all
}

/// The last sample at or before each second, as long as a screen would have shown it.
fn held(signal: &Signal<'_>, part: Option<Part>, begin: Micros, seconds: usize) -> Vec<Stands> {
    let longest = stands(signal.samples.iter().map(|sample| sample.at.mono));
    let mut next = 0;
    let mut grid = Vec::with_capacity(seconds);
    for n in (0..).take(seconds) {
        let at = begin + Micros::from_secs(n);
        while signal.samples.get(next).is_some_and(|sample| sample.at.mono <= at) {
            next += 1;
        }
        let last = next.checked_sub(1).and_then(|last| signal.samples.get(last));
        let last = last.filter(|sample| at.since(sample.at.mono) < longest);
        grid.push(last.map_or_else(|| Stands::Nothing("nothing was sent".to_owned()), |sample| one(sample, part)));
    }
    grid
}

/// A cuff reading and a typed value stand in the second they belong to, and in no other.
fn events(signal: &Signal<'_>, part: Option<Part>, begin: Micros, seconds: usize) -> Vec<Stands> {
    let mut grid = vec![Stands::Nothing(String::new()); seconds];
    for sample in &signal.samples {
        let second = sample.at.mono.since(begin).0.div_euclid(1_000_000);
        if let Some(place) = usize::try_from(second).ok().and_then(|second| grid.get_mut(second)) {
            *place = one(sample, part);
        }
    }
    grid
}

/// A trend has no room for a doubt beside a value: only what counts is a value, everything else is said in words.
fn one(sample: &Sample, part: Option<Part>) -> Stands {
    let reading = &sample.observation.reading;
    if let Some(value) = sample.counted().and_then(|amount| part_of(amount, part)) {
        return Stands::Value(value);
    }
    let why = note(sample).or_else(|| reading.reason().map(str::to_owned)).unwrap_or_else(|| "not sent".to_owned());
    // The note of a doubtful value does not say it: elsewhere the value stands beside.
    match (told(sample), reading.amount().and_then(|amount| part_of(amount, part))) {
        (Told::Value(_), Some(sent)) => Stands::Nothing(format!("{why}; the monitor sent {sent}")),
        _ => Stands::Nothing(why),
    }
}

fn part_of(amount: Amount, part: Option<Part>) -> Option<Decimal> {
    match (amount, part) {
        (Amount::One(value), None) => Some(value),
        (Amount::Pressure { systolic, .. }, Some(Part::Systolic)) => systolic,
        (Amount::Pressure { diastolic, .. }, Some(Part::Diastolic)) => diastolic,
        (Amount::Pressure { mean, .. }, Some(Part::Mean)) => mean,
        _ => None,
    }
}

/// Most places of any value: the file's numbers are whole ones with a fixed scale.
fn places(signal: &Signal<'_>) -> u8 {
    let of = |amount: Amount| match amount {
        Amount::One(value) => value.places(),
        Amount::Pressure { systolic, diastolic, mean } => {
            [systolic, diastolic, mean].into_iter().flatten().map(Decimal::places).max().unwrap_or(0)
        }
    };
    signal.samples.iter().filter_map(|sample| sample.counted()).map(of).max().unwrap_or(0)
}

fn label(signal: &Signal<'_>, part: Option<Part>) -> String {
    let name = match signal.vital {
        Vital::HeartRate => "HR",
        Vital::PulseRate => "PR",
        Vital::Spo2 => "SpO2",
        Vital::PerfusionIndex => "PI",
        Vital::Nibp => "NIBP",
        Vital::Art => "ART",
        Vital::RespRate => "RR",
        Vital::Temperature => "Temp",
        Vital::EtCo2 => "EtCO2",
    };
    let part = match part {
        Some(Part::Systolic) => " sys",
        Some(Part::Diastolic) => " dia",
        Some(Part::Mean) => " mean",
        None => "",
    };
    let typed = if matches!(signal.said, Said::Typed(_)) { " typed" } else { "" };
    format!("{name}{part}{typed}")
}

/// The label, or with the first number that makes it free.
fn free_label(all: &[Trend], label: &str) -> String {
    let taken = |label: &str| all.iter().any(|trend| trend.label == label);
    let numbered = (2..).map(|n| format!("{label} {n}"));
    std::iter::once(label.to_owned()).chain(numbered).find(|label| !taken(label)).unwrap_or_default()
}

fn transducer(signal: &Signal<'_>) -> String {
    let said = match signal.said {
        Said::Monitor(source) => source.as_str(),
        Said::Typed(_) => "read off and typed",
    };
    let origin = signal.origin.map_or("", |origin| origin.word());
    let words = [said, origin, signal.site.unwrap_or("")];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
