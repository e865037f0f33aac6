//! What a track is: by VitalRecorder's own code for its meaning, or by device type and track name.
//!
//! Each line stands in a published list (`README.md` beside this file). A track in none of them is left alone.

use crate::hl7::codes::{self, Part};
use alloc::borrow::Cow;
use chairside_observation::{Origin, Unit, Vital};

/// One track, as either form of upload describes it. Texts as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Track<'u> {
    /// `montype`: what the track means, whatever the device.
    pub(super) montype: Cow<'u, str>,
    /// Track name.
    pub(super) name: Cow<'u, str>,
    /// The name the device has in VitalRecorder.
    pub(super) device: Cow<'u, str>,
    /// The kind of device, such as `Solar8000`.
    pub(super) kind: Cow<'u, str>,
    /// Unit.
    pub(super) unit: Cow<'u, str>,
}

/// What the numbers of a track are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The vital.
    pub(super) vital: Vital,
    /// Which number of it, for the two pressures.
    pub(super) part: Option<Part>,
    /// The signal.
    pub(super) origin: Option<Origin>,
}

/// What a track turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// One of ours.
    Known(Meaning),
    /// Nothing Chairside shows.
    Other,
    /// Code and name say different things.
    Contradiction,
}

impl Track<'_> {
    /// The code decides; the name alone only where there is no code and the device's names are published.
    pub(super) fn identify(&self) -> Identity {
        let code = by_montype(&self.montype);
        let name = by_name(&self.name);
        match (code, name) {
            (Some(code), Some(name)) if !agree(code, name) => Identity::Contradiction,
            (Some(code), _) => Identity::Known(code),
            (None, Some(name)) if self.montype.is_empty() && self.is_published() => Identity::Known(name),
            _ => Identity::Other,
        }
    }

    fn is_published(&self) -> bool {
        let kind = if self.kind.is_empty() { &self.device } else { &self.kind };
        ["Solar8000", "Primus", "Intellivue"].contains(&&**kind)
    }

    /// The unit, if the vital can have it. Rates and saturation have but one, so it may be left out; a pressure, a
    /// temperature or a carbon dioxide without one is not shown.
    pub(super) fn unit_of(&self, vital: Vital) -> Option<Unit> {
        let sent = match &*self.unit {
            "" => return self.implied_unit(vital),
            "°C" => Unit::Cel,
            "°F" => Unit::DegF,
            other => codes::unit_text(other.as_bytes())?,
        };
        codes::unit_fits(vital, sent).then_some(sent)
    }

    const fn implied_unit(&self, vital: Vital) -> Option<Unit> {
        match vital {
            Vital::HeartRate | Vital::PulseRate | Vital::RespRate => Some(Unit::PerMin),
            Vital::Spo2 => Some(Unit::Percent),
            _ => None,
        }
    }

    /// What tells this track from another of the same meaning on the same device: its name, and of a pressure's three names
    /// what they have in common (`ART1` of `ART1_SBP`).
    pub(super) fn channel(&self, meaning: Meaning) -> &str {
        match meaning.part {
            None => &self.name,
            Some(_) => self.name.rsplit_once('_').map_or("", |(stem, _)| stem),
        }
    }

    /// VitalRecorder's own demonstration device.
    pub(super) fn is_demo(&self) -> bool {
        self.kind == DEMO || (self.kind.is_empty() && self.device == DEMO)
    }
}

/// Device type of VitalRecorder's demonstration data.
pub(super) const DEMO: &str = "Demo";

/// Heart and pulse rate are one thing under two names; everything else has to agree.
fn agree(a: Meaning, b: Meaning) -> bool {
    let rate = |m: Meaning| matches!(m.vital, Vital::HeartRate | Vital::PulseRate);
    (a.vital == b.vital && a.part == b.part) || (rate(a) && rate(b))
}

const fn one(vital: Vital, origin: Option<Origin>) -> Option<Meaning> {
    Some(Meaning { vital, part: None, origin })
}

const fn pressure(vital: Vital, part: Part) -> Option<Meaning> {
    let origin = if matches!(vital, Vital::Nibp) { Origin::Cuff } else { Origin::Line };
    Some(Meaning { vital, part: Some(part), origin: Some(origin) })
}

fn by_montype(code: &str) -> Option<Meaning> {
    match code {
        "ECG_HR" => one(Vital::HeartRate, Some(Origin::Ecg)),
        "PLETH_HR" => one(Vital::PulseRate, Some(Origin::Pleth)),
        "PLETH_SPO2" => one(Vital::Spo2, None),
        "RESP_RR" => one(Vital::RespRate, None),
        "CO2_RR" => one(Vital::RespRate, Some(Origin::Co2)),
        "CO2_CONC" => one(Vital::EtCo2, None),
        "BT" => one(Vital::Temperature, None),
        "NIBP_SBP" => pressure(Vital::Nibp, Part::Systolic),
        "NIBP_DBP" => pressure(Vital::Nibp, Part::Diastolic),
        "NIBP_MBP" => pressure(Vital::Nibp, Part::Mean),
        "IABP_SBP" => pressure(Vital::Art, Part::Systolic),
        "IABP_DBP" => pressure(Vital::Art, Part::Diastolic),
        "IABP_MBP" => pressure(Vital::Art, Part::Mean),
        _ => None,
    }
}

