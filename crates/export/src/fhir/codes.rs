//! The codes of the vital-signs profile of FHIR R4.

use super::json::Json;
use crate::codes::{self, Loinc, Part};
use crate::told::Why;
use chairside_observation::{Absence, Origin, Unit, Vital};

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";

/// The code of a vital: LOINC codes with their names, and our own word.
pub(super) fn vital(vital: Vital, origin: Option<Origin>, unit: Unit) -> Json {
    concept(codes::vital(vital, origin, unit), vital.word())
}

/// The code of a part of a pressure.
pub(super) fn part(vital: Vital, part: Part) -> Json {
    concept(part.codes(vital), part.word())
}

fn concept(known: &[Loinc], text: &str) -> Json {
    let coding = |(code, display): &Loinc| coding(LOINC, code, display);
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

/// FHIR's word for an absence, and ours.
pub(super) fn reason(why: Why) -> Json {
    let (code, display) = match why {
        Why::Artefact | Why::Demonstration | Why::Questionable => ("error", "Error"),
        Why::NotSent => ("unknown", "Unknown"),
        Why::Said(absence) => said(absence),
    };
    let system = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
    Json::object().with("coding", [coding(system, code, display)]).with("text", why.word())
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
