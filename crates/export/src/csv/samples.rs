//! Every value and every absence of the record, one row each.

use super::text;
use crate::face::t_plus;
use crate::{Face, Record, Said, Sample};
use chairside_observation::{Amount, Decimal};

pub(super) const HEADING: [&str; 18] = [
    "seq",
    "measured_at",
    "received_at",
    "since_start",
    "source",
    "typed_by",
    "vital",
    "origin",
    "site",
    "value",
    "systolic",
    "diastolic",
    "mean",
    "unit",
    "state",
    "reason",
    "flags",
    "left_out",
];

pub(super) fn table(record: &Record, face: &Face<'_>) -> Vec<u8> {
    super::table(HEADING, record.samples().iter().map(|sample| row(record, sample, face)))
}

fn row(record: &Record, sample: &Sample, face: &Face<'_>) -> [String; 18] {
    let o = &sample.observation;
    let (source, typed_by) = match &sample.said {
        Said::Monitor(source) => (text(source.as_str()), String::new()),
        Said::Typed(name) => (String::new(), text(name)),
    };
    let digits = |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
    let [value, systolic, diastolic, mean] = match o.reading.amount() {
        Some(Amount::One(value)) => [Some(value), None, None, None],
        Some(Amount::Pressure { systolic, diastolic, mean }) => [None, systolic, diastolic, mean],
        None => [None; 4],
    };
    [
        sample.sequence.0.to_string(),
        face.iso(sample.at.wall),
        face.iso(sample.received.wall),
        record.since_start(sample.at).map(t_plus).unwrap_or_default(),
        source,
        typed_by,
        o.vital.word().to_owned(),
        o.origin.map(|origin| origin.word().to_owned()).unwrap_or_default(),
        text(o.site.as_deref().unwrap_or_default()),
        digits(value),
        digits(systolic),
        digits(diastolic),
        digits(mean),
        o.unit.word().to_owned(),
        o.reading.state().to_owned(),
        o.reading.reason().unwrap_or_default().to_owned(),
        text(&o.flags.words().collect::<Vec<_>>().join(" ")),
        left_out(sample).to_owned(),
    ]
}

/// Why no summary counts the sample; empty for one that counts.
fn left_out(sample: &Sample) -> &'static str {
    match () {
        () if sample.artefact => "artefact",
        () if sample.observation.synthetic => "demonstration",
        () if sample.counted().is_none() => sample.observation.reading.state(),
        () => "",
    }
}
