//! Nihon Kohden gateways and bedside monitors: local numbers, compared as text because leading zeros matter.

use super::Identity;
use crate::hl7::codes::{Line, Parameter, Part};
use crate::hl7::row::Row;
use chairside_observation::{Origin, Vital};

/// 007000, 007001 and 009000 to 009002 rest on two sources; 001000 is taken where the row's own label says HR. The rest rests
/// on one source and is marked as unproven.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    let one = Parameter::one;
    let label = row.code(2);
    let label = label.strip_prefix(b"VITAL ").unwrap_or(label);
    Identity::Known(match row.code(1) {
        b"001000" if label == b"HR" => one(Vital::HeartRate).from(Origin::Ecg),
        b"007000" => one(Vital::Spo2),
        b"007001" => one(Vital::PulseRate).from(Origin::Pleth),
        b"009000" => Parameter::cuff(Part::Systolic),
        b"009001" => Parameter::cuff(Part::Diastolic),
        b"009002" => Parameter::cuff(Part::Mean),
        b"004073" => one(Vital::RespRate).from(Origin::Co2).unproven(),
        // Rate and pressure of the CO2 module: neighbours that are easily swapped.
        b"073000" => one(Vital::RespRate).from(Origin::Co2).unproven(),
        b"073001" => one(Vital::EtCo2).unproven(),
        b"011000" => one(Vital::Temperature).at("skin").unproven(),
        b"012000" => one(Vital::Temperature).at("skin 2").unproven(),
        b"044000" => Parameter::arterial(Line::Art, Part::Systolic).unproven(),
        b"044001" => Parameter::arterial(Line::Art, Part::Diastolic).unproven(),
        b"044002" => Parameter::arterial(Line::Art, Part::Mean).unproven(),
        b"044006" => one(Vital::PulseRate).from(Origin::Line).unproven(),
        b"072007" => one(Vital::PulseRate).from(Origin::Pleth).at("rainbow").unproven(),
        _ => return Identity::Other,
    })
}
