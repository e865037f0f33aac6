//! LOINC and UCUM for what is measured. A code stands here only where a public page gives it this meaning; what has none is
//! named by our own word.

use chairside_observation::{Origin, Unit, Vital};

/// A LOINC code and its name.
pub(crate) type Loinc = (&'static str, &'static str);

/// The codes of a vital, the general one first; for a pressure the one of the panel.
pub(crate) fn vital(vital: Vital, origin: Option<Origin>, unit: Unit) -> &'static [Loinc] {
    match (vital, origin, unit) {
        (Vital::PulseRate, Some(Origin::Pleth), _) => {
            &[("8867-4", "Heart rate"), ("8889-8", "Heart rate by Pulse oximetry")]
        }
        // There is one code for the rate of the heart, whatever it was counted by; our word beside it says more.
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
        // A share of the gas is another quantity than a partial pressure, and no page we trust gives its code.
        (Vital::EtCo2, ..) => &[],
    }
}

/// A part of a pressure.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Systolic,
    Diastolic,
    Mean,
}

impl Part {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Systolic => "systolic",
            Self::Diastolic => "diastolic",
            Self::Mean => "mean",
        }
    }

    /// Its codes, the general one first.
    pub(crate) const fn codes(self, vital: Vital) -> &'static [Loinc] {
        match (self, vital) {
            (Self::Systolic, Vital::Art) => {
                &[("8480-6", "Systolic blood pressure"), ("76215-3", "Invasive Systolic blood pressure")]
            }
            (Self::Diastolic, Vital::Art) => {
                &[("8462-4", "Diastolic blood pressure"), ("76213-8", "Invasive Diastolic blood pressure")]
            }
            (Self::Mean, Vital::Art) => {
                &[("8478-0", "Mean blood pressure"), ("76214-6", "Invasive Mean blood pressure")]
            }
            (Self::Systolic, _) => &[("8480-6", "Systolic blood pressure")],
            (Self::Diastolic, _) => &[("8462-4", "Diastolic blood pressure")],
            (Self::Mean, _) => &[("8478-0", "Mean blood pressure")],
        }
    }
}