/// Names of `Solar8000` and `Primus` (published list), and those of `Intellivue` (two independent users). No name means
/// two things in them.
fn by_name(name: &str) -> Option<Meaning> {
    match name {
        "ECG_HR" => one(Vital::HeartRate, Some(Origin::Ecg)),
        "HR" => one(Vital::HeartRate, None),
        "PLETH_HR" => one(Vital::PulseRate, Some(Origin::Pleth)),
        "PLETH_SPO2" | "PLETH_SAT_O2" => one(Vital::Spo2, None),
        "RR" => one(Vital::RespRate, None),
        "RR_CO2" => one(Vital::RespRate, Some(Origin::Co2)),
        "ETCO2" => one(Vital::EtCo2, None),
        "BT" => one(Vital::Temperature, None),
        "NIBP_SBP" | "NIBP_SYS" => pressure(Vital::Nibp, Part::Systolic),
        "NIBP_DBP" | "NIBP_DIA" => pressure(Vital::Nibp, Part::Diastolic),
        "NIBP_MBP" | "NIBP_MEAN" => pressure(Vital::Nibp, Part::Mean),
        "ART_SBP" | "ART_SYS" | "ABP_SYS" => pressure(Vital::Art, Part::Systolic),
        "ART_DBP" | "ART_DIA" | "ABP_DIA" => pressure(Vital::Art, Part::Diastolic),
        "ART_MBP" | "ART_MEAN" | "ABP_MEAN" => pressure(Vital::Art, Part::Mean),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn track<'u>(montype: &'u str, kind: &'u str, name: &'u str, unit: &'u str) -> Track<'u> {
        Track { montype: montype.into(), kind: kind.into(), name: name.into(), unit: unit.into(), device: "".into() }
    }

    fn shown(track: &Track<'_>) -> String {
        match track.identify() {
            Identity::Known(m) => {
                let origin = m.origin.map_or("", Origin::word);
                let part = m.part.map_or(String::new(), |p| format!("{p:?}"));
                format!("{} {part} {origin}", m.vital.word())
                    .split_whitespace()
                    .collect::<alloc::vec::Vec<_>>()
                    .join(" ")
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_code_decides_and_names_only_of_published_devices() {
        for (montype, kind, name, expected) in [
            ("ECG_HR", "BeneView", "HR", "heart_rate ecg"),
            ("PLETH_HR", "Radical7", "BPM", "pulse_rate pleth"),
            ("PLETH_HR", "X", "HR", "pulse_rate pleth"),
            ("NIBP_MBP", "X", "anything", "nibp Mean cuff"),
            ("IABP_SBP", "X", "P1_SYS", "art Systolic line"),
            ("CO2_RR", "X", "RR", "resp_rate co2"),
            ("", "Solar8000", "PLETH_SPO2", "spo2"),
            ("", "Solar8000", "RR_CO2", "resp_rate co2"),
            ("", "Intellivue", "PLETH_SAT_O2", "spo2"),
            ("", "Intellivue", "NIBP_SYS", "nibp Systolic cuff"),
            ("", "Monitor-001", "HR", "Other"),
            ("SVV", "Solar8000", "HR", "Other"),
            ("CVP_CVP", "Solar8000", "CVP", "Other"),
            ("", "Solar8000", "FEM_SBP", "Other"),
        ] {
            assert_eq!(shown(&track(montype, kind, name, "")), expected, "of {montype} {kind}/{name}");
        }
    }

    #[test]
    fn h05_code_and_name_that_disagree_are_a_contradiction() {
        for (montype, name) in
            [("CO2_RR", "NIBP_SBP"), ("NIBP_SBP", "NIBP_DBP"), ("IABP_SBP", "NIBP_SBP"), ("BT", "HR")]
        {
            assert_eq!(track(montype, "X", name, "").identify(), Identity::Contradiction, "{montype} {name}");
        }
    }

    #[test]
    fn h05_a_unit_is_the_one_sent_or_the_only_one_there_is() {
        for (vital, unit, expected) in [
            (Vital::HeartRate, "bpm", Some(Unit::PerMin)),
            (Vital::HeartRate, "/min", Some(Unit::PerMin)),
            (Vital::HeartRate, "", Some(Unit::PerMin)),
            (Vital::Spo2, "%", Some(Unit::Percent)),
            (Vital::Spo2, "", Some(Unit::Percent)),
            (Vital::Spo2, "mmHg", None),
            (Vital::Nibp, "mmHg", Some(Unit::MmHg)),
            (Vital::Nibp, "kPa", Some(Unit::KPa)),
            (Vital::Nibp, "", None),
            (Vital::Temperature, "°C", Some(Unit::Cel)),
            (Vital::Temperature, "C", Some(Unit::Cel)),
            (Vital::Temperature, "", None),
            (Vital::EtCo2, "", None),
            (Vital::EtCo2, "furlong", None),
        ] {
            assert_eq!(track("", "", "", unit).unit_of(vital), expected, "{} in {unit:?}", vital.word());
        }
    }
}
