//! The tracks: names and kinds as Vital Recorder uses them where it knows the quantity.

use crate::codes::Part;
use crate::record::{Record, Said, Sample};
use crate::signals::{Signal, signals};
use crate::told::{Told, Why, note, told};
use chairside_observation::{Amount, Decimal, Micros, Origin, Unit, Vital};

/// A value of a track.
#[derive(Clone)]
pub(super) enum Value {
    Number(f64),
    Words(String),
}

/// A track with its values at their times, UTC.
pub(super) struct Track {
    pub(super) device: String,
    pub(super) name: String,
    pub(super) unit: &'static str,
    /// Kind of quantity, in the list of Vital Recorder; 0 is none.
    pub(super) kind: u8,
    /// Between which numbers a screen may draw it. For the eye only.
    pub(super) shown: (f32, f32),
    pub(super) is_words: bool,
    pub(super) values: Vec<(Micros, Value)>,
}

/// The track of events, without its values.
pub(super) fn event() -> Track {
    words(String::new(), "EVENT".to_owned(), Vec::new())
}

fn words(device: String, name: String, values: Vec<(Micros, Value)>) -> Track {
    Track { device, name, unit: "", kind: 0, shown: (0.0, 0.0), is_words: true, values }
}

/// The tracks of every signal: its numbers, then its states.
pub(super) fn of(record: &Record) -> Vec<Track> {
    let mut tracks: Vec<Track> = Vec::new();
    for signal in &signals(record) {
        let device = match signal.said {
            Said::Monitor(source) => source.as_str().to_owned(),
            Said::Typed(_) => "typed".to_owned(),
        };
        let parts: &[Option<Part>] = match signal.vital {
            Vital::Nibp | Vital::Art => &[Some(Part::Systolic), Some(Part::Diastolic), Some(Part::Mean)],
            _ => &[None],
        };
        let stem = free_stem(&tracks, &device, &stem(signal));
        for part in parts {
            tracks.push(numbers(signal, device.clone(), &stem, *part));
        }
        tracks.push(words(device, format!("{stem}_STATE"), states(&signal.samples)));
    }
    tracks
}

/// The stem, or with the first number that makes it free: two signals of one device never share a track.
fn free_stem(tracks: &[Track], device: &str, stem: &str) -> String {
    let taken = |stem: &str| {
        let state = format!("{stem}_STATE");
        tracks.iter().any(|track| track.device == device && track.name == state)
    };
    let numbered = (2..).map(|n| format!("{stem}_{n}"));
    std::iter::once(stem.to_owned()).chain(numbered).find(|stem| !taken(stem)).unwrap_or_default()
}

fn stem(signal: &Signal<'_>) -> String {
    let name = match (signal.vital, signal.origin) {
        (Vital::HeartRate, _) => "HR",
        (Vital::PulseRate, Some(Origin::Pleth)) => "PLETH_HR",
        (Vital::PulseRate, Some(Origin::Cuff)) => "NIBP_HR",
        (Vital::PulseRate, _) => "PR",
        (Vital::Spo2, _) => "PLETH_SPO2",
        (Vital::PerfusionIndex, _) => "PLETH_PERF_REL",
        (Vital::Nibp, _) => "NIBP",
        (Vital::Art, _) => "ART",
        (Vital::RespRate, Some(Origin::Co2)) => "RR_CO2",
        (Vital::RespRate, _) => "RR",
        (Vital::Temperature, _) => "BT",
        (Vital::EtCo2, _) => "ETCO2",
    };
    match signal.site {
        // A slash parts device and track.
        Some(site) => format!("{name}_{}", site.replace('/', "_")),
        None => name.to_owned(),
    }
}

fn numbers(signal: &Signal<'_>, device: String, stem: &str, part: Option<Part>) -> Track {
    let name = match part {
        Some(Part::Systolic) => format!("{stem}_SBP"),
        Some(Part::Diastolic) => format!("{stem}_DBP"),
        Some(Part::Mean) => format!("{stem}_MBP"),
        None => stem.to_owned(),
    };
    let value = |sample: &&Sample| (sample.at.wall, Value::Number(number(sample, part)));
    let values = signal.samples.iter().map(value).collect();
    let (kind, shown) = (kind(signal, part), shown(signal));
    Track { device, name, unit: signal.unit.word(), kind, shown, is_words: false, values }
}

/// The number, or NaN where none may be shown.
fn number(sample: &Sample, part: Option<Part>) -> f64 {
    let value = match (told(sample), part) {
        (Told::Value(Amount::One(value)), None) => Some(value),
        (Told::Value(Amount::Pressure { systolic, .. }), Some(Part::Systolic)) => systolic,
        (Told::Value(Amount::Pressure { diastolic, .. }), Some(Part::Diastolic)) => diastolic,
        (Told::Value(Amount::Pressure { mean, .. }), Some(Part::Mean)) => mean,
        _ => None,
    };
    value.map_or(f64::NAN, double)
}

/// The double next to the decimal: that which its digits are read as.
fn double(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The state of the first sample and each change of it.
fn states(samples: &[&Sample]) -> Vec<(Micros, Value)> {
    let mut found: Vec<(Micros, Value)> = Vec::new();
    let mut before = String::new();
    for sample in samples {
        let state = match (told(sample), note(sample)) {
            (Told::Value(_), None) => "valid".to_owned(),
            (Told::Nothing(Why::Said(absence)), _) => format!("absent: {}", absence.word()),
            (Told::Value(_) | Told::Nothing(_), Some(note)) => note,
            (Told::Nothing(why), None) => why.word().to_owned(),
        };
        if state != before {
            found.push((sample.at.wall, Value::Words(state.clone())));
            before = state;
        }
    }
    found
}

/// Vital Recorder's number of the quantity.
fn kind(signal: &Signal<'_>, part: Option<Part>) -> u8 {
    match (signal.vital, signal.origin, part) {
        (Vital::HeartRate, ..) => 2,
        (Vital::Art, _, Some(Part::Systolic)) => 5,
        (Vital::Art, _, Some(Part::Diastolic)) => 6,
        (Vital::Art, _, Some(Part::Mean)) => 7,
        (Vital::PulseRate, Some(Origin::Pleth), _) => 9,
        (Vital::Spo2, ..) => 10,
        (Vital::RespRate, Some(Origin::Co2), _) => 14,
        (Vital::RespRate, ..) => 12,
        (Vital::EtCo2, ..) => 15,
        (Vital::Nibp, _, Some(Part::Systolic)) => 16,
        (Vital::Nibp, _, Some(Part::Diastolic)) => 17,
        (Vital::Nibp, _, Some(Part::Mean)) => 18,
        (Vital::Temperature, ..) => 19,
        _ => 0,
    }
}

fn shown(signal: &Signal<'_>) -> (f32, f32) {
    match (signal.vital, signal.unit) {
        (Vital::HeartRate | Vital::PulseRate, _) => (30.0, 150.0),
        (Vital::Spo2, _) => (70.0, 100.0),
        (Vital::PerfusionIndex, _) => (0.0, 20.0),
        (Vital::Nibp | Vital::Art, Unit::KPa) => (0.0, 27.0),
        (Vital::Nibp | Vital::Art, _) => (0.0, 200.0),
        (Vital::RespRate, _) => (0.0, 50.0),
        (Vital::Temperature, Unit::DegF) => (90.0, 110.0),
        (Vital::Temperature, _) => (20.0, 40.0),
        (Vital::EtCo2, Unit::MmHg) => (0.0, 60.0),
        (Vital::EtCo2, _) => (0.0, 8.0),
    }
}
