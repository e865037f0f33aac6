//! The codes of the vital-signs profile of FHIR R4. LOINC where a public page names the code for exactly this quantity; else
//! the quantity has its words only.

use super::json::Json;
use chairside_observation::{Absence, Origin, Unit, Vital};

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";

/// The code of a vital: LOINC codes with their names, and our own word.
pub(super) fn vital(vital: Vital, origin: Option<Origin>, unit: Unit) -> Json {
    let known: &[(&str, &str)] = match (vital, origin, unit) {
        (Vital::PulseRate, Some(Origin::Pleth), _) => {
            &[("8867-4", "Heart rate"), ("8889-8", "Heart rate by Pulse oximetry")]
        }
        // The profile knows one code for the rate of the heart, whatever it was counted by; our word and the method say more.
        (Vital::HeartRate | Vital::PulseRate, ..) => &[("8867-4", "Heart rate")],
        (Vital::Spo2, ..) => &[
            ("2708-6", "Oxygen saturation in Arterial blood"),
            ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
        ],
        (Vital::PerfusionIndex, ..) => &[("61006-3", "Perfusion index Tissue by Pulse oximetry")],
        (Vital::Nibp | Vital::Art, ..) => &[("85354-9", "Blood pressure panel with all children optional")],
        (Vital::RespRate, ..) => &[("9279-1", "Respiratory rate")],
        (Vital::Temperature, ..) => &[("8310-5", "Body temperature")],
        (Vital::EtCo2, _, Unit::MmHg | Unit::KPa) => {
            &[("19891-1", "Carbon dioxide [Partial pressure] in Exhaled gas --at end expiration")]
        }
        (Vital::EtCo2, ..) => &[],
    };
    concept(known, vital.word())
}

/// The code of a part of a pressure.
pub(super) fn part(name: &'static str) -> Json {
    let known: &[(&str, &str)] = match name {
        "systolic" => &[("8480-6", "Systolic blood pressure")],
        "diastolic" => &[("8462-4", "Diastolic blood pressure")],
        "mean" => &[("8478-0", "Mean blood pressure")],
        _ => &[],
    };
    concept(known, name)
}

fn concept(known: &[(&str, &str)], text: &str) -> Json {
    let coding = |(code, display): &(&str, &str)| coding(LOINC, code, display);
    let codings: Vec<Json> = known.iter().map(coding).collect();
    Json::object().maybe("coding", (!codings.is_empty()).then_some(codings)).with("text", text)
}

/// One coding.
pub(super) fn coding(system: &str, code: &str, display: &str) -> Json {
    Json::object().with("system", system).with("code", code).with("display", display)
}

/// The profile an observation of this vital fits: the one of its vital where the unit is one of those it allows, else the
/// general one.
pub(super) fn profile(vital: Vital, unit: Unit) -> &'static str {
    match (vital, unit) {
        (Vital::HeartRate | Vital::PulseRate, Unit::PerMin) => "http://hl7.org/fhir/StructureDefinition/heartrate",
        (Vital::RespRate, Unit::PerMin) => "http://hl7.org/fhir/StructureDefinition/resprate",
        (Vital::Spo2, Unit::Percent) => "http://hl7.org/fhir/StructureDefinition/oxygensat",
        (Vital::Temperature, Unit::Cel | Unit::DegF) => "http://hl7.org/fhir/StructureDefinition/bodytemp",
        (Vital::Nibp | Vital::Art, Unit::MmHg) => "http://hl7.org/fhir/StructureDefinition/bp",
        _ => "http://hl7.org/fhir/StructureDefinition/vitalsigns",
    }
}

/// A number with its UCUM unit.
pub(super) fn quantity(digits: String, unit: Unit) -> Json {
    let value = Json::object().with("value", Json::Number(digits)).with("unit", unit.word());
    value.with("system", UCUM).with("code", unit.word())
}

/// Why there is no value.
#[derive(Clone, Copy)]
pub(super) enum Why {
    /// The monitor says so.
    Said(Absence),
    /// A person marked it as an artefact.
    Artefact,
    /// Demonstration or test data of the monitor.
    Demonstration,
    /// Nothing of the window counts: questionable values only.
    Questionable,
    /// Nothing was sent.
    NotSent,
}

impl Why {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Said(absence) => absence.word(),
            Self::Artefact => "artefact",
            Self::Demonstration => "demonstration data",
            Self::Questionable => "questionable values only",
            Self::NotSent => "nothing was sent",
        }
    }

    /// FHIR's word for it, and ours.
    pub(super) fn reason(self) -> Json {
        let (code, display) = match self {
            Self::Artefact | Self::Demonstration | Self::Questionable => ("error", "Error"),
            Self::NotSent => ("unknown", "Unknown"),
            Self::Said(absence) => said(absence),
        };
        let system = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
        Json::object().with("coding", [coding(system, code, display)]).with("text", self.word())
    }
}

const fn said(absence: Absence) -> (&'static str, &'static str) {
    match absence {
        Absence::NoValue | Absence::NotInSnapshot | Absence::NotUpdated | Absence::Unavailable => {
            ("unknown", "Unknown")
        }
        Absence::Standby | Absence::NotMonitoring | Absence::Aborted | Absence::Calibrating => {
            ("not-performed", "Not Performed")
        }
        Absence::SensorOff
        | Absence::SensorDisconnected
        | Absence::PulseSearch
        | Absence::PulseLost
        | Absence::CuffMeasuring
        | Absence::NoneRecent
        | Absence::LostContact
        | Absence::BedsideLinkLost => ("temp-unknown", "Temporarily Unknown"),
        Absence::SensorFault
        | Absence::SensorUnknown
        | Absence::Motion
        | Absence::Interference
        | Absence::AmbientLight
        | Absence::CuffFailed
        | Absence::CuffTimeout
        | Absence::CuffOverpressure
        | Absence::NotCalibrated
        | Absence::OverRange
        | Absence::UnderRange
        | Absence::Invalid => ("error", "Error"),
    }
}
