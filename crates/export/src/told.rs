//! What a sample may be shown as where a format has a place for a value or for the reason of its absence.

use crate::record::Sample;
use chairside_observation::{Absence, Amount, Decimal, Reading};

/// A value, or why there is none.
pub(crate) enum Told {
    Value(Amount),
    Nothing(Why),
}

/// Why there is no value.
#[derive(Clone, Copy)]
pub(crate) enum Why {
    /// The monitor says so.
    Said(Absence),
    /// A person marked it as an artefact.
    Artefact,
    /// Demonstration or test data of the monitor: never a patient's (H21).
    Demonstration,
    /// Nothing of the window counts: questionable values only.
    Questionable,
    /// Nothing was sent.
    NotSent,
}

impl Why {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Said(absence) => absence.word(),
            Self::Artefact => "artefact",
            Self::Demonstration => "demonstration data",
            Self::Questionable => "questionable values only",
            Self::NotSent => "nothing was sent",
        }
    }
}

/// What `sample` may be shown as. An artefact and demonstration data have no value; the raw one goes into a note.
pub(crate) fn told(sample: &Sample) -> Told {
    match sample.observation.reading {
        Reading::Absent(absence) => Told::Nothing(Why::Said(absence)),
        _ if sample.artefact => Told::Nothing(Why::Artefact),
        _ if sample.observation.synthetic => Told::Nothing(Why::Demonstration),
        Reading::Valid(amount) | Reading::Questionable(amount, _) => Told::Value(amount),
    }
}

/// What has to be said beside it: the doubt of a questionable value, the raw one of a value that is not shown.
pub(crate) fn note(sample: &Sample) -> Option<String> {
    let reading = &sample.observation.reading;
    match told(sample) {
        Told::Value(_) => reading.reason().map(|doubt| format!("Questionable: {doubt}")),
        Told::Nothing(why) => {
            let unit = sample.observation.unit.word();
            reading.amount().map(|amount| format!("{}; the monitor sent {} {unit}", why.word(), digits(amount)))
        }
    }
}

/// Digits for a note.
fn digits(amount: Amount) -> String {
    match amount {
        Amount::One(value) => value.to_string(),
        Amount::Pressure { systolic, diastolic, mean } => {
            let digits = |part: Option<Decimal>| part.map_or_else(|| "-".to_owned(), |part| part.to_string());
            [systolic, diastolic, mean].map(digits).join("/")
        }
    }
}
